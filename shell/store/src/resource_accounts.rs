//! Resource accounts: what a service number is assigned to.

use phone::apps::Priority;
use phone::directory::{App, ResourceAccount};
use phone::id::{AttendantId, QueueId, ResourceAccountId, TenantId};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};
use serde_json::json;

use crate::database::Store;
use crate::documents::{Written, check, taken};
use crate::entity::resource_account::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};
use crate::wanted::Wanted;

impl Store {
    /// Resource accounts of a tenant by name.
    pub async fn resource_accounts(
        &self,
        tenant: TenantId,
        paging: &Paging,
    ) -> Result<Page<Stored<ResourceAccount>>, StoreError> {
        let of_tenant = Entity::find().filter(Column::Tenant.eq(tenant.0));
        let rows = paged(of_tenant, Column::DisplayName, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Text(row.display_name.clone()), id: row.id };
        Ok(page_of(rows, paging, cursor).map(|row| stored(&row)))
    }

    /// One resource account.
    pub async fn resource_account(
        &self,
        tenant: TenantId,
        id: ResourceAccountId,
    ) -> Result<Option<Stored<ResourceAccount>>, StoreError> {
        Ok(find(tenant, id).one(&self.reader).await?.as_ref().map(stored))
    }

    /// How many resource accounts a tenant has.
    pub async fn n_resource_accounts(&self, tenant: TenantId) -> Result<u64, StoreError> {
        Ok(Entity::find().filter(Column::Tenant.eq(tenant.0)).count(&self.reader).await?)
    }

    /// Accounts for the directory.
    pub(crate) async fn all_resource_accounts(
        &self,
        wanted: Wanted<'_>,
    ) -> Result<Vec<(TenantId, ResourceAccount)>, StoreError> {
        let mut accounts = Vec::new();
        for wanted in wanted.conditions(Column::Tenant, Column::Id) {
            let rows = Entity::find().filter(wanted).all(&self.reader).await?;
            accounts.extend(rows.iter().map(|row| (TenantId(row.tenant), stored(row).value)));
        }
        Ok(accounts)
    }
}

impl Tx {
    /// One resource account as of this change.
    pub async fn resource_account(
        &self,
        tenant: TenantId,
        id: ResourceAccountId,
    ) -> Result<Option<Stored<ResourceAccount>>, StoreError> {
        Ok(find(tenant, id).one(&self.db).await?.as_ref().map(stored))
    }

    /// All resource accounts of a tenant, as of this change.
    pub async fn resource_accounts(&self, tenant: TenantId) -> Result<Vec<ResourceAccount>, StoreError> {
        let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).all(&self.db).await?;
        Ok(rows.iter().map(|row| stored(row).value).collect())
    }

    /// Deletes a resource account.
    pub async fn delete_resource_account(
        &mut self,
        tenant: TenantId,
        id: ResourceAccountId,
        expected: Expected,
    ) -> Result<(), WriteError> {
        let before = find(tenant, id).one(&self.db).await?.as_ref().map(stored);
        let Some(before) = before else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        Entity::delete_by_id(id.0).exec(&self.db).await?;
        self.note(Change::<_, serde_json::Value> {
            tenant: Some(tenant),
            noun: Noun::ResourceAccount,
            object: id.to_string(),
            action: "delete",
            before: Some(&shown(&before.value)),
            after: None,
        })
        .await?;
        Ok(())
    }

    /// Creates or changes a resource account.
    pub async fn save_resource_account(
        &mut self,
        tenant: TenantId,
        account: &ResourceAccount,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let before = find(tenant, account.id).one(&self.db).await?.as_ref().map(stored);
        let written = check(before.as_ref(), expected)?;
        let (attendant, queue) = match account.app {
            Some(App::Attendant(id)) => (Some(id.0), None),
            Some(App::Queue(id)) => (None, Some(id.0)),
            None => (None, None),
        };
        let model = ActiveModel {
            id: Set(account.id.0),
            tenant: Set(tenant.0),
            display_name: Set(account.display_name.clone()),
            attendant: Set(attendant),
            queue: Set(queue),
            priority: Set(account.priority.value().into()),
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
            noun: Noun::ResourceAccount,
            object: account.id.to_string(),
            action: written.action(),
            before: before.as_ref().map(|before| shown(&before.value)).as_ref(),
            after: Some(&shown(account)),
        })
        .await?;
        Ok(written.version())
    }
}

fn find(tenant: TenantId, id: ResourceAccountId) -> sea_orm::Select<Entity> {
    Entity::find_by_id(id.0).filter(Column::Tenant.eq(tenant.0))
}

fn shown(account: &ResourceAccount) -> serde_json::Value {
    let app = match account.app {
        Some(App::Attendant(id)) => json!({ "type": "auto_attendant", "id": id }),
        Some(App::Queue(id)) => json!({ "type": "call_queue", "id": id }),
        None => serde_json::Value::Null,
    };
    json!({ "id": account.id, "display_name": account.display_name, "app": app, "priority": account.priority.value() })
}

fn stored(row: &Model) -> Stored<ResourceAccount> {
    let value = ResourceAccount {
        id: ResourceAccountId(row.id),
        display_name: row.display_name.clone(),
        app: match (row.attendant, row.queue) {
            (Some(id), _) => Some(App::Attendant(AttendantId(id))),
            (None, Some(id)) => Some(App::Queue(QueueId(id))),
            (None, None) => None,
        },
        priority: u8::try_from(row.priority).ok().and_then(|value| Priority::try_from(value).ok()).unwrap_or_default(),
    };
    Stored { value, version: row.version, created_at: timestamp(row.created_at), updated_at: timestamp(row.updated_at) }
}
