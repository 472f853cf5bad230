//! Callers from outside who are not let in, or only to a service. Specification of calling, 2.15.

use serde::{Deserialize, Serialize};

use super::expression::Expression;
use super::problems_of_words;
use crate::id::{CallBlockId, ResourceAccountId};
use crate::limits::CALL_BLOCK_NAME_CHARS_MAX;
use crate::problem::{Code, Problem};

/// What becomes of callers whose number a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBlock {
    pub id: CallBlockId,
    pub name: String,
    pub description: Option<String>,
    /// See [`Expression`]. It sees the caller's number without blanks, brackets, dots and dashes, or `anonymous`.
    pub pattern: String,
    pub enabled: bool,
    pub action: BlockAction,
}

/// What is done with a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum BlockAction {
    /// The caller is refused.
    Block,
    /// The caller is let in, whatever other patterns say.
    Exempt,
    /// A service takes the call in place of who was called.
    Redirect { account: ResourceAccountId },
}

/// All of an organization, ready to be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    id: CallBlockId,
    name: String,
    expression: Expression,
    action: BlockAction,
}

/// The entry that decides about a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screened<'a> {
    pub id: CallBlockId,
    pub name: &'a str,
    pub action: BlockAction,
}

/// What is wrong with an entry's own fields.
pub fn problems(block: &CallBlock) -> Vec<Problem> {
    let mut found = problems_of_words(&block.name, CALL_BLOCK_NAME_CHARS_MAX, block.description.as_deref());
    if let Err(fault) = Expression::parse(&block.pattern) {
        found.push(Problem::because(Code::PatternMalformed, "pattern", fault.to_string()));
    }
    found
}

impl Screen {
    /// Makes entries ready; those that are not enabled are left out. Patterns come from `expression`.
    pub fn new(blocks: Vec<CallBlock>, expression: &impl Fn(&str) -> Option<Expression>) -> Self {
        let entry = |block: CallBlock| {
            let expression = expression(&block.pattern)?;
            Some(Entry { id: block.id, name: block.name, expression, action: block.action })
        };
        let mut entries: Vec<Entry> = blocks.into_iter().filter(|block| block.enabled).filter_map(entry).collect();
        // Who is exempt is let in first of all; the rest in an order that people can see.
        entries.sort_by(|one, other| {
            let key = |entry: &Entry| entry.action != BlockAction::Exempt;
            key(one).cmp(&key(other)).then_with(|| one.name.cmp(&other.name))
        });
        Self { entries }
    }

    /// What decides about a caller: an exemption, else the first entry that matches; none lets the caller in.
    pub fn find(&self, caller: &str) -> Option<Screened<'_>> {
        if self.entries.is_empty() {
            return None;
        }
        let bare: String = caller.chars().filter(|char| !matches!(char, ' ' | '(' | ')' | '-' | '.' | '/')).collect();
        let entry = self.entries.iter().find(|entry| entry.expression.is_match(&bare))?;
        Some(Screened { id: entry.id, name: &entry.name, action: entry.action })
    }

    /// Its patterns, ready.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.entries.iter().map(|entry| &entry.expression)
    }
}
