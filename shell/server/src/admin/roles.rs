//! Roles that an organization makes for itself.

use phone::access::role::{RoleInUse, role_problems};
use phone::access::{CustomRole, Grant, Permissions, Scope};
use phone::id::RoleId;
use store::{Expected, Stored, Version};

use super::{Access, Refused};
use phone::limits::ROLES_OF_TENANT_MAX;

impl Access {
    /// A role of the organization's own.
    pub async fn role(&self, id: RoleId) -> Result<Stored<CustomRole>, Refused> {
        self.store().role(self.tenant(), id).await?.ok_or(Refused::NotFound { what: "role" })
    }

    /// Makes a role.
    pub async fn create_role(&self, role: &CustomRole) -> Result<Version, Refused> {
        let mut tx = self.change().await?;
        let others = tx.roles(self.tenant()).await?;
        if ROLES_OF_TENANT_MAX <= others.len() {
            return Err(Refused::Conflict {
                code: "role.too_many",
                detail: format!("an organization has at most {ROLES_OF_TENANT_MAX} roles of its own"),
                fix: Some("delete one that nobody has".to_owned()),
            });
        }
        Refused::for_problems(role_problems(role, &others))?;
        self.check_may_give(&role.permissions)?;
        let version = tx.save_role(self.tenant(), role, Expected::Absent).await?;
        tx.commit().await?;
        Ok(version)
    }

    /// Changes a role: at once for all who have it.
    pub async fn change_role(
        &self,
        id: RoleId,
        expected: Expected,
        change: impl FnOnce(&mut CustomRole) + Send,
    ) -> Result<(CustomRole, Version), Refused> {
        let mut tx = self.change().await?;
        let others = tx.roles(self.tenant()).await?;
        let found = others.iter().find(|role| role.id == id).cloned();
        let mut role = found.ok_or(Refused::NotFound { what: "role" })?;
        self.check_may_give(&role.permissions)?;
        change(&mut role);
        Refused::for_problems(role_problems(&role, &others))?;
        self.check_may_give(&role.permissions)?;
        let version = tx.save_role(self.tenant(), &role, expected).await?;
        tx.commit().await?;
        Ok((role, version))
    }

    /// Deletes a role that nobody has.
    pub async fn delete_role(&self, id: RoleId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let roles = tx.roles(self.tenant()).await?;
        let role = roles.into_iter().find(|role| role.id == id).ok_or(Refused::NotFound { what: "role" })?;
        self.check_may_give(&role.permissions)?;
        let n_holders = tx.n_holders(id).await?;
        if 0 < n_holders {
            return Err(Refused::by_rule(&RoleInUse { name: role.name, n_holders }));
        }
        tx.delete_role(self.tenant(), id, expected).await?;
        Ok(tx.commit().await.map(|_| ())?)
    }

    /// A role may be given for the whole organization: who writes it could give all of it to themselves.
    fn check_may_give(&self, permissions: &Permissions) -> Result<(), Refused> {
        let whole = Grant { permissions: permissions.clone(), scope: Scope::Tenant };
        Ok(self.grants.may_give(&whole)?)
    }
}
