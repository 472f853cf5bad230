//! A policy: settings with a name, or the organization's own.

use super::types::{PolicyType, Settings};
use crate::id::PolicyId;
use crate::limits::{POLICY_DESCRIPTION_CHARS_MAX, POLICY_NAME_CHARS_MAX};
use crate::problem::{Code, Problem};

/// The name of the organization's own policy of each type, which nobody else's has.
pub const GLOBAL: &str = "Global";

/// Settings of one type that can be assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// None is the organization's own: it is for everybody who has no other, and can't be renamed or deleted.
    pub id: Option<PolicyId>,
    pub name: String,
    pub description: Option<String>,
    pub settings: Settings,
}

impl Policy {
    /// The organization's own as it was first.
    pub fn global(kind: PolicyType) -> Self {
        Self { id: None, name: GLOBAL.to_owned(), description: None, settings: Settings::factory(kind) }
    }

    /// Its type.
    pub fn kind(&self) -> PolicyType {
        self.settings.kind()
    }

    /// By what it is found, whatever its capital letters; empty for the organization's own, which so comes first.
    pub fn name_key(&self) -> String {
        if self.id.is_none() { String::new() } else { self.name.to_lowercase() }
    }

    /// What is wrong with its name and description.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let name = self.name.trim();
        if name.is_empty() {
            found.push(Problem::new(Code::NameEmpty, "name"));
        }
        if POLICY_NAME_CHARS_MAX < name.chars().count() || name.chars().any(char::is_control) {
            found.push(Problem::new(Code::PolicyNameTooLong, "name"));
        }
        if (self.id.is_some()) == name.eq_ignore_ascii_case(GLOBAL) {
            found.push(Problem::new(Code::PolicyNameReserved, "name"));
        }
        let too_long = |text: &str| POLICY_DESCRIPTION_CHARS_MAX < text.chars().count();
        if self.description.as_deref().is_some_and(too_long) {
            found.push(Problem::new(Code::PolicyDescriptionTooLong, "description"));
        }
        found
    }
}
