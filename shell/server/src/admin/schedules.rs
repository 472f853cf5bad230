//! Opening hours and holidays.

use jiff::tz::TimeZone;
use phone::apps::{attendant, mailbox, queue};
use phone::directory::app_uses::uses_of_schedule;
use phone::id::ScheduleId;
use phone::numbers::schedule::calendar::read_calendar;
use phone::numbers::schedule::{self, Rule, Schedule};
use store::{Expected, Stored, Version};
use uuid::Uuid;

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

    /// Makes a schedule of dates from a calendar file, or gives the one of this name these dates. The names of events that
    /// were left out come with it.
    pub async fn import_schedule(&self, name: Option<&str>, file: &[u8]) -> Result<(Schedule, Vec<String>), Refused> {
        let zone = self.tenant_row().await?.value.profile.time_zone;
        let zone = schedule::time_zone(&zone).unwrap_or(TimeZone::UTC);
        let text = std::str::from_utf8(file).map_err(|_| unreadable("this is no text in UTF-8".to_owned()))?;
        let calendar = read_calendar(text, &zone).map_err(|why| unreadable(why.to_string()))?;
        let name = name.unwrap_or_default().trim();
        let there = self.store().document_named::<Schedule>(self.tenant(), name).await?;
        let (id, expected) = match there {
            Some(there) => (there.value.id, Expected::Version(there.version)),
            None => (ScheduleId(Uuid::now_v7()), Expected::Absent),
        };
        let rule = Rule::Fixed { ranges: calendar.ranges };
        let schedule = Schedule { id, name: name.to_owned(), rule };
        self.save_schedule(&schedule, expected).await?;
        Ok((schedule, calendar.skipped))
    }

    /// Deletes a schedule that nothing uses.
    pub async fn delete_schedule(&self, id: ScheduleId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let attendants = tx.documents::<attendant::Settings>(self.tenant()).await?;
        let queues = tx.documents::<queue::Settings>(self.tenant()).await?;
        let mailboxes = tx.documents::<mailbox::Settings>(self.tenant()).await?;
        let users = uses_of_schedule(id, &attendants, &queues, &mailboxes);
        if !users.is_empty() {
            let detail = format!("the schedule is used by {}", users.join(", "));
            return Err(Refused::Conflict { code: "schedule.in_use", detail, fix: None });
        }
        tx.delete_document::<Schedule>(self.tenant(), id.0, expected).await?;
        self.settle(tx).await
    }
}

fn unreadable(why: String) -> Refused {
    Refused::Invalid {
        code: "schedule.calendar_malformed",
        detail: why,
        faults: Vec::new(),
        fix: Some("export the calendar as an .ics file again".to_owned()),
    }
}
