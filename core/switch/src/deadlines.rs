//! One ordered store of who wants to be called back when.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use phone::id::{CallId, TenantId};

/// Who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Waiter {
    Call(CallId),
    Paid,
    Ports,
    Queues(TenantId),
    Registrar,
    Subscriptions,
    Trunks,
}

/// At most one deadline for each waiter.
#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    by_waiter: BTreeMap<Waiter, Instant>,
    by_time: BTreeSet<(Instant, Waiter)>,
}

impl Deadlines {
    /// Sets, moves or (with `None`) forgets the waiter's deadline.
    pub(crate) fn set(&mut self, waiter: Waiter, at: Option<Instant>) {
        let before = match at {
            Some(at) => self.by_waiter.insert(waiter, at),
            None => self.by_waiter.remove(&waiter),
        };
        if before == at {
            return;
        }
        if let Some(before) = before {
            self.by_time.remove(&(before, waiter));
        }
        if let Some(at) = at {
            self.by_time.insert((at, waiter));
        }
    }

    /// The next deadline.
    pub(crate) fn first(&self) -> Option<Instant> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes one waiter whose deadline came.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<Waiter> {
        let (at, waiter) = *self.by_time.first()?;
        if at > now {
            return None;
        }
        self.by_time.pop_first();
        self.by_waiter.remove(&waiter);
        Some(waiter)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_time.len()
    }
}
