//! One telephone number of a tenant and what it is assigned to.

pub mod capacity;
pub mod category;
pub mod lifecycle;
pub mod origin;
pub mod removal;
pub mod restoral;
pub mod tags;
pub mod told;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::capacity::Capacity;
pub use self::category::Category;
pub use self::origin::{Origin, OriginChange};
use super::E164;
use super::operator::OfOperator;
use crate::id::{CivicAddressId, PortOutId, ResourceAccountId, SiteId, TrunkId, UserId};

/// A number that the tenant holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Number {
    pub number: E164,
    pub kind: NumberKind,
    #[serde(default)]
    pub source: NumberSource,
    pub assignee: Option<Assignee>,
    /// Since when the assignee has it, if that was noted.
    #[serde(default)]
    pub assigned_at: Option<Timestamp>,
    /// The trunk that it comes in on and that calls from it go out on.
    pub trunk: Option<TrunkId>,
    /// Nobody is given the number while this lasts.
    #[serde(default)]
    pub block: Option<Block>,
    /// The assignee lost the license: until then it gets the number back with a new one, then the number is free.
    #[serde(default)]
    pub held_until: Option<Timestamp>,
    /// Which of its person's lines it is; it says nothing while no person has it.
    #[serde(default)]
    pub category: Category,
    #[serde(default)]
    pub site: Option<SiteId>,
    /// Where it is used, as emergency services are told.
    #[serde(default)]
    pub address: Option<CivicAddressId>,
    /// The request of another carrier for it that is open.
    #[serde(default)]
    pub port_out: Option<PortOutId>,
    /// Words to find it by. No two differ by capital letters alone.
    #[serde(default)]
    pub tags: BTreeSet<String>,
    /// What its carrier says of it.
    #[serde(default)]
    pub origin: Origin,
}

/// What a number may be assigned to, and who pays when it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    ServiceToll,
    ServiceTollFree,
    User,
}

/// Whose number it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberSource {
    /// The platform's own carriers: who holds it needs a calling plan.
    CallingPlan,
    /// The organization's own carrier, over its own trunk.
    #[default]
    DirectRouting,
    /// A carrier that joined through the operator interface, with which the organization has an agreement of its own.
    Operator(OfOperator),
}

/// How long a number is given to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "at")]
pub enum Block {
    Forever,
    Until(Timestamp),
}

/// Who answers at a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "id")]
pub enum Assignee {
    ResourceAccount(ResourceAccountId),
    User(UserId),
}

/// Where a number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberState {
    Assigned,
    Blocked,
    /// Assigned to somebody who lost the license for it.
    Held,
    Unassigned,
}

impl NumberKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::ServiceToll, Self::ServiceTollFree, Self::User];

    /// Its word in rows and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServiceToll => "service_toll",
            Self::ServiceTollFree => "service_toll_free",
            Self::User => "user",
        }
    }
}

impl NumberState {
    /// Its word in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Blocked => "blocked",
            Self::Held => "held",
            Self::Unassigned => "unassigned",
        }
    }
}

impl NumberSource {
    /// Its word in rows and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CallingPlan => "calling_plan",
            Self::DirectRouting => "direct_routing",
            Self::Operator(_) => "operator",
        }
    }
}

impl Number {
    /// A number that nobody has yet, of the organization's own carrier.
    pub fn new(number: E164, kind: NumberKind) -> Self {
        Self {
            number,
            kind,
            source: NumberSource::default(),
            assignee: None,
            assigned_at: None,
            trunk: None,
            block: None,
            held_until: None,
            category: Category::default(),
            site: None,
            address: None,
            port_out: None,
            tags: BTreeSet::new(),
            origin: Origin::default(),
        }
    }

    /// Where it stands.
    pub fn state(&self, now: Timestamp) -> NumberState {
        match (self.assignee, self.held_until) {
            (Some(_), Some(_)) => NumberState::Held,
            (Some(_), None) => NumberState::Assigned,
            (None, _) if self.is_blocked(now) => NumberState::Blocked,
            (None, _) => NumberState::Unassigned,
        }
    }

    /// Whether nobody may be given it.
    pub fn is_blocked(&self, now: Timestamp) -> bool {
        match self.block {
            Some(Block::Forever) => true,
            Some(Block::Until(end)) => now < end,
            None => false,
        }
    }
}
