//! Seats that organizations bought of plans, and until when.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::id::TenantId;
use phone::people::license::offer::Term;
use phone::people::license::subscription::{Commitment, Renewal};
use phone::people::license::{PartNumber, Subscription};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};
use serde_json::{Value, json};

use crate::database::Store;
use crate::documents::{Written, check};
use crate::entity::subscription::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

impl Store {
    /// What the organization bought of a plan.
    pub async fn subscription(
        &self,
        tenant: TenantId,
        plan: &PartNumber,
    ) -> Result<Option<Stored<Subscription>>, StoreError> {
        let row = Entity::find_by_id((tenant.0, plan.0.clone())).one(&self.reader).await?;
        Ok(row.as_ref().map(stored))
    }

    /// All that the organization bought.
    pub async fn subscriptions(&self, tenant: TenantId) -> Result<BTreeMap<PartNumber, Subscription>, StoreError> {
        let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).all(&self.reader).await?;
        Ok(rows.into_iter().map(|row| (PartNumber(row.plan.clone()), stored(&row).value)).collect())
    }

    /// Organizations, each with the plans whose time is over.
    pub async fn all_plans_over(&self, now: Timestamp) -> Result<BTreeMap<TenantId, BTreeSet<PartNumber>>, StoreError> {
        let mut over: BTreeMap<TenantId, BTreeSet<PartNumber>> = BTreeMap::new();
        for row in Entity::find().filter(is_over(now)).all(&self.reader).await? {
            over.entry(TenantId(row.tenant)).or_default().insert(PartNumber(row.plan));
        }
        Ok(over)
    }
}

impl Tx {
    /// What the organization bought of a plan, as of this change.
    pub async fn subscription(&self, tenant: TenantId, plan: &PartNumber) -> Result<Option<Subscription>, StoreError> {
        let row = Entity::find_by_id((tenant.0, plan.0.clone())).one(&self.db).await?;
        Ok(row.as_ref().map(|row| stored(row).value))
    }

    /// The plans of an organization whose time is over, as of this change.
    pub async fn plans_over(&self, tenant: TenantId) -> Result<BTreeSet<PartNumber>, StoreError> {
        plans_over(&self.db, tenant, self.at).await
    }

    /// Sets what the organization bought of a plan.
    pub async fn save_subscription(
        &mut self,
        tenant: TenantId,
        plan: &PartNumber,
        bought: &Subscription,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let row = Entity::find_by_id((tenant.0, plan.0.clone())).one(&self.db).await?;
        let before = row.as_ref().map(stored);
        let written = check(before.as_ref(), expected)?;
        let commitment = bought.commitment.as_ref();
        let model = ActiveModel {
            tenant: Set(tenant.0),
            plan: Set(plan.0.clone()),
            seats: Set(bought.seats.into()),
            term: Set(commitment.map(|commitment| commitment.term.as_str().to_owned())),
            first_end: Set(commitment.map(|commitment| commitment.first_end.as_millisecond())),
            renewal: Set(commitment.map(|commitment| commitment.renewal.as_str().to_owned())),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await?,
            Written::Changed(_) => model.update(&self.db).await?,
        };
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::Subscription,
            object: plan.to_string(),
            action: written.action(),
            before: before.map(|before| told(&before.value)).as_ref(),
            after: Some(&told(bought)),
        })
        .await?;
        Ok(written.version())
    }
}

/// The plans of an organization whose time is over.
pub(crate) async fn plans_over<C: ConnectionTrait>(
    db: &C,
    tenant: TenantId,
    now: Timestamp,
) -> Result<BTreeSet<PartNumber>, StoreError> {
    let over = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(is_over(now)).all(db).await?;
    Ok(over.into_iter().map(|row| PartNumber(row.plan)).collect())
}

fn is_over(now: Timestamp) -> sea_orm::Condition {
    let ends = Column::Renewal.eq(Renewal::Ends.as_str());
    sea_orm::Condition::all().add(ends).add(Column::FirstEnd.lte(now.as_millisecond()))
}

fn told(bought: &Subscription) -> Value {
    match bought.commitment {
        None => json!({ "seats": bought.seats }),
        Some(Commitment { term, first_end, renewal }) => {
            json!({ "seats": bought.seats, "term": term, "first_end": first_end, "renewal": renewal })
        }
    }
}

fn stored(row: &Model) -> Stored<Subscription> {
    let commitment = || {
        let term = Term::parse(row.term.as_deref()?)?;
        let renewal = Renewal::parse(row.renewal.as_deref()?)?;
        Some(Commitment { term, first_end: timestamp(row.first_end?), renewal })
    };
    Stored {
        value: Subscription { seats: u32::try_from(row.seats).unwrap_or(0), commitment: commitment() },
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    }
}
