//! What an app plays, as the API writes it.

use phone::apps::prompt::Prompt as PhonePrompt;
use phone::id::PromptKey;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admin::{Access, Refused};

/// What is played: a text that is spoken, or an audio file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
pub enum Prompt {
    AudioFile {
        /// An audio file that was uploaded.
        id: Uuid,
        /// Only shown.
        #[serde(default)]
        file_name: String,
    },
    Text {
        text: String,
    },
}

impl Prompt {
    /// Renders the prompt, so that what is saved can be played.
    pub async fn read(self, access: &Access, field: &str, language: &str) -> Result<PhonePrompt, Refused> {
        match self {
            Self::AudioFile { id, .. } => {
                let missing =
                    |_| Refused::field(format!("{field}.id"), "graph.missing_target", "there is no such audio file");
                let meta = access.audio_file(PromptKey(id)).await.map_err(missing)?;
                access.prompts().file(meta.key).await?;
                Ok(PhonePrompt::AudioFile { key: meta.key, file_name: meta.name })
            }
            Self::Text { text } => {
                let (key, _) = access.prompts().text(language, &text).await?;
                Ok(PhonePrompt::Text { key, text })
            }
        }
    }

    pub async fn read_some(
        prompt: Option<Self>,
        access: &Access,
        field: &str,
        language: &str,
    ) -> Result<Option<PhonePrompt>, Refused> {
        match prompt {
            Some(prompt) => prompt.read(access, field, language).await.map(Some),
            None => Ok(None),
        }
    }
}

impl From<&PhonePrompt> for Prompt {
    fn from(prompt: &PhonePrompt) -> Self {
        match prompt {
            PhonePrompt::AudioFile { key, file_name } => Self::AudioFile { id: key.0, file_name: file_name.clone() },
            PhonePrompt::Text { text, .. } => Self::Text { text: text.clone() },
        }
    }
}
