//! Trunks. What a carrier challenges us for is sealed; the document never holds it.

use phone::id::{TenantId, TrunkId};
use phone::numbers::Trunk;
use phone::numbers::trunk::TrunkCredentials;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::database::Store;
use crate::documents::{Written, check, from_json, taken, to_json};
use crate::entity::trunk::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

impl Store {
    /// Trunks of a tenant by name, without their credentials.
    pub async fn trunks(&self, tenant: TenantId, paging: &Paging) -> Result<Page<Stored<Trunk>>, StoreError> {
        let of_tenant = Entity::find().filter(Column::Tenant.eq(tenant.0));
        let rows = paged(of_tenant, Column::Name, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Text(row.name.clone()), id: row.id };
        let page = page_of(rows, paging, cursor);
        let items = page.items.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// One trunk, without its credentials.
    pub async fn trunk(&self, tenant: TenantId, id: TrunkId) -> Result<Option<Stored<Trunk>>, StoreError> {
        find(tenant, id).one(&self.reader).await?.as_ref().map(stored).transpose()
    }

    /// All trunks with their credentials and their place in the order of preference, for the directory.
    pub(crate) async fn trunks_with_secrets(&self) -> Result<Vec<(TenantId, i64, Trunk)>, StoreError> {
        let rows = Entity::find().all(&self.reader).await?;
        rows.iter()
            .map(|row| {
                let mut trunk: Trunk = from_json("trunk", row.id, &row.document)?;
                if let Some(secret) = &row.secret {
                    trunk.credentials = Some(self.open_credentials(row, secret)?);
                }
                Ok((TenantId(row.tenant), row.preference, trunk))
            })
            .collect()
    }

    fn open_credentials(&self, row: &Model, secret: &[u8]) -> Result<TrunkCredentials, StoreError> {
        let sealed = || StoreError::Sealed { what: "trunk", id: row.id.to_string() };
        let opened = self.seal.open_sealed(row.id.as_bytes(), secret).ok_or_else(sealed)?;
        serde_json::from_slice(&opened).map_err(|_| sealed())
    }
}

impl Tx {
    /// Creates or changes a trunk. Outbound calls try the lowest `preference` first.
    pub async fn save_trunk(
        &mut self,
        tenant: TenantId,
        trunk: &Trunk,
        preference: u32,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let before = find(tenant, trunk.id).one(&self.db).await?.as_ref().map(stored).transpose()?;
        let written = check(before.as_ref(), expected)?;
        let bare = Trunk { credentials: None, ..trunk.clone() };
        let secret = match &trunk.credentials {
            Some(credentials) => {
                let json = to_json("trunk", credentials)?;
                let sealed = || StoreError::Sealed { what: "trunk", id: trunk.id.to_string() };
                Some(self.seal.seal(trunk.id.0.as_bytes(), json.as_bytes()).ok_or_else(sealed)?)
            }
            None => None,
        };
        let model = ActiveModel {
            id: Set(trunk.id.0),
            tenant: Set(tenant.0),
            name: Set(trunk.name.clone()),
            preference: Set(preference.into()),
            document: Set(to_json("trunk", &bare)?),
            secret: Set(secret),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "name"))?;
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::Trunk,
            object: trunk.id.to_string(),
            action: written.action(),
            before: before.as_ref().map(|before| &before.value),
            after: Some(&bare),
        })
        .await?;
        Ok(written.version())
    }
}

fn find(tenant: TenantId, id: TrunkId) -> sea_orm::Select<Entity> {
    Entity::find_by_id(id.0).filter(Column::Tenant.eq(tenant.0))
}

fn stored(row: &Model) -> Result<Stored<Trunk>, StoreError> {
    Ok(Stored {
        value: from_json("trunk", row.id, &row.document)?,
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}
