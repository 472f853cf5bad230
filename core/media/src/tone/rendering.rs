//! Tones in a codec, rendered frame by frame while the first listener hears them: rendering one whole would hold up
//! the thread, and with it everybody's sound.

use super::{FRAME_SAMPLES, TONE_RATE, Tone};
use crate::codec::Encoder;
use crate::resample::Aligned;
use crate::sdp::Codec;

/// One tone in one codec, as far as somebody heard it; others hear the same.
pub(crate) struct Rendering {
    tone: Tone,
    n_frames: usize,
    n_fed: usize,
    resampler: Aligned,
    encoder: Encoder,
    samples_per_frame: usize,
    /// Sound at the codec's rate that waits to fill a frame.
    waiting: Vec<i16>,
    payloads: Vec<u8>,
    /// Where each frame's payload ends.
    ends: Vec<usize>,
}

impl Rendering {
    pub(crate) fn new(tone: Tone, codec: Codec) -> Self {
        Self {
            tone,
            n_frames: tone.n_samples() / FRAME_SAMPLES,
            n_fed: 0,
            resampler: Aligned::new(TONE_RATE, codec.sample_rate()),
            encoder: Encoder::new(codec),
            samples_per_frame: codec.samples_per_frame(),
            waiting: Vec::new(),
            payloads: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Frames of one turn of the tone.
    pub(crate) fn n_frames(&self) -> usize {
        self.n_frames
    }

    /// The frame at `index` of the first two turns. Later turns are the second one again, which has no seam, as the
    /// encoder has heard the tone before it.
    pub(crate) fn frame(&mut self, index: usize) -> &[u8] {
        while self.ends.len() <= index {
            self.render_next();
        }
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(index).copied().unwrap_or(start);
        self.payloads.get(start..end).unwrap_or_default()
    }

    fn render_next(&mut self) {
        let mut pcm = [0; FRAME_SAMPLES];
        while self.waiting.len() < self.samples_per_frame {
            self.tone.fill((self.n_fed % self.n_frames.max(1)) * FRAME_SAMPLES, &mut pcm);
            self.n_fed += 1;
            self.resampler.resample(&pcm, &mut self.waiting);
        }
        let (frame, _) = self.waiting.split_at(self.samples_per_frame);
        self.encoder.encode(frame, &mut self.payloads);
        self.ends.push(self.payloads.len());
        self.waiting.drain(..self.samples_per_frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::ToneKind;

    #[test]
    fn no_more_is_rendered_than_is_heard() {
        let tone = Tone { kind: ToneKind::RingBack, country: *b"US" };
        let mut rendering = Rendering::new(tone, Codec::Opus);
        assert_eq!(rendering.n_frames(), 300);
        for index in 0..5 {
            assert!(!rendering.frame(index).is_empty());
            assert_eq!(rendering.ends.len(), index + 1);
        }
        let first = rendering.frame(2).to_vec();
        assert_eq!(rendering.frame(2), first, "and once only");
        assert_eq!(rendering.ends.len(), 5);
    }
}
