//! Who was given packages of policies, and what many people are assigned at once.

use std::collections::{BTreeMap, BTreeSet};

use phone::id::{GroupId, PolicyId, SiteId, TenantId, UserId};
use phone::policies::effective::{Assigned, Rank};
use phone::policies::{Policy, PolicyType};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::Value;
use uuid::Uuid;

use crate::database::Store;
use crate::entity::group_member;
use crate::entity::policy_assignment::{Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Page, Paging};
use crate::policies::{PolicyKey, object};
use crate::policy_assignments::{PolicyHolder, rank};
use crate::tx::{Change, Tx};

/// Ids in one statement.
const IDS_MAX: usize = 1_000;

/// Policies of one type that people are given by themselves, and who.
pub type Direct = BTreeMap<PolicyId, BTreeSet<UserId>>;

impl Store {
    /// What is assigned to people, to groups that they are in, and to the sites where they work, of some types.
    pub async fn policies_assigned_to(
        &self,
        tenant: TenantId,
        people: &[(UserId, Option<SiteId>)],
        kinds: &[PolicyType],
    ) -> Result<BTreeMap<UserId, BTreeMap<PolicyType, Assigned>>, StoreError> {
        let of_kinds = || {
            let words = kinds.iter().map(|kind| kind.as_str());
            Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Kind.is_in(words))
        };
        let shared = Condition::any().add(Column::Group.is_not_null()).add(Column::Site.is_not_null());
        let (mut of_groups, mut of_sites) = (BTreeMap::<GroupId, Vec<_>>::new(), BTreeMap::<SiteId, Vec<_>>::new());
        for row in of_kinds().filter(shared).all(&self.reader).await? {
            let Some(kind) = PolicyType::parse(&row.kind) else { continue };
            let policy = PolicyId(row.policy);
            if let Some(group) = row.group {
                let rank = rank(row.rank).unwrap_or(Rank(u32::MAX));
                of_groups.entry(GroupId(group)).or_default().push((kind, rank, policy));
            } else if let Some(site) = row.site {
                of_sites.entry(SiteId(site)).or_default().push((kind, policy));
            }
        }
        let mut all: BTreeMap<UserId, BTreeMap<PolicyType, Assigned>> = BTreeMap::new();
        for (person, site) in people {
            let own = all.entry(*person).or_default();
            for (kind, policy) in site.and_then(|site| of_sites.get(&site)).into_iter().flatten() {
                own.entry(*kind).or_default().site = Some(*policy);
            }
        }
        for part in people.chunks(IDS_MAX) {
            let ids: Vec<Uuid> = part.iter().map(|(person, _)| person.0).collect();
            for row in of_kinds().filter(Column::User.is_in(ids.clone())).all(&self.reader).await? {
                let (Some(person), Some(kind)) = (row.user, PolicyType::parse(&row.kind)) else { continue };
                all.entry(UserId(person)).or_default().entry(kind).or_default().direct = Some(PolicyId(row.policy));
            }
            if of_groups.is_empty() {
                continue;
            }
            let memberships = group_member::Entity::find()
                .filter(group_member::Column::Tenant.eq(tenant.0))
                .filter(group_member::Column::User.is_in(ids));
            for row in memberships.all(&self.reader).await? {
                let (group, own) = (GroupId(row.group), all.entry(UserId(row.user)).or_default());
                for (kind, rank, policy) in of_groups.get(&group).into_iter().flatten() {
                    own.entry(*kind).or_default().groups.push((group, *rank, *policy));
                }
            }
        }
        Ok(all)
    }

    /// How many assignments remember a package.
    pub async fn n_package_holders(&self, tenant: TenantId, package: &str) -> Result<u64, StoreError> {
        Ok(of_package(tenant, package).count(&self.reader).await?)
    }

    /// Who was given the policies of a package, the first first.
    pub async fn package_holders(
        &self,
        tenant: TenantId,
        package: &str,
        paging: &Paging,
    ) -> Result<Page<(PolicyType, PolicyHolder)>, StoreError> {
        self.holders_with_types(of_package(tenant, package), paging).await
    }
}

impl Tx {
    /// The policies that people are given by themselves, of some types, as of this change.
    pub async fn direct_policies(
        &self,
        tenant: TenantId,
        people: &BTreeSet<UserId>,
        kinds: &[PolicyType],
    ) -> Result<BTreeMap<PolicyType, Direct>, StoreError> {
        let ids: Vec<Uuid> = people.iter().map(|person| person.0).collect();
        let mut found: BTreeMap<PolicyType, Direct> = BTreeMap::new();
        for part in ids.chunks(IDS_MAX) {
            let rows = Entity::find()
                .filter(Column::Tenant.eq(tenant.0))
                .filter(Column::User.is_in(part.to_vec()))
                .filter(Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())));
            for row in rows.all(&self.db).await? {
                let (Some(person), Some(kind)) = (row.user, PolicyType::parse(&row.kind)) else { continue };
                let of_policy = found.entry(kind).or_default().entry(PolicyId(row.policy)).or_default();
                of_policy.insert(UserId(person));
            }
        }
        Ok(found)
    }

    /// Gives everybody who is given a policy another one of its type. How many.
    pub async fn move_policy(&mut self, tenant: TenantId, from: &Policy, to: &Policy) -> Result<u64, WriteError> {
        let (Some(id), Some(other)) = (from.id, to.id) else { return Ok(0) };
        let of_policy = Condition::all().add(Column::Tenant.eq(tenant.0)).add(Column::Policy.eq(id.0));
        let rows = Entity::find().filter(of_policy.clone()).all(&self.db).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let moving = Entity::update_many()
            .col_expr(Column::Policy, Expr::value(other.0))
            .col_expr(Column::At, Expr::value(self.at.as_millisecond()))
            .col_expr(Column::By, Expr::value(self.actor.to_string()))
            .col_expr(Column::Source, Expr::value("batch"))
            .col_expr(Column::Package, Expr::value(Option::<String>::None))
            .filter(of_policy);
        moving.exec(&self.db).await?;
        let of = |column: fn(&Model) -> Option<Uuid>| rows.iter().filter_map(column).collect::<Vec<Uuid>>();
        let holders = serde_json::json!({
            "users": of(|row| row.user), "groups": of(|row| row.group),
            "numbers": of(|row| row.number), "sites": of(|row| row.site),
        });
        let told = |policy: &Policy| serde_json::json!({ "type": policy.kind().as_str(), "name": policy.name, "holders": holders });
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::Policy,
            object: object(from),
            action: "move",
            before: Some(&told(from)),
            after: Some(&told(to)),
        })
        .await?;
        Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
    }

    /// Takes from people and groups the policies that they were given with a package and still have: how many, by type.
    pub async fn unassign_package(
        &mut self,
        tenant: TenantId,
        package: &str,
        people: &BTreeSet<UserId>,
        groups: &BTreeSet<GroupId>,
    ) -> Result<BTreeMap<PolicyType, u64>, WriteError> {
        let mut rows: Vec<Model> = Vec::new();
        let holders = [
            (Column::User, people.iter().map(|person| person.0).collect::<Vec<_>>()),
            (Column::Group, groups.iter().map(|group| group.0).collect()),
        ];
        for (column, ids) in holders {
            for part in ids.chunks(IDS_MAX) {
                rows.extend(of_package(tenant, package).filter(column.is_in(part.to_vec())).all(&self.db).await?);
            }
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        for part in ids.chunks(IDS_MAX) {
            Entity::delete_many().filter(Column::Id.is_in(part.to_vec())).exec(&self.db).await?;
        }
        let mut of_policies: BTreeMap<(PolicyType, PolicyId), (BTreeSet<UserId>, BTreeSet<GroupId>)> = BTreeMap::new();
        for row in &rows {
            let Some(kind) = PolicyType::parse(&row.kind) else { continue };
            let (people, groups) = of_policies.entry((kind, PolicyId(row.policy))).or_default();
            people.extend(row.user.map(UserId));
            groups.extend(row.group.map(GroupId));
        }
        let mut taken: BTreeMap<PolicyType, u64> = BTreeMap::new();
        for ((kind, id), (people, groups)) in of_policies {
            if !groups.is_empty() {
                self.rank_anew(tenant, kind).await?;
            }
            let n_taken = people.len().saturating_add(groups.len());
            let of_kind = taken.entry(kind).or_default();
            *of_kind = of_kind.saturating_add(u64::try_from(n_taken).unwrap_or(u64::MAX));
            if let Some(policy) = self.policy(tenant, kind, &PolicyKey::Id(id)).await? {
                let from = serde_json::json!({ "users": people, "groups": groups });
                self.note_holders(tenant, &policy.value, "unassign", &from).await?;
            }
        }
        Ok(taken)
    }

    /// Tells that a package was given or taken: `before` and `after` are what those had by themselves whom it concerns.
    pub async fn note_package(
        &mut self,
        tenant: TenantId,
        package: &str,
        action: &'static str,
        before: &Value,
        after: &Value,
    ) -> Result<(), WriteError> {
        let (before, after) = (Some(before), Some(after));
        let object = package.to_owned();
        let noun = Noun::PolicyPackage;
        Ok(self.note(Change { tenant: Some(tenant), noun, object, action, before, after }).await?)
    }
}

fn of_package(tenant: TenantId, package: &str) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Package.eq(package))
}
