//! Attendants and queues that others are made from, with their prompts and schedules. Specification of voice apps, 1.16.

mod built_in;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::prompt::Prompt;
use super::{attendant, import, queue};
use crate::id::{AppTemplateId, AttendantId, QueueId, ScheduleId, UserId};
use crate::limits::NAME_CHARS_MAX;
use crate::numbers::schedule::Schedule;
use crate::problem::{Code, Problem};

pub use built_in::built_in;

/// What an app is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    pub id: AppTemplateId,
    pub name: String,
    pub description: String,
    pub pattern: Pattern,
    /// As they were when the template was saved, so that they can be made again.
    pub schedules: Vec<Schedule>,
}

/// The settings of what is made, but for the name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "settings")]
pub enum Pattern {
    Attendant(Box<attendant::Settings>),
    Queue(Box<queue::Settings>),
}

/// What is to be made of a template.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    pub id: Uuid,
    pub name: &'a str,
    /// Agents in place of those of the template; none leaves those.
    pub agents: &'a [UserId],
    /// Of the organization, for a template that has none.
    pub time_zone: &'a str,
    /// The organization's schedules.
    pub there: &'a [Schedule],
}

/// An app, and the schedules that it needs beside those that are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub pattern: Pattern,
    pub schedules: Vec<Schedule>,
}

impl Template {
    /// A template of settings, with those of the schedules that they name.
    pub fn new(id: AppTemplateId, name: &str, description: &str, pattern: Pattern, schedules: &[Schedule]) -> Self {
        let named = pattern.schedules();
        let schedules = schedules.iter().filter(|schedule| named.contains(&schedule.id)).cloned().collect();
        Self { id, name: name.to_owned(), description: description.to_owned(), pattern, schedules }
    }

    /// What is wrong with its name and description.
    pub fn problems(&self) -> Vec<Problem> {
        let name = match self.name.trim().chars().count() {
            0 => Some(Problem::new(Code::NameEmpty, "name")),
            1..=NAME_CHARS_MAX => None,
            _ => Some(Problem::new(Code::NameTooLong, "name")),
        };
        let is_long = self.description.chars().count() > NAME_CHARS_MAX;
        name.into_iter().chain(is_long.then(|| Problem::new(Code::TextTooLong, "description"))).collect()
    }

    /// The app that is made of it. A schedule that is there still is shared, by its id or because one of its name has the
    /// same rule; others are made again, under a name that is free.
    pub fn make(&self, wanted: &Wanted<'_>, mut new_id: impl FnMut() -> ScheduleId) -> Made {
        let mut pattern = self.pattern.clone();
        let mut schedules: Vec<Schedule> = Vec::new();
        for schedule in &self.schedules {
            if wanted.there.iter().any(|there| there.id == schedule.id) {
                continue;
            }
            let same = |there: &&Schedule| is_same(&there.name, &schedule.name) && there.rule == schedule.rule;
            let id = match wanted.there.iter().find(same) {
                Some(there) => there.id,
                None => {
                    let id = new_id();
                    let taken = wanted.there.iter().chain(&schedules).map(|one| one.name.as_str());
                    let name = free_name(&schedule.name, &taken.collect::<Vec<_>>());
                    schedules.push(Schedule { id, name, rule: schedule.rule.clone() });
                    id
                }
            };
            pattern.replace_schedule(schedule.id, id);
        }
        pattern.become_new(wanted);
        Made { pattern, schedules }
    }
}

impl Pattern {
    /// The language of its texts.
    pub fn language(&self) -> &str {
        match self {
            Self::Attendant(settings) => &settings.language,
            Self::Queue(settings) => &settings.language,
        }
    }

    /// All that it may play, to be rendered.
    pub fn prompts_mut(&mut self) -> Vec<&mut Prompt> {
        match self {
            Self::Attendant(settings) => import::steps::prompts_of_attendant(settings),
            Self::Queue(settings) => settings.prompts_mut(),
        }
    }

    fn schedules(&self) -> Vec<ScheduleId> {
        match self {
            Self::Attendant(settings) => settings.associations.iter().map(|one| one.schedule).collect(),
            Self::Queue(settings) => {
                settings.hours.iter().flat_map(|hours| &hours.closures).map(|one| one.schedule).collect()
            }
        }
    }

    fn replace_schedule(&mut self, old: ScheduleId, new: ScheduleId) {
        let places: Vec<&mut ScheduleId> = match self {
            Self::Attendant(settings) => settings.associations.iter_mut().map(|one| &mut one.schedule).collect(),
            Self::Queue(settings) => {
                let closures = settings.hours.iter_mut().flat_map(|hours| &mut hours.closures);
                closures.map(|one| &mut one.schedule).collect()
            }
        };
        for place in places.into_iter().filter(|place| **place == old) {
            *place = new;
        }
    }

    fn become_new(&mut self, wanted: &Wanted<'_>) {
        match self {
            Self::Attendant(settings) => {
                settings.id = AttendantId(wanted.id);
                settings.name = wanted.name.to_owned();
                // What was closed by hand is no pattern for others.
                settings.hours_override = None;
                if settings.time_zone.is_empty() {
                    settings.time_zone = wanted.time_zone.to_owned();
                }
            }
            Self::Queue(settings) => {
                settings.id = QueueId(wanted.id);
                settings.name = wanted.name.to_owned();
                if let Some(hours) = &mut settings.hours {
                    hours.hours_override = None;
                }
                if !wanted.agents.is_empty() {
                    settings.agents = wanted.agents.to_vec();
                    settings.groups.clear();
                    settings.order.clear();
                    settings.ranks.clear();
                }
            }
        }
    }
}

fn is_same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

fn free_name(name: &str, taken: &[&str]) -> String {
    let is_free = |name: &String| !taken.iter().any(|taken| is_same(taken, name));
    let numbered = (2..).map(|number: u32| format!("{name} {number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(is_free).unwrap_or_else(|| name.to_owned())
}
