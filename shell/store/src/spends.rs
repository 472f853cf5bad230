//! What is spent by whom in which time, and what is told when a limit comes near.

use std::collections::BTreeMap;

use jiff::Timestamp;
use phone::id::TenantId;
use phone::money::Micros;
use phone::money::budget::{Standing, level, percent};
use phone::money::pool::{Period, PoolKey};
use phone::money::scope::{Scope, Span};
use phone::money::wallet::Wallet;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{from_json, to_json};
use crate::entity::{pool_usage, scope_spend, wallet};
use crate::error::{StoreError, WriteError};
use crate::tx::Tx;

/// What was spent for whom.
pub(crate) type Spends = BTreeMap<(Scope, Span), Micros>;

/// What of these spans is spent.
pub(crate) async fn spends(
    db: &impl ConnectionTrait,
    tenant: TenantId,
    spans: impl IntoIterator<Item = Span>,
) -> Result<Spends, StoreError> {
    use scope_spend::{Column, Entity};
    let words: Vec<String> = spans.into_iter().map(|span| span.to_string()).collect();
    let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Span.is_in(words)).all(db).await?;
    let read =
        |row: scope_spend::Model| Some(((Scope::parse(&row.scope)?, Span::parse(&row.span)?), Micros(row.amount)));
    Ok(rows.into_iter().filter_map(read).collect())
}

impl Store {
    /// Organizations of which minutes of plans were used in these months since a time.
    pub async fn tenants_with_used_pools(
        &self,
        periods: &[String],
        since: Timestamp,
    ) -> Result<Vec<TenantId>, StoreError> {
        use pool_usage::{Column, Entity};
        let tenants: Vec<Uuid> = Entity::find()
            .select_only()
            .column(Column::Tenant)
            .filter(Column::Period.is_in(periods.to_vec()))
            .filter(Column::UpdatedAt.gte(since.as_millisecond()))
            .distinct()
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(tenants.into_iter().map(TenantId).collect())
    }
}

impl Tx {
    /// Adds what was spent, and tells of budgets of which a level is reached by it.
    pub(crate) async fn add_spends(&mut self, tenant: TenantId, spends_now: &Spends) -> Result<(), WriteError> {
        use scope_spend::{Column, Entity};
        if spends_now.is_empty() {
            return Ok(());
        }
        for ((scope, span), amount) in spends_now {
            let row = scope_spend::ActiveModel {
                tenant: Set(tenant.0),
                span: Set(span.to_string()),
                scope: Set(scope.to_string()),
                amount: Set(amount.0),
            };
            let sum = Expr::col((Entity, Column::Amount)).add(amount.0);
            let columns = [Column::Tenant, Column::Span, Column::Scope];
            let again = OnConflict::columns(columns).value(Column::Amount, sum).to_owned();
            Entity::insert(row).on_conflict(again).exec_without_returning(&self.db).await?;
        }
        self.tell_of_budgets(tenant, spends_now).await
    }

    async fn tell_of_budgets(&mut self, tenant: TenantId, spends_now: &Spends) -> Result<(), WriteError> {
        let Some(row) = wallet::Entity::find_by_id(tenant.0).one(&self.db).await? else { return Ok(()) };
        let wallet: Wallet = from_json("wallet", row.tenant, &row.document)?;
        let in_force: Vec<_> =
            wallet.controls.budgets.into_iter().filter(|budget| budget.is_in_force(self.at)).collect();
        for budget in in_force {
            let of_budget = spends_now.iter().filter(|((scope, span), _)| {
                let fits = match span {
                    Span::Day(_) => phone::money::scope::Every::Day,
                    Span::Ever => phone::money::scope::Every::Ever,
                    Span::Month(_) => phone::money::scope::Every::Month,
                };
                *scope == budget.scope && fits == budget.every
            });
            for ((scope, span), amount) in of_budget {
                let after = spends(&self.db, tenant, [*span]).await?;
                let spent = after.get(&(scope.clone(), *span)).copied().unwrap_or_default();
                let after = Standing { budget: budget.clone(), spent };
                let before = Standing { budget: budget.clone(), spent: spent.minus(*amount) };
                let reached = level(after.percent());
                if reached == level(before.percent()) {
                    continue;
                }
                let told = json!({
                    "budget": budget.name,
                    "scope": budget.scope,
                    "span": span,
                    "percent": reached,
                    "spent": spent.to_string(),
                    "limit": budget.limit.to_string(),
                    "currency": wallet.currency,
                });
                self.note_wallet(tenant, "budget_reached", &told).await?;
            }
        }
        Ok(())
    }

    /// Tells of pools of which a level is reached that was not told of, each with when it will be used up.
    pub async fn tell_of_pools(
        &mut self,
        tenant: TenantId,
        period: Period,
        granted: &BTreeMap<PoolKey, u64>,
        runs_out: impl Fn(u64, u64) -> Option<Timestamp>,
    ) -> Result<(), WriteError> {
        use pool_usage::{Column, Entity};
        let of_month = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Period.eq(period.to_string()));
        for row in of_month.all(&self.db).await? {
            let pool: PoolKey = from_json("pool", row.tenant, &row.pool)?;
            let used = u64::try_from(row.used_secs).unwrap_or_default();
            let Some(granted) = granted.get(&pool).copied().filter(|granted| 0 < *granted) else { continue };
            let Some(reached) = level(percent(used.into(), granted.into())) else { continue };
            if i64::from(reached) <= row.told_percent {
                continue;
            }
            Entity::update_many()
                .col_expr(Column::ToldPercent, Expr::value(i64::from(reached)))
                .filter(Column::Tenant.eq(tenant.0))
                .filter(Column::Period.eq(row.period))
                .filter(Column::Pool.eq(to_json("pool", &pool)?))
                .exec(&self.db)
                .await?;
            let told = json!({
                "plan": pool.plan,
                "country_group": pool.group,
                "bucket": pool.bucket,
                "period": period,
                "percent": reached,
                "used_seconds": used,
                "granted_seconds": granted,
                "runs_out_at": runs_out(used, granted),
            });
            self.note_wallet(tenant, "pool_reached", &told).await?;
        }
        Ok(())
    }
}
