//! An INVITE that we received: provisional answers, reliable or not, and the final one.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;
use smallvec::SmallVec;

use crate::Request;
use crate::dialog::Dialog;
use crate::endpoint::compose::{self, Field};
use crate::endpoint::offers::{Offers, Unacknowledged};
use crate::endpoint::refers::Refers;
use crate::endpoint::session::Session;
use crate::endpoint::usage::{Stage, Usage, body_of_request, parse_reason, reason_value};
use crate::endpoint::wire::{Answer, Turn};
use crate::endpoint::{Body, EndCause, Event, ExtraHeader, Reason, Status, UsageId};
use crate::message::name::HeaderName;
use crate::transport::Source;

/// A provisional response is repeated this often, so that no proxy loses patience. RFC 3261 §13.3.1.1
const REMIND_EVERY: Duration = Duration::from_mins(1);
/// Most answers that wait for a PRACK: ringing, early media and a few changes of it.
const WAITING_MAX: usize = 16;

/// Whether provisional responses are reliable. RFC 3262 §3
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reliability {
    /// The peer does not know it.
    Never,
    /// The peer supports it.
    WithBody,
    /// The peer requires it.
    Always,
}

/// A reliable provisional response that waits for its PRACK.
#[derive(Debug)]
struct Pending {
    packet: Bytes,
    rseq: u32,
    has_body: bool,
    again_at: Instant,
    interval: Duration,
    give_up_at: Instant,
}

/// An answer that waits for the PRACK to an earlier one.
#[derive(Debug)]
enum Waiting {
    Progress { status: Status, headers: Vec<ExtraHeader>, body: Option<Body> },
    Accept { headers: Vec<ExtraHeader>, body: Option<Body> },
}

/// What is kept of their INVITE until our final answer.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub server: u64,
    cseq: u32,
    reliability: Reliability,
    has_offer: bool,
    /// The offer of the INVITE, or ours in a provisional response, has its answer.
    pub is_settled: bool,
    rseq: u32,
    pending: Option<Pending>,
    waiting: VecDeque<Waiting>,
    /// The last provisional status, and when to say it again.
    remind: Option<(Status, Instant)>,
}

impl Incoming {
    pub fn next_deadline(&self) -> Option<Instant> {
        match (&self.pending, self.remind) {
            (Some(pending), _) => Some(pending.again_at.min(pending.give_up_at)),
            (None, Some((_, at))) => Some(at),
            (None, None) => None,
        }
    }
}

impl Usage {
    /// Opens an INVITE and answers 100. None if a copy of it is open already.
    pub fn open(turn: &mut Turn<'_>, id: UsageId, request: &Request, source: &Source) -> Option<Self> {
        let tag = turn.wire.table.common.namer.tag(id.0);
        let server = turn.open(request, source, Some(tag.text.as_str()), Some(id))?;
        turn.respond(server, &Answer::bare(Status(100)));
        let flow = source.reply_target();
        let user = user_of(request.uri());
        let is_secure = request.uri().starts_with("sips:");
        let contact = compose::contact(user, &flow, &turn.wire.config, is_secure);
        let incoming = Incoming {
            server,
            cseq: request.cseq().number,
            reliability: if request.requires("100rel") {
                Reliability::Always
            } else if request.supports("100rel") {
                Reliability::WithBody
            } else {
                Reliability::Never
            },
            has_offer: !request.body().is_empty(),
            is_settled: false,
            rseq: turn.wire.table.common.namer.up_to(0xffff),
            pending: None,
            waiting: VecDeque::new(),
            remind: None,
        };
        let mut dialogs = SmallVec::new();
        dialogs.push(Dialog::from_request(request, flow, tag.text.as_str()));
        Some(Self {
            id,
            tag,
            call_id: request.call_id().into(),
            contact,
            dialogs,
            stage: Stage::Incoming(Box::new(incoming)),
            offers: Offers::default(),
            session: Session::asked(request),
            refers: Refers::default(),
            to_acknowledge: None,
            local_body: None,
            credentials: None,
            n_challenges: 0,
            is_silent: false,
            bye_on_ack: None,
            overtaken: None,
            is_over: false,
            is_caller: false,
            indexed_connection: None,
            deadline: None,
        })
    }

    /// 101 to 199.
    pub fn progress(&mut self, turn: &mut Turn<'_>, status: Status, headers: &[ExtraHeader], body: Option<Body>) {
        let Stage::Incoming(incoming) = &mut self.stage else { return };
        let is_reliable = match incoming.reliability {
            Reliability::Never => false,
            Reliability::WithBody => body.is_some(),
            Reliability::Always => true,
        };
        if incoming.pending.is_some() && is_reliable {
            if incoming.waiting.len() < WAITING_MAX {
                incoming.waiting.push_back(Waiting::Progress { status, headers: headers.to_vec(), body });
            }
            return;
        }
        incoming.remind = Some((status, turn.now + REMIND_EVERY));
        let (server, rseq) = (incoming.server, incoming.rseq.wrapping_add(1));
        let rseq_text = rseq.to_string();
        let mut fields: SmallVec<[Field<'_>; 4]> = SmallVec::new();
        fields.push(("Contact", &self.contact));
        fields.push(("Allow", super::ALLOW));
        if is_reliable {
            fields.push(("Require", "100rel"));
            fields.push(("RSeq", &rseq_text));
        }
        let answer = Answer { status, fields: &fields, headers, body: body.as_ref() };
        let sent = turn.respond(server, &answer);
        if let (true, Some(packet)) = (is_reliable, sent) {
            let times = &turn.wire.table.common.times;
            incoming.rseq = rseq;
            incoming.pending = Some(Pending {
                packet,
                rseq,
                has_body: body.is_some(),
                again_at: turn.now + times.t1,
                interval: times.t1,
                give_up_at: turn.now + times.give_up(),
            });
        }
        if body.is_some() {
            self.local_body = body;
        }
    }

    /// 200; waits for a PRACK if a session description is at stake. RFC 3262 §3
    pub fn accept(&mut self, turn: &mut Turn<'_>, headers: &[ExtraHeader], body: Option<Body>) {
        let Stage::Incoming(incoming) = &mut self.stage else { return };
        if incoming.pending.as_ref().is_some_and(|pending| pending.has_body) || self.offers.is_prack_open() {
            incoming.waiting.push_back(Waiting::Accept { headers: headers.to_vec(), body });
            return;
        }
        let (server, cseq) = (incoming.server, incoming.cseq);
        self.overtaken = incoming.pending.as_ref().map(|pending| (pending.rseq, cseq));
        let carries_offer = !incoming.has_offer && !incoming.is_settled && body.is_some();
        let session = self.session.answer(turn.now, self.dialogs.last().is_some_and(|dialog| dialog.supports_timer));
        let mut fields = self.offer_fields();
        session.push_fields(&mut fields);
        let answer = Answer { status: Status(200), fields: &fields, headers, body: body.as_ref() };
        let sent = turn.respond(server, &answer);
        drop(fields);
        self.stage = Stage::Established;
        if let Some(packet) = sent {
            let unacknowledged = Unacknowledged::new(turn, server, packet, cseq, carries_offer);
            self.offers.wait_for_ack(unacknowledged);
        }
        if body.is_some() {
            self.local_body = body;
        }
    }

    /// 300 to 699: the usage is gone.
    pub fn refuse(&mut self, turn: &mut Turn<'_>, status: Status, reason: Option<&Reason>, headers: &[ExtraHeader]) {
        let Stage::Incoming(incoming) = &self.stage else { return };
        let server = incoming.server;
        let text = reason.map(reason_value);
        let mut fields: SmallVec<[Field<'_>; 3]> = SmallVec::new();
        if let Some(text) = &text {
            fields.push(("Reason", text));
        }
        if status.0 == 405 {
            fields.push(("Allow", super::ALLOW));
        }
        if status.0 == 415 || status.0 == 488 {
            fields.push(("Accept", compose::ACCEPT));
        }
        turn.respond(server, &Answer { status, fields: &fields, headers, body: None });
        self.is_silent = true;
        self.close_open_requests(turn);
        self.is_over = true;
    }

    /// CANCEL came before the final answer. RFC 3261 §9.2
    pub fn handle_cancel(&mut self, turn: &mut Turn<'_>, cancel: &Request) {
        let Stage::Incoming(incoming) = &self.stage else { return };
        turn.respond(incoming.server, &Answer::bare(Status(487)));
        let reason = cancel.header(HeaderName::Reason).and_then(parse_reason);
        self.emit(turn, Event::Cancelled { usage: self.id, reason });
        self.close_open_requests(turn);
        self.is_over = true;
    }

    /// The reminder or a reliable provisional response is due.
    pub fn incoming_due(&mut self, turn: &mut Turn<'_>) {
        let Stage::Incoming(incoming) = &mut self.stage else { return };
        let Some(pending) = &mut incoming.pending else {
            if let Some((status, _)) = incoming.remind.filter(|(_, at)| *at <= turn.now) {
                self.progress(turn, status, &[], None);
            }
            return;
        };
        if pending.give_up_at <= turn.now {
            // The peer is gone, or does not do what it said it can. RFC 3262 §3
            turn.respond(incoming.server, &Answer::bare(Status(504)));
            self.emit(turn, Event::Ended { usage: self.id, cause: EndCause::Unreachable });
            self.close_open_requests(turn);
            self.is_over = true;
        } else if pending.again_at <= turn.now {
            pending.interval *= 2;
            pending.again_at = turn.now + pending.interval;
            turn.repeat(incoming.server, &pending.packet);
        }
    }

    /// PRACK. RFC 3262 §3
    pub fn handle_prack(&mut self, turn: &mut Turn<'_>, request: &Request, source: &Source) {
        let rack = request.header(HeaderName::RAck).and_then(parse_rack);
        let Stage::Incoming(incoming) = &mut self.stage else {
            let is_late = rack.is_some() && rack == self.overtaken.take();
            return turn.respond_at_once(request, source, Status(if is_late { 200 } else { 481 }), &[]);
        };
        let expected = incoming.pending.as_ref().map(|pending| (pending.rseq, incoming.cseq));
        if rack.is_none() || rack != expected {
            let status = if rack.is_none() { Status(400) } else { Status(481) };
            return turn.respond_at_once(request, source, status, &[]);
        }
        let acknowledged = incoming.pending.take();
        let carried_body = acknowledged.is_some_and(|pending| pending.has_body);
        let body = body_of_request(request);
        let is_new_offer = body.is_some() && (incoming.is_settled || incoming.has_offer);
        incoming.is_settled |= carried_body;
        if is_new_offer {
            let Some(server) = turn.open(request, source, None, Some(self.id)) else { return };
            self.offers.open_prack(server);
        } else {
            turn.respond_at_once(request, source, Status(200), &[]);
        }
        self.emit(turn, Event::ProvisionallyAcknowledged { usage: self.id, body });
        if !is_new_offer {
            self.go_on_answering(turn);
        }
    }

    /// The answer in the 200 to a PRACK.
    pub fn answer_prack(&mut self, turn: &mut Turn<'_>, body: Option<Body>) {
        let Some(server) = self.offers.take_prack() else { return };
        turn.respond(server, &Answer { status: Status(200), fields: &[], headers: &[], body: body.as_ref() });
        if body.is_some() {
            self.local_body = body;
        }
        self.go_on_answering(turn);
    }

    /// Sends what waited for a PRACK.
    fn go_on_answering(&mut self, turn: &mut Turn<'_>) {
        while let Stage::Incoming(incoming) = &mut self.stage {
            if incoming.pending.is_some() {
                return;
            }
            match incoming.waiting.pop_front() {
                Some(Waiting::Progress { status, headers, body }) => self.progress(turn, status, &headers, body),
                Some(Waiting::Accept { headers, body }) => self.accept(turn, &headers, body),
                None => return,
            }
        }
    }
}

/// The user part of a Request-URI, as it is written.
fn user_of(uri: &str) -> &str {
    let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    let user = rest.split_once('@').map_or("", |(user, _)| user.split(':').next().unwrap_or_default());
    if user.bytes().all(|byte| byte.is_ascii_graphic()) { user } else { "" }
}

/// RSeq and CSeq number of a RAck value for an INVITE. RFC 3262 §7.2
fn parse_rack(value: &str) -> Option<(u32, u32)> {
    let mut words = value.split_ascii_whitespace();
    let (rseq, cseq) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    (words.next() == Some("INVITE")).then_some((rseq, cseq))
}
