//! The media threads of a world, with or without sound, and the legs that go from one to another.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use media::{Event, LegId, Order, Piece, WorkerId};

use crate::cheap_media::CheapMedia;
use crate::real_media::{RealMedia, Sent};

/// Port pairs of each media thread.
const N_PORTS: u16 = 4_000;

/// All of them, by number.
pub enum MediaThreads {
    Cheap(Vec<CheapMedia>),
    Real(Vec<RealMedia>),
}

impl MediaThreads {
    pub fn without_sound(n_workers: u16) -> Self {
        Self::Cheap((0..n_workers).map(|number| CheapMedia::new(WorkerId(number), ports(number))).collect())
    }

    pub fn with_sound(n_workers: u16) -> Self {
        Self::Real((0..n_workers).map(|number| RealMedia::new(WorkerId(number), ports(number))).collect())
    }

    /// Those of another process, with the same ears.
    pub fn anew(&self, n_workers: u16) -> Self {
        match self {
            Self::Cheap(_) => Self::without_sound(n_workers),
            Self::Real(_) => Self::with_sound(n_workers),
        }
    }

    pub fn next_deadline(&self) -> Option<Instant> {
        match self {
            Self::Cheap(threads) => threads.iter().filter_map(CheapMedia::next_deadline).min(),
            Self::Real(threads) => threads.iter().filter_map(RealMedia::next_deadline).min(),
        }
    }

    pub fn handle_timeout(&mut self, now: Instant, events: &mut Vec<Event>) -> Vec<Sent> {
        match self {
            Self::Cheap(threads) => {
                for thread in threads.iter_mut().filter(|thread| thread.next_deadline().is_some_and(|at| at <= now)) {
                    thread.handle_timeout(now, events);
                }
                Vec::new()
            }
            Self::Real(threads) => {
                let due = threads.iter_mut().filter(|thread| thread.next_deadline().is_some_and(|at| at <= now));
                due.flat_map(|thread| thread.handle_timeout(now, events)).collect()
            }
        }
    }

    /// Carries out an order; a leg that moves arrives at once.
    pub fn handle_order(&mut self, now: Instant, worker: WorkerId, order: Order, events: &mut Vec<Event>) -> Vec<Sent> {
        let number = usize::from(worker.0);
        match self {
            Self::Cheap(threads) => {
                if let Some(moved) = threads[number].handle_order(now, order, events) {
                    threads[usize::from(moved.to.0)].take_over(moved);
                }
                Vec::new()
            }
            Self::Real(threads) => {
                let mut sent = threads[number].handle_order(now, order, events);
                for (handover, port) in threads[number].take_handovers() {
                    let to = usize::from(handover.to.0);
                    sent.extend(threads[to].handle_handover(now, (handover, port), events));
                }
                sent
            }
        }
    }

    /// Takes a packet that reached a port.
    pub fn handle_packet(
        &mut self,
        now: Instant,
        port: u16,
        from: SocketAddr,
        bytes: &mut [u8],
        events: &mut Vec<Event>,
    ) -> Vec<Sent> {
        let Self::Real(threads) = self else { panic!("this world has no sound") };
        let thread = threads.iter_mut().find(|thread| thread.has_port(port));
        thread.map(|thread| thread.handle_packet(now, port, from, bytes, events)).unwrap_or_default()
    }

    /// What was recorded of both sides, left and right.
    pub fn stereo(&self) -> (Vec<i16>, Vec<i16>) {
        let Self::Real(threads) = self else { panic!("this world has no sound") };
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for recorded in threads.iter().flat_map(|thread| &thread.recorded) {
            if let Piece::Stereo { samples, .. } = &recorded.piece {
                left.extend(samples.iter().step_by(2));
                right.extend(samples.iter().skip(1).step_by(2));
            }
        }
        (left, right)
    }

    pub fn legs(&self) -> Vec<LegId> {
        match self {
            Self::Cheap(threads) => threads.iter().flat_map(CheapMedia::legs).collect(),
            Self::Real(threads) => threads.iter().flat_map(RealMedia::legs).collect(),
        }
    }
}

fn ports(number: u16) -> VecDeque<u16> {
    (0..N_PORTS).map(|index| 20_000 + 2 * (N_PORTS * number + index)).collect()
}
