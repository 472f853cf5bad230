//! Sends telephone events in an outgoing stream. RFC 4733 §2.5.1

use std::collections::VecDeque;

use super::Event;
use crate::limits::{DIGIT_MS_MAX, DIGIT_MS_MIN, DIGITS_WAITING_MAX};
use crate::order::Digit;

/// Between two digits, in packets of 20 ms: receivers tell equal digits apart by it.
const PAUSE_PACKETS: u8 = 3;
/// The end is sent three times, as it may be lost. RFC 4733 §2.5.1.4
const END_PACKETS: u8 = 3;
/// What telephones send, in dBm0 below zero.
const VOLUME: u8 = 10;
const PACKET_MS: u32 = 20;

/// Digits that wait and the one that is sounding.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sender {
    waiting: VecDeque<(Digit, u32)>,
    state: State,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Idle,
    Sounding {
        digit: Digit,
        total_ms: u32,
        sounded_ms: u32,
        ends: u8,
    },
    Pausing {
        packets: u8,
    },
}

/// What goes out in one 20 ms step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// One packet; the first of a digit fixes the timestamp of all.
    Packet {
        begins: bool,
        event: Event,
    },
    Pause,
    Done,
}

impl Sender {
    /// False if too many wait already.
    pub(crate) fn push(&mut self, digit: Digit, duration_ms: u32) -> bool {
        if self.waiting.len() >= DIGITS_WAITING_MAX || digit.0 > 16 {
            return false;
        }
        self.waiting.push_back((digit, duration_ms.clamp(DIGIT_MS_MIN, DIGIT_MS_MAX)));
        true
    }

    /// The next 20 ms. `khz` is the clock of the events.
    pub(crate) fn step(&mut self, khz: u8) -> Step {
        if let State::Pausing { packets } = self.state {
            self.state = if packets > 1 { State::Pausing { packets: packets - 1 } } else { State::Idle };
            return Step::Pause;
        }
        if let State::Idle = self.state {
            let Some((digit, total_ms)) = self.waiting.pop_front() else { return Step::Done };
            self.state = State::Sounding { digit, total_ms, sounded_ms: 0, ends: 0 };
        }
        let State::Sounding { digit, total_ms, sounded_ms, ends } = self.state else { return Step::Done };
        let begins = sounded_ms == 0;
        let sounded_ms = (sounded_ms + PACKET_MS).min(total_ms);
        let end = sounded_ms >= total_ms;
        let ends = ends + u8::from(end);
        self.state = if ends >= END_PACKETS {
            State::Pausing { packets: PAUSE_PACKETS }
        } else {
            State::Sounding { digit, total_ms, sounded_ms, ends }
        };
        let duration = u16::try_from(sounded_ms.saturating_mul(u32::from(khz))).unwrap_or(u16::MAX);
        Step::Packet { begins, event: Event { code: digit.0, end, volume: VOLUME, duration } }
    }
}
