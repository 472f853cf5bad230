//! Everything that the switch wants done. Closed: one screen.

use bytes::Bytes;
use jiff::Timestamp;
use media::RecordingId;
use media::sdp::Codec;
use phone::apps::mailbox::Mailbox;
use phone::apps::mailbox::message::Handling;
use phone::apps::mailbox::visit::Ask;
use phone::apps::queue;
use phone::apps::recording::Envelope;
use phone::id::{CallId, MessageId, QueueId, TenantId, TrunkId, UserId};
use phone::money::charge::Charge;
use phone::money::lost::Moment;
use phone::numbers::stir::Signable;
use phone::numbers::stir::passport::Passport;
use phone::record::CallRecord;
use phone::record::agent::AgentFact;
use sip::Target;

use crate::input::{QueryId, ReplyId};
use crate::keeping::KeptCall;
use crate::view;

/// One thing to do.
#[derive(Debug)]
pub enum Output {
    /// Send a SIP message.
    Transmit { target: Target, packet: Bytes },
    /// An order to one media thread.
    Media { worker: media::WorkerId, order: media::Order },
    /// Make words of a recording that begins now; answer with `Input::Told` when it has ended, unless it is dropped.
    Utterance { recording: RecordingId, handling: UtteranceHandling },
    /// Ask the store of messages; answer with `Input::Told`.
    Mailbox { query: QueryId, question: Box<MailboxQuestion> },
    /// What becomes of a message that is being recorded. Nothing may be lost, and the order matters.
    Message { message: MessageId, handling: Handling },
    /// A call is recorded from now on; its sound will come. Nothing may be lost.
    Recording { envelope: Box<Envelope> },
    /// Find the addresses of a host; answer with `Input::Resolved`. RFC 3263
    Resolve { query: QueryId, host: String, port: Option<u16>, transport: Option<sip::Transport>, secure: bool },
    /// Vouch for a caller's number; answer with `Input::Told`. RFC 8224
    Sign { query: QueryId, order: Box<SigningOrder> },
    /// Find out whether the signature of a caller's number is right; answer with `Input::Told`.
    Verify { query: QueryId, passport: Box<Passport> },
    /// What a leg that is paid for has cost so far. Nothing may be lost.
    Charge { charge: Box<Charge> },
    /// The process lives, and legs are paid for: to be written down after all charges that were told before.
    Alive { at: Moment },
    /// What another process needs to go on with a call; in place of what was kept of it before.
    Keep { call: Box<KeptCall> },
    /// There is nothing to go on with any more.
    Forget { call: CallId },
    /// A call is over; write its record. Nothing may be lost.
    Record { record: Box<CallRecord> },
    /// Something new of an agent, for reports. Nothing may be lost.
    AgentFact { fact: Box<AgentFact> },
    /// Something of a tenant's queues that is to be known after a restart as well.
    Remember { tenant: TenantId, fact: queue::Fact },
    /// The answer to a command.
    Reply { reply: ReplyId, answer: Answer },
    /// Something that live views show changed.
    Changed { change: Change },
    /// A line for the log. ERROR means a bug of ours.
    Log { level: Level, message: &'static str, call: Option<CallId>, detail: String },
    /// The last call ended after `Input::Drain`, or after `Input::HandOver` only calls are left that are kept.
    Drained,
}

/// What becomes of something that a caller says.
#[derive(Clone, Debug)]
pub enum UtteranceHandling {
    Begin {
        query: QueryId,
        language: String,
        phrases: Vec<String>,
    },
    /// Nobody wants to know any more.
    Drop,
}

/// What somebody who is in a mailbox asks of it.
#[derive(Clone, Debug)]
pub struct MailboxQuestion {
    pub tenant: TenantId,
    pub mailbox: Mailbox,
    /// In whose name.
    pub listener: UserId,
    /// What a message is heard in.
    pub codec: Codec,
    pub ask: Ask,
}

/// A caller's number that is to be signed.
#[derive(Clone, Debug)]
pub struct SigningOrder {
    pub tenant: TenantId,
    /// By which the organization's own certificate is found.
    pub slug: String,
    pub signable: Signable,
    /// Digits of who is called.
    pub called: String,
    pub at: Timestamp,
}

/// The answer to a command.
#[derive(Clone, Debug)]
pub enum Answer {
    Board(view::Board),
    Calls(Vec<view::Call>),
    Done,
    /// There is no such call, queue, agent or penalty.
    NotFound,
    Penalties(Vec<view::Penalty>),
    Queue(view::Queue),
    Registrations(Vec<view::Registration>),
    /// Against a rule, such as opting out of a queue that does not allow it.
    Refused {
        code: &'static str,
        detail: String,
    },
    Statistics(view::Statistics),
    Trunks(Vec<view::Trunk>),
}

/// What changed, for event streams.
#[derive(Clone, Debug)]
pub enum Change {
    Call { tenant: TenantId, call: CallId },
    Queue { tenant: TenantId, queue: QueueId },
    Registration { tenant: TenantId, user: UserId },
    Trunk { tenant: TenantId, trunk: TrunkId },
}

/// How loud a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Debug,
    Error,
    Info,
    Warn,
}
