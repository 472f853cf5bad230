//! A message, and a person's mailbox, as the API writes them.

use phone::apps::mailbox::message::{Message as PhoneMessage, Status};
use phone::apps::mailbox::transcript::Transcript as PhoneTranscript;
use phone::apps::mailbox::{Mailbox as PhoneMailbox, Personal};
use phone::directory::Tenant;
use phone::id::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admin::{Access, Refused};
use crate::api::prompts::Prompt;

/// A message that somebody left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    pub id: Uuid,
    pub mailbox: MessageMailbox,
    pub status: MessageStatus,
    /// Who works on it, or did last.
    pub claimed_by: Option<String>,
    /// The caller as shown.
    pub from: String,
    pub from_name: Option<String>,
    /// The caller, if it was a person of the organization.
    pub from_user: Option<Uuid>,
    /// What was called first.
    pub to: String,
    /// The call in which it was left.
    pub call: Uuid,
    #[schema(value_type = String, format = DateTime)]
    pub left_at: jiff::Timestamp,
    pub duration_seconds: u64,
    pub size_bytes: u64,
    /// When it will be deleted.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: jiff::Timestamp,
    pub transcript: Transcript,
}

/// What a message says in writing, as a program understood it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Transcript {
    pub state: TranscriptState,
    /// Empty if nothing was understood.
    pub text: Option<String>,
    /// Why nobody could write it down.
    pub error: Option<String>,
}

/// Whether a message is there in writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TranscriptState {
    /// The mailbox is not set to it, or the server has nothing that writes messages down.
    NotWanted,
    Awaited,
    Written,
    Failed,
}

/// Where a message lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum MessageMailbox {
    Person { id: Uuid, name: String },
    Shared { id: Uuid, name: String },
}

/// Whether somebody works on a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    New,
    Claimed,
    Done,
}

/// What a person set of the own mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "enabled": false }))]
pub struct PersonalMailbox {
    /// Whether calls that the person does not take go to the mailbox.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Null says that the person is not available, and asks for a message.
    pub greeting: Option<Prompt>,
    /// Whether the person's address is told of each message.
    #[serde(default = "yes")]
    pub email: bool,
}

impl Message {
    pub fn new(message: &PhoneMessage, tenant: Option<&Tenant>) -> Self {
        Self {
            id: message.id.0,
            mailbox: MessageMailbox::new(message.mailbox, tenant),
            status: message.status.into(),
            claimed_by: message.claimed_by.clone(),
            from: message.from.clone(),
            from_name: message.from_name.clone(),
            from_user: message.from_user.map(|user| user.0),
            to: message.to.clone(),
            call: message.call.0,
            left_at: message.at,
            duration_seconds: message.duration_ms.div_ceil(1_000),
            size_bytes: message.size_bytes,
            expires_at: message.expires_at,
            transcript: Transcript::from(&message.transcript),
        }
    }
}

impl From<&PhoneTranscript> for Transcript {
    fn from(transcript: &PhoneTranscript) -> Self {
        let of = |state, text, error| Self { state, text, error };
        match transcript {
            PhoneTranscript::NotWanted => of(TranscriptState::NotWanted, None, None),
            PhoneTranscript::Awaited { .. } => of(TranscriptState::Awaited, None, None),
            PhoneTranscript::Written { text } => of(TranscriptState::Written, Some(text.clone()), None),
            PhoneTranscript::Failed { why } => of(TranscriptState::Failed, None, Some(why.clone())),
        }
    }
}

impl MessageMailbox {
    /// A name is empty if what it names is gone.
    fn new(mailbox: PhoneMailbox, tenant: Option<&Tenant>) -> Self {
        match mailbox {
            PhoneMailbox::Person(user) => {
                let name = tenant.and_then(|tenant| Some(tenant.users.get(&user)?.display_name.clone()));
                Self::Person { id: user.0, name: name.unwrap_or_default() }
            }
            PhoneMailbox::Shared(id) => {
                let name = tenant.and_then(|tenant| Some(tenant.mailboxes.get(&id)?.name.clone()));
                Self::Shared { id: id.0, name: name.unwrap_or_default() }
            }
        }
    }
}

impl PersonalMailbox {
    pub(super) async fn read(self, access: &Access, user: UserId) -> Result<Personal, Refused> {
        let language = access.tenant_row().await?.value.profile.language;
        let greeting = Prompt::read_some(self.greeting, access, "greeting", &language).await?;
        Ok(Personal { user, enabled: self.enabled, greeting, email: self.email })
    }
}

impl From<&Personal> for PersonalMailbox {
    fn from(personal: &Personal) -> Self {
        let greeting = personal.greeting.as_ref().map(Prompt::from);
        Self { enabled: personal.enabled, greeting, email: personal.email }
    }
}

impl From<Status> for MessageStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::New => Self::New,
            Status::Claimed => Self::Claimed,
            Status::Done => Self::Done,
        }
    }
}

impl From<MessageStatus> for Status {
    fn from(status: MessageStatus) -> Self {
        match status {
            MessageStatus::New => Self::New,
            MessageStatus::Claimed => Self::Claimed,
            MessageStatus::Done => Self::Done,
        }
    }
}

fn yes() -> bool {
    true
}
