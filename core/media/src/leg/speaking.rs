//! What one leg sends to its peer: packets passed on, or numbered and encrypted anew.

use std::time::Instant;

use super::outgoing::Numbers;
use super::transcoding::Transcoding;
use super::{Encryption, Heard, Leg};
use crate::dtmf;
use crate::engine::{Component, Outputs, Send};
use crate::rtp::Header;
use crate::sdp::format::{Format, clock_khz};
use crate::sdp::{Codec, Session};

impl Leg {
    /// Passes on what another leg's peer said (or this one's own, for an echo), unless something else is played.
    #[inline]
    pub(crate) fn relay(&mut self, now: Instant, first_tick: Instant, heard: &Heard, packet: &[u8], out: &mut Outputs) {
        let Some(session) = &self.session else { return };
        if self.playing.is_some() || self.sending.is_some() || !session.direction.sends() {
            return;
        }
        let header = &heard.header;
        let Some(payload) = packet.get(header.start..header.end) else { return };
        match (heard.format, session.event, session.comfort_noise) {
            (Format::Audio(codec), _, _) if codec == session.codec => {
                let number = session.payload;
                self.transcoding = None;
                if let Some(numbers) = self.outgoing.relay(now, header) {
                    self.emit(numbers, number, payload, out);
                }
            }
            (Format::Audio(codec), _, _) => self.transcode(now, first_tick, codec, header, payload),
            (Format::ComfortNoise, _, Some(number)) if self.transcoding.is_none() => {
                if let Some(numbers) = self.outgoing.relay(now, header) {
                    self.emit(numbers, number, payload, out);
                }
            }
            (Format::Event { .. }, _, _) if heard.is_spent => self.outgoing.skip(header),
            (Format::Event { khz }, Some((number, our_khz)), _) => {
                let Some(mut event) = dtmf::Event::parse(payload) else { return };
                if khz != our_khz {
                    let duration = u32::from(event.duration) * u32::from(our_khz) / u32::from(khz.max(1));
                    event.duration = u16::try_from(duration).unwrap_or(u16::MAX);
                }
                let same_clock = khz == our_khz && khz == clock_khz(session.codec);
                if let Some(numbers) = self.outgoing.relay_event(now, header, same_clock) {
                    self.emit(numbers, number, &event.to_bytes(), out);
                }
            }
            (Format::ComfortNoise, _, _) | (Format::Event { .. }, None, _) => self.outgoing.skip(header),
        }
    }

    /// Sound in another codec waits in the jitter buffer; the ticks take it out.
    fn transcode(&mut self, now: Instant, first_tick: Instant, codec: Codec, header: &Header, payload: &[u8]) {
        let Some(to) = self.session.as_ref().map(Session::codec) else { return };
        if self.transcoding.as_ref().is_none_or(|transcoding| !transcoding.fits(codec, to)) {
            self.transcoding = Some(Box::new(Transcoding::new(codec, to)));
        }
        if let Some(transcoding) = &mut self.transcoding {
            transcoding.push(now, header, payload);
            self.tick_at.get_or_insert(first_tick);
        }
    }

    pub(super) fn emit(&mut self, numbers: Numbers, payload: u8, sound: &[u8], out: &mut Outputs) {
        let Some(to) = self.latch.rtp_to() else { return };
        let start = out.bytes.len();
        let Numbers { marker, sequence, timestamp } = numbers;
        let header = Header { marker, payload, sequence, timestamp, ssrc: self.outgoing.ssrc(), start: 0, end: 0 };
        header.write(&mut out.bytes);
        out.bytes.extend_from_slice(sound);
        let may_leave = match &mut self.encryption {
            Encryption::Plain => true,
            Encryption::Protected(protection) => protection.protect_rtp(&mut out.bytes, start),
            Encryption::Broken => false,
        };
        if !may_leave {
            out.bytes.truncate(start);
            return;
        }
        self.outgoing.packets += 1;
        self.outgoing.octets += sound.len() as u64;
        out.sends.push(Send { leg: self.id, component: Component::Rtp, to, range: start..out.bytes.len() });
    }
}
