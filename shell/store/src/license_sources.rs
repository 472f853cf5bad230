//! From where people have licenses, what groups could not give, and whose licenses are to be told again.

use std::collections::{BTreeMap, BTreeSet};

use phone::id::{GroupId, TenantId, UserId};
use phone::people::license::sources::Wanted;
use phone::people::license::{PartNumber, Refusal};
use phone::rule::Broken as _;
use sea_orm::sea_query::{OnConflict, Query, SelectStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _,
};
use serde_json::json;

use crate::database::Store;
use crate::entity::{direct_license, group_license, group_member, license, license_backlog, license_failure};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::tx::{Change, Tx};
use crate::wanted::NAMED_MAX;

/// Why a group can't give a person its plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseFailure {
    pub user: UserId,
    pub group: GroupId,
    pub code: String,
    pub message: String,
    pub fix: String,
}

impl Store {
    /// The plans of each group that gives any.
    pub async fn group_plans(&self, tenant: TenantId) -> Result<BTreeMap<GroupId, BTreeSet<PartNumber>>, StoreError> {
        let of_tenant = group_license::Entity::find().filter(group_license::Column::Tenant.eq(tenant.0));
        Ok(plans(of_tenant.all(&self.reader).await?))
    }

    /// From where a person is to have licenses.
    pub async fn wanted_licenses(&self, tenant: TenantId, user: UserId) -> Result<Wanted, StoreError> {
        wanted(&self.reader, tenant, user).await
    }

    /// What people are given directly.
    pub async fn direct_licenses(
        &self,
        tenant: TenantId,
    ) -> Result<BTreeMap<UserId, BTreeSet<PartNumber>>, StoreError> {
        let of_tenant = direct_license::Entity::find().filter(direct_license::Column::Tenant.eq(tenant.0));
        let mut given: BTreeMap<UserId, BTreeSet<PartNumber>> = BTreeMap::new();
        for row in of_tenant.all(&self.reader).await? {
            given.entry(UserId(row.user)).or_default().insert(PartNumber(row.plan));
        }
        Ok(given)
    }

    /// What a group could not give.
    pub async fn failures_of_group(&self, tenant: TenantId, group: GroupId) -> Result<Vec<LicenseFailure>, StoreError> {
        let of_group = license_failure::Entity::find()
            .filter(license_failure::Column::Tenant.eq(tenant.0))
            .filter(license_failure::Column::Group.eq(group.0));
        let rows = of_group.order_by_asc(license_failure::Column::User).all(&self.reader).await?;
        Ok(rows.into_iter().map(LicenseFailure::from).collect())
    }

    /// What groups could not give a person.
    pub async fn failures_of_user(&self, tenant: TenantId, user: UserId) -> Result<Vec<LicenseFailure>, StoreError> {
        let of_user = license_failure::Entity::find()
            .filter(license_failure::Column::Tenant.eq(tenant.0))
            .filter(license_failure::Column::User.eq(user.0));
        Ok(of_user.all(&self.reader).await?.into_iter().map(LicenseFailure::from).collect())
    }

    /// Organizations with people whose licenses are to be told again.
    pub async fn tenants_with_backlog(&self) -> Result<BTreeSet<TenantId>, StoreError> {
        let ids: Vec<uuid::Uuid> = license_backlog::Entity::find()
            .select_only()
            .column(license_backlog::Column::Tenant)
            .distinct()
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(ids.into_iter().map(TenantId).collect())
    }
}

impl Tx {
    /// From where a person is to have licenses, as of this change.
    pub async fn wanted_licenses(&self, tenant: TenantId, user: UserId) -> Result<Wanted, StoreError> {
        wanted(&self.db, tenant, user).await
    }

    /// Sets the licenses that a person is given directly.
    pub async fn save_direct_licenses(
        &mut self,
        tenant: TenantId,
        user: UserId,
        plans: &BTreeSet<PartNumber>,
    ) -> Result<(), WriteError> {
        self.replace_direct_licenses(tenant, &[(user, plans.clone())].into()).await
    }

    /// The same for many people.
    pub async fn replace_direct_licenses(
        &mut self,
        tenant: TenantId,
        people: &BTreeMap<UserId, BTreeSet<PartNumber>>,
    ) -> Result<(), WriteError> {
        let users: Vec<uuid::Uuid> = people.keys().map(|user| user.0).collect();
        for part in users.chunks(NAMED_MAX) {
            direct_license::Entity::delete_many()
                .filter(direct_license::Column::Tenant.eq(tenant.0))
                .filter(direct_license::Column::User.is_in(part.iter().copied()))
                .exec(&self.db)
                .await?;
        }
        let rows = people.iter().flat_map(|(user, plans)| plans.iter().map(|plan| (user.0, plan.0.clone())));
        let rows: Vec<_> = rows
            .map(|(user, plan)| direct_license::ActiveModel { user: Set(user), plan: Set(plan), tenant: Set(tenant.0) })
            .collect();
        for part in rows.chunks(NAMED_MAX) {
            direct_license::Entity::insert_many(part.to_vec()).exec_without_returning(&self.db).await?;
        }
        Ok(())
    }

    /// The plans that a group gives, as of this change.
    pub async fn plans_of_group(&self, tenant: TenantId, group: GroupId) -> Result<BTreeSet<PartNumber>, StoreError> {
        let of_group = group_license::Entity::find()
            .filter(group_license::Column::Tenant.eq(tenant.0))
            .filter(group_license::Column::Group.eq(group.0));
        Ok(plans(of_group.all(&self.db).await?).remove(&group).unwrap_or_default())
    }

    /// Sets the plans that a group gives.
    pub async fn save_group_plans(
        &mut self,
        tenant: TenantId,
        group: GroupId,
        after: &BTreeSet<PartNumber>,
    ) -> Result<(), WriteError> {
        let before = self.plans_of_group(tenant, group).await?;
        group_license::Entity::delete_many()
            .filter(group_license::Column::Tenant.eq(tenant.0))
            .filter(group_license::Column::Group.eq(group.0))
            .exec(&self.db)
            .await?;
        for plan in after {
            let row =
                group_license::ActiveModel { group: Set(group.0), plan: Set(plan.0.clone()), tenant: Set(tenant.0) };
            group_license::Entity::insert(row).exec_without_returning(&self.db).await?;
        }
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::Group,
            object: group.to_string(),
            action: "license",
            before: Some(&json!({ "licenses": before })),
            after: Some(&json!({ "licenses": after })),
        })
        .await?;
        Ok(())
    }

    /// Sets what groups could not give these people.
    pub async fn save_license_failures(
        &mut self,
        tenant: TenantId,
        failed: &BTreeMap<UserId, BTreeMap<GroupId, Refusal>>,
    ) -> Result<(), WriteError> {
        let people: Vec<_> = failed.keys().map(|user| user.0).collect();
        for part in people.chunks(NAMED_MAX) {
            license_failure::Entity::delete_many()
                .filter(license_failure::Column::Tenant.eq(tenant.0))
                .filter(license_failure::Column::User.is_in(part.iter().copied()))
                .exec(&self.db)
                .await?;
        }
        let rows = failed.iter().flat_map(|(user, failed)| failed.iter().map(move |failed| (user, failed)));
        let rows: Vec<_> = rows
            .map(|(user, (group, refusal))| license_failure::ActiveModel {
                user: Set(user.0),
                group: Set(group.0),
                tenant: Set(tenant.0),
                code: Set(refusal.code().to_owned()),
                message: Set(refusal.to_string()),
                fix: Set(refusal.fix()),
            })
            .collect();
        for part in rows.chunks(NAMED_MAX) {
            license_failure::Entity::insert_many(part.to_vec()).exec_without_returning(&self.db).await?;
        }
        Ok(())
    }

    /// The licenses of all members of a group are to be told again.
    pub async fn queue_members(&mut self, tenant: TenantId, group: GroupId) -> Result<(), WriteError> {
        let members = group_member::Entity::find()
            .filter(group_member::Column::Tenant.eq(tenant.0))
            .filter(group_member::Column::Group.eq(group.0))
            .select_only()
            .column(group_member::Column::User)
            .column(group_member::Column::Tenant);
        self.queue(members.into_query()).await?;
        Ok(self.touch_group(group).await?)
    }

    /// The licenses of all whom a group can't give its plans are to be told again: all of the tenant, or those to whom
    /// it was said with this code.
    pub async fn queue_failed(&mut self, tenant: TenantId, code: Option<&str>) -> Result<(), WriteError> {
        let mut failed = license_failure::Entity::find()
            .filter(license_failure::Column::Tenant.eq(tenant.0))
            .select_only()
            .column(license_failure::Column::User)
            .column(license_failure::Column::Tenant)
            .distinct();
        if let Some(code) = code {
            failed = failed.filter(license_failure::Column::Code.eq(code));
        }
        self.queue(failed.into_query()).await
    }

    /// The licenses of all who hold one of these plans, or are given one directly, are to be told again.
    pub async fn queue_of_plans(&mut self, tenant: TenantId, plans: &BTreeSet<PartNumber>) -> Result<(), WriteError> {
        let plans = || plans.iter().map(|plan| plan.0.as_str());
        let holders = license::Entity::find()
            .filter(license::Column::Tenant.eq(tenant.0))
            .filter(license::Column::Plan.is_in(plans()))
            .select_only()
            .column(license::Column::User)
            .column(license::Column::Tenant)
            .distinct();
        self.queue(holders.into_query()).await?;
        let given = direct_license::Entity::find()
            .filter(direct_license::Column::Tenant.eq(tenant.0))
            .filter(direct_license::Column::Plan.is_in(plans()))
            .select_only()
            .column(direct_license::Column::User)
            .column(direct_license::Column::Tenant)
            .distinct();
        self.queue(given.into_query()).await
    }

    /// Whether anybody holds one of these plans.
    pub async fn is_any_held(&self, tenant: TenantId, plans: &BTreeSet<PartNumber>) -> Result<bool, StoreError> {
        let held = license::Entity::find()
            .filter(license::Column::Tenant.eq(tenant.0))
            .filter(license::Column::Plan.is_in(plans.iter().map(|plan| plan.0.as_str())))
            .limit(1);
        Ok(held.one(&self.db).await?.is_some())
    }

    /// The licenses of these people are to be told again.
    pub async fn queue_people(&mut self, tenant: TenantId, users: &BTreeSet<UserId>) -> Result<(), WriteError> {
        let rows: Vec<_> = users
            .iter()
            .map(|user| license_backlog::ActiveModel { user: Set(user.0), tenant: Set(tenant.0) })
            .collect();
        for part in rows.chunks(NAMED_MAX) {
            let same = OnConflict::column(license_backlog::Column::User).do_nothing().to_owned();
            let noting = license_backlog::Entity::insert_many(part.to_vec()).on_conflict(same);
            noting.exec_without_returning(&self.db).await?;
        }
        Ok(())
    }

    /// Takes some people whose licenses are to be told again.
    pub async fn take_backlog(&mut self, tenant: TenantId, limit: u64) -> Result<Vec<UserId>, WriteError> {
        let first = license_backlog::Entity::find()
            .filter(license_backlog::Column::Tenant.eq(tenant.0))
            .order_by_asc(license_backlog::Column::User)
            .limit(limit)
            .all(&self.db)
            .await?;
        let ids: Vec<_> = first.iter().map(|row| row.user).collect();
        license_backlog::Entity::delete_many()
            .filter(license_backlog::Column::User.is_in(ids.clone()))
            .exec(&self.db)
            .await?;
        Ok(ids.into_iter().map(UserId).collect())
    }

    async fn queue(&mut self, people: SelectStatement) -> Result<(), WriteError> {
        let mut statement = Query::insert();
        statement
            .into_table(license_backlog::Entity)
            .columns([license_backlog::Column::User, license_backlog::Column::Tenant]);
        statement
            .select_from(people)
            .map_err(|error| StoreError::Database(sea_orm::DbErr::Custom(error.to_string())))?
            .on_conflict(OnConflict::column(license_backlog::Column::User).do_nothing().to_owned());
        self.db.execute(&statement).await?;
        Ok(())
    }
}

async fn wanted<C: ConnectionTrait>(db: &C, tenant: TenantId, user: UserId) -> Result<Wanted, StoreError> {
    let direct = direct_license::Entity::find()
        .filter(direct_license::Column::Tenant.eq(tenant.0))
        .filter(direct_license::Column::User.eq(user.0))
        .all(db)
        .await?;
    let groups = group_member::Entity::find()
        .filter(group_member::Column::Tenant.eq(tenant.0))
        .filter(group_member::Column::User.eq(user.0))
        .select_only()
        .column(group_member::Column::Group)
        .into_query();
    let of_groups = group_license::Entity::find().filter(group_license::Column::Group.in_subquery(groups));
    Ok(Wanted {
        direct: direct.into_iter().map(|row| PartNumber(row.plan)).collect(),
        by_group: plans(of_groups.all(db).await?),
    })
}

fn plans(rows: Vec<group_license::Model>) -> BTreeMap<GroupId, BTreeSet<PartNumber>> {
    let mut plans: BTreeMap<GroupId, BTreeSet<PartNumber>> = BTreeMap::new();
    for row in rows {
        plans.entry(GroupId(row.group)).or_default().insert(PartNumber(row.plan));
    }
    plans
}

impl From<license_failure::Model> for LicenseFailure {
    fn from(row: license_failure::Model) -> Self {
        Self { user: UserId(row.user), group: GroupId(row.group), code: row.code, message: row.message, fix: row.fix }
    }
}
