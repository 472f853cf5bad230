//! One leg: its peer, its two streams, and what it plays.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::dtmf::receive::Receiver;
use crate::dtmf::send::{Sender, Step};
use crate::dtmf::{self};
use crate::engine::{Component, Outputs, Send};
use crate::latch::{Latch, Standing};
use crate::limits::RTP_BYTES_MAX;
use crate::order::{Digit, Event, LegId, PortGrant};
use crate::quality::{self, Quality};
use crate::rtcp::{self, SenderInfo};
use crate::rtp::{self, Header};
use crate::sdp::format::{Format, clock_khz};
use crate::sdp::{Codec, Session};
use crate::srtp::Protection;

pub(crate) mod incoming;
pub(crate) mod outgoing;
pub(crate) mod player;
pub(crate) mod reports;
mod transcoding;

use incoming::Incoming;
use outgoing::{Numbers, Outgoing};
use player::{Frame, Player, Tones};
use reports::Reports;
use transcoding::Transcoding;

const FRAME: Duration = Duration::from_millis(20);
/// A thread that was held up sends at most this much at once, then goes on from where the clock is.
const BEHIND_MAX: Duration = Duration::from_millis(100);

/// Who hears what this leg's peer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coupling {
    Nobody,
    Itself,
    Leg(u32),
}

/// One leg of the engine.
pub(crate) struct Leg {
    pub(crate) id: LegId,
    pub(crate) coupling: Coupling,
    grant: PortGrant,
    session: Option<Session>,
    latch: Latch,
    encryption: Encryption,
    incoming: Incoming,
    outgoing: Outgoing,
    digits: Receiver,
    reports: Reports,
    playing: Option<Box<Player>>,
    sending: Option<Box<Sending>>,
    transcoding: Option<Box<Transcoding>>,
    tick_at: Option<Instant>,
    report_at: Option<Instant>,
    silence_at: Option<Instant>,
    /// When the peer was last expected to begin to send, or gave a sign of life other than sound.
    alive_at: Option<Instant>,
    silence_told: Option<Instant>,
}

enum Encryption {
    Plain,
    Protected(Box<Protection>),
    /// Agreed on, but the keys could not be used: nothing passes.
    Broken,
}

/// Digits that are being sent, and the timestamp of the one that sounds.
#[derive(Default)]
struct Sending {
    sender: Sender,
    timestamp: u32,
}

/// A genuine packet of the peer that others may hear.
pub(crate) struct Heard {
    pub(crate) header: Header,
    pub(crate) format: Format,
    pub(crate) digit: Option<Digit>,
}

/// What all legs share.
pub(crate) struct Surroundings<'a> {
    pub(crate) started: Instant,
    pub(crate) name: &'a [u8; 8],
    pub(crate) tones: &'a mut Tones,
}

impl Leg {
    pub(crate) fn new(id: LegId, grant: PortGrant, outgoing: Outgoing) -> Self {
        Self {
            id,
            coupling: Coupling::Nobody,
            grant,
            session: None,
            latch: Latch::new(),
            encryption: Encryption::Plain,
            incoming: Incoming::default(),
            outgoing,
            digits: Receiver::default(),
            reports: Reports::default(),
            playing: None,
            sending: None,
            transcoding: None,
            tick_at: None,
            report_at: None,
            silence_at: None,
            alive_at: None,
            silence_told: None,
        }
    }

    /// A new description is in force. `chance` spreads the reports.
    pub(crate) fn set_session(&mut self, now: Instant, session: Session, chance: u32) {
        self.latch.set_session(&session);
        self.outgoing.set_clock(clock_khz(session.codec));
        self.encryption = match (std::mem::replace(&mut self.encryption, Encryption::Broken), &session.srtp) {
            (_, None) => Encryption::Plain,
            (Encryption::Protected(mut protection), Some(keys)) => match protection.rekey(keys) {
                Some(()) => Encryption::Protected(protection),
                None => Encryption::Broken,
            },
            (Encryption::Plain | Encryption::Broken, Some(keys)) => {
                Protection::new(keys).map_or(Encryption::Broken, |new| Encryption::Protected(Box::new(new)))
            }
        };
        self.alive_at = Some(now);
        self.silence_at = session.silence_limit.filter(|_| session.direction.receives()).map(|limit| now + limit);
        if self.report_at.is_none() {
            self.report_at = Some(Reports::next_after(now, chance));
        }
        self.session = Some(session);
    }

    pub(crate) fn play(&mut self, first_tick: Instant, player: Player) {
        self.playing = Some(Box::new(player));
        self.outgoing.end_turn();
        self.tick_at.get_or_insert(first_tick);
    }

    pub(crate) fn stop(&mut self) {
        self.playing = None;
    }

    /// Digits go out only if events were agreed on.
    pub(crate) fn send_digit(&mut self, first_tick: Instant, digit: Digit, duration_ms: u32) {
        if self.session.as_ref().is_some_and(Session::takes_events) {
            self.sending.get_or_insert_default().sender.push(digit, duration_ms);
            self.tick_at.get_or_insert(first_tick);
        }
    }

    /// Nobody is heard any more; what comes next is a new turn.
    pub(crate) fn hear_nobody(&mut self) {
        self.transcoding = None;
        self.outgoing.end_turn();
    }

    pub(crate) fn reports_at_or_before(&self, now: Instant) -> bool {
        self.report_at.is_some_and(|at| at <= now)
    }

    /// When there is something to do.
    pub(crate) fn next_at(&self) -> Option<Instant> {
        [self.tick_at, self.report_at, self.silence_at].into_iter().flatten().min()
    }

    /// The figures of the whole life, and an end for the peer's statistics.
    pub(crate) fn close(mut self, now: Instant, around: &Surroundings<'_>, out: &mut Outputs) {
        if self.outgoing.packets > 0 {
            self.report(now, around, true, out);
        }
        let quality = self.quality();
        out.events.push(Event::Closed { leg: self.id, grant: self.grant, quality });
    }

    fn quality(&self) -> Quality {
        let (jitter_ms, jitter_ms_max) = self.incoming.jitter_ms();
        let codec = self.session.as_ref().map(Session::codec);
        Quality {
            packets_received: self.incoming.packets,
            packets_sent: self.outgoing.packets,
            octets_received: self.incoming.octets,
            octets_sent: self.outgoing.octets,
            packets_lost: self.incoming.lost(),
            packets_refused: self.incoming.refused,
            jitter_ms,
            jitter_ms_max,
            remote_loss_fraction: self.reports.remote_loss,
            round_trip_ms: self.reports.round_trip_ms,
            mos: codec
                .filter(|_| self.incoming.packets > 0)
                .map(|codec| quality::mos(codec, self.incoming.loss_fraction())),
            codec: codec.map(quality::codec_name),
        }
    }
}

/// From the peer.
impl Leg {
    /// Judges an RTP packet by its source, its proof and its form. None for what nobody may hear.
    #[inline]
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        started: Instant,
        from: SocketAddr,
        packet: &mut [u8],
    ) -> Option<Heard> {
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
                let elapsed = now.saturating_duration_since(started);
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
        Some(Heard { header, format, digit })
    }

    fn judge(&mut self, now: Instant, from: SocketAddr, packet: &mut [u8]) -> Option<(Header, Format)> {
        let session = self.session.as_ref()?;
        if packet.len() > RTP_BYTES_MAX {
            return None;
        }
        let header = Header::parse(packet)?;
        let format = session.format(header.payload)?;
        let standing = self.latch.judge(from);
        let header = match &mut self.encryption {
            Encryption::Broken => return None,
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
        if standing != Standing::Peer {
            self.latch.set_peer(from);
        }
        Some((header, format))
    }

    /// Takes a report of the peer.
    pub(crate) fn receive_report(&mut self, now: Instant, started: Instant, from: SocketAddr, packet: &mut [u8]) {
        if self.session.is_none() || !self.read_report(now, started, from, packet) {
            self.incoming.refused += 1;
        }
    }

    fn read_report(&mut self, now: Instant, started: Instant, from: SocketAddr, packet: &mut [u8]) -> bool {
        let shared = self.latch.judge(from) == Standing::Peer;
        let length = match &mut self.encryption {
            Encryption::Plain => packet.len(),
            Encryption::Protected(protection) => match protection.unprotect_rtcp(packet) {
                Some(length) => length,
                None => return false,
            },
            Encryption::Broken => return false,
        };
        if !shared && !self.latch.admits_rtcp(from) {
            return false;
        }
        let (ours, sent) = (self.outgoing.ssrc(), self.outgoing.packets);
        let whole = packet
            .get(..length)
            .is_some_and(|packet| rtcp::read(packet, |part| self.reports.take(now, started, ours, sent, part)));
        if whole {
            self.alive_at = Some(now);
        }
        whole
    }
}

/// To the peer.
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

    fn emit(&mut self, numbers: Numbers, payload: u8, sound: &[u8], out: &mut Outputs) {
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

    /// Does what is due.
    pub(crate) fn handle_timeout(
        &mut self,
        now: Instant,
        chance: u32,
        around: &mut Surroundings<'_>,
        out: &mut Outputs,
    ) {
        while let Some(at) = self.tick_at.filter(|at| *at <= now) {
            if now.duration_since(at) > BEHIND_MAX {
                self.tick_at = Some(now);
            }
            self.tick(now, around.tones, out);
        }
        if self.report_at.is_some_and(|at| at <= now) {
            self.report(now, around, false, out);
            self.report_at = Some(Reports::next_after(now, chance));
        }
        if self.silence_at.is_some_and(|at| at <= now) {
            self.check_silence(now, out);
        }
    }

    /// The 20 ms that begin at `tick_at`.
    fn tick(&mut self, now: Instant, tones: &mut Tones, out: &mut Outputs) {
        let more = self.tick_digits(now, out) | self.tick_player(now, tones, out) | self.tick_transcoding(now, out);
        self.tick_at = self.tick_at.filter(|_| more).map(|at| at + FRAME);
    }

    fn tick_digits(&mut self, now: Instant, out: &mut Outputs) -> bool {
        let Some(mut sending) = self.sending.take() else { return false };
        let Some((number, khz)) = self.session.as_ref().and_then(|session| session.event) else { return false };
        match sending.sender.step(khz) {
            Step::Packet { begins, event } => {
                if begins {
                    sending.timestamp = self.outgoing.timestamp_at(now);
                }
                let numbers = self.outgoing.event(begins, sending.timestamp);
                self.emit(numbers, number, &event.to_bytes(), out);
            }
            Step::Pause => {}
            Step::Done => return false,
        }
        self.sending = Some(sending);
        true
    }

    fn tick_player(&mut self, now: Instant, tones: &mut Tones, out: &mut Outputs) -> bool {
        let Some(mut player) = self.playing.take() else { return false };
        // Before there is a session nothing is lost: the prompt waits for it.
        if let Some(session) = &self.session {
            let (codec, number) = (session.codec, session.payload);
            let speaks = session.direction.sends() && self.sending.is_none();
            match player.step(codec, tones) {
                Frame::Sound(sound) if speaks => {
                    let numbers = self.outgoing.frame(now);
                    self.emit(numbers, number, sound, out);
                }
                Frame::Sound(_) => {}
                Frame::Silence => self.outgoing.end_turn(),
                Frame::Over => {
                    out.events.push(Event::Played { leg: self.id, play: player.play() });
                    self.outgoing.end_turn();
                    return false;
                }
            }
        }
        self.playing = Some(player);
        true
    }

    fn tick_transcoding(&mut self, now: Instant, out: &mut Outputs) -> bool {
        let Some(mut transcoding) = self.transcoding.take() else { return false };
        let Some(session) = &self.session else { return false };
        let number = session.payload;
        let speaks = session.direction.sends()
            && self.sending.is_none()
            && self.playing.is_none()
            && transcoding.fits_to(session.codec);
        let more = transcoding.step(now, |sound| {
            if speaks {
                let numbers = self.outgoing.frame(now);
                self.emit(numbers, number, sound, out);
            }
        });
        if !more {
            self.outgoing.end_turn();
        }
        self.transcoding = Some(transcoding);
        more
    }

    fn report(&mut self, now: Instant, around: &Surroundings<'_>, bye: bool, out: &mut Outputs) {
        let Some(to) = self.latch.rtcp_to() else { return };
        let outgoing = &self.outgoing;
        let info = (outgoing.packets > 0).then(|| {
            SenderInfo::new(now, around.started, outgoing.timestamp_at(now), outgoing.packets, outgoing.octets)
        });
        let (last, since) = self.reports.last_heard(now);
        let block = self.incoming.report(last, since);
        let start = out.bytes.len();
        rtcp::write_report(&mut out.bytes, outgoing.ssrc(), info, block, around.name);
        if bye {
            rtcp::write_bye(&mut out.bytes, outgoing.ssrc());
        }
        let may_leave = match &mut self.encryption {
            Encryption::Plain => true,
            Encryption::Protected(protection) => protection.protect_rtcp(&mut out.bytes, start),
            Encryption::Broken => false,
        };
        if !may_leave {
            out.bytes.truncate(start);
            return;
        }
        let mux = self.session.as_ref().is_some_and(|session| session.rtcp_mux);
        let component = if mux { Component::Rtp } else { Component::Rtcp };
        out.sends.push(Send { leg: self.id, component, to, range: start..out.bytes.len() });
    }

    /// Tells of silence once for each time that the peer fell silent; packets don't move the deadline, this does.
    fn check_silence(&mut self, now: Instant, out: &mut Outputs) {
        let limit = self.session.as_ref().filter(|session| session.direction.receives()).and_then(|s| s.silence_limit);
        let (Some(limit), Some(alive_at)) = (limit, self.incoming.heard_at.max(self.alive_at)) else {
            self.silence_at = None;
            return;
        };
        if now.saturating_duration_since(alive_at) < limit {
            self.silence_at = Some(alive_at + limit);
            return;
        }
        self.silence_at = Some(now + limit);
        if self.silence_told != Some(alive_at) {
            self.silence_told = Some(alive_at);
            out.events.push(Event::Silent { leg: self.id });
        }
    }
}

/// Whether a packet that reached the RTP port belongs to the RTCP side.
pub(crate) fn is_report(component: Component, packet: &[u8]) -> bool {
    component == Component::Rtcp || rtp::is_rtcp(packet)
}
