//! How far an organization is set up, and whether a person can call.

use jiff::Timestamp;
use phone::directory::AppProblem;
use phone::directory::readiness::{self, Check, Known, services};
use phone::directory::setup::{Credits, Licensing, Step, steps};
use phone::id::ResourceAccountId;
use phone::people::license::{Capability, PartNumber};

use super::licenses::phone_system_licenses;
use super::{Access, Refused};

impl Access {
    /// What is wrong with attendants, queues and shared mailboxes as they are saved.
    pub async fn app_problems(&self) -> Result<Vec<AppProblem>, Refused> {
        Ok(self.known_snapshot().await?.app_problems_now())
    }

    /// All seven steps.
    pub async fn setup(&self) -> Result<Vec<Step>, Refused> {
        let mut licensing =
            Licensing { enforcement: self.tenant_row().await?.value.license_enforcement, ..Licensing::default() };
        let catalogue = self.store().catalogue().await?;
        for (plan, seats) in self.store().seats(self.tenant()).await? {
            if catalogue.unlocked([&plan]).contains(&Capability::PhoneSystem) {
                licensing.n_seats = licensing.n_seats.saturating_add(seats.bought);
                licensing.n_given = licensing.n_given.saturating_add(seats.assigned);
            }
        }
        let mut warnings = self.credit_warnings().await?;
        let credits = self.wallet().await?.filter(|row| row.wallet.value.enabled).map(|row| {
            let wallet = &row.wallet.value;
            Credits {
                balance: row.balance,
                currency: wallet.currency,
                state: wallet.state(row.balance),
                has_outbound_deck: wallet.outbound_deck.is_some(),
                has_toll_free_deck: wallet.toll_free_deck.is_some(),
                warnings: std::mem::take(&mut warnings),
            }
        });
        Ok(steps(&*self.known_snapshot().await?, &licensing, credits.as_ref()))
    }

    /// All that it takes for a person to call and be called.
    pub async fn readiness(&self, user: &str) -> Result<Vec<Check>, Refused> {
        let user = self.user(user).await?.value;
        let snapshot = self.known_snapshot().await?;
        let line = snapshot.number_of_user(user.id);
        let number = line.and_then(|line| snapshot.numbers.get(&line));
        let address = number.and_then(|number| snapshot.routing.addresses.get(&number.address?));
        let of_line = number.and_then(|number| number.site);
        let location = match (address, user.site.or(of_line)) {
            (Some(address), _) => Some(address.line()),
            (None, Some(site)) => {
                self.store().site(self.tenant(), site).await?.and_then(|site| site.value.emergency_location)
            }
            (None, None) => None,
        };
        let failures = self.store().failures_of_user(self.tenant(), user.id).await?;
        let held = self.store().licenses(self.tenant(), [user.id]).await?.remove(&user.id).unwrap_or_default();
        let known = Known {
            enforcement: self.tenant_row().await?.value.license_enforcement,
            unlocked: self.store().catalogue().await?.unlocked(&held),
            held,
            failures: failures.into_iter().map(|failure| failure.message).collect(),
            n_phones: self.registrations_of(vec![user.id]).await?.len(),
            at: Timestamp::now(),
            location,
        };
        Ok(readiness::checks(&snapshot, &user, &known))
    }

    /// All that it takes for a service to be called.
    pub async fn readiness_of_service(&self, account: ResourceAccountId) -> Result<Vec<Check>, Refused> {
        let account = self.store().resource_account(self.tenant(), account).await?;
        let account = account.ok_or(Refused::NotFound { what: "resource account" })?.value;
        let snapshot = self.known_snapshot().await?;
        let seats = self.store().seats(self.tenant()).await?;
        let licensing = services::Licensing {
            enforcement: self.tenant_row().await?.value.license_enforcement,
            n_bought: seats.get(&PartNumber::of_resource_accounts()).map(|seats| seats.bought),
            n_phone_system: phone_system_licenses(&self.store().catalogue().await?, &seats),
        };
        Ok(services::checks(&snapshot, &account, &licensing))
    }
}
