//! Makes what somebody recorded by phone the greeting of their mailbox.

use std::time::Duration;

use jiff::Timestamp;
use phone::apps::mailbox::message::Envelope;
use phone::apps::mailbox::{Mailbox, Personal, Settings};
use phone::apps::prompt::Prompt;
use phone::id::PromptKey;
use store::{Actor, Expected, PromptKind, PromptMeta, Store, StoreError, WriteError};
use tokio::sync::mpsc::UnboundedReceiver;

use super::files::Files;
use super::recorder::Whole;
use crate::admin::reconciler::Nudge;
use crate::error::chain;
use crate::prompts::{PromptError, Prompts};

/// How long the database is given between two tries.
const RETRY: Duration = Duration::from_secs(5);

/// What the file is called in settings.
const FILE_NAME: &str = "recorded by phone";

/// Makes greetings.
pub struct Greeter {
    pub store: Store,
    pub files: Files,
    pub prompts: std::sync::Arc<Prompts>,
    pub nudge: Nudge,
}

/// Why a greeting was not made.
#[derive(Debug, thiserror::Error)]
enum GreeterError {
    #[error(transparent)]
    Prompt(#[from] PromptError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the settings of the mailbox were changed meanwhile, or it is gone")]
    Write(#[from] WriteError),
    #[error("the recorded greeting can't be read")]
    Sound(#[from] std::io::Error),
}

impl Greeter {
    /// Makes greetings until nothing more comes. The envelope goes last, so that a crash before leads to another try.
    pub async fn run(self, mut whole: UnboundedReceiver<Whole>) {
        while let Some(Whole { envelope, duration_ms, size_bytes }) = whole.recv().await {
            loop {
                match self.make(&envelope, duration_ms, size_bytes).await {
                    Ok(()) => break,
                    Err(GreeterError::Store(error) | GreeterError::Write(WriteError::Store(error))) => {
                        tracing::warn!(error = chain(&error), "a recorded greeting waits for the database");
                        tokio::time::sleep(RETRY).await;
                    }
                    Err(error) => {
                        tracing::warn!(error = chain(&error), "a recorded greeting is lost");
                        break;
                    }
                }
            }
            self.files.remove_sound(envelope.tenant, envelope.id);
            if let Err(error) = self.files.remove_envelope(envelope.id) {
                tracing::warn!(%error, message = %envelope.id, "the envelope of a greeting can't be removed");
            }
        }
    }

    async fn make(&self, envelope: &Envelope, duration_ms: u64, size_bytes: u64) -> Result<(), GreeterError> {
        let wav = tokio::fs::read(self.files.sound(envelope.tenant, envelope.id)).await?;
        let (key, _) = self.prompts.add_recording(wav).await?;
        let greeting = Prompt::AudioFile { key, file_name: FILE_NAME.to_owned() };
        let person = match envelope.from_user {
            Some(user) => self.store.user(envelope.tenant, user).await?,
            None => None,
        };
        let actor = person.map_or(Actor::System, |person| Actor::Phone(person.value.extension));
        let mut tx = self.store.begin(actor, Timestamp::now()).await?;
        tx.save_prompt(envelope.tenant, &meta(key, duration_ms, size_bytes)).await?;
        match envelope.mailbox {
            Mailbox::Person(user) => {
                let found = tx.document::<Personal>(envelope.tenant, user.0).await?;
                let (before, expected) = match found {
                    Some(found) => (found.value, Expected::Version(found.version)),
                    None => (Personal::new(user), Expected::Absent),
                };
                tx.save_document(envelope.tenant, &Personal { greeting: Some(greeting), ..before }, expected).await?;
            }
            Mailbox::Shared(id) => {
                let found = tx.document::<Settings>(envelope.tenant, id.0).await?.ok_or(WriteError::NotFound)?;
                let after = Settings { greeting: Some(greeting), ..found.value };
                tx.save_document(envelope.tenant, &after, Expected::Version(found.version)).await?;
            }
        }
        tx.commit().await?;
        self.nudge.nudge();
        Ok(())
    }
}

fn meta(key: PromptKey, duration_ms: u64, size_bytes: u64) -> PromptMeta {
    PromptMeta {
        key,
        kind: PromptKind::AudioFile,
        name: FILE_NAME.to_owned(),
        language: String::new(),
        duration_ms,
        size_bytes,
        created_at: Timestamp::now(),
    }
}
