//! What one leg's peer gets: one stream without breaks, wherever the sound comes from.
//!
//! Prompts, tones and relayed legs take turns. Sequence numbers never jump when the turn changes, timestamps go on with
//! the clock, the SSRC stays, and the first packet of each turn carries the marker. RFC 3550 §5.1, RFC 3551 §4.1

use std::time::Instant;

use crate::rtp::Header;

/// A relayed sequence number this far ahead, or late by more than [`LATE_MAX`], begins a new turn.
const GAP_MAX: u16 = 3_000;
const LATE_MAX: u16 = 100;
const FRAME_MS: u32 = 20;

/// The outgoing stream of one leg.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    ssrc: u32,
    khz: u8,
    next_sequence: u16,
    timestamp: u32,
    sent_at: Option<Instant>,
    /// Length of our own last packet.
    frame_ms: u32,
    turn: Turn,
    press: Option<Press>,
    pub(crate) packets: u64,
    pub(crate) octets: u64,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug)]
enum Turn {
    Nobody,
    /// Our own frames, one after the other.
    Frames,
    /// A relayed stream, by what is added to its numbers.
    Relay {
        ssrc: u32,
        sequence_offset: u16,
        timestamp_offset: u32,
        first: u16,
        highest: u16,
    },
}

/// A relayed telephone event, which keeps one timestamp while it lasts.
#[derive(Clone, Copy, Debug)]
struct Press {
    theirs: u32,
    ours: u32,
}

/// The numbers of one packet to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) marker: bool,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
}

impl Outgoing {
    pub(crate) fn new(ssrc: u32, first_sequence: u16, first_timestamp: u32) -> Self {
        Self {
            ssrc,
            khz: 8,
            next_sequence: first_sequence,
            timestamp: first_timestamp,
            sent_at: None,
            frame_ms: FRAME_MS,
            turn: Turn::Nobody,
            press: None,
            packets: 0,
            octets: 0,
        }
    }

    pub(crate) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// The clock of the codec that is sent.
    pub(crate) fn set_clock(&mut self, khz: u8) {
        if self.khz != khz {
            self.khz = khz;
            self.end_turn();
        }
    }

    /// What comes next is from somebody else.
    pub(crate) fn end_turn(&mut self) {
        self.turn = Turn::Nobody;
    }

    /// The timestamp of this moment, by the clock since the last packet.
    pub(crate) fn timestamp_at(&self, now: Instant) -> u32 {
        let Some(sent_at) = self.sent_at else { return self.timestamp };
        let elapsed = now.saturating_duration_since(sent_at).as_millis() as u32;
        self.timestamp.wrapping_add(elapsed.max(self.frame_ms).wrapping_mul(u32::from(self.khz)))
    }

    /// Numbers for a relayed packet; none for one that comes too late to be sent.
    #[inline]
    pub(crate) fn relay(&mut self, now: Instant, theirs: &Header) -> Option<Numbers> {
        let (sequence, timestamp, begins) = self.follow(now, theirs)?;
        if sequence.wrapping_sub(self.next_sequence) < GAP_MAX {
            self.next_sequence = sequence.wrapping_add(1);
            self.timestamp = timestamp;
            self.sent_at = Some(now);
        }
        Some(Numbers { marker: begins || theirs.marker, sequence, timestamp })
    }

    /// Numbers for a relayed telephone event. `same_clock`: its timestamps are those of the relayed sound.
    pub(crate) fn relay_event(&mut self, now: Instant, theirs: &Header, same_clock: bool) -> Option<Numbers> {
        let (sequence, timestamp) = match self.turn {
            Turn::Frames => (self.next_sequence, None),
            Turn::Nobody | Turn::Relay { .. } => {
                let (sequence, timestamp, _) = self.follow(now, theirs)?;
                (sequence, Some(timestamp))
            }
        };
        let ours = match (self.press, timestamp) {
            (Some(press), _) if press.theirs == theirs.timestamp => press.ours,
            (_, Some(timestamp)) if same_clock => timestamp,
            _ => self.timestamp_at(now),
        };
        self.press = Some(Press { theirs: theirs.timestamp, ours });
        if sequence.wrapping_sub(self.next_sequence) < GAP_MAX {
            self.next_sequence = sequence.wrapping_add(1);
        }
        Some(Numbers { marker: theirs.marker, sequence, timestamp: ours })
    }

    /// Numbers for the next packet of our own, of so many milliseconds.
    pub(crate) fn frame(&mut self, now: Instant, ms: u32) -> Numbers {
        let goes_on = matches!(self.turn, Turn::Frames);
        self.timestamp = if goes_on {
            self.timestamp.wrapping_add(self.frame_ms * u32::from(self.khz))
        } else {
            self.timestamp_at(now)
        };
        self.frame_ms = ms;
        self.turn = Turn::Frames;
        self.sent_at = Some(now);
        Numbers { marker: !goes_on, sequence: self.take_sequence(), timestamp: self.timestamp }
    }

    /// Numbers for an event of our own that began at `timestamp`.
    pub(crate) fn event(&mut self, begins: bool, timestamp: u32) -> Numbers {
        self.turn = Turn::Nobody;
        Numbers { marker: begins, sequence: self.take_sequence(), timestamp }
    }

    /// A packet of the relayed stream is not passed on; the peer shall not take that for loss.
    pub(crate) fn skip(&mut self, theirs: &Header) {
        if let Turn::Relay { ssrc, sequence_offset, first, highest, .. } = &mut self.turn
            && *ssrc == theirs.ssrc
            && (1..GAP_MAX).contains(&theirs.sequence.wrapping_sub(*highest))
        {
            *sequence_offset = sequence_offset.wrapping_sub(1);
            *first = theirs.sequence;
            *highest = theirs.sequence;
        }
    }

    fn take_sequence(&mut self) -> u16 {
        let sequence = self.next_sequence;
        self.next_sequence = sequence.wrapping_add(1);
        sequence
    }

    /// Their numbers in our stream, and whether a turn begins.
    #[inline]
    fn follow(&mut self, now: Instant, theirs: &Header) -> Option<(u16, u32, bool)> {
        if let Turn::Relay { ssrc, sequence_offset, timestamp_offset, first, highest } = &mut self.turn
            && *ssrc == theirs.ssrc
        {
            let ahead = theirs.sequence.wrapping_sub(*highest);
            let numbers = (
                theirs.sequence.wrapping_add(*sequence_offset),
                theirs.timestamp.wrapping_add(*timestamp_offset),
                false,
            );
            if ahead < GAP_MAX {
                // The place where the turn began is forgotten in time, or it would seem to lie ahead after a wrap.
                if theirs.sequence.wrapping_sub(*first) > 2 * GAP_MAX {
                    *first = theirs.sequence.wrapping_sub(GAP_MAX);
                }
                *highest = theirs.sequence;
                return Some(numbers);
            }
            if ahead.wrapping_neg() <= LATE_MAX {
                // Before the first of this turn lie numbers of the turn before.
                return (highest.wrapping_sub(*first) >= ahead.wrapping_neg()).then_some(numbers);
            }
        }
        let timestamp = self.timestamp_at(now);
        self.turn = Turn::Relay {
            ssrc: theirs.ssrc,
            sequence_offset: self.next_sequence.wrapping_sub(theirs.sequence),
            timestamp_offset: timestamp.wrapping_sub(theirs.timestamp),
            first: theirs.sequence,
            highest: theirs.sequence,
        };
        Some((self.next_sequence, timestamp, true))
    }
}
