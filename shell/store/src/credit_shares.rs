//! What of balances each server on the database may spend.

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::id::TenantId;
use phone::money::Micros;
use phone::money::share::{Division, Share, divide};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::entity::credit_share::{ActiveModel, Column, Entity};
use crate::error::WriteError;
use crate::tx::Tx;
use crate::wallets::PostedNow;

/// A block that a call has reserved begins within ten seconds, and is booked a second later; so long, and as long again, is
/// waited.
const BOOKED_AFTER_MS: i64 = 20_000;

/// What a server may spend, and what was booked of its calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenShare {
    pub share: Share,
    pub posted_credits: Micros,
    pub posted_owed: Micros,
    /// Whether another server is alive.
    pub is_divided: bool,
}

impl Tx {
    /// Takes a server's share of a balance until a time, after which it is the others' again.
    pub async fn take_share(
        &mut self,
        tenant: TenantId,
        node: Uuid,
        whole: Share,
        until: Timestamp,
    ) -> Result<TakenShare, WriteError> {
        let of_tenant = || Entity::delete_many().filter(Column::Tenant.eq(tenant.0));
        let now = self.at.as_millisecond();
        of_tenant().filter(Column::AliveUntil.lt(now)).filter(Column::Node.ne(node)).exec(&self.db).await?;
        let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).all(&self.db).await?;
        let share = |credits: i64, owable: i64| Share { credits: Micros(credits), owable: Micros(owable) };
        let own = rows.iter().find(|row| row.node == node);
        let others: Vec<Share> =
            rows.iter().filter(|row| row.node != node).map(|row| share(row.credits, row.owable)).collect();
        let known = own.map(|row| share(row.told_credits, row.told_owable)).unwrap_or_default();
        // What it had before it was told of less may not be booked yet: then the others don't see it so soon.
        let lowered_at = own.map_or(0, |row| row.lowered_at);
        let before = match own {
            Some(row) if now - lowered_at < BOOKED_AFTER_MS => {
                Share { credits: known.credits.max(Micros(row.credits)), owable: known.owable.max(Micros(row.owable)) }
            }
            Some(_) | None => known,
        };
        let Division { told, written } = divide(whole, before, &others);
        let is_less = told.credits < known.credits || told.owable < known.owable;
        let row = ActiveModel {
            tenant: Set(tenant.0),
            node: Set(node),
            alive_until: Set(until.as_millisecond()),
            credits: Set(written.credits.0),
            owable: Set(written.owable.0),
            told_credits: Set(told.credits.0),
            told_owable: Set(told.owable.0),
            lowered_at: Set(if is_less { now } else { lowered_at }),
            posted_credits: Set(own.map_or(0, |row| row.posted_credits)),
            posted_owed: Set(own.map_or(0, |row| row.posted_owed)),
        };
        let columns = [
            Column::AliveUntil,
            Column::Credits,
            Column::Owable,
            Column::ToldCredits,
            Column::ToldOwable,
            Column::LoweredAt,
        ];
        let again = OnConflict::columns([Column::Tenant, Column::Node]).update_columns(columns).to_owned();
        Entity::insert(row).on_conflict(again).exec_without_returning(&self.db).await?;
        Ok(TakenShare {
            share: told,
            posted_credits: Micros(own.map_or(0, |row| row.posted_credits)),
            posted_owed: Micros(own.map_or(0, |row| row.posted_owed)),
            is_divided: !others.is_empty(),
        })
    }

    /// Keeps a server's shares its own until a time; the organizations of which another server has one as well.
    pub async fn renew_shares(&mut self, node: Uuid, until: Timestamp) -> Result<BTreeSet<TenantId>, WriteError> {
        Entity::update_many()
            .col_expr(Column::AliveUntil, Expr::value(until.as_millisecond()))
            .filter(Column::Node.eq(node))
            .exec(&self.db)
            .await?;
        let others = Entity::find()
            .filter(Column::Node.ne(node))
            .filter(Column::AliveUntil.gte(self.at.as_millisecond()))
            .all(&self.db)
            .await?;
        Ok(others.into_iter().map(|row| TenantId(row.tenant)).collect())
    }

    /// What was booked of a server's calls is spent of its share.
    pub(crate) async fn spend_share(
        &mut self,
        tenant: TenantId,
        node: Uuid,
        posted: PostedNow,
    ) -> Result<(), WriteError> {
        let more = |column: Column, amount: Micros| Expr::col(column).add(amount.0);
        let less = |column: Column, amount: Micros| Expr::col(column).sub(amount.0);
        Entity::update_many()
            .col_expr(Column::PostedCredits, more(Column::PostedCredits, posted.credits))
            .col_expr(Column::PostedOwed, more(Column::PostedOwed, posted.owed))
            .col_expr(Column::Credits, less(Column::Credits, posted.credits))
            .col_expr(Column::Owable, less(Column::Owable, posted.owed))
            .col_expr(Column::ToldCredits, less(Column::ToldCredits, posted.credits))
            .col_expr(Column::ToldOwable, less(Column::ToldOwable, posted.owed))
            .filter(Column::Tenant.eq(tenant.0))
            .filter(Column::Node.eq(node))
            .exec(&self.db)
            .await?;
        Ok(())
    }
}
