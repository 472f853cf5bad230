//! Hears telephone events: each press once, at its start. RFC 4733 §2.5.2

use super::Event;
use crate::order::Digit;

/// Presses are told apart by their RTP timestamp, so lost starts, lost ends and repeated ends make no difference.
#[derive(Clone, Debug, Default)]
pub(crate) struct Receiver {
    last: Option<Press>,
    /// Presses up to this timestamp had their listener.
    spent: Option<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Press {
    timestamp: u32,
    code: u8,
    has_ended: bool,
}

/// A key that is held longer than the duration field can say goes on under a timestamp so much later. RFC 4733 §2.5.1.3
const SEGMENT: u32 = 0xFFFF;

/// Past this distance an older timestamp is a new life of the clock, not a late packet: 60 s at 8 kHz.
const LATE_MAX: u32 = 480_000;

impl Receiver {
    /// The digit, if this packet is the first to be seen of its press.
    pub(crate) fn receive(&mut self, timestamp: u32, event: Event) -> Option<Digit> {
        if event.code > 16 {
            return None;
        }
        if let Some(last) = &mut self.last {
            let goes_on =
                last.timestamp.wrapping_add(SEGMENT) == timestamp && last.code == event.code && !last.has_ended;
            if goes_on {
                self.spent = self.spent.map(|spent| if spent == last.timestamp { timestamp } else { spent });
                last.timestamp = timestamp;
            }
            last.has_ended |= last.timestamp == timestamp && event.end;
            if is_at_or_before(timestamp, last.timestamp) {
                return None;
            }
        }
        self.last = Some(Press { timestamp, code: event.code, has_ended: event.end });
        Some(Digit(event.code))
    }

    /// Whoever hears this peer from now on shall not hear the rest of a key that was meant for somebody else.
    pub(crate) fn change_listener(&mut self) {
        self.spent = self.last.map(|last| last.timestamp);
    }

    /// Whether an event belongs to a press that had its listener.
    pub(crate) fn is_spent(&self, timestamp: u32) -> bool {
        self.spent.is_some_and(|spent| is_at_or_before(timestamp, spent))
    }

    /// The peer's stream began anew: its timestamps mean nothing beside the old ones.
    pub(crate) fn restart(&mut self) {
        *self = Self::default();
    }
}

fn is_at_or_before(timestamp: u32, known: u32) -> bool {
    known.wrapping_sub(timestamp) <= LATE_MAX
}
