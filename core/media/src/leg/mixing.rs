//! What a listener hears who hears several at once: their sound, added up and encoded for this listener alone.
//!
//! Each listener decodes for itself. That costs more than one mix for all, and needs no clock that several legs share:
//! a leg ticks, moves and closes by itself.

use std::time::Instant;

use smallvec::SmallVec;

use super::voice::Voice;
use super::{Heard, Leg};
use crate::codec::{ENCODED_BYTES_MAX, Encoder};
use crate::engine::Outputs;
use crate::order::LegId;
use crate::sdp::Codec;

/// Several speakers for one listener.
pub(super) struct Mixing {
    codec: Codec,
    encoder: Encoder,
    voices: SmallVec<[Voice; 2]>,
    sum: Vec<i32>,
    pcm: Vec<i16>,
    payload: Vec<u8>,
}

impl Leg {
    /// Whom this leg hears mixed; nobody if it hears what it is coupled with.
    pub(crate) fn mixed(&self) -> SmallVec<[LegId; 2]> {
        self.mixing.iter().flat_map(|mixing| &mixing.voices).map(|voice| voice.from).collect()
    }

    /// Hears these mixed from now on, those that were heard before without a break. With nobody, it hears again what it
    /// is coupled with.
    pub(crate) fn mix(&mut self, speakers: &[LegId]) {
        if speakers.is_empty() {
            if self.mixing.take().is_some() {
                self.end_turn();
            }
            return;
        }
        if self.mixing.is_none() {
            self.transcoding = None;
            self.end_turn();
        }
        let codec = self.session.as_ref().map_or(Codec::Pcmu, |session| session.codec);
        let mixing = self.mixing.get_or_insert_with(|| Box::new(Mixing::new(codec)));
        mixing.voices.retain(|voice| speakers.contains(&voice.from));
        for speaker in speakers {
            if mixing.voices.iter().all(|voice| voice.from != *speaker) {
                mixing.voices.push(Voice::new(*speaker, mixing.codec.sample_rate()));
            }
        }
    }

    /// Takes a packet of one whom this leg hears mixed.
    pub(crate) fn hear_mixed(&mut self, now: Instant, from: LegId, heard: &Heard, packet: &[u8]) {
        let voices = self.mixing.iter_mut().flat_map(|mixing| &mut mixing.voices);
        for voice in voices.filter(|voice| voice.from == from) {
            voice.push(now, heard, packet);
        }
    }

    /// The next 20 ms; false if nothing is mixed for this leg.
    pub(super) fn tick_mixing(&mut self, now: Instant, out: &mut Outputs) -> bool {
        let Some(mut mixing) = self.mixing.take() else { return false };
        if let Some(session) = &self.session {
            let speaks = session.direction.sends() && self.sending.is_none() && self.playing.is_none();
            mixing.fit(session.codec);
            let sound = mixing.step(now);
            if speaks {
                self.speak(now, sound, out);
            }
        }
        self.mixing = Some(mixing);
        true
    }
}

impl Mixing {
    fn new(codec: Codec) -> Self {
        let n = codec.samples_per_frame();
        Self {
            codec,
            encoder: Encoder::new(codec),
            voices: SmallVec::new(),
            sum: vec![0; n],
            pcm: vec![0; n],
            payload: Vec::with_capacity(ENCODED_BYTES_MAX * 2),
        }
    }

    /// The listener takes this codec.
    fn fit(&mut self, codec: Codec) {
        if codec == self.codec {
            return;
        }
        let voices = std::mem::take(&mut self.voices);
        *self = Self { voices, ..Self::new(codec) };
        for voice in &mut self.voices {
            voice.set_rate(codec.sample_rate());
        }
    }

    /// Adds up the next 20 ms. Where it is too loud it is cut, which two people who talk at once rarely reach.
    fn step(&mut self, now: Instant) -> &[u8] {
        self.sum.fill(0);
        for voice in &mut self.voices {
            let sum = &mut self.sum;
            voice.step(now, |pcm| {
                for (sum, sample) in sum.iter_mut().zip(pcm) {
                    *sum += i32::from(*sample);
                }
            });
        }
        for (sample, sum) in self.pcm.iter_mut().zip(&self.sum) {
            *sample = (*sum).clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        }
        self.payload.clear();
        self.encoder.encode(&self.pcm, &mut self.payload);
        &self.payload
    }
}
