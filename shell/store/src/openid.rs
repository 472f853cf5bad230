//! OpenID Connect: where people sign in elsewhere, and which accounts they have here. What this server proves itself with
//! there is sealed.

use phone::access::openid::Provider;
use phone::id::AccountId;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    QueryFilter as _,
};
use serde_json::json;

use crate::accounts::of;
use crate::api_tokens::Scope;
use crate::credentials::Credentials;
use crate::database::Store;
use crate::documents::{Written, check, from_json, to_json};
use crate::entity::account;
use crate::entity::openid_provider::{ActiveModel, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

/// What this server proves itself with at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientSecret<'a> {
    /// It stays what it is.
    Kept,
    /// There is none.
    None,
    New(&'a str),
}

impl Store {
    /// Where people sign in elsewhere.
    pub async fn openid_provider(&self, scope: Scope) -> Result<Option<Stored<Provider>>, StoreError> {
        find(&self.reader, scope).await?.as_ref().map(stored).transpose()
    }

    /// What this server proves itself with there.
    pub async fn openid_client_secret(&self, scope: Scope) -> Result<Option<String>, StoreError> {
        let Some(row) = find(&self.reader, scope).await? else { return Ok(None) };
        let Some(sealed) = &row.secret else { return Ok(None) };
        let unreadable = || StoreError::Sealed { what: "OpenID provider", id: row.id.to_string() };
        let secret = self.seal.open_sealed(row.id.as_bytes(), sealed).ok_or_else(unreadable)?;
        String::from_utf8(secret).map(Some).map_err(|_| unreadable())
    }

    /// The account of who has this name at an issuer.
    pub async fn credentials_by_subject(
        &self,
        scope: Scope,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<Credentials>, StoreError> {
        let row = account::Entity::find()
            .filter(of(scope))
            .filter(account::Column::OpenidIssuer.eq(issuer))
            .filter(account::Column::OpenidSubject.eq(subject))
            .one(&self.reader)
            .await?;
        match row {
            Some(row) => self.credentials(AccountId(row.id)).await,
            None => Ok(None),
        }
    }
}

impl Tx {
    /// The same as of this change.
    pub async fn openid_provider(&self, scope: Scope) -> Result<Option<Stored<Provider>>, StoreError> {
        find(&self.db, scope).await?.as_ref().map(stored).transpose()
    }

    /// Lets people sign in there from now on.
    pub async fn save_openid_provider(
        &mut self,
        scope: Scope,
        provider: &Provider,
        secret: ClientSecret<'_>,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let before = self.openid_provider(scope).await?;
        let written = check(before.as_ref(), expected)?;
        let id = scope.place();
        let secret = match secret {
            ClientSecret::Kept if written == Written::Created => Set(None),
            ClientSecret::Kept => NotSet,
            ClientSecret::None => Set(None),
            ClientSecret::New(secret) => {
                let sealed = self.seal.seal(id.as_bytes(), secret.as_bytes());
                let unsealed = || StoreError::Sealed { what: "OpenID provider", id: id.to_string() };
                Set(Some(sealed.ok_or_else(unsealed)?))
            }
        };
        let model = ActiveModel {
            id: Set(id),
            tenant: Set(scope.tenant().map(|tenant| tenant.0)),
            document: Set(to_json("OpenID provider", provider)?),
            secret,
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }?;
        self.note(Change {
            tenant: scope.tenant(),
            noun: Noun::OpenidProvider,
            object: id.to_string(),
            action: written.action(),
            before: before.as_ref().map(|before| &before.value),
            after: Some(provider),
        })
        .await?;
        Ok(written.version())
    }

    /// Lets nobody sign in there any more.
    pub async fn delete_openid_provider(&mut self, scope: Scope, expected: Expected) -> Result<(), WriteError> {
        let Some(before) = self.openid_provider(scope).await? else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        Entity::delete_by_id(scope.place()).exec(&self.db).await?;
        self.note(Change::<_, Provider> {
            tenant: scope.tenant(),
            noun: Noun::OpenidProvider,
            object: scope.place().to_string(),
            action: "delete",
            before: Some(&before.value),
            after: None,
        })
        .await?;
        Ok(())
    }

    /// The issuer, and the name there, whose holder signs in to an account; as of this change.
    pub async fn openid_name(&self, id: AccountId) -> Result<Option<(String, String)>, WriteError> {
        let row = self.account_row(id).await?;
        Ok(row.openid_issuer.zip(row.openid_subject))
    }

    /// From now on who has this name at the issuer signs in to this account. `follows` is whether the account may do
    /// what the provider says.
    pub async fn link_openid(
        &mut self,
        id: AccountId,
        issuer: &str,
        subject: &str,
        follows: bool,
    ) -> Result<(), WriteError> {
        let row = self.account_row(id).await?;
        self.note_of_account(&row, "link_openid", Some(json!({ "issuer": issuer, "subject": subject }))).await?;
        let mut row: account::ActiveModel = row.into();
        row.openid_issuer = Set(Some(issuer.to_owned()));
        row.openid_subject = Set(Some(subject.to_owned()));
        row.openid_follows = Set(Some(follows));
        row.update(&self.db).await?;
        Ok(())
    }
}

async fn find(db: &impl ConnectionTrait, scope: Scope) -> Result<Option<Model>, StoreError> {
    Ok(Entity::find_by_id(scope.place()).one(db).await?)
}

fn stored(row: &Model) -> Result<Stored<Provider>, StoreError> {
    Ok(Stored {
        value: from_json("OpenID provider", row.id, &row.document)?,
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}
