//! What reaches one leg from its peer: judged, decrypted and counted before anybody hears it.

use std::net::SocketAddr;
use std::time::Instant;

use super::{Encryption, Heard, Leg};
use crate::dtmf;
use crate::latch::{Latch, Standing};
use crate::limits::RTP_BYTES_MAX;
use crate::rtcp;
use crate::rtp::Header;
use crate::sdp::format::{Format, clock_khz};

impl Leg {
    /// Judges an RTP packet by its source, its proof and its form. None for what nobody may hear.
    #[inline]
    pub(crate) fn receive(&mut self, now: Instant, from: SocketAddr, packet: &mut [u8]) -> Option<Heard> {
        let heard = self.judge(now, from, packet);
        let Some((header, format)) = heard else {
            self.incoming.refused += 1;
            return None;
        };
        let khz = match format {
            Format::Audio(codec) => clock_khz(codec),
            Format::ComfortNoise => 8,
            Format::Event { khz } => khz,
        };
        let ticks = match format {
            Format::Audio(_) => {
                let elapsed = now.saturating_duration_since(self.identity.started);
                Some((elapsed.as_micros() as u64).wrapping_mul(u64::from(khz)).wrapping_div(1_000) as u32)
            }
            Format::ComfortNoise | Format::Event { .. } => None,
        };
        if self.incoming.receive(now, &header, ticks, khz) {
            self.digits.restart();
        }
        if !self.session.as_ref().is_some_and(|session| session.direction.receives()) {
            return None;
        }
        let digit = match format {
            Format::Event { .. } => packet
                .get(header.start..header.end)
                .and_then(dtmf::Event::parse)
                .and_then(|event| self.digits.receive(header.timestamp, event)),
            Format::Audio(_) | Format::ComfortNoise => None,
        };
        let is_spent = matches!(format, Format::Event { .. }) && self.digits.is_spent(header.timestamp);
        Some(Heard { header, format, digit, is_spent })
    }

    fn judge(&mut self, now: Instant, from: SocketAddr, packet: &mut [u8]) -> Option<(Header, Format)> {
        let session = self.session.as_ref()?;
        if packet.len() > RTP_BYTES_MAX {
            return None;
        }
        let header = Header::parse(packet)?;
        let format = session.format(header.payload)?;
        if self.securing.as_ref().is_some_and(|securing| !securing.admits(now, from)) {
            return None;
        }
        let standing = self.latch.judge(from);
        let header = match &mut self.encryption {
            Encryption::Awaited | Encryption::Broken => return None,
            // A packet that proves itself may come from anywhere.
            Encryption::Protected(protection) => {
                let length = protection.unprotect_rtp(header.ssrc, packet)?;
                Header::parse(packet.get(..length)?)?
            }
            Encryption::Plain => {
                let known = match standing {
                    Standing::Peer | Standing::First => true,
                    Standing::OtherPort => {
                        Latch::may_move(now, self.incoming.heard_at, self.incoming.continues(&header))
                    }
                    Standing::Stranger => false,
                };
                if !known {
                    return None;
                }
                header
            }
        };
        // Where a browser is, its checks say.
        if standing != Standing::Peer && self.securing.is_none() {
            self.latch.set_peer(from);
        }
        Some((header, format))
    }

    /// Takes a report of the peer.
    pub(crate) fn receive_report(&mut self, now: Instant, from: SocketAddr, packet: &mut [u8]) {
        if self.session.is_none() || !self.read_report(now, from, packet) {
            self.incoming.refused += 1;
        }
    }

    fn read_report(&mut self, now: Instant, from: SocketAddr, packet: &mut [u8]) -> bool {
        let shared = match &self.securing {
            Some(securing) if !securing.admits(now, from) => return false,
            Some(_) => true,
            None => self.latch.judge(from) == Standing::Peer,
        };
        let length = match &mut self.encryption {
            Encryption::Plain => packet.len(),
            Encryption::Protected(protection) => match protection.unprotect_rtcp(packet) {
                Some(length) => length,
                None => return false,
            },
            Encryption::Awaited | Encryption::Broken => return false,
        };
        if !shared && !self.latch.admits_rtcp(from) {
            return false;
        }
        let (started, ours, sent) = (self.identity.started, self.outgoing.ssrc(), self.outgoing.packets);
        let whole = packet
            .get(..length)
            .is_some_and(|packet| rtcp::read(packet, |part| self.reports.take(now, started, ours, sent, part)));
        if whole {
            self.alive_at = Some(now);
        }
        whole
    }
}
