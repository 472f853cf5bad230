//! Organizations.

use store::{Expected, TenantRow, Version};

use super::{Access, Refused};

impl Access {
    /// Changes the organization itself.
    pub async fn change_tenant(
        &self,
        expected: Expected,
        change: impl FnOnce(&mut TenantRow) + Send,
    ) -> Result<(TenantRow, Version), Refused> {
        let mut tx = self.change().await?;
        let mut row = self.tenant_in(&tx).await?;
        change(&mut row);
        if row.profile.name.trim().is_empty() {
            return Err(Refused::field("name", "name.empty", "a name is needed"));
        }
        let version = tx.save_tenant(&row, expected).await?;
        self.settle(tx).await?;
        Ok((row, version))
    }
}
