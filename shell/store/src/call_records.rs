//! Call records: written in batches, searched by columns, shown whole.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use phone::id::{CallId, TenantId, UserId};
use phone::money::charge::Charge;
use phone::record::agent::AgentFact;
use phone::record::{CallRecord, CallResult, Direction};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, Condition, DbErr, EntityTrait as _, QueryFilter as _, SqlErr};

use crate::call_segments::{insert_agent_facts, insert_segments};
use crate::database::Store;
use crate::documents::{from_json, to_json};
use crate::entity::call_record::{ActiveModel, Column, Entity, Model};
use crate::entity::tenant;
use crate::error::{StoreError, WriteError};
use crate::events::Actor;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};

/// Records of the largest statement. Statements are of this size and of its halves, so that few are ever prepared, and
/// none needs so much memory that it is asked of the system each time.
const RECORDS_PER_INSERT: usize = 64;

/// Which records are wanted.
#[derive(Clone, Debug, Default)]
pub struct RecordFilter {
    pub from: Option<String>,
    pub to: Option<String>,
    pub result: Option<CallResult>,
    pub direction: Option<Direction>,
    /// Started at this time or later.
    pub since: Option<Timestamp>,
    /// Started before this time.
    pub until: Option<Timestamp>,
    pub answered_by_user: Option<UserId>,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordSort {
    #[default]
    StartedAt,
    TalkSeconds,
}

impl Store {
    /// Keeps records; those that are there already stay as they are, so that a replay is harmless. Records of an
    /// organization that was deleted meanwhile go with it.
    pub async fn insert_call_records(&self, records: &[CallRecord]) -> Result<u64, StoreError> {
        self.insert_facts(records, &[]).await
    }

    /// The same, with what is new of agents.
    pub async fn insert_facts(&self, records: &[CallRecord], facts: &[AgentFact]) -> Result<u64, StoreError> {
        self.insert_told(records, facts, &[]).await
    }

    /// The same, with what calls cost. What is told of a call's costs is booked once, however often it comes.
    pub async fn insert_told(
        &self,
        records: &[CallRecord],
        facts: &[AgentFact],
        charges: &[Charge],
    ) -> Result<u64, StoreError> {
        match self.insert_all(records, facts, charges).await {
            Err(StoreError::Database(error)) if is_of_stranger(&error) => {
                let known: BTreeSet<_> = tenant::Entity::find()
                    .all(&self.reader)
                    .await?
                    .into_iter()
                    .map(|tenant| TenantId(tenant.id))
                    .collect();
                let of_known: Vec<_> =
                    records.iter().filter(|record| known.contains(&record.tenant)).cloned().collect();
                let facts: Vec<_> = facts.iter().filter(|fact| known.contains(&fact.tenant)).cloned().collect();
                self.insert_all(&of_known, &facts, charges).await
            }
            inserted => inserted,
        }
    }

    async fn insert_all(
        &self,
        records: &[CallRecord],
        facts: &[AgentFact],
        charges: &[Charge],
    ) -> Result<u64, StoreError> {
        let ended = records.iter().map(|record| record.ended_at);
        let at = ended.chain(charges.iter().map(told_at)).max().unwrap_or(Timestamp::UNIX_EPOCH);
        let mut change = self.begin(Actor::System, at).await?;
        let tx = &change.db;
        let mut n_new = 0;
        for batch in in_halves(records) {
            let rows = batch.iter().map(row).collect::<Result<Vec<_>, _>>()?;
            let same = OnConflict::column(Column::Id).do_nothing().to_owned();
            n_new += Entity::insert_many(rows).on_conflict(same).exec_without_returning(tx).await?;
        }
        insert_segments(tx, records).await?;
        insert_agent_facts(tx, facts).await?;
        change.settle(charges).await.map_err(of_database)?;
        change.commit().await?;
        Ok(n_new)
    }

    /// Records of a tenant.
    pub async fn call_records(
        &self,
        tenant: TenantId,
        filter: &RecordFilter,
        sort: RecordSort,
        paging: &Paging,
    ) -> Result<Page<CallRecord>, StoreError> {
        let key = match sort {
            RecordSort::StartedAt => Column::StartedAt,
            RecordSort::TalkSeconds => Column::TalkSeconds,
        };
        let wanted = Entity::find().filter(condition(tenant, filter)?);
        let rows = paged(wanted, key, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| {
            let key = match sort {
                RecordSort::StartedAt => row.started_at,
                RecordSort::TalkSeconds => row.talk_seconds,
            };
            Cursor { key: CursorKey::Integer(key), id: row.id }
        };
        let page = page_of(rows, paging, cursor);
        let items = page.items.iter().map(record).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// One record.
    pub async fn call_record(&self, tenant: TenantId, id: CallId) -> Result<Option<CallRecord>, StoreError> {
        let row = Entity::find_by_id(id.0).filter(Column::Tenant.eq(tenant.0)).one(&self.reader).await?;
        row.as_ref().map(record).transpose()
    }
}

/// When a telling of a charge was told.
fn told_at(charge: &Charge) -> Timestamp {
    charge.answered_at.saturating_add(SignedDuration::from_secs(charge.secs.into())).unwrap_or(charge.answered_at)
}

/// Settling asks for nothing that could be somebody else's: what fails is the database.
fn of_database(error: WriteError) -> StoreError {
    match error {
        WriteError::Store(error) => error,
        other @ (WriteError::NotFound | WriteError::Stale { .. } | WriteError::Taken { .. }) => {
            StoreError::Database(DbErr::Custom(other.to_string()))
        }
    }
}

/// Whether a record names an organization that is not there.
fn is_of_stranger(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_)))
}

/// The records in parts of `RECORDS_PER_INSERT`, then of half, a quarter and so on.
fn in_halves(mut records: &[CallRecord]) -> impl Iterator<Item = &[CallRecord]> {
    let mut size = RECORDS_PER_INSERT;
    std::iter::from_fn(move || {
        while size > records.len() {
            size /= 2;
        }
        let (part, rest) = records.split_at_checked(size).filter(|(part, _)| !part.is_empty())?;
        records = rest;
        Some(part)
    })
}

fn condition(tenant: TenantId, filter: &RecordFilter) -> Result<Condition, StoreError> {
    let mut wanted = Condition::all().add(Column::Tenant.eq(tenant.0));
    if let Some(from) = &filter.from {
        wanted = wanted.add(Column::FromNumber.eq(from));
    }
    if let Some(to) = &filter.to {
        wanted = wanted.add(Column::ToNumber.eq(to));
    }
    if let Some(result) = &filter.result {
        wanted = wanted.add(Column::Result.eq(word(result)?));
    }
    if let Some(direction) = &filter.direction {
        wanted = wanted.add(Column::Direction.eq(word(direction)?));
    }
    if let Some(since) = filter.since {
        wanted = wanted.add(Column::StartedAt.gte(since.as_millisecond()));
    }
    if let Some(until) = filter.until {
        wanted = wanted.add(Column::StartedAt.lt(until.as_millisecond()));
    }
    if let Some(user) = filter.answered_by_user {
        wanted = wanted.add(Column::AnsweredByUser.eq(user.0));
    }
    Ok(wanted)
}

fn row(record: &CallRecord) -> Result<ActiveModel, StoreError> {
    Ok(ActiveModel {
        id: Set(record.id.0),
        tenant: Set(record.tenant.0),
        direction: Set(word(&record.direction)?),
        from_number: Set(record.from.clone()),
        to_number: Set(record.to.clone()),
        started_at: Set(record.started_at.as_millisecond()),
        answered_at: Set(record.answered_at.map(Timestamp::as_millisecond)),
        ended_at: Set(record.ended_at.as_millisecond()),
        talk_seconds: Set(record.talk_seconds.into()),
        result: Set(word(&record.result)?),
        answered_by: Set(record.answered_by.clone()),
        answered_by_user: Set(record.answered_by_user.map(|user| user.0)),
        document: Set(to_json("call record", record)?),
    })
}

fn record(row: &Model) -> Result<CallRecord, StoreError> {
    from_json("call record", row.id, &row.document)
}

/// A word as the document spells it, without the quotes.
fn word<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    Ok(to_json("call record", value)?.trim_matches('"').to_owned())
}
