//! What makes sound of a peer's packets by the clock, so that a pause of the peer is as long as it was.

use std::time::Instant;

use crate::codec::{DECODED_SAMPLES_MAX, Decoder, FRAME_MS};
use crate::comfort_noise::ComfortNoise;
use crate::jitter::{Frame, JitterBuffer};
use crate::rtp::Header;
use crate::sdp::Codec;

/// Shortest and longest sound of one packet, in milliseconds: Opus frames are 2.5 ms at least.
const PACKET_MS_MIN: u32 = 5;
const PACKET_MS_MAX: u32 = 120;

/// Hears one peer, as long as it keeps to a codec.
pub(super) struct Ear {
    codec: Codec,
    buffer: JitterBuffer,
    decoder: Decoder,
    decoded: Vec<i16>,
    /// Sound owed to the ticks so far, in milliseconds: packets may hold more than 20, or less.
    owed_ms: i32,
    /// Length of the last packet, which a lost one is taken to have had.
    packet_ms: u32,
    noise: Option<ComfortNoise>,
}

impl Ear {
    pub(super) fn new(codec: Codec) -> Self {
        Self {
            codec,
            buffer: JitterBuffer::new(codec.clock_rate()),
            decoder: Decoder::new(codec),
            decoded: vec![0; DECODED_SAMPLES_MAX],
            owed_ms: 0,
            packet_ms: FRAME_MS,
            noise: None,
        }
    }

    pub(super) fn codec(&self) -> Codec {
        self.codec
    }

    pub(super) fn push(&mut self, now: Instant, header: &Header, payload: &[u8]) {
        self.buffer.push(now, header.ssrc, header.sequence, header.timestamp, payload);
    }

    pub(super) fn push_noise(&mut self, now: Instant, header: &Header, payload: &[u8]) {
        self.buffer.push_noise(now, header.ssrc, header.sequence, header.timestamp, payload);
    }

    /// The next 20 ms, in pieces as long as the packets are.
    pub(super) fn step(&mut self, now: Instant, mut keep: impl FnMut(&[i16])) {
        self.owed_ms += FRAME_MS as i32;
        while self.owed_ms > 0 {
            let n = self.hear(now);
            keep(self.decoded.get(..n).unwrap_or_default());
            // Negative when a long packet pays for ticks to come.
            self.owed_ms -= self.packet_ms as i32;
        }
    }

    /// Fills `decoded` with the sound of one packet, or what stands in for it; the number of samples.
    fn hear(&mut self, now: Instant) -> usize {
        let per_ms = self.codec.sample_rate() / 1_000;
        match self.buffer.pull(now) {
            Frame::Voice(payload) => {
                self.noise = None;
                self.packet_ms = self.codec.payload_ms(payload).clamp(PACKET_MS_MIN, PACKET_MS_MAX);
                self.decoder.decode(payload, &mut self.decoded)
            }
            Frame::Lost(next) => {
                let n = (per_ms * self.packet_ms) as usize;
                let gap = self.decoded.get_mut(..n).unwrap_or_default();
                match next {
                    Some(next) => self.decoder.recover(next, gap),
                    None => self.decoder.conceal(gap),
                }
                n
            }
            Frame::Noise(payload) => {
                self.packet_ms = FRAME_MS;
                match &mut self.noise {
                    Some(noise) => noise.change(payload),
                    None => self.noise = Some(ComfortNoise::new(payload)),
                }
                self.pause()
            }
            Frame::Silence => self.pause(),
        }
    }

    /// The peer's noise goes on until it speaks; without one there is silence.
    fn pause(&mut self) -> usize {
        let n = (self.codec.sample_rate() / 1_000 * self.packet_ms) as usize;
        let pause = self.decoded.get_mut(..n).unwrap_or_default();
        match &mut self.noise {
            Some(noise) => noise.fill(pause),
            None => pause.fill(0),
        }
        n
    }
}
