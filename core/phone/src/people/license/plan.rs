//! A plan: what can be bought, what it unlocks, and what it costs. Specification of numbers, 1.1 and 5.2.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::offer::Offer;
use super::{Capability, Holder, PartNumber};
use crate::limits::{NAME_CHARS_MAX, PART_NUMBER_CHARS_MAX};
use crate::problem::{Code, Problem};
use crate::rule::Broken;

/// What can be bought: seats of it are counted, licenses of it are given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub part_number: PartNumber,
    pub name: String,
    pub grant: Grant,
    /// ISO 3166 alpha-2; empty stands for all.
    pub countries: BTreeSet<String>,
    pub offer: Offer,
}

/// What a license does for its holder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub unlocks: BTreeSet<Capability>,
    pub holders: BTreeSet<Holder>,
    /// What the holder must have besides.
    pub needs: BTreeSet<Capability>,
    /// What no other license of the holder may unlock.
    pub excludes: BTreeSet<Capability>,
}

/// Why a plan is not changed or deleted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanRefusal {
    #[error("{plan} is one of the plans that come with the program")]
    BuiltIn { plan: PartNumber },
    #[error("{n_tenants} organizations have seats or licenses of {plan}")]
    InUse { plan: PartNumber, n_tenants: u64 },
    #[error("what {plan} unlocks can't change: {n_tenants} organizations have seats or licenses of it")]
    GrantInUse { plan: PartNumber, n_tenants: u64 },
    #[error("there is a plan {plan} already")]
    Taken { plan: PartNumber },
    #[error("{plan} is no longer offered")]
    Withdrawn { plan: PartNumber },
}

impl Plan {
    /// Whether the holder of this plan may not hold the other one.
    pub fn excludes(&self, other: &Self) -> bool {
        !self.grant.excludes.is_disjoint(&other.grant.unlocks)
    }

    /// What is wrong with it.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let part = &self.part_number.0;
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
        if !(1..=PART_NUMBER_CHARS_MAX).contains(&part.len()) || !part.chars().all(is_letter) {
            problems.push(Problem::new(Code::PartNumberMalformed, "id"));
        }
        match self.name.trim().chars().count() {
            0 => problems.push(Problem::new(Code::NameEmpty, "name")),
            1..=NAME_CHARS_MAX => {}
            _ => problems.push(Problem::new(Code::NameTooLong, "name")),
        }
        if self.grant.holders.is_empty() {
            problems.push(Problem::new(Code::PlanWithoutHolders, "holders"));
        }
        for (index, country) in self.countries.iter().enumerate() {
            if country.len() != 2 || !country.bytes().all(|letter| letter.is_ascii_uppercase()) {
                problems.push(Problem::new(Code::CountryUnknown, format!("countries[{index}]")));
            }
        }
        problems.extend(self.offer.problems());
        problems
    }

    /// Whether this plan may become `after` while so many organizations have any of it.
    pub fn check_change(&self, after: &Self, n_tenants: u64) -> Result<(), PlanRefusal> {
        if self.grant == after.grant || n_tenants == 0 {
            return Ok(());
        }
        Err(PlanRefusal::GrantInUse { plan: self.part_number.clone(), n_tenants })
    }

    /// Whether an organization that bought `before` seats may buy so many now.
    pub fn check_seats(&self, before: u32, seats: u32) -> Result<(), PlanRefusal> {
        if self.offer.is_open || seats <= before {
            return Ok(());
        }
        Err(PlanRefusal::Withdrawn { plan: self.part_number.clone() })
    }
}

impl Broken for PlanRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BuiltIn { .. } => "license_plan.built_in",
            Self::InUse { .. } => "license_plan.in_use",
            Self::GrantInUse { .. } => "license_plan.grant_in_use",
            Self::Taken { .. } => "license_plan.taken",
            Self::Withdrawn { .. } => "license_plan.withdrawn",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::BuiltIn { plan } => {
                format!("let it be offered no longer: trunkline license plan change {plan} --offered false")
            }
            Self::InUse { .. } => "let it be offered no longer; it can be deleted when nobody has any of it".to_owned(),
            Self::GrantInUse { .. } => {
                "make another plan with what it shall unlock, and let people change to that one".to_owned()
            }
            Self::Taken { .. } => "change that one, or choose another part number".to_owned(),
            Self::Withdrawn { .. } => "choose a plan that is offered, or offer this one again".to_owned(),
        }
    }

    fn is_conflict(&self) -> bool {
        true
    }
}
