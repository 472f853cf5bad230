//! Sound of a bridged leg that speaks another codec: smoothed, decoded, encoded, in our own 20 ms frames.

use std::time::Instant;

use crate::codec::FRAME_MS;
use crate::comfort_noise::ComfortNoise;
use crate::jitter::{Frame, JitterBuffer};
use crate::rtp::Header;
use crate::sdp::Codec;
use crate::transcode::Transcoder;

/// After so many frames of a peer that sends nothing we send nothing either, and need no ticks: one second.
const QUIET_FRAMES_MAX: u32 = 50;

/// Shortest and longest sound of one packet, in milliseconds: Opus frames are 2.5 ms at least.
const PACKET_MS_MIN: u32 = 5;
const PACKET_MS_MAX: u32 = 120;

/// One direction between two codecs.
pub(super) struct Transcoding {
    from: Codec,
    to: Codec,
    buffer: JitterBuffer,
    transcoder: Transcoder,
    /// Sound owed to the ticks so far, in milliseconds: packets may hold more than 20, or less.
    owed_ms: i32,
    /// Length of the last packet, which a lost one is taken to have had.
    packet_ms: u32,
    quiet_frames: u32,
    /// What is to be heard while the peer sends no sound on purpose.
    noise: Option<ComfortNoise>,
}

impl Transcoding {
    pub(super) fn new(from: Codec, to: Codec) -> Self {
        let buffer = JitterBuffer::new(from.clock_rate());
        Self {
            from,
            to,
            buffer,
            transcoder: Transcoder::new(from, to),
            owed_ms: 0,
            packet_ms: FRAME_MS,
            quiet_frames: 0,
            noise: None,
        }
    }

    pub(super) fn fits(&self, from: Codec, to: Codec) -> bool {
        self.from == from && self.to == to
    }

    pub(super) fn fits_to(&self, to: Codec) -> bool {
        self.to == to
    }

    pub(super) fn push(&mut self, now: Instant, header: &Header, payload: &[u8]) {
        self.quiet_frames = 0;
        self.buffer.push(now, header.ssrc, header.sequence, header.timestamp, payload);
    }

    pub(super) fn push_noise(&mut self, now: Instant, header: &Header, payload: &[u8]) {
        self.quiet_frames = 0;
        self.buffer.push_noise(now, header.ssrc, header.sequence, header.timestamp, payload);
    }

    /// The next 20 ms; false when the peer has been quiet for long.
    pub(super) fn step(&mut self, now: Instant, mut out: impl FnMut(&[u8])) -> bool {
        self.owed_ms += FRAME_MS as i32;
        while self.owed_ms > 0 {
            match self.buffer.pull(now) {
                Frame::Voice(payload) => {
                    self.quiet_frames = 0;
                    self.noise = None;
                    self.packet_ms = self.from.payload_ms(payload).clamp(PACKET_MS_MIN, PACKET_MS_MAX);
                    self.transcoder.transcode(payload, &mut out);
                }
                Frame::Lost(Some(next)) => self.transcoder.recover(self.packet_ms, next, &mut out),
                Frame::Lost(None) => self.transcoder.conceal(self.packet_ms, &mut out),
                Frame::Noise(payload) => {
                    self.packet_ms = FRAME_MS;
                    match &mut self.noise {
                        Some(noise) => noise.change(payload),
                        None => self.noise = Some(ComfortNoise::new(payload)),
                    }
                    self.play_noise(&mut out);
                }
                Frame::Silence => self.play_noise(&mut out),
            }
            // Negative when a long packet pays for ticks to come.
            self.owed_ms -= self.packet_ms as i32;
        }
        self.quiet_frames < QUIET_FRAMES_MAX
    }

    /// The peer's noise goes on until it speaks; without one there is silence, and after a while nothing.
    fn play_noise(&mut self, out: impl FnMut(&[u8])) {
        match &mut self.noise {
            Some(noise) => self.transcoder.noise(self.packet_ms, noise, out),
            None => {
                self.quiet_frames += 1;
                self.transcoder.silence(self.packet_ms, out);
            }
        }
    }
}
