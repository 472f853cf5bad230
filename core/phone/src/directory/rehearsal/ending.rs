//! Where a call ended, in words.

use super::{End, HangUp};
use crate::apps::queue::ExitCause;
use crate::directory::{App, Tenant};
use crate::id::UserId;

impl End {
    /// Its word in the API.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::AudioTest => "audio_test",
            Self::CallerHungUp { .. } => "caller_hung_up",
            Self::Echo => "echo",
            Self::External { .. } => "external",
            Self::HungUp { .. } => "hung_up",
            Self::Person { .. } => "person",
            Self::Refused { .. } => "refused",
            Self::Waiting { .. } => "waiting",
        }
    }

    /// The code of how it ended, where there are several ways: an outcome of an attendant, a cause of a queue, or a
    /// refusal.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::HungUp { cause: HangUp::Attendant(outcome), .. } => Some(outcome.code()),
            Self::HungUp { cause: HangUp::Queue(cause), .. } => Some(match cause {
                ExitCause::NoAgent => "no_agent",
                ExitCause::Overflow => "overflow",
                ExitCause::Timeout => "timeout",
            }),
            Self::Refused { code } => Some(code),
            Self::AudioTest
            | Self::CallerHungUp { .. }
            | Self::Echo
            | Self::External { .. }
            | Self::Person { .. }
            | Self::Waiting { .. } => None,
        }
    }

    /// The app in which the call was when it ended.
    pub fn app(&self) -> Option<App> {
        match self {
            Self::CallerHungUp { app } => *app,
            Self::HungUp { app, .. } => Some(*app),
            Self::Person { queue, .. } | Self::Waiting { queue } => queue.map(App::Queue),
            Self::AudioTest | Self::Echo | Self::External { .. } | Self::Refused { .. } => None,
        }
    }

    /// Who answers.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::Person { user, .. } => Some(*user),
            Self::AudioTest
            | Self::CallerHungUp { .. }
            | Self::Echo
            | Self::External { .. }
            | Self::HungUp { .. }
            | Self::Refused { .. }
            | Self::Waiting { .. } => None,
        }
    }

    /// One sentence without its full stop.
    pub fn words(&self, tenant: &Tenant) -> String {
        let place = |app: &Option<App>| app.map_or(String::new(), |app| format!(" in {}", tenant.name_of_app(app)));
        let code = self.code().unwrap_or_default().replace('_', " ");
        match self {
            Self::AudioTest => "the caller hears a tone".to_owned(),
            Self::CallerHungUp { app } => format!("the caller hangs up{}", place(app)),
            Self::Echo => "the caller hears the echo test".to_owned(),
            Self::External { number, emergency: false } => format!("the call goes out to {number}"),
            Self::External { number, emergency: true } => format!("the call reaches emergency services at {number}"),
            Self::HungUp { app, .. } => format!("{} hangs up: {code}", tenant.name_of_app(*app)),
            Self::Person { user, queue } => {
                let name = tenant.users.get(user).map_or("somebody", |user| user.display_name.as_str());
                match queue {
                    Some(queue) => {
                        format!("{name} talks with the caller, for {}", tenant.name_of_app(App::Queue(*queue)))
                    }
                    None => format!("{name} talks with the caller"),
                }
            }
            Self::Refused { .. } => format!("nobody is reached: {code}"),
            Self::Waiting { queue } => format!("the caller still waits{}", place(&queue.map(App::Queue))),
        }
    }
}

impl Tenant {
    /// An app as an administrator calls it.
    pub fn name_of_app(&self, app: App) -> String {
        match app {
            App::Attendant(id) => match self.attendants.get(&id) {
                Some(settings) => format!("the auto attendant {}", settings.name),
                None => "an auto attendant that is gone".to_owned(),
            },
            App::Queue(id) => match self.queues.get(&id) {
                Some(settings) => format!("the queue {}", settings.name),
                None => "a queue that is gone".to_owned(),
            },
        }
    }
}
