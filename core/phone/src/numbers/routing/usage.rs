//! PSTN usages: words that join policies to routes. Specification of calling, 3.5.

use serde::{Deserialize, Serialize};

use super::problems_of_words;
use crate::id::PstnUsageId;
use crate::limits::NAME_CHARS_MAX;
use crate::problem::Problem;
use crate::rule::Broken;

/// A word that joins policies to routes. Policies and routes name it, so that its name stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PstnUsage {
    pub id: PstnUsageId,
    /// Unique in its tenant, whatever the capital letters.
    pub name: String,
    pub description: Option<String>,
}

/// Why a usage, dial plan, route or rule is not deleted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} is used by {}", users.join(", "))]
pub struct InUse {
    /// The first part of the code, such as `pstn_usage`.
    pub code: &'static str,
    pub name: String,
    /// Who uses it, each in words.
    pub users: Vec<String>,
}

/// Whether two texts name the same usage, as names are found: whatever their capital letters and the blanks around them.
pub fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    let is_ascii = one.is_ascii() && other.is_ascii();
    one.eq_ignore_ascii_case(other) || (!is_ascii && one.to_lowercase() == other.to_lowercase())
}

/// What is wrong with a usage's own fields.
pub fn problems(usage: &PstnUsage) -> Vec<Problem> {
    problems_of_words(&usage.name, NAME_CHARS_MAX, usage.description.as_deref())
}

impl InUse {
    /// Whether something that is used by these may be deleted.
    pub fn check(code: &'static str, name: &str, users: Vec<String>) -> Result<(), Self> {
        if users.is_empty() { Ok(()) } else { Err(Self { code, name: name.to_owned(), users }) }
    }
}

impl Broken for InUse {
    fn code(&self) -> &'static str {
        self.code
    }

    fn fix(&self) -> String {
        "let them use another one first".to_owned()
    }

    fn is_conflict(&self) -> bool {
        true
    }
}
