//! What a directory elsewhere calls people and groups, so that it finds again what it brought.

use std::collections::BTreeMap;

use phone::id::{GroupId, TenantId, UserId};
use phone::people::Group;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::database::Store;
use crate::documents::taken;
use crate::entity::scim_resource::{ActiveModel, Column, Entity, Model};
use crate::entity::{group, group_member, user};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::groups::stored;
use crate::tx::{Change, Stored, Tx};
use crate::wanted::NAMED_MAX;

/// What is called by a name elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScimKind {
    Group,
    User,
}

/// What a directory elsewhere calls an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScimName {
    /// A person's `userName`; groups have none.
    pub name: Option<String>,
    pub external_id: Option<String>,
}

impl ScimKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::User => "user",
        }
    }

    fn noun(self) -> Noun {
        match self {
            Self::Group => Noun::Group,
            Self::User => Noun::User,
        }
    }
}

impl Store {
    /// What these objects are called, where anybody said so.
    pub async fn scim_names(&self, tenant: TenantId, objects: &[Uuid]) -> Result<BTreeMap<Uuid, ScimName>, StoreError> {
        let mut names = BTreeMap::new();
        for part in objects.chunks(NAMED_MAX) {
            let named =
                Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Object.is_in(part.iter().copied()));
            names.extend(named.all(&self.reader).await?.into_iter().map(|row| (row.object, called(row))));
        }
        Ok(names)
    }

    /// The person with this `userName`, whatever its capital letters.
    pub async fn user_by_scim_name(&self, tenant: TenantId, name: &str) -> Result<Option<UserId>, StoreError> {
        by_name(&self.reader, tenant, name).await
    }

    /// Objects with this external id.
    pub async fn by_external_id(&self, tenant: TenantId, kind: ScimKind, id: &str) -> Result<Vec<Uuid>, StoreError> {
        let found = Entity::find()
            .filter(Column::Tenant.eq(tenant.0))
            .filter(Column::Kind.eq(kind.as_str()))
            .filter(Column::ExternalId.eq(id))
            .order_by_asc(Column::Object);
        Ok(found.all(&self.reader).await?.into_iter().map(|row| row.object).collect())
    }

    /// All people by extension.
    pub async fn user_ids(&self, tenant: TenantId) -> Result<Vec<UserId>, StoreError> {
        let people = user::Entity::find().filter(user::Column::Tenant.eq(tenant.0));
        let ids = people.order_by_asc(user::Column::Extension).select_only().column(user::Column::Id);
        Ok(ids.into_tuple::<Uuid>().all(&self.reader).await?.into_iter().map(UserId).collect())
    }

    /// People by extension from the `n_skipped`-th on, and how many there are in all.
    pub async fn user_ids_from(
        &self,
        tenant: TenantId,
        n_skipped: u64,
        limit: u64,
    ) -> Result<(Vec<UserId>, u64), StoreError> {
        let people = || user::Entity::find().filter(user::Column::Tenant.eq(tenant.0));
        let ids = people()
            .order_by_asc(user::Column::Extension)
            .offset(n_skipped)
            .limit(limit)
            .select_only()
            .column(user::Column::Id)
            .into_tuple::<Uuid>()
            .all(&self.reader)
            .await?;
        Ok((ids.into_iter().map(UserId).collect(), people().count(&self.reader).await?))
    }

    /// Groups by name from the `n_skipped`-th on, and how many there are in all.
    pub async fn group_ids_from(
        &self,
        tenant: TenantId,
        n_skipped: u64,
        limit: u64,
    ) -> Result<(Vec<GroupId>, u64), StoreError> {
        let groups = || group::Entity::find().filter(group::Column::Tenant.eq(tenant.0));
        let ids = groups()
            .order_by_asc(group::Column::Name)
            .order_by_asc(group::Column::Id)
            .offset(n_skipped)
            .limit(limit)
            .select_only()
            .column(group::Column::Id)
            .into_tuple::<Uuid>()
            .all(&self.reader)
            .await?;
        Ok((ids.into_iter().map(GroupId).collect(), groups().count(&self.reader).await?))
    }

    /// These groups, where they are there, in no order.
    pub async fn groups_of(&self, tenant: TenantId, ids: &[GroupId]) -> Result<Vec<Stored<Group>>, StoreError> {
        let mut groups = Vec::with_capacity(ids.len());
        for part in ids.chunks(NAMED_MAX) {
            let named = group::Column::Id.is_in(part.iter().map(|id| id.0));
            let of_tenant = group::Entity::find().filter(group::Column::Tenant.eq(tenant.0));
            groups.extend(of_tenant.filter(named).all(&self.reader).await?.iter().map(stored));
        }
        Ok(groups)
    }

    /// Who is in these groups.
    pub async fn members_of(
        &self,
        tenant: TenantId,
        ids: &[GroupId],
    ) -> Result<BTreeMap<GroupId, Vec<UserId>>, StoreError> {
        let mut members: BTreeMap<GroupId, Vec<UserId>> = BTreeMap::new();
        for part in ids.chunks(NAMED_MAX) {
            let rows = group_member::Entity::find()
                .filter(group_member::Column::Tenant.eq(tenant.0))
                .filter(group_member::Column::Group.is_in(part.iter().map(|id| id.0)))
                .order_by_asc(group_member::Column::User);
            for row in rows.all(&self.reader).await? {
                members.entry(GroupId(row.group)).or_default().push(UserId(row.user));
            }
        }
        Ok(members)
    }
}

impl Tx {
    /// The person with this `userName`, as of this change.
    pub async fn user_by_scim_name(&self, tenant: TenantId, name: &str) -> Result<Option<UserId>, StoreError> {
        by_name(&self.db, tenant, name).await
    }

    /// Whether somebody whom no directory brought is shown with this `userName`: it is their address, or else their
    /// extension.
    pub async fn is_shown_user_name(&self, tenant: TenantId, name: &str) -> Result<bool, StoreError> {
        let by_extension = Condition::all().add(user::Column::EmailKey.is_null()).add(user::Column::Extension.eq(name));
        let shown = Condition::any().add(user::Column::EmailKey.eq(name.to_lowercase())).add(by_extension);
        let people = user::Entity::find().filter(user::Column::Tenant.eq(tenant.0)).filter(shown);
        let ids: Vec<Uuid> = people.select_only().column(user::Column::Id).into_tuple().all(&self.db).await?;
        for id in ids {
            if self.scim_name(tenant, id).await?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What an object is called elsewhere, if anybody said so, as of this change.
    pub async fn scim_name(&self, tenant: TenantId, object: Uuid) -> Result<Option<ScimName>, StoreError> {
        let found = Entity::find_by_id(object).filter(Column::Tenant.eq(tenant.0));
        Ok(found.one(&self.db).await?.map(called))
    }

    /// Keeps what an object is called elsewhere.
    pub async fn save_scim_name(
        &mut self,
        tenant: TenantId,
        kind: ScimKind,
        object: Uuid,
        name: &ScimName,
    ) -> Result<(), WriteError> {
        let before = self.scim_name(tenant, object).await?;
        if before.as_ref() == Some(name) {
            return Ok(());
        }
        self.forget_scim_name(object).await?;
        let row = ActiveModel {
            object: Set(object),
            tenant: Set(tenant.0),
            kind: Set(kind.as_str().to_owned()),
            name: Set(name.name.clone()),
            name_key: Set(name.name.as_deref().map(str::to_lowercase)),
            external_id: Set(name.external_id.clone()),
        };
        let inserting = Entity::insert(row).exec_without_returning(&self.db).await;
        inserting.map_err(|error| taken(error, "userName"))?;
        let words = |name: &ScimName| json!({ "user_name": name.name, "external_id": name.external_id });
        let (before, after) = (before.as_ref().map(words), words(name));
        self.note(Change {
            tenant: Some(tenant),
            noun: kind.noun(),
            object: object.to_string(),
            action: "update",
            before: before.as_ref(),
            after: Some(&after),
        })
        .await?;
        Ok(())
    }

    pub(crate) async fn forget_scim_name(&self, object: Uuid) -> Result<(), StoreError> {
        Entity::delete_by_id(object).exec(&self.db).await?;
        Ok(())
    }

    /// How many people a tenant has, as of this change.
    pub async fn n_users(&self, tenant: TenantId) -> Result<u64, StoreError> {
        Ok(user::Entity::find().filter(user::Column::Tenant.eq(tenant.0)).count(&self.db).await?)
    }
}

fn called(row: Model) -> ScimName {
    ScimName { name: row.name, external_id: row.external_id }
}

async fn by_name<C: ConnectionTrait>(db: &C, tenant: TenantId, name: &str) -> Result<Option<UserId>, StoreError> {
    let named = Entity::find()
        .filter(Column::Tenant.eq(tenant.0))
        .filter(Column::Kind.eq(ScimKind::User.as_str()))
        .filter(Column::NameKey.eq(name.to_lowercase()));
    Ok(named.one(db).await?.map(|row| UserId(row.object)))
}
