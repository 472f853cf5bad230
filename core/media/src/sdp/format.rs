//! Payload numbers and what they stand for. RFC 3551 §6

use std::fmt::Write;

use smallvec::SmallVec;

use super::Codec;

/// What a payload number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Format {
    Audio(Codec),
    /// RFC 3389
    ComfortNoise,
    /// Telephone events at a clock of so many kHz. RFC 4733
    Event {
        khz: u8,
    },
}

impl Format {
    /// By `rtpmap`, or by the number alone where that is enough.
    pub(crate) fn read(number: u8, encoding: Option<&str>) -> Option<Self> {
        let Some(encoding) = encoding else {
            return match number {
                0 => Some(Self::Audio(Codec::Pcmu)),
                8 => Some(Self::Audio(Codec::Pcma)),
                9 => Some(Self::Audio(Codec::G722)),
                13 => Some(Self::ComfortNoise),
                _ => None,
            };
        };
        let mut parts = encoding.split('/');
        let name = parts.next()?;
        let clock_rate: u32 = parts.next()?.trim().parse().ok()?;
        let channels = parts.next().unwrap_or("1");
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        match (clock_rate, channels) {
            (8_000, "1") if is("PCMU") => Some(Self::Audio(Codec::Pcmu)),
            (8_000, "1") if is("PCMA") => Some(Self::Audio(Codec::Pcma)),
            // The clock of G.722 is 8000 by an old mistake; some write the truth. RFC 3551 §4.5.2
            (8_000 | 16_000, "1") if is("G722") => Some(Self::Audio(Codec::G722)),
            (48_000, "2") if is("opus") => Some(Self::Audio(Codec::Opus)),
            (8_000, "1") if is("CN") => Some(Self::ComfortNoise),
            (8_000 | 16_000 | 32_000 | 48_000, "1") if is("telephone-event") => {
                Some(Self::Event { khz: u8::try_from(clock_rate / 1_000).ok()? })
            }
            _ => None,
        }
    }

    /// The number that is used when the peer has not said another.
    fn usual_number(self) -> u8 {
        match self {
            Self::Audio(Codec::Pcmu) => 0,
            Self::Audio(Codec::Pcma) => 8,
            Self::Audio(Codec::G722) => 9,
            Self::ComfortNoise => 13,
            Self::Event { khz: 8 } => 101,
            Self::Event { .. } => 110,
            Self::Audio(Codec::Opus) => 111,
        }
    }

    /// Appends `rtpmap` and what belongs to it.
    pub(crate) fn write(self, number: u8, out: &mut String) {
        let _ = match self {
            Self::Audio(Codec::Pcmu) => write!(out, "a=rtpmap:{number} PCMU/8000\r\n"),
            Self::Audio(Codec::Pcma) => write!(out, "a=rtpmap:{number} PCMA/8000\r\n"),
            Self::Audio(Codec::G722) => write!(out, "a=rtpmap:{number} G722/8000\r\n"),
            Self::Audio(Codec::Opus) => {
                write!(out, "a=rtpmap:{number} opus/48000/2\r\na=fmtp:{number} useinbandfec=1\r\n")
            }
            Self::ComfortNoise => write!(out, "a=rtpmap:{number} CN/8000\r\n"),
            Self::Event { khz } => {
                write!(out, "a=rtpmap:{number} telephone-event/{khz}000\r\na=fmtp:{number} 0-16\r\n")
            }
        };
    }
}

/// The RTP clock that goes with `codec`, in kHz.
pub(crate) fn clock_khz(codec: Codec) -> u8 {
    match codec {
        Codec::G722 | Codec::Pcma | Codec::Pcmu => 8,
        Codec::Opus => 48,
    }
}

/// Payload numbers in use on one leg. A number keeps its meaning for the life of the session. RFC 3264 §8.3.2
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers(SmallVec<[(u8, Format); 8]>);

impl Numbers {
    /// The peer uses `number` for `format`; we follow.
    pub(crate) fn learn(&mut self, number: u8, format: Format) {
        self.0.retain(|(known, meaning)| *known != number && *meaning != format);
        self.0.push((number, format));
    }

    /// The number for `format`: the one in use, the usual one, or a free one.
    pub(crate) fn number(&mut self, format: Format) -> Option<u8> {
        if let Some((number, _)) = self.0.iter().find(|(_, meaning)| *meaning == format) {
            return Some(*number);
        }
        let is_free = |number: &u8| !self.0.iter().any(|(used, _)| used == number);
        let number = std::iter::once(format.usual_number()).chain(96..128).find(is_free)?;
        self.0.push((number, format));
        Some(number)
    }
}
