//! How far groups are with giving their licenses.

use std::collections::BTreeMap;

use phone::id::{GroupId, TenantId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
};
use uuid::Uuid;

use crate::database::Store;
use crate::entity::group::{Column, Entity};
use crate::entity::{group_member, license_backlog, license_failure};
use crate::error::StoreError;
use crate::tx::Version;

/// How far a group's licenses are. Who is in none of the parts has what the group gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupProgress {
    /// The version of the group: one that is the same tells of the same members, who were given the same anew.
    pub version: Version,
    pub n_members: u64,
    /// Members whose licenses are yet to be told again.
    pub n_waiting: u64,
    /// Members to whom the group can't give its plans, and who do not wait.
    pub n_failed: u64,
}

/// How many people of a group something is said of.
#[derive(FromQueryResult)]
struct Counted {
    group: Uuid,
    n_people: i64,
}

impl Store {
    /// The versions of some groups.
    pub async fn versions_of_groups(
        &self,
        tenant: TenantId,
        groups: &[GroupId],
    ) -> Result<BTreeMap<GroupId, Version>, StoreError> {
        let some = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Id.is_in(ids(groups)));
        let some = some.select_only().column(Column::Id).column(Column::Version);
        let rows: Vec<(Uuid, Version)> = some.into_tuple().all(&self.reader).await?;
        Ok(rows.into_iter().map(|(id, version)| (GroupId(id), version)).collect())
    }

    /// How far the licenses of some groups are, all of it as of one moment: a member who is counted as one, but not yet
    /// as one who waits, would seem to have everything.
    pub async fn progress_of_groups(
        &self,
        tenant: TenantId,
        groups: &[GroupId],
    ) -> Result<BTreeMap<GroupId, GroupProgress>, StoreError> {
        let db = self.snapshot().await?;
        let some = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Id.is_in(ids(groups)));
        let mut progress: BTreeMap<GroupId, GroupProgress> = BTreeMap::new();
        for row in some.all(&db).await? {
            let n_members = u64::try_from(row.n_members).unwrap_or_default();
            let begun = GroupProgress { version: row.version, n_members, ..GroupProgress::default() };
            progress.insert(GroupId(row.id), begun);
        }
        // Most of the time nobody waits, and then nobody's membership need be looked at.
        let is_busy = has_backlog(&db, tenant).await?;
        for (group, n_failed) in failed(&db, tenant, groups, is_busy).await? {
            progress.entry(group).or_default().n_failed = n_failed;
        }
        if is_busy {
            for (group, n_waiting) in waiting(&db, tenant, groups).await? {
                progress.entry(group).or_default().n_waiting = n_waiting;
            }
        }
        db.rollback().await?;
        Ok(progress)
    }

    /// Whether licenses of anybody are to be told again.
    pub async fn has_license_backlog(&self, tenant: TenantId) -> Result<bool, StoreError> {
        has_backlog(&self.reader, tenant).await
    }
}

async fn has_backlog<C: ConnectionTrait>(db: &C, tenant: TenantId) -> Result<bool, StoreError> {
    let backlog = license_backlog::Entity::find().filter(license_backlog::Column::Tenant.eq(tenant.0));
    Ok(backlog.one(db).await?.is_some())
}

async fn failed<C: ConnectionTrait>(
    db: &C,
    tenant: TenantId,
    groups: &[GroupId],
    is_busy: bool,
) -> Result<Vec<(GroupId, u64)>, StoreError> {
    let mut failed = license_failure::Entity::find()
        .filter(license_failure::Column::Tenant.eq(tenant.0))
        .filter(license_failure::Column::Group.is_in(ids(groups)));
    if is_busy {
        failed = failed.filter(license_failure::Column::User.not_in_subquery(who_waits(tenant)));
    }
    let counted = failed
        .select_only()
        .column(license_failure::Column::Group)
        .column_as(license_failure::Column::User.count(), "n_people")
        .group_by(license_failure::Column::Group);
    Ok(counts(counted.into_model::<Counted>().all(db).await?))
}

async fn waiting<C: ConnectionTrait>(
    db: &C,
    tenant: TenantId,
    groups: &[GroupId],
) -> Result<Vec<(GroupId, u64)>, StoreError> {
    let counted = group_member::Entity::find()
        .filter(group_member::Column::Tenant.eq(tenant.0))
        .filter(group_member::Column::Group.is_in(ids(groups)))
        .filter(group_member::Column::User.in_subquery(who_waits(tenant)))
        .select_only()
        .column(group_member::Column::Group)
        .column_as(group_member::Column::User.count(), "n_people")
        .group_by(group_member::Column::Group);
    Ok(counts(counted.into_model::<Counted>().all(db).await?))
}

fn who_waits(tenant: TenantId) -> sea_orm::sea_query::SelectStatement {
    let backlog = license_backlog::Entity::find().filter(license_backlog::Column::Tenant.eq(tenant.0));
    backlog.select_only().column(license_backlog::Column::User).into_query()
}

fn counts(rows: Vec<Counted>) -> Vec<(GroupId, u64)> {
    rows.into_iter().map(|row| (GroupId(row.group), u64::try_from(row.n_people).unwrap_or_default())).collect()
}

fn ids(groups: &[GroupId]) -> Vec<Uuid> {
    groups.iter().map(|group| group.0).collect()
}
