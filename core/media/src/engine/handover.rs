//! Legs on their way from one engine to another.
//!
//! The switch orders two things at once: the one thread to move the leg, the other to expect it. The leg travels between
//! the two threads directly, so it may be here before we were told to expect it, and what is ordered of it may be here
//! before the leg.
//!
//! What waits does so in order: an order waits if it is about a leg that is expected, or about any leg that an order
//! which waits is about. So an order waits only for moves that were ordered before it, and no two engines can wait for
//! each other.

use std::collections::BTreeSet;
use std::{fmt, mem};

use crate::leg::Leg;
use crate::order::{LegId, Order, WorkerId};

/// A leg that one engine gave up for another, with everything that is kept of it.
pub struct Handover {
    pub leg: LegId,
    pub to: WorkerId,
    /// None if the leg was closed before: who expects it shall not wait for ever.
    pub(super) state: Option<Box<Leg>>,
}

impl Handover {
    /// Whether the leg comes along, and with it its ports.
    pub fn is_open(&self) -> bool {
        self.state.is_some()
    }
}

impl fmt::Debug for Handover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handover").field("leg", &self.leg).field("to", &self.to).finish_non_exhaustive()
    }
}

/// Which legs are expected, and the orders that wait for them.
#[derive(Debug, Default)]
pub(super) struct Expected {
    legs: BTreeSet<LegId>,
    /// Legs that came, or turned out to be closed, before they were expected.
    early: BTreeSet<LegId>,
    waiting: Vec<Order>,
}

impl Expected {
    /// Expects the leg, unless it came already.
    pub(super) fn expect(&mut self, leg: LegId) {
        if !self.early.remove(&leg) {
            self.legs.insert(leg);
        }
    }

    /// Keeps an order that must wait; gives back one that need not.
    pub(super) fn hold(&mut self, order: Order) -> Option<Order> {
        if self.legs.is_empty() {
            return Some(order);
        }
        let touches = |leg: &LegId| {
            self.legs.contains(leg) || self.waiting.iter().any(|waiting| waiting.legs().contains(&Some(*leg)))
        };
        if !order.legs().iter().flatten().any(touches) {
            return Some(order);
        }
        self.waiting.push(order);
        None
    }

    /// The leg is here, or will never be. Returns all that waited, in order, to be judged anew.
    pub(super) fn arrive(&mut self, leg: LegId) -> Vec<Order> {
        if self.legs.remove(&leg) {
            return mem::take(&mut self.waiting);
        }
        self.early.insert(leg);
        Vec::new()
    }
}
