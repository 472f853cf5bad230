//! The endpoint: transactions and dialogs of one SIP element, behind one door.
//!
//! The application drives it with four kinds of methods. `receive`, `handle_*` take what the world did.
//! Commands (`invite`, `accept`, `bye` …) say what the application wants. `next_deadline` says when to come back.
//! Everything that should happen is pushed to `out`, in order: packets to send and events for the application.
//!
//! A request outside a dialog reaches the application as [`Event::Requested`] before any state is kept. The
//! application either answers it without state ([`Endpoint::reply_statelessly`]) or opens it
//! ([`Endpoint::open_invite`], [`Endpoint::open`]). That is what keeps strangers cheap.

use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::transport::{Connection, Source, Target};

/// One INVITE dialog usage (RFC 5057), from the first INVITE until it ended. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsageId(pub u64);

/// One server transaction other than INVITE, waiting for the application's answer. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerId(pub u64);

/// One client transaction other than INVITE, outside any dialog. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(pub u64);

/// A status code from 100 to 699. RFC 3261 §21.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Status(pub u16);

/// A body and its type. Bytes: this crate never looks into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// The Content-Type value, such as `application/sdp`.
    pub content_type: Bytes,
    pub bytes: Bytes,
}

/// Why something ended or was refused, as the Reason header says it. RFC 3326.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// `SIP` or `Q.850`.
    pub protocol: String,
    pub cause: u16,
    pub text: String,
}

/// A header field that the application adds to what the endpoint sends; name and value are checked for CR, LF and NUL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraHeader {
    pub name: String,
    pub value: String,
}

/// User name and password for one realm of one peer. Never sent elsewhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub realm: Option<String>,
    pub user: String,
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("realm", &self.realm).field("user", &self.user).finish_non_exhaustive()
    }
}

/// What an outgoing call says of itself.
#[derive(Clone, Debug)]
pub struct OutgoingInvite {
    /// The Request-URI.
    pub uri: String,
    /// From and To as name-addr without a tag, such as `"Alice" <sip:101@demo.test>`.
    pub from: String,
    pub to: String,
    /// User part of our Contact.
    pub contact_user: String,
    /// Where to send it, in order of preference; the next one is tried as RFC 3263 §4.3 says.
    pub targets: Vec<Target>,
    /// Our offer; none asks the peer for one (delayed offer).
    pub body: Option<Body>,
    pub headers: Vec<ExtraHeader>,
    pub credentials: Option<Credentials>,
    /// Max-Forwards to send: one less than what the call came with.
    pub max_forwards: u8,
    /// Session interval to ask for in seconds (RFC 4028); none leaves session timers to the peer.
    pub session_secs: Option<u32>,
}

/// What the endpoint wants done, in order.
#[derive(Debug)]
pub enum Effect {
    Event(Event),
    Transmit { target: Target, packet: Bytes },
}

/// How a usage ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndCause {
    /// The peer sent BYE.
    Bye { reason: Option<Reason> },
    /// Nothing was heard in time: a request in the dialog timed out or got 408 or 481. RFC 3261 §12.2.1.2
    Unreachable,
    /// The session interval passed without a refresh; BYE was sent. RFC 4028 §10
    SessionExpired,
    /// The ACK to our 2xx never came; BYE was sent. RFC 3261 §13.3.1.4
    AckMissing,
}

/// Which request carries an offer inside a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferMethod {
    Invite,
    Update,
}

/// What happened, for the application.
#[derive(Debug)]
pub enum Event {
    /// A request outside any dialog; nothing is kept of it yet. CANCEL, ACK, malformed, looping and merged
    /// requests, wrong Require and Max-Forwards were dealt with and never come here.
    Requested { request: crate::Request, source: Source },
    /// A request other than INVITE outside a dialog that we sent got its final answer; 408 when none came.
    Responded { client: ClientId, response: Option<crate::Response>, status: Status },

    // An INVITE that we sent
    /// 101 to 199. `body` is early media's session description, if it brought one.
    Progressed { usage: UsageId, status: Status, body: Option<Body> },
    /// 2xx. Answer with [`Endpoint::acknowledge`], in the same turn.
    Answered { usage: UsageId, body: Option<Body>, response: crate::Response },
    /// The final refusal after all targets were tried; the usage is gone. 408 when nobody answered; 487 after `cancel`.
    Refused { usage: UsageId, status: Status, reason: Option<Reason>, response: Option<crate::Response> },

    // An INVITE that we received and opened
    /// The peer gave up before the final answer; 487 was sent and the usage is gone.
    Cancelled { usage: UsageId, reason: Option<Reason> },
    /// The ACK to our 2xx; `body` is the answer when our 2xx carried the offer.
    Acknowledged { usage: UsageId, body: Option<Body> },
    /// PRACK to a reliable provisional of ours, with the answer (or a new offer's answer expected by
    /// [`Endpoint::answer_prack`]) in `body`. RFC 3262
    ProvisionallyAcknowledged { usage: UsageId, body: Option<Body> },

    // Inside a dialog
    /// re-INVITE or UPDATE: a new offer, or (re-INVITE without body) the wish for one. Answer with
    /// [`Endpoint::answer_reoffer`]. An UPDATE without a body is answered by the endpoint.
    Reoffered { usage: UsageId, method: OfferMethod, body: Option<Body> },
    /// The final answer to our `reoffer`. The ACK to a 2xx with an answer was sent by the endpoint; for a 2xx with an
    /// offer (our re-INVITE had no body) call [`Endpoint::acknowledge`].
    ReofferAnswered { usage: UsageId, status: Status, body: Option<Body> },
    /// REFER. Answer with [`Endpoint::answer_refer`]. RFC 3515
    Referred { usage: UsageId, refer: Refer },
    /// INFO or MESSAGE in the dialog; 200 was sent.
    Informed { usage: UsageId, body: Body },
    /// NOTIFY for a REFER of ours: the sipfrag's status. RFC 3515 §2.4.5
    ReferProgressed { usage: UsageId, status: Status, ended: bool },
    /// The dialog is over; the usage is gone.
    Ended { usage: UsageId, cause: EndCause },
}

/// A request to transfer. RFC 3515, 3891, 3892.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refer {
    /// The Refer-To URI, without its headers.
    pub uri: String,
    /// The dialog to replace, from the Replaces header inside the Refer-To URI.
    pub replaces: Option<Replaces>,
    pub referred_by: Option<String>,
}

/// Names a dialog as its other side sees it. RFC 3891
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaces {
    pub call_id: String,
    pub to_tag: String,
    pub from_tag: String,
    pub early_only: bool,
}

/// What the endpoint needs to know of itself.
#[derive(Clone, Debug)]
pub struct Config {
    /// Server and User-Agent value; strangers never see it.
    pub product: String,
    /// Host names and addresses that are ours: requests to them end here.
    pub sent_by: String,
    /// RFC 3261 §17.1.1.1, usually 500 ms.
    pub t1: Duration,
    /// RFC 3261 §17.1.2.2, usually 4 s.
    pub t2: Duration,
    /// RFC 3261 §17.1.2.2, usually 5 s.
    pub t4: Duration,
}

/// All SIP state of one element.
pub struct Endpoint {}

impl Endpoint {
    /// `seed` must come from the system's random source: tags, branches and Call-IDs are made from it.
    pub fn new(config: Config, seed: [u8; 32]) -> Self {
        let _ = (config, seed);
        todo!()
    }

    /// Takes one whole message (a datagram, or what [`crate::stream`] cut from a stream).
    pub fn receive(&mut self, now: Instant, source: &Source, packet: Bytes, out: &mut Vec<Effect>) {
        let _ = (now, source, packet, out);
        todo!()
    }

    /// A stream is gone, or could not be opened, or a datagram was refused: what was under way to `target` fails over.
    pub fn handle_transport_failure(&mut self, now: Instant, target: &Target, out: &mut Vec<Effect>) {
        let _ = (now, target, out);
        todo!()
    }

    /// A stream was closed. Transactions that wait for an answer on it fail; usages go on and use a new stream.
    pub fn handle_closed(&mut self, now: Instant, connection: Connection, out: &mut Vec<Effect>) {
        let _ = (now, connection, out);
        todo!()
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let _ = (now, out);
        todo!()
    }

    /// When `handle_timeout` has something to do.
    pub fn next_deadline(&self) -> Option<Instant> {
        todo!()
    }

    // ---- requests outside a dialog, received

    /// Answers without keeping anything; for challenges and refusals to strangers. RFC 3261 §8.2.7
    pub fn reply_statelessly(
        &mut self,
        request: &crate::Request,
        source: &Source,
        status: Status,
        headers: &[ExtraHeader],
        out: &mut Vec<Effect>,
    ) {
        let _ = (request, source, status, headers, out);
        todo!()
    }

    /// Opens a request other than INVITE; answer it with `respond`.
    pub fn open(&mut self, now: Instant, request: crate::Request, source: &Source) -> ServerId {
        let _ = (now, request, source);
        todo!()
    }

    /// The final answer to an opened request.
    pub fn respond(
        &mut self,
        now: Instant,
        server: ServerId,
        status: Status,
        headers: &[ExtraHeader],
        body: Option<Body>,
        out: &mut Vec<Effect>,
    ) {
        let _ = (now, server, status, headers, body, out);
        todo!()
    }

    /// Opens an INVITE and sends 100. Go on with `progress`, `accept`, `refuse`.
    pub fn open_invite(
        &mut self,
        now: Instant,
        request: crate::Request,
        source: &Source,
        out: &mut Vec<Effect>,
    ) -> UsageId {
        let _ = (now, request, source, out);
        todo!()
    }

    /// 101 to 199; reliable when the peer requires it, or supports it and there is a body. RFC 3262
    pub fn progress(
        &mut self,
        now: Instant,
        usage: UsageId,
        status: Status,
        headers: &[ExtraHeader],
        body: Option<Body>,
        out: &mut Vec<Effect>,
    ) {
        let _ = (now, usage, status, headers, body, out);
        todo!()
    }

    /// 200, retransmitted until the ACK comes. Waits for an outstanding PRACK first, as RFC 3262 §3 wants.
    pub fn accept(
        &mut self,
        now: Instant,
        usage: UsageId,
        headers: &[ExtraHeader],
        body: Option<Body>,
        out: &mut Vec<Effect>,
    ) {
        let _ = (now, usage, headers, body, out);
        todo!()
    }

    /// 300 to 699; the usage is gone.
    pub fn refuse(
        &mut self,
        now: Instant,
        usage: UsageId,
        status: Status,
        reason: Option<&Reason>,
        headers: &[ExtraHeader],
        out: &mut Vec<Effect>,
    ) {
        let _ = (now, usage, status, reason, headers, out);
        todo!()
    }

    // ---- an INVITE sent

    /// Sends an INVITE and tracks it through provisional answers, challenge, failover and several early dialogs.
    pub fn invite(&mut self, now: Instant, invite: OutgoingInvite, out: &mut Vec<Effect>) -> UsageId {
        let _ = (now, invite, out);
        todo!()
    }

    /// Gives up before the answer: CANCEL once a provisional came. `Refused` follows; should a 2xx cross it, the
    /// endpoint sends ACK and BYE by itself and `Refused` with 487 follows all the same.
    pub fn cancel(&mut self, now: Instant, usage: UsageId, reason: Option<&Reason>, out: &mut Vec<Effect>) {
        let _ = (now, usage, reason, out);
        todo!()
    }

    /// ACK to a 2xx; `body` is the answer if the 2xx carried the offer. Repeated for each retransmitted 2xx.
    pub fn acknowledge(&mut self, now: Instant, usage: UsageId, body: Option<Body>, out: &mut Vec<Effect>) {
        let _ = (now, usage, body, out);
        todo!()
    }

    // ---- inside a dialog

    /// A new offer by re-INVITE, or by UPDATE where the dialog is early; `None` asks the peer for an offer. On glare
    /// (491) the endpoint tries again as RFC 3261 §14.1 says. One at a time: a second waits for the first.
    pub fn reoffer(&mut self, now: Instant, usage: UsageId, body: Option<Body>, out: &mut Vec<Effect>) {
        let _ = (now, usage, body, out);
        todo!()
    }

    /// The answer to `Reoffered`.
    pub fn answer_reoffer(
        &mut self,
        now: Instant,
        usage: UsageId,
        status: Status,
        body: Option<Body>,
        out: &mut Vec<Effect>,
    ) {
        let _ = (now, usage, status, body, out);
        todo!()
    }

    /// The answer in the 200 to a PRACK that carried an offer.
    pub fn answer_prack(&mut self, now: Instant, usage: UsageId, body: Option<Body>, out: &mut Vec<Effect>) {
        let _ = (now, usage, body, out);
        todo!()
    }

    /// 202 or a refusal to `Referred`.
    pub fn answer_refer(&mut self, now: Instant, usage: UsageId, status: Status, out: &mut Vec<Effect>) {
        let _ = (now, usage, status, out);
        todo!()
    }

    /// NOTIFY with the progress of a transfer that the peer asked for; a final status ends the subscription.
    pub fn notify_refer(&mut self, now: Instant, usage: UsageId, status: Status, out: &mut Vec<Effect>) {
        let _ = (now, usage, status, out);
        todo!()
    }

    /// INFO with a body, such as `application/dtmf-relay`.
    pub fn info(&mut self, now: Instant, usage: UsageId, body: Body, out: &mut Vec<Effect>) {
        let _ = (now, usage, body, out);
        todo!()
    }

    /// Ends the dialog. Whatever state it is in, the peer gets what ends it: BYE, CANCEL, or BYE once the ACK came.
    /// The usage is gone for the application at once; no `Ended` follows.
    pub fn bye(&mut self, now: Instant, usage: UsageId, reason: Option<&Reason>, out: &mut Vec<Effect>) {
        let _ = (now, usage, reason, out);
        todo!()
    }

    /// The usage that a Replaces header names, if it is one of ours. RFC 3891 §3
    pub fn find(&self, replaces: &Replaces) -> Option<UsageId> {
        let _ = replaces;
        todo!()
    }

    /// Sends a request other than INVITE outside any dialog (OPTIONS, REGISTER, NOTIFY, MESSAGE).
    pub fn request(&mut self, now: Instant, request: OutgoingRequest, out: &mut Vec<Effect>) -> ClientId {
        let _ = (now, request, out);
        todo!()
    }

    /// How many usages, transactions and timers there are. All zero in an idle world.
    pub fn census(&self) -> Census {
        todo!()
    }
}

/// A request outside any dialog.
#[derive(Clone, Debug)]
pub struct OutgoingRequest {
    pub method: crate::Method,
    pub uri: String,
    pub from: String,
    pub to: String,
    pub contact_user: Option<String>,
    pub targets: Vec<Target>,
    pub headers: Vec<ExtraHeader>,
    pub body: Option<Body>,
    pub credentials: Option<Credentials>,
}

/// Counts for leak tests and metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    pub n_usages: usize,
    pub n_transactions: usize,
    pub n_timers: usize,
}
