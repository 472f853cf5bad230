//! Who takes calls to numbers that are assigned to nobody. Specification of calling, 2.17.

use serde::{Deserialize, Serialize};

use super::prompt::Prompt;
use crate::id::{ResourceAccountId, UnassignedNumbersId, UserId};
use crate::limits::UNASSIGNED_NAME_CHARS_MAX;
use crate::numbers::routing::{Expression, problems_of_words};
use crate::problem::{Code, Problem};

/// What becomes of calls to numbers that a pattern matches and that are assigned to nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnassignedNumbers {
    pub id: UnassignedNumbersId,
    pub name: String,
    pub description: Option<String>,
    /// See [`Expression`]. It sees the called number in E.164, with its `+`, where it is one.
    pub pattern: String,
    /// The lowest is asked first.
    pub priority: u32,
    pub target: UnassignedTarget,
}

/// Who takes such a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum UnassignedTarget {
    /// It is played once, and then the call ends.
    Announcement {
        prompt: Prompt,
    },
    ResourceAccount {
        account: ResourceAccountId,
    },
    User {
        user: UserId,
    },
}

/// All of an organization, ready to be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Treatments {
    entries: Vec<Treatment>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Treatment {
    pub id: UnassignedNumbersId,
    pub name: String,
    pub target: UnassignedTarget,
    priority: u32,
    expression: Expression,
}

/// What is wrong with an entry's own fields.
pub fn problems(entry: &UnassignedNumbers) -> Vec<Problem> {
    let mut found = problems_of_words(&entry.name, UNASSIGNED_NAME_CHARS_MAX, entry.description.as_deref());
    if let Err(fault) = Expression::parse(&entry.pattern) {
        found.push(Problem::because(Code::PatternMalformed, "pattern", fault.to_string()));
    }
    found
}

impl Treatments {
    /// Makes entries ready. Patterns come from `expression`.
    pub fn new(entries: Vec<UnassignedNumbers>, expression: &impl Fn(&str) -> Option<Expression>) -> Self {
        let ready = |entry: UnassignedNumbers| {
            let expression = expression(&entry.pattern)?;
            let UnassignedNumbers { id, name, target, priority, .. } = entry;
            Some(Treatment { id, name, target, priority, expression })
        };
        let mut entries: Vec<Treatment> = entries.into_iter().filter_map(ready).collect();
        entries.sort_by(|one, other| one.priority.cmp(&other.priority).then(one.id.cmp(&other.id)));
        Self { entries }
    }

    /// What becomes of a call to `called`, which is assigned to nobody; none if no pattern matches.
    pub fn find(&self, called: &str) -> Option<&Treatment> {
        self.entries.iter().find(|entry| entry.expression.is_match(called))
    }

    /// What is played.
    pub fn prompts(&self) -> impl Iterator<Item = &Prompt> {
        self.entries.iter().filter_map(|entry| match &entry.target {
            UnassignedTarget::Announcement { prompt } => Some(prompt),
            UnassignedTarget::ResourceAccount { .. } | UnassignedTarget::User { .. } => None,
        })
    }

    /// Their patterns, ready.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.entries.iter().map(|entry| &entry.expression)
    }
}
