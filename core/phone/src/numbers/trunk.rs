//! A trunk: a carrier or session border controller that calls come from and go to.

pub mod check;
pub mod settings;

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use self::settings::TrunkSettings;
use crate::id::TrunkId;

/// A way to the public network, as the administrator set it up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trunk {
    pub id: TrunkId,
    pub name: String,
    #[serde(default)]
    pub description: Option<String>,
    /// Host name or address, with the port if it is not the transport's own; where calls go.
    pub host: String,
    pub port: Option<u16>,
    pub transport: TrunkTransport,
    /// Addresses that calls come from. A port of 0 stands for any port.
    pub sources: Vec<SocketAddr>,
    /// User name and password when the trunk wants digest for what we send.
    pub credentials: Option<TrunkCredentials>,
    /// ISO 3166 alpha-2: how numbers without `+` that come in are read. None means the tenant's country.
    #[serde(default)]
    pub country: Option<String>,
    pub srtp: SrtpMode,
    /// Codec names in order of preference, as in session descriptions.
    pub codecs: Vec<String>,
    /// Most calls at once, both directions together.
    pub n_calls_max: Option<u32>,
    /// Seconds without any answer after which the next way is tried.
    pub no_answer_secs: u32,
    /// Whether calls go out over it, and come in unless the settings say otherwise.
    pub enabled: bool,
    #[serde(default)]
    pub settings: TrunkSettings,
}

impl Trunk {
    /// The host by which an organization with this short name is known at the trunk. Specification of calling, 3.13
    pub fn host_of(&self, slug: &str) -> String {
        match self.settings.derived_hosts {
            true => format!("{slug}.{}", self.host),
            false => self.host.clone(),
        }
    }
}

/// How to reach a trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrunkTransport {
    Tcp,
    Tls,
    Udp,
}

/// Whether sound is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SrtpMode {
    Off,
    Preferred,
    Required,
}

/// What a trunk challenges us for. The password never appears in a log or an answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrunkCredentials {
    pub realm: Option<String>,
    pub user: String,
    pub password: String,
}

impl std::fmt::Debug for TrunkCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrunkCredentials").field("realm", &self.realm).field("user", &self.user).finish_non_exhaustive()
    }
}
