//! Callers who are to be called back.

use phone::apps::queue::callback::{Kept, State};
use phone::id::{QueueId, TenantId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::database::Store;
use crate::documents::{from_json, to_json};
use crate::entity::queue_callback::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Tx};

impl Store {
    /// Requests of a queue, the latest first or last.
    pub async fn callbacks(&self, tenant: TenantId, queue: QueueId, paging: &Paging) -> Result<Page<Kept>, StoreError> {
        let of_queue = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Queue.eq(queue.0));
        let rows = paged(of_queue, Column::AskedAt, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Integer(row.asked_at), id: row.id };
        let page = page_of(rows, paging, cursor);
        let items = page.items.iter().map(kept).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// All who wait for it in all tenants, for the switch at start.
    pub async fn waiting_callbacks(&self) -> Result<Vec<(TenantId, Kept)>, StoreError> {
        let waiting = Entity::find().filter(Column::State.eq(word(State::Waiting)));
        let rows = waiting.all(&self.reader).await?;
        rows.iter().map(|row| Ok((TenantId(row.tenant), kept(row)?))).collect()
    }
}

impl Tx {
    /// Writes down what became of a request.
    pub async fn keep_callback(&mut self, tenant: TenantId, callback: &Kept) -> Result<(), WriteError> {
        let before = Entity::find_by_id(callback.id.0).one(&self.db).await?.as_ref().map(kept).transpose()?;
        let row = ActiveModel {
            id: Set(callback.id.0),
            tenant: Set(tenant.0),
            queue: Set(callback.queue.0),
            state: Set(word(callback.state).to_owned()),
            asked_at: Set(callback.asked_at.as_millisecond()),
            document: Set(to_json("callback", callback)?),
            updated_at: Set(self.at.as_millisecond()),
        };
        let newer = OnConflict::column(Column::Id)
            .update_columns([Column::State, Column::Document, Column::UpdatedAt])
            .to_owned();
        Entity::insert(row).on_conflict(newer).exec_without_returning(&self.db).await?;
        let action = match callback.state {
            State::Cancelled => "cancel",
            State::Expired => "expire",
            State::Failed => "fail",
            State::Reached => "reach",
            State::Waiting if before.is_some() => "retry",
            State::Waiting => "request",
        };
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::Callback,
            object: callback.id.to_string(),
            action,
            before: before.as_ref(),
            after: Some(callback),
        })
        .await?;
        Ok(())
    }

    /// Nobody is called back for a queue that is about to be deleted, and nobody's turn is kept; its deletion tells so.
    pub async fn forget_callbacks(&mut self, tenant: TenantId, queue: QueueId) -> Result<(), WriteError> {
        Entity::delete_many()
            .filter(Column::Tenant.eq(tenant.0))
            .filter(Column::Queue.eq(queue.0))
            .exec(&self.db)
            .await?;
        self.forget_clock(queue.0).await?;
        Ok(())
    }
}

fn kept(row: &Model) -> Result<Kept, StoreError> {
    from_json("callback", row.id, &row.document)
}

fn word(state: State) -> &'static str {
    match state {
        State::Cancelled => "cancelled",
        State::Expired => "expired",
        State::Failed => "failed",
        State::Reached => "reached",
        State::Waiting => "waiting",
    }
}
