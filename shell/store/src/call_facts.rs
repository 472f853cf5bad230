//! What operators say of calls that are over.

use std::collections::BTreeMap;

use jiff::Timestamp;
use phone::id::{CallId, OperatorId, TenantId};
use phone::record::CallRecord;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use crate::database::Store;
use crate::documents::from_json;
use crate::entity::call_fact::{ActiveModel, Column, Entity};
use crate::entity::call_record;
use crate::error::{StoreError, WriteError};
use crate::operator_consents::consented;
use crate::tx::{Tx, timestamp};

/// Rows in one statement, of eight values each.
const ROWS_MAX: usize = 1_000;

/// What an operator says of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallFact {
    pub operator: OperatorId,
    pub duration_seconds: Option<u32>,
    pub answered_at: Option<Timestamp>,
    /// In millionths of the currency.
    pub price_micros: Option<i64>,
    pub currency: Option<String>,
}

/// How long a call was for an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallDuration {
    pub call: CallId,
    pub tenant: TenantId,
    pub duration_seconds: u32,
    pub answered_at: Option<Timestamp>,
}

/// What an operator wants for a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallPrice {
    pub call: CallId,
    pub tenant: TenantId,
    pub price_micros: i64,
    pub currency: String,
}

impl Store {
    /// What operators say of calls.
    pub async fn call_facts(
        &self,
        tenant: TenantId,
        calls: &[CallId],
    ) -> Result<BTreeMap<CallId, CallFact>, StoreError> {
        let mut facts = BTreeMap::new();
        for part in calls.chunks(ROWS_MAX) {
            let named = Column::Call.is_in(part.iter().map(|call| call.0));
            for row in Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(named).all(&self.reader).await? {
                let fact = CallFact {
                    operator: OperatorId(row.operator),
                    duration_seconds: row.duration_seconds.and_then(|seconds| u32::try_from(seconds).ok()),
                    answered_at: row.answered_at.map(timestamp),
                    price_micros: row.price_micros,
                    currency: row.currency,
                };
                facts.insert(CallId(row.call), fact);
            }
        }
        Ok(facts)
    }

    /// Records of an organization's calls that began within a time, the oldest first, after one.
    pub async fn records_within(
        &self,
        tenant: TenantId,
        (since, until): (Timestamp, Timestamp),
        after: Option<(i64, Uuid)>,
        limit: u64,
    ) -> Result<Vec<CallRecord>, StoreError> {
        let started = call_record::Column::StartedAt;
        let mut wanted = call_record::Entity::find()
            .filter(call_record::Column::Tenant.eq(tenant.0))
            .filter(started.gte(since.as_millisecond()))
            .filter(started.lt(until.as_millisecond()));
        if let Some((at, id)) = after {
            let same = sea_orm::Condition::all().add(started.eq(at)).add(call_record::Column::Id.gt(id));
            wanted = wanted.filter(sea_orm::Condition::any().add(started.gt(at)).add(same));
        }
        let ordered = wanted.order_by_asc(started).order_by_asc(call_record::Column::Id).limit(limit);
        let rows = ordered.all(&self.reader).await?;
        rows.iter().map(|row| from_json("call record", row.id, &row.document)).collect()
    }

    /// Those of these calls that are of organizations that consented to an operator.
    pub async fn calls_for_operator(
        &self,
        operator: OperatorId,
        calls: &[CallId],
    ) -> Result<Vec<CallRecord>, StoreError> {
        let mut records = Vec::new();
        for part in calls.chunks(ROWS_MAX) {
            let rows = call_record::Entity::find()
                .filter(call_record::Column::Tenant.in_subquery(consented(operator)))
                .filter(call_record::Column::Id.is_in(part.iter().map(|call| call.0)))
                .all(&self.reader)
                .await?;
            for row in &rows {
                records.push(from_json("call record", row.id, &row.document)?);
            }
        }
        Ok(records)
    }
}

impl Tx {
    /// Keeps how long calls were for an operator. The same once more changes nothing.
    pub async fn save_call_durations(
        &mut self,
        operator: OperatorId,
        durations: &[CallDuration],
    ) -> Result<(), WriteError> {
        let rows = durations.iter().map(|it| ActiveModel {
            call: Set(it.call.0),
            operator: Set(operator.0),
            tenant: Set(it.tenant.0),
            duration_seconds: Set(Some(i64::from(it.duration_seconds))),
            answered_at: Set(it.answered_at.map(Timestamp::as_millisecond)),
            price_micros: Set(None),
            currency: Set(None),
            updated_at: Set(self.at.as_millisecond()),
        });
        let rows: Vec<_> = rows.collect();
        self.save_facts(&rows, &[Column::DurationSeconds, Column::AnsweredAt, Column::UpdatedAt]).await
    }

    /// Keeps what an operator wants for calls. The same once more changes nothing.
    pub async fn save_call_prices(&mut self, operator: OperatorId, prices: &[CallPrice]) -> Result<(), WriteError> {
        let rows = prices.iter().map(|it| ActiveModel {
            call: Set(it.call.0),
            operator: Set(operator.0),
            tenant: Set(it.tenant.0),
            duration_seconds: Set(None),
            answered_at: Set(None),
            price_micros: Set(Some(it.price_micros)),
            currency: Set(Some(it.currency.clone())),
            updated_at: Set(self.at.as_millisecond()),
        });
        let rows: Vec<_> = rows.collect();
        self.save_facts(&rows, &[Column::PriceMicros, Column::Currency, Column::UpdatedAt]).await
    }

    async fn save_facts(&mut self, rows: &[ActiveModel], columns: &[Column]) -> Result<(), WriteError> {
        for part in rows.chunks(ROWS_MAX) {
            let same =
                OnConflict::columns([Column::Call, Column::Operator]).update_columns(columns.to_vec()).to_owned();
            Entity::insert_many(part.to_vec()).on_conflict(same).exec_without_returning(&self.db).await?;
        }
        Ok(())
    }
}
