//! Digits: telephone events in RTP (RFC 4733) and in SIP INFO bodies.

use crate::order::Digit;

pub(crate) mod receive;
pub(crate) mod send;

/// `0`-`9`, `*`, `#`, `A`-`D` and flash, in the order of their event codes. RFC 4733 §3.2
const NAMES: &[u8; 17] = b"0123456789*#ABCD!";

/// How long a digit lasts that is sent on somebody's behalf who did not say, in milliseconds.
const USUAL_MS: u32 = 160;

/// The digit that a SIP INFO body of this content type stands for; none for other bodies.
pub fn from_info(content_type: &str, body: &[u8]) -> Option<Digit> {
    let kind = content_type.split(';').next()?.trim();
    let body = std::str::from_utf8(body).ok()?;
    let text = if kind.eq_ignore_ascii_case("application/dtmf-relay") {
        body.lines().find_map(|line| {
            let (name, value) = line.split_once('=').or_else(|| line.split_once(':'))?;
            name.trim().eq_ignore_ascii_case("signal").then_some(value)
        })?
    } else if kind.eq_ignore_ascii_case("application/dtmf") {
        body
    } else {
        return None;
    };
    Digit::from_name(text.trim())
}

/// The SIP INFO body for a digit: content type and bytes.
pub fn to_info(digit: Digit) -> (&'static str, Vec<u8>) {
    let name = char::from(digit.name());
    ("application/dtmf-relay", format!("Signal={name}\r\nDuration={USUAL_MS}\r\n").into_bytes())
}

impl Digit {
    /// By its key (`5`, `#`, `a`), its event code (`11`), or `flash`.
    pub fn from_name(text: &str) -> Option<Self> {
        let code = match text.as_bytes() {
            [key] => {
                NAMES.iter().position(|name| name.eq_ignore_ascii_case(key)).and_then(|code| u8::try_from(code).ok())
            }
            _ if text.eq_ignore_ascii_case("flash") => Some(16),
            _ => text.parse().ok().filter(|code| (10..=16).contains(code)),
        };
        code.map(Self)
    }

    /// The key's character; `!` for flash and anything unknown.
    pub fn name(self) -> u8 {
        NAMES.get(usize::from(self.0)).copied().unwrap_or(b'!')
    }
}

/// A telephone event as it stands in a packet. RFC 4733 §2.3
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) code: u8,
    pub(crate) end: bool,
    /// Power level, 0 to 63 dBm0 below zero.
    pub(crate) volume: u8,
    /// In timestamp units since the event's start.
    pub(crate) duration: u16,
}

impl Event {
    pub(crate) fn parse(payload: &[u8]) -> Option<Self> {
        let [code, flags, high, low, ..] = *payload else { return None };
        Some(Self { code, end: flags & 0x80 != 0, volume: flags & 0x3F, duration: u16::from_be_bytes([high, low]) })
    }

    pub(crate) fn to_bytes(self) -> [u8; 4] {
        let [high, low] = self.duration.to_be_bytes();
        [self.code, u8::from(self.end) << 7 | self.volume & 0x3F, high, low]
    }
}
