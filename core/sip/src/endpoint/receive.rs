//! What comes in: which transaction, usage or application it is for, and what is answered right here.

use std::time::Instant;

use bytes::Bytes;

use crate::endpoint::compose;
use crate::endpoint::refers;
use crate::endpoint::session::Session;
use crate::endpoint::usage::{self, Usage};
use crate::endpoint::wire::{Answer, merge_key, server_key};
use crate::endpoint::{Effect, Endpoint, Event, ServerId, Status, UsageId};
use crate::message::ParseError;
use crate::message::name::HeaderName;
use crate::transaction::clients::{Lost, Received};
use crate::transaction::table::{Owner, User};
use crate::transport::{Connection, Source, Target};
use crate::uri::Scheme;
use crate::{Message, Method, Request, Response};

impl Endpoint {
    /// Takes one whole message (a datagram, or what [`crate::stream`] cut from a stream).
    pub fn receive(&mut self, now: Instant, source: &Source, packet: Bytes, out: &mut Vec<Effect>) {
        match Message::parse(packet) {
            Ok(Message::Request(request)) => self.receive_request(now, request, source, out),
            Ok(Message::Response(response)) => self.receive_response(now, &response, source, out),
            Err(error) => self.refuse_unreadable(error, source, out),
        }
    }

    /// Says what is wrong with a request, if its sender can be told. RFC 3261 §21.4.1
    fn refuse_unreadable(&self, error: ParseError, source: &Source, out: &mut Vec<Effect>) {
        let ParseError { what, status, answerable } = error;
        // Without a Via nobody would know the answer.
        let Some(request) = answerable.filter(|request| !request.via().host().is_empty()) else { return };
        let phrase = [status.phrase(), ": ", what].concat();
        self.wire.respond_in_words(&request, source, &Answer::bare(status), &phrase, out);
    }

    /// A stream is gone, or could not be opened, or a datagram was refused: what was under way to `target` fails over.
    pub fn handle_transport_failure(&mut self, now: Instant, target: &Target, out: &mut Vec<Effect>) {
        let table = &mut self.wire.table;
        table.servers.handle_failure(target, out);
        for lost in table.clients.take_failed(&mut table.common, target) {
            self.handle_lost(now, lost, out);
        }
    }

    /// The addresses of a host that an [`Effect::Resolve`] asked for, in order of preference. The response goes there.
    pub fn handle_resolved(&mut self, server: ServerId, targets: Vec<Target>, out: &mut Vec<Effect>) {
        self.wire.table.servers.handle_resolved(server.0, targets, out);
    }

    /// A stream was closed. Transactions that wait for an answer on it fail; usages go on and use a new stream, and so
    /// do answers of ours that are still to come.
    pub fn handle_closed(&mut self, now: Instant, connection: Connection, out: &mut Vec<Effect>) {
        let affected = self.by_connection.range((connection, UsageId(0))..=(connection, UsageId(u64::MAX)));
        let ids: Vec<UsageId> = affected.map(|&(_, id)| id).collect();
        for id in ids {
            self.by_connection.remove(&(connection, id));
            if let Some(usage) = self.usages.get_mut(&id) {
                usage.forget_connection(connection);
            }
        }
        let table = &mut self.wire.table;
        table.servers.handle_closed(connection, out);
        for lost in table.clients.take_closed(&mut table.common, connection) {
            self.handle_lost(now, lost, out);
        }
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Instant, out: &mut Vec<Effect>) {
        while let Some(owner) = self.wire.table.common.timers.pop_due(now) {
            let table = &mut self.wire.table;
            match owner {
                Owner::Client(id) => {
                    if let Some(lost) = table.clients.handle_timeout(now, &mut table.common, id, out) {
                        self.handle_lost(now, lost, out);
                    }
                }
                Owner::Server(id) => table.servers.handle_timeout(now, &mut table.common, id, out),
                Owner::Usage(id) => {
                    if let Some(usage) = self.usages.get_mut(&id) {
                        usage.deadline = None;
                    }
                    self.with(now, id, out, Usage::handle_timeout);
                }
            }
        }
    }

    // ---- responses

    fn receive_response(&mut self, now: Instant, response: &Response, source: &Source, out: &mut Vec<Effect>) {
        // Below the Via of ours there is none: what has more was not meant for us. RFC 3261 §8.1.3.3
        if response.headers(HeaderName::Via).nth(1).is_some() {
            return;
        }
        let table = &mut self.wire.table;
        let Some(received) = table.clients.handle_response(now, &mut table.common, response, source, out) else {
            return;
        };
        match received.user {
            User::Usage(id, purpose) => {
                if self.usages.contains_key(&id) {
                    self.with(now, id, out, |usage, turn| usage.handle_response(turn, purpose, &received, response));
                } else {
                    self.dismiss_late(now, &received, response, out);
                }
            }
            User::Outside(client) => self.handle_outside_response(now, client, &received, response, out),
            User::Nobody => {}
        }
    }

    /// A 2xx to an INVITE of a usage that is gone.
    fn dismiss_late(&mut self, now: Instant, received: &Received, response: &Response, out: &mut Vec<Effect>) {
        let is_answer = response.cseq().method == Method::Invite && (200..300).contains(&response.status().0);
        if is_answer {
            usage::dismiss(&mut self.turn(now, out), received, response);
        }
    }

    fn handle_lost(&mut self, now: Instant, lost: Lost, out: &mut Vec<Effect>) {
        match lost.user {
            User::Usage(id, purpose) => self.with(now, id, out, |usage, turn| usage.handle_lost(turn, purpose, &lost)),
            User::Outside(client) => self.handle_outside_lost(now, client, &lost, out),
            User::Nobody => {}
        }
    }

    // ---- requests

    fn receive_request(&mut self, now: Instant, request: Request, source: &Source, out: &mut Vec<Effect>) {
        let table = &mut self.wire.table;
        let key = server_key(&table.common.namer, &request, request.method());
        if table.servers.handle_repeat(now, &mut table.common, key, request.method(), out) {
            return;
        }
        if *request.method() == Method::Cancel {
            return self.receive_cancel(now, &request, source, out);
        }
        match request.to().tag() {
            Some(tag) => {
                let id = self.usage_of_tag(tag);
                match id.filter(|id| self.usages.get(id).is_some_and(|usage| usage.is_named(&request, tag))) {
                    Some(id) => self.receive_in_dialog(now, id, &request, source, out),
                    // A subscription that is about no call is the application's.
                    None if *request.method() == Method::Subscribe && !refers::is_refer(&request) => {
                        self.receive_outside(now, request, source, out);
                    }
                    // A stray ACK is swallowed by `respond_statelessly`.
                    None => self.turn(now, out).respond_statelessly(&request, source, Status(481), &[]),
                }
            }
            None => self.receive_outside(now, request, source, out),
        }
    }

    /// CANCEL. RFC 3261 §9.2
    fn receive_cancel(&mut self, now: Instant, cancel: &Request, source: &Source, out: &mut Vec<Effect>) {
        let table = &self.wire.table;
        let key = server_key(&table.common.namer, cancel, &Method::Invite);
        let Some(usage) = table.servers.find(key).and_then(|id| table.servers.usage(id)) else {
            return self.turn(now, out).respond_statelessly(cancel, source, Status(481), &[]);
        };
        let tag = self.usages.get(&usage).map(|usage| usage.tag);
        let mut turn = self.turn(now, out);
        turn.respond_with_tag(cancel, source, Status(200), &[], tag.as_ref().map(|tag| tag.text.as_str()));
        self.with(now, usage, out, |usage, turn| usage.handle_cancel(turn, cancel));
    }

    fn receive_in_dialog(
        &mut self,
        now: Instant,
        id: UsageId,
        request: &Request,
        source: &Source,
        out: &mut Vec<Effect>,
    ) {
        if *request.method() != Method::Ack
            && let Some(unsupported) = unsupported(request)
        {
            let fields = [("Unsupported", unsupported.as_str())];
            return self.turn(now, out).respond_at_once(request, source, Status(420), &fields);
        }
        if let Some(refusal) = body_refusal(request) {
            return self.turn(now, out).respond_at_once(request, source, Status(415), &refusal);
        }
        self.with(now, id, out, |usage, turn| usage.handle_request(turn, request, source));
    }

    /// A request outside any dialog: what can be refused without the application is. RFC 3261 §8.2
    fn receive_outside(&mut self, now: Instant, request: Request, source: &Source, out: &mut Vec<Effect>) {
        let mut turn = self.turn(now, out);
        let mut refuse = |status, fields: &[compose::Field<'_>]| {
            turn.respond_statelessly(&request, source, Status(status), fields);
        };
        match request.method() {
            Method::Ack | Method::Cancel => return,
            Method::Bye | Method::Info | Method::Prack | Method::Update => return refuse(481, &[]),
            Method::Other(_) => return refuse(501, &[("Allow", super::ALLOW)]),
            Method::Refer if refers::read_refer(&request).is_none() => return refuse(400, &[]),
            // An address of record is a SIP URI. RFC 3261 §10.2
            Method::Register if Scheme::of(request.to().uri()) == Some(Scheme::Other) => return refuse(400, &[]),
            Method::Options | Method::Register => {}
            Method::Invite | Method::Message | Method::Notify | Method::Publish | Method::Refer | Method::Subscribe => {
                // Who answers for himself takes these; what would go on from here does not.
                if request.max_forwards() == Some(0) {
                    return refuse(483, &[]);
                }
            }
        }
        if Scheme::of(request.uri()) == Some(Scheme::Other) {
            return refuse(416, &[]);
        }
        let table = &self.wire.table;
        let merge = merge_key(&table.common.namer, &request);
        let is_loop = |branch: Option<&str>| {
            branch.is_some_and(|branch| table.clients.is_loop(&table.common, branch, request.uri()))
        };
        // The top Via was read already; there seldom is another.
        let came_back = || is_loop(request.via().branch()) || request.vias().skip(1).any(|via| is_loop(via.branch()));
        if table.servers.is_merged(merge) || came_back() {
            return self.turn(now, out).respond_statelessly(&request, source, Status(482), &[]);
        }
        let mut turn = self.turn(now, out);
        if let Some(unsupported) = unsupported(&request) {
            let fields = [("Unsupported", unsupported.as_str())];
            return turn.respond_statelessly(&request, source, Status(420), &fields);
        }
        if let Some(fields) = body_refusal(&request) {
            return turn.respond_statelessly(&request, source, Status(415), &fields);
        }
        if *request.method() == Method::Invite && !accepts_descriptions(&request) {
            return turn.respond_statelessly(&request, source, Status(406), &[]);
        }
        if *request.method() == Method::Invite
            && let Some(min) = Session::too_small(&request)
        {
            return turn.respond_statelessly(&request, source, Status(422), &[("Min-SE", min)]);
        }
        out.push(Effect::Event(Event::Requested { request, source: source.clone() }));
    }
}

/// The option tags of Require that we don't know, as Unsupported lists them. RFC 3261 §8.2.2.3
fn unsupported(request: &Request) -> Option<String> {
    request.header(HeaderName::Require)?;
    let known = ["100rel", "timer", "replaces", "norefersub"];
    let unknown: Vec<&str> = request
        .headers(HeaderName::Require)
        .filter(|tag| !known.iter().any(|known| known.eq_ignore_ascii_case(tag)))
        .collect();
    (!unknown.is_empty()).then(|| unknown.join(", "))
}

/// Whether an INVITE may be answered with a session description. RFC 3261 §20.1
fn accepts_descriptions(invite: &Request) -> bool {
    let essence = |value: &str| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    invite.header(HeaderName::Accept).is_none_or(|value| value.trim().is_empty())
        || invite
            .headers(HeaderName::Accept)
            .any(|value| matches!(essence(value).as_str(), "application/sdp" | "application/*" | "*/*"))
}

/// What to say of a body that we can't understand, if it has to be understood. RFC 3261 §8.2.3
fn body_refusal(request: &Request) -> Option<[compose::Field<'static>; 1]> {
    if request.body().is_empty() {
        return None;
    }
    let is_optional = request
        .header(HeaderName::ContentDisposition)
        .is_some_and(|value| value.split(';').any(|param| param.trim().eq_ignore_ascii_case("handling=optional")));
    if is_optional {
        return None;
    }
    if request.header(HeaderName::ContentEncoding).is_some_and(|value| !value.trim().eq_ignore_ascii_case("identity")) {
        return Some([("Accept-Encoding", "identity")]);
    }
    if !matches!(request.method(), Method::Invite | Method::Update | Method::Prack) {
        return None;
    }
    let content_type = request.content_type()?;
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let is_known = essence.eq_ignore_ascii_case("application/sdp")
        || essence.get(..10).is_some_and(|main| main.eq_ignore_ascii_case("multipart/"));
    (!is_known).then_some([("Accept", "application/sdp")])
}
