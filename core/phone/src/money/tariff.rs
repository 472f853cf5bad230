//! What a call costs by its length. Specification of numbers, 2.5.3.

use serde::{Deserialize, Serialize};

use crate::amount::Micros;

/// What one party pays for a minute and for being connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// For sixty seconds.
    pub per_minute: Micros,
    /// Once, when the call is answered.
    pub connection_fee: Micros,
    /// The least that an answered call costs, fee included.
    #[serde(default)]
    pub minimum: Micros,
}

/// In what steps seconds are counted: the first, and each one after it. 60/60 counts each minute that begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Increments {
    /// Seconds, at least 1.
    pub first_secs: u32,
    /// Seconds, at least 1.
    pub next_secs: u32,
}

impl Increments {
    /// Each minute that begins.
    pub const MINUTES: Self = Self { first_secs: 60, next_secs: 60 };

    /// Seconds as they are counted: up to the end of the step that has begun. Nothing of nothing.
    pub fn billed_secs(self, secs: u32) -> u32 {
        let (first, next) = (self.first_secs.max(1), self.next_secs.max(1));
        match secs {
            0 => 0,
            _ if secs <= first => first,
            _ => (secs - first).div_ceil(next).saturating_mul(next).saturating_add(first),
        }
    }

    /// The first end of a step that lies after `secs`.
    pub fn end_after(self, secs: u32) -> u32 {
        self.billed_secs(secs.saturating_add(1))
    }

    /// The last end of a step that lies at or before `secs`; 0 before the first.
    pub fn end_before(self, secs: u32) -> u32 {
        let (first, next) = (self.first_secs.max(1), self.next_secs.max(1));
        secs.checked_sub(first).map_or(0, |rest| first + rest / next * next)
    }
}

impl Price {
    /// What so many counted seconds cost in all, rounded to the nearest micro-unit, half of one up: so the steps of a
    /// call add up to what the whole costs.
    pub fn total(&self, billed_secs: u32) -> Micros {
        if billed_secs == 0 {
            return Micros::ZERO;
        }
        let seconds = i128::from(self.per_minute.0) * i128::from(billed_secs);
        let minutes = i64::try_from((seconds + 30).div_euclid(60)).unwrap_or(i64::MAX);
        Micros(minutes).plus(self.connection_fee).max(self.minimum)
    }

    /// The most counted seconds that `funds` pay for, given that `paid_secs` are paid already.
    pub fn affordable(&self, increments: Increments, paid_secs: u32, funds: Micros) -> u32 {
        let paid = self.total(paid_secs);
        let fits = |secs: u32| self.total(secs).minus(paid) <= funds;
        if fits(SECS_MAX) {
            return SECS_MAX;
        }
        // The total never falls as seconds rise, so what fits is all below some length.
        let (mut low, mut high) = (paid_secs, SECS_MAX);
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if fits(middle) { low = middle } else { high = middle }
        }
        increments.end_before(low).max(paid_secs)
    }

    /// Whether it costs anything at all.
    pub fn is_free(&self) -> bool {
        *self == Self::default()
    }
}

/// Longest that a call is looked ahead: a month, longer than any talks.
pub const SECS_MAX: u32 = 31 * 86_400;
