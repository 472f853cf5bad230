//! What an app plays. Specification of voice apps, 1.7.

use serde::{Deserialize, Serialize};

use super::queue::Announcement;
use crate::id::PromptKey;
use crate::limits::PROMPT_CHARS_MAX;
use crate::problem::Code;

/// A prompt as it was configured; `key` names what was rendered from it at save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Prompt {
    AudioFile { key: PromptKey, file_name: String },
    Text { key: PromptKey, text: String },
}

impl Prompt {
    /// What to play.
    pub fn key(&self) -> PromptKey {
        match self {
            Self::AudioFile { key, .. } | Self::Text { key, .. } => *key,
        }
    }
}

/// What the system itself says; rendered for each language at start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SystemPrompt {
    DirectoryNotAvailable,
    EnterExtension,
    ExtensionNotFound,
    InvalidSelection,
    LeaveMessage,
    MessageSaved,
    NoMessage,
    NotAvailable,
    Transferring,
}

impl SystemPrompt {
    /// All of them, for rendering.
    pub const ALL: [Self; 9] = [
        Self::DirectoryNotAvailable,
        Self::EnterExtension,
        Self::ExtensionNotFound,
        Self::InvalidSelection,
        Self::LeaveMessage,
        Self::MessageSaved,
        Self::NoMessage,
        Self::NotAvailable,
        Self::Transferring,
    ];

    /// What it says, in English.
    pub fn english(self) -> &'static str {
        match self {
            Self::DirectoryNotAvailable => "The directory is not available.",
            Self::EnterExtension => "Please enter the extension.",
            Self::ExtensionNotFound => "That extension was not found.",
            Self::InvalidSelection => "That is not a valid selection.",
            Self::LeaveMessage => "Please leave a message after the tone.",
            Self::MessageSaved => "Your message was saved.",
            Self::NoMessage => "No message was recorded.",
            Self::NotAvailable => "The person is not available.",
            Self::Transferring => "Transferring your call.",
        }
    }
}

/// Any of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playable {
    Announcement(Announcement),
    /// One short tone: speak now.
    Beep,
    Configured(PromptKey),
    /// Default music on hold.
    HoldMusic,
    System(SystemPrompt),
}

/// What is wrong with a prompt, if anything.
pub fn problem(prompt: &Prompt) -> Option<Code> {
    match prompt {
        Prompt::AudioFile { .. } => None,
        Prompt::Text { text, .. } if text.trim().is_empty() => Some(Code::PromptEmpty),
        Prompt::Text { text, .. } if text.chars().count() > PROMPT_CHARS_MAX => Some(Code::PromptTooLong),
        Prompt::Text { .. } => None,
    }
}
