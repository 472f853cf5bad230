//! What the queues have agents do: ring, talk, pause. Specification of voice apps, 3.2.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::agent::Talk;
use super::machine::Deadline;
use super::{Effect, Queues};
use crate::id::{CallId, QueueId, UserId};

impl Queues {
    /// The agent's phones ring for this caller, or for nobody any more.
    pub(super) fn set_rings(&mut self, now: Instant, agent: UserId, call: Option<CallId>) {
        let Some(known) = self.agents.get_mut(&agent) else { return };
        known.rings = call;
        self.update_lines(now, agent);
    }

    /// The agent answered.
    pub(super) fn begin_talk(&mut self, now: Instant, agent: UserId, queue: QueueId) {
        let Some(known) = self.agents.get_mut(&agent) else { return };
        known.rings = None;
        known.talks.push(Talk { queue, since: now });
        self.update_lines(now, agent);
    }

    /// A call of the agent is over. Of two of one queue it may be either: their times come to the same.
    pub(super) fn released(&mut self, now: Instant, agent: UserId, queue: QueueId) {
        let Some(known) = self.agents.get_mut(&agent) else { return };
        let Some(index) = known.talks.iter().position(|talk| talk.queue == queue) else { return };
        let talk = known.talks.remove(index);
        known.idle_since = Some(now);
        let wrap_up_secs = self.lines.get(&queue).map_or(0, |line| line.settings.wrap_up_secs);
        if 0 < wrap_up_secs {
            known.wraps_up = Some(queue);
        }
        self.note_talked(now, queue, talk.since);
        self.pause(now, agent, Duration::from_secs(wrap_up_secs.into()));
    }

    /// Lets nobody ring the agent for this time. A pause that lasts longer already stays.
    pub(super) fn pause(&mut self, now: Instant, agent: UserId, pause: Duration) {
        let Some(known) = self.agents.get_mut(&agent) else { return };
        let until = now + pause;
        if !pause.is_zero() && known.pauses_until.is_none_or(|before| before < until) {
            if let Some(before) = known.pauses_until.replace(until) {
                self.deadlines.remove(&(before, Deadline::PauseOver(agent)));
            }
            self.deadlines.insert((until, Deadline::PauseOver(agent)));
        }
        self.update_lines(now, agent);
    }

    pub(super) fn end_pause(&mut self, now: Instant, agent: UserId) {
        let Some(known) = self.agents.get_mut(&agent) else { return };
        if let Some(until) = known.pauses_until.take() {
            self.deadlines.remove(&(until, Deadline::PauseOver(agent)));
        }
        known.wraps_up = None;
        self.update_lines(now, agent);
    }

    /// Not after a refused offer: that pause keeps a phone that refuses by itself from being rung without end.
    pub(super) fn end_wrap_up(&mut self, now: Instant, agent: UserId) {
        let wraps_up = self.agents.get(&agent).is_some_and(|known| known.wraps_up.is_some());
        if wraps_up {
            self.end_pause(now, agent);
        }
    }

    /// Who pauses finishes the call that they talk in, and is rung no more.
    pub(super) fn set_pause(&mut self, now: Instant, agent: UserId, pause: Option<Arc<str>>, out: &mut Vec<Effect>) {
        let known = self.agents.entry(agent).or_default();
        if known.pause.is_some() && pause.is_none() {
            // Back from a pause is as idle as who has just come.
            known.idle_since = Some(now);
        }
        known.pause = pause;
        self.update_lines(now, agent);
        self.withdraw_if_unfit(now, agent, out);
    }

    /// Tells the agent's queues what became of the agent.
    pub(super) fn update_lines(&mut self, now: Instant, agent: UserId) {
        let Some(known) = self.agents.get(&agent) else { return };
        for queue in known.queues.clone() {
            let (Some(line), Some(known)) = (self.lines.get_mut(&queue), self.agents.get(&agent)) else { continue };
            let noticed = line.update(now, agent, known);
            if noticed.turn {
                self.touch(queue);
            }
            if noticed.presence {
                self.watch_presence(now, queue);
            }
        }
        self.notice_activity(now, agent);
    }
}
