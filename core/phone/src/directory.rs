//! The directory: an immutable snapshot of all tenants, and the decision who gets a call and why.
//!
//! The switch holds one snapshot and swaps it whole; a call keeps the one that it began with.

pub mod accounts;
mod app_problems;
pub mod app_uses;
pub mod change;
mod check;
mod desk;
pub mod finding;
pub mod flow_test;
pub mod offboarding;
pub mod outbound;
pub mod people;
pub mod profile;
mod queue_hours;
mod queue_lines;
pub mod readiness;
pub mod rehearsal;
pub mod resellers;
mod routing;
pub mod setup;
pub mod sites;
mod spending;
mod tenant;
mod ways_in;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use app_problems::{AppProblem, Checked};
pub use tenant::{Contents, Shared, Tenant, TenantParts};
pub use ways_in::Named;

use self::change::{Change, Touched, TouchedTenant};
use self::outbound::{Attempt, Location, Shown, Skipped};
use self::ways_in::{OperatorNumbers, WaysIn};
use crate::apps::Priority;
use crate::apps::mailbox::{Mailbox, SystemWords};
use crate::id::{AttendantId, PromptKey, QueueId, ResourceAccountId, SharedMailboxId, TenantId, UserId};
use crate::numbers::E164;

/// All tenants as of one moment. Immutable, so that its indexes can't be wrong.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    tenants: BTreeMap<TenantId, Arc<Tenant>>,
    default_tenant: Option<TenantId>,
    /// Snapshots in which nobody's domain or trunk is new share it.
    ways_in: Arc<WaysIn>,
    /// Whose the numbers are that operators gave.
    operator_numbers: OperatorNumbers,
}

/// What a service number is assigned to. Specification of voice apps, 1.2 and 1.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceAccount {
    pub id: ResourceAccountId,
    pub display_name: String,
    pub app: Option<App>,
    pub priority: Priority,
}

/// An app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum App {
    Attendant(AttendantId),
    Queue(QueueId),
}

/// Where a call goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Destination {
    /// It is played once, and then the call ends.
    Announcement {
        prompt: PromptKey,
    },
    Attendant {
        id: AttendantId,
        priority: Option<Priority>,
    },
    AudioTest,
    Echo,
    /// To the public network, over trunks in order.
    External(Box<External>),
    Queue {
        id: QueueId,
        priority: Option<Priority>,
    },
    SharedMailbox {
        id: SharedMailboxId,
        words: SystemWords,
    },
    User {
        id: UserId,
    },
    /// The messages of a mailbox are heard.
    Visit {
        mailbox: Mailbox,
        listener: UserId,
    },
    /// The person's own mailbox; no phone rings.
    Voicemail {
        id: UserId,
    },
}

/// A call to the public network.
#[derive(Clone, Debug, PartialEq)]
pub struct External {
    pub number: Dialled,
    /// Trunks in the order in which they are tried, each with the numbers as it gets them.
    pub attempts: Vec<Attempt>,
    /// Trunks that are not tried.
    pub skipped: Vec<Skipped>,
    /// The number of the organization that the call is made with.
    pub caller_id: Option<E164>,
    /// What the far end sees before a route or trunk changes it.
    pub shown: Shown,
    /// Where emergency services are told that the caller is.
    pub location: Option<Location>,
    pub emergency: bool,
}

/// A number as it was called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialled {
    E164(E164),
    /// Emergency and short numbers, as dialled.
    Short(String),
}

/// Why a call is refused by rule; one SIP status and one code each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the number is not assigned")]
    NumberNotAssigned,
    #[error("there is no such number or extension here")]
    NotFound,
    #[error("the person has no license to call or be called from outside")]
    NotLicensed,
    #[error("no route leads to this number")]
    NoRoute,
    #[error("no trunk can take the call")]
    NoTrunk,
    #[error("this is not a number that can be called")]
    NotANumber,
    #[error("this is nothing that can be dialled")]
    NotDialable,
    #[error("the calling policy forbids calls")]
    CallingOff,
    #[error("the dial-out policy does not let this number be called")]
    DialOutDenied,
    #[error("the dial-out policy forbids calls outside")]
    DialOutOff,
    #[error("the dial-out policy allows calls within the country only")]
    DomesticOnly,
    #[error("the caller's number is only kept for a while, since the license for it is lost")]
    LineKept,
    #[error("the number to call with is not the caller's")]
    LineNotTheirs,
    #[error("a private line is called and does not call")]
    LinePrivate,
    #[error("the service behind this number is not set up")]
    ServiceNotSetUp,
    #[error("the account is disabled")]
    Disabled,
    #[error("the organization is suspended")]
    Suspended,
    #[error("calls from this number are blocked")]
    CallerBlocked,
    #[error("where the person is, no trunk may be used for this call")]
    LocationForbids,
}

/// A decision with the rules behind it, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub decision: Result<Destination, Refusal>,
    /// One sentence for each rule that was applied; the same words in `explain` and in the record.
    pub reasons: Vec<String>,
}

impl Directory {
    /// Makes the indexes. A literal address in place of a domain stands for the domain of `default_tenant`.
    pub fn new(tenants: impl IntoIterator<Item = Arc<Tenant>>, default_tenant: Option<TenantId>) -> Self {
        let tenants: BTreeMap<_, _> = tenants.into_iter().map(|tenant| (tenant.profile.id, tenant)).collect();
        let ways_in = Arc::new(WaysIn::of(tenants.values()));
        let operator_numbers = OperatorNumbers::of(tenants.values());
        Self { tenants, default_tenant, ways_in, operator_numbers }
    }

    /// The snapshot after changes, and what differs. Costs as much as the changes.
    pub fn with(&self, changes: BTreeMap<TenantId, Change>, default_tenant: Option<TenantId>) -> (Self, Touched) {
        let mut directory = Self { default_tenant, ..self.clone() };
        let mut touched = BTreeMap::new();
        let mut are_ways_new = false;
        for (id, change) in changes {
            let mut touches = change.touches();
            directory.operator_numbers.update(id, directory.tenants.get(&id), &change);
            are_ways_new |= !matches!(touches, TouchedTenant::Parts { apps: false, .. });
            let after = match change {
                Change::Gone => None,
                Change::Parts(change) => directory.tenants.get(&id).map(|before| before.with(change)),
                Change::Whole(parts) => Some(Tenant::new(*parts)),
            };
            if let (Some(after), Some(before), TouchedTenant::Parts { apps, .. }) =
                (&after, directory.tenants.get(&id), &mut touches)
            {
                *apps |= !after.has_rosters_of(before);
            }
            match after {
                Some(tenant) => drop(directory.tenants.insert(id, Arc::new(tenant))),
                None => drop(directory.tenants.remove(&id)),
            }
            touched.insert(id, touches);
        }
        if are_ways_new {
            directory.ways_in = Arc::new(WaysIn::of(directory.tenants.values()));
        }
        (directory, Touched::Tenants(touched))
    }

    /// All tenants.
    pub fn tenants(&self) -> &BTreeMap<TenantId, Arc<Tenant>> {
        &self.tenants
    }

    /// One tenant.
    pub fn tenant(&self, id: TenantId) -> Option<&Arc<Tenant>> {
        self.tenants.get(&id)
    }

    /// Whose domain a literal address in place of a domain stands for.
    pub fn default_tenant(&self) -> Option<&Arc<Tenant>> {
        self.tenants.get(&self.default_tenant?)
    }

    /// The tenant of a SIP domain; a literal address means the default tenant.
    pub fn tenant_of_domain(&self, host: &str) -> Option<&Arc<Tenant>> {
        match self.ways_in.tenant_of_domain(host) {
            Some(id) => self.tenants.get(&id),
            None if is_literal_address(host) => self.default_tenant(),
            None => None,
        }
    }
}

/// Whether a SIP host is an address rather than a name. RFC 3261 25.1: IPv6 in brackets.
fn is_literal_address(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    bare.parse::<IpAddr>().is_ok()
}

impl Destination {
    /// The priority that a call gets there, if it has none yet.
    pub fn priority(&self) -> Option<Priority> {
        match self {
            Self::Attendant { priority, .. } | Self::Queue { priority, .. } => *priority,
            Self::Announcement { .. }
            | Self::AudioTest
            | Self::Echo
            | Self::External(_)
            | Self::SharedMailbox { .. }
            | Self::User { .. }
            | Self::Visit { .. }
            | Self::Voicemail { .. } => None,
        }
    }
}

impl Refusal {
    /// The SIP status of this refusal.
    pub fn sip_status(self) -> u16 {
        match self {
            Self::NumberNotAssigned | Self::NotFound => 404,
            Self::NotLicensed
            | Self::CallerBlocked
            | Self::LocationForbids
            | Self::CallingOff
            | Self::DialOutDenied
            | Self::DialOutOff
            | Self::Disabled
            | Self::DomesticOnly
            | Self::LineKept
            | Self::LineNotTheirs
            | Self::LinePrivate
            | Self::NoRoute
            | Self::Suspended => 403,
            Self::NoTrunk => 503,
            Self::NotANumber | Self::NotDialable => 484,
            Self::ServiceNotSetUp => 480,
        }
    }

    /// The stable code of this refusal in the API and in records.
    pub fn code(self) -> &'static str {
        match self {
            Self::NumberNotAssigned => "number_not_assigned",
            Self::NotFound => "not_found",
            Self::NotLicensed => "not_licensed",
            Self::NoRoute => "no_route",
            Self::NoTrunk => "no_trunk",
            Self::NotDialable => "not_dialable",
            Self::CallingOff => "calling_off",
            Self::DialOutDenied => "dial_out_denied",
            Self::DialOutOff => "dial_out_off",
            Self::DomesticOnly => "domestic_only",
            Self::LineKept => "line_kept",
            Self::LineNotTheirs => "line_not_theirs",
            Self::LinePrivate => "line_private",
            Self::NotANumber => "not_a_number",
            Self::ServiceNotSetUp => "service_not_set_up",
            Self::Disabled => "disabled",
            Self::Suspended => "suspended",
            Self::CallerBlocked => "caller_blocked",
            Self::LocationForbids => "location_forbids",
        }
    }
}
