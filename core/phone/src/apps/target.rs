//! Where an app sends a call. Specification of voice apps, 1.9.

use serde::{Deserialize, Serialize};

use crate::id::{AttendantId, QueueId, ResourceAccountId, SharedMailboxId, UserId};
use crate::numbers::E164;

/// A redirect target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Target {
    Attendant {
        id: AttendantId,
        priority: Priority,
    },
    External {
        number: E164,
    },
    Queue {
        id: QueueId,
        priority: Priority,
    },
    ResourceAccount {
        id: ResourceAccountId,
        priority: Priority,
    },
    SharedMailbox {
        id: SharedMailboxId,
        /// Whether only the mailbox's own greeting is heard, without the words that ask for a message.
        #[serde(default)]
        suppress_system_prompt: bool,
    },
    User {
        id: UserId,
    },
    /// The user's own mailbox.
    Voicemail {
        id: UserId,
    },
}

/// A call's priority: 1 very high to 5 very low.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Priority(u8);

impl Priority {
    pub const NORMAL: Self = Self(3);
    pub const HIGHEST: Self = Self(1);

    /// So many steps higher, as far as there are any.
    pub fn raised(self, n_steps: u32) -> Self {
        let steps = u8::try_from(n_steps).unwrap_or(u8::MAX);
        Self(self.0.saturating_sub(steps).max(Self::HIGHEST.0))
    }

    /// The number, 1 to 5.
    pub fn value(self) -> u8 {
        self.0
    }
}

impl Default for Priority {
    fn default() -> Self {
        Self::NORMAL
    }
}

impl TryFrom<u8> for Priority {
    type Error = &'static str;

    fn try_from(value: u8) -> Result<Self, Self::Error> {
        match value {
            1..=5 => Ok(Self(value)),
            _ => Err("a priority is 1 (very high) to 5 (very low)"),
        }
    }
}

impl From<Priority> for u8 {
    fn from(priority: Priority) -> Self {
        priority.0
    }
}
