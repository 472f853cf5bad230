//! The organization's own settings.

use serde::{Deserialize, Serialize};

use super::notice::Notice;
use super::number_mails::NumberMails;
use super::pause::Pause;
use crate::id::{TenantId, UserId};

/// An organization on this server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub id: TenantId,
    /// Short name in paths and commands, such as `demo`.
    pub slug: String,
    pub name: String,
    pub sip_domain: String,
    /// IANA name.
    pub time_zone: String,
    /// ISO 3166 alpha-2, upper case: how numbers without `+` are read, and which tones are heard.
    pub country: String,
    /// BCP 47: the language of prompts where an app says nothing else.
    pub language: String,
    #[serde(default)]
    pub state: State,
    /// Who is told when a supervisor joins a call, where the queue does not say. Specification of voice apps, 3.12.
    #[serde(default)]
    pub supervision_notice: Notice,
    /// How long a number is given to nobody after somebody lost it, where who takes it says nothing else. Specification of
    /// numbers, 1.3.1.
    #[serde(default)]
    pub number_pause: Option<Pause>,
    /// What people are mailed about their numbers.
    #[serde(default)]
    pub number_mails: NumberMails,
    /// Who gets callers of attendants that have no operator, where one is needed. Specification of voice apps, 2.9.
    #[serde(default)]
    pub fallback_operator: Option<UserId>,
}

/// Whether an organization may use the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    #[default]
    Active,
    /// Its calls are refused, all but those to emergency services.
    Suspended,
}
