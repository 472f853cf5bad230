//! Licenses: what an organization buys seats of and gives to its people. Specification of numbers, 1.1.
//!
//! A change of one person's licenses is decided as a whole, what goes and what comes together: so a swap is never seen
//! half done, and no number is lost by it.

pub mod catalogue;
pub mod import;
pub mod notice;
pub mod offer;
pub mod plan;
pub mod sources;
pub mod subscription;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use catalogue::Catalogue;
pub use plan::Plan;
pub use subscription::Subscription;

use crate::rule::Broken;

/// Names a plan: `MCOEV`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PartNumber(pub String);

/// What a license unlocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    AudioConferencing,
    /// To hold a number of the platform's own carriers and call on its minutes.
    CallingPlan,
    CommunicationCredits,
    /// To hold a mobile number.
    Mobile,
    /// To call and be called from outside, to hold a number, to be an agent.
    PhoneSystem,
    /// To answer for an attendant or a queue.
    ResourceAccount,
}

/// Who may hold a license.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    ResourceAccount,
    User,
}

/// What happens when licenses do not suffice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enforcement {
    /// Without a license nobody calls or is called from outside, and no more are given than were bought.
    Block,
    /// Licenses are labels: everybody may do everything.
    Off,
    /// As with [`Self::Off`], but what would have been refused is told.
    #[default]
    Warn,
}

/// How many seats of a plan there are, and how many are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seats {
    pub bought: u32,
    pub assigned: u32,
}

/// What is wanted for one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swap {
    pub add: BTreeSet<PartNumber>,
    pub remove: BTreeSet<PartNumber>,
}

/// What decides about licenses of an organization, besides who holds what.
#[derive(Clone, Copy, Debug)]
pub struct Means<'a> {
    pub catalogue: &'a Catalogue,
    pub enforcement: Enforcement,
    /// Of the plans of which it bought any or somebody holds one.
    pub seats: &'a BTreeMap<PartNumber, Seats>,
    /// Plans whose time is over: a trial that ran out, a commitment that was not renewed.
    pub over: &'a BTreeSet<PartNumber>,
}

/// What a change came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    pub held: BTreeSet<PartNumber>,
    /// What would have been refused if licenses were enforced.
    pub warnings: Vec<Refusal>,
}

/// Why a change of licenses is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no license plan {plan}")]
    UnknownPlan { plan: PartNumber },
    #[error("{plan} is not for people")]
    NotForPeople { plan: PartNumber },
    #[error("{plan} is not sold in {country}")]
    NotInCountry { plan: PartNumber, country: String },
    #[error("{plan} and {other} exclude each other")]
    Exclusive { plan: PartNumber, other: PartNumber },
    #[error("{plan} needs a license that unlocks {needs}")]
    Dependency { plan: PartNumber, needs: Capability },
    #[error("all {bought} seats of {plan} are taken")]
    NoSeats { plan: PartNumber, bought: u32 },
    #[error("the time that the organization bought {plan} for is over")]
    Over { plan: PartNumber },
    #[error("the organization may have {allowed} resource accounts, and has them")]
    NoMoreAccounts { allowed: u32 },
}

/// Decides a change of one person's licenses. `country` is where the person works.
pub fn change(held: &BTreeSet<PartNumber>, swap: &Swap, country: &str, means: &Means) -> Result<Granted, Refusal> {
    for plan in swap.add.iter().chain(&swap.remove) {
        means.catalogue.find(plan).ok_or_else(|| Refusal::UnknownPlan { plan: plan.clone() })?;
    }
    let kept = held.iter().filter(|plan| !swap.remove.contains(plan));
    let after: BTreeSet<PartNumber> = kept.chain(&swap.add).cloned().collect();
    for plan in swap.add.iter().filter_map(|plan| means.catalogue.find(plan)) {
        check_holder(plan, country)?;
    }
    check_together(&after, means.catalogue)?;
    let lacking = after.difference(held).find_map(|plan| means.lacks(plan));
    match (means.enforcement, lacking) {
        (Enforcement::Block, Some(refusal)) => Err(refusal),
        (Enforcement::Warn, Some(warning)) => Ok(Granted { held: after, warnings: vec![warning] }),
        (Enforcement::Off, Some(_)) | (_, None) => Ok(Granted { held: after, warnings: Vec::new() }),
    }
}

/// How many resource accounts an organization may have: as many as it bought, or else 25 and one for each ten licenses
/// of the phone system. Specification of numbers, 3.2.
pub fn resource_account_seats(bought: Option<u32>, n_phone_system: u32) -> u32 {
    bought.unwrap_or_else(|| RESOURCE_ACCOUNTS_FREE.saturating_add(n_phone_system / 10))
}

/// Whether the organization may have one more resource account, and what would forbid it if licenses were enforced.
pub fn one_more_account(seats: Seats, enforcement: Enforcement) -> Result<Option<Refusal>, Refusal> {
    let refusal = Refusal::NoMoreAccounts { allowed: seats.bought };
    match (enforcement, seats.available()) {
        (Enforcement::Off, _) | (Enforcement::Block | Enforcement::Warn, 1..) => Ok(None),
        (Enforcement::Warn, 0) => Ok(Some(refusal)),
        (Enforcement::Block, 0) => Err(refusal),
    }
}

impl PartNumber {
    /// The plan that each resource account has by itself.
    pub fn of_resource_accounts() -> Self {
        Self(catalogue::RESOURCE_ACCOUNT.to_owned())
    }
}

impl Means<'_> {
    /// Why nobody else may have this plan.
    fn lacks(&self, plan: &PartNumber) -> Option<Refusal> {
        if self.over.contains(plan) {
            return Some(Refusal::Over { plan: plan.clone() });
        }
        let Seats { bought, assigned } = self.seats.get(plan).copied().unwrap_or_default();
        (bought <= assigned).then(|| Refusal::NoSeats { plan: plan.clone(), bought })
    }
}

impl Seats {
    /// How many are left to give.
    pub fn available(self) -> u32 {
        self.bought.saturating_sub(self.assigned)
    }
}

fn check_holder(plan: &Plan, country: &str) -> Result<(), Refusal> {
    if !plan.grant.holders.contains(&Holder::User) {
        return Err(Refusal::NotForPeople { plan: plan.part_number.clone() });
    }
    if !plan.countries.is_empty() && !plan.countries.contains(country) {
        return Err(Refusal::NotInCountry { plan: plan.part_number.clone(), country: country.to_owned() });
    }
    Ok(())
}

/// What is held must go together: nothing that another excludes, nothing without what it needs.
fn check_together(held: &BTreeSet<PartNumber>, catalogue: &Catalogue) -> Result<(), Refusal> {
    let unlocked = catalogue.unlocked(held);
    let plans = || held.iter().filter_map(|plan| catalogue.find(plan));
    for plan in plans() {
        if let Some(other) = plans().find(|other| other.part_number != plan.part_number && plan.excludes(other)) {
            let (plan, other) = (plan.part_number.clone(), other.part_number.clone());
            return Err(Refusal::Exclusive { plan, other });
        }
        if let Some(needs) = plan.grant.needs.iter().find(|needs| !unlocked.contains(needs)) {
            return Err(Refusal::Dependency { plan: plan.part_number.clone(), needs: *needs });
        }
    }
    Ok(())
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownPlan { .. } => "license.unknown_plan",
            Self::NotForPeople { .. } => "license.holder_not_allowed",
            Self::NotInCountry { .. } => "license.country_not_allowed",
            Self::Exclusive { .. } => "license.mutually_exclusive",
            Self::Dependency { .. } => "license.dependency_missing",
            Self::NoSeats { .. } | Self::NoMoreAccounts { .. } => "license.no_seats",
            Self::Over { .. } => "license.over",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::UnknownPlan { .. } => "choose one of the license plans that are listed".to_owned(),
            Self::NotForPeople { .. } => "resource accounts have their license by themselves".to_owned(),
            Self::NotInCountry { .. } => "correct the person's country or choose another plan".to_owned(),
            Self::Exclusive { other, .. } => format!("take {other} away in the same request"),
            Self::Dependency { plan, needs } => {
                format!("give a license that unlocks {needs} in the same request, or take {plan} away as well")
            }
            Self::NoMoreAccounts { .. } => {
                "delete a resource account that nobody needs, buy seats for more, or license more people".to_owned()
            }
            Self::Over { .. } => "buy seats of it again, or choose another plan".to_owned(),
            Self::NoSeats { .. } => "buy more seats or take the license away from somebody".to_owned(),
        }
    }

    fn is_conflict(&self) -> bool {
        matches!(self, Self::NoSeats { .. } | Self::NoMoreAccounts { .. } | Self::Over { .. })
    }
}

impl std::fmt::Display for PartNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Display for Capability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::AudioConferencing => "audio conferencing",
            Self::CallingPlan => "a calling plan",
            Self::CommunicationCredits => "credits",
            Self::Mobile => "a mobile number",
            Self::PhoneSystem => "the phone system",
            Self::ResourceAccount => "a resource account",
        })
    }
}

/// Every organization may try out services before it buys anything.
const RESOURCE_ACCOUNTS_FREE: u32 = 25;
