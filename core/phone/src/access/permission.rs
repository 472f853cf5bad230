//! A permission: an action on a noun of the API.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! areas {
    ($($name:ident $word:literal,)+) => {
        /// What a permission is about. Specification of numbers, 2.1.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Area { $(#[doc = $word] $name,)+ }

        impl Area {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its word in the API.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

areas! {
    Accounts "accounts",
    ApiKeys "api_keys",
    AudioFiles "audio_files",
    Audit "audit",
    AutoAttendants "auto_attendants",
    CallQueues "call_queues",
    CallRecordings "call_recordings",
    CallRecords "call_records",
    CallSupervision "call_supervision",
    Calls "calls",
    Credits "credits",
    Devices "devices",
    Emergency "emergency",
    Groups "groups",
    Health "health",
    LicensePlans "license_plans",
    Licenses "licenses",
    NumberOrders "number_orders",
    NumberQuotas "number_quotas",
    NumberStock "number_stock",
    Numbers "numbers",
    Operators "operators",
    Orders "orders",
    Penalties "penalties",
    Policies "policies",
    Ports "ports",
    Resellers "resellers",
    ResourceAccounts "resource_accounts",
    Roles "roles",
    Routing "routing",
    Schedules "schedules",
    Setup "setup",
    Sites "sites",
    Tenants "tenants",
    Trunks "trunks",
    Users "users",
    Voicemail "voicemail",
    Webhooks "webhooks",
}

impl Area {
    /// Whether it lets people hear what others say. Who sees all does not hear all: these are given by name.
    pub fn is_of_sound(self) -> bool {
        matches!(self, Self::CallRecordings | Self::CallSupervision)
    }
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// On what is live: calls, agents, presence.
    Act,
    /// See.
    Read,
    /// Make, change, delete.
    Write,
}

/// An action on a noun, such as `numbers.write`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Permission {
    /// On what.
    pub area: Area,
    /// What is done.
    pub action: Action,
}

/// A set of permissions.
pub type Permissions = BTreeSet<Permission>;

/// A text names no permission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no permission: one is a noun and an action, such as numbers.write")]
pub struct NoPermission(pub String);

impl Action {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Act, Self::Read, Self::Write];

    /// Its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

impl Permission {
    /// Every one.
    pub fn all() -> impl Iterator<Item = Self> {
        Area::ALL.iter().flat_map(|&area| Action::ALL.map(|action| Self { area, action }))
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.area.as_str(), self.action.as_str())
    }
}

impl fmt::Debug for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Permission {
    type Err = NoPermission;

    fn from_str(text: &str) -> Result<Self, NoPermission> {
        let named = || {
            let (area, action) = text.split_once('.')?;
            let area = *Area::ALL.iter().find(|known| known.as_str() == area)?;
            let action = Action::ALL.into_iter().find(|known| known.as_str() == action)?;
            Some(Self { area, action })
        };
        named().ok_or_else(|| NoPermission(text.to_owned()))
    }
}

impl TryFrom<String> for Permission {
    type Error = NoPermission;

    fn try_from(text: String) -> Result<Self, NoPermission> {
        text.parse()
    }
}

impl From<Permission> for String {
    fn from(permission: Permission) -> Self {
        permission.to_string()
    }
}
