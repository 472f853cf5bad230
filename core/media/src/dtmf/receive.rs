//! Hears telephone events: each press once, at its start. RFC 4733 §2.5.2

use super::Event;
use crate::order::Digit;

/// Presses are told apart by their RTP timestamp, so lost starts, lost ends and repeated ends make no difference.
#[derive(Clone, Debug, Default)]
pub(crate) struct Receiver {
    last: Option<u32>,
}

/// Past this distance an older timestamp is a new life of the clock, not a late packet: 60 s at 8 kHz.
const LATE_MAX: u32 = 480_000;

impl Receiver {
    /// The digit, if this packet is the first to be seen of its press.
    pub(crate) fn receive(&mut self, timestamp: u32, event: Event) -> Option<Digit> {
        let is_late = self.last.is_some_and(|last| last.wrapping_sub(timestamp) <= LATE_MAX);
        if is_late || event.code > 16 {
            return None;
        }
        self.last = Some(timestamp);
        Some(Digit(event.code))
    }

    /// The peer's stream began anew: its timestamps mean nothing beside the old ones.
    pub(crate) fn restart(&mut self) {
        self.last = None;
    }
}
