//! Webhooks: kept with how far each has been told of the events, and with what was sent.

use jiff::Timestamp;
use phone::id::{OperatorId, TenantId, WebhookId};
use phone::webhook::kind::OF_OPERATORS;
use phone::webhook::{Health, Webhook};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{Written, check, from_json, taken, to_json};
use crate::entity::webhook::{ActiveModel, Column, Entity, Model};
use crate::entity::{event, webhook_delivery};
use crate::error::{StoreError, WriteError};
use crate::events::{Event, EventId, Noun};
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

/// Tries that are kept of each webhook; older ones go.
const TRIES_KEPT: u64 = 1_000;

/// Whose a webhook is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Operator(OperatorId),
    Tenant(TenantId),
}

/// A webhook with what is kept beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Hook {
    pub owner: Owner,
    pub webhook: Webhook,
    /// The newest event that it was told of.
    pub told: EventId,
    pub health: Health,
}

/// Whether a webhook is told anything after a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Alive,
    Dead,
}

/// A try to tell a webhook of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub event: EventId,
    pub kind: String,
    pub at: Timestamp,
    /// What the receiver answered; none if it did not.
    pub status: Option<u16>,
    pub error: Option<String>,
    pub millis: u64,
}

impl Store {
    /// The webhooks of one owner, by name.
    pub async fn webhooks(&self, owner: Owner, paging: &Paging) -> Result<Page<Stored<Hook>>, StoreError> {
        let rows = paged(of(owner), Column::Name, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Text(row.name.clone()), id: row.id };
        let page = page_of(rows, paging, cursor);
        let items = page.items.iter().filter_map(|row| stored(row).transpose()).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// One webhook.
    pub async fn webhook(&self, owner: Owner, id: WebhookId) -> Result<Option<Stored<Hook>>, StoreError> {
        let row = of(owner).filter(Column::Id.eq(id.0)).one(&self.reader).await?;
        row.as_ref().map_or(Ok(None), stored)
    }

    /// What was sent to a webhook, the newest first.
    pub async fn deliveries(&self, id: WebhookId, paging: &Paging) -> Result<Page<Delivery>, StoreError> {
        let of_it = webhook_delivery::Entity::find().filter(webhook_delivery::Column::Webhook.eq(id.0));
        let (at, id) = (webhook_delivery::Column::At, webhook_delivery::Column::Id);
        let rows = paged(of_it, at, id, paging).all(&self.reader).await?;
        let cursor = |row: &webhook_delivery::Model| Cursor { key: CursorKey::Integer(row.at), id: row.id };
        let page = page_of(rows, paging, cursor);
        Ok(page.map(|row| Delivery {
            event: row.event,
            kind: row.kind,
            at: timestamp(row.at),
            status: row.status.and_then(|status| u16::try_from(status).ok()),
            error: row.error,
            millis: u64::try_from(row.millis).unwrap_or(0),
        }))
    }

    /// Webhooks that may be told something now.
    pub async fn due_webhooks(&self, now: Timestamp) -> Result<Vec<Hook>, StoreError> {
        let due = Condition::any().add(Column::NextAt.is_null()).add(Column::NextAt.lte(now.as_millisecond()));
        let rows = Entity::find().filter(Column::Enabled.eq(true)).filter(due).all(&self.reader).await?;
        rows.iter().filter_map(|row| stored(row).transpose()).map(|hook| Ok(hook?.value)).collect()
    }

    /// Events after one that an owner may be told of, the oldest first.
    pub async fn events_for(&self, owner: Owner, after: EventId, limit: u64) -> Result<Vec<Event>, StoreError> {
        let later = event::Entity::find().filter(event::Column::Id.gt(after));
        let wanted = match owner {
            Owner::Tenant(tenant) => later.filter(event::Column::Tenant.eq(tenant.0)),
            Owner::Operator(operator) => {
                let own = Condition::all()
                    .add(event::Column::Noun.eq(Noun::Webhook.as_str()))
                    .add(event::Column::Actor.eq(crate::events::Actor::Operator(operator).to_string()));
                later.filter(Condition::any().add(event::Column::Noun.is_in(OF_OPERATORS)).add(own))
            }
        };
        let rows = wanted.order_by_asc(event::Column::Id).limit(limit).all(&self.reader).await?;
        Ok(rows.into_iter().map(Event::from).collect())
    }

    /// What a webhook knows messages of ours by.
    pub async fn webhook_secret(&self, id: WebhookId) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(row) = Entity::find_by_id(id.0).one(&self.reader).await? else { return Ok(None) };
        let sealed = || StoreError::Sealed { what: "webhook", id: row.id.to_string() };
        self.seal.open_sealed(row.id.as_bytes(), &row.secret).ok_or_else(sealed).map(Some)
    }
}

impl Tx {
    /// One webhook as of this change.
    pub async fn webhook(&self, owner: Owner, id: WebhookId) -> Result<Option<Stored<Hook>>, StoreError> {
        let row = of(owner).filter(Column::Id.eq(id.0)).one(&self.db).await?;
        row.as_ref().map_or(Ok(None), stored)
    }

    /// How many webhooks an owner has.
    pub async fn n_webhooks(&self, owner: Owner) -> Result<usize, StoreError> {
        let ids: Vec<Uuid> = of(owner).select_only().column(Column::Id).into_tuple().all(&self.db).await?;
        Ok(ids.len())
    }

    /// Makes a webhook, which is told of what happens from here on.
    pub async fn create_webhook(
        &mut self,
        owner: Owner,
        webhook: &Webhook,
        secret: &[u8],
    ) -> Result<Version, WriteError> {
        let newest = event::Entity::find().order_by_desc(event::Column::Id).one(&self.db).await?;
        let (tenant, operator) = ids(owner);
        let model = ActiveModel {
            id: Set(webhook.id.0),
            tenant: Set(tenant),
            operator: Set(operator),
            name: Set(webhook.name.clone()),
            enabled: Set(webhook.enabled),
            document: Set(to_json("webhook", webhook)?),
            secret: Set(self.sealed(webhook.id, secret)?),
            told: Set(newest.map_or(0, |event| event.id)),
            n_failed: Set(0),
            failing_since: Set(None),
            next_at: Set(None),
            version: Set(Written::Created.version()),
            created_at: Set(self.at.as_millisecond()),
            updated_at: Set(self.at.as_millisecond()),
        };
        model.insert(&self.db).await.map_err(|error| taken(error, "id"))?;
        self.note_webhook(owner, "create", webhook.id, None, Some(&json!(webhook))).await?;
        Ok(Written::Created.version())
    }

    /// Changes a webhook. One that is enabled is tried at once, and is told of what happened while it was not.
    pub async fn save_webhook(
        &mut self,
        owner: Owner,
        webhook: &Webhook,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let Some(before) = self.webhook(owner, webhook.id).await? else { return Err(WriteError::NotFound) };
        let written = check(Some(&before), expected)?;
        let changed = Entity::update_many()
            .col_expr(Column::Name, Expr::value(webhook.name.clone()))
            .col_expr(Column::Enabled, Expr::value(webhook.enabled))
            .col_expr(Column::Document, Expr::value(to_json("webhook", webhook)?))
            .col_expr(Column::Version, Expr::value(written.version()))
            .col_expr(Column::UpdatedAt, Expr::value(self.at.as_millisecond()))
            .col_expr(Column::NFailed, Expr::value(0_i64))
            .col_expr(Column::FailingSince, Expr::value(Option::<i64>::None))
            .col_expr(Column::NextAt, Expr::value(Option::<i64>::None));
        changed.filter(Column::Id.eq(webhook.id.0)).exec(&self.db).await?;
        let (before, after) = (json!(before.value.webhook), json!(webhook));
        self.note_webhook(owner, "update", webhook.id, Some(&before), Some(&after)).await?;
        Ok(written.version())
    }

    /// Gives a webhook another secret.
    pub async fn set_webhook_secret(&mut self, owner: Owner, id: WebhookId, secret: &[u8]) -> Result<(), WriteError> {
        if self.webhook(owner, id).await?.is_none() {
            return Err(WriteError::NotFound);
        }
        let sealed = self.sealed(id, secret)?;
        let changed = Entity::update_many().col_expr(Column::Secret, Expr::value(sealed));
        changed.filter(Column::Id.eq(id.0)).exec(&self.db).await?;
        self.note_webhook(owner, "rotate_secret", id, None, None).await
    }

    /// Deletes a webhook.
    pub async fn delete_webhook(&mut self, owner: Owner, id: WebhookId, expected: Expected) -> Result<(), WriteError> {
        let Some(before) = self.webhook(owner, id).await? else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        Entity::delete_by_id(id.0).exec(&self.db).await?;
        self.note_webhook(owner, "delete", id, Some(&json!(before.value.webhook)), None).await
    }

    /// Notes an event for a webhook alone, so that its receiver can be tried.
    pub async fn test_webhook(&mut self, owner: Owner, id: WebhookId) -> Result<(), WriteError> {
        if self.webhook(owner, id).await?.is_none() {
            return Err(WriteError::NotFound);
        }
        self.note_webhook(owner, "test", id, None, None).await
    }

    /// Takes the turn to tell a webhook of what comes after `told`, until a time; false if another process has it.
    pub async fn claim_webhook(&mut self, id: WebhookId, told: EventId, until: Timestamp) -> Result<bool, StoreError> {
        let due = Condition::any().add(Column::NextAt.is_null()).add(Column::NextAt.lte(self.at.as_millisecond()));
        let mine = Entity::update_many().col_expr(Column::NextAt, Expr::value(until.as_millisecond()));
        let mine = mine.filter(Column::Id.eq(id.0)).filter(Column::Told.eq(told)).filter(Column::Enabled.eq(true));
        Ok(0 < mine.filter(due).exec(&self.db).await?.rows_affected)
    }

    /// Keeps that there is nothing for a webhook up to an event.
    pub async fn pass_webhook_over(&mut self, id: WebhookId, told: EventId, until: EventId) -> Result<(), WriteError> {
        let passed = Entity::update_many().col_expr(Column::Told, Expr::value(until));
        passed.filter(Column::Id.eq(id.0)).filter(Column::Told.eq(told)).exec(&self.db).await?;
        Ok(())
    }

    /// Keeps how a try went, and perhaps that it was the last one.
    pub async fn tell_webhook(&mut self, hook: &Hook, delivery: &Delivery, fate: Fate) -> Result<(), WriteError> {
        let Hook { webhook, told, health, owner } = hook;
        let mut changed = Entity::update_many()
            .col_expr(Column::Told, Expr::value(*told))
            .col_expr(Column::NFailed, Expr::value(i64::from(health.n_failed)))
            .col_expr(Column::FailingSince, Expr::value(health.failing_since.map(Timestamp::as_millisecond)))
            .col_expr(Column::NextAt, Expr::value(health.next_at.map(Timestamp::as_millisecond)));
        // Somebody may have disabled it meanwhile: then it stays so.
        if fate == Fate::Dead {
            changed = changed.col_expr(Column::Enabled, Expr::value(false));
        }
        if changed.filter(Column::Id.eq(webhook.id.0)).exec(&self.db).await?.rows_affected == 0 {
            return Ok(());
        }
        self.keep_delivery(webhook.id, ids(*owner).0, delivery).await?;
        if fate == Fate::Dead {
            let after = json!({ "name": webhook.name, "failing_since": health.failing_since });
            self.note_webhook(*owner, "disabled", webhook.id, None, Some(&after)).await?;
        }
        Ok(())
    }

    async fn keep_delivery(
        &mut self,
        webhook: WebhookId,
        tenant: Option<Uuid>,
        delivery: &Delivery,
    ) -> Result<(), StoreError> {
        let row = webhook_delivery::ActiveModel {
            id: Set(Uuid::now_v7()),
            webhook: Set(webhook.0),
            tenant: Set(tenant),
            event: Set(delivery.event),
            kind: Set(delivery.kind.clone()),
            at: Set(delivery.at.as_millisecond()),
            status: Set(delivery.status.map(i64::from)),
            error: Set(delivery.error.clone()),
            millis: Set(i64::try_from(delivery.millis).unwrap_or(i64::MAX)),
        };
        webhook_delivery::Entity::insert(row).exec_without_returning(&self.db).await?;
        let of_it = webhook_delivery::Column::Webhook.eq(webhook.0);
        let newest = webhook_delivery::Entity::find().filter(of_it.clone()).order_by_desc(webhook_delivery::Column::At);
        let oldest_kept: Option<i64> = newest
            .select_only()
            .column(webhook_delivery::Column::At)
            .offset(TRIES_KEPT)
            .limit(1)
            .into_tuple()
            .one(&self.db)
            .await?;
        if let Some(at) = oldest_kept {
            let old = webhook_delivery::Entity::delete_many().filter(of_it);
            old.filter(webhook_delivery::Column::At.lte(at)).exec(&self.db).await?;
        }
        Ok(())
    }

    fn sealed(&self, id: WebhookId, secret: &[u8]) -> Result<Vec<u8>, StoreError> {
        let sealed = || StoreError::Sealed { what: "webhook", id: id.to_string() };
        self.seal.seal(id.0.as_bytes(), secret).ok_or_else(sealed)
    }

    async fn note_webhook(
        &mut self,
        owner: Owner,
        action: &'static str,
        id: WebhookId,
        before: Option<&Value>,
        after: Option<&Value>,
    ) -> Result<(), WriteError> {
        let (noun, object) = (Noun::Webhook, id.to_string());
        let tenant = ids(owner).0.map(TenantId);
        self.note(Change { tenant, noun, object, action, before, after }).await?;
        Ok(())
    }
}

fn of(owner: Owner) -> sea_orm::Select<Entity> {
    match owner {
        Owner::Operator(operator) => Entity::find().filter(Column::Operator.eq(operator.0)),
        Owner::Tenant(tenant) => Entity::find().filter(Column::Tenant.eq(tenant.0)),
    }
}

fn ids(owner: Owner) -> (Option<Uuid>, Option<Uuid>) {
    match owner {
        Owner::Operator(operator) => (None, Some(operator.0)),
        Owner::Tenant(tenant) => (Some(tenant.0), None),
    }
}

/// None for a row of nobody, which nobody wrote.
fn stored(row: &Model) -> Result<Option<Stored<Hook>>, StoreError> {
    let owner = match (row.tenant, row.operator) {
        (Some(tenant), _) => Owner::Tenant(TenantId(tenant)),
        (None, Some(operator)) => Owner::Operator(OperatorId(operator)),
        (None, None) => return Ok(None),
    };
    let webhook: Webhook = from_json("webhook", row.id, &row.document)?;
    let health = Health {
        n_failed: u32::try_from(row.n_failed).unwrap_or(u32::MAX),
        failing_since: row.failing_since.map(timestamp),
        next_at: row.next_at.map(timestamp),
    };
    Ok(Some(Stored {
        // Who fails for long is disabled in the column alone.
        value: Hook { owner, webhook: Webhook { enabled: row.enabled, ..webhook }, told: row.told, health },
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    }))
}
