//! Nobody is there, or nobody can take a call: who waits is sent on. Specification of voice apps, 3.6 and 3.7.

use std::time::{Duration, Instant};

use super::machine::Deadline;
use super::{Effect, ExitCause, NoAgentApplyTo, Queues};
use crate::id::QueueId;

/// Phones that registered again within this time were not gone: waiting callers stay. Specification 3.7.
const NO_AGENT_DEBOUNCE: Duration = Duration::from_secs(5);

impl Queues {
    /// Starts or stops the clocks after which waiting callers are sent away for want of an agent.
    pub(super) fn watch_presence(&mut self, now: Instant, queue: QueueId) {
        let Some(line) = self.lines.get_mut(&queue) else { return };
        match (line.n_present, line.ejects_at) {
            (0, None) if !line.waiting.is_empty() => {
                let at = now + NO_AGENT_DEBOUNCE;
                line.ejects_at = Some(at);
                self.deadlines.insert((at, Deadline::NoAgent(queue)));
            }
            (1.., Some(at)) => {
                line.ejects_at = None;
                self.deadlines.remove(&(at, Deadline::NoAgent(queue)));
            }
            (_, _) => {}
        }
        let after = line.settings.no_free_agent.as_ref().map(|no_free| Duration::from_secs(no_free.after_secs.into()));
        match (line.n_available, line.gives_up_at, after) {
            (0, None, Some(after)) if !line.waiting.is_empty() => {
                let since = *line.unavailable_since.get_or_insert(now);
                let at = (since + after).max(now);
                line.gives_up_at = Some(at);
                self.deadlines.insert((at, Deadline::NoFreeAgent(queue)));
            }
            (1.., Some(at), _) | (_, Some(at), None) => {
                line.gives_up_at = None;
                self.deadlines.remove(&(at, Deadline::NoFreeAgent(queue)));
            }
            (_, _, _) => {}
        }
    }

    /// Sends waiting callers away, because there has been no agent for long enough.
    pub(super) fn eject(&mut self, now: Instant, queue: QueueId, out: &mut Vec<Effect>) {
        if let Some(line) = self.lines.get_mut(&queue) {
            line.ejects_at = None;
        }
        for call in self.calls_of(queue) {
            let Some(caller) = self.callers.get(&call).filter(|caller| caller.asked.is_none()) else { continue };
            let no_agent = &caller.settings.no_agent;
            if let (NoAgentApplyTo::AllCalls, Some(exception)) = (no_agent.apply_to, no_agent.action.clone()) {
                self.exit(now, call, ExitCause::NoAgent, exception, out);
            }
        }
    }

    /// Sends waiting callers on, because all agents have been busy or away for long enough.
    pub(super) fn give_up(&mut self, now: Instant, queue: QueueId, out: &mut Vec<Effect>) {
        let Some(line) = self.lines.get_mut(&queue) else { return };
        line.gives_up_at = None;
        let Some(no_free) = line.settings.no_free_agent.clone() else { return };
        for call in self.calls_of(queue) {
            if !self.is_callback(call) {
                self.exit(now, call, ExitCause::NoAgent, no_free.exception.clone(), out);
            }
        }
    }
}
