//! Sound for many calls from a few sockets: each packet carries its leg, its number and its send time.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::calls::now_ns;
use crate::histogram::Histogram;
use crate::wire;

const N_SOCKETS: usize = 8;
const FRAME: Duration = Duration::from_millis(20);
const PACKET_BYTES: usize = 172;

/// What was heard in the window.
pub struct Figures {
    /// Packets lost of those sent in the window, as a fraction; for prompts: of those expected.
    pub loss: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

struct Leg {
    to: Option<SocketAddr>,
    sequence: u16,
    timestamp: u32,
}

/// All legs of both sides.
pub struct Streams {
    callers: Vec<UdpSocket>,
    answerers: Vec<UdpSocket>,
    /// Callers first, then answerers.
    legs: Vec<Leg>,
    n_calls: usize,
    two_way: bool,
    /// Where in the legs the next packet is sent, and when this round of 20 ms began.
    cursor: usize,
    round: Instant,
    window: Option<Window>,
}

struct Window {
    begun: Instant,
    sent: u64,
    received: u64,
    delay: Histogram,
    /// When a packet last came from this pair of ports of the system.
    last: Vec<Option<Instant>>,
}

impl Streams {
    pub fn new(n_calls: usize, two_way: bool) -> Self {
        let open = |base: u16| {
            (0..N_SOCKETS as u16)
                .map(|index| wire::bind(SocketAddr::from(([127, 0, 0, 1], base + 2 * index))))
                .collect()
        };
        Self {
            callers: open(15_000),
            answerers: open(15_200),
            legs: (0..2 * n_calls).map(|_| Leg { to: None, sequence: 0, timestamp: 0 }).collect(),
            n_calls,
            two_way,
            cursor: 0,
            round: Instant::now(),
            window: None,
        }
    }

    pub fn caller_address(&self, call: usize) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 15_000 + 2 * (call % N_SOCKETS) as u16))
    }

    pub fn open_caller(&mut self, call: usize, to: SocketAddr) {
        self.legs[call].to = Some(to);
    }

    /// Takes the answerer's leg into service and says where it hears.
    pub fn open_answerer(&mut self, call: usize, to: Option<SocketAddr>) -> SocketAddr {
        self.legs[self.n_calls + call].to = to;
        SocketAddr::from(([127, 0, 0, 1], 15_200 + 2 * (call % N_SOCKETS) as u16))
    }

    pub fn begin_window(&mut self) {
        let last = vec![None; 1 << 15];
        self.window = Some(Window { begun: Instant::now(), sent: 0, received: 0, delay: Histogram::new(), last });
    }

    pub fn end_window(&mut self) -> Figures {
        let Some(window) = self.window.take() else {
            return Figures { loss: 1.0, p50_ms: 0.0, p99_ms: 0.0 };
        };
        let expected = if self.two_way {
            window.sent as f64
        } else {
            self.n_calls as f64 * window.begun.elapsed().as_secs_f64() / FRAME.as_secs_f64()
        };
        Figures {
            loss: (1.0 - window.received as f64 / expected.max(1.0)).max(0.0),
            p50_ms: window.delay.quantile_ms(0.5),
            p99_ms: window.delay.quantile_ms(0.99),
        }
    }

    /// Sends what is due and counts what came.
    pub fn advance(&mut self) {
        if self.two_way {
            self.send_due();
        }
        self.receive();
    }

    /// Spreads the packets of one round evenly over its 20 ms.
    fn send_due(&mut self) {
        let now = Instant::now();
        let passed = now.duration_since(self.round);
        let due = (self.legs.len() as f64 * (passed.as_secs_f64() / FRAME.as_secs_f64())).min(self.legs.len() as f64)
            as usize;
        let mut burst = 0;
        while self.cursor < due && burst < 128 {
            self.send_one(self.cursor);
            self.cursor += 1;
            burst += 1;
        }
        if self.cursor >= self.legs.len() && passed >= FRAME {
            self.cursor = 0;
            self.round += FRAME;
        }
    }

    fn send_one(&mut self, index: usize) {
        let leg = &mut self.legs[index];
        let Some(to) = leg.to else { return };
        let mut packet = [0xD5_u8; PACKET_BYTES];
        packet[0] = 0x80;
        packet[1] = 0;
        packet[2..4].copy_from_slice(&leg.sequence.to_be_bytes());
        packet[4..8].copy_from_slice(&leg.timestamp.to_be_bytes());
        packet[8..12].copy_from_slice(&(index as u32 + 1).to_be_bytes());
        packet[12..16].copy_from_slice(b"trun");
        packet[16..24].copy_from_slice(&now_ns().to_be_bytes());
        leg.sequence = leg.sequence.wrapping_add(1);
        leg.timestamp = leg.timestamp.wrapping_add(160);
        let call = index % self.n_calls;
        let sockets = if index < self.n_calls { &self.callers } else { &self.answerers };
        wire::send(&sockets[call % N_SOCKETS], &packet, to);
        if let Some(window) = &mut self.window {
            window.sent += 1;
        }
    }

    fn receive(&mut self) {
        let mut buffer = [0_u8; 2_048];
        let window = &mut self.window;
        for (index, socket) in self.callers.iter().chain(&self.answerers).enumerate() {
            for _ in 0..64 {
                let Ok((length, from)) = socket.recv_from(&mut buffer) else { break };
                let Some(window) = window else { continue };
                // Reports of the other side are not sound.
                if length < 12 || (200..=204).contains(&buffer[1]) {
                    continue;
                }
                window.received += 1;
                if length >= 24 && &buffer[12..16] == b"trun" {
                    let sent = u64::from_be_bytes(buffer[16..24].try_into().unwrap_or_default());
                    window.delay.add(Duration::from_nanos(now_ns().saturating_sub(sent)));
                } else if index < N_SOCKETS {
                    window.pace(from);
                }
            }
        }
    }
}

impl Window {
    /// A prompt's packet: how far from 20 ms after the one before it.
    fn pace(&mut self, from: SocketAddr) {
        let now = Instant::now();
        if let Some(last) = self.last[from.port() as usize / 2].replace(now) {
            let gap = now.duration_since(last);
            self.delay.add(gap.abs_diff(FRAME));
        }
    }
}
