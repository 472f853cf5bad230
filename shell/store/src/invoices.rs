//! Invoices, as they were issued.

use phone::id::TenantId;
use phone::money::invoice::Invoice;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{from_json, to_json};
use crate::entity::invoice::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::Tx;

impl Store {
    /// Invoices of an organization, by when they were issued.
    pub async fn invoices(&self, tenant: TenantId, paging: &Paging) -> Result<Page<Invoice>, StoreError> {
        let of_tenant = Entity::find().filter(Column::Tenant.eq(tenant.0));
        let rows = paged(of_tenant, Column::IssuedAt, Column::Id, paging).all(&self.reader).await?;
        let page = page_of(rows, paging, |row| Cursor { key: CursorKey::Integer(row.issued_at), id: row.id });
        let items = page.items.iter().map(shown).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// One invoice of an organization.
    pub async fn invoice(&self, tenant: TenantId, id: Uuid) -> Result<Option<Invoice>, StoreError> {
        let row = Entity::find_by_id(id).filter(Column::Tenant.eq(tenant.0)).one(&self.reader).await?;
        row.as_ref().map(shown).transpose()
    }
}

impl Tx {
    /// The number of the next invoice.
    pub async fn next_invoice(&self) -> Result<u64, StoreError> {
        let last = Entity::find().order_by_desc(Column::Seq).one(&self.db).await?;
        Ok(last.map_or(1, |row| u64::try_from(row.seq).unwrap_or_default().saturating_add(1)))
    }

    /// The newest invoices of an organization, as of this change.
    pub async fn invoices(&self, tenant: TenantId, n_max: u64) -> Result<Vec<Invoice>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Tenant.eq(tenant.0))
            .order_by_desc(Column::IssuedAt)
            .limit(n_max)
            .all(&self.db)
            .await?;
        rows.iter().map(shown).collect()
    }

    /// Keeps an invoice. None is ever changed.
    pub async fn add_invoice(&mut self, tenant: TenantId, invoice: &Invoice) -> Result<(), WriteError> {
        let row = ActiveModel {
            id: Set(invoice.id),
            tenant: Set(tenant.0),
            seq: Set(i64::try_from(invoice.seq).unwrap_or(i64::MAX)),
            issued_at: Set(invoice.issued_at.as_millisecond()),
            document: Set(to_json("invoice", invoice)?),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        let told = json!({
            "invoice": invoice.id,
            "number": invoice.number(),
            "amount": invoice.gross.to_string(),
            "currency": invoice.currency,
        });
        self.note_wallet(tenant, "invoiced", &told).await?;
        Ok(())
    }
}

fn shown(row: &Model) -> Result<Invoice, StoreError> {
    from_json("invoice", row.id, &row.document)
}
