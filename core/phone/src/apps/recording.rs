//! Recordings of calls: what a queue wants of them, and what is known of one. Specification of voice apps, 3.13.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::prompt::Prompt;
use crate::id::{CallId, QueueId, RecordingId, TenantId, UserId};

/// How a queue's calls are recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// What becomes of calls that can't be recorded.
    pub need: Need,
    /// What both hear when they are joined; none says nothing.
    pub announcement: Option<Prompt>,
    /// What the caller hears whose call must be recorded and can't be; none says that nobody is available.
    #[serde(default)]
    pub failure_announcement: Option<Prompt>,
    /// Days after which a recording is deleted.
    pub retention_days: u32,
}

/// What becomes of calls that can't be recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// They reach no agent, and end when the recording is lost.
    Required,
    /// They go on.
    #[default]
    Wanted,
}

/// What is known of a recording when it begins. It is kept beside the sound until that is whole, so that a recording that
/// a crash cut off is still one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The recording.
    pub id: RecordingId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The call.
    pub call: CallId,
    /// The queue that wants it.
    pub queue: QueueId,
    /// Who answered.
    pub agent: Option<UserId>,
    /// The caller as shown.
    pub from: String,
    /// What was called first.
    pub to: String,
    /// When it began.
    pub at: Timestamp,
    /// Days after which it is deleted.
    pub retention_days: u32,
}

/// A recording that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The recording.
    pub id: RecordingId,
    /// The call.
    pub call: CallId,
    /// The queue that wanted it.
    pub queue: QueueId,
    /// Who answered.
    pub agent: Option<UserId>,
    /// The caller as shown.
    pub from: String,
    /// What was called first.
    pub to: String,
    /// When it began.
    pub at: Timestamp,
    /// How long it is, in milliseconds.
    pub duration_ms: u64,
    /// The size of its file.
    pub size_bytes: u64,
    /// When it will be deleted.
    pub expires_at: Timestamp,
}

impl Envelope {
    /// The recording, with what became known of its sound.
    pub fn kept(&self, duration_ms: u64, size_bytes: u64) -> Kept {
        let kept = SignedDuration::from_hours(i64::from(self.retention_days).saturating_mul(24));
        Kept {
            id: self.id,
            call: self.call,
            queue: self.queue,
            agent: self.agent,
            from: self.from.clone(),
            to: self.to.clone(),
            at: self.at,
            duration_ms,
            size_bytes,
            expires_at: self.at.checked_add(kept).unwrap_or(Timestamp::MAX),
        }
    }
}
