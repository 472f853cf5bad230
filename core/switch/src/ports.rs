//! The stock of port pairs that the media threads bound for us. Oldest released first, so that late packets of a call
//! that ended reach nobody.

use std::collections::VecDeque;
use std::time::Instant;

use media::{Order, PortGrant, WorkerId};

use crate::limits;

/// The stock of all media threads.
#[derive(Debug)]
pub(crate) struct Ports {
    workers: Vec<Stock>,
    /// Where the next call without a reason for one thread goes.
    next_worker: usize,
}

#[derive(Debug, Default)]
struct Stock {
    free: VecDeque<PortGrant>,
    n_used: usize,
    asked: Asked,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Asked {
    /// More are on the way.
    Coming,
    #[default]
    No,
    /// There were none; not before this instant.
    NoneLeft(Instant),
}

impl Ports {
    pub(crate) fn new(n_workers: u16) -> Self {
        Self { workers: (0..n_workers.max(1)).map(|_| Stock::default()).collect(), next_worker: 0 }
    }

    /// A thread for a new call: round about, so that calls spread evenly.
    pub(crate) fn choose_worker(&mut self) -> WorkerId {
        self.next_worker = (self.next_worker + 1) % self.workers.len();
        WorkerId(u16::try_from(self.next_worker).unwrap_or(0))
    }

    pub(crate) fn take(&mut self, worker: WorkerId) -> Option<PortGrant> {
        let stock = self.workers.get_mut(usize::from(worker.0))?;
        let grant = stock.free.pop_front()?;
        stock.n_used += 1;
        Some(grant)
    }

    /// Whether a thread has a pair for one more leg.
    pub(crate) fn has_free(&self, worker: WorkerId) -> bool {
        self.workers.get(usize::from(worker.0)).is_some_and(|stock| !stock.free.is_empty())
    }

    /// The pair is free again.
    pub(crate) fn release(&mut self, grant: PortGrant) {
        if let Some(stock) = self.workers.get_mut(usize::from(grant.worker.0)) {
            stock.n_used = stock.n_used.saturating_sub(1);
            stock.free.push_back(grant);
        }
    }

    /// A pair in use goes to another thread, whose stock it joins when it is free.
    pub(crate) fn shift(&mut self, from: WorkerId, to: WorkerId) {
        if let Some(stock) = self.workers.get_mut(usize::from(from.0)) {
            stock.n_used = stock.n_used.saturating_sub(1);
        }
        if let Some(stock) = self.workers.get_mut(usize::from(to.0)) {
            stock.n_used += 1;
        }
    }

    /// New pairs came, with more to come or not, or word that there are none.
    pub(crate) fn add(&mut self, now: Instant, worker: WorkerId, grants: Vec<PortGrant>, n_coming: usize) {
        let Some(stock) = self.workers.get_mut(usize::from(worker.0)) else { return };
        stock.asked = match (n_coming, grants.is_empty()) {
            (0, true) => Asked::NoneLeft(now + limits::PORTS_RETRY),
            (0, false) => Asked::No,
            (_, _) => Asked::Coming,
        };
        stock.free.extend(grants);
    }

    /// Orders more for each thread whose stock is low. Asks for a quarter of what is in use, so that the stock grows with
    /// the load and a busy node asks seldom.
    pub(crate) fn replenish(&mut self, now: Instant, mut order: impl FnMut(WorkerId, Order)) {
        for (worker, stock) in (0u16..).zip(&mut self.workers) {
            let may_ask = match stock.asked {
                Asked::Coming => false,
                Asked::No => true,
                Asked::NoneLeft(until) => until <= now,
            };
            let low = limits::PORTS_LOW.max(stock.n_used / 8);
            if may_ask && stock.free.len() < low {
                stock.asked = Asked::Coming;
                order(WorkerId(worker), Order::WantPorts { n: limits::PORTS_ASKED_MIN.max(stock.n_used / 4) });
            }
        }
    }

    /// When to look again, if a thread had none left.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let retries = self.workers.iter().filter_map(|stock| match stock.asked {
            Asked::NoneLeft(until) if stock.free.len() < limits::PORTS_LOW.max(stock.n_used / 8) => Some(until),
            Asked::NoneLeft(_) | Asked::Coming | Asked::No => None,
        });
        retries.min()
    }

    pub(crate) fn n_free(&self) -> usize {
        self.workers.iter().map(|stock| stock.free.len()).sum()
    }

    pub(crate) fn n_used(&self) -> usize {
        self.workers.iter().map(|stock| stock.n_used).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKER: WorkerId = WorkerId(0);

    fn pairs(n: u16) -> Vec<PortGrant> {
        (0..n).map(|at| PortGrant { worker: WORKER, rtp_port: 20_000 + 2 * at }).collect()
    }

    /// How many pairs are asked for now.
    fn asked(ports: &mut Ports, now: Instant) -> Vec<usize> {
        let mut asked = Vec::new();
        ports.replenish(now, |_, order| {
            if let Order::WantPorts { n } = order {
                asked.push(n);
            }
        });
        asked
    }

    #[test]
    fn what_is_coming_is_not_asked_for_again() {
        #[expect(clippy::disallowed_methods, reason = "a first instant")]
        let now = Instant::now();
        let mut ports = Ports::new(1);
        assert_eq!(asked(&mut ports, now), [limits::PORTS_ASKED_MIN]);
        ports.add(now, WORKER, pairs(4), limits::PORTS_ASKED_MIN - 4);
        assert_eq!(asked(&mut ports, now), [0; 0], "the rest is on the way");
        ports.add(now, WORKER, pairs(4), 0);
        assert_eq!(asked(&mut ports, now), [limits::PORTS_ASKED_MIN], "less came than was asked for");
    }

    #[test]
    fn a_thread_that_has_none_is_asked_again_later() {
        #[expect(clippy::disallowed_methods, reason = "a first instant")]
        let now = Instant::now();
        let mut ports = Ports::new(1);
        asked(&mut ports, now);
        ports.add(now, WORKER, Vec::new(), 0);
        assert_eq!(asked(&mut ports, now), [0; 0]);
        assert_eq!(ports.next_deadline(), Some(now + limits::PORTS_RETRY));
        assert_eq!(asked(&mut ports, now + limits::PORTS_RETRY), [limits::PORTS_ASKED_MIN]);
    }
}
