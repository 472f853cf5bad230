//! One telephone number of a tenant and what it is assigned to.

use serde::{Deserialize, Serialize};

use super::E164;
use crate::id::{ResourceAccountId, TrunkId, UserId};

/// A number that the tenant holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Number {
    pub number: E164,
    pub kind: NumberKind,
    pub assignee: Option<Assignee>,
    /// The trunk that it comes in on and that calls from it go out on.
    pub trunk: Option<TrunkId>,
}

/// What a number may be assigned to, and who pays when it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    ServiceToll,
    ServiceTollFree,
    User,
}

/// Who answers at a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "id")]
pub enum Assignee {
    ResourceAccount(ResourceAccountId),
    User(UserId),
}
