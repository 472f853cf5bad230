//! Many numbers taken from who has them, or given back: each is one line of an order. Specification of numbers, 1.4, 2.2
//! and 3.5.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::category::Category;
use super::lifecycle;
use crate::numbers::import::{Change, Held, Inventory};
use crate::numbers::{Assignee, E164, Number};
use crate::order::LineFault;
use crate::people::pause::Pause;
use crate::rule::Broken;

/// What one line wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    pub number: E164,
    pub action: Action,
}

/// What is done with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Action {
    /// It is given back.
    Release,
    /// It is taken from who has it, and given to nobody for a while.
    Unassign { pause: Option<Pause> },
}

/// What is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Delete(Number),
    Save(Change),
}

/// Why a line is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{number} is no number of the organization")]
    NotHeld { number: E164 },
    #[error(transparent)]
    Rule(#[from] lifecycle::Refusal),
}

/// Numbers in the order in which they can be taken: a person's primary goes after their alternates, which need it.
pub fn ordered<'a>(numbers: impl IntoIterator<Item = &'a E164>, inventory: &Inventory) -> Vec<E164> {
    let is_primary = |number: &E164| match inventory.numbers.get(number) {
        Some(Held::Here(there)) => there.category == Category::Primary,
        Some(Held::Elsewhere | Held::Stock) | None => false,
    };
    let mut numbers: Vec<E164> = numbers.into_iter().copied().collect();
    numbers.sort_by_key(|number| (is_primary(number), *number));
    numbers
}

impl Inventory {
    /// Decides one wish. Later wishes see what it made.
    pub fn remove(&mut self, now: Timestamp, wish: &Wish) -> Result<Effect, Refusal> {
        let Some(Held::Here(number)) = self.numbers.get(&wish.number).cloned() else {
            return Err(Refusal::NotHeld { number: wish.number });
        };
        let owner = number.assignee.map(|owner| self.name_of(owner));
        match wish.action {
            Action::Release => {
                number.check_release(owner.as_deref())?;
                number.check_unkept(self.kept.get(&wish.number).map(String::as_str))?;
                self.numbers.remove(&wish.number);
                Ok(Effect::Delete(number))
            }
            Action::Unassign { pause } => {
                let after = number.unassign(now, pause)?;
                if let Some(Assignee::User(user)) = number.assignee
                    && let Some(lines) = self.lines_of(user)
                {
                    let others = lines.without(number.category);
                    number.check_primary_leaves(&others, owner.as_deref().unwrap_or_default())?;
                    *lines = others;
                }
                self.numbers.insert(wish.number, Held::Here(after.clone()));
                Ok(Effect::Save(Change { before: Some(number), after }))
            }
        }
    }
}

impl Refusal {
    /// The refusal as a line's fault.
    pub fn fault(&self) -> LineFault {
        LineFault::by_rule(Some("number"), self)
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotHeld { .. } => "number.not_found",
            Self::Rule(refusal) => refusal.code(),
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::NotHeld { .. } => "check the number".to_owned(),
            Self::Rule(refusal) => refusal.fix(),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::NotHeld { .. } => false,
            Self::Rule(refusal) => refusal.is_conflict(),
        }
    }
}
