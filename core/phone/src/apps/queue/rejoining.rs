//! Callers of the time before a restart, who have their places again. Specification of voice apps, 3.16.

use std::time::Instant;

use super::callback::Contact;
use super::caller::Place;
use super::machine::{Deadline, RETURN_MAX, gone};
use super::{Effect, Queues, Standing};
use crate::apps::Priority;
use crate::id::{CallId, QueueId};

/// A caller whose call went on in another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejoining {
    pub queue: QueueId,
    pub call: CallId,
    pub priority: Option<Priority>,
    pub standing: Standing,
    /// What the place in line is counted from.
    pub arrived: Instant,
    /// What the queue's time limit is counted from.
    pub joined: Instant,
    pub contact: Option<Contact>,
}

impl Queues {
    /// The caller stands where they stood. Nothing that is for those who come applies, and the greeting is not said again.
    pub(super) fn rejoin(&mut self, now: Instant, caller: Rejoining, out: &mut Vec<Effect>) {
        let Rejoining { queue, call, priority, standing, arrived, joined, contact } = caller;
        if self.callers.contains_key(&call) {
            return;
        }
        if !self.lines.contains_key(&queue) {
            return out.push(gone(call, queue));
        }
        let priority = priority.unwrap_or(Priority::NORMAL);
        let place = Place { standing, priority, arrived, number: self.next_number() };
        self.line_up(now, queue, call, place, joined, contact);
        self.wait_for_phones(now, queue);
        self.watch_presence(now, queue);
        self.greeted(now, call, out);
    }

    /// Phones that knew the process before register again: nobody is sent away for want of agents meanwhile.
    fn wait_for_phones(&mut self, now: Instant, queue: QueueId) {
        let Some(line) = self.lines.get_mut(&queue).filter(|line| line.n_present == 0) else { return };
        if line.ejects_at.is_none() {
            let at = now + RETURN_MAX;
            line.ejects_at = Some(at);
            self.deadlines.insert((at, Deadline::NoAgent(queue)));
        }
    }
}
