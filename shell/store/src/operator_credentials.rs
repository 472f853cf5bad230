//! What programs of operators prove themselves with. Of secrets and tokens only hashes are kept.

use jiff::Timestamp;
use phone::id::OperatorId;
use sea_orm::QueryOrder as _;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use uuid::Uuid;

use crate::api_tokens::TokenHash;
use crate::database::Store;
use crate::entity::{operator_client, operator_token};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::tx::{Change, Tx, timestamp};

/// A program of an operator; its secret is not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorClient {
    pub id: Uuid,
    pub operator: OperatorId,
    pub name: String,
    pub created_at: Timestamp,
}

impl Store {
    /// The program with this id and secret; none if there is none or it was revoked.
    ///
    /// The row is found by the secret's hash, so the time of the look-up tells an attacker nothing about a secret.
    pub async fn operator_client(&self, id: Uuid, secret: &TokenHash) -> Result<Option<OperatorClient>, StoreError> {
        let row = working(id).filter(operator_client::Column::Hash.eq(secret.0.to_vec())).one(&self.reader).await?;
        Ok(row.map(OperatorClient::from))
    }

    /// The programs of an operator that are not revoked, the oldest first.
    pub async fn operator_clients(&self, operator: OperatorId) -> Result<Vec<OperatorClient>, StoreError> {
        let rows = operator_client::Entity::find()
            .filter(operator_client::Column::Operator.eq(operator.0))
            .filter(operator_client::Column::RevokedAt.is_null())
            .order_by_asc(operator_client::Column::CreatedAt)
            .order_by_asc(operator_client::Column::Id)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(OperatorClient::from).collect())
    }

    /// The operator whose program has this token; none if it is unknown or over.
    pub async fn operator_of_token(&self, hash: &TokenHash, now: Timestamp) -> Result<Option<OperatorId>, StoreError> {
        let row = operator_token::Entity::find_by_id(hash.0.to_vec())
            .filter(operator_token::Column::ExpiresAt.gt(now.as_millisecond()))
            .one(&self.reader)
            .await?;
        Ok(row.map(|row| OperatorId(row.operator)))
    }
}

impl Tx {
    /// Keeps a new program of an operator.
    pub async fn create_operator_client(
        &mut self,
        operator: OperatorId,
        name: &str,
        secret: &TokenHash,
    ) -> Result<OperatorClient, WriteError> {
        let row = operator_client::ActiveModel {
            id: Set(Uuid::now_v7()),
            operator: Set(operator.0),
            name: Set(name.to_owned()),
            hash: Set(secret.0.to_vec()),
            created_at: Set(self.at.as_millisecond()),
            revoked_at: Set(None),
        };
        let client = OperatorClient::from(row.insert(&self.db).await?);
        self.note(Change::<(), _> {
            tenant: None,
            noun: Noun::OperatorClient,
            object: client.id.to_string(),
            action: "create",
            before: None,
            after: Some(&json!({ "operator": operator, "name": name })),
        })
        .await?;
        Ok(client)
    }

    /// Ends a program's credentials, and its tokens with them, at once.
    pub async fn revoke_operator_client(&mut self, operator: OperatorId, id: Uuid) -> Result<(), WriteError> {
        let row = working(id).filter(operator_client::Column::Operator.eq(operator.0)).one(&self.db).await?;
        let Some(row) = row else { return Err(WriteError::NotFound) };
        let before = json!({ "operator": operator, "name": row.name });
        let mut row: operator_client::ActiveModel = row.into();
        row.revoked_at = Set(Some(self.at.as_millisecond()));
        row.update(&self.db).await?;
        operator_token::Entity::delete_many().filter(operator_token::Column::Client.eq(id)).exec(&self.db).await?;
        self.note(Change::<_, ()> {
            tenant: None,
            noun: Noun::OperatorClient,
            object: id.to_string(),
            action: "delete",
            before: Some(&before),
            after: None,
        })
        .await?;
        Ok(())
    }

    /// Keeps a token of a program that is not revoked, and forgets those that are over. It changes nothing that anybody
    /// set, so nothing is noted.
    pub async fn create_operator_token(
        &mut self,
        client: &OperatorClient,
        token: &TokenHash,
        expires_at: Timestamp,
    ) -> Result<(), WriteError> {
        if working(client.id).one(&self.db).await?.is_none() {
            return Err(WriteError::NotFound);
        }
        let is_over = operator_token::Column::ExpiresAt.lte(self.at.as_millisecond());
        operator_token::Entity::delete_many().filter(is_over).exec(&self.db).await?;
        let row = operator_token::ActiveModel {
            hash: Set(token.0.to_vec()),
            operator: Set(client.operator.0),
            client: Set(client.id),
            expires_at: Set(expires_at.as_millisecond()),
        };
        operator_token::Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }
}

fn working(id: Uuid) -> sea_orm::Select<operator_client::Entity> {
    operator_client::Entity::find_by_id(id).filter(operator_client::Column::RevokedAt.is_null())
}

impl From<operator_client::Model> for OperatorClient {
    fn from(row: operator_client::Model) -> Self {
        Self { id: row.id, operator: OperatorId(row.operator), name: row.name, created_at: timestamp(row.created_at) }
    }
}
