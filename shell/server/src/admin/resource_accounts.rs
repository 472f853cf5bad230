//! Resource accounts: what stands between a service number and the attendant or queue that answers.

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::apps::{attendant, queue};
use phone::directory::accounts::{account_problems, uses_of_account};
use phone::directory::{App, ResourceAccount};
use phone::id::ResourceAccountId;
use phone::people::license::{self, PartNumber, Seats};
use store::{Expected, Tx, Version};

use super::licenses::phone_system_licenses;
use super::numbers::Rest;
use super::{Access, Refused};

/// What happens to those that lead to a resource account that is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uses {
    /// There must be none.
    Forbid,
    /// They lead nowhere from then on.
    Leave,
}

impl Access {
    /// Makes a resource account. In words: what would have forbidden it if licenses were enforced.
    pub async fn create_resource_account(&self, account: &ResourceAccount) -> Result<Option<String>, Refused> {
        let mut tx = self.change().await?;
        let others = tx.resource_accounts(self.tenant()).await?;
        self.check_account(&tx, account, &others).await?;
        let enforcement = self.tenant_in(&tx).await?.license_enforcement;
        let seats = self.account_seats(&tx, others.len()).await?;
        let warning = license::one_more_account(seats, enforcement).map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.save_resource_account(self.tenant(), account, Expected::Absent).await?;
        self.settle(tx).await?;
        Ok(warning.map(|warning| warning.to_string()))
    }

    /// Changes a resource account.
    pub async fn change_resource_account(
        &self,
        id: ResourceAccountId,
        expected: Expected,
        change: impl FnOnce(&mut ResourceAccount) + Send,
    ) -> Result<(ResourceAccount, Version), Refused> {
        let mut tx = self.change().await?;
        let others = tx.resource_accounts(self.tenant()).await?;
        let found = others.iter().find(|account| account.id == id).cloned();
        let mut account = found.ok_or(Refused::NotFound { what: "resource account" })?;
        change(&mut account);
        self.check_account(&tx, &account, &others).await?;
        let version = tx.save_resource_account(self.tenant(), &account, expected).await?;
        self.settle(tx).await?;
        Ok((account, version))
    }

    /// Deletes a resource account. Its numbers are free first.
    pub async fn delete_resource_account(
        &self,
        id: ResourceAccountId,
        uses: Uses,
        expected: Expected,
    ) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let account = tx.resource_account(self.tenant(), id).await?;
        let account = account.ok_or(Refused::NotFound { what: "resource account" })?.value;
        let attendants = tx.documents::<attendant::Settings>(self.tenant()).await?;
        let queues = tx.documents::<queue::Settings>(self.tenant()).await?;
        let used_by = uses_of_account(id, &attendants, &queues);
        if uses == Uses::Forbid && !used_by.is_empty() {
            return Err(Refused::Conflict {
                code: "resource_account.in_use",
                detail: format!("{} lead to {}", used_by.join(", "), account.display_name),
                fix: Some("let them lead elsewhere first, or delete it with `even_if_used`".to_owned()),
            });
        }
        let pause = self.pause_in(&tx, Rest::AsUsual).await?;
        for number in tx.numbers_of_account(self.tenant(), id).await? {
            let free = number.value.unassign(Timestamp::now(), pause).map_err(|refusal| Refused::by_rule(&refusal))?;
            tx.save_number(self.tenant(), &free, Expected::Version(number.version)).await?;
        }
        tx.delete_resource_account(self.tenant(), id, expected).await?;
        self.settle(tx).await
    }

    async fn check_account(
        &self,
        tx: &Tx,
        account: &ResourceAccount,
        others: &[ResourceAccount],
    ) -> Result<(), Refused> {
        let attendants = tx.documents::<attendant::Settings>(self.tenant()).await?;
        let queues = tx.documents::<queue::Settings>(self.tenant()).await?;
        let attendants = attendants.iter().map(|settings| App::Attendant(settings.id));
        let apps: BTreeSet<App> = attendants.chain(queues.iter().map(|settings| App::Queue(settings.id))).collect();
        Refused::for_problems(account_problems(account, others, &apps))
    }

    async fn account_seats(&self, tx: &Tx, n_accounts: usize) -> Result<Seats, Refused> {
        let bought = tx.subscription(self.tenant(), &PartNumber::of_resource_accounts()).await?;
        let bought = bought.map(|bought| bought.seats);
        let n_phone_system = phone_system_licenses(&tx.catalogue().await?, &tx.seats(self.tenant()).await?);
        Ok(Seats {
            bought: license::resource_account_seats(bought, n_phone_system),
            assigned: u32::try_from(n_accounts).unwrap_or(u32::MAX),
        })
    }
}
