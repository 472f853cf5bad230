//! Licenses: seats bought, and who holds one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::id::{TenantId, UserId};
use phone::people::license::{Catalogue, Enforcement, Means, PartNumber, Seats};
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait as _, IntoCondition as _};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult,
    QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::database::Store;
use crate::entity::{event, license, subscription};
use crate::error::{StoreError, WriteError};
use crate::events::{EventId, Noun};
use crate::subscriptions::plans_over;
use crate::tx::{Change, Tx};
use crate::wanted::{NAMED_MAX, Wanted};

/// Plans by holder.
pub type Held = BTreeMap<UserId, BTreeSet<PartNumber>>;

/// What becomes of one person's licenses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseChange {
    pub user: UserId,
    pub before: BTreeSet<PartNumber>,
    pub after: BTreeSet<PartNumber>,
}

/// What decides about licenses of an organization, as it is kept.
#[derive(Clone, Debug)]
pub struct Licensing {
    pub catalogue: Catalogue,
    pub enforcement: Enforcement,
    pub seats: BTreeMap<PartNumber, Seats>,
    /// Plans whose time is over.
    pub over: BTreeSet<PartNumber>,
}

impl Licensing {
    /// The same, lent to a decision.
    pub fn means(&self) -> Means<'_> {
        Means { catalogue: &self.catalogue, enforcement: self.enforcement, seats: &self.seats, over: &self.over }
    }
}

/// How many hold a plan.
#[derive(FromQueryResult)]
struct Count {
    plan: String,
    n_holders: i64,
}

impl Store {
    /// Seats of each plan of which the organization bought any or somebody holds one.
    pub async fn seats(&self, tenant: TenantId) -> Result<BTreeMap<PartNumber, Seats>, StoreError> {
        seats(&self.reader, tenant).await
    }

    /// What decides about licenses of an organization, at a time.
    pub async fn licensing(
        &self,
        tenant: TenantId,
        enforcement: Enforcement,
        now: Timestamp,
    ) -> Result<Licensing, StoreError> {
        Ok(Licensing {
            catalogue: self.catalogue().await?,
            enforcement,
            seats: seats(&self.reader, tenant).await?,
            over: plans_over(&self.reader, tenant, now).await?,
        })
    }

    /// The licenses that some people hold; who holds none is not here.
    pub async fn licenses(
        &self,
        tenant: TenantId,
        users: impl IntoIterator<Item = UserId> + Send,
    ) -> Result<BTreeMap<UserId, BTreeSet<PartNumber>>, StoreError> {
        let of_tenant = license::Column::Tenant.eq(tenant.0);
        let of_users = license::Column::User.is_in(users.into_iter().map(|user| user.0));
        Ok(held(of_tenant.and(of_users).into_condition(), &self.reader).await?)
    }

    /// Licenses by holder, for the directory.
    pub(crate) async fn licenses_of_all(&self, wanted: Wanted<'_>) -> Result<Held, StoreError> {
        let mut all = Held::new();
        for wanted in wanted.conditions(license::Column::Tenant, license::Column::User) {
            all.append(&mut held(wanted, &self.reader).await?);
        }
        Ok(all)
    }
}

impl Tx {
    /// Seats of each plan of which the organization bought any or somebody holds one, as of this change.
    pub async fn seats(&self, tenant: TenantId) -> Result<BTreeMap<PartNumber, Seats>, StoreError> {
        seats(&self.db, tenant).await
    }

    /// What decides about licenses of an organization, as of this change.
    pub async fn licensing(&self, tenant: TenantId, enforcement: Enforcement) -> Result<Licensing, StoreError> {
        Ok(Licensing {
            catalogue: self.catalogue().await?,
            enforcement,
            seats: seats(&self.db, tenant).await?,
            over: plans_over(&self.db, tenant, self.at).await?,
        })
    }

    /// The licenses that a person holds, as of this change.
    pub async fn licenses_of(&self, tenant: TenantId, user: UserId) -> Result<BTreeSet<PartNumber>, StoreError> {
        let of_user = license::Column::Tenant.eq(tenant.0).and(license::Column::User.eq(user.0));
        Ok(held(of_user.into_condition(), &self.db).await?.remove(&user).unwrap_or_default())
    }

    /// Sets the licenses that a person holds. The person must be one of the tenant.
    pub async fn save_licenses(
        &mut self,
        tenant: TenantId,
        user: UserId,
        after: &BTreeSet<PartNumber>,
    ) -> Result<(), WriteError> {
        let before = self.licenses_of(tenant, user).await?;
        if before == *after {
            return Ok(());
        }
        if self.user(tenant, user).await?.is_none() {
            return Err(WriteError::NotFound);
        }
        let change = LicenseChange { user, before, after: after.clone() };
        self.replace_licenses(tenant, &[change]).await
    }

    /// The same for people of the tenant, each named once, who are known to hold what they held before.
    pub async fn replace_licenses(&mut self, tenant: TenantId, changes: &[LicenseChange]) -> Result<(), WriteError> {
        let mut taken: BTreeMap<&PartNumber, Vec<Uuid>> = BTreeMap::new();
        let mut given = Vec::new();
        for change in changes {
            for plan in change.before.difference(&change.after) {
                taken.entry(plan).or_default().push(change.user.0);
            }
            given.extend(change.after.difference(&change.before).map(|plan| license::ActiveModel {
                user: Set(change.user.0),
                plan: Set(plan.0.clone()),
                tenant: Set(tenant.0),
                assigned_at: Set(self.at.as_millisecond()),
            }));
        }
        for (plan, users) in taken {
            for part in users.chunks(NAMED_MAX) {
                license::Entity::delete_many()
                    .filter(license::Column::Plan.eq(plan.0.as_str()))
                    .filter(license::Column::User.is_in(part.iter().copied()))
                    .exec(&self.db)
                    .await?;
            }
        }
        for part in given.chunks(NAMED_MAX) {
            license::Entity::insert_many(part.to_vec()).exec_without_returning(&self.db).await?;
        }
        let told = |licenses: &BTreeSet<PartNumber>| json!({ "licenses": licenses });
        let told: Vec<_> =
            changes.iter().map(|change| (change.user, told(&change.before), told(&change.after))).collect();
        let notes = told.iter().map(|(user, before, after)| Change {
            tenant: Some(tenant),
            noun: Noun::License,
            object: user.to_string(),
            action: "update",
            before: Some(before),
            after: Some(after),
        });
        self.note_all(notes.collect()).await?;
        Ok(())
    }

    /// Whether anything since an event may have changed how many seats of a tenant there are or are taken.
    pub async fn has_news_of_seats(&self, tenant: TenantId, since: EventId) -> Result<bool, StoreError> {
        let nouns = [Noun::License, Noun::Subscription, Noun::Tenant].map(Noun::as_str);
        let deleted =
            Condition::all().add(event::Column::Noun.eq(Noun::User.as_str())).add(event::Column::Action.eq("delete"));
        let news = event::Entity::find()
            .select_only()
            .column(event::Column::Id)
            .filter(event::Column::Tenant.eq(tenant.0))
            .filter(event::Column::Id.gt(since))
            .filter(Condition::any().add(event::Column::Noun.is_in(nouns)).add(deleted))
            .limit(1);
        Ok(news.into_tuple::<EventId>().one(&self.db).await?.is_some())
    }
}

async fn seats<C: ConnectionTrait>(db: &C, tenant: TenantId) -> Result<BTreeMap<PartNumber, Seats>, StoreError> {
    let mut seats: BTreeMap<PartNumber, Seats> = BTreeMap::new();
    let bought = subscription::Entity::find().filter(subscription::Column::Tenant.eq(tenant.0));
    for row in bought.all(db).await? {
        seats.entry(PartNumber(row.plan)).or_default().bought = u32::try_from(row.seats).unwrap_or(0);
    }
    let counts = license::Entity::find()
        .select_only()
        .column(license::Column::Plan)
        // Rows, not their columns: the index by plan answers alone.
        .column_as(Expr::col(Asterisk).count(), "n_holders")
        .filter(license::Column::Tenant.eq(tenant.0))
        .group_by(license::Column::Plan)
        .into_model::<Count>();
    for count in counts.all(db).await? {
        seats.entry(PartNumber(count.plan)).or_default().assigned = u32::try_from(count.n_holders).unwrap_or(u32::MAX);
    }
    Ok(seats)
}

/// What holders of some licenses hold of them.
pub(crate) async fn held<C: ConnectionTrait>(wanted: Condition, db: &C) -> Result<Held, DbErr> {
    let rows = license::Entity::find().select_only().columns([license::Column::User, license::Column::Plan]);
    let mut held = Held::new();
    for (user, plan) in rows.filter(wanted).into_tuple::<(Uuid, String)>().all(db).await? {
        held.entry(UserId(user)).or_default().insert(PartNumber(plan));
    }
    Ok(held)
}
