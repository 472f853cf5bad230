//! Dial plans, and what they make of digits.

use phone::id::DialPlanId;
use phone::limits::{DIAL_PLANS_MAX, SAMPLES_MAX};
use phone::numbers::Country;
use phone::numbers::routing::DialPlan;
use phone::numbers::routing::dial_plan::{self, Normalized, Normalizer};
use phone::numbers::routing::usage::InUse;
use phone::policies::{PolicyType, Settings};
use phone::problem::Problem;
use store::{Expected, Version};

use super::Routed;
use crate::admin::{Access, Refused};

impl Routed for DialPlan {
    const WHAT: &'static str = "dial plan";
    const N_MAX: u64 = DIAL_PLANS_MAX;

    fn problems(&self) -> Vec<Problem> {
        dial_plan::problems(self)
    }
}

impl Access {
    /// Makes a dial plan; who has it by a policy dials by it.
    pub async fn create_dial_plan(&self, plan: &DialPlan) -> Result<Version, Refused> {
        let mut tx = self.change().await?;
        let version = self.save_routed(&mut tx, plan, Expected::Absent).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    /// Changes a dial plan.
    pub async fn change_dial_plan(
        &self,
        id: DialPlanId,
        expected: Expected,
        change: impl FnOnce(&mut DialPlan) + Send,
    ) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let mut plan = self.routed_in::<DialPlan>(&tx, id.0).await?.value;
        change(&mut plan);
        self.save_routed(&mut tx, &plan, expected).await?;
        self.settle(tx).await
    }

    /// Deletes a dial plan that no policy names.
    pub async fn delete_dial_plan(&self, id: DialPlanId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let plan = self.routed_in::<DialPlan>(&tx, id.0).await?.value;
        let policies = tx.all_policies(self.tenant(), PolicyType::DialPlan).await?;
        let names = |settings: &Settings| matches!(settings, Settings::DialPlan(it) if it.dial_plan == Some(id));
        let users = policies.iter().filter(|policy| names(&policy.settings));
        let users = users.map(|policy| format!("the dial_plan policy {}", policy.name)).collect();
        InUse::check("dial_plan.in_use", &plan.name, users).map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.delete_document::<DialPlan>(self.tenant(), id.0, expected).await?;
        self.settle(tx).await
    }

    /// What a dial plan and a country, that of the organization if none is named, make of digits. None is nothing that
    /// can be dialled.
    pub async fn test_dial_plan(
        &self,
        plan: &DialPlan,
        country: Option<&str>,
        dialled: &[String],
    ) -> Result<(Normalizer, Vec<Option<Normalized>>), Refused> {
        check_samples("dialled", dialled.len())?;
        let country = match country {
            Some(code) => Country::parse(code).filter(|known| known.calling_code().is_some()).ok_or_else(|| {
                Refused::field("country", "country.unknown", "the country is not a known one of two capital letters")
            }),
            None => Ok(Country::parse(&self.tenant_row().await?.value.profile.country)).and_then(|known| {
                known.ok_or(Refused::Unavailable { detail: "the country of the organization is not known" })
            }),
        }?;
        let normalizer = plan.compile();
        let by_country = |digits: &str| country.read(digits).ok();
        let results = dialled.iter().map(|digits| normalizer.normalize(digits, by_country)).collect();
        Ok((normalizer, results))
    }
}

/// As many texts as one test takes.
pub(super) fn check_samples(field: &str, n_samples: usize) -> Result<(), Refused> {
    if (1..=SAMPLES_MAX).contains(&n_samples) {
        return Ok(());
    }
    Err(Refused::field(field, "test.samples_out_of_range", format!("1 to {SAMPLES_MAX} texts in one test")))
}
