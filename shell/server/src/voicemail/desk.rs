//! Answers what people who hear messages by phone ask: the PIN, lists, the sound, and what becomes of each message.

use std::sync::Arc;

use jiff::Timestamp;
use media::prompt::Prompt;
use phone::apps::mailbox::message::{Message, Status};
use phone::apps::mailbox::pin::Finding;
use phone::apps::mailbox::visit::{Answer, Ask, Entry};
use phone::apps::mailbox::{Mailbox, message};
use phone::id::{MessageId, TenantId, UserId};
use phone::limits::VISIT_MESSAGES_MAX;
use store::{Actor, MessageFilter, Paging, Store, StoreError, WriteError};
use switch::input::{QueryId, Told};
use switch::output::MailboxQuestion;
use tokio::sync::mpsc;

use super::files::Files;
use crate::error::chain;
use crate::node;
use crate::prompts;

/// Callers who may wait for an answer at once: more than a media thread can play messages to.
pub const QUESTIONS_WAITING_MAX: usize = 1_024;

/// A question of somebody in a mailbox.
pub type Question = (QueryId, Box<MailboxQuestion>);

/// What answers.
#[derive(Clone)]
pub struct Desk {
    pub store: Store,
    pub files: Files,
    pub node: node::Handle,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("could not note what became of a message")]
    Write(#[from] WriteError),
    #[error("the sound of a message can't be read")]
    Sound(#[from] std::io::Error),
}

impl Desk {
    /// Answers as long as anybody asks. Each is answered by itself: a long message keeps nobody waiting.
    pub async fn run(self, mut questions: mpsc::Receiver<Question>) {
        while let Some((query, question)) = questions.recv().await {
            let desk = self.clone();
            tokio::spawn(async move {
                let told = desk.tell(&question).await;
                // Without a switch there is no caller any more.
                let _ = desk.node.told(query, told).await;
            });
        }
    }

    /// What a caller is told, also when nothing can be found out.
    pub async fn tell(&self, question: &MailboxQuestion) -> Told {
        match self.answer(question).await {
            Ok((answer, sound)) => Told::Mailbox { answer, sound },
            Err(error) => {
                tracing::warn!(error = chain(&error), "somebody who wants to hear messages can't be answered");
                Told::Mailbox { answer: Answer::Failed, sound: None }
            }
        }
    }

    async fn answer(&self, question: &MailboxQuestion) -> Result<(Answer, Option<Arc<Prompt>>), DeskError> {
        let (tenant, mailbox) = (question.tenant, question.mailbox);
        let answer = match &question.ask {
            Ask::Open => Answer::Opened { has_pin: self.store.mailbox_pin(tenant, mailbox).await?.is_some() },
            Ask::Unlock { pin } => Answer::Unlocked(self.unlock(question, pin).await?),
            Ask::List => Answer::Listed {
                new: self.list(tenant, mailbox, |status| status == Status::New).await?,
                saved: self.list(tenant, mailbox, |status| status != Status::New).await?,
            },
            Ask::Load { message } => match self.load(question, *message).await? {
                Some(sound) => return Ok((Answer::Loaded, Some(sound))),
                None => Answer::Missing,
            },
            Ask::Step { message, step } => self.step(question, *message, *step).await?,
            Ask::Delete { message } => self.delete(question, *message).await?,
        };
        Ok((answer, None))
    }

    async fn unlock(
        &self,
        question: &MailboxQuestion,
        typed: &phone::apps::mailbox::pin::Pin,
    ) -> Result<Finding, DeskError> {
        let (tenant, mailbox) = (question.tenant, question.mailbox);
        let now = Timestamp::now();
        let mut tx = self.store.begin(self.actor(tenant, question.listener).await?, now).await?;
        let Some((kept, tries)) = tx.mailbox_pin(tenant, mailbox).await? else { return Ok(Finding::Wrong) };
        let (finding, after) = tries.look(now, Some(&kept), typed);
        if after != tries {
            tx.save_mailbox_pin_tries(tenant, mailbox, after).await?;
            tx.commit().await?;
        }
        Ok(finding)
    }

    /// The oldest first, as people left them.
    async fn list(
        &self,
        tenant: TenantId,
        mailbox: Mailbox,
        is_wanted: impl Fn(Status) -> bool,
    ) -> Result<Vec<Entry>, DeskError> {
        let mut entries = Vec::new();
        for status in [Status::New, Status::Claimed, Status::Done] {
            if !is_wanted(status) {
                continue;
            }
            let filter = MessageFilter { mailboxes: Some(vec![mailbox]), status: Some(status) };
            let limit = u64::try_from(VISIT_MESSAGES_MAX).unwrap_or(u64::MAX);
            let paging = Paging { limit, after: None, descending: false };
            let page = self.store.messages(tenant, &filter, &paging).await?;
            entries.extend(page.items.into_iter().map(|message| (message.value.at, entry(message.value))));
        }
        entries.sort_by_key(|(at, entry)| (*at, entry.id));
        entries.truncate(VISIT_MESSAGES_MAX);
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    }

    async fn load(&self, question: &MailboxQuestion, id: MessageId) -> Result<Option<Arc<Prompt>>, DeskError> {
        let found = self.store.message(question.tenant, id).await?;
        if found.is_none_or(|found| found.value.mailbox != question.mailbox) {
            return Ok(None);
        }
        match tokio::fs::read(self.files.sound(question.tenant, id)).await {
            Ok(wav) => Ok(prompts::of_message(wav, question.codec).await.map(Arc::new)),
            // Deleted a moment ago, or it lies on another node.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn step(&self, question: &MailboxQuestion, id: MessageId, step: message::Step) -> Result<Answer, DeskError> {
        let actor = self.actor(question.tenant, question.listener).await?;
        let by = actor.to_string();
        let mut tx = self.store.begin(actor, Timestamp::now()).await?;
        let found = tx.message(question.tenant, id).await?;
        let Some(before) = found.filter(|found| found.value.mailbox == question.mailbox) else {
            return Ok(Answer::Missing);
        };
        let mut after = before.value.clone();
        if after.take(step, &by).is_err() {
            return Ok(Answer::Missing);
        }
        if after != before.value {
            tx.step_message(question.tenant, &before, &after, step).await?;
            tx.commit().await?;
        }
        Ok(Answer::Done)
    }

    async fn delete(&self, question: &MailboxQuestion, id: MessageId) -> Result<Answer, DeskError> {
        let actor = self.actor(question.tenant, question.listener).await?;
        let mut tx = self.store.begin(actor, Timestamp::now()).await?;
        let found = tx.message(question.tenant, id).await?;
        if found.is_none_or(|found| found.value.mailbox != question.mailbox) {
            return Ok(Answer::Missing);
        }
        tx.delete_message(question.tenant, id).await?;
        tx.commit().await?;
        let (files, tenant) = (self.files.clone(), question.tenant);
        // On a thread that may wait for the disk; what a crash leaves there nobody can reach.
        tokio::task::spawn_blocking(move || files.remove_sound(tenant, id));
        Ok(Answer::Done)
    }

    /// In whose name something is done.
    async fn actor(&self, tenant: TenantId, listener: UserId) -> Result<Actor, StoreError> {
        let person = self.store.user(tenant, listener).await?;
        Ok(person.map_or(Actor::System, |person| Actor::Phone(person.value.extension)))
    }
}

fn entry(message: Message) -> Entry {
    Entry { id: message.id, from: message.from, from_user: message.from_user }
}
