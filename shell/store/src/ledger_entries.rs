//! Entries of ledgers. They are written by what moves money, and never changed.

use phone::id::{CallId, TenantId};
use phone::money::ledger::{Entry, EntryKind};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use crate::database::Store;
use crate::documents::from_json;
use crate::entity::ledger_entry::{Column, Entity, Model};
use crate::error::StoreError;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::Tx;

/// An entry with who made it.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerRow {
    pub entry: Entry,
    pub actor: String,
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default)]
pub struct LedgerFilter {
    pub kind: Option<EntryKind>,
    pub call: Option<CallId>,
}

impl Store {
    /// Entries of an organization, in the order of their numbers.
    pub async fn ledger(
        &self,
        tenant: TenantId,
        filter: &LedgerFilter,
        paging: &Paging,
    ) -> Result<Page<LedgerRow>, StoreError> {
        let mut wanted = Entity::find().filter(Column::Tenant.eq(tenant.0));
        if let Some(kind) = filter.kind {
            wanted = wanted.filter(Column::Kind.eq(kind.as_str()));
        }
        if let Some(call) = filter.call {
            wanted = wanted.filter(Column::Call.eq(call.0));
        }
        let rows = paged(wanted, Column::Seq, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Integer(row.seq), id: row.id };
        let page = page_of(rows, paging, cursor);
        let items = page.items.iter().map(shown).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// Every entry of an organization from the first on, so many after one: what a balance is proved with.
    pub async fn ledger_after(&self, tenant: TenantId, seq: u64, limit: u64) -> Result<Vec<Entry>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Tenant.eq(tenant.0))
            .filter(Column::Seq.gt(i64::try_from(seq).unwrap_or(i64::MAX)))
            .order_by_asc(Column::Seq)
            .limit(limit)
            .all(&self.reader)
            .await?;
        rows.iter().map(|row| Ok(shown(row)?.entry)).collect()
    }
}

impl Tx {
    /// The entry that a key names, as of this change.
    pub async fn ledger_entry(&self, tenant: TenantId, key: &str) -> Result<Option<Entry>, StoreError> {
        let row = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Key.eq(key)).one(&self.db).await?;
        row.map(|row| Ok(shown(&row)?.entry)).transpose()
    }
}

fn shown(row: &Model) -> Result<LedgerRow, StoreError> {
    Ok(LedgerRow { entry: from_json("ledger entry", row.id, &row.document)?, actor: row.actor.clone() })
}
