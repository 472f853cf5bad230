//! Webhooks of organizations and of operators: one desk for both.

use jiff::Timestamp;
use phone::id::WebhookId;
use phone::limits::WEBHOOKS_MAX;
use phone::webhook::Webhook;
use store::{Actor, Delivery, Expected, Hook, Owner, Page, Paging, Stored, Tx, WriteError};

use super::operator_access::OperatorCaller;
use super::{Access, Admin, Refused};
use crate::secret::{Secret, random_secret};

/// Whose webhooks, and who asks.
pub struct WebhookDesk<'a> {
    admin: &'a Admin,
    actor: Actor,
    owner: Owner,
}

impl Access {
    /// The organization's webhooks.
    pub fn webhooks(&self) -> WebhookDesk<'_> {
        WebhookDesk { admin: &self.admin, actor: self.actor.clone(), owner: Owner::Tenant(self.tenant) }
    }
}

impl OperatorCaller {
    /// The operator's webhooks.
    pub fn webhooks(&self) -> WebhookDesk<'_> {
        let operator = self.operator.id;
        WebhookDesk { admin: &self.admin, actor: Actor::Operator(operator), owner: Owner::Operator(operator) }
    }
}

impl WebhookDesk<'_> {
    /// A page of them, by name.
    pub async fn list(&self, paging: &Paging) -> Result<Page<Stored<Hook>>, Refused> {
        Ok(self.admin.store.webhooks(self.owner, paging).await?)
    }

    /// One of them.
    pub async fn show(&self, id: WebhookId) -> Result<Stored<Hook>, Refused> {
        self.admin.store.webhook(self.owner, id).await?.ok_or(Refused::NotFound { what: "webhook" })
    }

    /// What was sent to one of them, the newest first.
    pub async fn deliveries(&self, id: WebhookId, paging: &Paging) -> Result<Page<Delivery>, Refused> {
        self.show(id).await?;
        Ok(self.admin.store.deliveries(id, paging).await?)
    }

    /// Makes one. What messages are signed with is told this once.
    pub async fn create(&self, webhook: &Webhook) -> Result<(Stored<Hook>, Secret), Refused> {
        Refused::for_problems(webhook.problems())?;
        let mut tx = self.change().await?;
        if WEBHOOKS_MAX <= tx.n_webhooks(self.owner).await? {
            return Err(Refused::Conflict {
                code: "webhook.too_many",
                detail: format!("there are {WEBHOOKS_MAX} webhooks, and no more are possible"),
                fix: Some("change or delete one that is there".to_owned()),
            });
        }
        let secret = random_secret();
        tx.create_webhook(self.owner, webhook, secret.expose().as_bytes()).await?;
        tx.commit().await?;
        Ok((self.show(webhook.id).await?, secret))
    }

    /// Changes one. One that is enabled is tried at once.
    pub async fn change_webhook(
        &self,
        id: WebhookId,
        expected: Expected,
        change: impl FnOnce(&mut Webhook) + Send,
    ) -> Result<Stored<Hook>, Refused> {
        let mut tx = self.change().await?;
        let found = tx.webhook(self.owner, id).await?.ok_or(Refused::NotFound { what: "webhook" })?;
        let mut webhook = found.value.webhook;
        change(&mut webhook);
        Refused::for_problems(webhook.problems())?;
        tx.save_webhook(self.owner, &webhook, expected).await?;
        tx.commit().await?;
        self.show(id).await
    }

    /// Signs with another secret from here on, which is told this once.
    pub async fn rotate_secret(&self, id: WebhookId) -> Result<(Stored<Hook>, Secret), Refused> {
        let secret = random_secret();
        let mut tx = self.change().await?;
        tx.set_webhook_secret(self.owner, id, secret.expose().as_bytes()).await.map_err(of_webhook)?;
        tx.commit().await?;
        Ok((self.show(id).await?, secret))
    }

    /// Sends one a message to try its receiver.
    pub async fn test(&self, id: WebhookId) -> Result<Stored<Hook>, Refused> {
        let mut tx = self.change().await?;
        let found = tx.webhook(self.owner, id).await?.ok_or(Refused::NotFound { what: "webhook" })?;
        if !found.value.webhook.enabled {
            return Err(Refused::Conflict {
                code: "webhook.disabled",
                detail: format!("the webhook {} is disabled, and nothing is sent to it", found.value.webhook.name),
                fix: Some("enable it first".to_owned()),
            });
        }
        tx.test_webhook(self.owner, id).await.map_err(of_webhook)?;
        tx.commit().await?;
        self.show(id).await
    }

    /// Deletes one.
    pub async fn delete(&self, id: WebhookId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        tx.delete_webhook(self.owner, id, expected).await.map_err(of_webhook)?;
        tx.commit().await?;
        Ok(())
    }

    async fn change(&self) -> Result<Tx, Refused> {
        Ok(self.admin.store.begin(self.actor.clone(), Timestamp::now()).await?)
    }
}

fn of_webhook(error: WriteError) -> Refused {
    match error {
        WriteError::NotFound => Refused::NotFound { what: "webhook" },
        other => other.into(),
    }
}
