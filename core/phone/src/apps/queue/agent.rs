//! An agent as the queues see one, and who is eligible. Specification of voice apps, 3.2.

use std::sync::Arc;
use std::time::Instant;

use smallvec::SmallVec;

use super::{AgentState, AgentStatus, Does, Routing, Settings};
use crate::id::{CallId, QueueId};
use crate::people::Presence;

/// A person in any queue of the tenant.
#[derive(Clone, Debug)]
pub(super) struct Agent {
    pub(super) state: AgentState,
    /// The caller for whom the agent's phones ring. One at a time, over all queues.
    pub(super) rings: Option<CallId>,
    /// Calls of queues that the agent talks in, the earliest first.
    pub(super) talks: SmallVec<[Talk; 1]>,
    /// Nobody is offered to the agent until then: after a call, or after a refused offer.
    pub(super) pauses_until: Option<Instant>,
    /// Idle since the later of the last call's end and becoming available; none for longer than we know.
    pub(super) idle_since: Option<Instant>,
    /// The idle clock of before a restart, and until when it holds for who becomes available.
    pub(super) idle_before: Option<(Instant, Instant)>,
    pub(super) queues: SmallVec<[QueueId; 4]>,
    /// The queue that a pause after a call is for.
    pub(super) wraps_up: Option<QueueId>,
    /// Why the agent takes no calls for a while, if so.
    pub(super) pause: Option<Arc<str>>,
    /// As it was noted last.
    pub(super) does: Option<(Does, Instant)>,
}

/// A call of a queue that an agent talks in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Talk {
    pub(super) queue: QueueId,
    pub(super) since: Instant,
}

/// A person's place in one queue.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// In the list of the queue's settings.
    pub(super) index: u32,
    pub(super) opted_in: bool,
    /// Opted in, or missed an offer that counts: not idle for longer than since then.
    pub(super) idle_from: Option<Instant>,
    pub(super) n_missed: u32,
    /// As it stands among the queue's free agents.
    pub(super) turn: Option<Turn>,
    /// Counts against the no-agent condition.
    pub(super) is_present: bool,
    /// Takes calls, or will when the call is over.
    pub(super) is_available: bool,
    pub(super) status: AgentStatus,
    pub(super) status_since: Option<Instant>,
}

/// A free agent's place in the order in which offers go out: who talks in the fewest calls, who is idle longest (if that
/// is how the queue routes), then the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    pub(super) n_talks: u8,
    pub(super) idle_since: Option<Instant>,
    pub(super) index: u32,
}

impl Default for Agent {
    fn default() -> Self {
        Self {
            state: AgentState { reachable: false, presence: Presence::Offline, in_other_call: false },
            rings: None,
            talks: SmallVec::new(),
            pauses_until: None,
            idle_since: None,
            idle_before: None,
            queues: SmallVec::new(),
            wraps_up: None,
            pause: None,
            does: None,
        }
    }
}

impl Member {
    pub(super) fn new(index: u32) -> Self {
        Self {
            index,
            opted_in: true,
            idle_from: None,
            n_missed: 0,
            turn: None,
            is_present: false,
            is_available: false,
            status: AgentStatus::Unreachable,
            status_since: None,
        }
    }
}

/// Whether presence counts; longest idle can't do without.
pub(super) fn is_presence_based(settings: &Settings) -> bool {
    settings.presence_based || settings.routing == Routing::LongestIdle
}

impl AgentState {
    /// Whether the agent would take a call, apart from what the queues have them do.
    pub(super) fn takes_calls(self, settings: &Settings) -> bool {
        self.reachable && !self.in_other_call && self.presence_allows(settings)
    }

    fn presence_allows(self, settings: &Settings) -> bool {
        match self.presence {
            Presence::Available => true,
            Presence::Away | Presence::BeRightBack | Presence::Busy => !is_presence_based(settings),
            Presence::DoNotDisturb | Presence::Offline => false,
        }
    }

    /// Idle as a person at work understands it.
    pub(super) fn is_available(self) -> bool {
        self.reachable && !self.in_other_call && self.presence == Presence::Available
    }
}

impl Agent {
    pub(super) fn turn(&self, member: &Member, settings: &Settings) -> Option<Turn> {
        let n_talks = u8::try_from(self.talks.len()).unwrap_or(u8::MAX);
        let has_room = self.rings.is_none() && self.pauses_until.is_none() && n_talks < settings.capacity();
        let eligible = member.opted_in && has_room && self.takes_calls(settings);
        let idle_since = match settings.routing {
            Routing::LongestIdle => self.idle_since.max(member.idle_from),
            Routing::Attendant | Routing::RoundRobin | Routing::Serial => None,
        };
        eligible.then_some(Turn { n_talks, idle_since, index: member.index })
    }

    /// Whether the agent would take a call, apart from what the queues have them do.
    pub(super) fn takes_calls(&self, settings: &Settings) -> bool {
        self.pause.is_none() && self.state.takes_calls(settings)
    }

    /// Whether the queue has this agent, even if busy. Specification 3.7.
    pub(super) fn is_present(&self, member: &Member, settings: &Settings) -> bool {
        let is_logged_in = self.state.reachable && self.state.presence != Presence::Offline;
        member.opted_in && (is_logged_in || !is_presence_based(settings))
    }

    /// Whether the agent takes calls of the queue, or will when the call is over. Specification 3.6.
    pub(super) fn is_available(&self, member: &Member, settings: &Settings) -> bool {
        member.opted_in && self.pause.is_none() && self.state.reachable && self.state.presence_allows(settings)
    }

    pub(super) fn status(&self, member: &Member, settings: &Settings) -> AgentStatus {
        match (self.rings, self.talks.is_empty()) {
            (Some(_), _) => AgentStatus::Ringing,
            (None, false) => AgentStatus::Talking,
            (None, true) if !member.opted_in => AgentStatus::OptedOut,
            (None, true) if !self.state.reachable => AgentStatus::Unreachable,
            (None, true) if self.state.in_other_call => AgentStatus::InOtherCall,
            (None, true) if self.pause.is_some() => AgentStatus::Paused,
            (None, true) if self.pauses_until.is_some() => AgentStatus::WrapUp,
            (None, true) if self.state.takes_calls(settings) => AgentStatus::Idle,
            (None, true) => AgentStatus::Away,
        }
    }
}
