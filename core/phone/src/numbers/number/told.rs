//! Whom a change of a number is told: who got it and who lost it.

use super::{Assignee, Number};
use crate::id::UserId;
use crate::people::number_mails::Happened;

/// Who is told what of a change. Whoever keeps the number through it is told nothing.
pub fn told(before: Option<&Number>, after: Option<&Number>) -> Vec<(UserId, Happened)> {
    let person = |number: Option<&Number>| match number?.assignee? {
        Assignee::User(id) => Some(id),
        Assignee::ResourceAccount(_) => None,
    };
    match (person(before), person(after)) {
        (had, has) if had == has => Vec::new(),
        (had, has) => {
            let lost = had.map(|user| (user, Happened::Unassigned));
            lost.into_iter().chain(has.map(|user| (user, Happened::Assigned))).collect()
        }
    }
}
