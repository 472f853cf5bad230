//! What is wrong with apps as they are saved: what was fine when it was saved may have lost its target since.
//! Specification of voice apps, 1.19 and 6.16.

use super::{App, Tenant};
use crate::id::SharedMailboxId;
use crate::problem::Problem;

/// A problem of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppProblem {
    pub of: Checked,
    pub name: String,
    pub problem: Problem,
}

/// What has the problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    App(App),
    SharedMailbox(SharedMailboxId),
}

impl Tenant {
    /// All problems of attendants, queues and shared mailboxes, those that would forbid saving and those that warn.
    pub fn app_problems_now(&self) -> Vec<AppProblem> {
        let attendants = self.attendants.values().map(|settings| {
            let of = Checked::App(App::Attendant(settings.id));
            (of, &settings.name, self.attendant_problems(settings))
        });
        let queues = self.queues.values().map(|settings| {
            let of = Checked::App(App::Queue(settings.id));
            (of, &settings.name, self.queue_problems(settings, &self.groups))
        });
        let mailboxes = self.mailboxes.values().map(|settings| {
            let of = Checked::SharedMailbox(settings.id);
            (of, &settings.name, self.mailbox_problems(settings, &self.groups))
        });
        let all = attendants.chain(queues).chain(mailboxes);
        all.flat_map(|(of, name, problems)| {
            problems.into_iter().map(move |problem| AppProblem { of, name: name.clone(), problem })
        })
        .collect()
    }
}
