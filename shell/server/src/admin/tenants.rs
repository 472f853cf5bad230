//! Organizations: made, changed, suspended, deleted.

use phone::directory::profile::{check_deletion, profile_problems};
use phone::numbers::CountryProfile;
use store::{Expected, Page, Paging, Scope, Stored, TenantRow, Tx, Version};

use super::{Access, Caller, Permission, Refused};

impl Caller {
    /// Organizations that are there for the caller, by short name.
    pub async fn tenants(&self, paging: &Paging) -> Result<Page<Stored<TenantRow>>, Refused> {
        let of = match self.scope {
            Scope::Platform => None,
            Scope::Reseller(own) => Some(own),
            Scope::Tenant(own) => {
                let own = self.store().tenant(own).await?;
                return Ok(Page { items: own.into_iter().collect(), next: None });
            }
        };
        Ok(self.store().tenants(of, paging).await?)
    }

    /// Makes an organization. The first one is what a literal address in place of a SIP domain means. One that a
    /// reseller makes is the reseller's, and never that.
    pub async fn create_tenant(&self, row: TenantRow) -> Result<(TenantRow, Version), Refused> {
        self.begin_resale()?;
        if self.scope.reseller().is_some() && (row.is_default || row.reseller.is_some()) {
            self.begin_ownership()?;
        }
        let reseller = self.scope.reseller().or(row.reseller);
        let admin = &self.admin;
        let mut tx = self.change().await?;
        let is_default = row.is_default || self.scope == Scope::Platform && tx.default_tenant().await?.is_none();
        let of_country = tx.country_profile(&row.profile.country).await?;
        let row = TenantRow { is_default, reseller, ..own_emergency_only(row, &of_country) };
        check(&tx, &row).await?;
        take_default(&mut tx, &row).await?;
        let version = tx.save_tenant(&row, Expected::Absent).await?;
        tx.commit().await?;
        admin.nudge.nudge();
        Ok((row, version))
    }

    /// Permission to decide about an organization's place on the server.
    pub fn begin_ownership(&self) -> Result<(), Refused> {
        self.begin_platform_change(Permission::Configure).map(|_| ())
    }

    /// Permission to decide about what an organization may do, and not only about what it does: for who runs the server,
    /// and for the reseller whose it is.
    pub fn begin_resale(&self) -> Result<(), Refused> {
        match self.scope {
            Scope::Reseller(_) => self.check(Permission::Configure),
            Scope::Platform | Scope::Tenant(_) => self.begin_ownership(),
        }
    }
}

impl Access {
    /// Changes the organization itself. Where licenses begin or cease to be enforced, numbers are held or given back.
    pub async fn change_tenant(
        &self,
        expected: Expected,
        change: impl FnOnce(&mut TenantRow) + Send,
    ) -> Result<(TenantRow, Version), Refused> {
        let mut tx = self.change().await?;
        let before = self.tenant_in(&tx).await?;
        let mut row = before.clone();
        change(&mut row);
        let of_country = tx.country_profile(&row.profile.country).await?;
        let row = own_emergency_only(row, &of_country);
        check(&tx, &row).await?;
        if row.profile.sip_domain != before.profile.sip_domain {
            self.check_nobody_logs_in(&tx).await?;
        }
        self.check_extensions(&tx, &row).await?;
        take_default(&mut tx, &row).await?;
        let version = tx.save_tenant(&row, expected).await?;
        if row.license_enforcement != before.license_enforcement {
            for user in tx.people_with_numbers(self.tenant()).await? {
                self.follow_licenses(&mut tx, user).await?;
            }
        }
        let is_judged_anew =
            row.license_enforcement != before.license_enforcement || row.profile.country != before.profile.country;
        if is_judged_anew {
            tx.queue_failed(self.tenant(), None).await?;
        }
        self.settle(tx).await?;
        self.settle_licenses().await?;
        Ok((row, version))
    }

    /// Deletes the organization: if it is empty, or with all that it has if `confirmed` is its short name.
    pub async fn delete_tenant(&self, confirmed: Option<&str>, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let row = self.tenant_in(&tx).await?;
        let contents = tx.contents(self.tenant()).await?;
        check_deletion(&row.profile.slug, contents, confirmed).map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.delete_tenant(self.tenant(), expected).await?;
        self.settle(tx).await?;
        let (files, tenant) = (self.admin.messages.clone(), self.tenant());
        tokio::task::spawn_blocking(move || files.remove_all(tenant));
        let recordings = self.admin.recordings.clone();
        tokio::task::spawn_blocking(move || recordings.remove_all(tenant));
        Ok(())
    }

    /// Phones log in with a hash over the SIP domain: all would need new passwords.
    async fn check_nobody_logs_in(&self, tx: &Tx) -> Result<(), Refused> {
        match tx.contents(self.tenant()).await?.n_users {
            0 => Ok(()),
            n_users => Err(Refused::Conflict {
                code: "sip_domain.in_use",
                detail: format!("the passwords of {n_users} people's phones are bound to the SIP domain"),
                fix: Some("keep the SIP domain, or make another organization with the new one".to_owned()),
            }),
        }
    }

    /// What reaches emergency services is nobody's extension.
    async fn check_extensions(&self, tx: &Tx, row: &TenantRow) -> Result<(), Refused> {
        for number in tx.emergency_numbers(row).await? {
            if let Some(user) = tx.user_by_extension(self.tenant(), &number).await? {
                return Err(Refused::Conflict {
                    code: "extension.emergency",
                    detail: format!(
                        "{number} reaches emergency services and is the extension of {}",
                        user.value.display_name
                    ),
                    fix: Some("give the person another extension first".to_owned()),
                });
            }
        }
        Ok(())
    }
}

async fn check(tx: &Tx, row: &TenantRow) -> Result<(), Refused> {
    Refused::for_problems(profile_problems(&row.profile, &row.emergency_numbers))?;
    let (slug, sip_domain) = (&row.profile.slug, &row.profile.sip_domain);
    let same_slug = tx.tenant_by_slug(slug).await?.filter(|other| other.value.profile.id != row.profile.id);
    if same_slug.is_some() {
        return Err(taken("slug.taken", format!("another organization is called {slug}")));
    }
    // People say one name for where they sign in: nobody makes an organization that is taken for a reseller.
    if tx.reseller_by_slug(slug).await?.is_some() {
        return Err(taken("slug.taken", format!("the name {slug} is taken")));
    }
    if let Some(reseller) = row.reseller
        && tx.reseller(reseller).await?.is_none()
    {
        return Err(Refused::field("reseller", "reseller.unknown", "there is no such reseller any more"));
    }
    let same_domain = tx.tenant_by_domain(sip_domain).await?.filter(|other| other.value.profile.id != row.profile.id);
    match same_domain {
        Some(owner) => {
            let owner = owner.value.profile.slug;
            Err(taken("sip_domain.taken", format!("the SIP domain {sip_domain} is that of {owner}")))
        }
        None => Ok(()),
    }
}

fn taken(code: &'static str, detail: String) -> Refused {
    Refused::Conflict { code, detail, fix: Some("choose another".to_owned()) }
}

/// There is one default organization: the one that becomes it takes the place of the other.
async fn take_default(tx: &mut Tx, row: &TenantRow) -> Result<(), Refused> {
    if !row.is_default {
        return Ok(());
    }
    let other = tx.default_tenant().await?.filter(|other| other.value.profile.id != row.profile.id);
    if let Some(other) = other {
        let demoted = TenantRow { is_default: false, ..other.value };
        tx.save_tenant(&demoted, Expected::Version(other.version)).await?;
    }
    Ok(())
}

/// Those of the country need not be kept: they are known.
fn own_emergency_only(row: TenantRow, of_country: &CountryProfile) -> TenantRow {
    let own = row.emergency_numbers.into_iter().filter(|number| !of_country.is_emergency(number));
    TenantRow { emergency_numbers: own.collect(), profile: row.profile, ..row }
}
