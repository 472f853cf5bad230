//! Sends the mails that tell of messages, each until it is sent or given up.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lettre::message::Mailbox as From;
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport as _, Tokio1Executor};
use phone::apps::mailbox::mail::{Mail, Outcome, State};
use phone::apps::mailbox::message::Message;
use phone::apps::mailbox::{Mailbox, Settings};
use phone::id::TenantId;
use phone::numbers::schedule::time_zone;
use store::{Actor, Store, StoreError, WriteError};
use tokio::sync::Notify;

use super::files::Files;
use super::letter::{ATTACHED_BYTES_MAX, Letter};
use crate::error::chain;

/// A look at an index, for what is due again.
const LOOK: Duration = Duration::from_secs(15);
/// Mails read at once.
const BATCH: u64 = 20;

/// Sends mail.
pub struct Mailer {
    pub store: Store,
    pub files: Files,
    pub transport: AsyncSmtpTransport<Tokio1Executor>,
    pub from: From,
    /// Rung when there is a new mail.
    pub bell: Arc<Notify>,
}

impl Mailer {
    /// Sends as long as the process lives.
    pub async fn run(self) {
        loop {
            if let Err(error) = self.send_due(Timestamp::now()).await {
                tracing::warn!(error = chain(&error), "mails wait for the database");
            }
            let _ = tokio::time::timeout(LOOK, self.bell.notified()).await;
        }
    }

    /// Tries all that is due, one after the other; how many were tried.
    pub async fn send_due(&self, now: Timestamp) -> Result<usize, StoreError> {
        let mut n_tried = 0;
        loop {
            let due = self.store.due_mails(now, BATCH).await?;
            if due.is_empty() {
                return Ok(n_tried);
            }
            for (tenant, mut mail) in due {
                let outcome = self.try_one(tenant, &mail).await?;
                mail.tried(now, outcome);
                if let (State::Failed, Some(error)) = (mail.state, &mail.error) {
                    tracing::warn!(error, message = %mail.message, "a mail about a message was given up");
                }
                self.note(now, &mail).await?;
                n_tried += 1;
            }
        }
    }

    async fn try_one(&self, tenant: TenantId, mail: &Mail) -> Result<Outcome, StoreError> {
        let Some(message) = self.store.message(tenant, mail.message).await? else {
            return Ok(Outcome::Refused("the message was deleted".to_owned()));
        };
        let message = message.value;
        let (mailbox, zone) = self.surroundings(tenant, &message).await?;
        let sound = match message.size_bytes {
            0..=ATTACHED_BYTES_MAX => tokio::fs::read(self.files.sound(tenant, message.id)).await.ok(),
            _ => None,
        };
        let letter =
            Letter { mail, message: &message, mailbox: &mailbox, zone: &zone, from: &self.from, sound }.write();
        let letter = match letter {
            Ok(letter) => letter,
            Err(error) => return Ok(Outcome::Refused(chain(&error))),
        };
        Ok(match self.transport.send(letter).await {
            Ok(_) => Outcome::Sent,
            Err(error) if error.is_permanent() => Outcome::Refused(chain(&error)),
            Err(error) => Outcome::Later(chain(&error)),
        })
    }

    /// The name of the mailbox, and where its clock stands.
    async fn surroundings(&self, tenant: TenantId, message: &Message) -> Result<(String, TimeZone), StoreError> {
        let name = match message.mailbox {
            Mailbox::Person(user) => {
                self.store.user(tenant, user).await?.map(|user| format!("The mailbox of {}", user.value.display_name))
            }
            Mailbox::Shared(id) => self
                .store
                .document::<Settings>(tenant, id.0)
                .await?
                .map(|settings| format!("The mailbox {}", settings.value.name)),
        };
        let profile = self.store.tenant(tenant).await?.map(|tenant| tenant.value.profile);
        let zone = profile.and_then(|profile| time_zone(&profile.time_zone)).unwrap_or(TimeZone::UTC);
        Ok((name.unwrap_or_else(|| "A mailbox".to_owned()), zone))
    }

    async fn note(&self, now: Timestamp, mail: &Mail) -> Result<(), StoreError> {
        let mut tx = self.store.begin_background(Actor::System, now).await?;
        match tx.note_mail(mail).await {
            Ok(()) => tx.commit().await.map(drop),
            Err(WriteError::Store(error)) => Err(error),
            // It went with its message.
            Err(WriteError::NotFound | WriteError::Stale { .. } | WriteError::Taken { .. }) => Ok(()),
        }
    }
}
