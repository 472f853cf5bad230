//! Offers to agents: made, answered, refused, over. Specification of voice apps, 3.4–3.6.

use std::time::{Duration, Instant};

use smallvec::SmallVec;

use super::caller::{Offer, Place, Stage};
use super::line::Opt;
use super::machine::Deadline;
use super::select::select;
use super::{Effect, ExitCause, News, Queues, Withdrawal};
use crate::id::{CallId, QueueId, UserId};

/// An agent who refused an offer gets the next one after this time: a phone that refuses by itself would otherwise be
/// rung by one caller after the other, without a pause.
const REFUSAL_PAUSE: Duration = Duration::from_secs(5);
/// Shortest time that agents are alerted: settings of 0 would offer in an endless loop.
const ALERT_MIN: Duration = Duration::from_secs(1);

impl Queues {
    pub(super) fn offer(&mut self, now: Instant, queue: QueueId, place: Place, out: &mut Vec<Effect>) {
        let Some(line) = self.lines.get_mut(&queue) else { return };
        let Some(call) = line.waiting.get(&place).copied() else { return };
        let Some(caller) = self.callers.get_mut(&call) else { return };
        let mut agents = select(line.settings.routing, line.free_agents(), &caller.tried);
        if agents.is_empty() {
            caller.tried.clear();
            agents = select(line.settings.routing, line.free_agents(), &caller.tried);
        }
        let contact = caller.asked.map(|asked| asked.contact);
        if contact.is_some() {
            // Who takes it calls the caller: that is one agent's work.
            agents.truncate(1);
        }
        let alert = Duration::from_secs(caller.settings.agent_alert_secs.into()).max(ALERT_MIN);
        let ends = now + alert;
        caller.stage = Stage::Offered(Offer { agents: agents.clone(), ends });
        line.n_offered += 1;
        self.deadlines.insert((ends, Deadline::AlertTimePassed(call)));
        for agent in agents {
            self.set_rings(now, agent, Some(call));
            out.push(match contact {
                Some(contact) => Effect::OfferCallback { call, queue, agent, contact },
                None => Effect::Offer { call, agent },
            });
        }
    }

    pub(super) fn answered(&mut self, now: Instant, call: CallId, agent: UserId, out: &mut Vec<Effect>) {
        let offered = self.callers.get(&call).filter(|caller| caller.offered_to().contains(&agent));
        let Some(caller) = offered else {
            return out.push(Effect::TooLate { call, agent });
        };
        let queue = caller.queue;
        if caller.asked.is_some() {
            self.note_answered(queue, agent);
            return self.begin_calling(now, call, agent, out);
        }
        out.push(Effect::Connect { call, agent });
        self.begin_talk(now, agent, queue);
        self.note_answered(queue, agent);
        self.remove(now, call, Withdrawal::AnsweredElsewhere, out);
    }

    fn note_answered(&mut self, queue: QueueId, agent: UserId) {
        let Some(line) = self.lines.get_mut(&queue) else { return };
        line.answered_last = Some(agent);
        if let Some(member) = line.members.get_mut(&agent) {
            member.n_missed = 0;
        }
    }

    /// Declined, busy or unreachable: the next agent at once.
    pub(super) fn refused(&mut self, now: Instant, call: CallId, agent: UserId, out: &mut Vec<Effect>) {
        let Some(queue) = self.take_back(call, agent) else { return };
        if let Some(caller) = self.callers.get_mut(&call) {
            caller.tried.insert(agent);
        }
        self.reset_idle_clock(now, queue, agent);
        if let Some(known) = self.agents.get_mut(&agent) {
            known.rings = None;
        }
        self.pause(now, agent, REFUSAL_PAUSE);
        self.end_empty_offer(now, call, out);
    }

    pub(super) fn alert_time_passed(&mut self, now: Instant, call: CallId, out: &mut Vec<Effect>) {
        let Some(caller) = self.callers.get(&call) else { return };
        let agents: SmallVec<[UserId; 2]> = caller.offered_to().into();
        for agent in agents {
            let Some(queue) = self.take_back(call, agent) else { continue };
            if let Some(caller) = self.callers.get_mut(&call) {
                caller.tried.insert(agent);
            }
            out.push(Effect::Withdraw { call, agent, why: Withdrawal::AlertTimePassed });
            self.missed(now, queue, agent, out);
            self.set_rings(now, agent, None);
        }
        self.end_empty_offer(now, call, out);
    }

    /// Too many offers missed in a row, and the agent is taken for gone.
    fn missed(&mut self, now: Instant, queue: QueueId, agent: UserId, out: &mut Vec<Effect>) {
        self.reset_idle_clock(now, queue, agent);
        let Some(line) = self.lines.get_mut(&queue) else { return };
        let Some(member) = line.members.get_mut(&agent) else { return };
        member.n_missed = member.n_missed.saturating_add(1);
        let is_gone = line.settings.missed_offers_max.is_some_and(|max| member.n_missed >= max.max(1));
        if is_gone && line.opt(agent, Opt::Out) {
            self.news.push((agent, News::OptedOut { queue }));
            out.push(Effect::OptedOut { queue, agent });
        }
    }

    fn reset_idle_clock(&mut self, now: Instant, queue: QueueId, agent: UserId) {
        let Some(line) = self.lines.get_mut(&queue).filter(|line| line.settings.reset_idle_on_miss) else { return };
        if let Some(member) = line.members.get_mut(&agent) {
            member.idle_from = Some(now);
        }
    }

    /// Takes one agent out of an offer; the queue, if the agent was in it.
    fn take_back(&mut self, call: CallId, agent: UserId) -> Option<QueueId> {
        let caller = self.callers.get_mut(&call)?;
        let Stage::Offered(offer) = &mut caller.stage else { return None };
        let position = offer.agents.iter().position(|one| *one == agent)?;
        offer.agents.remove(position);
        Some(caller.queue)
    }

    /// Makes a caller ready again whom no agent rings for any longer.
    fn end_empty_offer(&mut self, now: Instant, call: CallId, out: &mut Vec<Effect>) {
        let Some(caller) = self.callers.get_mut(&call) else { return };
        let Stage::Offered(offer) = &caller.stage else { return };
        if !offer.agents.is_empty() {
            return;
        }
        if caller.is_overdue {
            let exception = caller.settings.timeout.clone();
            return self.exit(now, call, ExitCause::Timeout, exception, out);
        }
        self.deadlines.remove(&(offer.ends, Deadline::AlertTimePassed(call)));
        caller.stage = Stage::Ready;
        let (queue, place) = (caller.queue, caller.place);
        if let Some(line) = self.lines.get_mut(&queue) {
            line.ready.insert(place);
            line.n_offered = line.n_offered.saturating_sub(1);
        }
        self.touch(queue);
    }

    /// Stops ringing an agent who may no longer be rung for this call.
    pub(super) fn withdraw_if_unfit(&mut self, now: Instant, agent: UserId, out: &mut Vec<Effect>) {
        let Some(known) = self.agents.get(&agent) else { return };
        let Some(call) = known.rings else { return };
        let line = self.callers.get(&call).and_then(|caller| self.lines.get(&caller.queue));
        let is_fit = line.is_some_and(|line| {
            let is_member = line.members.get(&agent).is_some_and(|member| member.opted_in);
            is_member && known.takes_calls(&line.settings)
        });
        if is_fit || self.take_back(call, agent).is_none() {
            return;
        }
        out.push(Effect::Withdraw { call, agent, why: Withdrawal::NotEligible });
        self.set_rings(now, agent, None);
        self.end_empty_offer(now, call, out);
    }
}
