//! Tokens of the API. Only a hash is kept: who reads the database can't use one.

use jiff::Timestamp;
use phone::id::TenantId;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::database::Store;
use crate::documents::taken;
use crate::entity::api_token::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::tx::{Change, Tx};

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything, in every organization.
    Platform,
    Tenant(TenantId),
}

/// What its holder may do there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Administrator,
    /// See all, and act on live calls and agents.
    Operator,
    /// See all.
    Viewer,
}

/// SHA-256 of a token. Tokens are long and random, so a slow hash would protect nothing more.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenHash(pub(crate) [u8; 32]);

/// A token that opens something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    pub id: Uuid,
    pub name: String,
    pub scope: Scope,
    pub role: Role,
}

/// A token to be kept.
pub struct NewApiToken<'a> {
    pub name: &'a str,
    pub scope: Scope,
    pub role: Role,
    pub hash: TokenHash,
    pub expires_at: Option<Timestamp>,
}

impl Role {
    /// Its word on the command line and in events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Operator => "operator",
            Self::Viewer => "viewer",
        }
    }

    /// A word that this version does not know opens as little as possible.
    fn parse(word: &str) -> Self {
        match word {
            "administrator" => Self::Administrator,
            "operator" => Self::Operator,
            _ => Self::Viewer,
        }
    }
}

impl TokenHash {
    /// Of a token as its holder has it.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

impl Store {
    /// What this token opens now; none if it is unknown, expired or revoked.
    ///
    /// The row is found by the token's hash, so the time of the look-up tells an attacker nothing about a token.
    pub async fn api_token(&self, hash: &TokenHash, now: Timestamp) -> Result<Option<ApiToken>, StoreError> {
        let row = Entity::find().filter(Column::Hash.eq(hash.0.to_vec())).filter(opens(now)).one(&self.reader).await?;
        Ok(row.map(ApiToken::from))
    }

    /// Tokens that open something now, by name.
    pub async fn api_tokens(&self, now: Timestamp) -> Result<Vec<ApiToken>, StoreError> {
        let rows = Entity::find().filter(opens(now)).order_by_asc(Column::Name).all(&self.reader).await?;
        Ok(rows.into_iter().map(ApiToken::from).collect())
    }
}

impl Tx {
    /// Keeps a new token.
    pub async fn create_api_token(&mut self, new: NewApiToken<'_>) -> Result<ApiToken, WriteError> {
        let tenant = match new.scope {
            Scope::Platform => None,
            Scope::Tenant(tenant) => Some(tenant),
        };
        let row = ActiveModel {
            id: Set(Uuid::now_v7()),
            tenant: Set(tenant.map(|tenant| tenant.0)),
            name: Set(new.name.to_owned()),
            role: Set(new.role.as_str().to_owned()),
            hash: Set(new.hash.0.to_vec()),
            created_at: Set(self.at.as_millisecond()),
            expires_at: Set(new.expires_at.map(Timestamp::as_millisecond)),
            revoked_at: Set(None),
        };
        let row = row.insert(&self.db).await.map_err(|error| taken(error, "token"))?;
        let token = ApiToken::from(row);
        self.note(Change::<(), _> {
            tenant,
            noun: Noun::ApiKey,
            object: token.id.to_string(),
            action: "create",
            before: None,
            after: Some(&json!({ "id": token.id, "name": token.name, "role": new.role.as_str() })),
        })
        .await?;
        Ok(token)
    }

    /// Ends a token at once.
    pub async fn revoke_api_token(&mut self, scope: Scope, id: Uuid) -> Result<(), WriteError> {
        let row = Entity::find_by_id(id).one(&self.db).await?.filter(|row| scope_of(row) == scope);
        let Some(row) = row else { return Err(WriteError::NotFound) };
        let name = row.name.clone();
        let mut row: ActiveModel = row.into();
        row.revoked_at = Set(Some(self.at.as_millisecond()));
        row.update(&self.db).await?;
        self.note(Change::<_, ()> {
            tenant: match scope {
                Scope::Platform => None,
                Scope::Tenant(tenant) => Some(tenant),
            },
            noun: Noun::ApiKey,
            object: id.to_string(),
            action: "delete",
            before: Some(&json!({ "id": id, "name": name })),
            after: None,
        })
        .await?;
        Ok(())
    }
}

impl From<Model> for ApiToken {
    fn from(row: Model) -> Self {
        Self { id: row.id, scope: scope_of(&row), role: Role::parse(&row.role), name: row.name }
    }
}

fn opens(now: Timestamp) -> Condition {
    let not_expired = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now.as_millisecond()));
    Condition::all().add(Column::RevokedAt.is_null()).add(not_expired)
}

fn scope_of(row: &Model) -> Scope {
    row.tenant.map_or(Scope::Platform, |tenant| Scope::Tenant(TenantId(tenant)))
}
