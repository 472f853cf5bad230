//! Where an app sends a call, as the API writes it.

use phone::apps::{Priority, Target as PhoneTarget};
use phone::id::{AttendantId, QueueId, ResourceAccountId, SharedMailboxId, UserId};
use phone::numbers::E164;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admin::Refused;

/// Where a call goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
pub enum Target {
    AutoAttendant {
        id: Uuid,
        /// 1 very high to 5 very low.
        #[serde(default = "normal")]
        priority: u8,
    },
    CallQueue {
        id: Uuid,
        #[serde(default = "normal")]
        priority: u8,
    },
    /// A number in the public network.
    External {
        /// In E.164 form: `+14155550123`.
        number: String,
    },
    ResourceAccount {
        id: Uuid,
        #[serde(default = "normal")]
        priority: u8,
    },
    SharedMailbox {
        id: Uuid,
        /// Whether only the mailbox's own greeting is heard, without the words that ask for a message.
        #[serde(default)]
        suppress_system_prompt: bool,
    },
    User {
        id: Uuid,
    },
    /// A person's own mailbox.
    Voicemail {
        id: Uuid,
    },
}

fn normal() -> u8 {
    Priority::NORMAL.value()
}

impl Target {
    pub fn read(self, field: &str) -> Result<PhoneTarget, Refused> {
        let priority = |value| {
            let invalid = |words: &str| Refused::field(format!("{field}.priority"), "priority_out_of_range", words);
            Priority::try_from(value).map_err(invalid)
        };
        Ok(match self {
            Self::AutoAttendant { id, priority: value } => {
                PhoneTarget::Attendant { id: AttendantId(id), priority: priority(value)? }
            }
            Self::CallQueue { id, priority: value } => {
                PhoneTarget::Queue { id: QueueId(id), priority: priority(value)? }
            }
            Self::External { number } => {
                let invalid = |_| {
                    Refused::field(format!("{field}.number"), "not_a_number", "a number in E.164 form begins with +")
                };
                PhoneTarget::External { number: E164::parse(&number).map_err(invalid)? }
            }
            Self::ResourceAccount { id, priority: value } => {
                PhoneTarget::ResourceAccount { id: ResourceAccountId(id), priority: priority(value)? }
            }
            Self::SharedMailbox { id, suppress_system_prompt } => {
                PhoneTarget::SharedMailbox { id: SharedMailboxId(id), suppress_system_prompt }
            }
            Self::User { id } => PhoneTarget::User { id: UserId(id) },
            Self::Voicemail { id } => PhoneTarget::Voicemail { id: UserId(id) },
        })
    }
}

impl From<&PhoneTarget> for Target {
    fn from(target: &PhoneTarget) -> Self {
        match target {
            PhoneTarget::Attendant { id, priority } => Self::AutoAttendant { id: id.0, priority: priority.value() },
            PhoneTarget::External { number } => Self::External { number: number.to_string() },
            PhoneTarget::Queue { id, priority } => Self::CallQueue { id: id.0, priority: priority.value() },
            PhoneTarget::ResourceAccount { id, priority } => {
                Self::ResourceAccount { id: id.0, priority: priority.value() }
            }
            PhoneTarget::SharedMailbox { id, suppress_system_prompt } => {
                Self::SharedMailbox { id: id.0, suppress_system_prompt: *suppress_system_prompt }
            }
            PhoneTarget::User { id } => Self::User { id: id.0 },
            PhoneTarget::Voicemail { id } => Self::Voicemail { id: id.0 },
        }
    }
}
