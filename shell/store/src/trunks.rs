//! Trunks. What a carrier challenges us for is sealed; the document never holds it.

use std::collections::BTreeMap;

use phone::id::{TenantId, TrunkId};
use phone::numbers::Trunk;
use phone::numbers::trunk::TrunkCredentials;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use serde_json::Value;

use crate::database::Store;
use crate::documents::{Written, check, from_json, taken, to_json};
use crate::entity::number;
use crate::entity::trunk::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::seal::Seal;
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};
use crate::wanted::of_tenant;

impl Store {
    /// Trunks of a tenant by name, each with its place in the order of preference, without their credentials.
    pub async fn trunks(&self, tenant: TenantId, paging: &Paging) -> Result<Page<(Stored<Trunk>, u32)>, StoreError> {
        let of_tenant = Entity::find().filter(Column::Tenant.eq(tenant.0));
        let rows = paged(of_tenant, Column::Name, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Text(row.name.clone()), id: row.id };
        let page = page_of(rows, paging, cursor);
        let items =
            page.items.iter().map(|row| Ok((stored(row)?, place(row)))).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(Page { items, next: page.next })
    }

    /// One trunk with its place in the order of preference, without its credentials.
    pub async fn trunk(&self, tenant: TenantId, id: TrunkId) -> Result<Option<(Stored<Trunk>, u32)>, StoreError> {
        let row = find(tenant, id).one(&self.reader).await?;
        row.as_ref().map(|row| Ok((stored(row)?, place(row)))).transpose()
    }

    /// The names of all trunks.
    pub async fn trunk_names(&self, tenant: TenantId) -> Result<BTreeMap<TrunkId, String>, StoreError> {
        let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).all(&self.reader).await?;
        Ok(rows.into_iter().map(|row| (TrunkId(row.id), row.name)).collect())
    }

    /// Trunks of every tenant or of one, with their credentials and their place in the order of preference, for the
    /// directory.
    pub(crate) async fn trunks_with_secrets(
        &self,
        of: Option<TenantId>,
    ) -> Result<Vec<(TenantId, i64, Trunk)>, StoreError> {
        let rows = Entity::find().filter(of_tenant(Column::Tenant, of)).all(&self.reader).await?;
        rows.iter()
            .map(|row| {
                let mut trunk: Trunk = from_json("trunk", row.id, &row.document)?;
                if let Some(secret) = &row.secret {
                    trunk.credentials = Some(open_credentials(&self.seal, row, secret)?);
                }
                Ok((TenantId(row.tenant), row.preference, trunk))
            })
            .collect()
    }
}

impl Tx {
    /// One trunk as of this change, with its credentials, and its place in the order of preference.
    pub async fn trunk(&self, tenant: TenantId, id: TrunkId) -> Result<Option<(Stored<Trunk>, u32)>, StoreError> {
        let Some(row) = find(tenant, id).one(&self.db).await? else { return Ok(None) };
        let mut trunk = stored(&row)?;
        if let Some(secret) = &row.secret {
            trunk.value.credentials = Some(open_credentials(&self.seal, &row, secret)?);
        }
        Ok(Some((trunk, place(&row))))
    }

    /// The places of all trunks in the order of preference, the first first.
    pub async fn trunk_places(&self, tenant: TenantId) -> Result<Vec<(TrunkId, u32)>, StoreError> {
        let of_tenant = Entity::find().filter(Column::Tenant.eq(tenant.0));
        let rows = of_tenant.order_by_asc(Column::Preference).order_by_asc(Column::Id).all(&self.db).await?;
        Ok(rows.iter().map(|row| (TrunkId(row.id), place(row))).collect())
    }

    /// All trunks as of this change, without their credentials.
    pub async fn trunks(&self, tenant: TenantId) -> Result<Vec<Trunk>, StoreError> {
        let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).all(&self.db).await?;
        rows.iter().map(|row| Ok(stored(row)?.value)).collect()
    }

    /// How many numbers come in on a trunk.
    pub async fn n_numbers_of_trunk(&self, tenant: TenantId, id: TrunkId) -> Result<u64, StoreError> {
        let of_tenant = number::Entity::find().filter(number::Column::Tenant.eq(tenant.0));
        Ok(of_tenant.filter(number::Column::Trunk.eq(id.0)).count(&self.db).await?)
    }

    /// Deletes a trunk that no number names.
    pub async fn delete_trunk(&mut self, tenant: TenantId, id: TrunkId, expected: Expected) -> Result<(), WriteError> {
        let before = find(tenant, id).one(&self.db).await?.as_ref().map(stored).transpose()?;
        let Some(before) = before else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        Entity::delete_by_id(id.0).exec(&self.db).await?;
        self.note(Change::<_, Trunk> {
            tenant: Some(tenant),
            noun: Noun::Trunk,
            object: id.to_string(),
            action: "delete",
            before: Some(&before.value),
            after: None,
        })
        .await?;
        Ok(())
    }

    /// Creates or changes a trunk. Outbound calls try the lowest `preference` first.
    pub async fn save_trunk(
        &mut self,
        tenant: TenantId,
        trunk: &Trunk,
        preference: u32,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let there = find(tenant, trunk.id).one(&self.db).await?;
        let before = there.as_ref().map(stored).transpose()?;
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
            before: before.as_ref().zip(there.as_ref()).map(|(before, row)| told(&before.value, place(row))).as_ref(),
            after: Some(&told(&bare, preference)),
        })
        .await?;
        Ok(written.version())
    }
}

fn open_credentials(seal: &Seal, row: &Model, secret: &[u8]) -> Result<TrunkCredentials, StoreError> {
    let sealed = || StoreError::Sealed { what: "trunk", id: row.id.to_string() };
    let opened = seal.open_sealed(row.id.as_bytes(), secret).ok_or_else(sealed)?;
    serde_json::from_slice(&opened).map_err(|_| sealed())
}

fn place(row: &Model) -> u32 {
    u32::try_from(row.preference).unwrap_or(u32::MAX)
}

/// What the audit says of a trunk.
fn told(trunk: &Trunk, priority: u32) -> Value {
    let mut told = serde_json::to_value(trunk).unwrap_or_default();
    if let Some(fields) = told.as_object_mut() {
        fields.insert("priority".to_owned(), priority.into());
    }
    told
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
