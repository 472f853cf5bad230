//! How many numbers of the platform's an organization may hold. Numbers of its own carriers never count. Specification
//! of numbers, 3.1.

use std::collections::BTreeMap;

use super::NumberKind;
use crate::people::license::{Capability, Enforcement, Means, Plan};
use crate::rule::Broken;

/// How many numbers of a kind there may be, and are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    pub kind: NumberKind,
    /// None is unlimited.
    pub n_max: Option<u32>,
    /// Held or reserved.
    pub n_used: u32,
    /// Where the limit comes from, in words.
    pub formula: String,
}

/// What was set for an organization in place of the formulas; 0 is unlimited.
pub type Settings = BTreeMap<NumberKind, u32>;

/// Why there can't be more numbers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{n_left} more {} may be held, {n_wanted} are wanted", words(*kind))]
pub struct QuotaExceeded {
    kind: NumberKind,
    n_left: u32,
    n_wanted: u32,
    formula: String,
}

impl Quota {
    /// The quota of a kind: what was set, or what the licenses come to where they count.
    pub fn of(kind: NumberKind, set: Option<u32>, means: &Means, n_used: u32) -> Self {
        let (n_max, formula) = match (set, means.enforcement) {
            (Some(0), _) => (None, "set to unlimited".to_owned()),
            (Some(n_max), _) => (Some(n_max), format!("set to {n_max}")),
            (None, Enforcement::Off) => (None, "unlimited, because licenses are not enforced".to_owned()),
            (None, Enforcement::Block | Enforcement::Warn) => {
                let (n_max, formula) = by_formula(kind, means);
                (Some(n_max), formula)
            }
        };
        Self { kind, n_max, n_used, formula }
    }

    /// How many more there may be; none is any number.
    pub fn n_left(&self) -> Option<u32> {
        self.n_max.map(|n_max| n_max.saturating_sub(self.n_used))
    }

    /// Whether there may be so many more.
    pub fn check(&self, n_wanted: u32) -> Result<(), QuotaExceeded> {
        match self.n_left() {
            Some(n_left) if n_left < n_wanted => {
                Err(QuotaExceeded { kind: self.kind, n_left, n_wanted, formula: self.formula.clone() })
            }
            Some(_) | None => Ok(()),
        }
    }
}

fn by_formula(kind: NumberKind, means: &Means) -> (u32, String) {
    match kind {
        NumberKind::User => {
            let n_payg = count(means, |plan| is_payg(plan));
            let n_plans = count(means, |plan| plan.grant.unlocks.contains(&Capability::CallingPlan) && !is_payg(plan));
            let n_max = n_plans.saturating_mul(11).div_ceil(10).saturating_add(10).saturating_add(n_payg);
            (n_max, format!("1.1 × {n_plans} calling plans, rounded up, + 10 + {n_payg} pay-as-you-go plans = {n_max}"))
        }
        NumberKind::ServiceToll | NumberKind::ServiceTollFree => {
            let counted = [Capability::PhoneSystem, Capability::AudioConferencing];
            let n_licenses =
                count(means, |plan| counted.iter().any(|capability| plan.grant.unlocks.contains(capability)));
            let row = SERVICE_NUMBERS.iter().rev().find(|(from, _)| *from <= n_licenses);
            let n_max = row.map_or(0, |(_, n_max)| *n_max);
            (n_max, format!("{n_max} for {n_licenses} licenses of phone system and audio conferencing"))
        }
    }
}

/// Seats of plans whose time is over are none.
fn count(means: &Means, counts: impl Fn(&Plan) -> bool) -> u32 {
    let is_counted = |plan| !means.over.contains(plan) && means.catalogue.find(plan).is_some_and(&counts);
    let counted = means.seats.iter().filter(|(plan, _)| is_counted(plan));
    counted.map(|(_, seats)| seats.bought).fold(0, u32::saturating_add)
}

fn is_payg(plan: &Plan) -> bool {
    plan.part_number.0.starts_with("MCOPSTN_PAYG")
}

fn words(kind: NumberKind) -> &'static str {
    match kind {
        NumberKind::ServiceToll => "toll numbers for services",
        NumberKind::ServiceTollFree => "toll-free numbers",
        NumberKind::User => "numbers for people",
    }
}

impl Broken for QuotaExceeded {
    fn code(&self) -> &'static str {
        "quota_exceeded"
    }

    fn fix(&self) -> String {
        format!(
            "order at most {}, give numbers back, or ask who runs the server for more ({})",
            self.n_left, self.formula
        )
    }

    fn is_conflict(&self) -> bool {
        true
    }
}

/// From so many licenses on, so many numbers of each service kind.
const SERVICE_NUMBERS: [(u32, u32); 18] = [
    (1, 5),
    (26, 10),
    (50, 20),
    (100, 30),
    (150, 40),
    (200, 65),
    (500, 90),
    (750, 110),
    (1_000, 125),
    (1_250, 135),
    (1_500, 160),
    (2_000, 210),
    (3_000, 420),
    (7_000, 500),
    (10_000, 600),
    (15_000, 700),
    (20_000, 1_000),
    (50_000, 1_500),
];
