//! Figures of a queue. Specification of voice apps, 4.1 and 4.4.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Origins, mean_secs, share};
use crate::record::segment::{OfferResult, Pass, QueueResult, Segment};

/// Sums over callers who came to a queue in some time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueFigures {
    /// Callers whom the queue took, whatever became of them; who overflowed, or came while it was closed, is none of them.
    pub offered: Origins,
    pub answered: u64,
    pub abandoned: u64,
    /// Of those who abandoned, who hung up sooner than the report counts.
    pub short_abandoned: u64,
    pub timed_out: u64,
    pub no_agents: u64,
    pub overflowed: u64,
    /// Callers who came while the queue was closed.
    #[serde(default)]
    pub closed: u64,
    /// Callers who asked to be called back.
    pub asked_back: u64,
    /// Callers who were called back and talked with an agent.
    pub called_back: u64,
    /// Ended from outside, or not possible to answer.
    pub failed: u64,
    pub wait_answered_ms: u64,
    pub wait_abandoned_ms: u64,
    /// Of those who were answered: hold is part of it.
    pub talk_ms: u64,
    pub wrap_up_ms: u64,
    /// Offers that agents did not answer.
    pub presented: u64,
    /// Callers who came while a target was set, and how many of them were answered.
    pub scored: u64,
    pub scored_answered: u64,
    /// Of them, within the target.
    pub sl_answered: u64,
    pub sl_abandoned: u64,
    /// The target that the last of them came under, in seconds.
    pub sl_target: Option<u32>,
}

/// The four service levels. Specification 4.1. Each is a share from 0 to 1, and none without a caller to tell it from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServiceLevels {
    /// Answered in time, of those answered.
    pub handled: Option<f64>,
    /// Answered in time, of all but those who abandoned in time.
    pub no_abandon: Option<f64>,
    /// Answered or abandoned in time, of all.
    pub positive_abandon: Option<f64>,
    /// Answered in time, of all.
    pub negative_abandon: Option<f64>,
}

impl QueueFigures {
    /// Counts a caller. `short_ms` is the time before which who abandons is not counted in the rate.
    pub fn count(&mut self, segment: &Segment, is_outside: bool, short_ms: u64, now: Timestamp) {
        let wait_ms = u64::try_from(segment.lasted_ms(now)).unwrap_or(0);
        match &segment.pass {
            Pass::Queue(pass) if pass.result == QueueResult::Overflowed => self.overflowed += 1,
            Pass::Queue(pass) if pass.result == QueueResult::Closed => self.closed += 1,
            Pass::Queue(pass) => {
                self.offered.count(is_outside);
                let target_ms = pass.target_secs.map(|secs| u64::from(secs) * 1_000);
                let in_time = target_ms.is_some_and(|target_ms| wait_ms <= target_ms);
                if pass.target_secs.is_some() {
                    self.scored += 1;
                    self.sl_target = pass.target_secs;
                }
                match pass.result {
                    QueueResult::Abandoned => {
                        self.abandoned += 1;
                        self.short_abandoned += u64::from(wait_ms < short_ms);
                        self.wait_abandoned_ms += wait_ms;
                        self.sl_abandoned += u64::from(in_time);
                    }
                    QueueResult::Answered => {
                        self.answered += 1;
                        self.wait_answered_ms += wait_ms;
                        self.scored_answered += u64::from(pass.target_secs.is_some());
                        self.sl_answered += u64::from(in_time);
                    }
                    QueueResult::Callback => self.asked_back += 1,
                    QueueResult::Disconnected | QueueResult::Failed => self.failed += 1,
                    QueueResult::NoAgents => self.no_agents += 1,
                    QueueResult::Closed | QueueResult::Overflowed | QueueResult::Waiting => {}
                    QueueResult::TimedOut => self.timed_out += 1,
                }
            }
            Pass::Callback(pass) => self.called_back += u64::from(pass.result == QueueResult::Answered),
            Pass::Attendant(_) | Pass::Mailbox(_) => return,
        }
        self.talk_ms += segment.talk_ms(now);
        let offers = segment.queue_pass().into_iter().flat_map(|pass| &pass.offers);
        let unanswered = offers.filter(|offer| !matches!(offer.result, OfferResult::Answered | OfferResult::Open));
        self.presented += u64::try_from(unanswered.count()).unwrap_or(0);
    }

    /// Adds what came later.
    pub fn add(&mut self, later: &Self) {
        self.offered.add(later.offered);
        self.answered += later.answered;
        self.abandoned += later.abandoned;
        self.short_abandoned += later.short_abandoned;
        self.timed_out += later.timed_out;
        self.no_agents += later.no_agents;
        self.overflowed += later.overflowed;
        self.closed += later.closed;
        self.asked_back += later.asked_back;
        self.called_back += later.called_back;
        self.failed += later.failed;
        self.wait_answered_ms += later.wait_answered_ms;
        self.wait_abandoned_ms += later.wait_abandoned_ms;
        self.talk_ms += later.talk_ms;
        self.wrap_up_ms += later.wrap_up_ms;
        self.presented += later.presented;
        self.scored += later.scored;
        self.scored_answered += later.scored_answered;
        self.sl_answered += later.sl_answered;
        self.sl_abandoned += later.sl_abandoned;
        self.sl_target = later.sl_target.or(self.sl_target);
    }

    /// The four service levels of callers who came under a target.
    pub fn service_levels(&self) -> ServiceLevels {
        ServiceLevels {
            handled: share(self.sl_answered, self.scored_answered),
            no_abandon: share(self.sl_answered, self.scored.saturating_sub(self.sl_abandoned)),
            positive_abandon: share(self.sl_answered + self.sl_abandoned, self.scored),
            negative_abandon: share(self.sl_answered, self.scored),
        }
    }

    /// Who abandoned, of all whom the queue took; who hung up at once is in neither.
    pub fn abandon_rate(&self) -> Option<f64> {
        let short = self.short_abandoned;
        share(self.abandoned.saturating_sub(short), self.offered.total().saturating_sub(short))
    }

    /// Average speed of answer in seconds.
    pub fn mean_answer_secs(&self) -> Option<f64> {
        mean_secs(self.wait_answered_ms, self.answered)
    }

    /// Average handling time in seconds: talk with hold, and wrap-up.
    pub fn mean_handle_secs(&self) -> Option<f64> {
        mean_secs(self.talk_ms + self.wrap_up_ms, self.answered + self.called_back)
    }
}

impl Segment {
    /// Milliseconds that agent and caller talked, until `now` if they still do.
    pub fn talk_ms(&self, now: Timestamp) -> u64 {
        let pass = self.queue_pass().filter(|pass| pass.result == QueueResult::Answered);
        let (Some(pass), Some(since)) = (pass, self.ended_at) else { return 0 };
        let until = pass.talked_until.unwrap_or(now);
        u64::try_from(until.duration_since(since).as_millis()).unwrap_or(0)
    }
}
