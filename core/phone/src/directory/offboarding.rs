//! Who leaves: what leads to them, and who takes their place there. Specification of numbers, 6 (24).

use super::people::{named, targets_of_attendant, targets_of_queue};
use crate::apps::Target;
use crate::apps::attendant::{self, Action, CallFlow};
use crate::apps::queue::{self, Exit};
use crate::id::UserId;
use crate::rule::Broken;

/// What becomes of a number of who leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate<To> {
    /// Given to somebody else at once.
    HandOver(To),
    /// Given to nobody for so many days.
    Hold { days: u32 },
    /// Given back.
    Release,
}

/// What leads to a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    /// Queues that have the person as an agent.
    pub agent_of: Vec<String>,
    /// Attendants and queues that send calls to the person.
    pub named_by: Vec<String>,
}

/// Nobody is named to take the person's place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{named_by} send calls to {name}, and nobody is named to take them")]
pub struct SuccessorNeeded {
    pub name: String,
    pub named_by: String,
}

/// What leads to a person.
pub fn ties_of_user(user: UserId, attendants: &[attendant::Settings], queues: &[queue::Settings]) -> Ties {
    let by_attendant =
        attendants.iter().filter(|settings| targets_of_attendant(settings).any(|target| is_user(target, user)));
    let by_queue = queues.iter().filter(|settings| targets_of_queue(settings).any(|target| is_user(target, user)));
    let agent_of = queues.iter().filter(|settings| settings.agents.contains(&user));
    let mut agent_of: Vec<String> = agent_of.map(|settings| settings.name.clone()).collect();
    agent_of.sort_unstable();
    Ties { agent_of, named_by: named(by_attendant, by_queue) }
}

/// Whether a person with these ties may leave.
pub fn check_successor(name: &str, ties: &Ties, successor: Option<UserId>) -> Result<(), SuccessorNeeded> {
    if successor.is_some() || ties.named_by.is_empty() {
        return Ok(());
    }
    Err(SuccessorNeeded { name: name.to_owned(), named_by: ties.named_by.join(", ") })
}

/// An attendant whose calls for a person go to another. None if there are none.
pub fn hand_over_attendant(
    settings: &attendant::Settings,
    from: UserId,
    to: Option<UserId>,
) -> Option<attendant::Settings> {
    let mut after = settings.clone();
    after.authorized.users.remove(&from);
    if let Some(to) = to {
        for association in &mut after.associations {
            hand_over_flow(&mut association.flow, from, to);
        }
        hand_over_flow(&mut after.default_flow, from, to);
        if let Some(operator) = &mut after.operator {
            hand_over(operator, from, to);
        }
    }
    (after != *settings).then_some(after)
}

/// A queue without a person among its agents, whose calls for them go to another, if there is one. None if nothing of it
/// leads to them.
pub fn hand_over_queue(settings: &queue::Settings, from: UserId, to: Option<UserId>) -> Option<queue::Settings> {
    let mut after = settings.clone();
    after.agents.retain(|agent| *agent != from);
    after.order.retain(|agent| *agent != from);
    after.authorized.users.remove(&from);
    if let Some(to) = to {
        for exception in after.exceptions_mut() {
            match &mut exception.action {
                Exit::Forward { target } => hand_over(target, from, to),
                Exit::Disconnect => {}
            }
        }
    }
    (after != *settings).then_some(after)
}

fn hand_over_flow(flow: &mut CallFlow, from: UserId, to: UserId) {
    for option in &mut flow.menu.options {
        match &mut option.action {
            Action::Transfer { target } => hand_over(target, from, to),
            Action::Announcement { .. } | Action::Disconnect | Action::Operator | Action::SearchDirectory { .. } => {}
        }
    }
}

fn hand_over(target: &mut Target, from: UserId, to: UserId) {
    match target {
        Target::User { id } | Target::Voicemail { id } if *id == from => *id = to,
        Target::User { .. }
        | Target::Voicemail { .. }
        | Target::Attendant { .. }
        | Target::External { .. }
        | Target::Queue { .. }
        | Target::ResourceAccount { .. }
        | Target::SharedMailbox { .. } => {}
    }
}

pub(super) fn is_user(target: &Target, user: UserId) -> bool {
    match target {
        Target::User { id } | Target::Voicemail { id } => *id == user,
        Target::Attendant { .. }
        | Target::External { .. }
        | Target::Queue { .. }
        | Target::ResourceAccount { .. }
        | Target::SharedMailbox { .. } => false,
    }
}

impl Broken for SuccessorNeeded {
    fn code(&self) -> &'static str {
        "offboard.successor_needed"
    }

    fn fix(&self) -> String {
        "name a successor, or let them lead elsewhere first".to_owned()
    }

    fn is_conflict(&self) -> bool {
        true
    }
}
