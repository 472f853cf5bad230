//! One speaker as one listener hears them: smoothed, decoded, at the listener's rate, 20 ms at a time.

use std::time::Instant;

use super::Heard;
use super::ear::Ear;
use crate::codec::FRAME_MS;
use crate::order::LegId;
use crate::resample::Resampler;
use crate::sdp::format::Format;

/// Sound that may wait for its turn, in frames: packets hold up to 120 ms, and what is more than twice that is too late.
const FRAMES_WAITING_MAX: usize = 12;

/// What one leg's peer says, for one who hears several.
pub(super) struct Voice {
    pub(super) from: LegId,
    rate: u32,
    /// None until the first packet tells the codec.
    heard: Option<(Ear, Resampler)>,
    waiting: Vec<i16>,
}

impl Voice {
    pub(super) fn new(from: LegId, rate: u32) -> Self {
        Self { from, rate, heard: None, waiting: Vec::new() }
    }

    /// The listener wants another rate.
    pub(super) fn set_rate(&mut self, rate: u32) {
        if rate != self.rate {
            self.rate = rate;
            self.waiting.clear();
            if let Some((ear, resampler)) = &mut self.heard {
                *resampler = Resampler::new(ear.codec().sample_rate(), rate);
            }
        }
    }

    /// Takes a packet of the speaker.
    pub(super) fn push(&mut self, now: Instant, heard: &Heard, packet: &[u8]) {
        let Some(payload) = packet.get(heard.header.start..heard.header.end) else { return };
        match heard.format {
            Format::Audio(codec) => {
                let rate = self.rate;
                let fitting = self.heard.take().filter(|(ear, _)| ear.codec() == codec);
                let fresh = || (Ear::new(codec), Resampler::new(codec.sample_rate(), rate));
                let (ear, _) = self.heard.insert(fitting.unwrap_or_else(fresh));
                ear.push(now, &heard.header, payload);
            }
            Format::ComfortNoise => {
                if let Some((ear, _)) = &mut self.heard {
                    ear.push_noise(now, &heard.header, payload);
                }
            }
            Format::Event { .. } => {}
        }
    }

    /// The next 20 ms; `take` gets as many samples as there are, at most a frame.
    pub(super) fn step(&mut self, now: Instant, take: impl FnOnce(&[i16])) {
        let Some((ear, resampler)) = &mut self.heard else { return };
        let n_frame = (self.rate / 1_000 * FRAME_MS) as usize;
        let waiting = &mut self.waiting;
        ear.step(now, |pcm| resampler.resample(pcm, waiting));
        let n_late = waiting.len().saturating_sub(n_frame * FRAMES_WAITING_MAX);
        waiting.drain(..n_late);
        let n = waiting.len().min(n_frame);
        take(waiting.get(..n).unwrap_or_default());
        waiting.drain(..n);
    }
}
