//! What one leg's peer says, taken down: smoothed, decoded, and given out in pieces of half a second.
//!
//! The pieces follow the clock and not the packets, so that a pause of the peer is as long in the recording as it was.

use std::time::Instant;

use super::ear::Ear;
use super::{Heard, Leg};
use crate::codec::{DECODED_SAMPLES_MAX, FRAME_MS};
use crate::engine::Outputs;
use crate::order::{Event, Piece, Recorded, RecordingId};
use crate::sdp::format::Format;
use crate::sdp::{Codec, Session};

/// Length of a piece: so much is lost at worst when the process is killed, and so often something is allocated.
const PIECE_MS: u32 = 500;

/// Mean power below which nobody speaks: 46 dB below full scale, which is louder than the noise of a quiet room and
/// softer than a whisper into a phone.
const QUIET_POWER: u64 = 164 * 164;

/// So long somebody is louder than quiet who speaks, and does not only cough, in milliseconds.
const SPEECH_MS_MIN: u32 = 100;

/// What is kept of the time before speech was noticed, in milliseconds: its first sounds are soft.
const BEFORE_SPEECH_MS: u32 = 400;

/// From when on sound is taken down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    Begin,
    /// From the first word on.
    Speech,
}

/// A recording of one leg.
pub(super) struct Recording {
    id: RecordingId,
    start: Start,
    /// How long the peer has been loud without a break, until that was long enough.
    loud_ms: u32,
    /// Told when so long nothing was said, in milliseconds; 0 is never.
    quiet_ms_max: u32,
    quiet_ms: u32,
    is_quiet_told: bool,
    ear: Option<Ear>,
    /// Rate of `waiting`.
    rate: u32,
    waiting: Vec<i16>,
}

impl Leg {
    /// Begins a recording.
    pub(crate) fn record(&mut self, first_tick: Instant, id: RecordingId, quiet_ms_max: u32) {
        self.take_down_from(first_tick, id, quiet_ms_max, Start::Begin);
    }

    /// Begins a recording with the first word that is said.
    pub(crate) fn listen(&mut self, first_tick: Instant, id: RecordingId, quiet_ms_max: u32) {
        self.take_down_from(first_tick, id, quiet_ms_max, Start::Speech);
    }

    fn take_down_from(&mut self, first_tick: Instant, id: RecordingId, quiet_ms_max: u32, start: Start) {
        let codec = self.session.as_ref().map_or(Codec::Pcmu, Session::codec);
        self.recording = Some(Box::new(Recording::new(id, quiet_ms_max, codec, start)));
        self.tick_at.get_or_insert(first_tick);
    }

    /// Ends the recording, if there is one.
    pub(crate) fn stop_recording(&mut self, out: &mut Outputs) {
        if let Some(mut recording) = self.recording.take() {
            if recording.start == Start::Begin {
                recording.give_out(out);
            }
            out.recorded.push(Recorded { recording: recording.id, piece: Piece::End });
        }
    }

    /// Takes a packet of the peer into the recording, if there is one.
    #[inline]
    pub(crate) fn take_down(&mut self, now: Instant, heard: &Heard, packet: &[u8]) {
        let Some(recording) = &mut self.recording else { return };
        let Some(payload) = packet.get(heard.header.start..heard.header.end) else { return };
        match heard.format {
            Format::Audio(codec) => recording.ear(codec).push(now, &heard.header, payload),
            Format::ComfortNoise => {
                if let Some(ear) = &mut recording.ear {
                    ear.push_noise(now, &heard.header, payload);
                }
            }
            Format::Event { .. } => {}
        }
    }

    /// The next 20 ms; false if nothing is recorded.
    pub(super) fn tick_recording(&mut self, now: Instant, out: &mut Outputs) -> bool {
        let Some(recording) = &mut self.recording else { return false };
        recording.step(now, out);
        if recording.begins_to_speak() {
            out.events.push(Event::Spoke { leg: self.id, recording: recording.id });
        }
        if recording.is_quiet_too_long() {
            out.events.push(Event::Quiet { leg: self.id, recording: recording.id });
        }
        true
    }
}

impl Recording {
    fn new(id: RecordingId, quiet_ms_max: u32, codec: Codec, start: Start) -> Self {
        let rate = codec.sample_rate();
        Self {
            id,
            start,
            loud_ms: 0,
            quiet_ms_max,
            quiet_ms: 0,
            is_quiet_told: false,
            ear: None,
            rate,
            waiting: Vec::new(),
        }
    }

    /// What hears this codec; one for another codec is of no use any more.
    fn ear(&mut self, codec: Codec) -> &mut Ear {
        let fitting = self.ear.take().filter(|ear| ear.codec() == codec);
        self.ear.insert(fitting.unwrap_or_else(|| Ear::new(codec)))
    }

    /// Takes the next 20 ms from the peer.
    fn step(&mut self, now: Instant, out: &mut Outputs) {
        match self.ear.take() {
            Some(mut ear) => {
                if ear.codec().sample_rate() != self.rate {
                    self.give_out(out);
                    self.rate = ear.codec().sample_rate();
                }
                ear.step(now, |pcm| self.keep(pcm));
                self.ear = Some(ear);
            }
            None => {
                let n = (self.rate / 1_000 * FRAME_MS) as usize;
                self.waiting.extend(std::iter::repeat_n(0, n));
                self.quiet_ms += FRAME_MS;
            }
        }
        if self.start == Start::Speech {
            let n_kept = (self.rate / 1_000 * BEFORE_SPEECH_MS) as usize;
            let n_over = self.waiting.len().saturating_sub(n_kept);
            self.waiting.drain(..n_over);
        } else if self.waiting.len() >= self.piece_samples() {
            self.give_out(out);
        }
    }

    fn keep(&mut self, pcm: &[i16]) {
        if self.waiting.capacity() == 0 {
            self.waiting.reserve_exact(self.piece_samples() + DECODED_SAMPLES_MAX);
        }
        self.waiting.extend_from_slice(pcm);
        let power: u64 = pcm.iter().map(|&sample| u64::from(sample.unsigned_abs()).pow(2)).sum();
        let is_quiet = power < QUIET_POWER * pcm.len().max(1) as u64;
        let ms = pcm.len() as u64 * 1_000 / u64::from(self.rate.max(1));
        self.quiet_ms = if is_quiet { self.quiet_ms.saturating_add(ms as u32) } else { 0 };
        self.loud_ms = if is_quiet { 0 } else { self.loud_ms.saturating_add(ms as u32) };
    }

    /// Whether the first word is heard; true once.
    fn begins_to_speak(&mut self) -> bool {
        let begins = self.start == Start::Speech && self.loud_ms >= SPEECH_MS_MIN;
        if begins {
            self.start = Start::Begin;
            self.quiet_ms = 0;
        }
        begins
    }

    /// Whether nothing was said for too long; true once.
    fn is_quiet_too_long(&mut self) -> bool {
        let is_over = self.quiet_ms_max > 0
            && self.start == Start::Begin
            && self.quiet_ms >= self.quiet_ms_max
            && !self.is_quiet_told;
        self.is_quiet_told |= is_over;
        is_over
    }

    fn give_out(&mut self, out: &mut Outputs) {
        if !self.waiting.is_empty() {
            let samples = std::mem::take(&mut self.waiting);
            out.recorded.push(Recorded { recording: self.id, piece: Piece::Sound { samples, rate: self.rate } });
        }
    }

    fn piece_samples(&self) -> usize {
        (self.rate / 1_000 * PIECE_MS) as usize
    }
}
