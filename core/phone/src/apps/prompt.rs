//! What an app plays. Specification of voice apps, 1.7.

use serde::{Deserialize, Serialize};

use crate::id::PromptKey;

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
    /// "That is not a valid selection."
    InvalidSelection,
    /// "The person is not available."
    NotAvailable,
    /// "Transferring your call."
    Transferring,
}

/// Either of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playable {
    Configured(PromptKey),
    /// Default music on hold.
    HoldMusic,
    System(SystemPrompt),
}
