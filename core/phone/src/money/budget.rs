//! Budgets: what a part of an organization may spend, and what is kept for it alone. Specification of numbers, 5.3.
//!
//! A budget that is kept apart and never begins anew is a wallet within the wallet: nobody else spends from it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::scope::{Every, Scope};
use crate::amount::Micros;
use crate::limits::BUDGET_NAME_CHARS_MAX;
use crate::rule::Broken;

/// One budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Names it within the organization.
    pub name: String,
    pub scope: Scope,
    pub limit: Micros,
    pub every: Every,
    /// Whether calls end, and are refused, when it is used up; otherwise it is only told.
    #[serde(default = "yes")]
    pub blocks: bool,
    /// What is left of it is kept from everybody else's calls.
    #[serde(default)]
    pub set_apart: bool,
    /// When it ends by itself: a cap for the first weeks of an organization.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// Made by who runs the server or sells to the organization: nobody else changes it.
    #[serde(default)]
    pub by_seller: bool,
}

/// How much of a budget is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub budget: Budget,
    pub spent: Micros,
}

/// What of a limit is used when it is told, in percent, the least first. Specification of numbers, 2.6.
pub const LEVELS: [u8; 4] = [50, 80, 95, 100];

/// Why there can't be such a budget.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a name has 1 to {BUDGET_NAME_CHARS_MAX} letters, digits, spaces, points, hyphens and underscores")]
    Name,
    #[error("a limit is more than nothing")]
    NotPositive,
    #[error("there are {max} of them already")]
    TooMany { max: usize },
    #[error("{name} was made by who sells to the organization")]
    OfSeller { name: String },
    #[error("nothing is matched: name prefixes, countries or kinds, a price, or how much is too much")]
    MatchesAll,
    #[error("a window is 1 minute to 24 hours")]
    Window,
}

impl Budget {
    /// Whether it holds at a time.
    pub fn is_in_force(&self, at: Timestamp) -> bool {
        self.until.is_none_or(|until| at < until)
    }

    /// What is wrong with it.
    pub fn check(&self) -> Result<(), Refusal> {
        if !is_name(&self.name) {
            return Err(Refusal::Name);
        }
        if self.limit.is_positive() { Ok(()) } else { Err(Refusal::NotPositive) }
    }
}

impl Standing {
    /// What may still be spent; nothing less than nothing.
    pub fn left(&self) -> Micros {
        self.budget.limit.minus(self.spent).max(Micros::ZERO)
    }

    /// How much of it is used, in percent.
    pub fn percent(&self) -> u32 {
        percent(i128::from(self.spent.0), i128::from(self.budget.limit.0))
    }
}

/// A part of a whole in percent, rounded down.
pub fn percent(part: i128, whole: i128) -> u32 {
    if whole <= 0 {
        return 100;
    }
    u32::try_from(part.max(0).saturating_mul(100) / whole).unwrap_or(u32::MAX)
}

/// The highest level that is reached; none below the first.
pub fn level(percent: u32) -> Option<u8> {
    LEVELS.into_iter().rev().find(|level| u32::from(*level) <= percent)
}

/// Whether a text can name a budget or a rule: it is part of a path.
pub fn is_name(text: &str) -> bool {
    let n_chars = text.chars().count();
    let fits = |char: char| char.is_alphanumeric() || matches!(char, ' ' | '.' | '-' | '_');
    (1..=BUDGET_NAME_CHARS_MAX).contains(&n_chars) && text.trim() == text && text.chars().all(fits)
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Name => "credits.name_malformed",
            Self::NotPositive => "credits.not_positive",
            Self::TooMany { .. } => "credits.too_many_rules",
            Self::OfSeller { .. } => "credits.platform_only",
            Self::MatchesAll => "credits.rule_matches_all",
            Self::Window => "credits.window_malformed",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Name => "give a shorter or plainer name",
            Self::NotPositive => "give an amount of more than 0.00; to stop calls, freeze the credit",
            Self::TooMany { .. } => "delete one that is not needed",
            Self::OfSeller { .. } => "ask who sells to the organization",
            Self::MatchesAll => "say which calls are meant",
            Self::Window => "give 60 to 86400 seconds",
        }
        .to_owned()
    }

    fn is_conflict(&self) -> bool {
        matches!(self, Self::TooMany { .. } | Self::OfSeller { .. })
    }
}

fn yes() -> bool {
    true
}
