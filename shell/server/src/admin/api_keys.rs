//! Keys of the API: made, listed, revoked.

use jiff::Timestamp;
use phone::access::Assignment;
use phone::id::ApiKeyId;
use store::{ApiToken, NewApiToken, Page, Paging, TokenHash};

use super::Refused;
use super::governance::{Governance, check_name};
use crate::secret::{Secret, random_secret};

/// A key that is wanted.
pub struct NewKey {
    pub name: String,
    pub assignments: Vec<Assignment>,
    pub expires_at: Option<Timestamp>,
}

impl Governance {
    /// Keys by name.
    pub async fn api_keys(&self, paging: &Paging) -> Result<Page<ApiToken>, Refused> {
        Ok(self.store().api_keys(self.scope, Timestamp::now(), paging).await?)
    }

    /// One key.
    pub async fn api_key(&self, id: ApiKeyId) -> Result<ApiToken, Refused> {
        let found = self.store().api_key(self.scope, id, Timestamp::now()).await?;
        found.ok_or(Refused::NotFound { what: "API key" })
    }

    /// Makes a key. Its token is known to nobody but who gets it now.
    pub async fn create_api_key(&self, wanted: &NewKey) -> Result<(ApiToken, Secret), Refused> {
        check_name("name", &wanted.name)?;
        if wanted.expires_at.is_some_and(|at| at <= Timestamp::now()) {
            return Err(Refused::field("expires_at", "expires_at.past", "a key expires in the future"));
        }
        let mut tx = self.change().await?;
        self.check_roles(&tx, &wanted.assignments, None).await?;
        let token = random_secret();
        let new = NewApiToken {
            name: wanted.name.trim(),
            scope: self.scope,
            assignments: &wanted.assignments,
            hash: TokenHash::of(token.expose()),
            expires_at: wanted.expires_at,
        };
        let key = tx.create_api_token(new).await?;
        tx.commit().await?;
        Ok((key, token))
    }

    /// Ends a key at once.
    pub async fn revoke_api_key(&self, id: ApiKeyId) -> Result<(), Refused> {
        let key = self.api_key(id).await?;
        let mut tx = self.change().await?;
        self.grants.may_govern(&tx.grants(&key.assignments).await?)?;
        tx.revoke_api_token(self.scope, id).await?;
        Ok(tx.commit().await.map(|_| ())?)
    }
}
