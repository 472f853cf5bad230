//! PSTN usages: words that join policies to routes.

use phone::id::PstnUsageId;
use phone::limits::PSTN_USAGES_MAX;
use phone::numbers::routing::usage::{self, InUse};
use phone::numbers::routing::{PstnUsage, VoiceRoute};
use phone::policies::{Policy, PolicyType, Settings};
use phone::problem::Problem;
use store::{Expected, Tx, Version};

use super::Routed;
use crate::admin::{Access, Refused};

impl Routed for PstnUsage {
    const WHAT: &'static str = "PSTN usage";
    const N_MAX: u64 = PSTN_USAGES_MAX;

    fn problems(&self) -> Vec<Problem> {
        usage::problems(self)
    }
}

impl Access {
    /// Makes a usage.
    pub async fn create_usage(&self, usage: &PstnUsage) -> Result<Version, Refused> {
        let mut tx = self.change().await?;
        let version = self.save_routed(&mut tx, usage, Expected::Absent).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    /// Changes what a usage is described as; its name stays, because policies and routes say it.
    pub async fn describe_usage(
        &self,
        id: PstnUsageId,
        expected: Expected,
        description: Option<String>,
    ) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let usage = self.routed_in::<PstnUsage>(&tx, id.0).await?.value;
        self.save_routed(&mut tx, &PstnUsage { description, ..usage }, expected).await?;
        self.settle(tx).await
    }

    /// Deletes a usage that no route and no policy names.
    pub async fn delete_usage(&self, id: PstnUsageId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let usage = self.routed_in::<PstnUsage>(&tx, id.0).await?.value;
        let users = self.users_of_usage(&tx, &usage.name).await?;
        InUse::check("pstn_usage.in_use", &usage.name, users).map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.delete_document::<PstnUsage>(self.tenant(), id.0, expected).await?;
        self.settle(tx).await
    }

    async fn users_of_usage(&self, tx: &Tx, usage: &str) -> Result<Vec<String>, Refused> {
        let routes = tx.documents::<VoiceRoute>(self.tenant()).await?;
        let routes = routes.iter().filter(|route| route.has_usage(usage));
        let mut users: Vec<String> = routes.map(|route| format!("the route {}", route.name)).collect();
        for kind in [PolicyType::VoiceRouting, PolicyType::EmergencyCallRouting] {
            let policies = tx.all_policies(self.tenant(), kind).await?;
            let policies = policies.iter().filter(|policy| names_usage(policy, usage));
            users.extend(policies.map(|policy| format!("the {} policy {}", kind.as_str(), policy.name)));
        }
        Ok(users)
    }
}

fn names_usage(policy: &Policy, usage: &str) -> bool {
    if let Settings::VoiceRouting(settings) = &policy.settings {
        return settings.has_usage(usage);
    }
    let Settings::EmergencyCallRouting(settings) = &policy.settings else { return false };
    settings.emergency_numbers.iter().any(|entry| usage::is_same(entry.pstn_usage.as_str(), usage))
}
