//! Whether a person can be saved in an organization, and what keeps a person from being deleted.

use super::offboarding::is_user;
use crate::apps::Target;
use crate::apps::attendant::{self, Action, CallFlow};
use crate::apps::queue::{self, Exit};
use crate::id::UserId;
use crate::numbers::Country;
use crate::people::User;
use crate::people::user::check;
use crate::problem::{Code, Problem};

/// What is wrong with a person that is about to be saved: by itself, and in an organization with these emergency numbers.
pub fn user_problems(user: &User, emergency: &[String]) -> Vec<Problem> {
    let mut found = check::problems(user);
    if emergency.contains(&user.extension) {
        found.push(Problem::new(Code::ExtensionEmergency, "extension"));
    }
    if user.country.as_deref().is_some_and(|country| !is_country(country)) {
        found.push(Problem::new(Code::CountryUnknown, "country"));
    }
    found
}

/// The names of attendants and queues that lead to a person or have them as an agent.
pub fn uses_of_user(user: UserId, attendants: &[attendant::Settings], queues: &[queue::Settings]) -> Vec<String> {
    let is_user = |target: &Target| is_user(target, user);
    let by_attendant = attendants
        .iter()
        .filter(|settings| settings.authorized.users.contains(&user) || targets_of_attendant(settings).any(is_user));
    let by_queue = queues.iter().filter(|settings| {
        settings.authorized.users.contains(&user)
            || settings.agents.contains(&user)
            || targets_of_queue(settings).any(is_user)
    });
    named(by_attendant, by_queue)
}

/// Apps as an administrator reads of them.
pub(super) fn named<'a>(
    attendants: impl Iterator<Item = &'a attendant::Settings>,
    queues: impl Iterator<Item = &'a queue::Settings>,
) -> Vec<String> {
    let attendants = attendants.map(|settings| format!("the auto attendant {}", settings.name));
    attendants.chain(queues.map(|settings| format!("the call queue {}", settings.name))).collect()
}

pub(super) fn targets_of_attendant(settings: &attendant::Settings) -> impl Iterator<Item = &Target> {
    let flows = settings.associations.iter().map(|association| &association.flow).chain([&settings.default_flow]);
    flows.flat_map(targets_of_flow).chain(&settings.operator)
}

fn targets_of_flow(flow: &CallFlow) -> impl Iterator<Item = &Target> {
    flow.menu.options.iter().filter_map(|option| match &option.action {
        Action::Transfer { target } => Some(target),
        Action::Announcement { .. } | Action::Disconnect | Action::Operator | Action::SearchDirectory { .. } => None,
    })
}

pub(super) fn targets_of_queue(settings: &queue::Settings) -> impl Iterator<Item = &Target> {
    settings.exceptions().filter_map(|(_, exception)| match &exception.action {
        Exit::Forward { target } => Some(target),
        Exit::Disconnect => None,
    })
}

pub(super) fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) && Country::parse(code).is_some()
}
