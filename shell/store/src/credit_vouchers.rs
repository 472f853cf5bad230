//! Vouchers for credit. Only what their codes hash to is kept.

use jiff::Timestamp;
use phone::id::TenantId;
use phone::money::{Currency, Micros};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::database::Store;
use crate::entity::credit_voucher::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Tx, timestamp};

/// A voucher, without its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voucher {
    pub id: Uuid,
    /// The last characters of the code.
    pub hint: String,
    pub currency: Currency,
    pub amount: Micros,
    pub expires_at: Option<Timestamp>,
    pub redeemed_by: Option<TenantId>,
    pub redeemed_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

impl Store {
    /// Vouchers, by when they were made.
    pub async fn vouchers(&self, paging: &Paging) -> Result<Page<Voucher>, StoreError> {
        let rows = paged(Entity::find(), Column::CreatedAt, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Integer(row.created_at), id: row.id };
        Ok(page_of(rows, paging, cursor).map(|row| shown(&row)))
    }
}

impl Tx {
    /// Adds a voucher with this code.
    pub async fn add_voucher(
        &mut self,
        code: &str,
        (currency, amount): (Currency, Micros),
        expires_at: Option<Timestamp>,
    ) -> Result<Voucher, WriteError> {
        let hint: String = code.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
        let voucher = Voucher {
            id: Uuid::now_v7(),
            hint,
            currency,
            amount,
            expires_at,
            redeemed_by: None,
            redeemed_at: None,
            created_at: self.at,
        };
        let row = ActiveModel {
            id: Set(voucher.id),
            hash: Set(hash(code)),
            hint: Set(voucher.hint.clone()),
            currency: Set(currency.to_string()),
            amount: Set(amount.0),
            expires_at: Set(expires_at.map(Timestamp::as_millisecond)),
            redeemed_by: Set(None),
            redeemed_at: Set(None),
            created_at: Set(self.at.as_millisecond()),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        self.note_voucher(&voucher, "create").await?;
        Ok(voucher)
    }

    /// The voucher with this code, as of this change.
    pub async fn voucher(&self, code: &str) -> Result<Option<Voucher>, StoreError> {
        let row = Entity::find().filter(Column::Hash.eq(hash(code))).one(&self.db).await?;
        Ok(row.as_ref().map(shown))
    }

    /// Notes who took it; nobody takes it again.
    pub async fn redeem_voucher(&mut self, voucher: &Voucher, tenant: TenantId) -> Result<(), WriteError> {
        Entity::update_many()
            .col_expr(Column::RedeemedBy, sea_orm::sea_query::Expr::value(tenant.0))
            .col_expr(Column::RedeemedAt, sea_orm::sea_query::Expr::value(self.at.as_millisecond()))
            .filter(Column::Id.eq(voucher.id))
            .exec(&self.db)
            .await?;
        self.note_voucher(voucher, "redeem").await
    }

    async fn note_voucher(&mut self, voucher: &Voucher, action: &'static str) -> Result<(), WriteError> {
        let told = json!({
            "hint": voucher.hint,
            "amount": voucher.amount.to_string(),
            "currency": voucher.currency,
            "expires_at": voucher.expires_at,
        });
        self.note(Change::<(), _> {
            tenant: None,
            noun: Noun::Voucher,
            object: voucher.id.to_string(),
            action,
            before: None,
            after: Some(&told),
        })
        .await?;
        Ok(())
    }
}

/// Codes are random: a plain hash keeps them.
fn hash(code: &str) -> String {
    let plain: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_uppercase()).collect();
    Sha256::digest(plain).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn shown(row: &Model) -> Voucher {
    Voucher {
        id: row.id,
        hint: row.hint.clone(),
        currency: Currency::parse(&row.currency).unwrap_or(Currency::USD),
        amount: Micros(row.amount),
        expires_at: row.expires_at.map(timestamp),
        redeemed_by: row.redeemed_by.map(TenantId),
        redeemed_at: row.redeemed_at.map(timestamp),
        created_at: timestamp(row.created_at),
    }
}
