//! What a directory elsewhere calls people and groups, so that it finds again what it brought.

use std::collections::BTreeMap;

use phone::id::{GroupId, TenantId, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::database::Store;
use crate::documents::taken;
use crate::entity::scim_resource::{ActiveModel, Column, Entity};
use crate::entity::{group, group_member, user};
use crate::error::{StoreError, WriteError};
use crate::tx::Tx;
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
}

impl Store {
    /// What these objects are called, where anybody said so.
    pub async fn scim_names(&self, tenant: TenantId, objects: &[Uuid]) -> Result<BTreeMap<Uuid, ScimName>, StoreError> {
        let mut names = BTreeMap::new();
        for part in objects.chunks(NAMED_MAX) {
            let named =
                Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Object.is_in(part.iter().copied()));
            names.extend(
                named
                    .all(&self.reader)
                    .await?
                    .into_iter()
                    .map(|row| (row.object, ScimName { name: row.name, external_id: row.external_id })),
            );
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

    /// Who is in a group.
    pub async fn member_ids(&self, tenant: TenantId, group: GroupId) -> Result<Vec<UserId>, StoreError> {
        let members = group_member::Entity::find()
            .filter(group_member::Column::Tenant.eq(tenant.0))
            .filter(group_member::Column::Group.eq(group.0))
            .order_by_asc(group_member::Column::User);
        Ok(members.all(&self.reader).await?.into_iter().map(|row| UserId(row.user)).collect())
    }
}

impl Tx {
    /// The person with this `userName`, as of this change.
    pub async fn user_by_scim_name(&self, tenant: TenantId, name: &str) -> Result<Option<UserId>, StoreError> {
        by_name(&self.db, tenant, name).await
    }

    /// Keeps what an object is called elsewhere.
    pub async fn save_scim_name(
        &mut self,
        tenant: TenantId,
        kind: ScimKind,
        object: Uuid,
        called: &ScimName,
    ) -> Result<(), WriteError> {
        self.forget_scim_name(object).await?;
        let row = ActiveModel {
            object: Set(object),
            tenant: Set(tenant.0),
            kind: Set(kind.as_str().to_owned()),
            name: Set(called.name.clone()),
            name_key: Set(called.name.as_deref().map(str::to_lowercase)),
            external_id: Set(called.external_id.clone()),
        };
        let inserting = Entity::insert(row).exec_without_returning(&self.db).await;
        inserting.map_err(|error| taken(error, "userName"))?;
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

async fn by_name<C: ConnectionTrait>(db: &C, tenant: TenantId, name: &str) -> Result<Option<UserId>, StoreError> {
    let named = Entity::find()
        .filter(Column::Tenant.eq(tenant.0))
        .filter(Column::Kind.eq(ScimKind::User.as_str()))
        .filter(Column::NameKey.eq(name.to_lowercase()));
    Ok(named.one(db).await?.map(|row| UserId(row.object)))
}
