//! Who takes calls to numbers that are assigned to nobody.

use std::collections::BTreeMap;

use phone::apps::unassigned::{self, Treatment, Treatments, UnassignedNumbers, UnassignedTarget};
use phone::id::UnassignedNumbersId;
use phone::limits::UNASSIGNED_NUMBERS_MAX;
use phone::numbers::routing::Expression;
use phone::numbers::routing::order::place;
use phone::problem::Problem;
use store::{Expected, Tx, Version};

use super::Routed;
use super::dial_plans::check_samples;
use crate::admin::{Access, Refused};

impl Routed for UnassignedNumbers {
    const WHAT: &'static str = "treatment of unassigned numbers";
    const N_MAX: u64 = UNASSIGNED_NUMBERS_MAX;

    fn problems(&self) -> Vec<Problem> {
        unassigned::problems(self)
    }
}

impl Access {
    /// Makes a treatment at its priority, or behind all others if that is none.
    pub async fn create_unassigned_numbers(
        &self,
        mut entry: UnassignedNumbers,
        priority: Option<u32>,
    ) -> Result<Version, Refused> {
        let mut tx = self.change().await?;
        self.check_unassigned(&tx, &entry).await?;
        entry.priority = self.place_unassigned(&mut tx, entry.id, priority).await?;
        let version = self.save_routed(&mut tx, &entry, Expected::Absent).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    /// Changes a treatment. Another one at its new priority goes one further, and so on.
    pub async fn change_unassigned_numbers(
        &self,
        id: UnassignedNumbersId,
        expected: Expected,
        priority: Option<u32>,
        change: impl FnOnce(&mut UnassignedNumbers) + Send,
    ) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let mut entry = self.routed_in::<UnassignedNumbers>(&tx, id.0).await?.value;
        change(&mut entry);
        self.check_unassigned(&tx, &entry).await?;
        if priority.is_some_and(|wanted| wanted != entry.priority) {
            entry.priority = self.place_unassigned(&mut tx, id, priority).await?;
        }
        self.save_routed(&mut tx, &entry, expected).await?;
        self.settle(tx).await
    }

    /// Deletes a treatment.
    pub async fn delete_unassigned_numbers(&self, id: UnassignedNumbersId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        self.routed_in::<UnassignedNumbers>(&tx, id.0).await?;
        tx.delete_document::<UnassignedNumbers>(self.tenant(), id.0, expected).await?;
        self.settle(tx).await
    }

    /// Tells of each number which treatment would take calls to it if it is assigned to nobody.
    pub async fn test_unassigned<T>(
        &self,
        numbers: &[String],
        tell: impl Fn(&str, Option<&Treatment>) -> T,
    ) -> Result<Vec<T>, Refused> {
        check_samples("numbers", numbers.len())?;
        let entries = self.store().all_documents::<UnassignedNumbers>(self.tenant()).await?;
        let treatments = Treatments::new(entries, &|pattern| Expression::parse(pattern).ok());
        Ok(numbers.iter().map(|number| tell(number, treatments.find(number.trim()))).collect())
    }

    /// Who takes the calls is there.
    async fn check_unassigned(&self, tx: &Tx, entry: &UnassignedNumbers) -> Result<(), Refused> {
        match &entry.target {
            UnassignedTarget::Announcement { .. } => Ok(()),
            UnassignedTarget::ResourceAccount { account } => {
                self.check_account_is_there(tx, *account, "target.id").await
            }
            UnassignedTarget::User { user } => match tx.user(self.tenant(), *user).await? {
                Some(_) => Ok(()),
                None => Err(Refused::field("target.id", "graph.missing_target", "there is no such person")),
            },
        }
    }

    async fn place_unassigned(
        &self,
        tx: &mut Tx,
        id: UnassignedNumbersId,
        wanted: Option<u32>,
    ) -> Result<u32, Refused> {
        let entries = tx.documents::<UnassignedNumbers>(self.tenant()).await?;
        let places: Vec<_> = entries.iter().map(|entry| (entry.id, entry.priority)).collect();
        let (at, moved) = place(&places, id, wanted);
        let moved: BTreeMap<UnassignedNumbersId, u32> = moved.into_iter().collect();
        for mut entry in entries {
            if let Some(priority) = moved.get(&entry.id) {
                entry.priority = *priority;
                tx.save_document(self.tenant(), &entry, Expected::Any).await?;
            }
        }
        Ok(at)
    }
}
