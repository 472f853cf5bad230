//! Writes messages down, each until it is written or given up; a restart goes on with those that are awaited.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use phone::apps::mailbox::message::Message;
use phone::apps::mailbox::transcript::Transcript;
use phone::apps::mailbox::{Mailbox, Settings, Transcription};
use phone::id::{TenantId, UserId};
use phone::policies::effective::effective;
use phone::policies::{Lock, Locks, PolicyType, Settings as PolicySettings};
use store::{Actor, Store, StoreError, Stored, WriteError};
use tokio::sync::Notify;

use super::files::Files;
use crate::error::chain;
use crate::recognition::Recognition;

/// A look at an index, for what is tried again.
const LOOK: Duration = Duration::from_secs(30);
/// Messages read at once.
const BATCH: u64 = 100;
/// Asked at once: a server has more to do than us.
const N_AT_ONCE: usize = 4;

/// Writes messages down.
pub struct Transcriber {
    pub store: Store,
    pub files: Files,
    pub recognition: Recognition,
    /// Rung when there is a new message.
    pub bell: Arc<Notify>,
    /// Rung when a mail waited for a transcript; none if there is no mail server.
    pub mail: Option<Arc<Notify>>,
}

/// Whether a message in this mailbox is to be written down, and in which language: as a shared mailbox says, or the
/// voicemail policy of a person.
pub async fn wanted(store: &Store, tenant: TenantId, mailbox: Mailbox) -> Result<Transcript, StoreError> {
    let language = match mailbox {
        Mailbox::Shared(id) => {
            let settings = store.document::<Settings>(tenant, id.0).await?.map(|settings| settings.value);
            settings.filter(|settings| settings.transcription == Transcription::On).map(|settings| settings.language)
        }
        Mailbox::Person(user) => match is_wanted_by_policy(store, tenant, user).await? {
            true => store.tenant(tenant).await?.map(|row| row.value.profile.language),
            false => None,
        },
    };
    Ok(language.map_or(Transcript::NotWanted, |language| Transcript::Awaited { language }))
}

async fn is_wanted_by_policy(store: &Store, tenant: TenantId, user: UserId) -> Result<bool, StoreError> {
    let mut assigned = store.policies_assigned(tenant, user, None, None).await?;
    let assigned = assigned.remove(&PolicyType::Voicemail).unwrap_or_default();
    let own = effective(PolicyType::Voicemail, &assigned).winner.policy();
    let mut known = store.policies_by_id(tenant, own.as_slice()).await?;
    let settings = match own.and_then(|id| known.remove(&id)) {
        Some(policy) => policy.settings,
        None => {
            let global = store.global_policies(tenant).await?.remove(&PolicyType::Voicemail);
            global.map_or_else(|| PolicySettings::factory(PolicyType::Voicemail), |policy| policy.settings)
        }
    };
    let locks = Locks::new(store.all_documents::<Lock>(tenant).await?);
    let settings = locks.limit(settings).0;
    Ok(matches!(settings, PolicySettings::Voicemail(voicemail) if voicemail.enable_transcription))
}

impl Transcriber {
    /// Writes as long as the process lives.
    pub async fn run(self) {
        loop {
            if let Err(error) = self.write_awaited(Timestamp::now()).await {
                tracing::warn!(error = chain(&error), "messages that are to be written down wait for the database");
            }
            let _ = tokio::time::timeout(LOOK, self.bell.notified()).await;
        }
    }

    /// Tries each message that is awaited once; how many are written or given up.
    pub async fn write_awaited(&self, now: Timestamp) -> Result<usize, StoreError> {
        let awaited = self.store.awaited_transcripts(BATCH).await?;
        let tries = awaited.into_iter().map(|(tenant, message)| self.write_one(now, tenant, message));
        let settled: Vec<Result<bool, StoreError>> =
            futures_util::stream::iter(tries).buffer_unordered(N_AT_ONCE).collect().await;
        let mut n_settled = 0;
        for settled in settled {
            n_settled += usize::from(settled?);
        }
        Ok(n_settled)
    }

    /// Whether it is written or given up.
    async fn write_one(&self, now: Timestamp, tenant: TenantId, message: Stored<Message>) -> Result<bool, StoreError> {
        let before = &message.value;
        let Transcript::Awaited { language } = &before.transcript else { return Ok(false) };
        let transcript = match self.try_one(tenant, before, language).await {
            Ok(text) => Transcript::Written { text },
            Err(why) => {
                tracing::warn!(why, message = %before.id, "a message is not written down");
                before.transcript.clone().after_failure(before.at, now, why)
            }
        };
        if transcript == before.transcript {
            return Ok(false);
        }
        self.settle(tenant, &message, transcript).await?;
        Ok(true)
    }

    async fn try_one(&self, tenant: TenantId, message: &Message, language: &str) -> Result<String, String> {
        // Another process on the same database may have the sound.
        let sound = tokio::fs::read(self.files.sound(tenant, message.id)).await;
        let sound = sound.map_err(|error| format!("its sound can't be read: {error}"))?;
        self.recognition.transcribe(sound, language).await.map_err(|error| chain(&error))
    }

    async fn settle(
        &self,
        tenant: TenantId,
        message: &Stored<Message>,
        transcript: Transcript,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.begin_background(Actor::System, Timestamp::now()).await?;
        // Somebody may have worked on it meanwhile, or deleted it.
        let Some(current) = tx.message(tenant, message.value.id).await? else { return Ok(()) };
        match tx.settle_transcript(tenant, &current, transcript).await {
            Ok(has_mail) => {
                tx.commit().await?;
                if let Some(mail) = self.mail.as_ref().filter(|_| has_mail) {
                    mail.notify_one();
                }
                Ok(())
            }
            Err(WriteError::Store(error)) => Err(error),
            Err(WriteError::NotFound | WriteError::Stale { .. } | WriteError::Taken { .. }) => Ok(()),
        }
    }
}
