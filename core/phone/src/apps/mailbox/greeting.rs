//! What callers of a shared mailbox hear first: by the app that they come from, by the hour, or always. Specification of
//! voice apps, 1.15.

use serde::{Deserialize, Serialize};

use super::Settings;
use crate::apps::prompt::Prompt;
use crate::id::{AttendantId, QueueId, ScheduleId};

/// What is heard while a schedule is in effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AfterHours {
    pub schedule: ScheduleId,
    pub greeting: Prompt,
}

/// What callers hear who come from an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppGreeting {
    pub via: Via,
    pub greeting: Prompt,
}

/// The app that a caller comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "id")]
pub enum Via {
    Attendant(AttendantId),
    Queue(QueueId),
}

impl Settings {
    /// What a caller hears first; `is_after_hours` says whether the schedule of [`AfterHours`] is in effect.
    pub fn greeting_for(&self, via: Option<Via>, is_after_hours: bool) -> Option<&Prompt> {
        let of_app = self.app_greetings.iter().find(|one| Some(one.via) == via).map(|one| &one.greeting);
        let of_hour = self.after_hours.as_ref().filter(|_| is_after_hours).map(|one| &one.greeting);
        of_app.or(of_hour).or(self.greeting.as_ref())
    }

    /// All that callers may hear.
    pub fn prompts(&self) -> impl Iterator<Item = &Prompt> {
        let after_hours = self.after_hours.iter().map(|one| &one.greeting);
        self.greeting.iter().chain(after_hours).chain(self.app_greetings.iter().map(|one| &one.greeting))
    }
}
