//! What one leg's peer sends: order, loss and jitter. RFC 3550 A.1, A.3, A.8

use std::time::Instant;

use crate::rtcp::Block;
use crate::rtp::Header;

/// Past this distance a sequence number is a new beginning, not a gap. RFC 3550 A.1
const GAP_MAX: u16 = 3_000;

/// Figures of the peer's stream. A new SSRC begins a new stream; what the old one lost is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Incoming {
    stream: Option<Stream>,
    lost_before: u64,
    pub(crate) packets: u64,
    pub(crate) octets: u64,
    pub(crate) refused: u64,
    pub(crate) heard_at: Option<Instant>,
    jitter_ms_max: f32,
    jitter_ms: f32,
}

#[derive(Clone, Copy, Debug)]
struct Stream {
    ssrc: u32,
    /// Extended by how often it wrapped.
    base: u32,
    highest: u32,
    received: u32,
    /// Arrival less timestamp of the last sound packet, in timestamp units.
    transit: Option<u32>,
    /// In 16ths of a timestamp unit, as RFC 3550 A.8 keeps it.
    jitter: u32,
    expected_reported: u32,
    received_reported: u32,
}

impl Incoming {
    /// One genuine packet. `ticks` is the arrival in timestamp units, none for packets whose timestamp stands still
    /// (events). True if a new stream began.
    #[inline]
    pub(crate) fn receive(&mut self, now: Instant, header: &Header, ticks: Option<u32>, khz: u8) -> bool {
        self.packets += 1;
        self.octets += (header.end - header.start) as u64;
        self.heard_at = Some(now);
        let begins = match &mut self.stream {
            Some(stream) if stream.ssrc == header.ssrc => !stream.advance(header.sequence),
            _ => true,
        };
        if begins {
            self.finish();
            self.stream = Some(Stream::new(header));
        }
        if let (Some(ticks), Some(stream)) = (ticks, &mut self.stream) {
            stream.measure(ticks.wrapping_sub(header.timestamp));
            self.jitter_ms = stream.jitter as f32 / (16.0 * f32::from(khz));
            self.jitter_ms_max = self.jitter_ms_max.max(self.jitter_ms);
        }
        begins
    }

    /// Whether this packet goes on where the stream stopped.
    pub(crate) fn continues(&self, header: &Header) -> bool {
        self.stream.is_some_and(|stream| {
            stream.ssrc == header.ssrc && header.sequence.wrapping_sub(stream.highest as u16) < GAP_MAX
        })
    }

    pub(crate) fn lost(&self) -> u64 {
        self.lost_before + self.stream.map_or(0, |stream| u64::from(stream.expected().saturating_sub(stream.received)))
    }

    pub(crate) fn jitter_ms(&self) -> (f32, f32) {
        (self.jitter_ms, self.jitter_ms_max)
    }

    /// Of all that should have come, what did not.
    pub(crate) fn loss_fraction(&self) -> f32 {
        let lost = self.lost();
        let expected = self.packets + lost;
        if expected == 0 { 0.0 } else { lost as f32 / expected as f32 }
    }

    /// The stream for a report; later calls tell the loss since this one.
    pub(crate) fn report(&mut self, last_report: u32, since_last_report: u32) -> Option<Block> {
        let stream = self.stream.as_mut()?;
        let expected = stream.expected();
        let expected_new = expected.wrapping_sub(stream.expected_reported);
        let received_new = stream.received.wrapping_sub(stream.received_reported);
        stream.expected_reported = expected;
        stream.received_reported = stream.received;
        let lost_new = expected_new.saturating_sub(received_new);
        let fraction = if expected_new == 0 { 0 } else { u64::from(lost_new) * 256 / u64::from(expected_new) };
        Some(Block {
            ssrc: stream.ssrc,
            fraction_lost: fraction.min(255) as u8,
            lost: expected.wrapping_sub(stream.received).cast_signed(),
            sequence_max: stream.highest,
            jitter: stream.jitter >> 4,
            last_report,
            since_last_report,
        })
    }

    fn finish(&mut self) {
        self.lost_before = self.lost();
        self.stream = None;
    }
}

impl Stream {
    fn new(header: &Header) -> Self {
        // One turn above zero, so that a packet late from before the first does not wrap below.
        let first = 0x1_0000 + u32::from(header.sequence);
        Self {
            ssrc: header.ssrc,
            base: first,
            highest: first,
            received: 1,
            transit: None,
            jitter: 0,
            expected_reported: 0,
            received_reported: 0,
        }
    }

    /// False if the sequence number belongs to another stream.
    fn advance(&mut self, sequence: u16) -> bool {
        let ahead = sequence.wrapping_sub(self.highest as u16);
        if ahead < GAP_MAX {
            self.highest = self.highest.wrapping_add(u32::from(ahead));
        } else if ahead.wrapping_neg() < GAP_MAX {
            let late = self.highest.wrapping_sub(u32::from(ahead.wrapping_neg()));
            self.base = self.base.min(late);
        } else {
            return false;
        }
        self.received = self.received.wrapping_add(1);
        true
    }

    fn expected(&self) -> u32 {
        self.highest.wrapping_sub(self.base).wrapping_add(1)
    }

    fn measure(&mut self, transit: u32) {
        if let Some(before) = self.transit {
            let difference = transit.wrapping_sub(before).cast_signed().unsigned_abs();
            // A jump of the peer's clock is not jitter.
            if difference < 48_000 {
                self.jitter = (self.jitter + difference).saturating_sub((self.jitter + 8) >> 4);
            }
        }
        self.transit = Some(transit);
    }
}
