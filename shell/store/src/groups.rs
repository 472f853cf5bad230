//! Groups of people.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use phone::apps::queue::roster::Members;
use phone::id::{GroupId, TenantId, UserId};
use phone::people::Group;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict, SimpleExpr};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QuerySelect as _, QueryTrait as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{Written, check, taken};
use crate::entity::group::{ActiveModel, Column, Entity, Model};
use crate::entity::{group_member, license_failure, user};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged, paged_in_index};
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};
use crate::wanted::NAMED_MAX;

/// Rows in one statement; SQLite takes at most 32,766 values, and each has three.
const ROWS_MAX: usize = 1_000;
/// One who joins with a hundred thousand others is an event that can still be read.
const MEMBERS_PER_EVENT: usize = 100;

#[derive(FromQueryResult)]
struct Named {
    id: Uuid,
    extension: String,
    display_name: String,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: UserId,
    pub extension: String,
    pub display_name: String,
}

impl Store {
    /// Groups of a tenant by name.
    pub async fn groups(&self, tenant: TenantId, paging: &Paging) -> Result<Page<Stored<Group>>, StoreError> {
        let of_tenant = Entity::find().filter(Column::Tenant.eq(tenant.0));
        let rows = paged(of_tenant, Column::Name, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Text(row.name.clone()), id: row.id };
        Ok(page_of(rows, paging, cursor).map(|row| stored(&row)))
    }

    /// One group.
    pub async fn group(&self, tenant: TenantId, id: GroupId) -> Result<Option<Stored<Group>>, StoreError> {
        Ok(find(tenant, id).one(&self.reader).await?.as_ref().map(stored))
    }

    /// Who is in a group, by extension.
    pub async fn group_members(
        &self,
        tenant: TenantId,
        group: GroupId,
        paging: &Paging,
    ) -> Result<Page<Member>, StoreError> {
        let membership = || {
            group_member::Entity::find()
                .filter(group_member::Column::Tenant.eq(tenant.0))
                .filter(group_member::Column::Group.eq(group.0))
                .select_only()
        };
        let first = membership().column(group_member::Column::User).limit(u64::try_from(NAMED_MAX).unwrap_or(u64::MAX));
        let first: Vec<Uuid> = first.into_tuple().all(&self.reader).await?;
        let people = user::Entity::find().filter(user::Column::Tenant.eq(tenant.0));
        let rows = if first.len() < NAMED_MAX {
            // So few are found by their ids and put in order here.
            let rows = people.filter(user::Column::Id.is_in(first)).into_model::<Named>().all(&self.reader).await?;
            part_of(rows, paging)
        } else {
            // Of so many there is one on the way every now and then.
            let same =
                Expr::col((group_member::Entity, group_member::Column::User)).equals((user::Entity, user::Column::Id));
            let is_member = membership().expr(Expr::value(1)).filter(same).into_query();
            let members = people.filter(Expr::exists(is_member));
            paged_in_index(members, user::Column::Extension, user::Column::Id, paging)
                .into_model::<Named>()
                .all(&self.reader)
                .await?
        };
        let cursor = |row: &Named| Cursor { key: CursorKey::Text(row.extension.clone()), id: row.id };
        let member =
            |row: Named| Member { id: UserId(row.id), extension: row.extension, display_name: row.display_name };
        Ok(page_of(rows, paging, cursor).map(member))
    }

    /// The groups of everybody who is in one.
    pub async fn groups_of_people(&self, tenant: TenantId) -> Result<BTreeMap<UserId, BTreeSet<GroupId>>, StoreError> {
        let of_tenant = group_member::Entity::find().filter(group_member::Column::Tenant.eq(tenant.0));
        let mut groups: BTreeMap<UserId, BTreeSet<GroupId>> = BTreeMap::new();
        for row in of_tenant.all(&self.reader).await? {
            groups.entry(UserId(row.user)).or_default().insert(GroupId(row.group));
        }
        Ok(groups)
    }

    /// Who is in these groups of a tenant; those that are gone are not here.
    pub async fn members_of_groups(&self, tenant: TenantId, groups: &BTreeSet<GroupId>) -> Result<Members, StoreError> {
        if groups.is_empty() {
            return Ok(Members::new());
        }
        let mut members: BTreeMap<GroupId, BTreeSet<UserId>> = BTreeMap::new();
        let ids: Vec<Uuid> = groups.iter().map(|group| group.0).collect();
        for ids in ids.chunks(ROWS_MAX) {
            let there = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Id.is_in(ids.to_vec()));
            for row in there.all(&self.reader).await? {
                members.entry(GroupId(row.id)).or_default();
            }
            let people = group_member::Entity::find()
                .filter(group_member::Column::Tenant.eq(tenant.0))
                .filter(group_member::Column::Group.is_in(ids.to_vec()));
            for row in people.all(&self.reader).await? {
                members.entry(GroupId(row.group)).or_default().insert(UserId(row.user));
            }
        }
        Ok(members.into_iter().map(|(group, people)| (group, Arc::new(people))).collect())
    }

    /// The names of all groups.
    pub async fn group_names(&self, tenant: TenantId) -> Result<BTreeMap<GroupId, String>, StoreError> {
        let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).all(&self.reader).await?;
        Ok(rows.into_iter().map(|row| (GroupId(row.id), row.name)).collect())
    }
}

/// The rows of a page and perhaps one more, of rows that are all at hand.
fn part_of(mut rows: Vec<Named>, paging: &Paging) -> Vec<Named> {
    rows.sort_unstable_by(|one, other| (&one.extension, one.id).cmp(&(&other.extension, other.id)));
    if paging.descending {
        rows.reverse();
    }
    let begin = match &paging.after {
        Some(Cursor { key: CursorKey::Text(key), id }) => rows.partition_point(|row| {
            let place = (&row.extension, row.id).cmp(&(key, *id));
            if paging.descending { place.is_ge() } else { place.is_le() }
        }),
        Some(Cursor { key: CursorKey::Integer(_), .. }) | None => 0,
    };
    let limit = usize::try_from(paging.limit).unwrap_or(usize::MAX).saturating_add(1);
    rows.into_iter().skip(begin).take(limit).collect()
}

impl Store {
    /// The groups that a person is in.
    pub async fn groups_of_person(&self, tenant: TenantId, user: UserId) -> Result<BTreeSet<GroupId>, StoreError> {
        let of_user = group_member::Entity::find()
            .filter(group_member::Column::Tenant.eq(tenant.0))
            .filter(group_member::Column::User.eq(user.0));
        Ok(of_user.all(&self.reader).await?.into_iter().map(|row| GroupId(row.group)).collect())
    }
}

fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Tx {
    /// One group as of this change.
    pub async fn group(&self, tenant: TenantId, id: GroupId) -> Result<Option<Stored<Group>>, StoreError> {
        Ok(find(tenant, id).one(&self.db).await?.as_ref().map(stored))
    }

    /// The groups that a person is in, as of this change.
    pub async fn groups_of_user(&self, tenant: TenantId, user: UserId) -> Result<Vec<Group>, StoreError> {
        let ids = group_member::Entity::find()
            .filter(group_member::Column::Tenant.eq(tenant.0))
            .filter(group_member::Column::User.eq(user.0))
            .select_only()
            .column(group_member::Column::Group)
            .into_query();
        let groups = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Id.in_subquery(ids));
        Ok(groups.all(&self.db).await?.iter().map(|row| stored(row).value).collect())
    }

    /// All groups of a tenant, as of this change.
    pub async fn groups(&self, tenant: TenantId) -> Result<Vec<Group>, StoreError> {
        let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).all(&self.db).await?;
        Ok(rows.iter().map(|row| stored(row).value).collect())
    }

    /// Creates or changes a group.
    pub async fn save_group(
        &mut self,
        tenant: TenantId,
        group: &Group,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let before = find(tenant, group.id).one(&self.db).await?.as_ref().map(stored);
        let written = check(before.as_ref(), expected)?;
        let model = ActiveModel {
            id: Set(group.id.0),
            tenant: Set(tenant.0),
            name: Set(group.name.clone()),
            description: Set(group.description.clone()),
            n_members: if before.is_some() { NotSet } else { Set(0) },
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "id"))?;
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::Group,
            object: group.id.to_string(),
            action: written.action(),
            before: before.as_ref().map(|before| &before.value),
            after: Some(group),
        })
        .await?;
        Ok(written.version())
    }

    /// Deletes a group that gives no licenses. Its members stay people.
    pub async fn delete_group(&mut self, tenant: TenantId, id: GroupId, expected: Expected) -> Result<(), WriteError> {
        let before = find(tenant, id).one(&self.db).await?.as_ref().map(stored);
        let Some(before) = before else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        self.forget_scim_name(id.0).await?;
        group_member::Entity::delete_many().filter(group_member::Column::Group.eq(id.0)).exec(&self.db).await?;
        license_failure::Entity::delete_many().filter(license_failure::Column::Group.eq(id.0)).exec(&self.db).await?;
        Entity::delete_by_id(id.0).exec(&self.db).await?;
        self.note(Change::<_, Group> {
            tenant: Some(tenant),
            noun: Noun::Group,
            object: id.to_string(),
            action: "delete",
            before: Some(&before.value),
            after: None,
        })
        .await?;
        Ok(())
    }

    /// Lets people of the tenant into a group. How many were not in it.
    pub async fn join_group(
        &mut self,
        tenant: TenantId,
        group: GroupId,
        users: &BTreeSet<UserId>,
    ) -> Result<u64, WriteError> {
        let rows: Vec<_> = users
            .iter()
            .map(|user| group_member::ActiveModel { group: Set(group.0), user: Set(user.0), tenant: Set(tenant.0) })
            .collect();
        let mut n_joined = 0;
        for part in rows.chunks(ROWS_MAX) {
            let same =
                OnConflict::columns([group_member::Column::Group, group_member::Column::User]).do_nothing().to_owned();
            let joining = group_member::Entity::insert_many(part.to_vec()).on_conflict(same);
            n_joined += joining.exec_without_returning(&self.db).await?;
        }
        if 0 < n_joined {
            self.count_members(Column::Id.eq(group.0), signed(n_joined)).await?;
            self.note_members(tenant, group, "join", users).await?;
        }
        Ok(n_joined)
    }

    /// Lets people out of a group. How many were in it.
    pub async fn leave_group(
        &mut self,
        tenant: TenantId,
        group: GroupId,
        users: &BTreeSet<UserId>,
    ) -> Result<u64, WriteError> {
        let ids: Vec<Uuid> = users.iter().map(|user| user.0).collect();
        let mut n_left = 0;
        for part in ids.chunks(ROWS_MAX) {
            let leaving = group_member::Entity::delete_many()
                .filter(group_member::Column::Tenant.eq(tenant.0))
                .filter(group_member::Column::Group.eq(group.0))
                .filter(group_member::Column::User.is_in(part.to_vec()));
            n_left += leaving.exec(&self.db).await?.rows_affected;
        }
        if 0 < n_left {
            self.count_members(Column::Id.eq(group.0), -signed(n_left)).await?;
            self.note_members(tenant, group, "leave", users).await?;
        }
        Ok(n_left)
    }

    async fn note_members(
        &mut self,
        tenant: TenantId,
        group: GroupId,
        action: &'static str,
        users: &BTreeSet<UserId>,
    ) -> Result<(), StoreError> {
        let users: Vec<&UserId> = users.iter().collect();
        for some in users.chunks(MEMBERS_PER_EVENT) {
            self.note(Change::<(), _> {
                tenant: Some(tenant),
                noun: Noun::Group,
                object: group.to_string(),
                action,
                before: None,
                after: Some(&json!({ "users": some })),
            })
            .await?;
        }
        Ok(())
    }
}

impl Tx {
    /// Lets the groups that a person is in know that the person is in none of them from here on.
    pub(crate) async fn leave_all_groups(&mut self, user: UserId) -> Result<(), StoreError> {
        let of_user = group_member::Column::User.eq(user.0);
        let ids = group_member::Entity::find().filter(of_user.clone()).select_only();
        let ids = ids.column(group_member::Column::Group).into_query();
        self.count_members(Column::Id.in_subquery(ids), -1).await?;
        group_member::Entity::delete_many().filter(of_user).exec(&self.db).await?;
        Ok(())
    }

    /// What a group gives is part of what its version is about, and who is given it anew.
    pub(crate) async fn touch_group(&mut self, group: GroupId) -> Result<(), StoreError> {
        self.count_members(Column::Id.eq(group.0), 0).await
    }

    /// Who is in a group is part of what its version is about.
    async fn count_members(&mut self, which: SimpleExpr, n_more: i64) -> Result<(), StoreError> {
        let bumped = Entity::update_many()
            .col_expr(Column::NMembers, Expr::col(Column::NMembers).add(n_more))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .col_expr(Column::UpdatedAt, Expr::value(self.at.as_millisecond()));
        bumped.filter(which).exec(&self.db).await?;
        Ok(())
    }
}

fn find(tenant: TenantId, id: GroupId) -> sea_orm::Select<Entity> {
    Entity::find_by_id(id.0).filter(Column::Tenant.eq(tenant.0))
}

pub(crate) fn stored(row: &Model) -> Stored<Group> {
    let value = Group { id: GroupId(row.id), name: row.name.clone(), description: row.description.clone() };
    Stored { value, version: row.version, created_at: timestamp(row.created_at), updated_at: timestamp(row.updated_at) }
}
