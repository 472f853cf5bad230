//! For how long facts of reports are kept, and how those go that are older.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use phone::id::TenantId;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait, QueryFilter as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::database::Store;
use crate::entity::{agent_fact, call_segment, handled_call, menu_input, queue_offer, report_retention, tenant};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::tx::{Change, Tx, timestamp};

/// Days that facts are kept where nobody said something else. Specification of voice apps, 4.4.
pub const RETENTION_DAYS: u32 = 400;
/// So much goes in one change: others wait for it.
const AT_ONCE: SignedDuration = SignedDuration::from_hours(6);

/// For how long an organization keeps facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retained {
    pub days: u32,
}

/// How far forgetting has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgotten {
    All,
    /// There are more that are too old.
    Some,
}

impl Store {
    /// For how long an organization keeps facts.
    pub async fn report_retention(&self, tenant: TenantId) -> Result<Retained, StoreError> {
        let row = report_retention::Entity::find_by_id(tenant.0).one(&self.reader).await?;
        Ok(retained(row))
    }

    /// The same of all organizations.
    pub async fn report_retentions(&self) -> Result<Vec<(TenantId, Retained)>, StoreError> {
        let said = report_retention::Entity::find().all(&self.reader).await?;
        let mut said: BTreeMap<_, _> = said.into_iter().map(|row| (row.tenant, row)).collect();
        let tenants = tenant::Entity::find().all(&self.reader).await?;
        Ok(tenants.into_iter().map(|row| (TenantId(row.id), retained(said.remove(&row.id)))).collect())
    }
}

impl Tx {
    /// Says for how long facts are kept.
    pub async fn keep_reports(&mut self, tenant: TenantId, wanted: Retained) -> Result<(), WriteError> {
        let before = retained(report_retention::Entity::find_by_id(tenant.0).one(&self.db).await?);
        let row = report_retention::ActiveModel { tenant: Set(tenant.0), days: Set(wanted.days.into()) };
        let newer = OnConflict::column(report_retention::Column::Tenant)
            .update_column(report_retention::Column::Days)
            .to_owned();
        report_retention::Entity::insert(row).on_conflict(newer).exec_without_returning(&self.db).await?;
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::ReportRetention,
            object: tenant.to_string(),
            action: "update",
            before: Some(&before),
            after: Some(&wanted),
        })
        .await?;
        Ok(())
    }

    /// Forgets the oldest facts of an organization, if they are of before `until`.
    pub async fn forget_facts(&mut self, tenant: TenantId, until: Timestamp) -> Result<Forgotten, WriteError> {
        let Some(oldest) = oldest(&self.db, tenant).await?.filter(|at| *at < until) else {
            return Ok(Forgotten::All);
        };
        let end = oldest.saturating_add(AT_ONCE).unwrap_or(until).min(until);
        let n_rows = forget(&self.db, tenant, end.as_millisecond()).await?;
        let told = json!({ "until": end, "rows": n_rows });
        self.note(Change::<(), _> {
            tenant: Some(tenant),
            noun: Noun::ReportRetention,
            object: tenant.to_string(),
            action: "forget",
            before: None,
            after: Some(&told),
        })
        .await?;
        Ok(if end < until { Forgotten::Some } else { Forgotten::All })
    }
}

fn retained(row: Option<report_retention::Model>) -> Retained {
    Retained { days: row.and_then(|row| u32::try_from(row.days).ok()).unwrap_or(RETENTION_DAYS) }
}

const KINDS: [&str; 4] = ["attendant", "callback", "mailbox", "queue"];

async fn oldest(db: &DatabaseTransaction, tenant: TenantId) -> Result<Option<Timestamp>, StoreError> {
    use {agent_fact::Column as A, call_segment::Column as S};
    let mut oldest: Option<i64> = None;
    for kind in KINDS {
        // Each kind is found in the index at once.
        let first = call_segment::Entity::find()
            .select_only()
            .column_as(S::StartedAt.min(), "at")
            .filter(S::Tenant.eq(tenant.0))
            .filter(S::Kind.eq(kind))
            .into_tuple::<Option<i64>>()
            .one(db)
            .await?;
        oldest = oldest.into_iter().chain(first.flatten()).min();
    }
    let first = agent_fact::Entity::find()
        .select_only()
        .column_as(A::At.min(), "at")
        .filter(A::Tenant.eq(tenant.0))
        .into_tuple::<Option<i64>>()
        .one(db)
        .await?;
    Ok(oldest.into_iter().chain(first.flatten()).min().map(timestamp))
}

async fn forget(db: &DatabaseTransaction, tenant: TenantId, until: i64) -> Result<u64, StoreError> {
    use {agent_fact::Column as A, call_segment::Column as S, handled_call::Column as H};
    use {menu_input::Column as M, queue_offer::Column as O};
    let mut n_rows = 0;
    for kind in KINDS {
        let old = call_segment::Entity::delete_many()
            .filter(S::Tenant.eq(tenant.0))
            .filter(S::Kind.eq(kind))
            .filter(S::StartedAt.lt(until));
        n_rows += old.exec(db).await?.rows_affected;
    }
    let old = queue_offer::Entity::delete_many().filter(O::Tenant.eq(tenant.0)).filter(O::StartedAt.lt(until));
    n_rows += old.exec(db).await?.rows_affected;
    let old = menu_input::Entity::delete_many().filter(M::Tenant.eq(tenant.0)).filter(M::At.lt(until));
    n_rows += old.exec(db).await?.rows_affected;
    let old = agent_fact::Entity::delete_many().filter(A::Tenant.eq(tenant.0)).filter(A::At.lt(until));
    n_rows += old.exec(db).await?.rows_affected;
    let old = handled_call::Entity::delete_many().filter(H::Tenant.eq(tenant.0)).filter(H::HandledAt.lt(until));
    n_rows += old.exec(db).await?.rows_affected;
    Ok(n_rows)
}
