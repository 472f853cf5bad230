//! Which agents a call is offered to. Specification of voice apps, 3.4.

use std::collections::BTreeSet;

use smallvec::SmallVec;

use super::agent::Turn;
use super::{Routing, UserId};

/// Agents for one offer.
pub(super) type Chosen = SmallVec<[UserId; 2]>;

/// The agents of a queue who are free, in the order of their turns.
#[derive(Clone, Copy)]
pub(super) struct Free<'a> {
    pub(super) turns: &'a BTreeSet<Turn>,
    /// The queue's list, which turns point into.
    pub(super) list: &'a [UserId],
    /// Where round robin goes on: past the agent who answered last.
    pub(super) next: u32,
    /// Calls of queues that an agent may have at once.
    pub(super) capacity: u8,
}

/// Chooses for a call that `tried` did not take. None means that all who are free have been tried.
pub(super) fn select(routing: Routing, free: Free<'_>, tried: &BTreeSet<UserId>) -> Chosen {
    let mut untried = free.in_turn(routing).filter(|agent| !tried.contains(agent));
    match routing {
        Routing::Attendant => untried.collect(),
        Routing::LongestIdle | Routing::RoundRobin | Routing::Serial => untried.next().into_iter().collect(),
    }
}

impl<'a> Free<'a> {
    fn in_turn(self, routing: Routing) -> impl Iterator<Item = UserId> + 'a {
        let next = match routing {
            Routing::RoundRobin => self.next,
            Routing::Attendant | Routing::LongestIdle | Routing::Serial => 0,
        };
        // Who talks in fewer calls comes first, whatever the method.
        let turns = (0..self.capacity).flat_map(move |n_talks| {
            let at = |index| Turn { n_talks, idle_since: None, index };
            let end = Turn { n_talks: n_talks.saturating_add(1), idle_since: None, index: 0 };
            self.turns.range(at(next)..end).chain(self.turns.range(at(0)..at(next)))
        });
        turns.filter_map(move |turn| self.list.get(usize::try_from(turn.index).ok()?).copied())
    }
}
