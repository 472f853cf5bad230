//! Shared mailboxes, and what people set of their own.

use phone::apps::mailbox::check::personal_problems;
use phone::apps::mailbox::mail::Mail;
use phone::apps::mailbox::pin::Pin;
use phone::apps::mailbox::{Mailbox, Personal, Settings};
use phone::apps::{attendant, queue};
use phone::directory::app_uses::uses_of_mailbox;
use phone::id::{MessageId, SharedMailboxId};
use store::{Expected, MailboxPinStatus, Stored, Version};
use uuid::Uuid;

use super::{Access, Refused};
use crate::secret::Secret;

impl Access {
    /// One shared mailbox.
    pub async fn mailbox(&self, id: SharedMailboxId) -> Result<Stored<Settings>, Refused> {
        let found = self.store().document(self.tenant(), id.0).await?;
        found.ok_or(Refused::NotFound { what: "shared mailbox" })
    }

    /// Makes or changes a shared mailbox. Its greeting is rendered already.
    pub async fn save_mailbox(&self, settings: &Settings, expected: Expected) -> Result<Version, Refused> {
        let groups = settings.groups.iter().map(|one| one.group).collect();
        let members = self.store().members_of_groups(self.tenant(), &groups).await?;
        Refused::for_problems(self.known_snapshot().await?.mailbox_problems(settings, &members))?;
        let mut tx = self.change().await?;
        self.name_is_free(&tx, settings).await?;
        let version = tx.save_document(self.tenant(), settings, expected).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    /// Deletes a shared mailbox that nothing leads to, with all messages in it.
    pub async fn delete_mailbox(&self, id: SharedMailboxId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let found = tx.document::<Settings>(self.tenant(), id.0).await?;
        let found = found.ok_or(Refused::NotFound { what: "shared mailbox" })?.value;
        let attendants = tx.documents::<attendant::Settings>(self.tenant()).await?;
        let queues = tx.documents::<queue::Settings>(self.tenant()).await?;
        let uses = uses_of_mailbox(id, &attendants, &queues);
        if !uses.is_empty() {
            return Err(Refused::Conflict {
                code: "app.in_use",
                detail: format!("{} is used by {}", found.name, uses.join(", ")),
                fix: Some("let them lead elsewhere first".to_owned()),
            });
        }
        tx.delete_document::<Settings>(self.tenant(), id.0, expected).await?;
        tx.remove_mailbox_pin(self.tenant(), Mailbox::Shared(id)).await?;
        let messages = tx.delete_messages_of(self.tenant(), Mailbox::Shared(id)).await?;
        self.settle(tx).await?;
        self.remove_sounds(messages);
        Ok(())
    }

    /// What a person set of the own mailbox; what everybody has, if nothing.
    pub async fn personal_mailbox(&self, name: &str) -> Result<Stored<Personal>, Refused> {
        let user = self.user(name).await?;
        let found = self.store().document(self.tenant(), user.value.id.0).await?;
        Ok(found.unwrap_or(Stored {
            value: Personal::new(user.value.id),
            version: 0,
            created_at: user.created_at,
            updated_at: user.created_at,
        }))
    }

    /// Changes a person's mailbox. Its greeting is rendered already.
    pub async fn save_personal_mailbox(&self, personal: &Personal, expected: Expected) -> Result<Version, Refused> {
        Refused::for_problems(personal_problems(personal))?;
        let mut tx = self.change().await?;
        // Nobody has set anything yet: that is what is shown as version 0.
        let expected = if expected == Expected::Version(0) { Expected::Absent } else { expected };
        let version = tx.save_document(self.tenant(), personal, expected).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    /// Whether a mailbox has a PIN, and how often a wrong one was typed.
    pub async fn mailbox_pin(&self, mailbox: Mailbox) -> Result<Option<MailboxPinStatus>, Refused> {
        Ok(self.store().mailbox_pin(self.tenant(), mailbox).await?)
    }

    /// Sets the PIN with which messages are heard by phone, or another one; a locked mailbox is open again.
    pub async fn set_mailbox_pin(&self, mailbox: Mailbox, pin: &Secret) -> Result<Option<MailboxPinStatus>, Refused> {
        let pin = Pin::parse_new(pin.expose()).map_err(|refusal| Refused::by_rule(&refusal))?;
        let mut tx = self.change().await?;
        tx.set_mailbox_pin(self.tenant(), mailbox, &pin).await?;
        tx.commit().await?;
        self.mailbox_pin(mailbox).await
    }

    /// Removes the PIN of a mailbox: messages are heard on the own phone without one, and from nowhere else.
    pub async fn remove_mailbox_pin(&self, mailbox: Mailbox) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        tx.remove_mailbox_pin(self.tenant(), mailbox).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Has a mail sent again that was given up, or waits for its next try.
    pub async fn retry_mail(&self, id: Uuid) -> Result<Mail, Refused> {
        let mut tx = self.change().await?;
        let mut mail = tx.mail(self.tenant(), id).await?.ok_or(Refused::NotFound { what: "mail" })?;
        mail.retry(tx.at());
        tx.note_mail(&mail).await?;
        tx.commit().await?;
        Ok(mail)
    }

    /// Removes the sound of messages whose rows are gone.
    pub(super) fn remove_sounds(&self, messages: Vec<MessageId>) {
        let (files, tenant) = (self.admin.messages.clone(), self.tenant());
        // On a thread that may wait for the disk; what a crash leaves there nobody can reach.
        tokio::task::spawn_blocking(move || {
            for message in messages {
                files.remove_sound(tenant, message);
            }
        });
    }
}
