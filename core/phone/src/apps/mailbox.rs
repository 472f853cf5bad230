//! Mailboxes: those that a team shares, and each person's own. Specification of voice apps, 1.15, and of calling, 2.8.
//!
//! The settings are plain data; [`Deposit`] is one caller who leaves a message, [`message::Message`] what came of it,
//! [`visit::Visit`] somebody who hears messages by phone.

pub mod check;
mod deposit;
pub mod greeting;
pub mod mail;
pub mod message;
pub mod pin;
pub mod transcript;
pub mod visit;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use deposit::Deposit;
pub use greeting::{AfterHours, AppGreeting, Via};

use super::prompt::{Playable, Prompt, SystemPrompt};
use crate::id::{GroupId, PromptKey, SharedMailboxId, UserId};
use crate::limits::{MESSAGE_DAYS, MESSAGE_SECS_MIN, QUIET_SECS};
use crate::policies::call::Voicemail as VoicemailPolicy;

/// Who is in the groups that mailboxes name. A group that is gone is not here.
pub type Groups = BTreeMap<GroupId, Arc<BTreeSet<UserId>>>;

/// A mailbox that a team shares. Specification of voice apps, 1.15.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub id: SharedMailboxId,
    pub name: String,
    /// Who dials it leaves a message; a member hears them.
    #[serde(default)]
    pub extension: Option<String>,
    /// Of its texts and of what the system says in it.
    pub language: String,
    pub members: Vec<Member>,
    /// Whose members are members, as they come and go.
    #[serde(default)]
    pub groups: Vec<MemberGroup>,
    pub greeting: Option<Prompt>,
    /// Heard instead while a schedule is in effect.
    #[serde(default)]
    pub after_hours: Option<AfterHours>,
    /// Heard instead by who comes from these apps, at any hour.
    #[serde(default)]
    pub app_greetings: Vec<AppGreeting>,
    /// Longest message.
    pub max_secs: u32,
    /// Shortest message that is kept.
    pub min_secs: u32,
    /// Silence that ends a message; 0 is never.
    pub quiet_secs: u32,
    pub retention_days: u32,
    pub transcription: Transcription,
    /// Addresses that are told of each message.
    pub emails: Vec<String>,
    /// Whether the members' phones show that there are messages.
    pub mwi_for_members: bool,
}

/// Who works with the messages of a shared mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub user: UserId,
    pub role: MemberRole,
}

/// A group whose members work with the messages of a shared mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberGroup {
    pub group: GroupId,
    pub role: MemberRole,
}

/// How far a member may go; who is one in several ways may what the widest lets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// Hear messages, and say who works on them.
    Listen,
    /// Delete them, too.
    Manage,
}

/// Whether messages are written down, where something can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transcription {
    #[default]
    Off,
    On,
}

/// A person's own mailbox. Specification of calling, 2.8.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personal {
    pub user: UserId,
    /// Whether calls that the person does not take go to the mailbox.
    pub enabled: bool,
    pub greeting: Option<Prompt>,
    /// Whether the person's address is told of each message.
    pub email: bool,
}

/// Which mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Mailbox {
    Person(UserId),
    Shared(SharedMailboxId),
}

/// How many messages wait for a person: those of the own mailbox and of the teams that have it shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    pub new: u32,
    /// Claimed or done.
    pub old: u32,
}

/// What one caller meets in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub mailbox: Mailbox,
    /// As records and live views show it.
    pub name: String,
    pub language: String,
    pub greeting: Vec<Playable>,
    pub max_secs: u32,
    pub min_secs: u32,
    /// 0 is never.
    pub quiet_secs: u32,
    pub retention_days: u32,
}

/// What happens to a caller in a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The call was answered and the caller hears us.
    Started,
    Digit(char),
    /// What we asked to play last came to its end.
    Played,
    /// Who is recorded said nothing for as long as we allowed.
    Quiet,
    HungUp,
    Timeout,
}

/// What the mailbox wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Play these one after the other, instead of what was playing; `Played` must follow.
    Play(Vec<Playable>),
    /// Take down what the caller says; tell `Quiet` after so much silence, 0 is never.
    Record {
        quiet_secs: u32,
    },
    StopRecording,
    /// The message is whole: its first `kept` is what was said.
    Deliver {
        kept: Duration,
    },
    /// The message is not to be kept.
    Discard,
    /// The caller wants to hear the messages: who knows the PIN may.
    Visit,
    /// Hang up.
    End,
}

/// How it came out, for the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Delivered,
    /// The caller left before the tone.
    HungUp,
    TooShort,
}

impl Outcome {
    /// Its stable name in records.
    pub fn code(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::HungUp => "hung_up",
            Self::TooShort => "too_short",
        }
    }
}

impl Personal {
    /// What a person has who never set anything. Specification of calling, 2.8: on.
    pub fn new(user: UserId) -> Self {
        Self { user, enabled: true, greeting: None, email: true }
    }

    /// What a caller meets in it, as the voicemail policy of the person says.
    pub fn terms(&self, name: String, language: String, policy: &VoicemailPolicy) -> Terms {
        let own = match &self.greeting {
            Some(greeting) => vec![Playable::Configured(greeting.key())],
            None => vec![Playable::System(SystemPrompt::NotAvailable), Playable::System(SystemPrompt::LeaveMessage)],
        };
        let around = |file: Option<PromptKey>| file.map(Playable::Configured);
        let (before, after) = (around(policy.preamble_audio_file), around(policy.postamble_audio_file));
        let greeting = before.into_iter().chain(own).chain(after).collect();
        Terms {
            mailbox: Mailbox::Person(self.user),
            name,
            language,
            greeting,
            max_secs: policy.maximum_recording_seconds.value(),
            min_secs: MESSAGE_SECS_MIN,
            quiet_secs: QUIET_SECS,
            retention_days: MESSAGE_DAYS,
        }
    }
}

impl Settings {
    /// What a caller meets in it who hears this greeting, with or without the words that ask for a message.
    pub fn terms(&self, greeting: Option<&Prompt>, system_prompt: SystemWords) -> Terms {
        let own: Option<PromptKey> = greeting.map(Prompt::key);
        let mut greeting: Vec<Playable> = own.map(Playable::Configured).into_iter().collect();
        if system_prompt == SystemWords::Heard {
            greeting.push(Playable::System(SystemPrompt::LeaveMessage));
        }
        Terms {
            mailbox: Mailbox::Shared(self.id),
            name: self.name.clone(),
            language: self.language.clone(),
            greeting,
            max_secs: self.max_secs,
            min_secs: self.min_secs,
            quiet_secs: self.quiet_secs,
            retention_days: self.retention_days,
        }
    }

    /// How a member comes to its messages; none for who is no member.
    pub fn access(&self, listener: UserId, groups: &Groups) -> Option<visit::Access> {
        let role = self.role_of(listener, groups)?;
        Some(visit::Access {
            mailbox: Mailbox::Shared(self.id),
            name: self.name.clone(),
            language: self.language.clone(),
            listener,
            origin: visit::Origin::OwnPhone,
            may_manage: role == MemberRole::Manage,
        })
    }

    /// What a member may do; none for who is no member. `groups` are those of the organization that mailboxes name.
    pub fn role_of(&self, user: UserId, groups: &Groups) -> Option<MemberRole> {
        let own = self.members.iter().filter(|member| member.user == user).map(|member| member.role);
        let is_in = |group: &GroupId| groups.get(group).is_some_and(|members| members.contains(&user));
        let of_groups = self.groups.iter().filter(|one| is_in(&one.group)).map(|one| one.role);
        own.chain(of_groups).max()
    }

    /// Everybody who is a member.
    pub fn all_members(&self, groups: &Groups) -> BTreeSet<UserId> {
        let of_groups = self.groups.iter().filter_map(|one| groups.get(&one.group)).flat_map(|members| members.iter());
        self.members.iter().map(|member| member.user).chain(of_groups.copied()).collect()
    }
}

/// Whether callers hear the words that ask for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemWords {
    Heard,
    Suppressed,
}
