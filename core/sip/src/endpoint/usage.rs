//! One INVITE dialog usage, from the first INVITE to its end: what its stages share.

use std::time::Instant;

use bytes::Bytes;
use smallvec::SmallVec;

use crate::dialog::Dialog;
use crate::endpoint::compose::{self, Draft, Field};
use crate::endpoint::incoming::Incoming;
use crate::endpoint::offers::Offers;
use crate::endpoint::outgoing::Outgoing;
use crate::endpoint::refers::Refers;
use crate::endpoint::session::Session;
use crate::endpoint::wire::{Again, Answer, Turn};
use crate::endpoint::{Body, Credentials, EndCause, Event, Reason, Replaces, Status, UsageId};
use crate::message::name::HeaderName;
use crate::transaction::clients::{Loss, Lost, Received};
use crate::transaction::key::Tag;
use crate::transaction::rewrite;
use crate::transaction::table::{Purpose, User};
use crate::transport::{Connection, Source};
use crate::{Method, Request, Response};

/// How often credentials are tried before a challenge is taken for a refusal.
const CHALLENGES_MAX: u8 = 3;
/// Max-Forwards of a request inside a dialog. RFC 3261 §8.1.1.6
const MAX_FORWARDS: u8 = 70;

/// How far the usage is.
#[derive(Debug)]
pub(crate) enum Stage {
    /// Our INVITE has no final answer.
    Outgoing(Box<Outgoing>),
    /// Their INVITE has no final answer.
    Incoming(Box<Incoming>),
    Established,
    /// Our BYE is under way.
    Leaving,
    /// The call is over; who asked for a transfer still hears of it.
    Reporting,
}

/// A 2xx that waits for its ACK.
#[derive(Debug)]
pub(crate) struct ToAcknowledge {
    pub invite: u64,
    pub cseq: u32,
    /// Credentials of the INVITE: its ACK repeats them. RFC 3261 §22.1
    pub authorization: SmallVec<[(&'static str, String); 1]>,
}

#[derive(Debug)]
pub(crate) struct Usage {
    pub id: UsageId,
    pub tag: Tag,
    pub call_id: Box<str>,
    pub contact: String,
    /// The early dialogs of our INVITE, the latest last; one dialog otherwise.
    pub dialogs: SmallVec<[Dialog; 1]>,
    pub stage: Stage,
    pub offers: Offers,
    pub session: Session,
    pub refers: Refers,
    pub to_acknowledge: Option<ToAcknowledge>,
    /// Our last session description, for a refresh by re-INVITE.
    pub local_body: Option<Body>,
    pub credentials: Option<Box<Credentials>>,
    pub n_challenges: u8,
    /// The application has let go: it hears no more.
    pub is_silent: bool,
    /// BYE goes when the ACK comes; the Reason to give.
    pub bye_on_ack: Option<Option<String>>,
    /// RSeq and CSeq of a reliable provisional response that our 2xx overtook: its PRACK is still answered.
    pub overtaken: Option<(u32, u32)>,
    pub is_over: bool,
    /// Whether we made the dialog.
    pub is_caller: bool,
    /// The stream under which the endpoint finds the usage.
    pub indexed_connection: Option<Connection>,
    pub deadline: Option<Instant>,
}

impl Usage {
    /// Tells the application, if it still listens.
    pub fn emit(&self, turn: &mut Turn<'_>, event: Event) {
        if !self.is_silent {
            turn.emit(event);
        }
    }

    pub fn is_early(&self) -> bool {
        matches!(self.stage, Stage::Outgoing(_) | Stage::Incoming(_))
    }

    /// The stream that the peer opened and our requests go by.
    pub fn connection(&self) -> Option<Connection> {
        self.dialogs.last()?.flow().connection
    }

    pub fn forget_connection(&mut self, connection: Connection) {
        self.indexed_connection = None;
        for dialog in self.dialogs.iter_mut().filter(|dialog| dialog.flow().connection == Some(connection)) {
            dialog.forget_connection();
        }
    }

    /// Whether a request with this To tag is for this usage.
    pub fn is_named(&self, request: &Request, to_tag: &str) -> bool {
        self.tag.text.as_str() == to_tag && &*self.call_id == request.call_id()
    }

    /// Whether a Replaces header names this usage. RFC 3891 §3
    pub fn is_replaced_by(&self, replaces: &Replaces) -> bool {
        let may = match &self.stage {
            Stage::Incoming(_) | Stage::Outgoing(_) => true,
            Stage::Established => !replaces.early_only,
            Stage::Leaving | Stage::Reporting => false,
        };
        may && !self.is_silent
            && self.tag.text.as_str() == replaces.to_tag
            && *self.call_id == *replaces.call_id
            && self.dialogs.iter().any(|dialog| dialog.remote_tag() == replaces.from_tag)
    }

    /// INFO with a body. RFC 6086, as far as legacy uses of INFO go.
    pub fn info(&mut self, turn: &mut Turn<'_>, body: &Body) {
        self.send(turn, Purpose::Other, &Method::Info, &[], Some(body));
    }

    fn user(&self, purpose: Purpose) -> User {
        User::Usage(self.id, purpose)
    }

    pub fn next_deadline(&self) -> Option<Instant> {
        let stage = match &self.stage {
            Stage::Outgoing(outgoing) => outgoing.next_deadline(),
            Stage::Incoming(incoming) => incoming.next_deadline(),
            Stage::Established => self.session.next_deadline(),
            Stage::Leaving | Stage::Reporting => None,
        };
        [stage, self.offers.next_deadline(), self.refers.next_deadline()].into_iter().flatten().min()
    }

    pub fn handle_timeout(&mut self, turn: &mut Turn<'_>) {
        match &self.stage {
            Stage::Outgoing(_) => self.outgoing_due(turn),
            Stage::Incoming(_) => self.incoming_due(turn),
            Stage::Established => self.session_due(turn),
            Stage::Leaving | Stage::Reporting => {}
        }
        if !self.is_over {
            self.offers_due(turn);
            self.refers_due(turn);
        }
    }

    // ---- sending inside the dialog

    /// Sends a request in the dialog `index`; returns its transaction and number.
    pub fn send_in(
        &mut self,
        turn: &mut Turn<'_>,
        index: usize,
        purpose: Purpose,
        method: &Method,
        fields: &[Field<'_>],
        body: Option<&Body>,
    ) -> Option<(u64, u32)> {
        let user = self.user(purpose);
        let dialog = self.dialogs.get_mut(index)?;
        let cseq = dialog.next_seq();
        let route = dialog.route();
        let product = turn.wire.config.product.clone();
        let draft = Draft {
            method: method.as_str(),
            uri: route.uri,
            routes: &route.routes,
            head: dialog.head(),
            cseq,
            max_forwards: MAX_FORWARDS,
            product: &product,
            fields,
            headers: &[],
            body,
        };
        let id = turn.send(user, method, dialog.next_hop(), &draft);
        Some((id, cseq))
    }

    /// Sends a request in the latest dialog.
    pub fn send(
        &mut self,
        turn: &mut Turn<'_>,
        purpose: Purpose,
        method: &Method,
        fields: &[Field<'_>],
        body: Option<&Body>,
    ) -> Option<(u64, u32)> {
        let latest = self.dialogs.len().checked_sub(1)?;
        self.send_in(turn, latest, purpose, method, fields, body)
    }

    /// The fields that each INVITE, UPDATE and 2xx to them has.
    pub fn offer_fields(&self) -> SmallVec<[Field<'_>; 6]> {
        SmallVec::from_slice(&[
            ("Contact", self.contact.as_str()),
            ("Allow", super::ALLOW),
            ("Supported", compose::SUPPORTED),
        ])
    }

    /// The ACK to the 2xx that waits for it, with the answer if the 2xx had the offer.
    pub fn acknowledge(&mut self, turn: &mut Turn<'_>, body: Option<&Body>) {
        let Some(waiting) = self.to_acknowledge.take() else { return };
        let Some(dialog) = self.dialogs.last() else { return };
        let fields: SmallVec<[Field<'_>; 1]> =
            waiting.authorization.iter().map(|(name, value)| (*name, value.as_str())).collect();
        send_ack(turn, dialog, waiting.invite, waiting.cseq, &fields, body);
        if body.is_some() {
            self.local_body = body.cloned();
        }
        self.go_on(turn);
    }

    // ---- ends

    /// Sends BYE and tells nobody but the peer.
    pub fn say_bye(&mut self, turn: &mut Turn<'_>, reason: Option<&str>) {
        self.is_silent = true;
        if self.to_acknowledge.is_some() {
            self.acknowledge(turn, None);
        }
        self.close_open_requests(turn);
        self.end_news(turn);
        self.offers = Offers::default();
        let fields: SmallVec<[Field<'_>; 1]> = reason.iter().map(|reason| ("Reason", *reason)).collect();
        self.stage = Stage::Leaving;
        if self.send(turn, Purpose::Bye, &Method::Bye, &fields, None).is_none() {
            self.is_over = true;
        }
    }

    /// The dialog is dead or has to die: BYE, and the application hears why.
    pub fn give_up(&mut self, turn: &mut Turn<'_>, cause: EndCause) {
        let reason = match cause {
            EndCause::SessionExpired => Some("SIP;cause=408;text=\"Session expired\""),
            EndCause::AckMissing => Some("SIP;cause=408;text=\"ACK missing\""),
            EndCause::Unreachable | EndCause::Bye { .. } => None,
        };
        self.emit(turn, Event::Ended { usage: self.id, cause });
        self.close_open_requests(turn);
        self.refers = Refers::default();
        self.say_bye(turn, reason);
    }

    /// The call is over. The dialog lasts as long as one side is told about a transfer. RFC 5057 §4.1
    fn close(&mut self) {
        self.is_silent = true;
        self.offers = Offers::default();
        self.stage = Stage::Reporting;
        self.is_over = !self.refers.is_waiting();
    }

    /// What the application wants: an end, whatever state the usage is in.
    pub fn bye(&mut self, turn: &mut Turn<'_>, reason: Option<&Reason>) {
        let text = reason.map(reason_value);
        match &self.stage {
            Stage::Outgoing(_) => {
                self.is_silent = true;
                self.cancel(turn, reason);
            }
            Stage::Incoming(_) => self.refuse(turn, Status(480), reason, &[]),
            Stage::Established if self.offers.is_first_ack_missing() => {
                self.is_silent = true;
                self.bye_on_ack = Some(text);
            }
            Stage::Established => self.say_bye(turn, text.as_deref()),
            Stage::Leaving | Stage::Reporting => {}
        }
    }

    /// The peer's BYE. RFC 3261 §15.1.2
    fn handle_bye(&mut self, turn: &mut Turn<'_>, index: usize, request: &Request, source: &Source) {
        turn.respond_at_once(request, source, Status(200), &[]);
        match &self.stage {
            Stage::Outgoing(_) => {
                // One of several early dialogs is gone; the INVITE itself is not answered yet.
                self.dialogs.remove(index);
            }
            Stage::Incoming(_) | Stage::Established => {
                self.close_open_requests(turn);
                let reason = request.header(HeaderName::Reason).and_then(parse_reason);
                self.emit(turn, Event::Ended { usage: self.id, cause: EndCause::Bye { reason } });
                self.close();
            }
            Stage::Leaving | Stage::Reporting => {}
        }
    }

    /// Requests that will never be answered by the application get 487.
    pub fn close_open_requests(&mut self, turn: &mut Turn<'_>) {
        let first = match &self.stage {
            Stage::Incoming(incoming) => Some(incoming.server),
            Stage::Outgoing(_) | Stage::Established | Stage::Leaving | Stage::Reporting => None,
        };
        let open = [first, self.offers.take_their_server(), self.offers.take_prack(), self.refers.take_server()];
        for server in open.into_iter().flatten() {
            turn.respond(server, &Answer::bare(Status(487)));
        }
    }

    // ---- what comes in

    /// A request inside one of the dialogs.
    pub fn handle_request(&mut self, turn: &mut Turn<'_>, request: &Request, source: &Source) {
        let from_tag = request.from().tag().unwrap_or_default();
        let Some(index) = self.dialogs.iter().position(|dialog| dialog.remote_tag() == from_tag) else {
            return turn.respond_at_once(request, source, Status(481), &[]);
        };
        if *request.method() == Method::Ack {
            return self.handle_ack(turn, request);
        }
        let is_in_order = self.dialogs.get_mut(index).is_some_and(|dialog| dialog.accept_seq(request.cseq().number));
        if !is_in_order {
            return turn.respond_at_once(request, source, Status(500), &[]);
        }
        let is_for_the_dead = match (&self.stage, request.method()) {
            (Stage::Leaving, Method::Bye) | (Stage::Leaving | Stage::Reporting, Method::Notify | Method::Subscribe) => {
                false
            }
            (Stage::Leaving | Stage::Reporting, _) => true,
            (Stage::Outgoing(_) | Stage::Incoming(_) | Stage::Established, _) => false,
        };
        if is_for_the_dead {
            return turn.respond_at_once(request, source, Status(481), &[]);
        }
        match request.method() {
            Method::Bye => self.handle_bye(turn, index, request, source),
            Method::Invite => self.handle_reinvite(turn, index, request, source),
            Method::Update => self.handle_update(turn, index, request, source),
            Method::Prack => self.handle_prack(turn, request, source),
            Method::Info | Method::Message => {
                turn.respond_at_once(request, source, Status(200), &[]);
                if let Some(body) = body_of_request(request) {
                    self.emit(turn, Event::Informed { usage: self.id, body });
                }
            }
            Method::Notify => self.handle_notify(turn, request, source),
            Method::Refer => self.handle_refer(turn, request, source),
            Method::Options => turn.respond_at_once(request, source, Status(200), &self.offer_fields()),
            Method::Subscribe => self.handle_subscribe(turn, request, source),
            Method::Ack | Method::Cancel | Method::Publish | Method::Register => {
                turn.respond_at_once(request, source, Status(405), &[("Allow", super::ALLOW)]);
            }
            Method::Other(_) => turn.respond_at_once(request, source, Status(501), &[("Allow", super::ALLOW)]),
        }
    }

    /// A response to a request of this usage.
    pub fn handle_response(&mut self, turn: &mut Turn<'_>, purpose: Purpose, received: &Received, response: &Response) {
        let status = response.status();
        if purpose == Purpose::Invite {
            return self.handle_invite_response(turn, received, response);
        }
        if status.0 < 200 {
            return;
        }
        if self.answer_challenge(turn, purpose, received, response) {
            return;
        }
        if matches!(status.0, 408 | 481) && self.is_vital(purpose) {
            return self.give_up(turn, EndCause::Unreachable);
        }
        match purpose {
            Purpose::Invite | Purpose::Prack | Purpose::Other => {}
            Purpose::Reoffer | Purpose::Refresh => self.handle_offer_response(turn, received, response),
            Purpose::Refer => self.handle_refer_response(turn, response),
            Purpose::Notify => self.handle_notify_response(turn, status),
            Purpose::Bye => self.close(),
        }
    }

    /// A request of this usage gets no answer.
    pub fn handle_lost(&mut self, turn: &mut Turn<'_>, purpose: Purpose, lost: &Lost) {
        let is_tcp_refused = lost.is_upgraded && lost.loss == Loss::Transport;
        let is_stream_gone = lost.target.connection.is_some() && lost.loss == Loss::Transport;
        if purpose != Purpose::Invite && (is_tcp_refused || is_stream_gone) {
            let mut target = lost.target.clone();
            target.connection = None;
            if is_tcp_refused {
                target.transport = crate::Transport::Udp;
            }
            for dialog in &mut self.dialogs {
                dialog.forget_connection();
            }
            let method = Method::from_bytes(rewrite::method(&lost.request));
            let user = self.user(purpose);
            let again = Again {
                user,
                method: &method,
                target: &target,
                request: &lost.request,
                cseq: None,
                fields: &[],
                is_tcp_refused,
            };
            let id = turn.send_again(&again);
            return self.offers.move_transaction(lost.id, id, None);
        }
        match purpose {
            Purpose::Invite => self.handle_invite_lost(turn, lost),
            Purpose::Notify => self.handle_notify_response(turn, Status(408)),
            Purpose::Bye => self.close(),
            Purpose::Prack | Purpose::Reoffer | Purpose::Refresh | Purpose::Refer | Purpose::Other => {
                if self.is_vital(purpose) {
                    self.give_up(turn, EndCause::Unreachable);
                } else {
                    self.offer_lost(turn, lost.id);
                }
            }
        }
    }

    /// Whether a dialog can't go on when this gets 408 or 481. RFC 3261 §12.2.1.2, RFC 5057
    fn is_vital(&self, purpose: Purpose) -> bool {
        matches!(self.stage, Stage::Established)
            && !matches!(purpose, Purpose::Bye | Purpose::Notify | Purpose::Invite | Purpose::Prack)
    }

    /// Sends a request again with credentials, if this is a challenge that we can meet. RFC 3261 §22
    fn answer_challenge(
        &mut self,
        turn: &mut Turn<'_>,
        purpose: Purpose,
        received: &Received,
        response: &Response,
    ) -> bool {
        let Some((name, value)) = self.credentials_for(turn, received, response) else { return false };
        let Some(dialog) = self.dialogs.last_mut() else { return false };
        let cseq = dialog.next_seq();
        let method = response.cseq().method.clone();
        let again = Again {
            user: User::Usage(self.id, purpose),
            method: &method,
            target: &received.target,
            request: &received.request,
            cseq: Some(cseq),
            fields: &[(name, &value)],
            is_tcp_refused: false,
        };
        let id = turn.send_again(&again);
        if matches!(purpose, Purpose::Reoffer | Purpose::Refresh) {
            self.offers.move_transaction(received.id, id, Some(cseq));
        }
        true
    }

    /// The credentials that an INVITE of ours had: its ACK repeats them.
    pub fn authorization_of(&self, received: &Received) -> SmallVec<[(&'static str, String); 1]> {
        if self.credentials.is_none() {
            return SmallVec::new();
        }
        let names = ["Authorization", "Proxy-Authorization"].into_iter();
        names.filter_map(|name| Some((name, rewrite::field(&received.request, name)?.to_owned()))).collect()
    }

    /// The field that meets the challenge in `response`, if we have credentials for its realm and they are not used up.
    pub fn credentials_for(
        &mut self,
        turn: &mut Turn<'_>,
        received: &Received,
        response: &Response,
    ) -> Option<(&'static str, String)> {
        let credentials = self.credentials.as_deref()?;
        if self.n_challenges >= CHALLENGES_MAX {
            return None;
        }
        let field = super::challenge::meet(turn, credentials, &received.request, response)?;
        self.n_challenges += 1;
        Some(field)
    }
}

/// Writes and sends an ACK to a 2xx.
pub(crate) fn send_ack(
    turn: &mut Turn<'_>,
    dialog: &Dialog,
    invite: u64,
    cseq: u32,
    fields: &[Field<'_>],
    body: Option<&Body>,
) {
    let route = dialog.route();
    let product = turn.wire.config.product.clone();
    let draft = Draft {
        method: "ACK",
        uri: route.uri,
        routes: &route.routes,
        head: dialog.head(),
        cseq,
        max_forwards: MAX_FORWARDS,
        product: &product,
        fields,
        headers: &[],
        body,
    };
    turn.send_ack(invite, dialog.remote_tag(), dialog.next_hop(), &draft);
}

/// Ends a dialog that a 2xx made and nobody wants: ACK, then BYE. RFC 3261 §13.2.2.4
pub(crate) fn dismiss(turn: &mut Turn<'_>, received: &Received, response: &Response) {
    let cseq = response.cseq().number;
    let mut dialog = Dialog::from_response(response, &received.request, cseq, received.target.clone());
    send_ack(turn, &dialog, received.id, cseq, &[], None);
    let cseq = dialog.next_seq();
    let route = dialog.route();
    let product = turn.wire.config.product.clone();
    let draft = Draft {
        method: "BYE",
        uri: route.uri,
        routes: &route.routes,
        head: dialog.head(),
        cseq,
        max_forwards: MAX_FORWARDS,
        product: &product,
        fields: &[],
        headers: &[],
        body: None,
    };
    turn.send(User::Nobody, &Method::Bye, dialog.next_hop(), &draft);
}

pub(crate) fn body_of_request(request: &Request) -> Option<Body> {
    body(request.content_type(), request.body())
}

pub(crate) fn body_of_response(response: &Response) -> Option<Body> {
    body(response.content_type(), response.body())
}

fn body(content_type: Option<&str>, bytes: &Bytes) -> Option<Body> {
    if bytes.is_empty() {
        return None;
    }
    let content_type = Bytes::copy_from_slice(content_type.unwrap_or("application/sdp").as_bytes());
    Some(Body { content_type, bytes: bytes.clone() })
}

/// The value of a Reason header. RFC 3326
pub(crate) fn reason_value(reason: &Reason) -> String {
    let text: String = reason.text.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\')).collect();
    let protocol = if compose::is_clean(&reason.protocol) { reason.protocol.as_str() } else { "SIP" };
    format!("{protocol};cause={};text=\"{text}\"", reason.cause)
}

/// Reads the first reason of a Reason header. RFC 3326
pub(crate) fn parse_reason(value: &str) -> Option<Reason> {
    let (protocol, params) = value.split_once(';').unwrap_or((value, ""));
    let mut reason = Reason { protocol: protocol.trim().to_owned(), cause: 0, text: String::new() };
    let mut rest = params;
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => {
                let (text, next) = quoted.split_once('"')?;
                (text, next.split_once(';').map_or("", |(_, next)| next))
            }
            None => after.split_once([';', ',']).unwrap_or((after, "")),
        };
        match name.trim() {
            name if name.eq_ignore_ascii_case("cause") => reason.cause = value.trim().parse().ok()?,
            name if name.eq_ignore_ascii_case("text") => value.clone_into(&mut reason.text),
            _ => {}
        }
        rest = next;
    }
    Some(reason)
}
