//! Rules against fraud: destinations that nobody calls, and more calls than anybody means. Specification of numbers, 2.4.
//!
//! A rule is tried on calls of the past by the same function that judges the next one. Taking it back is a change of the
//! wallet like any other: it holds for the next call.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::budget::{self, is_name};
use super::deck::{Kind, Rate};
use crate::amount::Micros;
use crate::id::UserId;
use crate::limits::FRAUD_ITEMS_MAX;
use crate::numbers::E164;

/// One rule. Without a velocity it refuses the calls that it matches; with one it refuses those that are too many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Names it within the organization.
    pub name: String,
    #[serde(default)]
    pub enabled: bool,
    #[serde(default)]
    pub calls: Calls,
    #[serde(default)]
    pub velocity: Option<Velocity>,
    /// People whom it does not concern.
    #[serde(default)]
    pub exempt: BTreeSet<UserId>,
    /// Made by who runs the server or sells to the organization: nobody else changes it.
    #[serde(default)]
    pub by_seller: bool,
}

/// Which calls are meant: those for which all that is named holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// First digits of numbers, with the country's.
    #[serde(default)]
    pub prefixes: BTreeSet<String>,
    /// ISO 3166 alpha-2, as the deck has it.
    #[serde(default)]
    pub countries: BTreeSet<String>,
    #[serde(default)]
    pub kinds: BTreeSet<Kind>,
    /// Those whose minute costs more than this.
    #[serde(default)]
    pub dearer_than: Option<Micros>,
}

/// How much is too much within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Velocity {
    pub per: Per,
    /// How long back, 60 to 86,400.
    pub secs: u32,
    #[serde(default)]
    pub calls_max: Option<u32>,
    #[serde(default)]
    pub amount_max: Option<Micros>,
}

/// Whose calls are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    Organization,
    Person,
}

/// What a rule sees of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub at: Timestamp,
    pub user: Option<UserId>,
    pub number: E164,
    pub country: Option<String>,
    pub kind: Kind,
    pub per_minute: Micros,
    /// What it cost, or has reserved so far.
    pub amount: Micros,
}

/// A call that a rule stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub rule: String,
    /// In words, after "because".
    pub why: String,
}

/// What a rule would have done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    pub n_calls: usize,
    pub n_refused: usize,
    /// What the refused calls cost.
    pub saved: Micros,
    /// The refused ones, the first so many, by index.
    pub refused: Vec<(usize, String)>,
}

/// Longest that is looked back, in seconds.
pub const SECS_MAX: u32 = 86_400;

impl Rule {
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), budget::Refusal> {
        if !is_name(&self.name) {
            return Err(budget::Refusal::Name);
        }
        let Calls { prefixes, countries, kinds, dearer_than } = &self.calls;
        if [prefixes.len(), countries.len(), kinds.len(), self.exempt.len()].into_iter().any(|n| FRAUD_ITEMS_MAX < n) {
            return Err(budget::Refusal::TooMany { max: FRAUD_ITEMS_MAX });
        }
        let matches_all = prefixes.is_empty() && countries.is_empty() && kinds.is_empty() && dearer_than.is_none();
        match self.velocity {
            None if matches_all => Err(budget::Refusal::MatchesAll),
            Some(velocity) if !(60..=SECS_MAX).contains(&velocity.secs) => Err(budget::Refusal::Window),
            Some(Velocity { calls_max: None, amount_max: None, .. }) => Err(budget::Refusal::MatchesAll),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether it stops a call, given those before it with what they cost, the newest first; why.
    pub fn judge<'a>(&self, call: &Seen, before: impl Iterator<Item = (&'a Seen, Micros)>) -> Option<Hit> {
        if !self.calls.matches(call) || call.user.is_some_and(|user| self.exempt.contains(&user)) {
            return None;
        }
        let hit = |why| Some(Hit { rule: self.name.clone(), why });
        let Some(velocity) = self.velocity else { return hit(format!("calls to {} are stopped", self.calls.words())) };
        let since = call.at.saturating_sub(SignedDuration::from_secs(velocity.secs.into())).unwrap_or(Timestamp::MIN);
        let counts = |seen: &Seen| match velocity.per {
            Per::Organization => self.calls.matches(seen),
            Per::Person => seen.user == call.user && self.calls.matches(seen),
        };
        let counted = before.take_while(|(seen, _)| since < seen.at).filter(|(seen, _)| counts(seen));
        let (n_calls, amount) =
            counted.fold((0_u32, Micros::ZERO), |(n, sum), (_, amount)| (n.saturating_add(1), sum.plus(amount)));
        let secs = velocity.secs;
        match velocity {
            Velocity { calls_max: Some(max), .. } if max <= n_calls => {
                hit(format!("{n_calls} such calls in {secs} seconds are at most {max}"))
            }
            Velocity { amount_max: Some(max), .. } if max <= amount => {
                hit(format!("{amount} spent in {secs} seconds is at most {max}"))
            }
            Velocity { .. } => None,
        }
    }

    /// What it would have done with calls that were made, in the order of their times. A refused one counts no more.
    pub fn trial(&self, calls: &[Seen], shown_max: usize) -> Trial {
        let mut trial = Trial { n_calls: calls.len(), ..Trial::default() };
        let mut kept: Vec<&Seen> = Vec::new();
        for (index, call) in calls.iter().enumerate() {
            let before = kept.iter().rev().map(|seen| (*seen, seen.amount));
            let Some(hit) = self.judge(call, before) else {
                kept.push(call);
                continue;
            };
            trial.n_refused += 1;
            trial.saved = trial.saved.plus(call.amount);
            if trial.refused.len() < shown_max {
                trial.refused.push((index, hit.why));
            }
        }
        trial
    }
}

impl Calls {
    /// Whether a call is meant.
    pub fn matches(&self, call: &Seen) -> bool {
        let digits = call.number.digits();
        (self.prefixes.is_empty() || self.prefixes.iter().any(|prefix| digits.starts_with(prefix.as_str())))
            && (self.countries.is_empty() || call.country.as_ref().is_some_and(|code| self.countries.contains(code)))
            && (self.kinds.is_empty() || self.kinds.contains(&call.kind))
            && self.dearer_than.is_none_or(|price| price < call.per_minute)
    }

    fn words(&self) -> String {
        let listed = |items: Vec<String>| (!items.is_empty()).then(|| items.join(", "));
        let kinds = self.kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
        let prefixes = self.prefixes.iter().map(|prefix| format!("+{prefix}…")).collect();
        let parts = [
            listed(prefixes),
            listed(self.countries.iter().cloned().collect()),
            listed(kinds),
            self.dearer_than.map(|price| format!("what costs more than {price} a minute")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" and ")
    }
}

impl Seen {
    /// A call that is asked for.
    pub fn asked(at: Timestamp, user: Option<UserId>, number: E164, rate: Option<&Rate>) -> Self {
        Self {
            at,
            user,
            number,
            country: rate.and_then(|rate| rate.country.clone()),
            kind: rate.map(|rate| rate.kind).unwrap_or_default(),
            per_minute: rate.map(|rate| rate.price.per_minute).unwrap_or_default(),
            amount: Micros::ZERO,
        }
    }
}
