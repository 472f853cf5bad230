//! Agents who call with the number of a queue. Specification of voice apps, 3.11.

use jiff::Timestamp;

use super::outbound::Dialling;
use super::{Refusal, Tenant, Verdict};
use crate::apps::queue::{RANK_LAST, Settings};
use crate::id::{QueueId, UserId};
use crate::numbers::{Assignee, E164};

/// Dialled before a number: who is called sees the number of the queue, not the agent's own.
pub const AS_QUEUE: &str = "*80";

impl Tenant {
    /// The numbers that agents of a queue may call with, the usual one first.
    pub fn lines_of_queue(&self, settings: &Settings) -> impl Iterator<Item = E164> {
        let accounts = settings.caller_ids.clone();
        accounts.into_iter().filter_map(|account| self.number_of(Assignee::ResourceAccount(account)))
    }

    /// The number that an agent calls with who names no queue: that of the queue that the agent prefers, then of the
    /// first by name.
    pub fn line_of_agent(&self, agent: UserId) -> Option<E164> {
        let own = self.queues.values().filter(|queue| self.roster(queue.id).contains(&agent));
        let lines = own.filter_map(|queue| {
            let rank = queue.ranks.get(&agent).copied().unwrap_or(RANK_LAST);
            Some((rank, queue.name.as_str(), self.lines_of_queue(queue).next()?))
        });
        lines.min().map(|(_, _, line)| line)
    }

    /// Whether an agent of some queue may call with this number.
    pub fn may_call_with(&self, agent: UserId, line: E164) -> bool {
        let mut own = self.queues.values().filter(|queue| self.roster(queue.id).contains(&agent));
        own.any(|queue| self.lines_of_queue(queue).any(|one| one == line))
    }

    /// The number that agents of a queue call with: this one, if it is one of its numbers, or its usual one.
    pub fn line_of_queue(&self, queue: QueueId, wanted: Option<E164>) -> Option<E164> {
        let settings = self.queues.get(&queue)?;
        self.lines_of_queue(settings).find(|line| wanted.is_none_or(|wanted| wanted == *line))
    }

    /// The way of what a person dials, with a number that is not their own if there is one. Who calls for help is told by
    /// their own number, whatever they call with.
    pub fn dial_with(&self, user: UserId, dialled: &str, line: Option<E164>, at: Timestamp) -> Verdict {
        let Some(person) = self.users.get(&user) else { return nobody() };
        let line = line.filter(|_| !self.calls_for_help(person, dialled));
        self.plan(&Dialling { user: person, line, dialled, at }).verdict()
    }

    /// What stands behind [`AS_QUEUE`], called with the number of the agent's queue.
    pub(super) fn dial_as_queue(&self, user: UserId, dialled: &str, at: Timestamp) -> Option<Verdict> {
        let number = dialled.strip_prefix(AS_QUEUE).filter(|number| !number.is_empty())?;
        Some(match self.line_of_agent(user) {
            Some(line) => self.dial_with(user, number, Some(line), at),
            None => Verdict {
                decision: Err(Refusal::LineNotTheirs),
                reasons: vec!["the caller is an agent of no queue that has a number to call with".to_owned()],
            },
        })
    }
}

fn nobody() -> Verdict {
    Verdict {
        decision: Err(Refusal::NotFound),
        reasons: vec!["the caller is not a person of this organization".to_owned()],
    }
}
