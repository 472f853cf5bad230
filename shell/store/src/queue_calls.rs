//! The calls of a queue, as those see them who work in it: who called, what came of it, and who took care.

use std::collections::BTreeMap;

use jiff::Timestamp;
use phone::id::{CallId, QueueId, TenantId, UserId};
use phone::record::CallRecord;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryTrait as _};
use serde_json::json;

use crate::database::Store;
use crate::documents::from_json;
use crate::entity::{call_record, call_segment, handled_call};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Tx, timestamp};

/// A call that came to a queue, or an attempt to call somebody back.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueCall {
    pub call: CallId,
    /// Whether an agent called back.
    pub is_callback: bool,
    pub from: String,
    pub from_name: Option<String>,
    pub to: String,
    pub at: Timestamp,
    pub waited_ms: i64,
    /// As [`phone::record::segment::QueueResult::code`] has it.
    pub result: String,
    pub agent: Option<UserId>,
    pub talk_ms: i64,
    /// Who took care of it, and when.
    pub handled: Option<(String, Timestamp)>,
}

/// Which calls of a queue.
#[derive(Clone, Debug, Default)]
pub struct QueueCalls {
    /// Of these results; all if none is named.
    pub results: Vec<&'static str>,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

impl Store {
    /// Calls of a queue.
    pub async fn queue_calls(
        &self,
        tenant: TenantId,
        queue: QueueId,
        wanted: &QueueCalls,
        paging: &Paging,
    ) -> Result<Page<QueueCall>, StoreError> {
        use call_segment::Column as C;
        let select = call_segment::Entity::find()
            .filter(C::Tenant.eq(tenant.0))
            .filter(C::App.eq(queue.0))
            .filter(C::Kind.is_in(["callback", "queue"]))
            .apply_if(wanted.since, |query, at| query.filter(C::StartedAt.gte(at.as_millisecond())))
            .apply_if(wanted.until, |query, at| query.filter(C::StartedAt.lt(at.as_millisecond())));
        let select = match wanted.results.as_slice() {
            [] => select,
            results => select.filter(C::Result.is_in(results.iter().copied())),
        };
        let rows = paged(select, C::StartedAt, C::Call, paging).all(&self.reader).await?;
        let cursor = |row: &call_segment::Model| Cursor { key: CursorKey::Integer(row.started_at), id: row.call };
        let page = page_of(rows, paging, cursor);
        let calls: Vec<uuid::Uuid> = page.items.iter().map(|row| row.call).collect();
        let records = self.records_named(tenant, &calls).await?;
        let handled = handled_call::Entity::find()
            .filter(handled_call::Column::Tenant.eq(tenant.0))
            .filter(handled_call::Column::Queue.eq(queue.0))
            .filter(handled_call::Column::Call.is_in(calls))
            .all(&self.reader)
            .await?;
        let mut handled: BTreeMap<_, _> =
            handled.into_iter().map(|row| (row.call, (row.handled_by, timestamp(row.handled_at)))).collect();
        Ok(page.map(|row| {
            let record = records.get(&row.call);
            QueueCall {
                call: CallId(row.call),
                is_callback: row.kind == "callback",
                from: record.map(|record| record.from.clone()).unwrap_or_default(),
                from_name: record.and_then(|record| record.from_name.clone()),
                to: record.map(|record| record.to.clone()).unwrap_or_default(),
                at: timestamp(row.started_at),
                waited_ms: row.lasted_ms,
                result: row.result,
                agent: row.agent.map(UserId),
                talk_ms: row.talk_ms,
                handled: handled.remove(&row.call),
            }
        }))
    }

    async fn records_named(
        &self,
        tenant: TenantId,
        calls: &[uuid::Uuid],
    ) -> Result<BTreeMap<uuid::Uuid, CallRecord>, StoreError> {
        let rows = call_record::Entity::find()
            .filter(call_record::Column::Tenant.eq(tenant.0))
            .filter(call_record::Column::Id.is_in(calls.iter().copied()))
            .all(&self.reader)
            .await?;
        rows.iter().map(|row| Ok((row.id, from_json("call record", row.id, &row.document)?))).collect()
    }
}

impl Tx {
    /// Whether a call came to a queue.
    pub async fn has_queue_call(&self, tenant: TenantId, queue: QueueId, call: CallId) -> Result<bool, StoreError> {
        use call_segment::Column as C;
        let found = call_segment::Entity::find()
            .filter(C::Tenant.eq(tenant.0))
            .filter(C::Call.eq(call.0))
            .filter(C::App.eq(queue.0))
            .one(&self.db)
            .await?;
        Ok(found.is_some())
    }

    /// Somebody took care of a call. Who did first stays.
    pub async fn mark_handled(
        &mut self,
        tenant: TenantId,
        queue: QueueId,
        call: CallId,
        by: &str,
    ) -> Result<(), WriteError> {
        let row = handled_call::ActiveModel {
            call: Set(call.0),
            queue: Set(queue.0),
            tenant: Set(tenant.0),
            handled_by: Set(by.to_owned()),
            handled_at: Set(self.at.as_millisecond()),
        };
        let same =
            OnConflict::columns([handled_call::Column::Call, handled_call::Column::Queue]).do_nothing().to_owned();
        let n_rows = handled_call::Entity::insert(row).on_conflict(same).exec_without_returning(&self.db).await?;
        if n_rows == 0 { Ok(()) } else { self.note_handled(tenant, queue, call, "handle").await }
    }

    /// Nobody took care of a call after all.
    pub async fn unmark_handled(&mut self, tenant: TenantId, queue: QueueId, call: CallId) -> Result<(), WriteError> {
        let gone = handled_call::Entity::delete_by_id((call.0, queue.0))
            .filter(handled_call::Column::Tenant.eq(tenant.0))
            .exec(&self.db)
            .await?;
        if gone.rows_affected == 0 { Ok(()) } else { self.note_handled(tenant, queue, call, "reopen").await }
    }

    async fn note_handled(
        &mut self,
        tenant: TenantId,
        queue: QueueId,
        call: CallId,
        action: &'static str,
    ) -> Result<(), WriteError> {
        let told = json!({ "queue": queue, "call": call });
        self.note(Change::<(), _> {
            tenant: Some(tenant),
            noun: Noun::QueueCall,
            object: call.to_string(),
            action,
            before: None,
            after: Some(&told),
        })
        .await?;
        Ok(())
    }
}
