//! Minutes of plans and budgets that servers share: each has a part of what is left, as it has of a balance.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::BOOKED_AFTER;
use crate::money::pool::PoolKey;
use crate::money::scope::{Scope, Span};

/// What is shared besides the balance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Shared {
    /// Seconds.
    Pool { pool: PoolKey },
    /// Millionths of what budgets for it leave.
    Budget { scope: Scope, span: Span },
}

/// How much of it there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole {
    /// What is left of it.
    pub left: i64,
    /// What the ledger has of all servers' calls.
    pub posted: i64,
}

/// What one server has of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// What the others leave to it, that is not booked.
    pub visible: i64,
    /// What it was told last, less what is booked since.
    pub told: i64,
    /// When that was last less than before.
    pub lowered_at: Timestamp,
    /// What was booked of its calls, from what there was when it began to count.
    pub posted: i64,
}

impl Part {
    /// The first of a server, which was told of nothing before.
    pub fn new(whole: Whole) -> Self {
        Self { visible: 0, told: 0, lowered_at: Timestamp::UNIX_EPOCH, posted: whole.posted }
    }

    /// It is told anew, with what the others have; it has been heard of without a gap since a time.
    pub fn take(&mut self, now: Timestamp, alive_since: Timestamp, whole: Whole, others: &[i64]) {
        self.lowered_at = self.lowered_at.max(alive_since).min(now);
        let is_fresh = now.duration_since(self.lowered_at) < BOOKED_AFTER;
        let before = if is_fresh { self.told.max(self.visible) } else { self.told };
        let taken = others.iter().fold(0_i64, |sum, other| sum.saturating_add((*other).max(0)));
        let n_servers = i64::try_from(others.len()).unwrap_or(i64::MAX - 1).saturating_add(1);
        let told = (whole.left.max(0) / n_servers).min(whole.left.saturating_sub(taken)).max(0);
        if told < self.told {
            self.lowered_at = now;
        }
        (self.told, self.visible) = (told, told.max(before));
    }

    /// What was booked of its calls is spent of its part.
    pub fn spend(&mut self, booked: i64) {
        self.posted = self.posted.saturating_add(booked);
        self.visible = self.visible.saturating_sub(booked);
        self.told = self.told.saturating_sub(booked);
    }
}
