//! Everything that can make the switch act. Closed: one screen.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use jiff::Timestamp;
use phone::Directory;
use phone::apps::attendant::voice::Hearing;
use phone::apps::mailbox::{Waiting, visit};
use phone::apps::{queue, supervision};
use phone::directory::change::Touched;
use phone::id::{CallId, PromptKey, QueueId, TenantId, TrunkId, UserId};
use phone::money::charging::Account;
use phone::numbers::E164;
use phone::numbers::stir::{Attestation, Flaw};
use phone::people::Presence;
use sip::{Connection, Source, Target};

use crate::keeping::KeptCall;

/// One thing that happened.
#[derive(Debug)]
pub enum Input {
    /// One whole SIP message.
    Message {
        source: Source,
        packet: Bytes,
    },
    /// A stream was closed by either side.
    ConnectionClosed {
        connection: Connection,
    },
    /// Sending to `target` failed for good: refused, unreachable, no such name in the certificate.
    TransportFailed {
        target: Target,
    },
    Media {
        event: media::Event,
    },
    /// The addresses of a name, in order of preference; empty when there are none. RFC 3263
    Resolved {
        query: QueryId,
        targets: Vec<Target>,
    },
    /// A new snapshot of all settings, with the prompts that it names and what differs from the one before.
    Directory {
        directory: Arc<Directory>,
        prompts: Arc<PromptLibrary>,
        touched: Touched,
    },
    /// What the ledger says of an organization now: what it may spend, and how much of its calls is in that. None if it
    /// pays for nothing. Until when it is a promise is told by a clock that nobody sets; none if calls go on by it.
    Account {
        tenant: TenantId,
        account: Option<Box<Account>>,
        good_until: Option<Instant>,
    },
    Command {
        reply: ReplyId,
        command: Command,
    },
    /// Wall time as of this input; corrects the epoch given at construction.
    WallClock {
        wall: Timestamp,
    },
    /// The deadline came.
    Timeout,
    /// No new calls from now on; live ones go on.
    Drain,
    /// The same, and the next process goes on with the calls that are kept: they are left as they are.
    HandOver,
    /// What the process before kept. Goes on with it as fast as there are ports.
    Resume {
        calls: Vec<KeptCall>,
    },
    /// What was asked of the world, such as `Output::Mailbox`, is answered.
    Told {
        query: QueryId,
        told: Told,
    },
    /// Whether recordings of calls can be written down, whenever that changes. They can at first.
    Recorder {
        works: bool,
    },
    /// How many messages wait for some people of a tenant.
    Waiting {
        tenant: TenantId,
        waiting: std::collections::BTreeMap<UserId, Waiting>,
    },
    /// Calls come faster than they can be begun, or no longer do.
    Load {
        load: Load,
    },
}

/// A question to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueryId(pub u64);

/// What the world answers.
#[derive(Clone, Debug)]
pub enum Told {
    /// What came of what a caller said.
    Heard { hearing: Hearing },
    /// What the store of messages says; `sound` is there if a message was loaded.
    Mailbox { answer: visit::Answer, sound: Option<Arc<media::prompt::Prompt>> },
    /// The signature of a caller's number, or why there is none.
    Signed { outcome: Result<Signed, String> },
    /// Whether a signature is right: the name in the signer's certificate, or what is wrong.
    Verified { outcome: Result<Option<String>, Flaw> },
}

/// A caller's number that is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub attestation: Attestation,
    /// The value of the Identity header field.
    pub identity: String,
}

/// Names who waits for an answer to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReplyId(pub u64);

/// Whose phones are asked for.
#[derive(Clone, Debug)]
pub enum Whose {
    /// Those of this person and the people after, by id: as many people more as have `n_more` phones.
    From {
        user: UserId,
        n_more: usize,
    },
    These(Vec<UserId>),
}

/// What an administrator asks of the live system.
#[derive(Clone, Debug)]
pub enum Command {
    /// Nobody calls this caller back.
    CancelCallback {
        tenant: TenantId,
        queue: QueueId,
        /// That of the call in which it was asked for.
        request: CallId,
    },
    /// Ends a call, with a BYE on each leg.
    HangUp {
        tenant: TenantId,
        call: CallId,
    },
    ListCalls {
        tenant: TenantId,
    },
    /// The source addresses that something is held against, because wrong passwords came from there.
    ListPenalties,
    ListRegistrations {
        tenant: TenantId,
        of: Whose,
    },
    /// Asks a trunk now whether it is there.
    AskTrunk {
        tenant: TenantId,
        trunk: TrunkId,
    },
    /// How the trunks of a tenant do.
    ListTrunks {
        tenant: TenantId,
    },
    OptIn {
        tenant: TenantId,
        queue: QueueId,
        agent: UserId,
    },
    OptOut {
        tenant: TenantId,
        queue: QueueId,
        agent: UserId,
    },
    /// Rings a person's phones, and then whom they want to call.
    PlaceCall {
        tenant: TenantId,
        user: UserId,
        /// As the person would dial it.
        dialled: String,
        /// The number that who is called sees; none is the person's own.
        line: Option<E164>,
    },
    /// An agent takes no calls of queues for a while.
    Pause {
        tenant: TenantId,
        agent: UserId,
        reason: Arc<str>,
    },
    Resume {
        tenant: TenantId,
        agent: UserId,
    },
    /// An agent is done with what comes after a call.
    EndWrapUp {
        tenant: TenantId,
        agent: UserId,
    },
    /// Holds nothing against an address any more.
    ReleasePenalty {
        address: std::net::IpAddr,
    },
    /// What queues are to know of the time before a restart.
    Restore {
        tenant: TenantId,
        facts: Vec<queue::Fact>,
    },
    SetPresence {
        tenant: TenantId,
        user: UserId,
        presence: Presence,
    },
    ShowQueue {
        tenant: TenantId,
        queue: QueueId,
    },
    /// What reports need of live calls and agents.
    ShowBoard {
        tenant: TenantId,
    },
    /// Counts of everything, for metrics and leak tests.
    Statistics,
    /// A supervisor is to hear those who talk in a call, or to do something else in it.
    Supervise {
        tenant: TenantId,
        call: CallId,
        supervisor: UserId,
        /// Who of those who talk is supervised; none leaves it to the call.
        agent: Option<UserId>,
        mode: supervision::Mode,
    },
}

/// How the node keeps up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    Fine,
    /// New calls are sent away until it is over; those for help are not.
    TooHigh,
}

/// Rendered prompts by their keys, in one language each; shared by all calls.
#[derive(Debug, Default)]
pub struct PromptLibrary {
    pub configured: std::collections::BTreeMap<PromptKey, Arc<media::prompt::Prompt>>,
    /// System prompts by language (BCP 47) and kind.
    pub system: std::collections::BTreeMap<(String, phone::apps::prompt::SystemPrompt), Arc<media::prompt::Prompt>>,
    /// What queues say of themselves; nothing, while no queue does.
    pub announcements: std::collections::BTreeMap<queue::Announcement, Arc<media::prompt::Prompt>>,
    pub hold_music: Option<Arc<media::prompt::Prompt>>,
    /// Names of people by language and text.
    pub names: std::collections::BTreeMap<(String, String), Arc<media::prompt::Prompt>>,
}
