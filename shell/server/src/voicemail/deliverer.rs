//! Puts messages whose sound is in its place into their mailboxes, and writes the mails that tell of them.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use phone::apps::mailbox::mail::Mail;
use phone::apps::mailbox::message::{Envelope, Purpose};
use phone::apps::mailbox::transcript::Transcript;
use phone::apps::mailbox::{Mailbox, Personal, Settings};
use store::{Actor, Store, StoreError, Tx, WriteError};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use uuid::Uuid;

use super::files::Files;
use super::recorder::Whole;
use super::transcriber;
use crate::error::chain;

/// How long the database is given between two tries.
const RETRY_SECS: [u64; 4] = [1, 2, 5, 15];

/// Puts messages into mailboxes.
pub struct Deliverer {
    pub store: Store,
    pub files: Files,
    /// Rung when there is a new mail; none if there is no mail server.
    pub mail: Option<Arc<Notify>>,
    /// Rung when there is a new message to write down; none if nothing can.
    pub transcripts: Option<Arc<Notify>>,
    /// Who takes what is no message.
    pub greetings: UnboundedSender<Whole>,
}

impl Deliverer {
    /// Delivers until nothing more comes. The envelope goes last, so that a crash before leads to another try.
    pub async fn run(self, mut whole: UnboundedReceiver<Whole>) {
        while let Some(whole) = whole.recv().await {
            if whole.envelope.purpose == Purpose::Greeting {
                // Who makes greetings ends with us; if not, the envelope tells the next process.
                let _ = self.greetings.send(whole);
                continue;
            }
            let (tenant, message) = (whole.envelope.tenant, whole.envelope.id);
            let mut retries = RETRY_SECS.into_iter();
            let mut pause = 1;
            let is_there = loop {
                match self.deliver(&whole).await {
                    Ok(is_there) => break is_there,
                    Err(error) => tracing::warn!(error = chain(&error), %message, "a message waits for the database"),
                }
                pause = retries.next().unwrap_or(pause);
                tokio::time::sleep(Duration::from_secs(pause)).await;
            };
            if !is_there {
                self.files.remove_sound(tenant, message);
            }
            if let Err(error) = self.files.remove_envelope(message) {
                tracing::warn!(%error, %message, "the envelope of a message can't be removed");
            }
        }
    }

    /// False if the organization is gone.
    async fn deliver(&self, whole: &Whole) -> Result<bool, StoreError> {
        match self.try_deliver(whole).await {
            Ok(()) => Ok(true),
            Err(WriteError::Store(error)) => Err(error),
            Err(WriteError::NotFound | WriteError::Stale { .. } | WriteError::Taken { .. }) => Ok(false),
        }
    }

    async fn try_deliver(&self, whole: &Whole) -> Result<(), WriteError> {
        let now = Timestamp::now();
        let (envelope, tenant) = (&whole.envelope, whole.envelope.tenant);
        let mut tx = self.store.begin(Actor::System, now).await?;
        let mut message = envelope.delivered(whole.duration_ms, whole.size_bytes);
        if self.transcripts.is_some() {
            message.transcript = transcriber::wanted(&self.store, tenant, message.mailbox).await?;
        }
        let is_new = tx.deliver_message(tenant, &message).await?;
        let addresses = match &self.mail {
            Some(_) if is_new => addresses(&tx, envelope).await?,
            Some(_) | None => Vec::new(),
        };
        for address in &addresses {
            let mail = Mail::new(Uuid::now_v7(), message.id, address.clone(), now);
            let mail = mail.held_until(message.transcript.mail_due(now));
            tx.add_mail(tenant, &mail).await?;
        }
        tx.commit().await?;
        if let Some(bell) = self.transcripts.as_ref().filter(|_| message.transcript != Transcript::NotWanted) {
            bell.notify_one();
        }
        if let Some(bell) = self.mail.as_ref().filter(|_| !addresses.is_empty()) {
            bell.notify_one();
        }
        Ok(())
    }
}

/// Who is told of messages in this mailbox, as it is now.
async fn addresses(tx: &Tx, envelope: &Envelope) -> Result<Vec<String>, StoreError> {
    match envelope.mailbox {
        Mailbox::Shared(id) => {
            let settings = tx.document::<Settings>(envelope.tenant, id.0).await?;
            Ok(settings.map(|settings| settings.value.emails).unwrap_or_default())
        }
        Mailbox::Person(user) => {
            let own = tx.document::<Personal>(envelope.tenant, user.0).await?;
            if own.is_some_and(|own| !own.value.email) {
                return Ok(Vec::new());
            }
            let person = tx.user(envelope.tenant, user).await?;
            Ok(person.and_then(|person| person.value.email).into_iter().collect())
        }
    }
}
