//! Keys of the API. Only a hash is kept: who reads the database can't use one.

use jiff::Timestamp;
use phone::access::Assignment;
use phone::id::{ApiKeyId, ResellerId, TenantId};
use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::database::{Store, Urgency};
use crate::documents::taken;
use crate::entity::api_token::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::roles::{Holder, assignments_of, shown};
use crate::tx::{Change, Tx, timestamp};

/// What a key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything, in every organization.
    Platform,
    /// What is of a reseller, and its organizations.
    Reseller(ResellerId),
    Tenant(TenantId),
}

/// SHA-256 of a token. Tokens are long and random, so a slow hash would protect nothing more.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenHash(pub(crate) [u8; 32]);

/// A key that opens something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    pub id: ApiKeyId,
    pub name: String,
    pub scope: Scope,
    /// What its holder may do there.
    pub assignments: Vec<Assignment>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// To the minute.
    pub last_used_at: Option<Timestamp>,
}

/// A key to be kept.
pub struct NewApiToken<'a> {
    pub name: &'a str,
    pub scope: Scope,
    pub assignments: &'a [Assignment],
    pub hash: TokenHash,
    pub expires_at: Option<Timestamp>,
}

impl Scope {
    /// The organization that is meant; none if it is the server or a reseller.
    pub fn tenant(self) -> Option<TenantId> {
        match self {
            Self::Platform | Self::Reseller(_) => None,
            Self::Tenant(tenant) => Some(tenant),
        }
    }

    /// The reseller that is meant.
    pub fn reseller(self) -> Option<ResellerId> {
        match self {
            Self::Platform | Self::Tenant(_) => None,
            Self::Reseller(reseller) => Some(reseller),
        }
    }

    /// The id of whose it is; nobody's for the server's own.
    pub(crate) fn place(self) -> Uuid {
        match self {
            Self::Platform => Uuid::nil(),
            Self::Reseller(reseller) => reseller.0,
            Self::Tenant(tenant) => tenant.0,
        }
    }

    /// Of a row that names a tenant, a reseller or neither.
    pub(crate) fn of_row(tenant: Option<Uuid>, reseller: Option<Uuid>) -> Self {
        match (tenant, reseller) {
            (Some(tenant), _) => Self::Tenant(TenantId(tenant)),
            (None, Some(reseller)) => Self::Reseller(ResellerId(reseller)),
            (None, None) => Self::Platform,
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
        Ok(self.with_roles(row.into_iter().collect()).await?.pop())
    }

    /// Keys that open something now, by name.
    pub async fn api_tokens(&self, now: Timestamp) -> Result<Vec<ApiToken>, StoreError> {
        let rows = Entity::find().filter(opens(now)).order_by_asc(Column::Name).all(&self.reader).await?;
        self.with_roles(rows).await
    }

    /// Keys of one organization, or of the platform alone, that open something now, by name.
    pub async fn api_keys(&self, scope: Scope, now: Timestamp, paging: &Paging) -> Result<Page<ApiToken>, StoreError> {
        let select = Entity::find().filter(of(scope)).filter(opens(now));
        let rows = paged(select, Column::Name, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Text(row.name.clone()), id: row.id };
        let Page { items, next } = page_of(rows, paging, cursor);
        Ok(Page { items: self.with_roles(items).await?, next })
    }

    /// One key that opens something now.
    pub async fn api_key(&self, scope: Scope, id: ApiKeyId, now: Timestamp) -> Result<Option<ApiToken>, StoreError> {
        let row = Entity::find_by_id(id.0).filter(of(scope)).filter(opens(now)).one(&self.reader).await?;
        Ok(self.with_roles(row.into_iter().collect()).await?.pop())
    }

    /// Remembers that a key was used. That is no change that anybody made: no event tells of it.
    pub async fn touch_api_key(&self, id: ApiKeyId, now: Timestamp) -> Result<(), StoreError> {
        let (db, _turn) = self.begin_writing(Urgency::Foreground).await?;
        let touched = Entity::update_many().col_expr(Column::LastUsedAt, Expr::value(now.as_millisecond()));
        touched.filter(Column::Id.eq(id.0)).exec(&db).await?;
        Ok(db.commit().await?)
    }

    async fn with_roles(&self, rows: Vec<Model>) -> Result<Vec<ApiToken>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Holder> = rows.iter().map(|row| Holder::ApiKey(ApiKeyId(row.id))).collect();
        let mut assignments = assignments_of(&self.reader, &ids).await?;
        let read = |row: Model| {
            let assignments = assignments.remove(&row.id).unwrap_or_default();
            token(row, assignments)
        };
        Ok(rows.into_iter().map(read).collect())
    }
}

impl Tx {
    /// Keeps a new key.
    pub async fn create_api_token(&mut self, new: NewApiToken<'_>) -> Result<ApiToken, WriteError> {
        let tenant = new.scope.tenant();
        let row = ActiveModel {
            id: Set(Uuid::now_v7()),
            tenant: Set(tenant.map(|tenant| tenant.0)),
            reseller: Set(new.scope.reseller().map(|reseller| reseller.0)),
            name: Set(new.name.to_owned()),
            hash: Set(new.hash.0.to_vec()),
            created_at: Set(self.at.as_millisecond()),
            expires_at: Set(new.expires_at.map(Timestamp::as_millisecond)),
            revoked_at: Set(None),
            last_used_at: Set(None),
        };
        let row = row.insert(&self.db).await.map_err(|error| taken(error, "token"))?;
        self.set_assignments(tenant, Holder::ApiKey(ApiKeyId(row.id)), new.assignments).await?;
        let made = token(row, new.assignments.to_vec());
        self.note(Change::<(), _> {
            tenant,
            noun: Noun::ApiKey,
            object: made.id.to_string(),
            action: "create",
            before: None,
            after: Some(&noted(&made)),
        })
        .await?;
        Ok(made)
    }

    /// Ends a key at once.
    pub async fn revoke_api_token(&mut self, scope: Scope, id: ApiKeyId) -> Result<(), WriteError> {
        let row = Entity::find_by_id(id.0).filter(of(scope)).filter(Column::RevokedAt.is_null()).one(&self.db).await?;
        let Some(row) = row else { return Err(WriteError::NotFound) };
        let assignments = assignments_of(&self.db, &[Holder::ApiKey(id)]).await?.remove(&id.0).unwrap_or_default();
        let before = token(row.clone(), assignments);
        let mut row: ActiveModel = row.into();
        row.revoked_at = Set(Some(self.at.as_millisecond()));
        row.update(&self.db).await?;
        self.set_assignments(scope.tenant(), Holder::ApiKey(id), &[]).await?;
        self.note(Change::<_, ()> {
            tenant: scope.tenant(),
            noun: Noun::ApiKey,
            object: id.to_string(),
            action: "delete",
            before: Some(&noted(&before)),
            after: None,
        })
        .await?;
        Ok(())
    }
}

fn token(row: Model, assignments: Vec<Assignment>) -> ApiToken {
    ApiToken {
        id: ApiKeyId(row.id),
        scope: Scope::of_row(row.tenant, row.reseller),
        assignments,
        name: row.name,
        created_at: timestamp(row.created_at),
        expires_at: row.expires_at.map(timestamp),
        last_used_at: row.last_used_at.map(timestamp),
    }
}

fn noted(token: &ApiToken) -> serde_json::Value {
    json!({
        "id": token.id,
        "name": token.name,
        "roles": shown(&token.assignments),
        "expires_at": token.expires_at,
    })
}

/// Ids of the keys that open something.
pub(crate) fn opening(now: Timestamp) -> SelectStatement {
    Entity::find().filter(opens(now)).select_only().column(Column::Id).into_query()
}

fn opens(now: Timestamp) -> Condition {
    let not_expired = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now.as_millisecond()));
    Condition::all().add(Column::RevokedAt.is_null()).add(not_expired)
}

fn of(scope: Scope) -> Condition {
    match scope {
        Scope::Platform => Condition::all().add(Column::Tenant.is_null()).add(Column::Reseller.is_null()),
        Scope::Reseller(reseller) => Condition::all().add(Column::Reseller.eq(reseller.0)),
        Scope::Tenant(tenant) => Condition::all().add(Column::Tenant.eq(tenant.0)),
    }
}
