//! Requests outside any dialog that we send: OPTIONS, REGISTER, MESSAGE and the like.

use std::collections::VecDeque;
use std::time::Instant;

use smallvec::SmallVec;

use crate::endpoint::compose::{self, Draft, Field};
use crate::endpoint::wire::{Again, Turn};
use crate::endpoint::{ClientId, Credentials, Effect, Endpoint, Event, OutgoingRequest, Status, challenge};
use crate::transaction::clients::{Loss, Lost, Received};
use crate::transaction::table::User;
use crate::transport::Target;
use crate::{Method, Response, Transport};

const CHALLENGES_MAX: u8 = 3;

/// What is kept of a request until its final answer.
#[derive(Debug)]
pub(crate) struct Outside {
    method: Method,
    targets: VecDeque<Target>,
    cseq: u32,
    contact_user: Option<String>,
    credentials: Option<Credentials>,
    n_challenges: u8,
}

impl Endpoint {
    pub(super) fn send_outside(&mut self, now: Instant, request: OutgoingRequest, out: &mut Vec<Effect>) -> ClientId {
        let id = ClientId(self.wire.table.common.next_id());
        let mut targets: VecDeque<Target> = request.targets.into();
        let Some(target) = targets.pop_front() else {
            out.push(Effect::Event(Event::Responded { client: id, response: None, status: Status(503) }));
            return id;
        };
        let mut turn = self.turn(now, out);
        let namer = &mut turn.wire.table.common.namer;
        let (tag, call_id) = (namer.token(), namer.token());
        let head = compose::head(&request.from, tag.as_str(), &request.to, call_id.as_str());
        let contact = request.contact_user.as_deref().map(|user| contact(&turn, user, &target, &request.uri));
        let mut fields: SmallVec<[Field<'_>; 2]> = SmallVec::new();
        if let Some(contact) = &contact {
            fields.push(("Contact", contact));
        }
        let product = turn.wire.config.product.clone();
        let draft = Draft {
            method: request.method.as_str(),
            uri: &request.uri,
            routes: &[],
            head: head.as_bytes(),
            cseq: 1,
            max_forwards: 70,
            product: &product,
            fields: &fields,
            headers: &request.headers,
            body: request.body.as_ref(),
        };
        turn.send(User::Outside(id), &request.method, target, &draft);
        let outside = Outside {
            method: request.method,
            targets,
            cseq: 1,
            contact_user: request.contact_user,
            credentials: request.credentials,
            n_challenges: 0,
        };
        self.outside.insert(id, outside);
        id
    }

    pub(super) fn handle_outside_response(
        &mut self,
        now: Instant,
        id: ClientId,
        received: &Received,
        response: &Response,
        out: &mut Vec<Effect>,
    ) {
        let status = response.status();
        if status.0 < 200 {
            return;
        }
        let Some(outside) = self.outside.get_mut(&id) else { return };
        let mut turn = Turn { now, wire: &mut self.wire, out };
        if let Some(credentials) = outside.credentials.as_ref().filter(|_| outside.n_challenges < CHALLENGES_MAX)
            && let Some((name, value)) = challenge::meet(&mut turn, credentials, &received.request, response)
        {
            outside.n_challenges += 1;
            outside.cseq = outside.cseq.wrapping_add(1);
            turn.send_again(&Again {
                user: User::Outside(id),
                method: &outside.method,
                target: &received.target,
                request: &received.request,
                cseq: Some(outside.cseq),
                fields: &[(name, &value)],
                is_tcp_refused: false,
            });
            return;
        }
        if status.0 == 503 && outside.try_next(&mut turn, id, &received.request) {
            return;
        }
        self.outside.remove(&id);
        out.push(Effect::Event(Event::Responded { client: id, response: Some(response.clone()), status }));
    }

    pub(super) fn handle_outside_lost(&mut self, now: Instant, id: ClientId, lost: &Lost, out: &mut Vec<Effect>) {
        let Some(outside) = self.outside.get_mut(&id) else { return };
        let mut turn = Turn { now, wire: &mut self.wire, out };
        if lost.is_upgraded && lost.loss == Loss::Transport {
            let target = Target { transport: Transport::Udp, connection: None, ..lost.target.clone() };
            return outside.send_again(&mut turn, id, &lost.request, &target, true);
        }
        if outside.try_next(&mut turn, id, &lost.request) {
            return;
        }
        let status = match lost.loss {
            Loss::TimedOut => Status(408),
            Loss::Transport => Status(503),
        };
        self.outside.remove(&id);
        out.push(Effect::Event(Event::Responded { client: id, response: None, status }));
    }
}

impl Outside {
    /// A request that nobody asks credentials for, as it is within a dialog.
    pub(super) fn without_more(method: Method, targets: VecDeque<Target>, cseq: u32) -> Self {
        Self { method, targets, cseq, contact_user: None, credentials: None, n_challenges: 0 }
    }

    /// Tries the next target, if there is one. RFC 3263 §4.3
    fn try_next(&mut self, turn: &mut Turn<'_>, id: ClientId, request: &bytes::Bytes) -> bool {
        let Some(target) = self.targets.pop_front() else { return false };
        self.send_again(turn, id, request, &target, false);
        true
    }

    fn send_again(
        &self,
        turn: &mut Turn<'_>,
        id: ClientId,
        request: &bytes::Bytes,
        target: &Target,
        is_tcp_refused: bool,
    ) {
        let uri = crate::transaction::rewrite::request_uri(request);
        let uri = std::str::from_utf8(uri).unwrap_or_default();
        let contact = self.contact_user.as_deref().map(|user| contact(turn, user, target, uri));
        let fields: SmallVec<[Field<'_>; 1]> = contact.iter().map(|contact| ("Contact", contact.as_str())).collect();
        turn.send_again(&Again {
            user: User::Outside(id),
            method: &self.method,
            target,
            request,
            cseq: None,
            fields: &fields,
            is_tcp_refused,
        });
    }
}

fn contact(turn: &Turn<'_>, user: &str, target: &Target, uri: &str) -> String {
    compose::contact(user, target, &turn.wire.config, uri.starts_with("sips:"))
}
