//! Recordings of calls. Their sound lies in files, named by the same ids.

use jiff::Timestamp;
use phone::apps::recording::Kept;
use phone::id::{CallId, QueueId, RecordingId, TenantId, UserId};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use crate::database::Store;
use crate::entity::call_recording::{ActiveModel, Column, Entity, Model};
use crate::entity::tenant;
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Tx, timestamp};

/// Which recordings are wanted.
#[derive(Clone, Debug, Default)]
pub struct RecordingFilter {
    /// None is all of the organization.
    pub queues: Option<Vec<QueueId>>,
    pub agent: Option<UserId>,
    pub call: Option<CallId>,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

impl Store {
    /// Recordings, by when they began.
    pub async fn call_recordings(
        &self,
        tenant: TenantId,
        filter: &RecordingFilter,
        paging: &Paging,
    ) -> Result<Page<Kept>, StoreError> {
        let mut wanted = Condition::all().add(Column::Tenant.eq(tenant.0));
        if let Some(queues) = &filter.queues {
            wanted = wanted.add(Column::Queue.is_in(queues.iter().map(|queue| queue.0)));
        }
        if let Some(agent) = filter.agent {
            wanted = wanted.add(Column::Agent.eq(agent.0));
        }
        if let Some(call) = filter.call {
            wanted = wanted.add(Column::Call.eq(call.0));
        }
        if let Some(since) = filter.since {
            wanted = wanted.add(Column::At.gte(since.as_millisecond()));
        }
        if let Some(until) = filter.until {
            wanted = wanted.add(Column::At.lt(until.as_millisecond()));
        }
        let rows = paged(Entity::find().filter(wanted), Column::At, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Integer(row.at), id: row.id };
        Ok(page_of(rows, paging, cursor).map(|row| kept(&row)))
    }

    /// One recording.
    pub async fn call_recording(&self, tenant: TenantId, id: RecordingId) -> Result<Option<Kept>, StoreError> {
        Ok(find(tenant, id).one(&self.reader).await?.as_ref().map(kept))
    }

    /// Recordings whose time is over, the oldest first.
    pub async fn expired_recordings(
        &self,
        now: Timestamp,
        limit: u64,
    ) -> Result<Vec<(TenantId, RecordingId)>, StoreError> {
        let over = Entity::find().filter(Column::ExpiresAt.lte(now.as_millisecond()));
        let rows = over.order_by_asc(Column::ExpiresAt).limit(limit).all(&self.reader).await?;
        Ok(rows.into_iter().map(|row| (TenantId(row.tenant), RecordingId(row.id))).collect())
    }
}

impl Tx {
    /// Keeps a recording whose sound is in its place, unless that was done. `NotFound` if the organization is gone.
    pub async fn keep_recording(&mut self, tenant: TenantId, recording: &Kept) -> Result<(), WriteError> {
        if tenant::Entity::find_by_id(tenant.0).one(&self.db).await?.is_none() {
            return Err(WriteError::NotFound);
        }
        if Entity::find_by_id(recording.id.0).one(&self.db).await?.is_some() {
            return Ok(());
        }
        let row = ActiveModel {
            id: Set(recording.id.0),
            tenant: Set(tenant.0),
            call: Set(recording.call.0),
            queue: Set(recording.queue.0),
            agent: Set(recording.agent.map(|agent| agent.0)),
            from_number: Set(recording.from.clone()),
            to_number: Set(recording.to.clone()),
            at: Set(recording.at.as_millisecond()),
            duration_ms: Set(i64::try_from(recording.duration_ms).unwrap_or(i64::MAX)),
            size_bytes: Set(i64::try_from(recording.size_bytes).unwrap_or(i64::MAX)),
            expires_at: Set(recording.expires_at.as_millisecond()),
        };
        row.insert(&self.db).await?;
        self.note_recording(tenant, "create", recording.id, None, Some(recording)).await
    }

    /// Somebody hears a recording.
    pub async fn note_hearing(&mut self, tenant: TenantId, recording: &Kept) -> Result<(), WriteError> {
        self.note_recording(tenant, "hear", recording.id, None, Some(recording)).await
    }

    /// Deletes a recording; its sound is deleted after the change was made.
    pub async fn delete_recording(&mut self, tenant: TenantId, id: RecordingId) -> Result<(), WriteError> {
        let Some(before) = find(tenant, id).one(&self.db).await? else { return Err(WriteError::NotFound) };
        Entity::delete_by_id(id.0).exec(&self.db).await?;
        self.note_recording(tenant, "delete", id, Some(&kept(&before)), None).await
    }

    async fn note_recording(
        &mut self,
        tenant: TenantId,
        action: &'static str,
        id: RecordingId,
        before: Option<&Kept>,
        after: Option<&Kept>,
    ) -> Result<(), WriteError> {
        let (tenant, noun, object) = (Some(tenant), Noun::CallRecording, id.to_string());
        self.note(Change { tenant, noun, object, action, before, after }).await?;
        Ok(())
    }
}

fn find(tenant: TenantId, id: RecordingId) -> sea_orm::Select<Entity> {
    Entity::find_by_id(id.0).filter(Column::Tenant.eq(tenant.0))
}

fn kept(row: &Model) -> Kept {
    Kept {
        id: RecordingId(row.id),
        call: CallId(row.call),
        queue: QueueId(row.queue),
        agent: row.agent.map(UserId),
        from: row.from_number.clone(),
        to: row.to_number.clone(),
        at: timestamp(row.at),
        duration_ms: u64::try_from(row.duration_ms).unwrap_or(0),
        size_bytes: u64::try_from(row.size_bytes).unwrap_or(0),
        expires_at: timestamp(row.expires_at),
    }
}
