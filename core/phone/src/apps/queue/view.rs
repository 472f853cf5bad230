//! What the live view shows, and what must always hold.

use std::time::Instant;

use super::alert::AlertKind;
use super::caller::{Place, Stage};
use super::{AgentView, Queues, Routing, WaitingCaller};
use crate::id::{CallId, QueueId, UserId};

impl Queues {
    /// Waiting callers of a queue in their order.
    pub fn waiting(&self, now: Instant, queue: QueueId) -> Vec<WaitingCaller> {
        let Some(line) = self.lines.get(&queue) else { return Vec::new() };
        let view = |(position, (place, call)): (usize, (&Place, &CallId))| WaitingCaller {
            call: *call,
            queue,
            position,
            priority: place.priority,
            waited: now.saturating_duration_since(place.arrived),
            offered_to: self.callers.get(call).map_or(Vec::new(), |caller| caller.offered_to().to_vec()),
        };
        let live = line.waiting.iter().filter(|(_, call)| !self.is_callback(**call));
        (1..).zip(live).map(view).collect()
    }

    /// Thresholds of a queue that are reached.
    pub fn alerts(&self, queue: QueueId) -> Vec<AlertKind> {
        self.lines.get(&queue).map_or(Vec::new(), |line| line.watch.raised().collect())
    }

    /// Callers waiting in a queue.
    pub fn n_waiting(&self, queue: QueueId) -> usize {
        self.lines.get(&queue).map_or(0, |line| line.waiting.len().saturating_sub(line.n_callbacks))
    }

    /// The agents of a queue in list order.
    pub fn agents(&self, now: Instant, queue: QueueId) -> Vec<AgentView> {
        let Some(line) = self.lines.get(&queue) else { return Vec::new() };
        let view = |agent: &UserId| {
            let member = line.members.get(agent)?;
            let since = member.status_since.map_or(now, |since| since);
            let known = self.agents.get(agent)?;
            Some(AgentView {
                agent: *agent,
                opted_in: member.opted_in,
                status: member.status,
                since: now.saturating_duration_since(since),
                pause: known.pause.clone(),
                n_calls: known.talks.len(),
                is_free: member.turn.is_some(),
            })
        };
        line.agents.iter().filter_map(view).collect()
    }

    /// The queue that an agent who has just answered has the turn of, if it goes round.
    pub fn turn_of(&self, agent: UserId) -> Option<QueueId> {
        let talk = self.agents.get(&agent)?.talks.last()?;
        let line = self.lines.get(&talk.queue)?;
        (line.settings.routing == Routing::RoundRobin).then_some(talk.queue)
    }

    /// Whether a caller waits though an agent is free for that call, or anything is counted wrongly. For the
    /// simulated world, after each step; the words say what is wrong.
    pub fn check(&self) -> Result<(), String> {
        for (id, line) in &self.lines {
            if let Some(place) = line.next() {
                return Err(format!("queue {id}: the caller at {place:?} could be offered to a free agent"));
            }
            let offered = self.callers.values().filter(|caller| caller.queue == *id && !caller.offered_to().is_empty());
            if offered.count() != line.n_offered {
                return Err(format!("queue {id}: calls that ring are counted wrongly"));
            }
            if line.n_present != line.members.values().filter(|member| member.is_present).count() {
                return Err(format!("queue {id}: agents are counted wrongly"));
            }
        }
        for (id, caller) in &self.callers {
            let line = self.lines.get(&caller.queue).filter(|line| line.waiting.get(&caller.place) == Some(id));
            let Some(line) = line else { return Err(format!("caller {id} is in no line")) };
            let is_ready = matches!(caller.stage, Stage::Ready);
            if is_ready != line.ready.contains(&caller.place) {
                return Err(format!("caller {id} is ready or not, but listed otherwise"));
            }
            for agent in caller.offered_to() {
                if self.agents.get(agent).and_then(|agent| agent.rings) != Some(*id) {
                    return Err(format!("agent {agent} is offered caller {id}, but does something else"));
                }
            }
        }
        for (id, agent) in &self.agents {
            if let Some(call) = agent.rings
                && !self.callers.get(&call).is_some_and(|caller| caller.offered_to().contains(id))
            {
                return Err(format!("agent {id} rings for caller {call}, who is not offered"));
            }
        }
        let n_waiting: usize = self.lines.values().map(|line| line.waiting.len()).sum();
        if n_waiting == self.callers.len() { Ok(()) } else { Err("somebody waits in a line who is no caller".into()) }
    }
}
