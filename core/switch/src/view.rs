//! What the live system shows of itself: copies for people and reports, never handles.

use std::collections::BTreeMap;

use jiff::Timestamp;
use phone::apps::queue::alert::AlertKind;
use phone::apps::queue::{AgentView, WaitingCaller};
use phone::apps::supervision::Mode;
use phone::id::{CallId, QueueId, TenantId, TrunkId, UserId};
use phone::record::segment::Segment;

/// A live call.
#[derive(Clone, Debug)]
pub struct Call {
    pub id: CallId,
    pub tenant: TenantId,
    pub from: String,
    pub from_name: Option<String>,
    pub to: String,
    pub started_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    /// One word: `attendant`, `callback`, `mailbox`, `queue`, `ringing`, `talking`, `held`, `transferring`, `test`,
    /// `voicemail`.
    pub state: &'static str,
    /// The name of the attendant, queue, mailbox or person that has it now.
    pub at: Option<String>,
    pub answered_by: Option<String>,
    /// The queue whose agent talks with the caller.
    pub queue: Option<QueueId>,
    pub supervision: Option<Supervision>,
    pub legs: Vec<Leg>,
    /// Whether another process could go on with it.
    pub is_kept: bool,
}

/// A supervisor of a live call.
#[derive(Clone, Debug)]
pub struct Supervision {
    pub supervisor: UserId,
    /// Who is supervised.
    pub agent: Option<UserId>,
    pub mode: Mode,
    /// Whether the supervisor is there; before, the phones ring.
    pub joined: bool,
    pub since: Timestamp,
}

/// One party of a live call.
#[derive(Clone, Debug)]
pub struct Leg {
    pub party: String,
    pub inbound: bool,
    pub state: &'static str,
    pub user: Option<UserId>,
    pub trunk: Option<TrunkId>,
    pub codec: Option<&'static str>,
    pub encrypted: bool,
}

/// One phone's registration.
#[derive(Clone, Debug)]
pub struct Registration {
    pub user: UserId,
    pub contact: String,
    pub transport: &'static str,
    pub remote: std::net::SocketAddr,
    pub user_agent: Option<String>,
    pub registered_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A trunk as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trunk {
    pub id: TrunkId,
    pub state: TrunkState,
    pub since: Timestamp,
    /// The last time that anything came from there.
    pub heard_at: Option<Timestamp>,
    /// How our registration there stands, if we register.
    pub registered: Option<Registered>,
    /// It said that it takes no calls until then.
    pub rests_until: Option<Timestamp>,
    /// Others are tried before it.
    pub is_tried_last: bool,
    pub n_calls: u32,
    pub n_calls_max: Option<u32>,
}

/// Our registration at a carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    Trying,
    Until(Timestamp),
    /// Refused with this status, or taken for that.
    Failed(u16),
}

/// Specification of calling, 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrunkState {
    /// Nothing came from there yet.
    Probing,
    Active,
    /// It does not answer.
    Demoted,
    /// Nothing can be sent there.
    Unreachable,
    /// It is disabled, and calls that began before go on.
    Draining,
    /// It is disabled, and carries no call.
    Drained,
    /// It is not asked, as its settings say.
    Unwatched,
}

impl TrunkState {
    /// Its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Probing => "probing",
            Self::Active => "active",
            Self::Demoted => "demoted",
            Self::Unreachable => "unreachable",
            Self::Draining => "draining",
            Self::Drained => "drained",
            Self::Unwatched => "unwatched",
        }
    }
}

/// What is held against a source address.
#[derive(Clone, Debug)]
pub struct Penalty {
    /// An address, or the first of an IPv6 network.
    pub address: std::net::IpAddr,
    /// Wrong passwords less right ones.
    pub n_failures: u32,
    pub last_failure_at: Timestamp,
    /// Nothing from there is looked at until then; none while it is still listened to.
    pub refused_until: Option<Timestamp>,
}

/// A queue as it stands.
#[derive(Clone, Debug)]
pub struct Queue {
    pub waiting: Vec<WaitingCaller>,
    pub agents: Vec<AgentView>,
    /// Those who are to be called back stand in line as well.
    pub n_callbacks: usize,
    /// Thresholds that are reached.
    pub alerts: Vec<AlertKind>,
}

/// What reports need of a tenant's live calls and agents.
#[derive(Clone, Debug, Default)]
pub struct Board {
    pub calls: Vec<BoardCall>,
    /// The agents of each queue, and who waits.
    pub queues: BTreeMap<QueueId, Queue>,
}

/// A live call that passed apps.
#[derive(Clone, Debug)]
pub struct BoardCall {
    pub id: CallId,
    pub is_outside: bool,
    pub segments: Vec<Segment>,
}

/// Counts of what there is now, and since the start.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    pub n_calls: usize,
    pub n_legs: usize,
    /// Numbers that carry calls outside.
    pub n_busy_numbers: usize,
    /// Legs for which something is reserved.
    pub n_paid_legs: usize,
    pub n_registrations: usize,
    pub n_usages: usize,
    pub n_transactions: usize,
    pub n_timers: usize,
    pub n_ports_free: usize,
    pub n_ports_used: usize,
    pub calls_total: u64,
    pub panics_total: u64,
    pub refused_strangers_total: u64,
    /// Trunks that are tried last.
    pub n_trunks_down: usize,
}
