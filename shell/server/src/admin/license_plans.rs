//! License plans, as who runs the server offers them.

use phone::people::license::plan::PlanRefusal;
use phone::people::license::{Catalogue, PartNumber, Plan};
use store::{Expected, Stored, Version};

use super::{Caller, Permission, Refused};

/// The version of a plan that comes with the program and that nobody changed.
pub const UNCHANGED: Version = 0;

impl Caller {
    /// All plans, which everybody sees.
    pub async fn catalogue(&self) -> Result<Catalogue, Refused> {
        Ok(self.admin.store.catalogue().await?)
    }

    /// A plan with its version.
    pub async fn license_plan(&self, part_number: &PartNumber) -> Result<(Plan, Version), Refused> {
        let store = &self.begin_platform()?.store;
        if let Some(Stored { value, version, .. }) = store.kept_plan(part_number).await? {
            return Ok((value, version));
        }
        let found = store.catalogue().await?.find(part_number).cloned();
        Ok((found.ok_or(Refused::NotFound { what: "license plan" })?, UNCHANGED))
    }

    /// Makes a plan.
    pub async fn create_license_plan(&self, plan: &Plan) -> Result<Version, Refused> {
        self.begin_platform_change(Permission::Configure)?;
        Refused::for_problems(plan.problems())?;
        let mut tx = self.change().await?;
        if tx.catalogue().await?.find(&plan.part_number).is_some() {
            return Err(Refused::by_rule(&PlanRefusal::Taken { plan: plan.part_number.clone() }));
        }
        let version = tx.save_plan(plan, Expected::Absent).await?;
        tx.commit().await?;
        Ok(version)
    }

    /// Changes a plan, also one that comes with the program.
    pub async fn change_license_plan(
        &self,
        part_number: &PartNumber,
        expected: Expected,
        change: impl FnOnce(&mut Plan) + Send,
    ) -> Result<(Plan, Version), Refused> {
        self.begin_platform_change(Permission::Configure)?;
        let mut tx = self.change().await?;
        let before = tx.catalogue().await?.find(part_number).cloned();
        let before = before.ok_or(Refused::NotFound { what: "license plan" })?;
        let mut plan = before.clone();
        change(&mut plan);
        Refused::for_problems(plan.problems())?;
        let n_tenants = tx.n_tenants_with_plan(part_number).await?;
        before.check_change(&plan, n_tenants).map_err(|refusal| Refused::by_rule(&refusal))?;
        let expected = if expected == Expected::Version(UNCHANGED) { Expected::Absent } else { expected };
        let version = tx.save_plan(&plan, expected).await?;
        tx.commit().await?;
        Ok((plan, version))
    }

    /// Deletes a plan of which no organization has any. What comes with the program stays.
    pub async fn delete_license_plan(&self, part_number: &PartNumber, expected: Expected) -> Result<(), Refused> {
        self.begin_platform_change(Permission::Configure)?;
        let mut tx = self.change().await?;
        tx.catalogue().await?.find(part_number).ok_or(Refused::NotFound { what: "license plan" })?;
        let plan = part_number.clone();
        if Plan::is_built_in(part_number) {
            return Err(Refused::by_rule(&PlanRefusal::BuiltIn { plan }));
        }
        let n_tenants = tx.n_tenants_with_plan(part_number).await?;
        if 0 < n_tenants {
            return Err(Refused::by_rule(&PlanRefusal::InUse { plan, n_tenants }));
        }
        tx.delete_plan(part_number, expected).await?;
        tx.commit().await?;
        Ok(())
    }
}
