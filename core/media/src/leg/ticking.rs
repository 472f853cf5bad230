//! What one leg does by the clock: the next 20 ms of what it plays or decodes, reports, and noticing silence.

use std::time::{Duration, Instant};

use super::player::{Frame, Tones};
use super::reports::Reports;
use super::{Encryption, Identity, Leg};
use crate::dtmf::send::Step;
use crate::engine::{Component, Outputs, Send};
use crate::order::Event;
use crate::rtcp::{self, SenderInfo};

const FRAME: Duration = Duration::from_millis(20);
/// A thread that was held up sends at most this much at once, then goes on from where the clock is.
const BEHIND_MAX: Duration = Duration::from_millis(100);

impl Leg {
    /// Does what is due.
    pub(crate) fn handle_timeout(&mut self, now: Instant, chance: u32, tones: &mut Tones, out: &mut Outputs) {
        while let Some(at) = self.tick_at.filter(|at| *at <= now) {
            if now.duration_since(at) > BEHIND_MAX {
                self.tick_at = Some(now);
            }
            self.tick(now, tones, out);
        }
        self.handle_securing_timeout(now, out);
        if self.report_at.is_some_and(|at| at <= now) {
            self.report(now, false, out);
            self.report_at = Some(Reports::next_after(now, chance));
        }
        if self.silence_at.is_some_and(|at| at <= now) {
            self.check_silence(now, out);
        }
    }

    /// The 20 ms that begin at `tick_at`.
    fn tick(&mut self, now: Instant, tones: &mut Tones, out: &mut Outputs) {
        let is_frame_due = self.packing.as_mut().is_none_or(|packing| packing.advance());
        let more = !is_frame_due
            || self.tick_digits(now, out)
                | self.tick_player(now, tones, out)
                | self.tick_transcoding(now, out)
                | self.tick_mixing(now, out)
                | self.tick_recording(now, out)
                | self.tick_taping(now, out);
        self.send_packed(now, out);
        let step = self.packing.as_ref().map_or(FRAME, |packing| packing.step());
        self.tick_at = self.tick_at.filter(|_| more).map(|at| at + step);
    }

    fn tick_digits(&mut self, now: Instant, out: &mut Outputs) -> bool {
        let Some(mut sending) = self.sending.take() else { return false };
        let Some((number, khz)) = self.session.as_ref().and_then(|session| session.event) else { return false };
        match sending.sender.step(khz) {
            Step::Packet { begins, event } => {
                if begins {
                    self.pause(now, out);
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
        if let Some(session) = self.session.as_ref().filter(|_| self.is_secure_yet()) {
            let codec = session.codec;
            let speaks = session.direction.sends() && self.sending.is_none();
            match player.step(codec, tones) {
                Frame::Sound(sound) if speaks => self.speak(now, sound, out),
                Frame::Sound(_) => {}
                Frame::Silence => self.pause(now, out),
                Frame::Over => {
                    out.events.push(Event::Played { leg: self.id, play: player.play() });
                    self.pause(now, out);
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
        let speaks = session.direction.sends()
            && self.sending.is_none()
            && self.playing.is_none()
            && transcoding.fits_to(session.codec);
        let more = transcoding.step(now, |sound| {
            if speaks {
                self.speak(now, sound, out);
            }
        });
        if !more {
            self.pause(now, out);
        }
        self.transcoding = Some(transcoding);
        more
    }

    pub(super) fn report(&mut self, now: Instant, bye: bool, out: &mut Outputs) {
        let Some(to) = self.latch.rtcp_to() else { return };
        let Identity { started, name } = self.identity;
        let outgoing = &self.outgoing;
        let info = (outgoing.packets > 0)
            .then(|| SenderInfo::new(now, started, outgoing.timestamp_at(now), outgoing.packets, outgoing.octets));
        let (last, since) = self.reports.last_heard(now);
        let block = self.incoming.report(last, since);
        let start = out.bytes.len();
        rtcp::write_report(&mut out.bytes, outgoing.ssrc(), info, block, &name);
        if bye {
            rtcp::write_bye(&mut out.bytes, outgoing.ssrc());
        }
        let may_leave = match &mut self.encryption {
            Encryption::Plain => true,
            Encryption::Protected(protection) => protection.protect_rtcp(&mut out.bytes, start),
            Encryption::Awaited | Encryption::Broken => false,
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
