//! The directory: an immutable snapshot of all tenants, and the decision who gets a call and why.
//!
//! The switch holds one snapshot and swaps it whole; a call keeps the one that it began with.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::apps::{Priority, attendant, queue};
use crate::id::{AttendantId, QueueId, ResourceAccountId, ScheduleId, TenantId, TrunkId, UserId};
use crate::numbers::schedule::Schedule;
use crate::numbers::{E164, Number, Trunk};
use crate::people::User;
use crate::people::tenant::Profile;

/// All tenants as of one moment.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    pub tenants: BTreeMap<TenantId, Arc<Tenant>>,
    /// Whose domain a literal address in place of a domain stands for.
    pub default_tenant: Option<TenantId>,
}

/// One tenant, complete.
#[derive(Clone, Debug)]
pub struct Tenant {
    pub profile: Profile,
    pub users: BTreeMap<UserId, Arc<User>>,
    pub numbers: BTreeMap<E164, Number>,
    pub trunks: BTreeMap<TrunkId, Arc<Trunk>>,
    /// Outbound trunks in order of preference.
    pub outbound_trunks: Vec<TrunkId>,
    pub resource_accounts: BTreeMap<ResourceAccountId, ResourceAccount>,
    pub attendants: BTreeMap<AttendantId, Arc<attendant::Settings>>,
    pub queues: BTreeMap<QueueId, Arc<queue::Settings>>,
    pub schedules: BTreeMap<ScheduleId, Arc<Schedule>>,
    /// Numbers that reach emergency services, such as `911`, and their test numbers.
    pub emergency_numbers: Vec<String>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum App {
    Attendant(AttendantId),
    Queue(QueueId),
}

/// Where a call goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Destination {
    Attendant {
        id: AttendantId,
        priority: Option<Priority>,
    },
    AudioTest,
    Echo,
    /// To the public network, over these trunks in order.
    External(External),
    Queue {
        id: QueueId,
        priority: Option<Priority>,
    },
    User {
        id: UserId,
    },
}

/// A call to the public network.
#[derive(Clone, Debug, PartialEq)]
pub struct External {
    pub number: Dialled,
    pub trunks: Vec<TrunkId>,
    /// The number that the far end sees.
    pub caller_id: Option<E164>,
    pub emergency: bool,
}

/// A number as it is sent to a trunk.
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
    #[error("no trunk leads to this number")]
    NoRoute,
    #[error("this is not a number that can be called")]
    NotANumber,
    #[error("the service behind this number is not set up")]
    ServiceNotSetUp,
    #[error("the account is disabled")]
    Disabled,
}

/// A decision with the rules behind it, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub decision: Result<Destination, Refusal>,
    /// One sentence for each rule that was applied; the same words in `explain` and in the record.
    pub reasons: Vec<String>,
}

impl Directory {
    /// The trunk that calls from this address come from.
    pub fn trunk_at(&self, source: SocketAddr) -> Option<(TenantId, TrunkId)> {
        let _ = source;
        todo!()
    }

    /// The tenant of a SIP domain; a literal address means the default tenant.
    pub fn tenant_of_domain(&self, host: &str) -> Option<&Arc<Tenant>> {
        let _ = host;
        todo!()
    }
}

impl Tenant {
    /// The person with this SIP user name.
    pub fn user_by_extension(&self, extension: &str) -> Option<&Arc<User>> {
        let _ = extension;
        todo!()
    }

    /// Who gets a call that came in on `trunk` for `called` (the user part of the Request-URI).
    pub fn inbound(&self, trunk: TrunkId, called: &str) -> Verdict {
        let _ = (trunk, called);
        todo!()
    }

    /// Who gets a call that `user` dials: an extension, a feature code, an own number, a number outside.
    pub fn dial(&self, user: UserId, dialled: &str) -> Verdict {
        let _ = (user, dialled);
        todo!()
    }

    /// Where an app's target leads; `resource_account` pays for what goes outside.
    pub fn redirect(&self, target: &crate::apps::Target) -> Verdict {
        let _ = target;
        todo!()
    }

    /// A caller's number as the tenant's country writes it, in E.164 where that can be told.
    pub fn caller_number(&self, user_part: &str) -> Option<E164> {
        let _ = user_part;
        todo!()
    }
}

impl Refusal {
    /// The SIP status of this refusal.
    pub fn sip_status(self) -> u16 {
        match self {
            Self::NumberNotAssigned | Self::NotFound => 404,
            Self::NotLicensed | Self::Disabled => 403,
            Self::NoRoute => 503,
            Self::NotANumber => 484,
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
            Self::NotANumber => "not_a_number",
            Self::ServiceNotSetUp => "service_not_set_up",
            Self::Disabled => "disabled",
        }
    }
}
