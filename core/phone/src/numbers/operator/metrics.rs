//! How calls over an operator's trunks do, in steps of five minutes. Specification of numbers, 5.4; ITU-T E.411 and E.425

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::id::TrunkId;
use crate::record::{CallRecord, LegRecord};

/// The step of the figures.
pub const STEP_SECS: i64 = 300;
/// Answered calls that end sooner than this are short: somebody heard nothing, or robots call.
pub const SHORT_CALL_SECS: i64 = 10;

/// What happened to the legs that began within one step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bucket {
    /// Legs over the operator's trunks, in either direction.
    pub n_legs: u32,
    pub n_answered: u32,
    /// Those that the network brought to a person or a service, whatever that did: answered, busy, declined, not answered.
    pub n_effective: u32,
    /// Answered ones that ended at once.
    pub n_short: u32,
    talk_secs: i64,
    n_rung: u32,
    ring_delay_ms: i64,
    n_heard: u32,
    mos: f64,
}

impl Bucket {
    /// Answer seizure ratio.
    pub fn asr(&self) -> Option<f64> {
        ratio(self.n_answered, self.n_legs)
    }

    /// Network effectiveness ratio.
    pub fn ner(&self) -> Option<f64> {
        ratio(self.n_effective, self.n_legs)
    }

    /// Average call duration in seconds.
    pub fn acd_secs(&self) -> Option<f64> {
        mean(self.talk_secs, self.n_answered)
    }

    /// Post-dial delay in milliseconds: from our call to the ringing, of calls that went out.
    pub fn pdd_ms(&self) -> Option<f64> {
        mean(self.ring_delay_ms, self.n_rung)
    }

    /// Mean opinion score of what we heard.
    pub fn mos(&self) -> Option<f64> {
        (0 < self.n_heard).then(|| self.mos / f64::from(self.n_heard))
    }

    fn add(&mut self, leg: &LegRecord) {
        self.n_legs = self.n_legs.saturating_add(1);
        let is_answered = leg.answered_at.is_some();
        if let Some(answered_at) = leg.answered_at {
            let secs = leg.ended_at.duration_since(answered_at).as_secs().max(0);
            self.n_answered = self.n_answered.saturating_add(1);
            self.talk_secs = self.talk_secs.saturating_add(secs);
            self.n_short = self.n_short.saturating_add(u32::from(secs < SHORT_CALL_SECS));
        }
        self.n_effective = self.n_effective.saturating_add(u32::from(is_answered || is_of_user(leg.status)));
        if let Some(ringing_at) = leg.ringing_at.filter(|_| !leg.inbound) {
            let delay = ringing_at.duration_since(leg.started_at).as_millis().max(0);
            self.n_rung = self.n_rung.saturating_add(1);
            self.ring_delay_ms = self.ring_delay_ms.saturating_add(i64::try_from(delay).unwrap_or(i64::MAX));
        }
        if let Some(mos) = leg.quality.as_ref().and_then(|quality| quality.mos) {
            self.n_heard = self.n_heard.saturating_add(1);
            self.mos += f64::from(mos);
        }
    }
}

/// Adds the legs of a call that went over these trunks, each to its step.
pub fn count(buckets: &mut BTreeMap<Timestamp, Bucket>, record: &CallRecord, trunks: &BTreeSet<TrunkId>) {
    for leg in record.legs.iter().filter(|leg| leg.trunk.is_some_and(|trunk| trunks.contains(&trunk))) {
        let second = leg.started_at.as_second();
        let begin = Timestamp::from_second(second - second.rem_euclid(STEP_SECS)).unwrap_or(leg.started_at);
        buckets.entry(begin).or_default().add(leg);
    }
}

/// Whether a status is a person's or a service's answer, not the network's failure.
fn is_of_user(status: Option<u16>) -> bool {
    matches!(status, Some(480 | 486 | 487 | 600 | 603))
}

fn ratio(part: u32, all: u32) -> Option<f64> {
    (0 < all).then(|| f64::from(part) / f64::from(all))
}

fn mean(sum: i64, count: u32) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a sum of seconds of five minutes is far below 2^52")]
    (0 < count).then(|| sum as f64 / f64::from(count))
}
