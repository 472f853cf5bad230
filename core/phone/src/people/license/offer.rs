//! On which terms a plan is sold: for money or not, for how long, at which price. Specification of numbers, 1.1 and 5.3.

use serde::{Deserialize, Serialize};

use crate::amount::{Currency, Micros};
use crate::limits::TRIAL_DAYS_MAX;
use crate::problem::{Code, Problem};

/// The terms of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub kind: OfferKind,
    /// None: nobody said what it costs.
    pub price: Option<Price>,
    pub term: Term,
    /// For how long a trial lasts; none of the other kinds has any.
    pub trial_days: Option<u32>,
    /// Whether seats of it can be bought. Those that were bought stay.
    pub is_open: bool,
}

/// What kind of plan it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferKind {
    /// Sold beside a plan that it needs.
    AddOn,
    Free,
    Paid,
    /// Free, and over after some days.
    Trial,
}

/// For how long seats are bought at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    Annual,
    #[default]
    Monthly,
}

/// What one seat costs in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    pub amount: Micros,
    pub currency: Currency,
}

impl Offer {
    /// Terms of this kind that say no price.
    pub fn new(kind: OfferKind) -> Self {
        Self { kind, price: None, term: Term::Monthly, trial_days: None, is_open: true }
    }

    /// What is wrong with the terms.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let is_sold = matches!(self.kind, OfferKind::AddOn | OfferKind::Paid);
        if let Some(price) = self.price {
            if !is_sold {
                problems.push(Problem::new(Code::PlanPriceOfFree, "price"));
            } else if price.amount < Micros::ZERO {
                problems.push(Problem::new(Code::PlanPriceNegative, "price"));
            }
        }
        let days_fit = match (self.kind, self.trial_days) {
            (OfferKind::Trial, Some(days)) => (1..=TRIAL_DAYS_MAX).contains(&days),
            (OfferKind::Trial, None) => false,
            (OfferKind::AddOn | OfferKind::Free | OfferKind::Paid, days) => days.is_none(),
        };
        if !days_fit {
            problems.push(Problem::new(Code::PlanTrialDays, "trial_days"));
        }
        problems
    }
}

impl OfferKind {
    /// Its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AddOn => "add_on",
            Self::Free => "free",
            Self::Paid => "paid",
            Self::Trial => "trial",
        }
    }
}

impl Term {
    /// Its word in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Annual => "annual",
            Self::Monthly => "monthly",
        }
    }

    /// The term of this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Annual, Self::Monthly].into_iter().find(|term| term.as_str() == word)
    }

    /// Its months.
    pub fn months(self) -> i64 {
        match self {
            Self::Annual => 12,
            Self::Monthly => 1,
        }
    }
}
