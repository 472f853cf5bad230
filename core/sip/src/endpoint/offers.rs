//! Offers inside a dialog, either way: re-INVITE and UPDATE, glare, and the wait for ACK.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::endpoint::compose::Field;
use crate::endpoint::session::{Session, SessionAnswer};
use crate::endpoint::usage::{Stage, ToAcknowledge, Usage, body_of_request, body_of_response, send_ack};
use crate::endpoint::wire::{Answer, Turn};
use crate::endpoint::{Body, EndCause, Event, OfferMethod, Status};
use crate::transaction::clients::Received;
use crate::transaction::table::Purpose;
use crate::transport::Source;
use crate::{Method, Request, Response};

/// Most offers of the application that wait for their turn; more are refused at once.
const WAITING_MAX: usize = 8;
/// How often an offer is tried again after glare before the application hears of it.
const GLARES_MAX: u8 = 8;

/// An offer of ours that is under way.
#[derive(Debug)]
struct Ours {
    transaction: u64,
    cseq: u32,
    method: OfferMethod,
    body: Option<Body>,
    is_refresh: bool,
    n_glares: u8,
}

/// An offer of theirs that the application has not answered.
#[derive(Debug)]
struct Theirs {
    server: u64,
    cseq: u32,
    method: OfferMethod,
    has_offer: bool,
    dialog: usize,
    contact: Option<Box<str>>,
}

/// Our 2xx to an INVITE, sent again until the ACK comes. RFC 3261 §13.3.1.4
#[derive(Debug)]
pub(crate) struct Unacknowledged {
    packet: Bytes,
    server: u64,
    cseq: u32,
    carries_offer: bool,
    /// It answers the first INVITE: no BYE may go before the ACK.
    is_first: bool,
    again_at: Instant,
    interval: Duration,
    give_up_at: Instant,
}

impl Unacknowledged {
    pub fn new(turn: &Turn<'_>, server: u64, packet: Bytes, cseq: u32, carries_offer: bool) -> Self {
        let times = &turn.wire.table.common.times;
        Self {
            packet,
            server,
            cseq,
            carries_offer,
            is_first: true,
            again_at: turn.now + times.t1,
            interval: times.t1,
            give_up_at: turn.now + times.give_up(),
        }
    }
}

/// An offer of ours that waits: its body, and how often it met glare.
#[derive(Debug)]
struct Wish {
    body: Option<Body>,
    is_refresh: bool,
    n_glares: u8,
}

#[derive(Debug, Default)]
pub(crate) struct Offers {
    ours: Option<Ours>,
    waiting: VecDeque<Wish>,
    /// After glare, nothing of ours goes before. RFC 3261 §14.1
    not_before: Option<Instant>,
    theirs: Option<Theirs>,
    unacknowledged: Option<Unacknowledged>,
    /// A PRACK with an offer that the application has not answered.
    prack: Option<u64>,
}

impl Offers {
    pub fn next_deadline(&self) -> Option<Instant> {
        let again =
            self.unacknowledged.as_ref().map(|unacknowledged| unacknowledged.again_at.min(unacknowledged.give_up_at));
        [again, self.not_before].into_iter().flatten().min()
    }

    pub fn wait_for_ack(&mut self, unacknowledged: Unacknowledged) {
        self.unacknowledged = Some(unacknowledged);
    }

    pub fn is_first_ack_missing(&self) -> bool {
        self.unacknowledged.as_ref().is_some_and(|unacknowledged| unacknowledged.is_first)
    }

    pub fn open_prack(&mut self, server: u64) {
        self.prack = Some(server);
    }

    pub fn is_prack_open(&self) -> bool {
        self.prack.is_some()
    }

    pub fn take_prack(&mut self) -> Option<u64> {
        self.prack.take()
    }

    pub fn take_their_server(&mut self) -> Option<u64> {
        self.theirs.take().map(|theirs| theirs.server)
    }

    /// Our offer was sent again as another transaction.
    pub fn move_transaction(&mut self, old: u64, new: u64, cseq: Option<u32>) {
        if let Some(ours) = self.ours.as_mut().filter(|ours| ours.transaction == old) {
            ours.transaction = new;
            ours.cseq = cseq.unwrap_or(ours.cseq);
        }
    }
}

impl Usage {
    // ---- ours

    /// A new offer, or the wish for one, of the application.
    pub fn reoffer(&mut self, turn: &mut Turn<'_>, body: Option<Body>) {
        self.wish(turn, Wish { body, is_refresh: false, n_glares: 0 });
    }

    /// A refresh of the session, by UPDATE where the peer takes it. RFC 4028 §9
    pub fn refresh(&mut self, turn: &mut Turn<'_>) {
        self.wish(turn, Wish { body: None, is_refresh: true, n_glares: 0 });
    }

    fn wish(&mut self, turn: &mut Turn<'_>, wish: Wish) {
        if self.offers.waiting.len() >= WAITING_MAX {
            return self.emit(turn, Event::ReofferAnswered { usage: self.id, status: Status(491), body: None });
        }
        self.offers.waiting.push_back(wish);
        self.go_on(turn);
    }

    /// Sends the next offer of ours, if nothing stands in its way.
    pub fn go_on(&mut self, turn: &mut Turn<'_>) {
        let offers = &self.offers;
        let is_blocked = offers.ours.is_some()
            || offers.theirs.is_some()
            || offers.unacknowledged.is_some()
            || offers.prack.is_some()
            || self.to_acknowledge.is_some()
            || offers.not_before.is_some_and(|at| at > turn.now);
        let Some(wish) = offers.waiting.front().filter(|_| !is_blocked) else { return };
        let takes_update = self.dialogs.last().is_some_and(|dialog| dialog.allows_update);
        let method = match &self.stage {
            Stage::Established if wish.is_refresh && takes_update => OfferMethod::Update,
            Stage::Established => OfferMethod::Invite,
            Stage::Outgoing(_) if self.has_answer() && takes_update && wish.body.is_some() => OfferMethod::Update,
            Stage::Incoming(incoming) if incoming.is_settled && takes_update && wish.body.is_some() => {
                OfferMethod::Update
            }
            Stage::Outgoing(_) | Stage::Incoming(_) | Stage::Leaving | Stage::Reporting => return,
        };
        let Some(mut wish) = self.offers.waiting.pop_front() else { return };
        self.offers.not_before = None;
        if wish.is_refresh && method == OfferMethod::Invite {
            wish.body.clone_from(&self.local_body);
        }
        let contact = self.contact.clone();
        let asked = self.session.request_fields();
        let mut fields: smallvec::SmallVec<[Field<'_>; 6]> = smallvec::SmallVec::new();
        fields.push(("Contact", &contact));
        fields.push(("Allow", super::ALLOW));
        fields.push(("Supported", super::compose::SUPPORTED));
        if let Some((interval, min)) = &asked {
            fields.push(("Session-Expires", interval));
            fields.push(("Min-SE", min));
        }
        let name = match method {
            OfferMethod::Invite => Method::Invite,
            OfferMethod::Update => Method::Update,
        };
        let purpose = if wish.is_refresh { Purpose::Refresh } else { Purpose::Reoffer };
        let Some((transaction, cseq)) = self.send(turn, purpose, &name, &fields, wish.body.as_ref()) else { return };
        let Wish { body, is_refresh, n_glares } = wish;
        self.offers.ours = Some(Ours { transaction, cseq, method, body, is_refresh, n_glares });
    }

    /// The final answer to our re-INVITE or UPDATE.
    pub fn handle_offer_response(&mut self, turn: &mut Turn<'_>, received: &Received, response: &Response) {
        let status = response.status();
        let is_ours = self.offers.ours.as_ref().is_some_and(|ours| ours.transaction == received.id);
        if !is_ours {
            return;
        }
        let Some(ours) = self.offers.ours.take() else { return };
        match status.0 {
            ..300 => self.offer_accepted(turn, ours, received, response),
            491 if ours.n_glares < GLARES_MAX => {
                let wait = self.glare_wait(turn);
                self.offers.not_before = Some(turn.now + wait);
                let wish = Wish { body: ours.body, is_refresh: ours.is_refresh, n_glares: ours.n_glares + 1 };
                self.offers.waiting.push_front(wish);
            }
            422 if super::session::min_se(response).is_some_and(|secs| self.session.raise(secs)) => {
                let wish = Wish { body: ours.body, is_refresh: ours.is_refresh, n_glares: GLARES_MAX };
                self.offers.waiting.push_front(wish);
            }
            // The session expires unless the peer refreshes it.
            _ if ours.is_refresh => {}
            _ => self.emit(turn, Event::ReofferAnswered { usage: self.id, status, body: None }),
        }
        self.go_on(turn);
    }

    /// Our offer in an early dialog gets no answer; the INVITE itself may still get one.
    pub fn offer_lost(&mut self, turn: &mut Turn<'_>, transaction: u64) {
        let Some(ours) = self.offers.ours.take_if(|ours| ours.transaction == transaction) else { return };
        if !ours.is_refresh {
            self.emit(turn, Event::ReofferAnswered { usage: self.id, status: Status(408), body: None });
        }
        self.go_on(turn);
    }

    fn offer_accepted(&mut self, turn: &mut Turn<'_>, ours: Ours, received: &Received, response: &Response) {
        let Some(dialog) = self.dialogs.last_mut() else { return };
        dialog.hear_response(response);
        if !self.is_early() {
            self.session.begin_as_client(turn.now, response);
        }
        if ours.method == OfferMethod::Invite {
            let authorization = self.authorization_of(received);
            let waiting = ToAcknowledge { invite: received.id, cseq: ours.cseq, authorization };
            if ours.body.is_some() {
                if let Some(dialog) = self.dialogs.last() {
                    let fields: Vec<Field<'_>> =
                        waiting.authorization.iter().map(|(name, value)| (*name, value.as_str())).collect();
                    send_ack(turn, dialog, waiting.invite, waiting.cseq, &fields, None);
                }
            } else {
                self.to_acknowledge = Some(waiting);
            }
        }
        if ours.is_refresh {
            if self.to_acknowledge.is_some() {
                self.acknowledge(turn, None);
            }
            return;
        }
        if ours.body.is_some() {
            self.local_body = ours.body;
        }
        let (status, body) = (response.status(), body_of_response(response));
        self.emit(turn, Event::ReofferAnswered { usage: self.id, status, body });
    }

    /// Who made the Call-ID waits longer, so that the two don't meet again. RFC 3261 §14.1
    fn glare_wait(&self, turn: &mut Turn<'_>) -> Duration {
        let namer = &mut turn.wire.table.common.namer;
        let tens_of_ms = if self.is_caller { 210 + namer.up_to(190) } else { namer.up_to(200) };
        Duration::from_millis(u64::from(tens_of_ms) * 10)
    }

    // ---- theirs

    /// re-INVITE. RFC 3261 §14.2
    pub fn handle_reinvite(&mut self, turn: &mut Turn<'_>, index: usize, request: &Request, source: &Source) {
        let ack_had_to_answer = self.offers.unacknowledged.as_ref().is_some_and(|waiting| waiting.carries_offer);
        if matches!(self.stage, Stage::Incoming(_)) || self.offers.theirs.is_some() || self.offers.prack.is_some() {
            return self.refuse_overlap(turn, request, source);
        }
        if matches!(self.stage, Stage::Outgoing(_)) || self.is_offering() || ack_had_to_answer {
            return turn.respond_at_once(request, source, Status(491), &[]);
        }
        if let Some(min) = Session::too_small(request) {
            return turn.respond_at_once(request, source, Status(422), &[("Min-SE", min)]);
        }
        // Who sends a new INVITE has had our 2xx, whether its ACK came or not.
        self.acknowledged(turn, None);
        if self.is_over || matches!(self.stage, Stage::Leaving) {
            return turn.respond_at_once(request, source, Status(481), &[]);
        }
        self.take_offer(turn, index, OfferMethod::Invite, request, source);
    }

    /// UPDATE. RFC 3311 §5.2
    pub fn handle_update(&mut self, turn: &mut Turn<'_>, index: usize, request: &Request, source: &Source) {
        if let Some(min) = Session::too_small(request) {
            return turn.respond_at_once(request, source, Status(422), &[("Min-SE", min)]);
        }
        if request.body().is_empty() {
            return self.answer_refresh(turn, index, request, source);
        }
        let first_is_open = matches!(&self.stage, Stage::Incoming(incoming) if !incoming.is_settled);
        if first_is_open || self.offers.theirs.is_some() || self.offers.prack.is_some() {
            return self.refuse_overlap(turn, request, source);
        }
        let ours_is_open = matches!(&self.stage, Stage::Outgoing(_) if !self.has_answer())
            || self.offers.unacknowledged.as_ref().is_some_and(|waiting| waiting.carries_offer);
        if ours_is_open || self.is_offering() {
            return turn.respond_at_once(request, source, Status(491), &[]);
        }
        self.take_offer(turn, index, OfferMethod::Update, request, source);
    }

    /// Whether an offer of ours, or one that we owe the answer to, is open.
    fn is_offering(&self) -> bool {
        let is_open =
            self.offers.ours.as_ref().is_some_and(|ours| ours.method == OfferMethod::Invite || ours.body.is_some());
        is_open || (self.to_acknowledge.is_some() && !self.is_early())
    }

    fn refuse_overlap(&self, turn: &mut Turn<'_>, request: &Request, source: &Source) {
        let secs = turn.wire.table.common.namer.up_to(10).to_string();
        turn.respond_at_once(request, source, Status(500), &[("Retry-After", &secs)]);
    }

    fn take_offer(
        &mut self,
        turn: &mut Turn<'_>,
        index: usize,
        method: OfferMethod,
        request: &Request,
        source: &Source,
    ) {
        let Some(server) = turn.open(request, source, None, Some(self.id)) else { return };
        if method == OfferMethod::Invite {
            turn.respond(server, &Answer::bare(Status(100)));
        }
        let body = body_of_request(request);
        self.session.hear_request(request);
        self.offers.theirs = Some(Theirs {
            server,
            cseq: request.cseq().number,
            method,
            has_offer: body.is_some(),
            dialog: index,
            contact: request.contact_uri().map(Box::from),
        });
        if self.is_silent {
            return self.answer_reoffer(turn, Status(488), None);
        }
        self.emit(turn, Event::Reoffered { usage: self.id, method, body });
    }

    /// An UPDATE without an offer is a refresh of the session or of the peer's address.
    fn answer_refresh(&mut self, turn: &mut Turn<'_>, index: usize, request: &Request, source: &Source) {
        self.session.hear_request(request);
        let Some(dialog) = self.dialogs.get_mut(index) else { return };
        dialog.hear_request(request);
        let supports_timer = dialog.supports_timer;
        let session = self.session.answer(turn.now, supports_timer);
        let mut fields = self.offer_fields();
        session.push_fields(&mut fields);
        turn.respond_at_once(request, source, Status(200), &fields);
    }

    /// The application's answer to their offer.
    pub fn answer_reoffer(&mut self, turn: &mut Turn<'_>, status: Status, body: Option<Body>) {
        let Some(theirs) = self.offers.theirs.take() else { return };
        let is_accepted = (200..300).contains(&status.0);
        let mut supports_timer = false;
        if let Some(dialog) = self.dialogs.get_mut(theirs.dialog) {
            if is_accepted {
                dialog.refresh_target(theirs.contact.as_deref());
            }
            supports_timer = dialog.supports_timer;
        }
        let session =
            if is_accepted { self.session.answer(turn.now, supports_timer) } else { SessionAnswer::default() };
        let mut fields = self.offer_fields();
        if is_accepted {
            session.push_fields(&mut fields);
        }
        let answer = Answer { status, fields: &fields, headers: &[], body: body.as_ref() };
        let sent = turn.respond(theirs.server, &answer);
        drop(fields);
        if is_accepted {
            if let (OfferMethod::Invite, Some(packet)) = (theirs.method, sent) {
                let carries_offer = !theirs.has_offer && body.is_some();
                let mut waiting = Unacknowledged::new(turn, theirs.server, packet, theirs.cseq, carries_offer);
                waiting.is_first = false;
                self.offers.wait_for_ack(waiting);
            }
            if body.is_some() {
                self.local_body = body;
            }
        }
        self.go_on(turn);
    }

    // ---- ACK

    /// An ACK inside the dialog: to a 2xx of ours.
    pub fn handle_ack(&mut self, turn: &mut Turn<'_>, request: &Request) {
        let is_expected =
            self.offers.unacknowledged.as_ref().is_some_and(|waiting| waiting.cseq == request.cseq().number);
        if is_expected {
            self.acknowledged(turn, body_of_request(request));
        }
    }

    fn acknowledged(&mut self, turn: &mut Turn<'_>, body: Option<Body>) {
        if self.offers.unacknowledged.take().is_none() {
            return;
        }
        if let Some(reason) = self.bye_on_ack.take() {
            return self.say_bye(turn, reason.as_deref());
        }
        self.emit(turn, Event::Acknowledged { usage: self.id, body });
        self.go_on(turn);
    }

    /// A 2xx without ACK, or the end of the wait after glare, is due.
    pub fn offers_due(&mut self, turn: &mut Turn<'_>) {
        if self.offers.not_before.is_some_and(|at| at <= turn.now) {
            self.offers.not_before = None;
            self.go_on(turn);
        }
        let Some(waiting) = &mut self.offers.unacknowledged else { return };
        if waiting.give_up_at <= turn.now {
            self.offers.unacknowledged = None;
            let reason = self.bye_on_ack.take();
            match reason {
                Some(reason) => self.say_bye(turn, reason.as_deref()),
                None => self.give_up(turn, EndCause::AckMissing),
            }
        } else if waiting.again_at <= turn.now {
            waiting.interval = turn.wire.table.common.times.backoff(waiting.interval);
            waiting.again_at = turn.now + waiting.interval;
            turn.repeat(waiting.server, &waiting.packet);
        }
    }
}
