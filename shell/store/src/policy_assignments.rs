//! Who is given a policy. One of each type for a user, a group, a number and a site; groups have an order.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::id::{GroupId, PolicyId, SiteId, TenantId, UserId};
use phone::numbers::E164;
use phone::policies::effective::{Assigned, Rank};
use phone::policies::types::HolderKind;
use phone::policies::{Policy, PolicyType};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::database::Store;
use crate::entity::policy_assignment::{ActiveModel, Column, Entity, Model};
use crate::entity::{group, group_member, number, site, user};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::policies::object;
use crate::tx::{Change, Tx, timestamp};

/// Rows in one statement; SQLite takes at most 32,766 values, and each has thirteen.
const ROWS_MAX: usize = 1_000;

/// Who is given a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyHolder {
    pub kind: HolderKind,
    /// The id of the user, group or site, or the number.
    pub id: String,
    pub name: String,
    /// Of a user.
    pub extension: Option<String>,
    /// Of a group.
    pub rank: Option<Rank>,
    pub at: Timestamp,
    pub by: String,
    pub origin: Origin,
}

/// How a policy was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// To one.
    #[default]
    Single,
    /// To several at once.
    Batch,
    /// With a package: its id, or the word of one that comes with the program.
    Package(String),
}

impl Store {
    /// Who is given a policy, the first first.
    pub async fn policy_holders(
        &self,
        tenant: TenantId,
        policy: PolicyId,
        holder: Option<HolderKind>,
        paging: &Paging,
    ) -> Result<Page<PolicyHolder>, StoreError> {
        let mut of_policy = of_policy(tenant, policy);
        if let Some(holder) = holder {
            of_policy = of_policy.filter(column_of(holder).is_not_null());
        }
        let rows = paged(of_policy, Column::At, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Integer(row.at), id: row.id };
        let page = page_of(rows, paging, cursor);
        self.named_holders(page).await
    }

    /// Who is given policies of several types, the first first.
    pub(crate) async fn holders_with_types(
        &self,
        given: sea_orm::Select<Entity>,
        paging: &Paging,
    ) -> Result<Page<(PolicyType, PolicyHolder)>, StoreError> {
        let rows = paged(given, Column::At, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Integer(row.at), id: row.id };
        let page = page_of(rows, paging, cursor);
        let kinds: Vec<Option<PolicyType>> = page.items.iter().map(|row| PolicyType::parse(&row.kind)).collect();
        let Page { items, next } = self.named_holders(page).await?;
        let items = kinds.into_iter().zip(items).filter_map(|(kind, holder)| Some((kind?, holder))).collect();
        Ok(Page { items, next })
    }

    /// Rows with the names of who is in them.
    async fn named_holders(&self, page: Page<Model>) -> Result<Page<PolicyHolder>, StoreError> {
        let people = user::Entity::find().filter(user::Column::Id.is_in(page.items.iter().filter_map(|row| row.user)));
        let people = people.all(&self.reader).await?.into_iter();
        let people: BTreeMap<Uuid, _> = people.map(|row| (row.id, (row.display_name, row.extension))).collect();
        let groups =
            group::Entity::find().filter(group::Column::Id.is_in(page.items.iter().filter_map(|row| row.group)));
        let groups = groups.all(&self.reader).await?;
        let groups: BTreeMap<Uuid, String> = groups.into_iter().map(|row| (row.id, row.name)).collect();
        let numbers =
            number::Entity::find().filter(number::Column::Id.is_in(page.items.iter().filter_map(|row| row.number)));
        let numbers = numbers.all(&self.reader).await?;
        let numbers: BTreeMap<Uuid, String> = numbers.into_iter().map(|row| (row.id, row.number)).collect();
        let sites = site::Entity::find().filter(site::Column::Id.is_in(page.items.iter().filter_map(|row| row.site)));
        let sites = sites.all(&self.reader).await?;
        let sites: BTreeMap<Uuid, String> = sites.into_iter().map(|row| (row.id, row.name)).collect();
        Ok(page.map(|row| {
            let (at, by, origin) = (timestamp(row.at), row.by.clone(), Origin::of(&row));
            let holder =
                |kind, id, name, extension, rank| PolicyHolder { kind, id, name, extension, rank, at, by, origin };
            match (row.user, row.group, row.site, row.number) {
                (Some(user), _, _, _) => {
                    let (name, extension) = people.get(&user).cloned().unwrap_or_default();
                    holder(HolderKind::User, user.to_string(), name, Some(extension), None)
                }
                (None, Some(group), _, _) => {
                    let name = groups.get(&group).cloned().unwrap_or_default();
                    holder(HolderKind::Group, group.to_string(), name, None, rank(row.rank))
                }
                (None, None, Some(site), _) => {
                    let name = sites.get(&site).cloned().unwrap_or_default();
                    holder(HolderKind::Site, site.to_string(), name, None, None)
                }
                (None, None, None, of_number) => {
                    let number = of_number.and_then(|id| numbers.get(&id)).cloned().unwrap_or_default();
                    holder(HolderKind::Number, number.clone(), number, None, None)
                }
            }
        }))
    }

    /// How many are given a policy.
    pub async fn n_policy_holders(&self, tenant: TenantId, policy: PolicyId) -> Result<u64, StoreError> {
        Ok(of_policy(tenant, policy).count(&self.reader).await?)
    }

    /// All that is assigned to a person, to groups that the person is in, to the number that is used, and to the site
    /// where the phone is.
    pub async fn policies_assigned(
        &self,
        tenant: TenantId,
        person: UserId,
        used: Option<E164>,
        site: Option<SiteId>,
    ) -> Result<BTreeMap<PolicyType, Assigned>, StoreError> {
        let groups = group_member::Entity::find()
            .filter(group_member::Column::User.eq(person.0))
            .select_only()
            .column(group_member::Column::Group)
            .into_query();
        let mut any = Condition::any().add(Column::User.eq(person.0)).add(Column::Group.in_subquery(groups));
        if let Some(used) = used {
            let id = number::Entity::find()
                .filter(number::Column::Tenant.eq(tenant.0))
                .filter(number::Column::Number.eq(used.to_string()))
                .select_only()
                .column(number::Column::Id)
                .into_query();
            any = any.add(Column::Number.in_subquery(id));
        }
        if let Some(site) = site {
            any = any.add(Column::Site.eq(site.0));
        }
        let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(any).all(&self.reader).await?;
        let mut assigned: BTreeMap<PolicyType, Assigned> = BTreeMap::new();
        for row in rows {
            let Some(kind) = PolicyType::parse(&row.kind) else { continue };
            let (of_type, policy) = (assigned.entry(kind).or_default(), PolicyId(row.policy));
            match (row.user, row.group, row.site) {
                (Some(_), _, _) => of_type.direct = Some(policy),
                (None, Some(group), _) => {
                    of_type.groups.push((GroupId(group), rank(row.rank).unwrap_or(Rank(u32::MAX)), policy));
                }
                (None, None, Some(_)) => of_type.site = Some(policy),
                (None, None, None) => of_type.number = used.map(|used| (used, policy)),
            }
        }
        Ok(assigned)
    }

    /// Types of which a site has a policy.
    pub async fn policy_types_of_site(&self, tenant: TenantId, site: SiteId) -> Result<Vec<PolicyType>, StoreError> {
        let of_site = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Site.eq(site.0));
        let rows = of_site.all(&self.reader).await?;
        Ok(rows.iter().filter_map(|row| PolicyType::parse(&row.kind)).collect())
    }

    /// Types of which a group has a policy.
    pub async fn policy_types_of_group(&self, tenant: TenantId, group: GroupId) -> Result<Vec<PolicyType>, StoreError> {
        let of_group = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Group.eq(group.0));
        let rows = of_group.all(&self.reader).await?;
        Ok(rows.iter().filter_map(|row| PolicyType::parse(&row.kind)).collect())
    }
}

impl Tx {
    /// Gives people a policy, in place of another of its type.
    pub async fn assign_policy_to_people(
        &mut self,
        tenant: TenantId,
        policy: &Policy,
        people: &BTreeSet<UserId>,
    ) -> Result<(), WriteError> {
        self.assign_policy_to_people_by(tenant, policy, people, &Origin::of_several(people.len())).await
    }

    /// The same, and how it came about.
    pub async fn assign_policy_to_people_by(
        &mut self,
        tenant: TenantId,
        policy: &Policy,
        people: &BTreeSet<UserId>,
        origin: &Origin,
    ) -> Result<(), WriteError> {
        let row = |user: &UserId| ActiveModel { user: Set(Some(user.0)), ..self.row(tenant, policy, origin) };
        self.assign(people.iter().map(row).collect(), Column::User).await?;
        self.note_holders(tenant, policy, "assign", &json!({ "users": people })).await
    }

    /// Gives numbers a policy, in place of another of its type. Numbers that the tenant does not have are returned, and
    /// nothing is done.
    pub async fn assign_policy_to_numbers(
        &mut self,
        tenant: TenantId,
        policy: &Policy,
        numbers: &BTreeSet<E164>,
    ) -> Result<Vec<E164>, WriteError> {
        let (ids, missing) = self.number_ids(tenant, numbers).await?;
        if missing.is_empty() {
            let origin = Origin::of_several(ids.len());
            let row = |id: &Uuid| ActiveModel { number: Set(Some(*id)), ..self.row(tenant, policy, &origin) };
            self.assign(ids.values().map(row).collect(), Column::Number).await?;
            self.note_holders(tenant, policy, "assign", &json!({ "numbers": numbers })).await?;
        }
        Ok(missing)
    }

    /// Gives sites a policy, in place of another of its type.
    pub async fn assign_policy_to_sites(
        &mut self,
        tenant: TenantId,
        policy: &Policy,
        sites: &BTreeSet<SiteId>,
    ) -> Result<(), WriteError> {
        let origin = Origin::of_several(sites.len());
        let row = |site: &SiteId| ActiveModel { site: Set(Some(site.0)), ..self.row(tenant, policy, &origin) };
        self.assign(sites.iter().map(row).collect(), Column::Site).await?;
        self.note_holders(tenant, policy, "assign", &json!({ "sites": sites })).await
    }

    /// The groups that policies of one type are assigned to, in their order.
    pub async fn ranked_groups(&self, tenant: TenantId, kind: PolicyType) -> Result<Vec<GroupId>, StoreError> {
        let rows = of_groups(tenant, kind).all(&self.db).await?;
        Ok(rows.iter().filter_map(|row| row.group.map(GroupId)).collect())
    }

    /// Gives a group a policy, in place of another of its type, and all groups their places.
    pub async fn assign_policy_to_group(
        &mut self,
        tenant: TenantId,
        policy: &Policy,
        given: GroupId,
        ranked: &[GroupId],
    ) -> Result<(), WriteError> {
        self.assign_policy_to_group_by(tenant, policy, given, ranked, &Origin::Single).await
    }

    /// The same, and how it came about.
    pub async fn assign_policy_to_group_by(
        &mut self,
        tenant: TenantId,
        policy: &Policy,
        given: GroupId,
        ranked: &[GroupId],
        origin: &Origin,
    ) -> Result<(), WriteError> {
        let row = ActiveModel { group: Set(Some(given.0)), ..self.row(tenant, policy, origin) };
        self.assign(vec![row], Column::Group).await?;
        self.rank(tenant, policy.kind(), ranked).await?;
        let place = ranked.iter().position(|group| *group == given).map(|at| at.saturating_add(1));
        self.note_holders(tenant, policy, "assign", &json!({ "group": given, "rank": place })).await
    }

    /// Takes a policy from those of these who have it. How many had it.
    pub async fn unassign_policy(
        &mut self,
        tenant: TenantId,
        policy: &Policy,
        people: &BTreeSet<UserId>,
        groups: &BTreeSet<GroupId>,
        numbers: &BTreeSet<E164>,
        sites: &BTreeSet<SiteId>,
    ) -> Result<u64, WriteError> {
        let Some(id) = policy.id else { return Ok(0) };
        let (number_ids, _) = self.number_ids(tenant, numbers).await?;
        let holders = [
            (Column::User, people.iter().map(|user| user.0).collect::<Vec<_>>()),
            (Column::Group, groups.iter().map(|group| group.0).collect()),
            (Column::Number, number_ids.values().copied().collect()),
            (Column::Site, sites.iter().map(|site| site.0).collect()),
        ];
        let mut had: BTreeSet<Uuid> = BTreeSet::new();
        for (column, ids) in holders {
            for part in ids.chunks(ROWS_MAX) {
                let of_part = Condition::all()
                    .add(Column::Tenant.eq(tenant.0))
                    .add(Column::Policy.eq(id.0))
                    .add(column.is_in(part.to_vec()));
                for row in Entity::find().filter(of_part.clone()).all(&self.db).await? {
                    had.extend(row.user.or(row.group).or(row.number).or(row.site));
                }
                Entity::delete_many().filter(of_part).exec(&self.db).await?;
            }
        }
        if !had.is_empty() {
            self.rank_anew(tenant, policy.kind()).await?;
            let people: Vec<&UserId> = people.iter().filter(|user| had.contains(&user.0)).collect();
            let groups: Vec<&GroupId> = groups.iter().filter(|group| had.contains(&group.0)).collect();
            let numbers = number_ids.iter().filter(|(_, id)| had.contains(*id)).map(|(number, _)| number);
            let mut from = json!({ "users": people, "groups": groups, "numbers": numbers.collect::<Vec<_>>() });
            let sites: Vec<&SiteId> = sites.iter().filter(|site| had.contains(&site.0)).collect();
            if !sites.is_empty() {
                from["sites"] = json!(sites);
            }
            self.note_holders(tenant, policy, "unassign", &from).await?;
        }
        Ok(u64::try_from(had.len()).unwrap_or(u64::MAX))
    }

    /// What everybody's row has of a policy.
    fn row(&self, tenant: TenantId, policy: &Policy, origin: &Origin) -> ActiveModel {
        ActiveModel {
            id: Set(Uuid::now_v7()),
            tenant: Set(tenant.0),
            kind: Set(policy.kind().as_str().to_owned()),
            policy: Set(policy.id.map_or_else(Uuid::nil, |id| id.0)),
            user: Set(None),
            group: Set(None),
            number: Set(None),
            site: Set(None),
            rank: Set(None),
            at: Set(self.at.as_millisecond()),
            by: Set(self.actor.to_string()),
            source: Set(origin.as_str().to_owned()),
            package: Set(origin.package().map(str::to_owned)),
        }
    }

    async fn assign(&self, rows: Vec<ActiveModel>, holder: Column) -> Result<(), WriteError> {
        let replacing = OnConflict::columns([holder, Column::Kind])
            .update_columns([Column::Policy, Column::At, Column::By, Column::Source, Column::Package])
            .to_owned();
        for part in rows.chunks(ROWS_MAX) {
            let giving = Entity::insert_many(part.to_vec()).on_conflict(replacing.clone());
            giving.exec_without_returning(&self.db).await?;
        }
        Ok(())
    }

    /// Writes the places that changed.
    async fn rank(&self, tenant: TenantId, kind: PolicyType, ranked: &[GroupId]) -> Result<(), WriteError> {
        let rows = of_groups(tenant, kind).all(&self.db).await?;
        let known: BTreeMap<Uuid, Option<i64>> =
            rows.into_iter().filter_map(|row| Some((row.group?, row.rank))).collect();
        for (place, group) in (1_i64..).zip(ranked) {
            if known.get(&group.0) == Some(&Some(place)) {
                continue;
            }
            let moving = Entity::update_many()
                .col_expr(Column::Rank, Expr::value(place))
                .filter(Column::Group.eq(group.0))
                .filter(Column::Kind.eq(kind.as_str()));
            moving.exec(&self.db).await?;
        }
        Ok(())
    }

    /// The ids of numbers, and those that the tenant does not have.
    async fn number_ids(
        &self,
        tenant: TenantId,
        numbers: &BTreeSet<E164>,
    ) -> Result<(BTreeMap<String, Uuid>, Vec<E164>), StoreError> {
        let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let mut found = BTreeMap::new();
        for part in texts.chunks(ROWS_MAX) {
            let rows = number::Entity::find()
                .filter(number::Column::Tenant.eq(tenant.0))
                .filter(number::Column::Number.is_in(part.to_vec()));
            found.extend(rows.all(&self.db).await?.into_iter().map(|row| (row.number, row.id)));
        }
        let missing = numbers.iter().filter(|number| !found.contains_key(&number.to_string())).copied().collect();
        Ok((found, missing))
    }

    pub(crate) async fn rank_anew(&mut self, tenant: TenantId, kind: PolicyType) -> Result<(), WriteError> {
        let ranked = self.ranked_groups(tenant, kind).await?;
        self.rank(tenant, kind, &ranked).await
    }

    pub(crate) async fn note_holders(
        &mut self,
        tenant: TenantId,
        policy: &Policy,
        action: &'static str,
        holders: &Value,
    ) -> Result<(), WriteError> {
        let told = json!({ "type": policy.kind().as_str(), "name": policy.name, "holders": holders });
        let (before, after) = if action == "unassign" { (Some(&told), None) } else { (None, Some(&told)) };
        let object = object(policy);
        Ok(self.note(Change { tenant: Some(tenant), noun: Noun::Policy, object, action, before, after }).await?)
    }
}

fn of_policy(tenant: TenantId, policy: PolicyId) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Policy.eq(policy.0))
}

/// Groups of one type in their order; one that was just added comes last.
fn of_groups(tenant: TenantId, kind: PolicyType) -> sea_orm::Select<Entity> {
    Entity::find()
        .filter(Column::Tenant.eq(tenant.0))
        .filter(Column::Kind.eq(kind.as_str()))
        .filter(Column::Group.is_not_null())
        .order_by_asc(Column::Rank)
        .order_by_asc(Column::Id)
}

fn column_of(holder: HolderKind) -> Column {
    match holder {
        HolderKind::Group => Column::Group,
        HolderKind::Number => Column::Number,
        HolderKind::Site => Column::Site,
        HolderKind::User => Column::User,
    }
}

impl Origin {
    fn of_several(n_holders: usize) -> Self {
        if n_holders == 1 { Self::Single } else { Self::Batch }
    }

    fn of(row: &Model) -> Self {
        match (&row.package, row.source.as_str()) {
            (Some(package), _) => Self::Package(package.clone()),
            (None, "batch") => Self::Batch,
            (None, _) => Self::Single,
        }
    }

    /// Its word in the API.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Batch => "batch",
            Self::Package(_) => "package",
        }
    }

    /// The package, if it was one.
    pub fn package(&self) -> Option<&str> {
        match self {
            Self::Package(package) => Some(package),
            Self::Single | Self::Batch => None,
        }
    }
}

pub(crate) fn rank(rank: Option<i64>) -> Option<Rank> {
    Some(Rank(u32::try_from(rank?).unwrap_or(u32::MAX)))
}
