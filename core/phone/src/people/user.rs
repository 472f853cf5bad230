//! A person with a phone.

pub mod aliases;
pub mod check;

use serde::{Deserialize, Serialize};

use self::aliases::Aliases;
use super::Presence;
use crate::id::{SiteId, UserId};

/// A person of the tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub display_name: String,
    /// Digits, unique in the tenant; also the SIP user name of the person's phones.
    pub extension: String,
    pub email: Option<String>,
    pub department: Option<String>,
    pub office: Option<String>,
    /// What else callers find the person by.
    #[serde(default)]
    pub aliases: Aliases,
    #[serde(default)]
    pub site: Option<SiteId>,
    /// ISO 3166 alpha-2, upper case: where the person works. None means the organization's country.
    #[serde(default)]
    pub country: Option<String>,
    pub presence: Presence,
    /// Whether the person may call and be called from outside: what the licenses come to, never stored.
    #[serde(skip)]
    pub voice_enabled: bool,
    /// Whether callers who search by name or extension don't find the person. Who knows the number or extension reaches them.
    #[serde(default)]
    pub hidden: bool,
    /// Seconds that the person's phones ring before the call counts as not answered.
    pub ring_secs: u32,
    pub enabled: bool,
    /// Digest secrets as hashes over user, realm and password (HA1); the realm is the tenant's SIP domain.
    #[serde(skip)]
    pub ha1: Ha1,
}

/// HA1 in both algorithms. RFC 8760, RFC 7616. Never shown or logged.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Ha1 {
    pub md5: [u8; 16],
    pub sha256: [u8; 32],
}

impl std::fmt::Debug for Ha1 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ha1(..)")
    }
}
