//! Whether a resource account can be saved, and what keeps it from being deleted.

use std::collections::BTreeSet;

use super::people::{named, targets_of_attendant, targets_of_queue};
use super::{App, ResourceAccount};
use crate::apps::Target;
use crate::apps::{attendant, queue};
use crate::id::ResourceAccountId;
use crate::limits::NAME_CHARS_MAX;
use crate::problem::{Code, Problem};

/// What is wrong with a resource account that is about to be saved among `others`, where there are these `apps`.
pub fn account_problems(account: &ResourceAccount, others: &[ResourceAccount], apps: &BTreeSet<App>) -> Vec<Problem> {
    let mut found = Vec::new();
    let name = account.display_name.trim();
    if name.is_empty() {
        found.push(Problem::new(Code::NameEmpty, "display_name"));
    }
    if NAME_CHARS_MAX < name.chars().count() {
        found.push(Problem::new(Code::NameTooLong, "display_name"));
    }
    let is_same =
        |other: &ResourceAccount| other.id != account.id && other.display_name.to_lowercase() == name.to_lowercase();
    if others.iter().any(is_same) {
        found.push(Problem::new(Code::NameTaken, "display_name"));
    }
    if account.app.is_some_and(|app| !apps.contains(&app)) {
        found.push(Problem::new(Code::MissingTarget, "app"));
    }
    found
}

/// The names of attendants and queues that lead to a resource account.
pub fn uses_of_account(
    account: ResourceAccountId,
    attendants: &[attendant::Settings],
    queues: &[queue::Settings],
) -> Vec<String> {
    let is_account = |target: &Target| match target {
        Target::ResourceAccount { id, .. } => *id == account,
        Target::Attendant { .. }
        | Target::External { .. }
        | Target::Queue { .. }
        | Target::SharedMailbox { .. }
        | Target::User { .. }
        | Target::Voicemail { .. } => false,
    };
    let by_attendant = attendants.iter().filter(|settings| targets_of_attendant(settings).any(is_account));
    let by_queue = queues.iter().filter(|settings| targets_of_queue(settings).any(is_account));
    named(by_attendant, by_queue)
}
