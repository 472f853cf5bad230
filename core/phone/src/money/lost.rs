//! What a call had cost when its process was lost: up to when the process was known to live last.
//!
//! A telling covers what was talked before it. With it goes what is reserved from there on, so that whoever finds it without
//! an end can tell what each second after it cost. A process says now and then that it lives, after all that it told before:
//! a call without an end went on then.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::charge::Charge;
use super::meter::{self, Meter, Part};
use super::tariff::{Increments, Price};

/// A moment of one process, by a clock that nobody sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// When the process began, which tells it from those before and after.
    pub process: Timestamp,
    /// Nanoseconds since then: seconds are counted as the call itself counts them.
    pub ns: u64,
}

/// What goes on after a telling: what is reserved, and what it costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ahead {
    /// When the call was answered; none if nobody said.
    pub answered: Option<Moment>,
    parts: Vec<Part>,
    /// What the carrier and the reseller count by.
    increments: Option<Increments>,
    cost: Option<Price>,
    reseller: Option<Price>,
}

impl Ahead {
    pub(super) fn of(meter: &Meter) -> Self {
        let rate = meter.rate();
        Self {
            answered: None,
            parts: meter.parts().to_vec(),
            increments: rate.map(|rate| rate.increments),
            cost: rate.and_then(|rate| rate.cost),
            reseller: rate.and_then(|rate| rate.reseller),
        }
    }

    /// Seconds that are reserved, since the answer.
    fn until(&self) -> u32 {
        self.parts.last().map_or(0, Part::until)
    }
}

impl Charge {
    /// What it had cost when its process said last that it lives; that is the end of it. None if it has its end, is another
    /// process's, or was told of as far already.
    pub fn carried(&self, alive: Moment) -> Option<Self> {
        let ahead = self.ahead.as_ref().filter(|_| !self.finished)?;
        let answered = ahead.answered.filter(|answered| answered.process == alive.process)?;
        let lived = u32::try_from(alive.ns.saturating_sub(answered.ns) / 1_000_000_000).unwrap_or(u32::MAX);
        // More was told of before it was talked.
        let secs = lived.min(ahead.until());
        if secs <= self.secs {
            return None;
        }
        let billed_secs = ahead.increments.map_or(0, |increments| increments.billed_secs(secs));
        Some(Self {
            secs,
            segments: meter::segments(&ahead.parts, secs),
            cost: ahead.cost.map(|price| price.total(billed_secs)),
            reseller: ahead.reseller.map(|price| price.total(billed_secs)),
            finished: true,
            ahead: None,
            ..self.clone()
        })
    }
}
