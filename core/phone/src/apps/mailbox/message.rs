//! A message: what is known of it when the recording begins, and who works on it afterwards. Specification of voice
//! apps, 1.15.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Mailbox;
use super::transcript::Transcript;
use crate::id::{CallId, MessageId, TenantId, UserId};
use crate::rule::Broken;

/// What is known of a message when its recording begins. It is kept beside the sound until the message is delivered, so
/// that a recording that a crash cut off is still a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    pub id: MessageId,
    pub tenant: TenantId,
    pub mailbox: Mailbox,
    #[serde(default)]
    pub purpose: Purpose,
    pub call: CallId,
    /// The caller as shown.
    pub from: String,
    pub from_name: Option<String>,
    pub from_user: Option<UserId>,
    /// What was called first.
    pub to: String,
    pub at: Timestamp,
    pub min_secs: u32,
    pub retention_days: u32,
}

/// What a recording is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// What callers of the mailbox hear.
    Greeting,
    #[default]
    Message,
}

/// What becomes of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handling {
    /// Its sound will come.
    Begin(Box<Envelope>),
    /// Its first `kept` is the message.
    Deliver { kept: Duration },
    /// Nobody wants it.
    Discard,
}

/// A message that lies in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub mailbox: Mailbox,
    pub call: CallId,
    pub from: String,
    pub from_name: Option<String>,
    pub from_user: Option<UserId>,
    pub to: String,
    pub at: Timestamp,
    pub duration_ms: u64,
    pub size_bytes: u64,
    pub status: Status,
    /// Who works on it, or did last.
    pub claimed_by: Option<String>,
    /// When it will be deleted.
    pub expires_at: Timestamp,
    #[serde(default)]
    pub transcript: Transcript,
}

/// Whether somebody works on a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    #[default]
    New,
    Claimed,
    Done,
}

/// What somebody does to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Works on it from now on.
    Claim,
    /// Leaves it to others.
    Release,
    /// Nothing is left to do.
    Finish,
    /// It is as new.
    Reopen,
}

/// The message is not as the step needs it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    #[error("{by} works on the message already")]
    Claimed { by: String },
    #[error("the message is done")]
    Done,
    #[error("nobody works on the message")]
    NotClaimed,
}

impl Envelope {
    /// The message, with what became known of its sound.
    pub fn delivered(&self, duration_ms: u64, size_bytes: u64) -> Message {
        let days = i64::from(self.retention_days);
        let kept = jiff::SignedDuration::from_hours(days.saturating_mul(24));
        let expires_at = self.at.checked_add(kept).unwrap_or(Timestamp::MAX);
        Message {
            id: self.id,
            mailbox: self.mailbox,
            call: self.call,
            from: self.from.clone(),
            from_name: self.from_name.clone(),
            from_user: self.from_user,
            to: self.to.clone(),
            at: self.at,
            duration_ms,
            size_bytes,
            status: Status::New,
            claimed_by: None,
            expires_at,
            transcript: Transcript::NotWanted,
        }
    }
}

impl Status {
    /// Its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Claimed => "claimed",
            Self::Done => "done",
        }
    }

    /// The status of this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::New, Self::Claimed, Self::Done].into_iter().find(|status| status.as_str() == word)
    }
}

impl Step {
    /// Its word in events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Release => "release",
            Self::Finish => "finish",
            Self::Reopen => "reopen",
        }
    }
}

impl Message {
    /// Does the step in the name of `by`. What is so already stays so.
    pub fn take(&mut self, step: Step, by: &str) -> Result<(), Conflict> {
        let other = self.claimed_by.as_deref().filter(|other| *other != by && self.status == Status::Claimed);
        if let Some(other) = other.filter(|_| step != Step::Reopen) {
            return Err(Conflict::Claimed { by: other.to_owned() });
        }
        match (step, self.status) {
            (Step::Claim, Status::Done) => return Err(Conflict::Done),
            (Step::Release, Status::New | Status::Done) => return Err(Conflict::NotClaimed),
            (Step::Claim, Status::New | Status::Claimed) => {
                self.status = Status::Claimed;
                self.claimed_by = Some(by.to_owned());
            }
            (Step::Finish, _) => {
                self.status = Status::Done;
                self.claimed_by = Some(by.to_owned());
            }
            (Step::Release, Status::Claimed) | (Step::Reopen, _) => {
                self.status = Status::New;
                self.claimed_by = None;
            }
        }
        Ok(())
    }
}

impl Broken for Conflict {
    fn code(&self) -> &'static str {
        match self {
            Self::Claimed { .. } => "message.claimed",
            Self::Done => "message.done",
            Self::NotClaimed => "message.not_claimed",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Claimed { .. } => "ask them to release it, or reopen it".to_owned(),
            Self::Done => "reopen it first".to_owned(),
            Self::NotClaimed => "claim it first".to_owned(),
        }
    }

    fn is_conflict(&self) -> bool {
        true
    }
}
