//! What is new in a snapshot: enough to make it from the one before, and to tell who must look again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::outbound::Routing;
use super::{ResourceAccount, TenantParts};
use crate::apps::mailbox::{self, Personal};
use crate::apps::queue::roster::Members;
use crate::apps::{attendant, queue};
use crate::id::{
    AttendantId, GroupId, QueueId, ResourceAccountId, ScheduleId, SharedMailboxId, TenantId, TrunkId, UserId,
};
use crate::numbers::operator::Lent;
use crate::numbers::schedule::Schedule;
use crate::numbers::{E164, Number, Trunk};
use crate::people::User;
use crate::policies::CallingPolicies;

/// What became of a tenant.
#[derive(Clone, Debug)]
pub enum Change {
    /// It is no more.
    Gone,
    Parts(TenantChange),
    /// It is new, or so much is that all of it was read.
    Whole(Box<TenantParts>),
}

/// What became of parts of a tenant; what is `None` is no more. What is not here is as it was.
#[derive(Clone, Debug, Default)]
pub struct TenantChange {
    pub users: BTreeMap<UserId, Option<Arc<User>>>,
    pub numbers: BTreeMap<E164, Option<Number>>,
    pub resource_accounts: BTreeMap<ResourceAccountId, Option<ResourceAccount>>,
    /// Of the groups that apps and policies name.
    pub groups: BTreeMap<GroupId, Option<Arc<BTreeSet<UserId>>>>,
    pub apps: Option<Apps>,
    /// What decides about calls outside.
    pub routing: Option<Arc<Routing>>,
}

/// What a tenant has few of; if one is new, all are here.
#[derive(Clone, Debug, Default)]
pub struct Apps {
    pub trunks: BTreeMap<TrunkId, Arc<Trunk>>,
    /// Outbound trunks in order of preference.
    pub outbound_trunks: Vec<TrunkId>,
    /// Those of the trunks that operators lend.
    pub lent: BTreeMap<TrunkId, Lent>,
    pub attendants: BTreeMap<AttendantId, Arc<attendant::Settings>>,
    pub queues: BTreeMap<QueueId, Arc<queue::Settings>>,
    pub schedules: BTreeMap<ScheduleId, Arc<Schedule>>,
    /// Who is in the groups that apps and policies name.
    pub groups: Members,
    pub mailboxes: BTreeMap<SharedMailboxId, Arc<mailbox::Settings>>,
    pub personal_mailboxes: BTreeMap<UserId, Arc<Personal>>,
    /// What people may do with calls.
    pub calling: Arc<CallingPolicies>,
}

/// What differs between a snapshot and the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    /// Nobody knows: look at all of it.
    Everything,
    Tenants(BTreeMap<TenantId, TouchedTenant>),
}

/// What differs of one tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TouchedTenant {
    Whole,
    Parts {
        /// Trunks, attendants, queues, who their agents are, schedules or mailboxes.
        apps: bool,
        users: BTreeSet<UserId>,
    },
}

impl Touched {
    /// Whether trunks, attendants, queues, their agents, schedules or mailboxes may differ.
    pub fn has_apps(&self) -> bool {
        match self {
            Self::Everything => true,
            Self::Tenants(tenants) => tenants.values().any(|tenant| match tenant {
                TouchedTenant::Whole => true,
                TouchedTenant::Parts { apps, .. } => *apps,
            }),
        }
    }
}

impl Change {
    /// What will differ.
    pub fn touches(&self) -> TouchedTenant {
        match self {
            Self::Gone | Self::Whole(_) => TouchedTenant::Whole,
            Self::Parts(change) => {
                TouchedTenant::Parts { apps: change.apps.is_some(), users: change.users.keys().copied().collect() }
            }
        }
    }
}
