//! When one leg reports, and what its peer's reports say. RFC 3550 §6.3, §6.4

use std::time::{Duration, Instant};

use crate::rtcp::{Block, Part, SenderInfo};

/// Average time between reports; each lies between half and one and a half of it. RFC 3550 §6.2
const INTERVAL: Duration = Duration::from_secs(5);
/// A round trip longer than this is a clock error.
const ROUND_TRIP_MAX: Duration = Duration::from_secs(10);

/// What has been reported either way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reports {
    /// Of the last sender report that came: the middle of its clock, and when it came.
    heard: Option<(u32, Instant)>,
    pub(crate) remote_loss: Option<f32>,
    pub(crate) round_trip_ms: Option<f32>,
}

impl Reports {
    /// Takes one part of a compound packet; `ours` is the SSRC that blocks are to be about.
    pub(crate) fn take(&mut self, now: Instant, started: Instant, ours: u32, packets_sent: u64, part: Part) {
        match part {
            Part::SenderReport { ntp_middle, .. } => self.heard = Some((ntp_middle, now)),
            Part::Block(block) if block.ssrc == ours => self.take_block(now, started, packets_sent, block),
            Part::Block(_) | Part::Bye => {}
        }
    }

    fn take_block(&mut self, now: Instant, started: Instant, packets_sent: u64, block: Block) {
        if packets_sent > 0 {
            let lost = u64::from(block.lost.max(0).cast_unsigned());
            self.remote_loss = Some(lost.min(packets_sent) as f32 / packets_sent as f32);
        }
        if block.last_report == 0 {
            return;
        }
        let round_trip =
            middle(clock(now, started)).wrapping_sub(block.last_report).wrapping_sub(block.since_last_report);
        let seconds = round_trip as f32 / 65_536.0;
        if seconds <= ROUND_TRIP_MAX.as_secs_f32() {
            self.round_trip_ms = Some(seconds * 1_000.0);
        }
    }

    /// What a block tells about the peer's last sender report: its clock, and how long ago.
    pub(crate) fn last_heard(&self, now: Instant) -> (u32, u32) {
        self.heard.map_or((0, 0), |(middle, at)| {
            let since = now.saturating_duration_since(at);
            (middle, u32::try_from(since.as_micros() * 65_536 / 1_000_000).unwrap_or(u32::MAX))
        })
    }

    /// When to report next; `chance` is any random number.
    pub(crate) fn next_after(now: Instant, chance: u32) -> Instant {
        now + INTERVAL / 2 + INTERVAL.mul_f64(f64::from(chance) / f64::from(u32::MAX))
    }
}

/// Our clock for sender reports: it begins with the engine that opened the leg, as only differences count. RFC 3550 §4
pub(crate) fn clock(now: Instant, started: Instant) -> u64 {
    let elapsed = now.saturating_duration_since(started);
    // From one, so that the middle is never zero, which means "no report".
    ((elapsed.as_secs() + 1) << 32) | ((u64::from(elapsed.subsec_nanos()) << 32) / 1_000_000_000)
}

fn middle(clock: u64) -> u32 {
    (clock >> 16) as u32
}

impl SenderInfo {
    pub(crate) fn new(now: Instant, started: Instant, timestamp: u32, packets: u64, octets: u64) -> Self {
        Self { ntp: clock(now, started), timestamp, packets: packets as u32, octets: octets as u32 }
    }
}
