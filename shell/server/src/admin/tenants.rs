//! Organizations.

use store::{Expected, TenantRow, Version};

use super::{Access, Refused};

impl Access {
    /// Changes the organization itself. Where licenses begin or cease to be enforced, numbers are held or given back.
    pub async fn change_tenant(
        &self,
        expected: Expected,
        change: impl FnOnce(&mut TenantRow) + Send,
    ) -> Result<(TenantRow, Version), Refused> {
        let mut tx = self.change().await?;
        let mut row = self.tenant_in(&tx).await?;
        let before = row.license_enforcement;
        change(&mut row);
        if row.profile.name.trim().is_empty() {
            return Err(Refused::field("name", "name.empty", "a name is needed"));
        }
        let version = tx.save_tenant(&row, expected).await?;
        if row.license_enforcement != before {
            for user in tx.people_with_numbers(self.tenant()).await? {
                self.follow_licenses(&mut tx, user).await?;
            }
        }
        self.settle(tx).await?;
        Ok((row, version))
    }
}
