//! The four codecs, each as an encoder and a decoder of 20 ms frames at the codec's own rate.
//!
//! Neither allocates once it is made; a decoder bridges lost frames itself.

use crate::conceal::Concealer;
use crate::sdp::Codec;

pub(crate) mod g711;
pub(crate) mod g722;
pub(crate) mod opus;

/// Length of every frame that we encode, in milliseconds.
pub const FRAME_MS: u32 = 20;

/// Most samples that one packet decodes to: 120 ms at 48 kHz. RFC 6716 §2.1.4
pub const DECODED_SAMPLES_MAX: usize = 5_760;

/// Most bytes that one encoded frame takes; Opus at our rate stays far below.
pub const ENCODED_BYTES_MAX: usize = 400;

impl Codec {
    /// All codecs, in the order of their discriminants.
    pub const ALL: [Self; 4] = [Self::G722, Self::Opus, Self::Pcma, Self::Pcmu];

    /// Samples of sound per second.
    pub fn sample_rate(self) -> u32 {
        match self {
            Self::G722 => 16_000,
            Self::Opus => 48_000,
            Self::Pcma | Self::Pcmu => 8_000,
        }
    }

    /// Samples of sound in one 20 ms frame.
    pub fn samples_per_frame(self) -> usize {
        (self.sample_rate() / 1_000 * FRAME_MS) as usize
    }

    /// Ticks of RTP timestamps per second; 8000 for G.722 by an old mistake that became the rule. RFC 3551 §4.5.2
    pub fn clock_rate(self) -> u32 {
        match self {
            Self::Opus => 48_000,
            Self::G722 | Self::Pcma | Self::Pcmu => 8_000,
        }
    }

    /// By how much RTP timestamps grow with each 20 ms frame; for G.722 this is not its number of samples.
    pub fn ticks_per_frame(self) -> u32 {
        self.clock_rate() / 1_000 * FRAME_MS
    }

    /// How many milliseconds of sound a payload holds, told without decoding; 0 for one that is no sound.
    pub fn payload_ms(self, payload: &[u8]) -> u32 {
        match self {
            Self::G722 | Self::Pcma | Self::Pcmu => u32::try_from(payload.len() / 8).unwrap_or(0),
            Self::Opus => opus::payload_ms(payload),
        }
    }
}

/// Makes packets' payloads of sound.
pub struct Encoder(EncoderState);

enum EncoderState {
    G722(Box<g722::Encoder>),
    Opus(Box<opus::Encoder>),
    Pcma,
    Pcmu,
}

impl Encoder {
    /// A fresh encoder.
    pub fn new(codec: Codec) -> Self {
        Self(match codec {
            Codec::G722 => EncoderState::G722(Box::default()),
            Codec::Opus => EncoderState::Opus(Box::new(opus::Encoder::new())),
            Codec::Pcma => EncoderState::Pcma,
            Codec::Pcmu => EncoderState::Pcmu,
        })
    }

    /// Appends the payload of one frame ([`Codec::samples_per_frame`] samples) to `out`.
    pub fn encode(&mut self, pcm: &[i16], out: &mut Vec<u8>) {
        match &mut self.0 {
            EncoderState::G722(encoder) => encoder.encode(pcm, out),
            EncoderState::Opus(encoder) => encoder.encode(pcm, out),
            EncoderState::Pcma => out.extend(pcm.iter().map(|&sample| g711::pcma_from_linear(sample))),
            EncoderState::Pcmu => out.extend(pcm.iter().map(|&sample| g711::pcmu_from_linear(sample))),
        }
    }
}

/// Makes sound of packets' payloads, and of their absence.
pub struct Decoder(DecoderState);

enum DecoderState {
    G722(Box<g722::Decoder>, Box<Concealer>),
    Opus(Box<opus::Decoder>),
    Pcma(Box<Concealer>),
    Pcmu(Box<Concealer>),
}

impl Decoder {
    /// A fresh decoder.
    pub fn new(codec: Codec) -> Self {
        let concealer = || Box::new(Concealer::new(codec.sample_rate()));
        Self(match codec {
            Codec::G722 => DecoderState::G722(Box::default(), concealer()),
            Codec::Opus => DecoderState::Opus(Box::new(opus::Decoder::new())),
            Codec::Pcma => DecoderState::Pcma(concealer()),
            Codec::Pcmu => DecoderState::Pcmu(concealer()),
        })
    }

    /// Writes the sound of one payload to the start of `out` and says how many samples it is. What doesn't fit is
    /// dropped; [`DECODED_SAMPLES_MAX`] always fits. A payload that can't be decoded counts as a lost frame.
    pub fn decode(&mut self, payload: &[u8], out: &mut [i16]) -> usize {
        match &mut self.0 {
            DecoderState::G722(decoder, concealer) => {
                let n = decoder.decode(payload, out);
                hear(concealer, out, n)
            }
            DecoderState::Opus(decoder) => decoder.decode(payload, out),
            DecoderState::Pcma(concealer) => {
                let n = g711::decode(&g711::PCMA_TO_LINEAR, payload, out);
                hear(concealer, out, n)
            }
            DecoderState::Pcmu(concealer) => {
                let n = g711::decode(&g711::PCMU_TO_LINEAR, payload, out);
                hear(concealer, out, n)
            }
        }
    }

    /// Fills `out` with what probably was said in a lost packet: the last sound again, fading to silence.
    pub fn conceal(&mut self, out: &mut [i16]) {
        match &mut self.0 {
            DecoderState::G722(_, concealer) | DecoderState::Pcma(concealer) | DecoderState::Pcmu(concealer) => {
                concealer.conceal(out);
            }
            DecoderState::Opus(decoder) => decoder.conceal(out),
        }
    }

    /// As [`Self::conceal`], when the packet after the lost one is there: Opus may have said the same twice.
    pub fn recover(&mut self, next: &[u8], out: &mut [i16]) {
        match &mut self.0 {
            DecoderState::G722(..) | DecoderState::Pcma(_) | DecoderState::Pcmu(_) => self.conceal(out),
            DecoderState::Opus(decoder) => decoder.recover(next, out),
        }
    }
}

fn hear(concealer: &mut Concealer, out: &mut [i16], n: usize) -> usize {
    if let Some(heard) = out.get_mut(..n) {
        concealer.hear(heard);
    }
    n
}
