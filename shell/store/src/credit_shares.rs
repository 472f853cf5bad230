//! What of balances each server on the database may spend.

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::id::TenantId;
use phone::money::Micros;
use phone::money::share::{Holding, Share};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::entity::credit_share::{ActiveModel, Column, Entity, Model};
use crate::error::WriteError;
use crate::tx::{Tx, timestamp};
use crate::wallets::PostedNow;

/// What a server may spend, and what was booked of its calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenShare {
    pub share: Share,
    pub posted_credits: Micros,
    pub posted_owed: Micros,
    /// The other servers that are not lost.
    pub others: Vec<Uuid>,
    /// Since when this one was heard of without a gap.
    pub alive_since: Timestamp,
}

impl TakenShare {
    /// Whether another server may spend as well.
    pub fn is_divided(&self) -> bool {
        !self.others.is_empty()
    }
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
        let of_tenant = || Column::Tenant.eq(tenant.0);
        let rows = Entity::find().filter(of_tenant()).all(&self.db).await?;
        let own = rows.iter().find(|row| row.node == node);
        let mut holding = own.map_or_else(|| Holding::new(self.at), holding);
        holding.renew(self.at, until);
        let others = rows.iter().filter(|row| row.node != node).map(|row| (row.node, self::holding(row)));
        let (lost, others): (Vec<_>, Vec<_>) =
            others.partition(|(_, other)| other.is_lost(holding.alive_since, self.at));
        for (node, _) in lost {
            Entity::delete_many().filter(of_tenant()).filter(Column::Node.eq(node)).exec(&self.db).await?;
            self.lose_parts(tenant, node).await?;
        }
        let alive = others.iter().map(|(node, _)| *node).collect();
        let visible: Vec<Share> = others.into_iter().map(|(_, other)| other.visible).collect();
        let share = holding.take(self.at, until, whole, &visible);
        let (posted_credits, posted_owed) = own.map_or((0, 0), |row| (row.posted_credits, row.posted_owed));
        let row = ActiveModel {
            tenant: Set(tenant.0),
            node: Set(node),
            alive_since: Set(holding.alive_since.as_millisecond()),
            alive_until: Set(holding.alive_until.as_millisecond()),
            credits: Set(holding.visible.credits.0),
            owable: Set(holding.visible.owable.0),
            told_credits: Set(holding.told.credits.0),
            told_owable: Set(holding.told.owable.0),
            lowered_at: Set(holding.lowered_at.as_millisecond()),
            posted_credits: Set(posted_credits),
            posted_owed: Set(posted_owed),
        };
        let columns = [
            Column::AliveSince,
            Column::AliveUntil,
            Column::Credits,
            Column::Owable,
            Column::ToldCredits,
            Column::ToldOwable,
            Column::LoweredAt,
        ];
        let again = OnConflict::columns([Column::Tenant, Column::Node]).update_columns(columns).to_owned();
        Entity::insert(row).on_conflict(again).exec_without_returning(&self.db).await?;
        let (posted_credits, posted_owed) = (Micros(posted_credits), Micros(posted_owed));
        let alive_since = holding.alive_since;
        Ok(TakenShare { share, posted_credits, posted_owed, others: alive, alive_since })
    }

    /// Keeps a server's shares its own until a time; the organizations of which another server has one as well.
    pub async fn renew_shares(&mut self, node: Uuid, until: Timestamp) -> Result<BTreeSet<TenantId>, WriteError> {
        let now = self.at.as_millisecond();
        Entity::update_many()
            .col_expr(Column::AliveSince, Expr::value(now))
            .col_expr(Column::LoweredAt, Expr::value(now))
            .filter(Column::Node.eq(node))
            .filter(Column::AliveUntil.lt(now))
            .exec(&self.db)
            .await?;
        Entity::update_many()
            .col_expr(Column::AliveUntil, Expr::value(until.as_millisecond()))
            .filter(Column::Node.eq(node))
            .exec(&self.db)
            .await?;
        let others = Entity::find().filter(Column::Node.ne(node)).all(&self.db).await?;
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

fn holding(row: &Model) -> Holding {
    let share = |credits: i64, owable: i64| Share { credits: Micros(credits), owable: Micros(owable) };
    Holding {
        alive_since: timestamp(row.alive_since),
        alive_until: timestamp(row.alive_until),
        visible: share(row.credits, row.owable),
        told: share(row.told_credits, row.told_owable),
        lowered_at: timestamp(row.lowered_at),
    }
}
