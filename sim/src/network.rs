//! A network between the switch and its peers: it takes time, and may lose, double and reorder.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sip::Transport;

/// What goes wrong, in parts of a thousand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    pub lost: u32,
    pub doubled: u32,
    /// Every packet takes up to this much longer, which reorders.
    pub delay_ms_max: u64,
}

/// One message on its way.
#[derive(Clone, Debug)]
pub struct Packet {
    pub from: SocketAddr,
    pub to: SocketAddr,
    pub transport: Transport,
    pub bytes: Bytes,
}

/// Packets on their way, in the order in which they arrive.
#[derive(Debug)]
pub struct Network {
    faults: Faults,
    random: ChaCha8Rng,
    under_way: BTreeMap<(Instant, u64), Packet>,
    n_sent: u64,
}

impl Network {
    pub fn new(faults: Faults, seed: u64) -> Self {
        Self { faults, random: ChaCha8Rng::seed_from_u64(seed), under_way: BTreeMap::new(), n_sent: 0 }
    }

    /// From now on everything else goes wrong.
    pub fn set_faults(&mut self, faults: Faults) {
        self.faults = faults;
    }

    /// Sends a packet. Streams deliver once and in order; datagrams suffer.
    pub fn send(&mut self, now: Instant, packet: Packet) {
        if packet.transport.is_reliable() {
            return self.put(now, packet);
        }
        if self.chance(self.faults.doubled) {
            let later = now + self.delay();
            self.put(later, packet.clone());
        }
        if !self.chance(self.faults.lost) {
            let later = now + self.delay();
            self.put(later, packet);
        }
    }

    /// When the next packet arrives.
    pub fn next_arrival(&self) -> Option<Instant> {
        self.under_way.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes one packet that has arrived.
    pub fn receive(&mut self, now: Instant) -> Option<Packet> {
        let arrived = self.next_arrival()? <= now;
        if arrived { self.under_way.pop_first().map(|(_, packet)| packet) } else { None }
    }

    fn put(&mut self, at: Instant, packet: Packet) {
        self.n_sent += 1;
        self.under_way.insert((at, self.n_sent), packet);
    }

    fn chance(&mut self, per_mille: u32) -> bool {
        per_mille > 0 && self.random.random_range(0..1000) < per_mille
    }

    fn delay(&mut self) -> Duration {
        match self.faults.delay_ms_max {
            0 => Duration::ZERO,
            max => Duration::from_millis(self.random.random_range(0..=max)),
        }
    }
}
