//! The endpoint: transactions and dialogs of one SIP element, behind one door.
//!
//! The application drives it with four kinds of methods. `receive`, `handle_*` take what the world did.
//! Commands (`invite`, `accept`, `bye` …) say what the application wants. `next_deadline` says when to come back.
//! Everything that should happen is pushed to `out`, in order: packets to send and events for the application.
//!
//! A request outside a dialog reaches the application as [`Event::Requested`] before any state is kept. The
//! application either answers it without state ([`Endpoint::reply_statelessly`]) or opens it
//! ([`Endpoint::open_invite`], [`Endpoint::open`]). That is what keeps strangers cheap.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::transaction::Times;
use crate::transaction::table::Table;
use crate::transport::{Connection, Source, Target, Transport};

mod challenge;
mod commands;
mod compose;
mod incoming;
mod keeping;
mod offers;
mod outgoing;
mod outside;
mod receive;
mod refers;
mod session;
mod subscriptions;
mod usage;
mod wire;

pub use keeping::KeptUsage;
pub use session::KeptSession;
pub use subscriptions::Subscription;

use outside::Outside;
use usage::Usage;
use wire::{Turn, Wire};

/// Methods that the endpoint or the application behind it takes. RFC 3261 §20.5
pub const ALLOW: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, UPDATE, REFER, NOTIFY, INFO, MESSAGE";

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
    /// Whether the peer is told that provisional answers are acknowledged (RFC 3262).
    pub offers_reliable: bool,
}

/// What the endpoint wants done, in order.
#[derive(Debug)]
pub enum Effect {
    Event(Event),
    /// A response can't be delivered to where its request came from. Find the addresses of this host, which the sender
    /// named, and give them to [`Endpoint::handle_resolved`]. RFC 3263 §5
    Resolve {
        server: ServerId,
        host: String,
        port: Option<u16>,
        transport: Transport,
    },
    Transmit {
        target: Target,
        packet: Bytes,
    },
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
    /// A reliable provisional answer with the offer that our INVITE asked for. Answer it with
    /// [`Endpoint::answer_early_offer`], in the same turn. RFC 3262 §5
    OfferedEarly { usage: UsageId, status: Status, body: Body },
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
    /// Host and port that name us in Contact over TLS, where peers check names; none is the address of the flow.
    pub tls_name: Option<String>,
    /// RFC 3261 §17.1.1.1, usually 500 ms.
    pub t1: Duration,
    /// RFC 3261 §17.1.2.2, usually 4 s.
    pub t2: Duration,
    /// RFC 3261 §17.1.2.2, usually 5 s.
    pub t4: Duration,
}

/// All SIP state of one element.
#[derive(Debug)]
pub struct Endpoint {
    wire: Wire,
    usages: BTreeMap<UsageId, Box<Usage>>,
    /// Usages whose requests go by a stream that the peer opened, by that stream.
    by_connection: BTreeSet<(Connection, UsageId)>,
    outside: BTreeMap<ClientId, Outside>,
    /// Usages that another process began, by our tag, which that one made.
    resumed: BTreeMap<Box<str>, UsageId>,
}

impl Endpoint {
    /// `seed` must come from the system's random source: tags, branches and Call-IDs are made from it.
    pub fn new(config: Config, seed: [u8; 32]) -> Self {
        let times = Times { t1: config.t1, t2: config.t2, t4: config.t4 };
        Self {
            wire: Wire { table: Table::new(times, seed), config },
            usages: BTreeMap::new(),
            by_connection: BTreeSet::new(),
            outside: BTreeMap::new(),
            resumed: BTreeMap::new(),
        }
    }

    /// When `handle_timeout` has something to do.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.wire.table.common.timers.next_deadline()
    }

    /// How many usages, transactions and timers there are. All zero in an idle world.
    pub fn census(&self) -> Census {
        Census {
            n_usages: self.usages.len() + self.outside.len(),
            n_transactions: self.wire.table.len(),
            n_timers: self.wire.table.common.timers.len(),
        }
    }

    fn turn<'a>(&'a mut self, now: Instant, out: &'a mut Vec<Effect>) -> Turn<'a> {
        Turn { now, wire: &mut self.wire, out }
    }

    /// Lets a usage act, and then keeps its deadline and its place in the tables, or forgets it.
    fn with(&mut self, now: Instant, id: UsageId, out: &mut Vec<Effect>, act: impl FnOnce(&mut Usage, &mut Turn<'_>)) {
        let Some(usage) = self.usages.get_mut(&id) else { return };
        act(usage, &mut Turn { now, wire: &mut self.wire, out });
        let (connection, deadline) =
            if usage.is_over { (None, None) } else { (usage.connection(), usage.next_deadline()) };
        self.wire.table.set_usage_deadline(id, &mut usage.deadline, deadline);
        if connection != usage.indexed_connection {
            if let Some(old) = usage.indexed_connection {
                self.by_connection.remove(&(old, id));
            }
            if let Some(new) = connection {
                self.by_connection.insert((new, id));
            }
            usage.indexed_connection = connection;
        }
        if usage.is_over
            && let Some(usage) = self.usages.remove(&id)
            && !self.resumed.is_empty()
        {
            self.resumed.remove(usage.tag.text.as_str());
        }
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
