//! Smoothing the arrival of packets where they are decoded: pushed as they come, pulled every 20 ms.

use std::time::{Duration, Instant};

/// Least and most time that a packet waits on purpose. What comes later than the most is lost to any listener.
const DELAY_MIN: Duration = Duration::from_millis(20);
const DELAY_MAX: Duration = Duration::from_millis(200);

/// Packets kept; a power of two, and 640 ms at 20 ms a packet, so that a burst after a pause of the network fits.
const SLOTS: usize = 32;

/// A jump of the sequence number beyond this is a new stream.
const JUMP_MAX: i16 = 1_000;

/// How many packets in a row that are too old mean that the peer began its numbers anew.
const N_OLD_MAX: u8 = 25;

/// After so many frames without a packet the listener hears silence instead of invented sound.
const N_DRY_MAX: u8 = 3;

/// Largest payload kept: one Ethernet frame.
const PAYLOAD_BYTES_MAX: usize = crate::limits::RTP_BYTES_MAX;

/// How long a delay that proved too long is kept before it shrinks by a frame.
const SHRINK_AFTER_PULLS: u32 = 50;

/// What the listener gets for 20 ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// The payload of the next packet.
    Voice(&'a [u8]),
    /// The description of noise that the peer sends instead of sound. RFC 3389
    Noise(&'a [u8]),
    /// It should be there and is not: conceal it. The packet after it, if that came, may hold it a second time.
    Lost(Option<&'a [u8]>),
    /// The peer sends nothing, or not yet.
    Silence,
}

/// The buffer of one stream.
pub struct JitterBuffer {
    slots: Vec<Slot>,
    /// RTP ticks per millisecond.
    ticks_per_ms: u32,
    state: State,
    /// How late packets were lately beyond the earliest, in microseconds; falls slowly.
    lateness_us: u32,
    earliest: Option<Transit>,
    ssrc: Option<u32>,
    /// The number after the last one played or given up.
    after_played: Option<u16>,
    n_old: u8,
    n_dry: u8,
    /// The peer stopped on purpose: it said what noise to play.
    pauses: bool,
    n_calm: u32,
    n_late: u64,
}

#[derive(Clone, Copy)]
enum State {
    Empty,
    /// The first packet waits until `start`.
    Filling {
        next: u16,
        start: Instant,
    },
    Playing {
        next: u16,
        end: u16,
    },
}

/// When a packet came against its timestamp.
#[derive(Clone, Copy)]
struct Transit {
    at: Instant,
    timestamp: u32,
}

#[derive(Clone)]
struct Slot {
    sequence: u16,
    is_full: bool,
    is_noise: bool,
    payload: Vec<u8>,
}

impl Slot {
    fn holds(&self, sequence: u16) -> bool {
        self.is_full && self.sequence == sequence
    }
}

impl JitterBuffer {
    /// For a codec with so many RTP ticks per second.
    pub fn new(clock_rate: u32) -> Self {
        let slot = || Slot { sequence: 0, is_full: false, is_noise: false, payload: Vec::with_capacity(256) };
        Self {
            slots: (0..SLOTS).map(|_| slot()).collect(),
            ticks_per_ms: (clock_rate / 1_000).max(1),
            state: State::Empty,
            lateness_us: 0,
            earliest: None,
            ssrc: None,
            after_played: None,
            n_old: 0,
            n_dry: N_DRY_MAX,
            pauses: false,
            n_calm: 0,
            n_late: 0,
        }
    }

    /// Takes a packet. Duplicates and what comes too late are dropped; another source begins a new stream.
    pub fn push(&mut self, now: Instant, ssrc: u32, sequence: u16, timestamp: u32, payload: &[u8]) {
        if let Some(slot) = self.place(now, ssrc, sequence, timestamp, payload) {
            slot.is_noise = false;
        }
    }

    /// Takes a description of noise, which has its place among the packets of sound.
    pub fn push_noise(&mut self, now: Instant, ssrc: u32, sequence: u16, timestamp: u32, payload: &[u8]) {
        if let Some(slot) = self.place(now, ssrc, sequence, timestamp, payload) {
            slot.is_noise = true;
        }
    }

    /// Puts a payload into its slot; none if it is not wanted.
    fn place(&mut self, now: Instant, ssrc: u32, sequence: u16, timestamp: u32, payload: &[u8]) -> Option<&mut Slot> {
        if payload.len() > PAYLOAD_BYTES_MAX {
            return None;
        }
        if self.ssrc.is_some_and(|known| known != ssrc) {
            self.reset();
        }
        self.ssrc = Some(ssrc);
        self.measure(now, timestamp);
        if !self.take_place(now, sequence) {
            return None;
        }
        let slot = &mut self.slots[usize::from(sequence) % SLOTS];
        if slot.holds(sequence) {
            return None;
        }
        slot.sequence = sequence;
        slot.is_full = true;
        slot.payload.clear();
        slot.payload.extend_from_slice(payload);
        Some(slot)
    }

    /// What to play for the next 20 ms.
    pub fn pull(&mut self, now: Instant) -> Frame<'_> {
        if let State::Filling { next, start } = self.state
            && now >= start
        {
            self.state = State::Playing { next, end: self.newest_after(next) };
        }
        let State::Playing { next, end } = self.state else { return self.dry() };
        let depth = end.wrapping_sub(next);
        if depth == 0 || depth > i16::MAX as u16 {
            // Ran dry: either a pause of the peer or of the network. The next packet fills up anew.
            self.state = State::Empty;
            self.n_dry = if self.pauses { N_DRY_MAX } else { 0 };
            return self.dry();
        }
        let next = self.shrink(next, depth);
        self.state = State::Playing { next: next.wrapping_add(1), end };
        self.after_played = Some(next.wrapping_add(1));
        let place = usize::from(next) % SLOTS;
        if !self.slots[place].holds(next) {
            let after = next.wrapping_add(1);
            let slot = &self.slots[usize::from(after) % SLOTS];
            return Frame::Lost((slot.holds(after) && !slot.is_noise).then_some(&slot.payload));
        }
        let slot = &mut self.slots[place];
        slot.is_full = false;
        self.pauses = slot.is_noise;
        if slot.is_noise { Frame::Noise(&slot.payload) } else { Frame::Voice(&slot.payload) }
    }

    fn dry(&mut self) -> Frame<'static> {
        if self.n_dry >= N_DRY_MAX {
            return Frame::Silence;
        }
        self.n_dry += 1;
        Frame::Lost(None)
    }

    /// How long packets wait at present on purpose.
    pub fn delay(&self) -> Duration {
        Duration::from_micros(u64::from(self.lateness_us)).clamp(DELAY_MIN, DELAY_MAX)
    }

    /// Packets that came too late to be played.
    pub fn n_late(&self) -> u64 {
        self.n_late
    }

    fn reset(&mut self) {
        for slot in &mut self.slots {
            slot.is_full = false;
        }
        self.state = State::Empty;
        self.earliest = None;
        self.after_played = None;
        self.n_old = 0;
        self.n_calm = 0;
    }

    /// Whether a packet of this number has a place in the buffer; makes room for it.
    fn take_place(&mut self, now: Instant, sequence: u16) -> bool {
        let (next, end) = match self.state {
            State::Empty => {
                if let Some(after) = self.after_played
                    && (-JUMP_MAX..0).contains(&(sequence.wrapping_sub(after) as i16))
                {
                    return self.take_old(now, sequence, -JUMP_MAX);
                }
                for slot in &mut self.slots {
                    // What was played before must not come again.
                    slot.is_full = false;
                }
                self.n_old = 0;
                self.state = State::Filling { next: sequence, start: now + self.delay() };
                return true;
            }
            State::Filling { next, .. } => (next, self.newest_after(next)),
            State::Playing { next, end } => (next, end),
        };
        let ahead = sequence.wrapping_sub(next) as i16;
        if ahead.unsigned_abs() > JUMP_MAX.unsigned_abs() {
            self.reset();
            self.state = State::Filling { next: sequence, start: now + self.delay() };
            return true;
        }
        if ahead < 0 {
            return self.take_old(now, sequence, ahead);
        }
        self.n_old = 0;
        let next = if ahead as usize >= SLOTS { sequence.wrapping_sub(SLOTS as u16 - 1) } else { next };
        self.state = match self.state {
            State::Empty => State::Empty,
            State::Filling { start, .. } => State::Filling { next, start },
            State::Playing { .. } => {
                let beyond = sequence.wrapping_add(1);
                let grows = (beyond.wrapping_sub(end) as i16) > 0;
                State::Playing { next, end: if grows { beyond } else { end } }
            }
        };
        true
    }

    fn take_old(&mut self, now: Instant, sequence: u16, ahead: i16) -> bool {
        let was_played = self.after_played.is_some_and(|after| (sequence.wrapping_sub(after) as i16) < 0);
        if let State::Filling { next, start } = self.state
            && !was_played
        {
            // Reordered before anything was played: begin with the earlier one, if all still fit.
            let span = self.newest_after(next).wrapping_sub(sequence);
            if usize::from(span) <= SLOTS && ahead > -(SLOTS as i16) {
                self.state = State::Filling { next: sequence, start };
                return true;
            }
        }
        self.n_late += 1;
        self.n_old += 1;
        if self.n_old >= N_OLD_MAX {
            self.reset();
            self.state = State::Filling { next: sequence, start: now + self.delay() };
            return true;
        }
        false
    }

    /// The number after the newest packet kept.
    fn newest_after(&self, next: u16) -> u16 {
        let ahead = |slot: &&Slot| slot.is_full && (slot.sequence.wrapping_sub(next) as usize) < SLOTS;
        let newest = self.slots.iter().filter(ahead).map(|slot| slot.sequence.wrapping_sub(next) + 1).max();
        next.wrapping_add(newest.unwrap_or(0))
    }

    /// Leaves one frame out when for a second more waited than the delay asks for.
    fn shrink(&mut self, next: u16, depth: u16) -> u16 {
        let wanted = self.delay().as_millis().div_ceil(20) as u16 + 1;
        if depth <= wanted {
            self.n_calm = 0;
            return next;
        }
        self.n_calm += 1;
        // A burst that fills half of the buffer is shed at once.
        if self.n_calm < SHRINK_AFTER_PULLS && usize::from(depth) < SLOTS / 2 {
            return next;
        }
        self.n_calm = 0;
        self.slots[usize::from(next) % SLOTS].is_full = false;
        next.wrapping_add(1)
    }

    /// Learns how much later than the earliest packet this one came. RFC 3550 would average; a buffer must hold the
    /// latest ones.
    fn measure(&mut self, now: Instant, timestamp: u32) {
        let Some(earliest) = self.earliest else {
            self.earliest = Some(Transit { at: now, timestamp });
            return;
        };
        let ticks = timestamp.wrapping_sub(earliest.timestamp) as i32;
        let sent_us = i64::from(ticks) * 1_000 / i64::from(self.ticks_per_ms);
        let came_us = i64::try_from(now.saturating_duration_since(earliest.at).as_micros()).unwrap_or(i64::MAX);
        let late_us = came_us.saturating_sub(sent_us);
        if !(0..2_000_000).contains(&late_us) {
            // Earlier than the earliest, or its clock jumped.
            self.earliest = Some(Transit { at: now, timestamp });
            return;
        }
        let late_us = u32::try_from(late_us).unwrap_or(0);
        if late_us > self.lateness_us {
            self.lateness_us = late_us.min(DELAY_MAX.as_micros() as u32);
        } else {
            // Half of what is too much is forgotten in about two seconds.
            self.lateness_us -= (self.lateness_us - late_us) / 128;
        }
        // A slow drift of the two clocks moves the earliest along.
        if late_us > 0
            && let Some(earliest) = &mut self.earliest
        {
            earliest.at += Duration::from_micros(20);
        }
    }
}
