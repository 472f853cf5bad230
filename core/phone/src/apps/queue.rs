//! Call queues of one tenant: who waits, who is free, who is offered to whom. Specification of voice apps, section 3.
//!
//! All queues of a tenant are one machine, because an agent in several queues has one offer at a time and the best
//! waiting call over all of them goes first (3.3, 3.5).

mod absence;
mod activity;
mod agent;
pub mod alert;
mod alerting;
mod announcement;
mod announcing;
pub mod callback;
mod callbacks;
mod caller;
pub mod check;
mod doing;
mod hours;
mod line;
mod machine;
mod offering;
mod rejoining;
pub mod roster;
mod select;
mod settings;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use activity::{Activity, After, Does, News};
pub use announcement::Announcement;
pub use hours::{Closed, Closure, Hours};
pub use machine::Queues;
pub use rejoining::Rejoining;
pub use roster::Staffed;
pub use settings::{
    Announcements, ExceptionAction, ExceptionPrompts, Exit, NoAgent, NoAgentApplyTo, NoFreeAgent, RANK_LAST, Routing,
    Settings, TimeoutPolicy,
};

use super::prompt::Playable;
use super::supervision::Session;
use super::target::Priority;
use crate::id::{CallId, QueueId, UserId};
use crate::people::Presence;
use crate::record::emergency::CalledForHelp;

/// What happens to the queues of a tenant.
#[derive(Clone, Debug)]
pub enum Event {
    /// A new snapshot of settings; waiting callers keep their places, membership is live.
    Configured {
        queues: BTreeMap<QueueId, Staffed>,
    },
    /// A caller arrives. The call is not answered yet if nothing answered it before.
    Join {
        queue: QueueId,
        call: CallId,
        priority: Option<Priority>,
        /// When the caller came to this queue. An earlier instant gives credit for having waited elsewhere.
        arrived: Instant,
        standing: Standing,
        /// Where the caller may be called back.
        contact: Option<callback::Contact>,
    },
    /// A caller comes while the queue is closed, with what becomes of such callers. Who comes back joins.
    TurnAway {
        queue: QueueId,
        call: CallId,
        exception: Box<ExceptionAction>,
    },
    /// A caller of the time before a restart is there again.
    Rejoin {
        caller: Rejoining,
    },
    /// The caller pressed a key.
    Pressed {
        call: CallId,
        key: char,
    },
    /// Caller and agent talk.
    CallbackReached {
        call: CallId,
    },
    /// The agent took a call back, and the caller was not reached.
    CallbackMissed {
        call: CallId,
    },
    CancelCallback {
        queue: QueueId,
        call: CallId,
    },
    /// When an agent's last call ended, before a restart: they are idle since then, if their phones are back soon.
    RestoreIdle {
        agent: UserId,
        since: Instant,
    },
    /// Who answered last, before a restart.
    RestoreTurn {
        queue: QueueId,
        agent: UserId,
    },
    /// A request of the time before a restart.
    RestoreCallback {
        request: callback::Request,
    },
    /// The caller hung up or was taken out.
    Leave {
        call: CallId,
    },
    /// What we asked to play to this caller came to its end.
    Played {
        call: CallId,
    },
    /// An offered agent's phone answered.
    AgentAnswered {
        call: CallId,
        agent: UserId,
    },
    /// An offered agent declined, was busy or could not be reached.
    AgentRefused {
        call: CallId,
        agent: UserId,
        why: OfferFailure,
    },
    /// A connected agent's call with a queue's caller is over.
    AgentReleased {
        agent: UserId,
        /// That offered the call.
        queue: QueueId,
    },
    /// The agent's phones, their calls or their presence changed.
    AgentChanged {
        agent: UserId,
        state: AgentState,
    },
    OptIn {
        queue: QueueId,
        agent: UserId,
    },
    OptOut {
        queue: QueueId,
        agent: UserId,
    },
    /// The agent takes no calls of any queue for a while, and says why.
    Pause {
        agent: UserId,
        reason: Arc<str>,
    },
    /// The agent's pause is over.
    Resume {
        agent: UserId,
    },
    /// The agent is done with what comes after a call.
    EndWrapUp {
        agent: UserId,
    },
    Timeout,
}

/// Whether a caller comes for the first time. Who comes back stands before all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The agent's phone was lost right after the answer. Specification 3.10.
    Returned,
    New,
}

/// Why an offer came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferFailure {
    Busy,
    Declined,
    Unreachable,
}

/// What is known of an agent outside the queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentState {
    pub reachable: bool,
    pub presence: Presence,
    /// In a call, ringing or talking, that no queue offered.
    pub in_other_call: bool,
}

/// What the queues want.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Answer the caller if that was not done and play the greeting once; `Played` must follow.
    PlayGreeting { call: CallId, prompt: Playable },
    /// Answer the caller if that was not done and play this, repeating, going on where it was.
    PlayMusic { call: CallId, music: Playable },
    /// Play this instead of the music, once; `Played` must follow.
    Announce { call: CallId, playables: Vec<Playable> },
    /// Ring all phones of this agent for this caller.
    Offer { call: CallId, agent: UserId },
    /// Ring all phones of this agent for a caller who is to be called back.
    OfferCallback { call: CallId, queue: QueueId, agent: UserId, contact: callback::Contact },
    /// Tell the caller that they will be called back, and hang up.
    Promise { call: CallId },
    /// Something became of a request to be called back; it is to be remembered.
    Callback { request: callback::Request },
    /// Stop ringing this agent; not a missed call.
    Withdraw { call: CallId, agent: UserId, why: Withdrawal },
    /// Join caller and agent.
    Connect { call: CallId, agent: UserId },
    /// The answer came too late: the call went to another agent or left. Tell the agent and hang up that leg.
    TooLate { call: CallId, agent: UserId },
    /// The call leaves the queue: prompt (if any), then the action. The call is forgotten here.
    Exit { call: CallId, queue: QueueId, cause: ExitCause, exception: Box<ExceptionAction> },
    /// The agent missed too many offers in a row and is opted out.
    OptedOut { queue: QueueId, agent: UserId },
    /// A threshold of a queue was reached, or that is over.
    Alert { alert: Box<alert::Alert> },
}

/// What of a queue outlives a restart. Specification 3.16.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The agent takes no calls of the queue.
    OptedOut {
        queue: QueueId,
        agent: UserId,
    },
    Callback(callback::Kept),
    /// The agent takes no calls for a while.
    Paused {
        agent: UserId,
        reason: Arc<str>,
    },
    /// Round robin goes on past this agent.
    AnsweredLast {
        queue: QueueId,
        agent: UserId,
    },
    /// When the agent's last call of a queue ended.
    CallEnded {
        agent: UserId,
        at: Timestamp,
    },
    /// A supervisor's part in a call is over; for the audit, whether a queue offered the call or not.
    Supervised(Box<Session>),
    /// A threshold of a queue was reached, or that is over; for the audit, programs and mail.
    Alert(Box<alert::Alert>),
    /// Somebody called for help; for the security desk and the audit.
    CalledForHelp(Box<CalledForHelp>),
}

/// Why an offer is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawal {
    /// The agent did not answer in time.
    AlertTimePassed,
    /// Another agent was faster.
    AnsweredElsewhere,
    CallerLeft,
    /// Timeout or no-agent took the caller out.
    CallLeftQueue,
    /// The agent opted out or is no longer a member.
    NotEligible,
}

/// Which exception it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitCause {
    Closed,
    NoAgent,
    Overflow,
    Timeout,
}

/// One waiting caller, for the live view.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitingCaller {
    pub call: CallId,
    pub queue: QueueId,
    /// 1 for the first in line.
    pub position: usize,
    pub priority: Priority,
    pub waited: Duration,
    pub offered_to: Vec<UserId>,
}

/// One agent of one queue, for the live view.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentView {
    pub agent: UserId,
    pub opted_in: bool,
    pub status: AgentStatus,
    /// How long in this status.
    pub since: Duration,
    /// Why the agent pauses, if so.
    pub pause: Option<Arc<str>>,
    /// Calls of queues that the agent talks in.
    pub n_calls: usize,
    /// Whether a caller of the queue would be offered to the agent now.
    pub is_free: bool,
}

/// What an agent is doing, for the live view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentStatus {
    Away,
    Idle,
    InOtherCall,
    OptedOut,
    Paused,
    Ringing,
    Talking,
    Unreachable,
    WrapUp,
}
