//! Operators, as who runs the server keeps them, and the credentials of their programs.

use phone::id::OperatorId;
use phone::numbers::operator::{Operator, Refusal};
use store::{Expected, OperatorClient, Stored, TokenHash};
use uuid::Uuid;

use super::{Caller, Permission, Refused};
use crate::secret::{Secret, random_secret};

impl Caller {
    /// One operator.
    pub async fn operator(&self, id: OperatorId) -> Result<Stored<Operator>, Refused> {
        let found = self.begin_platform()?.store.operator(id).await?;
        found.ok_or(Refused::NotFound { what: "operator" })
    }

    /// Makes an operator.
    pub async fn create_operator(&self, operator: &Operator) -> Result<i64, Refused> {
        self.begin_platform_change(Permission::Configure)?;
        Refused::for_problems(operator.problems())?;
        let mut tx = self.change().await?;
        let version = tx.save_operator(operator, Expected::Absent).await?;
        tx.commit().await?;
        Ok(version)
    }

    /// Changes an operator. Its state goes from step to step only.
    pub async fn change_operator(
        &self,
        id: OperatorId,
        expected: Expected,
        change: impl FnOnce(&mut Operator) + Send,
    ) -> Result<Stored<Operator>, Refused> {
        let admin = self.begin_platform_change(Permission::Configure)?;
        let mut tx = self.change().await?;
        let before = tx.operator(id).await?.ok_or(Refused::NotFound { what: "operator" })?.value;
        let mut operator = before.clone();
        change(&mut operator);
        before.state.to(operator.state).map_err(|refusal| Refused::by_rule(&refusal))?;
        Refused::for_problems(operator.problems())?;
        tx.save_operator(&operator, expected).await?;
        tx.commit().await?;
        admin.nudge.nudge();
        self.operator(id).await
    }

    /// Deletes an operator that no organization has a consent with.
    pub async fn delete_operator(&self, id: OperatorId, expected: Expected) -> Result<(), Refused> {
        let admin = self.begin_platform_change(Permission::Configure)?;
        let mut tx = self.change().await?;
        let operator = tx.operator(id).await?.ok_or(Refused::NotFound { what: "operator" })?.value;
        let n_consents = tx.n_consents(id).await?;
        if 0 < n_consents {
            return Err(Refused::by_rule(&Refusal::HasConsents { name: operator.name, n_consents }));
        }
        tx.delete_operator(id, expected).await?;
        tx.commit().await?;
        admin.nudge.nudge();
        Ok(())
    }

    /// The programs of an operator.
    pub async fn operator_clients(&self, id: OperatorId) -> Result<Vec<OperatorClient>, Refused> {
        self.operator(id).await?;
        Ok(self.begin_platform()?.store.operator_clients(id).await?)
    }

    /// Makes credentials for a program of an operator. The secret is shown this once.
    pub async fn create_operator_client(
        &self,
        id: OperatorId,
        name: &str,
    ) -> Result<(OperatorClient, Secret), Refused> {
        self.begin_platform_change(Permission::Configure)?;
        if name.trim().is_empty() {
            return Err(Refused::field("name", "name.empty", "a name is needed"));
        }
        let mut tx = self.change().await?;
        tx.operator(id).await?.ok_or(Refused::NotFound { what: "operator" })?;
        let secret = random_secret();
        let client = tx.create_operator_client(id, name.trim(), &TokenHash::of(secret.expose())).await?;
        tx.commit().await?;
        Ok((client, secret))
    }

    /// Ends the credentials of a program, and the tokens that it got with them.
    pub async fn revoke_operator_client(&self, id: OperatorId, client: Uuid) -> Result<(), Refused> {
        self.begin_platform_change(Permission::Configure)?;
        let mut tx = self.change().await?;
        tx.revoke_operator_client(id, client).await.map_err(|error| match error {
            store::WriteError::NotFound => Refused::NotFound { what: "client" },
            other => other.into(),
        })?;
        tx.commit().await?;
        Ok(())
    }
}
