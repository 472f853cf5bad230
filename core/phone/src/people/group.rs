//! Groups of people. A group has people only, no groups, so that nobody has to look twice to see who is in it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::license::PartNumber;
use crate::id::GroupId;
use crate::limits::NAME_CHARS_MAX;
use crate::problem::{Code, Problem};
use crate::rule::Broken;

/// People who are treated alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub id: GroupId,
    pub name: String,
    pub description: Option<String>,
}

/// Why a group is not deleted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} gives its members {plans}")]
pub struct StillLicensed {
    pub name: String,
    pub plans: String,
}

/// What is wrong with a group that is about to be saved among `others`.
pub fn problems(group: &Group, others: &[Group]) -> Vec<Problem> {
    let mut found = Vec::new();
    let name = group.name.trim();
    if name.is_empty() {
        found.push(Problem::new(Code::NameEmpty, "name"));
    }
    if NAME_CHARS_MAX < name.chars().count() {
        found.push(Problem::new(Code::NameTooLong, "name"));
    }
    if others.iter().any(|other| other.id != group.id && other.name.to_lowercase() == name.to_lowercase()) {
        found.push(Problem::new(Code::NameTaken, "name"));
    }
    if group.description.as_deref().is_some_and(|text| NAME_CHARS_MAX < text.chars().count()) {
        found.push(Problem::new(Code::TextTooLong, "description"));
    }
    found
}

/// Whether a group that gives these plans may be deleted: only if it gives none, so that nobody loses a phone by the way.
pub fn check_deletion(group: &Group, plans: &BTreeSet<PartNumber>) -> Result<(), StillLicensed> {
    if plans.is_empty() {
        return Ok(());
    }
    let plans: Vec<&str> = plans.iter().map(|plan| plan.0.as_str()).collect();
    Err(StillLicensed { name: group.name.clone(), plans: plans.join(", ") })
}

impl Broken for StillLicensed {
    fn code(&self) -> &'static str {
        "group.licensed"
    }

    fn fix(&self) -> String {
        format!("let it give no licenses first: unassign {}", self.plans)
    }

    fn is_conflict(&self) -> bool {
        true
    }
}
