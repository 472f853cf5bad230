//! One leg: its peer, its two streams, and what it plays.

use std::time::Instant;

use crate::codec::FRAME_MS;
use crate::dtmf::receive::Receiver;
use crate::dtmf::send::Sender;
use crate::engine::{Component, Outputs};
use crate::latch::Latch;
use crate::order::{Digit, Event, LegId, PortGrant};
use crate::quality::{self, Quality};
use crate::rtp::{self, Header};
use crate::sdp::format::{Format, clock_khz};
use crate::sdp::{Session, Srtp};
use crate::srtp::Protection;

mod ear;
mod hearing;
pub(crate) mod incoming;
mod mixing;
pub(crate) mod outgoing;
mod packing;
pub(crate) mod player;
mod recording;
pub(crate) mod reports;
mod securing;
mod speaking;
mod taping;
mod ticking;
mod transcoding;
mod voice;

use incoming::Incoming;
use mixing::Mixing;
use outgoing::Outgoing;
use packing::Packing;
use player::Player;
use recording::Recording;
use reports::Reports;
use securing::Securing;
use taping::Taping;
use transcoding::Transcoding;

/// Who hears what this leg's peer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coupling {
    Nobody,
    Itself,
    Leg(u32),
}

/// A leg that hears this one's peer beside whom the peer talks with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listener {
    /// In what it hears mixed.
    Mixed(LegId),
    /// In the recording of both sides that it has.
    Taped(LegId),
}

/// One leg of the engine.
pub(crate) struct Leg {
    pub(crate) id: LegId,
    pub(crate) coupling: Coupling,
    /// Empty for nearly all: then a packet costs nothing but to look.
    pub(crate) listeners: Vec<Listener>,
    pub(crate) grant: PortGrant,
    identity: Identity,
    session: Option<Session>,
    latch: Latch,
    encryption: Encryption,
    /// For a peer that ICE finds and DTLS agrees on keys with.
    securing: Option<Box<Securing>>,
    incoming: Incoming,
    outgoing: Outgoing,
    digits: Receiver,
    reports: Reports,
    playing: Option<Box<Player>>,
    sending: Option<Box<Sending>>,
    transcoding: Option<Box<Transcoding>>,
    recording: Option<Box<Recording>>,
    mixing: Option<Box<Mixing>>,
    taping: Option<Box<Taping>>,
    /// None where packets hold the 20 ms that everything is made in.
    packing: Option<Box<Packing>>,
    tick_at: Option<Instant>,
    report_at: Option<Instant>,
    silence_at: Option<Instant>,
    /// When the peer was last expected to begin to send, or gave a sign of life other than sound.
    alive_at: Option<Instant>,
    silence_told: Option<Instant>,
}

enum Encryption {
    Plain,
    /// The keys are being agreed on: nothing passes, and what is played waits.
    Awaited,
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
    /// The event's press was meant for whoever listened before.
    pub(crate) is_spent: bool,
}

/// What our reports tell of us. It stays with the leg when it moves to another engine: the peer shall not notice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identity {
    /// Where our clock began.
    pub(crate) started: Instant,
    /// Our canonical name: it tells peers nothing. RFC 7022
    pub(crate) name: [u8; 8],
}

impl Leg {
    pub(crate) fn new(id: LegId, grant: PortGrant, identity: Identity, outgoing: Outgoing) -> Self {
        Self {
            id,
            coupling: Coupling::Nobody,
            listeners: Vec::new(),
            grant,
            identity,
            session: None,
            latch: Latch::new(),
            encryption: Encryption::Plain,
            securing: None,
            incoming: Incoming::default(),
            outgoing,
            digits: Receiver::default(),
            reports: Reports::default(),
            playing: None,
            sending: None,
            transcoding: None,
            recording: None,
            mixing: None,
            taping: None,
            packing: None,
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
        if let Some(webrtc) = &session.webrtc {
            self.secure(now, webrtc);
        } else {
            self.securing = None;
            match &session.srtp {
                None => self.encryption = Encryption::Plain,
                Some(keys) => self.set_keys(keys),
            }
        }
        self.alive_at = Some(now);
        self.silence_at = session.silence_limit.filter(|_| session.direction.receives()).map(|limit| now + limit);
        if self.report_at.is_none() {
            self.report_at = Some(Reports::next_after(now, chance));
        }
        let (codec, packet_ms) = (session.codec, session.packet_ms);
        if packet_ms == FRAME_MS {
            self.packing = None;
        } else if self.packing.as_ref().is_none_or(|packing| !packing.fits(codec, packet_ms)) {
            self.packing = Some(Box::new(Packing::new(codec, packet_ms)));
        }
        self.session = Some(session);
    }

    fn set_keys(&mut self, keys: &Srtp) {
        self.encryption = match std::mem::replace(&mut self.encryption, Encryption::Broken) {
            Encryption::Protected(mut protection) => match protection.rekey(keys) {
                Some(()) => Encryption::Protected(protection),
                None => Encryption::Broken,
            },
            Encryption::Plain | Encryption::Awaited | Encryption::Broken => {
                Protection::new(keys).map_or(Encryption::Broken, |new| Encryption::Protected(Box::new(new)))
            }
        };
    }

    pub(crate) fn play(&mut self, first_tick: Instant, player: Player) {
        self.playing = Some(Box::new(player));
        self.end_turn();
        self.tick_at.get_or_insert(first_tick);
    }

    pub(crate) fn stop(&mut self) {
        if self.playing.take().is_some() {
            self.end_turn();
        }
    }

    /// Digits go out only if events were agreed on.
    pub(crate) fn send_digit(&mut self, first_tick: Instant, digit: Digit, duration_ms: u32) {
        if self.session.as_ref().is_some_and(Session::takes_events) {
            self.sending.get_or_insert_default().sender.push(digit, duration_ms);
            self.tick_at.get_or_insert(first_tick);
        }
    }

    /// Has something to do by the clock from now on.
    pub(crate) fn wake(&mut self, first_tick: Instant) {
        if self.mixing.is_some() {
            self.tick_at.get_or_insert(first_tick);
        }
    }

    /// Another listener from now on.
    pub(crate) fn couple(&mut self, coupling: Coupling) {
        self.coupling = coupling;
        self.digits.change_listener();
    }

    /// Nobody is heard any more; what comes next is a new turn.
    pub(crate) fn hear_nobody(&mut self) {
        self.transcoding = None;
        self.end_turn();
    }

    /// What comes next is from somebody else; what is left of the sound before is not sent.
    fn end_turn(&mut self) {
        self.outgoing.end_turn();
        if let Some(packing) = &mut self.packing {
            packing.clear();
        }
    }

    pub(crate) fn reports_at_or_before(&self, now: Instant) -> bool {
        self.report_at.is_some_and(|at| at <= now)
    }

    /// When there is something to do.
    pub(crate) fn next_at(&self) -> Option<Instant> {
        let securing = self.securing.as_ref().and_then(|securing| securing.next_deadline());
        [self.tick_at, self.report_at, self.silence_at, securing].into_iter().flatten().min()
    }

    /// The figures of the whole life, and an end for the peer's statistics.
    pub(crate) fn close(mut self, now: Instant, out: &mut Outputs) {
        self.stop_recording(out);
        self.stop_taping(out);
        if self.outgoing.packets > 0 {
            self.report(now, true, out);
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

pub(crate) use securing::is_securing;

/// Whether a packet that reached the RTP port belongs to the RTCP side.
pub(crate) fn is_report(component: Component, packet: &[u8]) -> bool {
    component == Component::Rtcp || rtp::is_rtcp(packet)
}
