//! What of minutes of plans and of budgets each server on the database may use.

use std::collections::BTreeMap;

use jiff::Timestamp;
use phone::id::TenantId;
use phone::money::share::parts::{Part, Shared, Whole};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::documents::to_json;
use crate::entity::credit_part::{ActiveModel, Column, Entity, Model};
use crate::error::WriteError;
use crate::tx::{Tx, timestamp};

impl Tx {
    /// Takes a server's parts of all that is shared, beside others; what it had of something else is let go.
    pub async fn take_parts(
        &mut self,
        tenant: TenantId,
        node: Uuid,
        alive_since: Timestamp,
        others: &[Uuid],
        wholes: &BTreeMap<Shared, Whole>,
    ) -> Result<BTreeMap<Shared, Part>, WriteError> {
        let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).all(&self.db).await?;
        let of_node = |node: Uuid, key: &str| rows.iter().find(|row| row.node == node && row.part == key).map(part);
        let mut taken = BTreeMap::new();
        let mut kept = Vec::new();
        for (shared, whole) in wholes {
            let key = to_json("part", shared)?;
            let of_others = others.iter().map(|other| of_node(*other, &key).map_or(0, |part| part.visible));
            let visible: Vec<i64> = of_others.collect();
            let mut part = of_node(node, &key).unwrap_or_else(|| Part::new(*whole));
            part.take(self.at, alive_since, *whole, &visible);
            self.save_part(tenant, node, key.clone(), part).await?;
            taken.insert(shared.clone(), part);
            kept.push(key);
        }
        let gone = rows.iter().any(|row| row.node == node && !kept.contains(&row.part));
        if gone {
            let own = Entity::delete_many().filter(Column::Tenant.eq(tenant.0)).filter(Column::Node.eq(node));
            own.filter(Column::Part.is_not_in(kept)).exec(&self.db).await?;
        }
        Ok(taken)
    }

    /// A server that is lost has none any more.
    pub(crate) async fn lose_parts(&mut self, tenant: TenantId, node: Uuid) -> Result<(), WriteError> {
        let lost = Entity::delete_many().filter(Column::Tenant.eq(tenant.0)).filter(Column::Node.eq(node));
        lost.exec(&self.db).await?;
        Ok(())
    }

    /// What was booked of this server's calls is spent of its part, if it has one.
    pub(crate) async fn spend_part(
        &mut self,
        tenant: TenantId,
        shared: &Shared,
        booked: i64,
    ) -> Result<(), WriteError> {
        let less = |column: Column| Expr::col(column).sub(booked);
        Entity::update_many()
            .col_expr(Column::Posted, Expr::col(Column::Posted).add(booked))
            .col_expr(Column::Visible, less(Column::Visible))
            .col_expr(Column::Told, less(Column::Told))
            .filter(Column::Tenant.eq(tenant.0))
            .filter(Column::Node.eq(self.node))
            .filter(Column::Part.eq(to_json("part", shared)?))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    async fn save_part(&mut self, tenant: TenantId, node: Uuid, key: String, part: Part) -> Result<(), WriteError> {
        let row = ActiveModel {
            tenant: Set(tenant.0),
            node: Set(node),
            part: Set(key),
            visible: Set(part.visible),
            told: Set(part.told),
            lowered_at: Set(part.lowered_at.as_millisecond()),
            posted: Set(part.posted),
        };
        let columns = [Column::Visible, Column::Told, Column::LoweredAt];
        let again =
            OnConflict::columns([Column::Tenant, Column::Node, Column::Part]).update_columns(columns).to_owned();
        Entity::insert(row).on_conflict(again).exec_without_returning(&self.db).await?;
        Ok(())
    }
}

fn part(row: &Model) -> Part {
    Part { visible: row.visible, told: row.told, lowered_at: timestamp(row.lowered_at), posted: row.posted }
}
