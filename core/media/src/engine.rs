//! All legs of one media thread, behind one door.

use std::net::SocketAddr;
use std::time::Instant;

use crate::order::{Event, LegId, Order, WorkerId};

/// Which of a leg's two sockets: RTP on the even port, RTCP on the odd one above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Component {
    Rtcp,
    Rtp,
}

/// What the engine wants done. Reused from call to call, so that a packet costs no allocation.
#[derive(Debug, Default)]
pub struct Outputs {
    /// One entry for each packet to send; `range` points into `bytes`.
    pub sends: Vec<Send>,
    pub bytes: Vec<u8>,
    pub events: Vec<Event>,
}

/// One packet to send from a leg's own port.
#[derive(Clone, Debug)]
pub struct Send {
    pub leg: LegId,
    pub component: Component,
    pub to: SocketAddr,
    pub range: std::ops::Range<usize>,
}

/// The legs of one media thread: relays between bridged legs, plays prompts and tones, hears digits, keeps quality.
pub struct Engine {}

impl Engine {
    /// `seed` must come from the system's random source: SSRCs and first sequence numbers are made from it.
    pub fn new(worker: WorkerId, seed: [u8; 32]) -> Self {
        let _ = (worker, seed);
        todo!()
    }

    /// Carries out one order.
    pub fn handle_order(&mut self, now: Instant, order: Order, out: &mut Outputs) {
        let _ = (now, order, out);
        todo!()
    }

    /// Takes one packet that reached `leg`'s port. Relaying allocates nothing. `packet` may be changed in place.
    pub fn handle_packet(
        &mut self,
        now: Instant,
        leg: LegId,
        component: Component,
        from: SocketAddr,
        packet: &mut [u8],
        out: &mut Outputs,
    ) {
        let _ = (now, leg, component, from, packet, out);
        todo!()
    }

    /// Does what is due: the next 20 ms of prompts and mixes, RTCP reports, silence checks.
    pub fn handle_timeout(&mut self, now: Instant, out: &mut Outputs) {
        let _ = (now, out);
        todo!()
    }

    /// When `handle_timeout` has something to do; none when no leg is open.
    pub fn next_deadline(&self) -> Option<Instant> {
        todo!()
    }
}
