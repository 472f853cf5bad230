//! One turn of the endpoint: what a usage needs to send, answer and report.

use std::time::Instant;

use bytes::Bytes;

use crate::endpoint::compose::{self, Draft, Field, Reply};
use crate::endpoint::{Body, Config, Effect, Event, ExtraHeader, Status, UsageId};
use crate::limits::UDP_REQUEST_BYTES_MAX;
use crate::message::name::HeaderName;
use crate::transaction::clients::Outgoing;
use crate::transaction::key::{COOKIE, Namer};
use crate::transaction::rewrite::{self, Changes};
use crate::transaction::servers::Opening;
use crate::transaction::table::{Table, User, transmit};
use crate::transport::{Source, Target, Transport};
use crate::{Method, Request};

/// The transactions and what all messages share.
#[derive(Debug)]
pub(crate) struct Wire {
    pub table: Table,
    pub config: Config,
}

impl Wire {
    /// Answers without keeping anything and without saying who we are. RFC 3261 §8.2.7
    pub fn respond_statelessly(&self, request: &Request, source: &Source, answer: &Answer<'_>, out: &mut Vec<Effect>) {
        self.respond_in_words(request, source, answer, answer.status.phrase(), out);
    }

    /// The same in other words than the usual ones of the status.
    pub fn respond_in_words(
        &self,
        request: &Request,
        source: &Source,
        answer: &Answer<'_>,
        phrase: &str,
        out: &mut Vec<Effect>,
    ) {
        if *request.method() == Method::Ack {
            return;
        }
        let tag = self.table.common.namer.stateless_tag(&[
            request.call_id().as_bytes(),
            request.from().tag().unwrap_or_default().as_bytes(),
            request.via().branch().unwrap_or_default().as_bytes(),
            &request.cseq().number.to_be_bytes(),
        ]);
        let head = compose::reply_head(request, source, Some(tag.as_str()));
        let Answer { status, fields, headers, body } = *answer;
        let packet = compose::response(&Reply { status, phrase, head: &head, product: "", fields, headers, body });
        transmit(&compose::reply_target(request, source), &packet, out);
    }
}

/// What is at hand while one input is handled.
pub(crate) struct Turn<'a> {
    pub now: Instant,
    pub wire: &'a mut Wire,
    pub out: &'a mut Vec<Effect>,
}

impl Turn<'_> {
    pub fn emit(&mut self, event: Event) {
        self.out.push(Effect::Event(event));
    }

    // ---- requests

    /// Sends a new request; returns the id of its transaction.
    pub fn send(&mut self, user: User, method: &Method, target: Target, draft: &Draft<'_>) -> u64 {
        let id = self.wire.table.common.next_id();
        let branch = self.wire.table.common.namer.branch(id);
        let via = self.via(target.transport, &target, branch.text.as_str());
        let request = compose::request(draft, &via);
        let (target, request, is_upgraded) = match upgrade(&target, &request) {
            Some(tcp) => {
                let via = self.via(Transport::Tcp, &tcp, branch.text.as_str());
                let request = rewrite::again(&request, &Changes { via: &via, ..Changes::default() });
                (tcp, request, true)
            }
            None => (target, request, false),
        };
        let outgoing = Outgoing { branch, user, target, request, is_upgraded };
        let Wire { table, .. } = &mut *self.wire;
        table.clients.send(self.now, &mut table.common, method, outgoing, self.out);
        id
    }

    /// Sends a request once more, as a new transaction. A large one stays on UDP if `keep_transport` says so.
    pub fn send_again(&mut self, again: &Again<'_>) -> u64 {
        let id = self.wire.table.common.next_id();
        let branch = self.wire.table.common.namer.branch(id);
        let tcp = if again.is_tcp_refused { None } else { upgrade(again.target, again.request) };
        let is_upgraded = tcp.is_some();
        let target = tcp.unwrap_or_else(|| again.target.clone());
        let via = self.via(target.transport, &target, branch.text.as_str());
        let changes = Changes { via: &via, cseq: again.cseq, fields: again.fields };
        let request = rewrite::again(again.request, &changes);
        let outgoing = Outgoing { branch, user: again.user, target, request, is_upgraded };
        let Wire { table, .. } = &mut *self.wire;
        table.clients.send(self.now, &mut table.common, again.method, outgoing, self.out);
        id
    }

    /// Writes an ACK to a 2xx and sends it for the INVITE transaction `invite`. RFC 3261 §13.2.2.4
    pub fn send_ack(&mut self, invite: u64, to_tag: &str, target: Target, draft: &Draft<'_>) {
        let id = self.wire.table.common.next_id();
        let branch = self.wire.table.common.namer.branch(id);
        let via = self.via(target.transport, &target, branch.text.as_str());
        let packet = compose::request(draft, &via);
        self.wire.table.clients.acknowledge(invite, to_tag, target, packet, self.out);
    }

    /// Sends the CANCEL of an INVITE of ours, if it can be cancelled now. Returns whether it could.
    pub fn send_cancel(&mut self, invite: u64, reason: Option<&str>) -> bool {
        let Wire { table, .. } = &mut *self.wire;
        if !table.clients.is_proceeding(invite) {
            return false;
        }
        table.clients.cancel(self.now, &mut table.common, invite, reason, self.out);
        true
    }

    fn via(&self, transport: Transport, target: &Target, branch: &str) -> String {
        compose::via(transport, target.local, &self.wire.config.sent_by, branch)
    }

    // ---- responses

    /// Keeps a request to answer it later, with this tag of ours. None if it is kept already.
    pub fn open(
        &mut self,
        request: &Request,
        source: &Source,
        to_tag: Option<&str>,
        usage: Option<UsageId>,
    ) -> Option<u64> {
        let Wire { table, .. } = &mut *self.wire;
        let namer = &table.common.namer;
        let key = server_key(namer, request, request.method());
        let merge_key = request.to().tag().is_none().then(|| merge_key(namer, request));
        if table.servers.is_open(key, merge_key) {
            return None;
        }
        let opening = Opening {
            method: request.method().clone(),
            key,
            merge_key,
            target: compose::kept_reply_target(request, source),
            fallback: compose::fallback(request, source).map(Box::new),
            head: compose::reply_head(request, source, to_tag),
            usage,
        };
        Some(table.servers.open(self.now, &mut table.common, opening))
    }

    /// Answers a request that was kept. Returns the response, or none if there was a final one before.
    pub fn respond(&mut self, server: u64, answer: &Answer<'_>) -> Option<Bytes> {
        let head = self.wire.table.servers.head(server)?;
        let packet = compose::response(&Reply {
            status: answer.status,
            phrase: answer.status.phrase(),
            head: &head,
            product: &self.wire.config.product,
            fields: answer.fields,
            headers: answer.headers,
            body: answer.body,
        });
        let Wire { table, .. } = &mut *self.wire;
        table.servers.respond(self.now, &mut table.common, server, answer.status.into(), packet.clone(), self.out);
        Some(packet)
    }

    /// Sends a response once more, along the way that leads to the peer now.
    pub fn repeat(&mut self, server: u64, packet: &Bytes) {
        if let Some(target) = self.wire.table.servers.target(server) {
            transmit(target, packet, self.out);
        }
    }

    /// Answers a request of a dialog at once; it is kept for its copies where copies can come.
    pub fn respond_at_once(&mut self, request: &Request, source: &Source, status: Status, fields: &[Field<'_>]) {
        self.respond_with_tag(request, source, status, fields, None);
    }

    /// The same with a tag of ours, for a request without.
    pub fn respond_with_tag(
        &mut self,
        request: &Request,
        source: &Source,
        status: Status,
        fields: &[Field<'_>],
        tag: Option<&str>,
    ) {
        if *request.method() == Method::Ack {
            return;
        }
        if !source.transport.is_reliable() || *request.method() == Method::Invite {
            if let Some(server) = self.open(request, source, tag, None) {
                self.respond(server, &Answer { status, fields, headers: &[], body: None });
            }
            return;
        }
        let packet = compose::response(&Reply {
            status,
            phrase: status.phrase(),
            head: &compose::reply_head(request, source, tag),
            product: &self.wire.config.product,
            fields,
            headers: &[],
            body: None,
        });
        transmit(&compose::reply_target(request, source), &packet, self.out);
    }

    /// Answers without keeping anything and without saying who we are.
    pub fn respond_statelessly(&mut self, request: &Request, source: &Source, status: Status, fields: &[Field<'_>]) {
        let answer = Answer { status, fields, headers: &[], body: None };
        self.wire.respond_statelessly(request, source, &answer, self.out);
    }

    /// Keeps a request outside a dialog to answer it later.
    pub fn open_with_new_tag(&mut self, request: &Request, source: &Source) -> Option<u64> {
        let tag = self.wire.table.common.namer.token();
        self.open(request, source, Some(tag.as_str()), None)
    }
}

/// What to answer.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub status: Status,
    pub fields: &'a [Field<'a>],
    pub headers: &'a [ExtraHeader],
    pub body: Option<&'a Body>,
}

impl Answer<'_> {
    /// An answer that is a status and nothing else.
    pub fn bare(status: Status) -> Self {
        Answer { status, fields: &[], headers: &[], body: None }
    }
}

/// A request to send once more.
#[derive(Debug)]
pub(crate) struct Again<'a> {
    pub user: User,
    pub method: &'a Method,
    pub target: &'a Target,
    pub request: &'a Bytes,
    pub cseq: Option<u32>,
    pub fields: &'a [Field<'a>],
    /// TCP was tried because the request is large, and the peer does not take it.
    pub is_tcp_refused: bool,
}

/// The TCP target for a request too large for UDP. RFC 3261 §18.1.1
fn upgrade(target: &Target, request: &Bytes) -> Option<Target> {
    (target.transport == Transport::Udp && request.len() > UDP_REQUEST_BYTES_MAX)
        .then(|| Target { transport: Transport::Tcp, ..target.clone() })
}

/// Names the server transaction of `method` that a request belongs to. RFC 3261 §17.2.3
pub(crate) fn server_key(namer: &Namer, request: &Request, method: &Method) -> u64 {
    let method = if *method == Method::Ack { &Method::Invite } else { method };
    let via = request.via();
    match via.branch().filter(|branch| branch.len() > COOKIE.len() && branch.starts_with(COOKIE)) {
        Some(branch) => {
            let port = via.port().unwrap_or(5060).to_be_bytes();
            namer.hash(&[method.as_str().as_bytes(), branch.as_bytes(), via.host().as_bytes(), &port])
        }
        // A peer of RFC 2543, or one whose branch names nothing. The To tag is left out, since the ACK has that of our response.
        None => namer.hash(&[
            method.as_str().as_bytes(),
            request.uri().as_bytes(),
            request.from().tag().unwrap_or_default().as_bytes(),
            request.call_id().as_bytes(),
            &request.cseq().number.to_be_bytes(),
            request.header(HeaderName::Via).unwrap_or_default().as_bytes(),
        ]),
    }
}

/// Names a request whatever path it took. RFC 3261 §8.2.2.2
pub(crate) fn merge_key(namer: &Namer, request: &Request) -> u64 {
    namer.hash(&[
        request.from().tag().unwrap_or_default().as_bytes(),
        request.call_id().as_bytes(),
        &request.cseq().number.to_be_bytes(),
        request.method().as_str().as_bytes(),
    ])
}
