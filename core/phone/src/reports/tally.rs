//! Figures of all apps and agents of an organization in quarters of an hour, counted call by call.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::agent::AgentFigures;
use super::attendant::AttendantFigures;
use super::interval::SLOT_SECS;
use super::queue::QueueFigures;
use crate::apps::queue::{Activity, News};
use crate::id::{AttendantId, QueueId, UserId};
use crate::record::agent::AgentFact;
use crate::record::segment::{OfferResult, Pass, QueuePass, Segment};

/// Figures by the quarter of an hour in which calls came to an app.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    pub queues: BTreeMap<(Timestamp, QueueId), QueueFigures>,
    pub attendants: BTreeMap<(Timestamp, AttendantId), AttendantFigures>,
    /// Of offers, by the queue that made them.
    pub agents: BTreeMap<(Timestamp, (UserId, QueueId)), AgentFigures>,
}

impl Tally {
    /// Counts what a call did in apps; what still goes on is counted as of `now`.
    pub fn count_call(&mut self, segments: &[Segment], is_outside: bool, short_ms: u64, now: Timestamp) {
        let mut passed = BTreeSet::new();
        for segment in segments {
            let slot = slot(segment.started_at);
            match &segment.pass {
                Pass::Attendant(pass) => {
                    let is_first = passed.insert(pass.id);
                    self.attendants.entry((slot, pass.id)).or_default().count(segment, is_outside, is_first, now);
                }
                Pass::Callback(pass) | Pass::Queue(pass) => {
                    self.queues.entry((slot, pass.id)).or_default().count(segment, is_outside, short_ms, now);
                    self.count_offers(segment, pass, now);
                }
                Pass::Mailbox(_) => {}
            }
        }
    }

    fn count_offers(&mut self, segment: &Segment, pass: &QueuePass, now: Timestamp) {
        for offer in &pass.offers {
            let has_talked = offer.result == OfferResult::Answered && Some(offer.agent) == pass.agent;
            let talk_ms = if has_talked { segment.talk_ms(now) } else { 0 };
            let key = (slot(offer.started_at), (offer.agent, pass.id));
            self.agents.entry(key).or_default().count_offer(offer.result, talk_ms);
        }
    }

    /// Counts the wrap-up that ended with what is new of an agent.
    pub fn count_fact(&mut self, fact: &AgentFact) {
        let after = match fact.news {
            News::Does { after, .. } => after,
            News::OptedIn { .. } | News::OptedOut { .. } => None,
        };
        let Some(after) = after.filter(|after| after.did.activity == Activity::WrapUp) else { return };
        if let Some(queue) = after.did.queue {
            self.queues.entry((slot(fact.at), queue)).or_default().wrap_up_ms += after.lasted_ms;
        }
    }

    /// Adds another's figures.
    pub fn add(&mut self, other: &Self) {
        for (key, figures) in &other.queues {
            self.queues.entry(*key).or_default().add(figures);
        }
        for (key, figures) in &other.attendants {
            self.attendants.entry(*key).or_default().add(figures);
        }
        for (key, figures) in &other.agents {
            self.agents.entry(*key).or_default().add(figures);
        }
    }

    /// Forgets what came before then.
    pub fn forget_before(&mut self, at: Timestamp) {
        let is_left = |slot: Timestamp| at <= slot;
        self.queues.retain(|(slot, _), _| is_left(*slot));
        self.attendants.retain(|(slot, _), _| is_left(*slot));
        self.agents.retain(|(slot, _), _| is_left(*slot));
    }
}

/// When the quarter of an hour began that an instant is in.
pub fn slot(at: Timestamp) -> Timestamp {
    let secs = at.as_second();
    Timestamp::from_second(secs - secs.rem_euclid(SLOT_SECS)).unwrap_or(at)
}
