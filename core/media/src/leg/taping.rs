//! Two sides of a conversation in one recording: what this leg's peer says on the left, what others say on the right.
//!
//! Both sides are taken by this leg's clock, so they are in step however their packets come.

use std::time::Instant;

use smallvec::SmallVec;

use super::voice::Voice;
use super::{Heard, Leg};
use crate::codec::FRAME_MS;
use crate::engine::Outputs;
use crate::order::{LegId, Piece, Recorded, RecordingId};

/// Rate of both sides: what G.722 and Opus hold of speech is heard, and what G.711 brings costs twice its room.
const RATE: u32 = 16_000;

const FRAME_SAMPLES: usize = (RATE / 1_000 * FRAME_MS) as usize;

/// Length of a piece, in frames: half a second is lost at worst when the process is killed.
const PIECE_FRAMES: usize = 25;

/// A recording of both sides.
pub(super) struct Taping {
    id: RecordingId,
    left: Voice,
    right: SmallVec<[Voice; 2]>,
    /// Left and right by turns.
    waiting: Vec<i16>,
}

impl Leg {
    /// Begins a recording, or goes on with the same one with others on the right.
    pub(crate) fn tape(&mut self, first_tick: Instant, id: RecordingId, others: &[LegId]) {
        let fresh =
            || Box::new(Taping { id, left: Voice::new(self.id, RATE), right: SmallVec::new(), waiting: Vec::new() });
        let going_on = self.taping.take().filter(|taping| taping.id == id);
        let taping = self.taping.insert(going_on.unwrap_or_else(fresh));
        taping.right.retain(|voice| others.contains(&voice.from));
        for other in others {
            if taping.right.iter().all(|voice| voice.from != *other) {
                taping.right.push(Voice::new(*other, RATE));
            }
        }
        self.tick_at.get_or_insert(first_tick);
    }

    /// Whom it takes down: itself and those on the right.
    pub(crate) fn taped(&self) -> SmallVec<[LegId; 4]> {
        let voices =
            |taping: &'_ Taping| std::iter::once(&taping.left).chain(&taping.right).map(|voice| voice.from).collect();
        self.taping.as_deref().map(voices).unwrap_or_default()
    }

    /// Which recording of both sides is going on.
    pub(crate) fn taping_id(&self) -> Option<RecordingId> {
        self.taping.as_ref().map(|taping| taping.id)
    }

    /// Takes a packet of this leg's peer, or of another whom it is recorded with.
    pub(crate) fn hear_taped(&mut self, now: Instant, from: LegId, heard: &Heard, packet: &[u8]) {
        let Some(taping) = &mut self.taping else { return };
        if from == self.id {
            taping.left.push(now, heard, packet);
        }
        for voice in taping.right.iter_mut().filter(|voice| voice.from == from) {
            voice.push(now, heard, packet);
        }
    }

    /// Ends the recording, if there is one.
    pub(crate) fn stop_taping(&mut self, out: &mut Outputs) {
        if let Some(mut taping) = self.taping.take() {
            taping.give_out(out);
            out.recorded.push(Recorded { recording: taping.id, piece: Piece::End });
        }
    }

    /// The next 20 ms; false if nothing is recorded.
    pub(super) fn tick_taping(&mut self, now: Instant, out: &mut Outputs) -> bool {
        let Some(taping) = &mut self.taping else { return false };
        taping.step(now);
        if taping.waiting.len() >= 2 * PIECE_FRAMES * FRAME_SAMPLES {
            taping.give_out(out);
        }
        true
    }
}

impl Taping {
    fn step(&mut self, now: Instant) {
        let start = self.waiting.len();
        self.waiting.resize(start + 2 * FRAME_SAMPLES, 0);
        let Self { left, right, waiting, .. } = self;
        for (side, voice) in std::iter::once((0, left)).chain(right.iter_mut().map(|voice| (1, voice))) {
            let frame = waiting.get_mut(start..).unwrap_or_default();
            voice.step(now, |pcm| {
                for (place, sample) in frame.iter_mut().skip(side).step_by(2).zip(pcm) {
                    *place = place.saturating_add(*sample);
                }
            });
        }
    }

    fn give_out(&mut self, out: &mut Outputs) {
        if !self.waiting.is_empty() {
            let samples = std::mem::take(&mut self.waiting);
            out.recorded.push(Recorded { recording: self.id, piece: Piece::Stereo { samples, rate: RATE } });
        }
    }
}
