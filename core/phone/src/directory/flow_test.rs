//! Tests of call flows: at this time, this caller presses this, and ends there.

pub mod starter;

use std::time::Instant;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::rehearsal::{Assumed, Caller, End, Entrance, Keys, Path, Script};
use super::{App, Tenant};
use crate::apps::mailbox::Mailbox;
use crate::apps::queue::roster::Members;
use crate::apps::{Priority, Target, attendant, queue};
use crate::directory::change::{Apps, TenantChange};
use crate::id::{FlowTestId, QueueId, UserId};
use crate::limits::NAME_CHARS_MAX;
use crate::problem::{Code, Problem};

/// What is expected of a call to an attendant or a queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowTest {
    pub id: FlowTestId,
    /// Where the call begins.
    pub app: App,
    pub name: String,
    pub from: Caller,
    pub at: Timestamp,
    pub keys: Keys,
    pub assumed: Assumed,
    pub expected: Expected,
    /// Written from the flow itself, and written anew with the next starter set.
    pub generated: bool,
}

/// Where a call is to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Expected {
    External {
        number: String,
    },
    /// An app hangs up.
    HungUp,
    /// The caller is asked to leave a message.
    Message {
        mailbox: Mailbox,
    },
    /// This person answers, as an agent or not.
    Person {
        user: UserId,
    },
    /// An agent of this queue answers, or the caller still waits there.
    Queue {
        queue: QueueId,
    },
    /// Nobody is reached.
    Refused,
}

/// How a test came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Ran {
    pub passed: bool,
    pub path: Path,
}

/// What an attendant or a queue is set to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppSettings {
    Attendant(attendant::Settings),
    Queue(queue::Settings),
}

impl Expected {
    /// What a call that ended like this was to do; none if no test expects that.
    pub fn of(end: &End) -> Option<Self> {
        match end {
            End::External { number, .. } => Some(Self::External { number: number.clone() }),
            End::HungUp { .. } => Some(Self::HungUp),
            End::Message { mailbox } => Some(Self::Message { mailbox: *mailbox }),
            End::Person { queue: Some(queue), .. } | End::Waiting { queue: Some(queue) } => {
                Some(Self::Queue { queue: *queue })
            }
            End::Person { user, queue: None } => Some(Self::Person { user: *user }),
            End::Refused { .. } => Some(Self::Refused),
            End::Announcement
            | End::AudioTest
            | End::CallerHungUp { .. }
            | End::Echo
            | End::Visit { .. }
            | End::Waiting { queue: None } => None,
        }
    }

    /// Whether a call that ended like this did what it was to do.
    pub fn is_met_by(&self, end: &End) -> bool {
        if let (Self::Person { user }, End::Person { user: answered, .. }) = (self, end) {
            return user == answered;
        }
        Self::of(end).as_ref() == Some(self)
    }

    /// In words, as what a call does.
    pub fn words(&self, tenant: &Tenant) -> String {
        match self {
            Self::External { number } => format!("the call goes out to {number}"),
            Self::HungUp => "an app hangs up".to_owned(),
            Self::Message { mailbox } => format!("the caller leaves a message in {}", tenant.name_of_mailbox(*mailbox)),
            Self::Person { user } => {
                let name = tenant.users.get(user).map_or("somebody who is gone", |user| user.display_name.as_str());
                format!("{name} talks with the caller")
            }
            Self::Queue { queue } => format!("{} has the caller", tenant.name_of_app(App::Queue(*queue))),
            Self::Refused => "nobody is reached".to_owned(),
        }
    }
}

impl FlowTest {
    /// The call that is tried.
    pub fn script(&self) -> Script {
        let priority = Priority::NORMAL;
        let target = match self.app {
            App::Attendant(id) => Target::Attendant { id, priority },
            App::Queue(id) => Target::Queue { id, priority },
        };
        Script {
            from: self.from,
            to: Entrance::Target(target),
            at: self.at,
            keys: self.keys.clone(),
            assumed: self.assumed.clone(),
        }
    }

    /// Tries the call in an organization as it is.
    pub fn run(&self, tenant: &Tenant, now: Instant) -> Ran {
        let path = tenant.rehearse(now, &self.script());
        Ran { passed: self.expected.is_met_by(&path.end), path }
    }

    /// What is wrong with a test that is about to be saved.
    pub fn problems(&self) -> Vec<Problem> {
        match self.name.trim().chars().count() {
            0 => vec![Problem::new(Code::NameEmpty, "name")],
            1..=NAME_CHARS_MAX => Vec::new(),
            _ => vec![Problem::new(Code::NameTooLong, "name")],
        }
    }
}

impl AppSettings {
    /// Whose settings they are.
    pub fn app(&self) -> App {
        match self {
            Self::Attendant(settings) => App::Attendant(settings.id),
            Self::Queue(settings) => App::Queue(settings.id),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Attendant(settings) => &settings.name,
            Self::Queue(settings) => &settings.name,
        }
    }
}

impl Tenant {
    /// The organization as it would be with these settings, and with the members of the groups that they name.
    pub fn with_app(&self, settings: &AppSettings, members: &Members) -> Self {
        let mut groups = self.groups.clone();
        groups.extend(members.iter().map(|(group, members)| (*group, members.clone())));
        let mut apps = Apps {
            trunks: self.trunks.clone(),
            outbound_trunks: self.outbound_trunks.clone(),
            lent: self.lent.clone(),
            attendants: self.attendants.clone(),
            queues: self.queues.clone(),
            schedules: self.schedules.clone(),
            groups,
            mailboxes: self.mailboxes.clone(),
            personal_mailboxes: self.personal_mailboxes.clone(),
            calling: self.calling.clone(),
        };
        match settings {
            AppSettings::Attendant(settings) => {
                drop(apps.attendants.insert(settings.id, settings.clone().into()));
            }
            AppSettings::Queue(settings) => drop(apps.queues.insert(settings.id, settings.clone().into())),
        }
        self.with(TenantChange { apps: Some(apps), ..TenantChange::default() })
    }

    /// What is wrong with settings that are about to be saved; `members` are those of the groups that they name.
    pub fn app_problems(&self, settings: &AppSettings, members: &Members) -> Vec<Problem> {
        match settings {
            AppSettings::Attendant(settings) => self.attendant_problems(settings),
            AppSettings::Queue(settings) => self.queue_problems(settings, members),
        }
    }
}
