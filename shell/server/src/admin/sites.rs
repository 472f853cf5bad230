//! Sites: places where an organization works.

use phone::directory::sites::site_problems;
use phone::id::SiteId;
use phone::limits::SITES_MAX;
use phone::numbers::routing::usage::InUse;
use phone::people::Site;
use phone::people::site::check_deletion;
use store::{Expected, Stored, Tx, Version};
use uuid::Uuid;

use super::{Access, Refused};

impl Access {
    /// A site by id or name.
    pub async fn site(&self, name: &str) -> Result<Stored<Site>, Refused> {
        let found = match self.site_named(name).await? {
            Some(id) => self.store().site(self.tenant(), id).await?,
            None => None,
        };
        found.ok_or(Refused::NotFound { what: "site" })
    }

    /// The site that people and numbers are to belong to, by id or name.
    pub async fn site_for(&self, name: &str) -> Result<SiteId, Refused> {
        let unknown = || Refused::field("site", "site.unknown", format!("there is no site {name}"));
        Ok(self
            .site(name)
            .await
            .map_err(|refused| match refused {
                Refused::NotFound { .. } => unknown(),
                other => other,
            })?
            .value
            .id)
    }

    /// Makes a site.
    pub async fn create_site(&self, site: &Site) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let others = tx.sites(self.tenant()).await?;
        if SITES_MAX <= others.len() {
            return Err(Refused::Conflict {
                code: "site.too_many",
                detail: format!("an organization has at most {SITES_MAX} sites"),
                fix: Some("delete one that nothing belongs to".to_owned()),
            });
        }
        Refused::for_problems(site_problems(site, &others))?;
        tx.save_site(self.tenant(), site, Expected::Absent).await?;
        self.settle(tx).await
    }

    /// Changes a site.
    pub async fn change_site(
        &self,
        id: SiteId,
        expected: Expected,
        change: impl FnOnce(&mut Site) + Send,
    ) -> Result<Version, Refused> {
        let mut tx = self.change().await?;
        let others = tx.sites(self.tenant()).await?;
        let found = others.iter().find(|site| site.id == id).cloned();
        let mut site = found.ok_or(Refused::NotFound { what: "site" })?;
        change(&mut site);
        Refused::for_problems(site_problems(&site, &others))?;
        let version = tx.save_site(self.tenant(), &site, expected).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    /// Deletes a site that nobody and no number belongs to.
    pub async fn delete_site(&self, id: SiteId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let site = self.site_in(&tx, id).await?;
        let belongings = tx.belongings_of_site(self.tenant(), id).await?;
        self.check_policies_of_site(&site).await?;
        let trunks = tx.trunks(self.tenant()).await?;
        let trunks = trunks.iter().filter(|trunk| trunk.settings.site == Some(id));
        let trunks = trunks.map(|trunk| format!("the trunk {}", trunk.name)).collect();
        InUse::check("site.in_use", &site.name, trunks).map_err(|refusal| Refused::by_rule(&refusal))?;
        check_deletion(&site, &belongings).map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.delete_site(self.tenant(), id, expected).await?;
        self.settle(tx).await
    }

    /// Whether a site is there, as of a change: it may have been deleted since it was named.
    pub(super) async fn site_in(&self, tx: &Tx, id: SiteId) -> Result<Site, Refused> {
        let found = tx.site(self.tenant(), id).await?;
        Ok(found.ok_or(Refused::NotFound { what: "site" })?.value)
    }

    async fn site_named(&self, name: &str) -> Result<Option<SiteId>, Refused> {
        if let Ok(id) = name.parse::<Uuid>() {
            return Ok(Some(SiteId(id)));
        }
        let names = self.store().site_names(self.tenant()).await?;
        let wanted = name.trim().to_lowercase();
        Ok(names.into_iter().find(|(_, known)| known.to_lowercase() == wanted).map(|(id, _)| id))
    }
}
