//! Versions of attendants and queues: what the event table remembers of each change that was published.

use phone::id::TenantId;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::database::Store;
use crate::documents::Document;
use crate::entity::event::{Column, Entity, Model};
use crate::error::StoreError;
use crate::events::Event;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of};
use crate::tx::{Change, Tx};

/// What is called so in the event table made a version.
const ACTIONS: [&str; 5] = ["create", "update", "publish", "force_publish", "revert"];

/// One published version.
#[derive(Clone, Debug, PartialEq)]
pub struct AppVersion {
    /// From 1, in the order of time.
    pub number: u64,
    /// The change that made it.
    pub event: Event,
}

impl Store {
    /// Versions of an attendant or a queue, the newest first.
    pub async fn app_versions<D: Document>(
        &self,
        tenant: TenantId,
        app: Uuid,
        paging: &Paging,
    ) -> Result<Page<AppVersion>, StoreError> {
        let mut wanted = of_app::<D>(tenant, app);
        if let Some(Cursor { key: CursorKey::Integer(id), .. }) = paging.after {
            wanted = wanted.filter(Column::Id.lt(id));
        }
        let n_left = wanted.clone().count(&self.reader).await?;
        let rows = wanted.order_by_desc(Column::Id).limit(paging.limit.saturating_add(1)).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Integer(row.id), id: Uuid::nil() };
        let page = page_of(rows, paging, cursor);
        let numbers = (1..=n_left).rev();
        let items = page.items.into_iter().zip(numbers);
        let items = items.map(|(row, number)| AppVersion { number, event: row.into() }).collect();
        Ok(Page { items, next: page.next })
    }

    /// One version of an attendant or a queue, with the change that made it.
    pub async fn app_version<D: Document>(
        &self,
        tenant: TenantId,
        app: Uuid,
        number: u64,
    ) -> Result<Option<AppVersion>, StoreError> {
        let Some(n_before) = number.checked_sub(1) else { return Ok(None) };
        let in_order = of_app::<D>(tenant, app).order_by_asc(Column::Id).offset(n_before).limit(1);
        let row = in_order.one(&self.reader).await?;
        Ok(row.map(|row| AppVersion { number, event: row.into() }))
    }
}

impl Tx {
    /// Notes that a draft was published over tests that failed.
    pub async fn note_forced<D: Document>(
        &mut self,
        tenant: TenantId,
        app: Uuid,
        failed: &[String],
    ) -> Result<(), StoreError> {
        let told = json!({ "failed_tests": failed });
        self.note(Change::<serde_json::Value, _> {
            tenant: Some(tenant),
            noun: D::KIND.noun(),
            object: app.to_string(),
            action: "override_tests",
            before: None,
            after: Some(&told),
        })
        .await
    }
}

fn of_app<D: Document>(tenant: TenantId, app: Uuid) -> sea_orm::Select<Entity> {
    Entity::find()
        .filter(Column::Tenant.eq(tenant.0))
        .filter(Column::Noun.eq(D::KIND.noun().as_str()))
        .filter(Column::Object.eq(app.to_string()))
        .filter(Column::Action.is_in(ACTIONS))
}
