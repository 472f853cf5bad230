//! Payments: what was asked for, and what became of it. What was booked stands in the ledger.

use phone::id::TenantId;
use phone::money::payment::Payment;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{from_json, to_json};
use crate::entity::payment::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::Tx;

impl Store {
    /// Payments of an organization, by when they were asked for.
    pub async fn payments(&self, tenant: TenantId, paging: &Paging) -> Result<Page<Payment>, StoreError> {
        let of_tenant = Entity::find().filter(Column::Tenant.eq(tenant.0));
        let rows = paged(of_tenant, Column::At, Column::Id, paging).all(&self.reader).await?;
        let page = page_of(rows, paging, |row| Cursor { key: CursorKey::Integer(row.at), id: row.id });
        let items = page.items.iter().map(shown).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// Whose a payment is, and what is known of it; for providers, who name it alone.
    pub async fn payment(&self, id: Uuid) -> Result<Option<(TenantId, Payment)>, StoreError> {
        let row = Entity::find_by_id(id).one(&self.reader).await?;
        row.map(|row| Ok((TenantId(row.tenant), shown(&row)?))).transpose()
    }
}

impl Tx {
    /// The payments of an organization, the newest first, so many at most.
    pub async fn payments(&self, tenant: TenantId, n_max: u64) -> Result<Vec<Payment>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Tenant.eq(tenant.0))
            .order_by_desc(Column::At)
            .limit(n_max)
            .all(&self.db)
            .await?;
        rows.iter().map(shown).collect()
    }

    /// A payment of an organization as of this change.
    pub async fn payment(&self, tenant: TenantId, id: Uuid) -> Result<Option<Payment>, StoreError> {
        let row = Entity::find_by_id(id).filter(Column::Tenant.eq(tenant.0)).one(&self.db).await?;
        row.as_ref().map(shown).transpose()
    }

    /// Keeps a payment, and tells of it in a word: `payment_asked`, `recharged`, `recharge_failed`, `payment_failed`.
    pub async fn save_payment(
        &mut self,
        tenant: TenantId,
        payment: &Payment,
        action: &'static str,
    ) -> Result<(), WriteError> {
        let row = ActiveModel {
            id: Set(payment.id),
            tenant: Set(tenant.0),
            at: Set(payment.at.as_millisecond()),
            document: Set(to_json("payment", payment)?),
        };
        let again = OnConflict::column(Column::Id).update_column(Column::Document).to_owned();
        Entity::insert(row).on_conflict(again).exec_without_returning(&self.db).await?;
        let told = json!({
            "payment": payment.id,
            "kind": payment.kind,
            "state": payment.state,
            "amount": payment.amount.to_string(),
            "currency": payment.currency,
            "error": payment.error,
        });
        self.note_wallet(tenant, action, &told).await?;
        Ok(())
    }
}

fn shown(row: &Model) -> Result<Payment, StoreError> {
    from_json("payment", row.id, &row.document)
}
