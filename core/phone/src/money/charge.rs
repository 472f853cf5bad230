//! What a call has cost so far: told when each block of seconds begins, and once more when the call ends.
//!
//! Each telling holds all that came before it, so that one may be lost, doubled or late: what counts is the furthest.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::deck::{Direction, Kind};
use super::funding::Source;
use super::lost::Ahead;
use super::scope::Scope;
use crate::amount::{Currency, Micros};
use crate::id::{CallId, RateDeckId, TenantId, UserId};

/// A leg that is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PaidLeg {
    pub call: CallId,
    /// Counts the legs of a call.
    pub leg: u64,
}

/// What one leg has cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Charge {
    #[serde(flatten)]
    pub id: PaidLeg,
    pub tenant: TenantId,
    pub direction: Direction,
    /// Whose call it is.
    pub user: Option<UserId>,
    pub from: String,
    pub to: String,
    /// As the deck names it.
    pub destination: Option<String>,
    /// ISO 3166 alpha-2.
    pub country: Option<String>,
    pub currency: Currency,
    /// The version that priced it, and the row.
    pub deck: Option<RateDeckId>,
    pub prefix: Option<String>,
    #[serde(default)]
    pub kind: Option<Kind>,
    /// What a minute cost.
    #[serde(default)]
    pub per_minute: Option<Micros>,
    #[serde(default)]
    pub connection_fee: Option<Micros>,
    pub answered_at: Timestamp,
    /// Seconds since the answer that this tells of.
    pub secs: u32,
    pub segments: Vec<Segment>,
    /// What it counts for besides the person and the whole organization.
    #[serde(default)]
    pub scopes: Vec<Scope>,
    /// What the carrier takes, if the deck knows.
    pub cost: Option<Micros>,
    /// What whoever sells to the organization pays, if somebody does.
    pub reseller: Option<Micros>,
    /// Whether the call is over.
    pub finished: bool,
    /// What goes on after this, while it is not over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<Ahead>,
}

/// Seconds that one source paid for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Counts the segments of a leg, from 1.
    pub no: u16,
    pub source: Source,
    /// Since the answer.
    pub from_secs: u32,
    /// Since the answer, exclusive.
    pub to_secs: u32,
    /// As they are counted: whole steps.
    pub billed_secs: u32,
    pub amount: Micros,
}

impl Charge {
    /// All of it.
    pub fn amount(&self) -> Micros {
        self.segments.iter().map(|segment| segment.amount).sum()
    }

    /// All that it counts for.
    pub fn counted(&self) -> impl Iterator<Item = Scope> + '_ {
        counted(self.user, &self.scopes)
    }

    /// Whether any second was free because nobody knew a price.
    pub fn is_unrated(&self) -> bool {
        self.segments.iter().any(|segment| segment.source == Source::NotRated)
    }
}

/// All that a call counts for: the whole organization, the person, and what else is named.
pub(super) fn counted(user: Option<UserId>, scopes: &[Scope]) -> impl Iterator<Item = Scope> + '_ {
    [Some(Scope::Everybody), user.map(Scope::Person)].into_iter().flatten().chain(scopes.iter().cloned())
}
