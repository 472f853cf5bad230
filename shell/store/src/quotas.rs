//! Quotas of numbers that were set, and how many numbers count.

use std::collections::BTreeMap;

use jiff::Timestamp;
use phone::id::TenantId;
use phone::numbers::NumberKind;
use phone::numbers::number::NumberSource;
use phone::numbers::port::PortState;
use phone::numbers::quota::Settings;
use sea_orm::sea_query::{OnConflict, Query, SelectStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QuerySelect as _,
};
use serde_json::json;

use crate::database::Store;
use crate::entity::{number, number_quota, port_number};
use crate::error::StoreError;
use crate::events::Noun;
use crate::numbers::kind_of;
use crate::stock::reserved;
use crate::tx::{Change, Tx};

/// What the quotas of a tenant are made from, beside its licenses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuotaBasis {
    pub set: Settings,
    /// Numbers of the platform's that it holds or has reserved.
    pub n_used: BTreeMap<NumberKind, u32>,
}

#[derive(FromQueryResult)]
struct Count {
    kind: String,
    n_numbers: i64,
}

impl Store {
    /// What the quotas of a tenant are made from.
    pub async fn quota_basis(&self, tenant: TenantId, now: Timestamp) -> Result<QuotaBasis, StoreError> {
        basis(&self.reader, tenant, now).await
    }
}

impl Tx {
    /// What the quotas of a tenant are made from, as of this change.
    pub async fn quota_basis(&self, tenant: TenantId) -> Result<QuotaBasis, StoreError> {
        basis(&self.db, tenant, self.at).await
    }

    /// Sets a quota, 0 for unlimited; none is what the formula says.
    pub async fn save_number_quota(
        &mut self,
        tenant: TenantId,
        kind: NumberKind,
        n_max: Option<u32>,
    ) -> Result<(), StoreError> {
        let before = set(&self.db, tenant).await?.get(&kind).copied();
        match n_max {
            Some(n_max) => {
                let key = [number_quota::Column::Tenant, number_quota::Column::Kind];
                let on_conflict = OnConflict::columns(key).update_column(number_quota::Column::NMax).to_owned();
                let row = number_quota::ActiveModel {
                    tenant: Set(tenant.0),
                    kind: Set(kind.as_str().to_owned()),
                    n_max: Set(n_max.into()),
                };
                let insert = number_quota::Entity::insert(row).on_conflict(on_conflict);
                insert.exec_without_returning(&self.db).await?;
            }
            None => {
                number_quota::Entity::delete_by_id((tenant.0, kind.as_str().to_owned())).exec(&self.db).await?;
            }
        }
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::NumberQuota,
            object: kind.as_str().to_owned(),
            action: "update",
            before: before.map(|n_max| json!({ "limit": n_max })).as_ref(),
            after: Some(&json!({ "limit": n_max })),
        })
        .await
    }
}

/// Numbers that came from other carriers. Specification of numbers, 3.1: they never count.
fn ported(tenant: TenantId) -> SelectStatement {
    let mut numbers = Query::select();
    numbers
        .column(port_number::Column::Number)
        .from(port_number::Entity)
        .and_where(port_number::Column::Tenant.eq(tenant.0))
        .and_where(port_number::Column::State.eq(PortState::Completed.as_str()));
    numbers
}

async fn basis<C: ConnectionTrait>(db: &C, tenant: TenantId, now: Timestamp) -> Result<QuotaBasis, StoreError> {
    let mut n_used: BTreeMap<NumberKind, u32> = BTreeMap::new();
    let counts = number::Entity::find()
        .select_only()
        .column(number::Column::Kind)
        .column_as(number::Column::Id.count(), "n_numbers")
        .filter(number::Column::Tenant.eq(tenant.0))
        .filter(number::Column::Source.eq(NumberSource::CallingPlan.as_str()))
        .filter(number::Column::Number.not_in_subquery(ported(tenant)))
        .group_by(number::Column::Kind)
        .into_model::<Count>();
    for Count { kind, n_numbers } in counts.all(db).await? {
        if let Some(kind) = kind_of(&kind) {
            n_used.insert(kind, u32::try_from(n_numbers).unwrap_or(u32::MAX));
        }
    }
    for item in reserved(db, tenant, now).await? {
        let count = n_used.entry(item.kind).or_default();
        *count = count.saturating_add(1);
    }
    Ok(QuotaBasis { set: set(db, tenant).await?, n_used })
}

async fn set<C: ConnectionTrait>(db: &C, tenant: TenantId) -> Result<Settings, StoreError> {
    let rows = number_quota::Entity::find().filter(number_quota::Column::Tenant.eq(tenant.0)).all(db).await?;
    let read = |row: number_quota::Model| Some((kind_of(&row.kind)?, u32::try_from(row.n_max).ok()?));
    Ok(rows.into_iter().filter_map(read).collect())
}
