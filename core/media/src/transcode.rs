//! From one codec to another, frame by frame.

use crate::codec::{DECODED_SAMPLES_MAX, Decoder, ENCODED_BYTES_MAX, Encoder, FRAME_MS};
use crate::comfort_noise::ComfortNoise;
use crate::resample::Resampler;
use crate::sdp::Codec;

/// Turns one codec's packets of any length into another codec's 20 ms frames. Allocates nothing once it is made.
pub struct Transcoder {
    decoder: Decoder,
    resampler: Resampler,
    encoder: Encoder,
    from: Codec,
    to: Codec,
    decoded: Vec<i16>,
    /// Sound at the rate of `to` that waits to fill a frame.
    waiting: Vec<i16>,
    payload: Vec<u8>,
}

impl Transcoder {
    /// From what one peer sends to what the other takes.
    pub fn new(from: Codec, to: Codec) -> Self {
        let frame = to.samples_per_frame();
        Self {
            decoder: Decoder::new(from),
            resampler: Resampler::new(from.sample_rate(), to.sample_rate()),
            encoder: Encoder::new(to),
            from,
            to,
            decoded: vec![0; DECODED_SAMPLES_MAX],
            waiting: Vec::with_capacity(frame * 8),
            payload: Vec::with_capacity(ENCODED_BYTES_MAX * 2),
        }
    }

    /// Takes one packet's payload; `out` gets each 20 ms frame that is complete by it.
    pub fn transcode(&mut self, payload: &[u8], out: impl FnMut(&[u8])) {
        let n = self.decoder.decode(payload, &mut self.decoded);
        self.encode(n, out);
    }

    /// Stands in for `ms` milliseconds that were lost, at most 120.
    pub fn conceal(&mut self, ms: u32, out: impl FnMut(&[u8])) {
        let n = (self.from.sample_rate() / 1_000 * ms.min(6 * FRAME_MS)) as usize;
        self.decoder.conceal(self.decoded.get_mut(..n).unwrap_or_default());
        self.encode(n, out);
    }

    /// Stands in for `ms` milliseconds that were lost, at most 120, with what the packet after them tells about them.
    pub fn recover(&mut self, ms: u32, next: &[u8], out: impl FnMut(&[u8])) {
        let n = (self.from.sample_rate() / 1_000 * ms.min(6 * FRAME_MS)) as usize;
        self.decoder.recover(next, self.decoded.get_mut(..n).unwrap_or_default());
        self.encode(n, out);
    }

    /// Stands in for `ms` milliseconds in which the peer sent nothing on purpose, at most 120.
    pub fn silence(&mut self, ms: u32, out: impl FnMut(&[u8])) {
        let n = (self.from.sample_rate() / 1_000 * ms.min(6 * FRAME_MS)) as usize;
        self.decoded.get_mut(..n).unwrap_or_default().fill(0);
        self.encode(n, out);
    }

    /// Stands in for `ms` milliseconds in which the peer wants noise to be heard, at most 120.
    pub(crate) fn noise(&mut self, ms: u32, noise: &mut ComfortNoise, out: impl FnMut(&[u8])) {
        let n = (self.from.sample_rate() / 1_000 * ms.min(6 * FRAME_MS)) as usize;
        noise.fill(self.decoded.get_mut(..n).unwrap_or_default());
        self.encode(n, out);
    }

    fn encode(&mut self, n_decoded: usize, mut out: impl FnMut(&[u8])) {
        let decoded = self.decoded.get(..n_decoded).unwrap_or_default();
        self.resampler.resample(decoded, &mut self.waiting);
        let frame = self.to.samples_per_frame();
        let mut n_done = 0;
        for pcm in self.waiting.chunks_exact(frame) {
            self.payload.clear();
            self.encoder.encode(pcm, &mut self.payload);
            out(&self.payload);
            n_done += frame;
        }
        self.waiting.drain(..n_done);
    }
}
