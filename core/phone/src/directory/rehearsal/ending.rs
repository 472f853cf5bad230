//! Where a call ended, in words.

use super::{End, HangUp};
use crate::apps::mailbox::Mailbox;
use crate::apps::queue::ExitCause;
use crate::directory::{App, Tenant};
use crate::id::UserId;

impl End {
    /// Its word in the API.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Announcement => "announcement",
            Self::AudioTest => "audio_test",
            Self::CallerHungUp { .. } => "caller_hung_up",
            Self::Echo => "echo",
            Self::External { .. } => "external",
            Self::HungUp { .. } => "hung_up",
            Self::Message { .. } => "message",
            Self::Person { .. } => "person",
            Self::Refused { .. } => "refused",
            Self::Visit { .. } => "visit",
            Self::Waiting { .. } => "waiting",
        }
    }

    /// The code of how it ended, where there are several ways: an outcome of an attendant, a cause of a queue, or a
    /// refusal.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::HungUp { cause: HangUp::Attendant(outcome), .. } => Some(outcome.code()),
            Self::HungUp { cause: HangUp::Queue(cause), .. } => Some(match cause {
                ExitCause::Closed => "closed",
                ExitCause::NoAgent => "no_agent",
                ExitCause::Overflow => "overflow",
                ExitCause::Timeout => "timeout",
            }),
            Self::Refused { code } => Some(code),
            Self::Announcement
            | Self::AudioTest
            | Self::CallerHungUp { .. }
            | Self::Echo
            | Self::External { .. }
            | Self::Message { .. }
            | Self::Person { .. }
            | Self::Visit { .. }
            | Self::Waiting { .. } => None,
        }
    }

    /// The app in which the call was when it ended.
    pub fn app(&self) -> Option<App> {
        match self {
            Self::CallerHungUp { app } => *app,
            Self::HungUp { app, .. } => Some(*app),
            Self::Person { queue, .. } | Self::Waiting { queue } => queue.map(App::Queue),
            Self::Announcement
            | Self::AudioTest
            | Self::Echo
            | Self::External { .. }
            | Self::Message { .. }
            | Self::Refused { .. }
            | Self::Visit { .. } => None,
        }
    }

    /// Who answers, or in whose mailbox the caller is.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::Message { mailbox: Mailbox::Person(user) }
            | Self::Person { user, .. }
            | Self::Visit { mailbox: Mailbox::Person(user) } => Some(*user),
            Self::Announcement
            | Self::AudioTest
            | Self::CallerHungUp { .. }
            | Self::Echo
            | Self::External { .. }
            | Self::HungUp { .. }
            | Self::Message { mailbox: Mailbox::Shared(_) }
            | Self::Refused { .. }
            | Self::Visit { mailbox: Mailbox::Shared(_) }
            | Self::Waiting { .. } => None,
        }
    }

    /// One sentence without its full stop.
    pub fn words(&self, tenant: &Tenant) -> String {
        let place = |app: &Option<App>| app.map_or(String::new(), |app| format!(" in {}", tenant.name_of_app(app)));
        let code = self.code().unwrap_or_default().replace('_', " ");
        match self {
            Self::Announcement => "the caller hears an announcement, and the call ends".to_owned(),
            Self::AudioTest => "the caller hears a tone".to_owned(),
            Self::CallerHungUp { app } => format!("the caller hangs up{}", place(app)),
            Self::Echo => "the caller hears the echo test".to_owned(),
            Self::External { number, emergency: false, .. } => format!("the call goes out to {number}"),
            Self::External { number, emergency: true, .. } => {
                format!("the call reaches emergency services at {number}")
            }
            Self::HungUp { app, .. } => format!("{} hangs up: {code}", tenant.name_of_app(*app)),
            Self::Message { mailbox } => format!("the caller leaves a message in {}", tenant.name_of_mailbox(*mailbox)),
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
            Self::Visit { mailbox } => format!("the caller hears the messages in {}", tenant.name_of_mailbox(*mailbox)),
            Self::Waiting { queue } => format!("the caller still waits{}", place(&queue.map(App::Queue))),
        }
    }
}

impl Tenant {
    /// A mailbox as an administrator calls it.
    pub fn name_of_mailbox(&self, mailbox: Mailbox) -> String {
        match mailbox {
            Mailbox::Person(user) => {
                let name = self.users.get(&user).map_or("somebody who is gone", |user| user.display_name.as_str());
                format!("the voicemail of {name}")
            }
            Mailbox::Shared(id) => {
                let name = self.mailboxes.get(&id).map_or("that is gone", |settings| settings.name.as_str());
                format!("the shared mailbox {name}")
            }
        }
    }

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
