//! Resellers. Who runs the server keeps them; each has organizations, accounts and keys.

use phone::id::{AccountId, ApiKeyId, ResellerId};
use phone::people::Reseller;
use phone::people::tenant::State;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};

use crate::api_tokens::Scope;
use crate::database::Store;
use crate::documents::{Written, check, from_json, taken, to_json};
use crate::entity::reseller::{ActiveModel, Column, Entity, Model};
use crate::entity::{account, api_token, openid_provider, sign_in_policy, tenant};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

impl Store {
    /// Resellers in the order of their short names.
    pub async fn resellers(&self, paging: &Paging) -> Result<Page<Stored<Reseller>>, StoreError> {
        let rows = paged(Entity::find(), Column::Slug, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Text(row.slug.clone()), id: row.id };
        let page = page_of(rows, paging, cursor);
        let items = page.items.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// One reseller.
    pub async fn reseller(&self, id: ResellerId) -> Result<Option<Stored<Reseller>>, StoreError> {
        Entity::find_by_id(id.0).one(&self.reader).await?.as_ref().map(stored).transpose()
    }

    /// A reseller whose people and programs may do anything.
    pub async fn reseller_of_use(&self, id: ResellerId) -> Result<Option<Reseller>, StoreError> {
        let found = self.reseller(id).await?.map(|reseller| reseller.value);
        Ok(found.filter(|reseller| reseller.state == State::Active))
    }

    /// The reseller with this short name.
    pub async fn reseller_by_slug(&self, slug: &str) -> Result<Option<Stored<Reseller>>, StoreError> {
        let named = Entity::find().filter(Column::Slug.eq(slug));
        named.one(&self.reader).await?.as_ref().map(stored).transpose()
    }
}

impl Tx {
    /// One reseller as of this change.
    pub async fn reseller(&self, id: ResellerId) -> Result<Option<Stored<Reseller>>, StoreError> {
        Entity::find_by_id(id.0).one(&self.db).await?.as_ref().map(stored).transpose()
    }

    /// The reseller with this short name, as of this change.
    pub async fn reseller_by_slug(&self, slug: &str) -> Result<Option<Stored<Reseller>>, StoreError> {
        Entity::find().filter(Column::Slug.eq(slug)).one(&self.db).await?.as_ref().map(stored).transpose()
    }

    /// How many organizations a reseller has, as of this change.
    pub async fn n_tenants_of(&self, id: ResellerId) -> Result<u64, StoreError> {
        Ok(tenant::Entity::find().filter(tenant::Column::Reseller.eq(id.0)).count(&self.db).await?)
    }

    /// Creates or changes a reseller.
    pub async fn save_reseller(&mut self, reseller: &Reseller, expected: Expected) -> Result<Version, WriteError> {
        let before = self.reseller(reseller.id).await?;
        let written = check(before.as_ref(), expected)?;
        let model = ActiveModel {
            id: Set(reseller.id.0),
            slug: Set(reseller.slug.clone()),
            document: Set(to_json("reseller", reseller)?),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "slug"))?;
        self.note(Change {
            tenant: None,
            noun: Noun::Reseller,
            object: reseller.id.to_string(),
            action: written.action(),
            before: before.as_ref().map(|before| &before.value),
            after: Some(reseller),
        })
        .await?;
        Ok(written.version())
    }

    /// Deletes a reseller that has no organizations, with its accounts and keys.
    pub async fn delete_reseller(&mut self, id: ResellerId, expected: Expected) -> Result<(), WriteError> {
        let Some(before) = self.reseller(id).await? else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        let scope = Scope::Reseller(id);
        for row in account::Entity::find().filter(account::Column::Reseller.eq(id.0)).all(&self.db).await? {
            self.delete_account(scope, AccountId(row.id), Expected::Any).await?;
        }
        let working = api_token::Entity::find()
            .filter(api_token::Column::Reseller.eq(id.0))
            .filter(api_token::Column::RevokedAt.is_null());
        for row in working.all(&self.db).await? {
            self.revoke_api_token(scope, ApiKeyId(row.id)).await?;
        }
        sign_in_policy::Entity::delete_by_id(id.0).exec(&self.db).await?;
        openid_provider::Entity::delete_by_id(id.0).exec(&self.db).await?;
        Entity::delete_by_id(id.0).exec(&self.db).await?;
        self.note(Change::<_, Reseller> {
            tenant: None,
            noun: Noun::Reseller,
            object: id.to_string(),
            action: "delete",
            before: Some(&before.value),
            after: None,
        })
        .await?;
        Ok(())
    }
}

fn stored(row: &Model) -> Result<Stored<Reseller>, StoreError> {
    Ok(Stored {
        value: from_json("reseller", row.id, &row.document)?,
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}
