//! Trunks: the ways to and from the public network.

use phone::id::TrunkId;
use phone::numbers::Trunk;
use phone::numbers::trunk::check;
use store::{Expected, Version};

use super::{Access, Refused};

impl Access {
    /// Adds a trunk; calls go out over it when those before it fail.
    pub async fn create_trunk(&self, trunk: &Trunk) -> Result<Version, Refused> {
        Refused::for_problems(check::problems(trunk))?;
        let mut tx = self.change().await?;
        let preference = tx.next_preference(self.tenant()).await?;
        let version = tx.save_trunk(self.tenant(), trunk, preference, Expected::Absent).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    /// Changes a trunk; calls that are up keep what they began with.
    pub async fn change_trunk(
        &self,
        id: TrunkId,
        expected: Expected,
        change: impl FnOnce(&mut Trunk) + Send,
    ) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let (before, preference) = tx.trunk(self.tenant(), id).await?.ok_or(Refused::NotFound { what: "trunk" })?;
        let mut trunk = before.value;
        change(&mut trunk);
        Refused::for_problems(check::problems(&trunk))?;
        tx.save_trunk(self.tenant(), &trunk, preference, expected).await?;
        self.settle(tx).await
    }

    /// Deletes a trunk that no number comes in on.
    pub async fn delete_trunk(&self, id: TrunkId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let (trunk, _) = tx.trunk(self.tenant(), id).await?.ok_or(Refused::NotFound { what: "trunk" })?;
        let n_numbers = tx.n_numbers_of_trunk(self.tenant(), id).await?;
        if n_numbers != 0 {
            return Err(Refused::Conflict {
                code: "trunk.in_use",
                detail: format!("{n_numbers} numbers come in on {}", trunk.value.name),
                fix: Some("give those numbers back first, or disable the trunk instead".to_owned()),
            });
        }
        tx.delete_trunk(self.tenant(), id, expected).await?;
        self.settle(tx).await
    }
}
