//! What one leg sends to its peer: packets passed on, or numbered and encrypted anew.

use std::time::Instant;

use super::outgoing::Numbers;
use super::transcoding::Transcoding;
use super::{Encryption, Heard, Leg};
use crate::codec::FRAME_MS;
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
            // It is in the mix already.
            (Format::Audio(_) | Format::ComfortNoise, _, _) if self.mixing.is_some() => {}
            (Format::Audio(codec), _, _) if codec == session.codec && !self.is_packed_anew(session, payload) => {
                let number = session.payload;
                if self.transcoding.take().is_some() {
                    self.end_turn();
                }
                if let Some(numbers) = self.outgoing.relay(now, header) {
                    self.emit(numbers, number, payload, out);
                }
            }
            (Format::Audio(codec), _, _) => self.transcode(now, first_tick, codec, header, payload),
            (Format::ComfortNoise, _, _) if self.transcoding.is_some() => {
                if let Some(transcoding) = &mut self.transcoding {
                    transcoding.push_noise(now, header, payload);
                    self.tick_at.get_or_insert(first_tick);
                }
            }
            (Format::ComfortNoise, _, Some(number)) => {
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

    /// Whether sound that needs no other codec needs other packets: once one was too long for the peer, all do.
    fn is_packed_anew(&self, session: &Session, payload: &[u8]) -> bool {
        let codec = session.codec;
        let too_long = session.packet_ms_max.is_some_and(|ms_max| codec.payload_ms(payload) > ms_max);
        too_long || self.transcoding.as_ref().is_some_and(|transcoding| transcoding.fits(codec, codec))
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

    /// Sends a frame of 20 ms of our own, or has it packed.
    pub(super) fn speak(&mut self, now: Instant, sound: &[u8], out: &mut Outputs) {
        match &mut self.packing {
            Some(packing) => packing.push(sound),
            None => self.send_sound(now, FRAME_MS, sound, out),
        }
    }

    /// Sends the packet that is due, if frames are packed.
    pub(super) fn send_packed(&mut self, now: Instant, out: &mut Outputs) {
        let Some(mut packing) = self.packing.take() else { return };
        if let Some((sound, ms)) = packing.pop() {
            self.send_sound(now, ms, sound, out);
        }
        self.packing = Some(packing);
    }

    /// The sound pauses or is over: what is left of it goes out.
    pub(super) fn pause(&mut self, now: Instant, out: &mut Outputs) {
        if let Some(mut packing) = self.packing.take() {
            while let Some((sound, ms)) = packing.take() {
                self.send_sound(now, ms, sound, out);
            }
            self.packing = Some(packing);
        }
        self.end_turn();
    }

    fn send_sound(&mut self, now: Instant, ms: u32, sound: &[u8], out: &mut Outputs) {
        let Some(number) = self.session.as_ref().map(|session| session.payload) else { return };
        let numbers = self.outgoing.frame(now, ms);
        self.emit(numbers, number, sound, out);
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
            Encryption::Awaited | Encryption::Broken => false,
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
