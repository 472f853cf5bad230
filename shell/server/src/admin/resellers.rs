//! Resellers, as who runs the server keeps them.

use phone::directory::resellers::{check_deletion, reseller_problems};
use phone::id::ResellerId;
use phone::people::Reseller;
use store::{Expected, Page, Paging, Scope, Stored, Tx, Version};
use uuid::Uuid;

use super::{Caller, Permission, Refused};

impl Caller {
    /// All resellers for who runs the server, itself for a reseller.
    pub async fn resellers(&self, paging: &Paging) -> Result<Page<Stored<Reseller>>, Refused> {
        match self.scope {
            Scope::Reseller(own) => {
                self.check(Permission::View)?;
                let own = self.store().reseller(own).await?;
                Ok(Page { items: own.into_iter().collect(), next: None })
            }
            Scope::Platform | Scope::Tenant(_) => Ok(self.begin_platform()?.store.resellers(paging).await?),
        }
    }

    /// One reseller by its short name or id. For another reseller it is not there.
    pub async fn reseller(&self, name: &str, permission: Permission) -> Result<Stored<Reseller>, Refused> {
        if let Scope::Tenant(_) = self.scope {
            return Err(Refused::NotFound { what: "reseller" });
        }
        let found = match name.parse::<Uuid>() {
            Ok(id) => self.store().reseller(ResellerId(id)).await?,
            Err(_) => self.store().reseller_by_slug(name).await?,
        };
        let found = found.ok_or(Refused::NotFound { what: "reseller" })?;
        if let Scope::Reseller(own) = self.scope
            && own != found.value.id
        {
            return Err(Refused::NotFound { what: "reseller" });
        }
        self.check(permission)?;
        Ok(found)
    }

    /// Makes a reseller.
    pub async fn create_reseller(&self, reseller: &Reseller) -> Result<Version, Refused> {
        self.begin_platform_change(Permission::Configure)?;
        self.save_reseller(self.change().await?, reseller, Expected::Absent).await
    }

    /// Changes a reseller.
    pub async fn change_reseller(
        &self,
        name: &str,
        expected: Expected,
        change: impl FnOnce(&mut Reseller) + Send,
    ) -> Result<(Reseller, Version), Refused> {
        let id = self.reseller(name, Permission::View).await?.value.id;
        self.begin_platform_change(Permission::Configure)?;
        let tx = self.change().await?;
        let mut reseller = tx.reseller(id).await?.ok_or(Refused::NotFound { what: "reseller" })?.value;
        change(&mut reseller);
        let version = self.save_reseller(tx, &reseller, expected).await?;
        Ok((reseller, version))
    }

    /// Deletes a reseller that has no organizations.
    pub async fn delete_reseller(&self, name: &str, expected: Expected) -> Result<(), Refused> {
        let reseller = self.reseller(name, Permission::View).await?.value;
        self.begin_platform_change(Permission::Configure)?;
        let mut tx = self.change().await?;
        let n_tenants = tx.n_tenants_of(reseller.id).await?;
        check_deletion(&reseller, n_tenants).map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.delete_reseller(reseller.id, expected).await?;
        Ok(tx.commit().await.map(|_| ())?)
    }

    async fn save_reseller(&self, mut tx: Tx, reseller: &Reseller, expected: Expected) -> Result<Version, Refused> {
        Refused::for_problems(reseller_problems(reseller))?;
        let same = tx.reseller_by_slug(&reseller.slug).await?;
        let is_resellers = same.is_some_and(|same| same.value.id != reseller.id);
        // People say one name for where they sign in: an organization's and a reseller's may not be the same.
        if is_resellers || tx.tenant_by_slug(&reseller.slug).await?.is_some() {
            let of = if is_resellers { "another reseller" } else { "an organization" };
            return Err(Refused::Conflict {
                code: "slug.taken",
                detail: format!("{of} is called {}", reseller.slug),
                fix: Some("choose another".to_owned()),
            });
        }
        let version = tx.save_reseller(reseller, expected).await?;
        tx.commit().await?;
        Ok(version)
    }
}
