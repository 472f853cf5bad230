//! Frames of 20 ms on their way into packets of the length that the peer asks for.

use std::time::Duration;

use smallvec::SmallVec;

use crate::codec::{FRAME_MS, opus};
use crate::sdp::Codec;

/// Bytes of a millisecond of each codec but Opus: 64 kbit/s.
const BYTES_PER_MS: usize = 8;

/// What waits for its packet. Exists only where the peer wants other packets than those of 20 ms.
pub(super) struct Packing {
    codec: Codec,
    packet_ms: u32,
    held: Vec<u8>,
    /// Where each held frame of Opus ends.
    ends: SmallVec<[usize; 4]>,
    packet: Vec<u8>,
    /// Time since the last packet went out.
    since_ms: u32,
    is_between_frames: bool,
}

impl Packing {
    pub(super) fn new(codec: Codec, packet_ms: u32) -> Self {
        let (held, packet) = (Vec::with_capacity(1_024), Vec::with_capacity(1_024));
        Self { codec, packet_ms, held, ends: SmallVec::new(), packet, since_ms: packet_ms, is_between_frames: false }
    }

    pub(super) fn fits(&self, codec: Codec, packet_ms: u32) -> bool {
        self.codec == codec && self.packet_ms == packet_ms
    }

    /// How often to look whether a packet is due: packets that are no whole frames go out evenly too.
    pub(super) fn step(&self) -> Duration {
        Duration::from_millis(u64::from(self.step_ms()))
    }

    /// Goes on by one step; false if no new frame is due in it.
    pub(super) fn advance(&mut self) -> bool {
        self.since_ms = self.since_ms.saturating_add(self.step_ms());
        let is_frame_due = !self.is_between_frames;
        self.is_between_frames = is_frame_due && self.step_ms() < FRAME_MS;
        is_frame_due
    }

    pub(super) fn push(&mut self, frame: &[u8]) {
        self.held.extend_from_slice(frame);
        if self.codec == Codec::Opus {
            self.ends.push(self.held.len());
        }
    }

    /// The packet that is due now, and its length in milliseconds.
    pub(super) fn pop(&mut self) -> Option<(&[u8], u32)> {
        if self.since_ms < self.packet_ms || self.held_ms() < self.packet_ms {
            return None;
        }
        self.take()
    }

    /// What is left when the sound ends, packet by packet; the last one is shorter.
    pub(super) fn take(&mut self) -> Option<(&[u8], u32)> {
        self.packet.clear();
        let (n_bytes, ms) = match self.codec {
            Codec::Opus => {
                let n_wanted = self.ends.len().min((self.packet_ms / FRAME_MS) as usize);
                let n_joined = opus::join(&self.held, self.ends.get(..n_wanted)?, &mut self.packet);
                let n_bytes = *self.ends.get(n_joined.checked_sub(1)?)?;
                self.ends.drain(..n_joined);
                for end in &mut self.ends {
                    *end -= n_bytes;
                }
                (n_bytes, n_joined as u32 * FRAME_MS)
            }
            Codec::G722 | Codec::Pcma | Codec::Pcmu => {
                let ms = self.held_ms().min(self.packet_ms);
                let n_bytes = ms as usize * BYTES_PER_MS;
                self.packet.extend_from_slice(self.held.get(..n_bytes)?);
                (n_bytes, ms)
            }
        };
        self.held.drain(..n_bytes);
        // A packet that came out shorter is followed sooner.
        self.since_ms = self.packet_ms.saturating_sub(ms);
        (ms > 0).then_some((self.packet.as_slice(), ms))
    }

    /// Forgets what is held: somebody else speaks next.
    pub(super) fn clear(&mut self) {
        self.held.clear();
        self.ends.clear();
        self.since_ms = self.packet_ms;
        self.is_between_frames = false;
    }

    fn held_ms(&self) -> u32 {
        match self.codec {
            Codec::Opus => self.ends.len() as u32 * FRAME_MS,
            Codec::G722 | Codec::Pcma | Codec::Pcmu => (self.held.len() / BYTES_PER_MS) as u32,
        }
    }

    fn step_ms(&self) -> u32 {
        if self.packet_ms.is_multiple_of(FRAME_MS) { FRAME_MS } else { FRAME_MS / 2 }
    }
}
