//! What is asked of those who sign in: to one organization, or to the server.

use phone::access::SignInPolicy;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, EntityTrait as _};

use crate::api_tokens::Scope;
use crate::database::Store;
use crate::documents::{Written, check, from_json, to_json};
use crate::entity::sign_in_policy::{ActiveModel, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

impl Store {
    /// What is asked of those who sign in there. The first version is that nobody said anything.
    pub async fn sign_in_policy(&self, scope: Scope) -> Result<Option<Stored<SignInPolicy>>, StoreError> {
        find(&self.reader, scope).await
    }
}

impl Tx {
    /// The same, as of this change.
    pub async fn sign_in_policy(&self, scope: Scope) -> Result<Option<Stored<SignInPolicy>>, StoreError> {
        find(&self.db, scope).await
    }

    /// Asks something else from now on.
    pub async fn save_sign_in_policy(
        &mut self,
        scope: Scope,
        policy: SignInPolicy,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let before = find(&self.db, scope).await?;
        let written = check(before.as_ref(), expected)?;
        let model = ActiveModel {
            id: Set(scope.place()),
            tenant: Set(scope.tenant().map(|tenant| tenant.0)),
            document: Set(to_json("sign-in policy", &policy)?),
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
            noun: Noun::SignInPolicy,
            object: scope.place().to_string(),
            action: "update",
            before: before.as_ref().map(|before| &before.value),
            after: Some(&policy),
        })
        .await?;
        Ok(written.version())
    }
}

async fn find(db: &impl ConnectionTrait, scope: Scope) -> Result<Option<Stored<SignInPolicy>>, StoreError> {
    let Some(row) = Entity::find_by_id(scope.place()).one(db).await? else { return Ok(None) };
    let Model { id, document, version, created_at, updated_at, .. } = row;
    let value = from_json("sign-in policy", id, &document)?;
    Ok(Some(Stored { value, version, created_at: timestamp(created_at), updated_at: timestamp(updated_at) }))
}
