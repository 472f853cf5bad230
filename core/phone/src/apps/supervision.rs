//! Supervisors listen to calls of others, whisper to an agent, join in, or take over. Specification of voice apps, 3.12.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{CallId, QueueId, UserId};
use crate::policies::voice_apps::MonitorMode;

/// What a supervisor does in a call; each may do all that comes before it. Specification 1.17.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Hears both, and is heard by nobody.
    Listen,
    /// Is heard by the agent alone.
    Whisper,
    /// Is heard by both.
    Barge,
    /// The agent leaves, and the supervisor goes on with the other.
    TakeOver,
}

impl Mode {
    /// Its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Listen => "listen",
            Self::Whisper => "whisper",
            Self::Barge => "barge",
            Self::TakeOver => "take_over",
        }
    }

    /// Whether a voice applications policy lets somebody so far into calls of queues that name them; each includes those
    /// before it.
    pub fn is_let_by(self, policy: MonitorMode) -> bool {
        match policy {
            MonitorMode::Disabled => false,
            MonitorMode::Monitor => self <= Self::Listen,
            MonitorMode::Whisper => self <= Self::Whisper,
            MonitorMode::Barge => self <= Self::Barge,
            MonitorMode::Takeover => true,
        }
    }

    /// Whether anybody hears the supervisor.
    pub fn is_heard(self) -> bool {
        match self {
            Self::Listen => false,
            Self::Whisper | Self::Barge | Self::TakeOver => true,
        }
    }
}

/// A supervisor's part in a call from the begin to the end, for the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The call.
    pub call: CallId,
    /// Who supervised.
    pub supervisor: UserId,
    /// Whose call it was, if that is a person of the organization.
    pub agent: Option<UserId>,
    /// The queue whose caller the agent talked with.
    pub queue: Option<QueueId>,
    /// When the supervisor was there; when the phones rang, if nobody answered them.
    pub from: Timestamp,
    /// When it ended.
    pub until: Timestamp,
    /// What the supervisor did, in order.
    pub modes: Vec<ModeFrom>,
    /// How it ended.
    pub end: End,
}

/// A mode, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModeFrom {
    /// The mode.
    pub mode: Mode,
    /// Since when.
    pub at: Timestamp,
}

/// How a supervisor's part ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The call ended, or the agent gave it to somebody else.
    CallEnded,
    /// The supervisor's phones were not answered.
    NotAnswered,
    /// The supervisor hung up, or the phone was lost.
    SupervisorLeft,
    /// The supervisor took the agent's place.
    TookOver,
}

impl End {
    /// Its word in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CallEnded => "call_ended",
            Self::NotAnswered => "not_answered",
            Self::SupervisorLeft => "supervisor_left",
            Self::TookOver => "took_over",
        }
    }
}
