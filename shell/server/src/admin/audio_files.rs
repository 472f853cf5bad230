//! Audio files: uploaded, rendered once, played by their key.

use jiff::Timestamp;
use phone::id::PromptKey;
use store::{PromptKind, PromptMeta};

use super::{Access, Refused};

/// Longest file name kept; it is for people only.
const NAME_CHARS_MAX: usize = 255;

impl Access {
    /// Renders a file and keeps it. The same content again is the same audio file.
    pub async fn add_audio_file(&self, name: &str, bytes: Vec<u8>) -> Result<PromptMeta, Refused> {
        let name = name.trim();
        if name.is_empty() || NAME_CHARS_MAX < name.chars().count() {
            return Err(Refused::field("file_name", "audio.name_length", "a file name has 1 to 255 characters"));
        }
        let size_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let (key, prompt) = self.prompts().add_file(bytes).await?;
        let meta = PromptMeta {
            key,
            kind: PromptKind::AudioFile,
            name: name.to_owned(),
            language: String::new(),
            duration_ms: prompt.duration_ms(),
            size_bytes,
            created_at: Timestamp::now(),
        };
        let mut tx = self.change().await?;
        tx.save_prompt(self.tenant(), &meta).await?;
        self.settle(tx).await?;
        self.audio_file(key).await
    }

    /// One audio file.
    pub async fn audio_file(&self, key: PromptKey) -> Result<PromptMeta, Refused> {
        let found = self.store().prompt(self.tenant(), key).await?;
        found.filter(|meta| meta.kind == PromptKind::AudioFile).ok_or(Refused::NotFound { what: "audio file" })
    }
}
