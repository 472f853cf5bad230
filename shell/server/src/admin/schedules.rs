//! Opening hours and holidays.

use phone::id::ScheduleId;
use phone::numbers::schedule::{self, Schedule};
use store::{Expected, Stored, Version};

use super::{Access, Refused};

impl Access {
    /// One schedule.
    pub async fn schedule(&self, id: ScheduleId) -> Result<Stored<Schedule>, Refused> {
        let found = self.store().document(self.tenant(), id.0).await?;
        found.ok_or(Refused::NotFound { what: "schedule" })
    }

    /// Creates or changes a schedule. It stays weekly or fixed, as it was created.
    pub async fn save_schedule(&self, schedule: &Schedule, expected: Expected) -> Result<Version, Refused> {
        let mut problems = schedule::check::problems(schedule);
        if let Some(old) = self.store().document::<Schedule>(self.tenant(), schedule.id.0).await? {
            problems.extend(schedule::check::change_problems(&old.value.rule, &schedule.rule));
        }
        Refused::for_problems(problems)?;
        let mut tx = self.change().await?;
        let version = tx.save_document(self.tenant(), schedule, expected).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    /// Deletes a schedule that nothing uses.
    pub async fn delete_schedule(&self, id: ScheduleId, expected: Expected) -> Result<(), Refused> {
        let users: Vec<String> = self.snapshot().map_or_else(Vec::new, |tenant| {
            let uses = |settings: &&std::sync::Arc<phone::apps::attendant::Settings>| {
                settings.associations.iter().any(|association| association.schedule == id)
            };
            tenant.attendants.values().filter(uses).map(|settings| settings.name.clone()).collect()
        });
        if !users.is_empty() {
            let detail = format!("the schedule is used by {}", users.join(", "));
            return Err(Refused::Conflict { code: "schedule.in_use", detail, fix: None });
        }
        let mut tx = self.change().await?;
        tx.delete_document::<Schedule>(self.tenant(), id.0, expected).await?;
        self.settle(tx).await
    }
}
