//! Who pays for a call, in order, and why nobody does. Specification of numbers, 2.5.2.

use serde::{Deserialize, Serialize};

use super::pool::PoolKey;
use crate::amount::Micros;
use crate::rule::Broken;

/// What pays for seconds of a call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Source {
    /// Minutes of a plan.
    Pool { pool: PoolKey },
    /// What was paid in.
    Credits,
    /// What is billed later, within the limit.
    Postpaid,
    /// What a call took to its end after nothing was left.
    Debt,
    /// A price of nothing.
    Free,
    /// Nobody knew a price: free, and marked so.
    NotRated,
}

/// Why a call that costs something is not placed or not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("calls to {destination} are not allowed")]
    Blocked { destination: String },
    #[error("the budget {budget} of {limit} {every} is used up")]
    BudgetReached { budget: String, limit: Micros, every: &'static str },
    #[error("the rule {rule} stops it, because {why}")]
    Fraud { rule: String, why: String },
    #[error("the organization's credit is frozen")]
    Frozen,
    #[error("what is left is not known at the moment, because the ledger is away")]
    LedgerAway,
    #[error("the organization has no credit left")]
    NoCredit,
    #[error("no rate deck prices this call")]
    NoDeck,
    #[error("no plan or license pays for this call")]
    NoFunding,
    #[error("{number} has no price")]
    NoRate { number: String },
    #[error("the spend limit of {limit} a month is reached")]
    SpendLimitReached { limit: Micros },
    #[error("{per_minute} a minute is more than calls may cost")]
    TooExpensive { per_minute: Micros },
}

impl Refusal {
    /// 402 to those who asked for the call; a caller from outside hears that nobody can be reached. RFC 3261 §21.4.3
    pub fn sip_status(&self) -> u16 {
        match self {
            Self::Blocked { .. } | Self::Fraud { .. } | Self::TooExpensive { .. } => 403,
            Self::BudgetReached { .. }
            | Self::Frozen
            | Self::LedgerAway
            | Self::NoCredit
            | Self::NoDeck
            | Self::NoFunding
            | Self::NoRate { .. }
            | Self::SpendLimitReached { .. } => 402,
        }
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Blocked { .. } => "credits.destination_blocked",
            Self::BudgetReached { .. } => "credits.budget_reached",
            Self::Fraud { .. } => "credits.fraud_rule",
            Self::Frozen => "credits.frozen",
            Self::LedgerAway => "credits.ledger_away",
            Self::NoCredit => "credits.no_credit",
            Self::NoDeck => "credits.no_deck",
            Self::NoFunding => "credits.no_funding",
            Self::NoRate { .. } => "credits.no_rate",
            Self::SpendLimitReached { .. } => "credits.spend_limit_reached",
            Self::TooExpensive { .. } => "credits.too_expensive",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Blocked { .. } => "have who runs the server allow the destination in the rate deck",
            Self::BudgetReached { .. } => "raise the budget, or wait until it begins anew",
            Self::Fraud { .. } => "have an administrator look at the rule: switch it off, or exempt the person",
            Self::Frozen => "have who runs the server lift it",
            Self::LedgerAway => "wait until the database is back, or let calls go on without it",
            Self::NoCredit => "add credit",
            Self::NoDeck => "name a rate deck in the wallet, or let calls without a price be free",
            Self::NoFunding => "give the person a calling plan or the license of credits",
            Self::NoRate { .. } => "add the prefix to the rate deck",
            Self::SpendLimitReached { .. } => "raise the limit, or wait for the next month",
            Self::TooExpensive { .. } => "raise what a minute may cost",
        }
        .to_owned()
    }

    fn is_conflict(&self) -> bool {
        true
    }
}

impl Source {
    /// Whether it is money of the organization.
    pub fn is_paid(&self) -> bool {
        match self {
            Self::Credits | Self::Postpaid | Self::Debt => true,
            Self::Pool { .. } | Self::Free | Self::NotRated => false,
        }
    }

    /// In words, after "paid by".
    pub fn words(&self) -> String {
        match self {
            Self::Pool { pool } => format!("the {} minutes of the plan {}", pool.bucket.as_str(), pool.plan),
            Self::Credits => "credits".to_owned(),
            Self::Postpaid => "credit that is billed later".to_owned(),
            Self::Debt => "what is owed".to_owned(),
            Self::Free => "nobody: the price is 0.00".to_owned(),
            Self::NotRated => "nobody: no deck has a price".to_owned(),
        }
    }
}
