//! What calls cost: told by the switch as they go on, and booked once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use phone::id::{CallId, TenantId, UserId};
use phone::money::Micros;
use phone::money::charge::{Charge, PaidLeg};
use phone::money::charging::Spent;
use phone::money::deck::Direction;
use phone::money::ledger::{Book, Entry, Occasion};
use phone::money::lost::Moment;
use phone::money::pool::{Period, PoolKey};
use phone::money::posting::delta;
use phone::money::scope::Span;
use phone::money::share::parts::Shared;
use phone::people::tenant::Profile;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{from_json, to_json};
use crate::entity::{call_charge, license, person_spend, pool_usage, tenant};
use crate::error::{StoreError, WriteError};
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::spends::{Spends, spends};
use crate::tx::Tx;
use crate::wallets::{PostedNow, WalletRow};

/// Charges that are read or written in one statement.
const ROWS_MAX: usize = 500;

/// Which charges are wanted.
#[derive(Clone, Debug, Default)]
pub struct ChargeFilter {
    pub user: Option<UserId>,
    pub direction: Option<Direction>,
    /// Answered at this time or later.
    pub since: Option<Timestamp>,
    /// Answered before this time.
    pub until: Option<Timestamp>,
    pub of: Option<OfServer>,
}

/// Whose calls are meant of several servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfServer {
    /// Those of one, and those of nobody.
    Own(Uuid),
    /// Those of all but one.
    Others(Uuid),
}

/// What the ledger has of the calls of an organization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Of all of them; of people what they spent by this server.
    pub spent: Spent,
    /// What people spent by other servers.
    pub elsewhere: BTreeMap<(UserId, Period), Micros>,
}

/// By what usage is added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageBy {
    Destination,
    Direction,
    /// The number that the call was made with, or that called.
    Number,
    Person,
}

/// What calls of one kind cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// None: of nobody, or to nowhere that has a name.
    pub key: Option<String>,
    pub n_calls: u64,
    pub secs: u64,
    pub amount: Micros,
    /// What carriers take, as far as decks know.
    pub cost: Option<Micros>,
}

impl Store {
    /// Charges of an organization, by when the calls were answered.
    pub async fn charges(
        &self,
        tenant: TenantId,
        filter: &ChargeFilter,
        paging: &Paging,
    ) -> Result<Page<Charge>, StoreError> {
        use call_charge::Column;
        let mut wanted = Condition::all().add(Column::Tenant.eq(tenant.0));
        if let Some(user) = filter.user {
            wanted = wanted.add(Column::User.eq(user.0));
        }
        if let Some(direction) = filter.direction {
            wanted = wanted.add(Column::Direction.eq(direction.as_str()));
        }
        if let Some(since) = filter.since {
            wanted = wanted.add(Column::AnsweredAt.gte(since.as_millisecond()));
        }
        if let Some(until) = filter.until {
            wanted = wanted.add(Column::AnsweredAt.lt(until.as_millisecond()));
        }
        match filter.of {
            Some(OfServer::Own(node)) => {
                wanted = wanted.add(Column::Node.is_null().or(Column::Node.eq(node)));
            }
            Some(OfServer::Others(node)) => wanted = wanted.add(Column::Node.ne(node)),
            None => {}
        }
        let rows = paged(call_charge::Entity::find().filter(wanted), Column::AnsweredAt, Column::Call, paging);
        let rows = rows.all(&self.reader).await?;
        let cursor = |row: &call_charge::Model| Cursor { key: CursorKey::Integer(row.answered_at), id: row.call };
        let page = page_of(rows, paging, cursor);
        let items = page.items.iter().map(charge).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// What calls cost in a time, added up by something of them, the dearest first.
    pub async fn usage(
        &self,
        tenant: TenantId,
        by: UsageBy,
        (since, until): (Timestamp, Timestamp),
    ) -> Result<Vec<Usage>, StoreError> {
        use call_charge::Column;
        let key = match by {
            UsageBy::Destination => Column::Destination,
            UsageBy::Direction => Column::Direction,
            UsageBy::Number => Column::FromNumber,
            UsageBy::Person => Column::User,
        };
        // PostgreSQL adds whole numbers up to a type of its own.
        let sum = |column: Column| Expr::expr(column.into_expr().sum()).cast_as("bigint");
        let wanted = call_charge::Entity::find()
            .select_only()
            .column(key)
            .expr(Column::Call.into_expr().count())
            .expr(sum(Column::Secs))
            .expr(sum(Column::Amount))
            .expr(sum(Column::Cost))
            .filter(Column::Tenant.eq(tenant.0))
            .filter(Column::AnsweredAt.gte(since.as_millisecond()))
            .filter(Column::AnsweredAt.lt(until.as_millisecond()))
            .group_by(key);
        let rows: Vec<(Option<String>, i64, Option<i64>, Option<i64>, Option<i64>)> = match by {
            UsageBy::Person => {
                let rows: Vec<(Option<Uuid>, i64, Option<i64>, Option<i64>, Option<i64>)> =
                    wanted.into_tuple().all(&self.reader).await?;
                let named = rows
                    .into_iter()
                    .map(|(user, n, secs, sum, cost)| (user.map(|user| user.to_string()), n, secs, sum, cost));
                named.collect()
            }
            UsageBy::Destination | UsageBy::Direction | UsageBy::Number => {
                wanted.into_tuple().all(&self.reader).await?
            }
        };
        let usage = rows.into_iter().map(|(key, n_calls, secs, amount, cost)| Usage {
            key,
            n_calls: u64::try_from(n_calls).unwrap_or_default(),
            secs: u64::try_from(secs.unwrap_or_default()).unwrap_or_default(),
            amount: Micros(amount.unwrap_or_default()),
            cost: cost.map(Micros),
        });
        let mut usage: Vec<Usage> = usage.collect();
        usage.sort_by(|a, b| (b.amount, &a.key).cmp(&(a.amount, &b.key)));
        Ok(usage)
    }

    /// Charges of some calls.
    pub async fn charges_of(&self, tenant: TenantId, calls: &[CallId]) -> Result<Vec<Charge>, StoreError> {
        let mut found = Vec::new();
        for part in calls.chunks(ROWS_MAX) {
            let named = call_charge::Column::Call.is_in(part.iter().map(|call| call.0));
            // By their names alone: SQLite would take an index of the organization for the better one.
            let rows = call_charge::Entity::find().filter(named).all(&self.reader).await?;
            let own = rows.iter().filter(|row| row.tenant == tenant.0);
            found.extend(own.map(charge).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(found)
    }

    /// The plans that people hold, by part number.
    pub async fn plans_held(&self, tenant: TenantId) -> Result<BTreeMap<UserId, Vec<String>>, StoreError> {
        let rows = license::Entity::find().filter(license::Column::Tenant.eq(tenant.0)).all(&self.reader).await?;
        let mut held: BTreeMap<UserId, Vec<String>> = BTreeMap::new();
        for row in rows {
            held.entry(UserId(row.user)).or_default().push(row.plan);
        }
        Ok(held)
    }
}

/// What of pools and people is used in these months.
async fn figures(
    db: &impl ConnectionTrait,
    tenant: TenantId,
    periods: &[Period],
    node: Uuid,
) -> Result<Figures, StoreError> {
    let words: Vec<String> = periods.iter().map(Period::to_string).collect();
    let Figures { mut spent, mut elsewhere } = Figures::default();
    let pools = pool_usage::Entity::find()
        .filter(pool_usage::Column::Tenant.eq(tenant.0))
        .filter(pool_usage::Column::Period.is_in(words.clone()));
    for row in pools.all(db).await? {
        let pool: PoolKey = from_json("pool", row.tenant, &row.pool)?;
        spent.pools.insert(pool, u64::try_from(row.used_secs).unwrap_or_default());
    }
    let people = person_spend::Entity::find()
        .filter(person_spend::Column::Tenant.eq(tenant.0))
        .filter(person_spend::Column::Period.is_in(words));
    for row in people.all(db).await? {
        if let Some(period) = Period::parse(&row.period) {
            let of = if row.node == node { &mut spent.people } else { &mut elsewhere };
            let known = of.entry((UserId(row.user), period)).or_default();
            *known = known.plus(Micros(row.amount));
        }
    }
    Ok(Figures { spent, elsewhere })
}

impl Tx {
    /// All that the ledger tells of an organization, as of one moment; none without a wallet.
    pub async fn credit_figures(
        &self,
        tenant: TenantId,
        periods: &[Period],
        spans: &[Span],
    ) -> Result<Option<(WalletRow, Book, Figures)>, StoreError> {
        let (Some(wallet), Some(book)) = (self.wallet(tenant).await?, self.book(tenant).await?) else {
            return Ok(None);
        };
        let mut figures = figures(&self.db, tenant, periods, self.node).await?;
        let spent = &mut figures.spent;
        (spent.credits, spent.owed) = (wallet.posted_credits, wallet.posted_owed);
        if !wallet.wallet.value.controls.budgets.is_empty() {
            spent.scopes = spends(&self.db, tenant, spans.iter().copied()).await?;
        }
        Ok(Some((wallet, book, figures)))
    }

    /// Books what was told of calls. What is booked already changes nothing. Charges of an organization that is gone, or
    /// has no wallet, go with it.
    pub async fn settle(&mut self, told: &[Charge]) -> Result<(), WriteError> {
        let tenants: BTreeSet<TenantId> = told.iter().map(|charge| charge.tenant).collect();
        for tenant in tenants {
            let of_tenant: Vec<&Charge> = told.iter().filter(|charge| charge.tenant == tenant).collect();
            self.settle_of(tenant, &of_tenant).await?;
        }
        Ok(())
    }

    async fn settle_of(&mut self, tenant: TenantId, told: &[&Charge]) -> Result<(), WriteError> {
        let Some(mut book) = self.book(tenant).await? else { return Ok(()) };
        let zone = self.zone_of(tenant).await?;
        let mut known = self.known_charges(told).await?;
        let mut changes = Changes::default();
        for charge in told {
            let Some(delta) = delta(known.get(&charge.id), charge) else { continue };
            let seconds = SignedDuration::from_secs(charge.secs.into());
            let at = charge.answered_at.saturating_add(seconds).unwrap_or(charge.answered_at);
            let end = if charge.finished { "end" } else { "on" };
            let occasion = Occasion {
                at,
                key: format!("call:{}:{}:{}:{end}", charge.id.call, charge.id.leg, charge.secs),
                call: Some(charge.id.call),
                note: charge.destination.clone(),
            };
            if let Some(entry) = book.charge(delta.amount, delta.owed, occasion) {
                // It was made of what the book has.
                if book.apply(&entry).is_ok() {
                    changes.entries.push(entry);
                }
            }
            changes.posted.credits = changes.posted.credits.plus(delta.amount.minus(delta.owed));
            changes.posted.owed = changes.posted.owed.plus(delta.owed);
            for (pool, secs) in delta.pools {
                *changes.pools.entry(pool).or_default() += secs;
            }
            if let Some(user) = charge.user {
                let spent = changes.people.entry((user, Period::of(charge.answered_at, &zone))).or_default();
                *spent = spent.plus(delta.amount);
            }
            if delta.amount.is_positive() {
                for scope in charge.counted() {
                    for span in Span::all(charge.answered_at, &zone) {
                        let spent = changes.scopes.entry((scope.clone(), span)).or_default();
                        *spent = spent.plus(delta.amount);
                    }
                }
            }
            known.insert(charge.id, (*charge).clone());
            changes.charges.insert(charge.id, (*charge).clone());
        }
        if changes.charges.is_empty() {
            return Ok(());
        }
        self.write_changes(tenant, &book, changes).await
    }

    async fn write_changes(&mut self, tenant: TenantId, book: &Book, changes: Changes) -> Result<(), WriteError> {
        self.write_entries(tenant, book, &changes.entries, changes.posted).await?;
        self.spend_share(tenant, self.node, changes.posted).await?;
        let rows = changes.charges.values().map(|charge| self.charge_row(charge)).collect::<Result<Vec<_>, _>>()?;
        for part in rows.chunks(ROWS_MAX) {
            use call_charge::Column;
            let columns = [
                Column::Secs,
                Column::Amount,
                Column::Cost,
                Column::Reseller,
                Column::IsFinished,
                Column::UpdatedAt,
                Column::Document,
            ];
            let again = OnConflict::columns([Column::Call, Column::Leg]).update_columns(columns).to_owned();
            call_charge::Entity::insert_many(part.to_vec()).on_conflict(again).exec_without_returning(&self.db).await?;
        }
        for ((scope, span), amount) in &changes.scopes {
            let shared = Shared::Budget { scope: scope.clone(), span: *span };
            self.spend_part(tenant, &shared, amount.0).await?;
        }
        for (pool, secs) in changes.pools {
            use pool_usage::Column;
            let secs = i64::try_from(secs).unwrap_or(i64::MAX);
            self.spend_part(tenant, &Shared::Pool { pool: pool.clone() }, secs).await?;
            let row = pool_usage::ActiveModel {
                tenant: Set(tenant.0),
                period: Set(pool.period.to_string()),
                pool: Set(to_json("pool", &pool)?),
                used_secs: Set(secs),
                told_percent: Set(0),
                updated_at: Set(self.at.as_millisecond()),
            };
            let sum = Expr::col((pool_usage::Entity, Column::UsedSecs)).add(secs);
            let again = OnConflict::columns([Column::Tenant, Column::Period, Column::Pool])
                .value(Column::UsedSecs, sum)
                .value(Column::UpdatedAt, self.at.as_millisecond())
                .to_owned();
            pool_usage::Entity::insert(row).on_conflict(again).exec_without_returning(&self.db).await?;
        }
        for ((user, period), amount) in changes.people {
            use person_spend::Column;
            let row = person_spend::ActiveModel {
                tenant: Set(tenant.0),
                period: Set(period.to_string()),
                user: Set(user.0),
                node: Set(self.node),
                amount: Set(amount.0),
            };
            let sum = Expr::col((person_spend::Entity, Column::Amount)).add(amount.0);
            let again = OnConflict::columns([Column::Tenant, Column::Period, Column::User, Column::Node])
                .value(Column::Amount, sum)
                .to_owned();
            person_spend::Entity::insert(row).on_conflict(again).exec_without_returning(&self.db).await?;
        }
        self.add_spends(tenant, &changes.scopes).await
    }

    /// Books what calls had cost when the process that this server had before said last that it lives.
    pub async fn carry_charges(&mut self, alive: Moment) -> Result<usize, WriteError> {
        use call_charge::Column;
        let open = Column::IsFinished.eq(false).and(Column::Node.eq(self.node));
        let rows = call_charge::Entity::find().filter(open).all(&self.db).await?;
        let open = rows.iter().map(charge).collect::<Result<Vec<_>, _>>()?;
        let carried: Vec<Charge> = open.iter().filter_map(|charge| charge.carried(alive)).collect();
        self.settle(&carried).await?;
        Ok(carried.len())
    }

    /// Charges that nobody goes on with: their calls ended with the process of this server before. What was told of them is
    /// what they cost. Those of other servers go on, unless nothing was told of them for a day.
    pub async fn finish_charges(&mut self, older_than: Timestamp) -> Result<u64, StoreError> {
        use call_charge::Column;
        let a_day_ago = self.at.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(self.at);
        let own = Column::Node.is_null().or(Column::Node.eq(self.node));
        let own = own.and(Column::UpdatedAt.lt(older_than.as_millisecond()));
        let forgotten = Column::UpdatedAt.lt(a_day_ago.as_millisecond());
        let done = call_charge::Entity::update_many()
            .col_expr(Column::IsFinished, Expr::value(true))
            .filter(Column::IsFinished.eq(false))
            .filter(own.or(forgotten))
            .exec(&self.db)
            .await?;
        Ok(done.rows_affected)
    }

    fn charge_row(&self, charge: &Charge) -> Result<call_charge::ActiveModel, StoreError> {
        Ok(call_charge::ActiveModel {
            call: Set(charge.id.call.0),
            leg: Set(i64::try_from(charge.id.leg).unwrap_or(i64::MAX)),
            tenant: Set(charge.tenant.0),
            direction: Set(charge.direction.as_str().to_owned()),
            user: Set(charge.user.map(|user| user.0)),
            from_number: Set(charge.from.clone()),
            to_number: Set(charge.to.clone()),
            destination: Set(charge.destination.clone()),
            answered_at: Set(charge.answered_at.as_millisecond()),
            secs: Set(charge.secs.into()),
            amount: Set(charge.amount().0),
            cost: Set(charge.cost.map(|cost| cost.0)),
            reseller: Set(charge.reseller.map(|reseller| reseller.0)),
            is_finished: Set(charge.finished),
            updated_at: Set(self.at.as_millisecond()),
            node: Set(Some(self.node)),
            document: Set(to_json("charge", charge)?),
        })
    }

    async fn known_charges(&self, told: &[&Charge]) -> Result<BTreeMap<PaidLeg, Charge>, StoreError> {
        let calls: BTreeSet<Uuid> = told.iter().map(|charge| charge.id.call.0).collect();
        let calls: Vec<Uuid> = calls.into_iter().collect();
        let mut known = BTreeMap::new();
        for part in calls.chunks(ROWS_MAX) {
            let named = call_charge::Column::Call.is_in(part.to_vec());
            for row in call_charge::Entity::find().filter(named).all(&self.db).await? {
                let charge = charge(&row)?;
                known.insert(charge.id, charge);
            }
        }
        Ok(known)
    }

    async fn zone_of(&self, tenant: TenantId) -> Result<TimeZone, StoreError> {
        let Some(row) = tenant::Entity::find_by_id(tenant.0).one(&self.db).await? else { return Ok(TimeZone::UTC) };
        let profile: Profile = from_json("tenant", row.id, &row.document)?;
        Ok(TimeZone::get(&profile.time_zone).unwrap_or(TimeZone::UTC))
    }

    /// Organizations whose lots lapsed by a time and have something left.
    pub async fn tenants_with_lapsed_lots(&self, at: Timestamp) -> Result<Vec<TenantId>, StoreError> {
        use crate::entity::credit_lot::{Column, Entity};
        let rows = Entity::find()
            .filter(Column::IsUsedUp.eq(false))
            .filter(Column::ExpiresAt.lte(at.as_millisecond()))
            .all(&self.db)
            .await?;
        let tenants: BTreeSet<Uuid> = rows.into_iter().map(|row| row.tenant).collect();
        Ok(tenants.into_iter().map(TenantId).collect())
    }
}

/// What is to be written of one organization.
#[derive(Default)]
struct Changes {
    entries: Vec<Entry>,
    posted: PostedNow,
    charges: BTreeMap<PaidLeg, Charge>,
    pools: BTreeMap<PoolKey, u64>,
    people: BTreeMap<(UserId, Period), Micros>,
    scopes: Spends,
}

fn charge(row: &call_charge::Model) -> Result<Charge, StoreError> {
    let told: Charge = from_json("charge", row.call, &row.document)?;
    // One whose process was lost is finished although it was never told so.
    Ok(Charge { finished: row.is_finished, ..told })
}
