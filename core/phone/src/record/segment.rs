//! What a call did in each app that it passed: the facts that reports are made of. Specification of voice apps, 4.4.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::apps::attendant::{InputKind, Outcome};
use crate::apps::queue::Routing;
use crate::id::{AttendantId, QueueId, ResourceAccountId, SharedMailboxId, UserId};

/// One pass of a call through one app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// The segment whose app sent the call here, by its place in the record.
    pub parent: Option<usize>,
    /// The resource account that was called, of the first segment of a call to a service number.
    pub account: Option<ResourceAccountId>,
    pub started_at: Timestamp,
    /// When the call left the app; none while it is there.
    pub ended_at: Option<Timestamp>,
    pub pass: Pass,
    /// Where the app sent the call; none where it ended in the app.
    pub onward: Option<Onward>,
}

/// Which app, and what became of the call in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "app")]
pub enum Pass {
    Attendant(AttendantPass),
    /// An attempt to call somebody back who asked for it in a queue. It is a call of its own.
    Callback(QueuePass),
    Mailbox(MailboxPass),
    Queue(QueuePass),
}

/// A pass through an attendant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttendantPass {
    pub id: AttendantId,
    pub name: String,
    pub flow: String,
    /// None if the call was ended from outside.
    pub result: Option<Outcome>,
    /// What the caller did, in order.
    pub inputs: Vec<Input>,
}

/// Something that a caller did in an attendant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    pub at: Timestamp,
    pub kind: InputKind,
}

/// A pass through a queue, or through a call back for one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueuePass {
    pub id: QueueId,
    pub name: String,
    pub result: QueueResult,
    /// Who answered.
    pub agent: Option<UserId>,
    /// When caller and agent parted; none while they talk, and without an answer.
    pub talked_until: Option<Timestamp>,
    /// The service level's target as it was when the caller came, in seconds.
    pub target_secs: Option<u32>,
    pub offers: Vec<Offer>,
    /// Offers made, those among them that the list has no room for.
    pub n_offers: u32,
}

/// An agent whose phones rang for a caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub agent: UserId,
    pub method: Routing,
    pub started_at: Timestamp,
    /// None while the phones ring.
    pub ended_at: Option<Timestamp>,
    pub result: OfferResult,
}

/// What became of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferResult {
    Answered,
    /// The caller hung up, or left the queue.
    Cancelled,
    Declined,
    NoAnswer,
    /// The phones ring.
    Open,
    /// Another agent was faster.
    TakenElsewhere,
    Unreachable,
}

/// What became of a caller in a queue. Specification 3.15.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueResult {
    /// The caller hung up before an agent answered.
    Abandoned,
    Answered,
    /// The caller wants to be called back.
    Callback,
    /// The caller came while the queue was closed.
    Closed,
    /// An administrator or a fault of ours ended the call.
    Disconnected,
    /// The caller could not be answered, or not be called back.
    Failed,
    NoAgents,
    Overflowed,
    TimedOut,
    /// The caller waits.
    Waiting,
}

/// A pass through a mailbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MailboxPass {
    /// None for a person's own.
    pub id: Option<SharedMailboxId>,
    pub name: String,
    /// `delivered`, `hung_up` or `too_short`.
    pub result: String,
    /// Of the message.
    pub seconds: u32,
}

/// Where an app sent a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Onward {
    pub to: OnwardTo,
    pub by: OnwardBy,
}

/// What it was sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnwardTo {
    Attendant,
    /// Hung up on, or refused as busy.
    Disconnect,
    External,
    /// The attendant's operator, whatever that is.
    Operator,
    Queue,
    SharedMailbox,
    User,
    Voicemail,
}

/// Who wanted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnwardBy {
    Caller,
    System,
}

impl QueueResult {
    /// Its stable name, as serialization writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Abandoned => "abandoned",
            Self::Answered => "answered",
            Self::Callback => "callback",
            Self::Closed => "closed",
            Self::Disconnected => "disconnected",
            Self::Failed => "failed",
            Self::NoAgents => "no_agents",
            Self::Overflowed => "overflowed",
            Self::TimedOut => "timed_out",
            Self::Waiting => "waiting",
        }
    }
}

impl OfferResult {
    /// Its stable name, as serialization writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Cancelled => "cancelled",
            Self::Declined => "declined",
            Self::NoAnswer => "no_answer",
            Self::Open => "open",
            Self::TakenElsewhere => "taken_elsewhere",
            Self::Unreachable => "unreachable",
        }
    }
}

impl OnwardTo {
    /// Its stable name, as serialization writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Attendant => "attendant",
            Self::Disconnect => "disconnect",
            Self::External => "external",
            Self::Operator => "operator",
            Self::Queue => "queue",
            Self::SharedMailbox => "shared_mailbox",
            Self::User => "user",
            Self::Voicemail => "voicemail",
        }
    }
}

impl Segment {
    /// The caller came to an app.
    pub fn new(parent: Option<usize>, started_at: Timestamp, pass: Pass) -> Self {
        Self { parent, account: None, started_at, ended_at: None, pass, onward: None }
    }

    /// Milliseconds in the app until `now`, or until the call left it.
    pub fn lasted_ms(&self, now: Timestamp) -> i64 {
        self.ended_at.unwrap_or(now).duration_since(self.started_at).as_millis().max(0).try_into().unwrap_or(i64::MAX)
    }

    /// The pass through a queue or a call back for one.
    pub fn queue_pass(&self) -> Option<&QueuePass> {
        match &self.pass {
            Pass::Callback(pass) | Pass::Queue(pass) => Some(pass),
            Pass::Attendant(_) | Pass::Mailbox(_) => None,
        }
    }

    /// The same, to be changed.
    pub fn queue_pass_mut(&mut self) -> Option<&mut QueuePass> {
        match &mut self.pass {
            Pass::Callback(pass) | Pass::Queue(pass) => Some(pass),
            Pass::Attendant(_) | Pass::Mailbox(_) => None,
        }
    }

    /// The call is over: whatever is still open ends then.
    pub fn end(&mut self, at: Timestamp) {
        let was_open = self.ended_at.is_none();
        self.ended_at.get_or_insert(at);
        if let Some(pass) = self.queue_pass_mut() {
            if was_open && pass.result == QueueResult::Waiting {
                pass.result = QueueResult::Disconnected;
            }
            pass.end_offers(at, OfferResult::Cancelled);
        }
    }
}

impl QueuePass {
    /// A caller who waits.
    pub fn new(id: QueueId, name: String, target_secs: Option<u32>) -> Self {
        Self {
            id,
            name,
            result: QueueResult::Waiting,
            agent: None,
            talked_until: None,
            target_secs,
            offers: Vec::new(),
            n_offers: 0,
        }
    }

    /// An agent's phones begin to ring. Of more offers than `n_max` only their number is kept.
    pub fn offer(&mut self, at: Timestamp, agent: UserId, method: Routing, n_max: usize) {
        self.n_offers = self.n_offers.saturating_add(1);
        if self.offers.len() < n_max {
            self.offers.push(Offer { agent, method, started_at: at, ended_at: None, result: OfferResult::Open });
        }
    }

    /// The newest open offer to an agent is over.
    pub fn end_offer(&mut self, at: Timestamp, agent: UserId, result: OfferResult) {
        let open = |offer: &&mut Offer| offer.agent == agent && offer.ended_at.is_none();
        if let Some(offer) = self.offers.iter_mut().rev().find(open) {
            offer.ended_at = Some(at);
            offer.result = result;
        }
    }

    /// All open offers are over.
    pub fn end_offers(&mut self, at: Timestamp, result: OfferResult) {
        for offer in self.offers.iter_mut().filter(|offer| offer.ended_at.is_none()) {
            offer.ended_at = Some(at);
            offer.result = result;
        }
    }
}
