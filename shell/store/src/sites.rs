//! Sites: places where an organization works.

use std::collections::BTreeMap;

use phone::id::{SiteId, TenantId};
use phone::limits::LACKS_SHOWN_MAX;
use phone::people::Site;
use phone::people::site::Belongings;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use crate::database::Store;
use crate::documents::{Written, check, taken};
use crate::entity::site::{ActiveModel, Column, Entity, Model};
use crate::entity::{number, user};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

impl Store {
    /// Sites of a tenant by name.
    pub async fn sites(&self, tenant: TenantId, paging: &Paging) -> Result<Page<Stored<Site>>, StoreError> {
        let of_tenant = Entity::find().filter(Column::Tenant.eq(tenant.0));
        let rows = paged(of_tenant, Column::Name, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Text(row.name.clone()), id: row.id };
        Ok(page_of(rows, paging, cursor).map(|row| stored(&row)))
    }

    /// One site.
    pub async fn site(&self, tenant: TenantId, id: SiteId) -> Result<Option<Stored<Site>>, StoreError> {
        Ok(find(tenant, id).one(&self.reader).await?.as_ref().map(stored))
    }

    /// The names of all sites.
    pub async fn site_names(&self, tenant: TenantId) -> Result<BTreeMap<SiteId, String>, StoreError> {
        let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).all(&self.reader).await?;
        Ok(rows.into_iter().map(|row| (SiteId(row.id), row.name)).collect())
    }
}

impl Tx {
    /// One site as of this change.
    pub async fn site(&self, tenant: TenantId, id: SiteId) -> Result<Option<Stored<Site>>, StoreError> {
        Ok(find(tenant, id).one(&self.db).await?.as_ref().map(stored))
    }

    /// All sites of a tenant, as of this change.
    pub async fn sites(&self, tenant: TenantId) -> Result<Vec<Site>, StoreError> {
        let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).all(&self.db).await?;
        Ok(rows.iter().map(|row| stored(row).value).collect())
    }

    /// Who and what belongs to a site, as of this change.
    pub async fn belongings_of_site(&self, tenant: TenantId, id: SiteId) -> Result<Belongings, StoreError> {
        let people =
            || user::Entity::find().filter(user::Column::Tenant.eq(tenant.0)).filter(user::Column::Site.eq(id.0));
        let numbers =
            || number::Entity::find().filter(number::Column::Tenant.eq(tenant.0)).filter(number::Column::Site.eq(id.0));
        let n_shown = u64::try_from(LACKS_SHOWN_MAX).unwrap_or(u64::MAX);
        let first_people = people().order_by_asc(user::Column::Extension).limit(n_shown).all(&self.db).await?;
        let first_numbers = numbers().order_by_asc(number::Column::Number).limit(n_shown).all(&self.db).await?;
        let names = first_people.into_iter().map(|row| row.display_name);
        Ok(Belongings {
            n_people: people().count(&self.db).await?,
            n_numbers: numbers().count(&self.db).await?,
            first: names.chain(first_numbers.into_iter().map(|row| row.number)).collect(),
        })
    }

    /// Creates or changes a site.
    pub async fn save_site(
        &mut self,
        tenant: TenantId,
        site: &Site,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let before = find(tenant, site.id).one(&self.db).await?.as_ref().map(stored);
        let written = check(before.as_ref(), expected)?;
        let model = ActiveModel {
            id: Set(site.id.0),
            tenant: Set(tenant.0),
            name: Set(site.name.clone()),
            country: Set(site.country.clone()),
            time_zone: Set(site.time_zone.clone()),
            emergency_location: Set(site.emergency_location.clone()),
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
            noun: Noun::Site,
            object: site.id.to_string(),
            action: written.action(),
            before: before.as_ref().map(|before| &before.value),
            after: Some(site),
        })
        .await?;
        Ok(written.version())
    }

    /// Deletes a site that nobody and nothing belongs to.
    pub async fn delete_site(&mut self, tenant: TenantId, id: SiteId, expected: Expected) -> Result<(), WriteError> {
        let before = find(tenant, id).one(&self.db).await?.as_ref().map(stored);
        let Some(before) = before else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        Entity::delete_by_id(id.0).exec(&self.db).await?;
        self.note(Change::<_, Site> {
            tenant: Some(tenant),
            noun: Noun::Site,
            object: id.to_string(),
            action: "delete",
            before: Some(&before.value),
            after: None,
        })
        .await?;
        Ok(())
    }
}

fn find(tenant: TenantId, id: SiteId) -> sea_orm::Select<Entity> {
    Entity::find_by_id(id.0).filter(Column::Tenant.eq(tenant.0))
}

pub(crate) fn stored(row: &Model) -> Stored<Site> {
    let value = Site {
        id: SiteId(row.id),
        name: row.name.clone(),
        country: row.country.clone(),
        time_zone: row.time_zone.clone(),
        emergency_location: row.emergency_location.clone(),
    };
    Stored { value, version: row.version, created_at: timestamp(row.created_at), updated_at: timestamp(row.updated_at) }
}
