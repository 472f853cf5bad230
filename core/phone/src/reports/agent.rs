//! Figures of an agent. Specification of voice apps, 4.1 and 4.4.

use serde::{Deserialize, Serialize};

use super::{mean_secs, share};
use crate::apps::queue::Activity;
use crate::record::segment::OfferResult;

/// Sums over the offers and the time of an agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentFigures {
    pub offered: u64,
    pub answered: u64,
    pub declined: u64,
    pub no_answer: u64,
    /// The caller was gone, or another agent faster: nothing that the agent missed.
    pub cancelled: u64,
    pub unreachable: u64,
    /// With callers of queues; hold is part of it.
    pub talk_ms: u64,
    pub wrap_up_ms: u64,
    pub available_ms: u64,
    /// Away, or opted out of all queues.
    pub paused_ms: u64,
    pub other_call_ms: u64,
    /// In calls of queues, by the agent's own time and not by the calls.
    pub queue_call_ms: u64,
}

impl AgentFigures {
    /// Counts an offer, and the talk that came of it.
    pub fn count_offer(&mut self, result: OfferResult, talk_ms: u64) {
        self.offered += 1;
        self.talk_ms += talk_ms;
        match result {
            OfferResult::Answered => self.answered += 1,
            OfferResult::Cancelled | OfferResult::TakenElsewhere => self.cancelled += 1,
            OfferResult::Declined => self.declined += 1,
            OfferResult::NoAnswer => self.no_answer += 1,
            OfferResult::Open => {}
            OfferResult::Unreachable => self.unreachable += 1,
        }
    }

    /// Counts time that the agent spent.
    pub fn count_time(&mut self, activity: Activity, ms: u64) {
        match activity {
            Activity::Available => self.available_ms += ms,
            Activity::Away | Activity::OptedOut | Activity::Paused => self.paused_ms += ms,
            Activity::InOtherCall => self.other_call_ms += ms,
            Activity::InQueueCall => self.queue_call_ms += ms,
            Activity::Offline => {}
            Activity::WrapUp => self.wrap_up_ms += ms,
        }
    }

    /// Adds others.
    pub fn add(&mut self, other: &Self) {
        self.offered += other.offered;
        self.answered += other.answered;
        self.declined += other.declined;
        self.no_answer += other.no_answer;
        self.cancelled += other.cancelled;
        self.unreachable += other.unreachable;
        self.talk_ms += other.talk_ms;
        self.wrap_up_ms += other.wrap_up_ms;
        self.available_ms += other.available_ms;
        self.paused_ms += other.paused_ms;
        self.other_call_ms += other.other_call_ms;
        self.queue_call_ms += other.queue_call_ms;
    }

    /// Time in which the agent was logged in.
    pub fn logged_in_ms(&self) -> u64 {
        self.available_ms + self.paused_ms + self.other_call_ms + self.queue_call_ms + self.wrap_up_ms
    }

    /// The share of the time without pauses that went into calls of queues and their wrap-up.
    pub fn occupancy(&self) -> Option<f64> {
        share(self.queue_call_ms + self.wrap_up_ms, self.logged_in_ms().saturating_sub(self.paused_ms))
    }

    /// Average handling time in seconds: talk with hold, and wrap-up.
    pub fn mean_handle_secs(&self) -> Option<f64> {
        mean_secs(self.talk_ms + self.wrap_up_ms, self.answered)
    }
}
