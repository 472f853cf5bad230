//! What a message says in writing, and how long somebody tries to write it down. Specification of voice apps, 1.15.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::limits::{TRANSCRIPT_MAIL_SECS, TRANSCRIPT_SECS};

/// Whether a message is there in writing. What it says is no part of the change that tells of it, so that nothing is
/// left of a message that was deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Transcript {
    /// Nobody wants it, or nothing here can write it down.
    #[default]
    NotWanted,
    /// Somebody tries.
    Awaited {
        /// A BCP 47 tag, of the language in which callers are expected to speak.
        language: String,
    },
    /// An empty text says that nothing was understood.
    Written {
        #[serde(skip)]
        text: String,
    },
    /// It was given up.
    Failed { why: String },
}

impl Transcript {
    /// Its word in the API.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NotWanted => "not_wanted",
            Self::Awaited { .. } => "awaited",
            Self::Written { .. } => "written",
            Self::Failed { .. } => "failed",
        }
    }

    /// What comes of a try that failed: another one, until the message has been there for too long.
    pub fn after_failure(self, left_at: Timestamp, now: Timestamp, why: String) -> Self {
        match now.duration_since(left_at) < SignedDuration::from_secs(TRANSCRIPT_SECS) {
            true => self,
            false => Self::Failed { why },
        }
    }

    /// When a mail that tells of the message is sent at the latest: a moment is left to whoever writes it down.
    pub fn mail_due(&self, now: Timestamp) -> Timestamp {
        match self {
            Self::Awaited { .. } => {
                now.checked_add(SignedDuration::from_secs(TRANSCRIPT_MAIL_SECS)).unwrap_or(Timestamp::MAX)
            }
            Self::NotWanted | Self::Written { .. } | Self::Failed { .. } => now,
        }
    }
}
