//! Minutes that come with calling plans, shared by those who hold the same plan in the same country. Specification of
//! numbers, 2.5.1 and 3.4.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::id::UserId;

/// Which calls minutes are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    Domestic,
    International,
}

/// A calendar month where the organization is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    year: i16,
    month: i8,
}

/// Which pool: minutes of one plan, for those who hold it in one group of countries, in one month.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PoolKey {
    /// Its part number.
    pub plan: String,
    pub group: String,
    pub bucket: Bucket,
    pub period: Period,
    /// Whose alone the minutes are, where a plan does not pool.
    pub holder: Option<UserId>,
}

/// How much there is, and how much of it is used, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seconds {
    pub granted: u64,
    pub used: u64,
}

/// What a plan grants each holder, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minutes {
    pub domestic: u32,
    pub international: u32,
    pub pooled: bool,
}

/// Somebody who may have minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Where they work: ISO 3166 alpha-2.
    pub country: String,
    /// Part numbers of the plans that they hold, all kinds.
    pub plans: Vec<String>,
    /// Whether they hold the license of credits.
    pub has_credits: bool,
}

/// What a plan grants to somebody in a country; none if it grants no minutes.
pub fn minutes_of(plan: &str, country: &str) -> Option<Minutes> {
    let main = if matches!(country, "US" | "PR" | "CA") { 3_000 } else { 1_200 };
    let minutes = |domestic, international, pooled| Some(Minutes { domestic, international, pooled });
    match plan {
        "MCOPSTN1" | "MCOTEAMS_ESSENTIALS" => minutes(main, 0, true),
        "MCOPSTN2" | "MCOPSTN9" => minutes(main, 600, true),
        "MCOPSTN5" => minutes(120, 0, true),
        "MCOPSTN6" => minutes(240, 0, true),
        "MCOPSTN8" => minutes(120, 0, false),
        _ => None,
    }
}

/// Minutes of a month that each holder of the license of conferences brings for calls out of conferences.
const CONFERENCE_MINUTES: u64 = 60;
const CONFERENCE_PLAN: &str = "MCOMEETADV";
const ZONE_A: &[&str] = &[
    "AT", "AU", "BE", "BG", "BR", "CA", "CH", "CN", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HK", "HR",
    "HU", "IE", "IN", "IT", "JP", "KR", "LU", "MX", "MY", "NL", "NO", "NZ", "PL", "PR", "PT", "RO", "RU", "SE", "SG",
    "SI", "SK", "TH", "TW", "US", "ZA",
];

/// Seconds of a month for calls out of conferences: one pool, wherever its people are. Specification of numbers, 2.5.1.
pub fn conference_secs<'a>(people: impl IntoIterator<Item = &'a Person>) -> u64 {
    let holders = people.into_iter().filter(|person| person.plans.iter().any(|plan| plan == CONFERENCE_PLAN));
    u64::try_from(holders.count()).unwrap_or(u64::MAX).saturating_mul(CONFERENCE_MINUTES * 60)
}

/// Whether the minutes of conferences pay for calls to a country; credits pay for the others.
pub fn is_zone_a(country: &str) -> bool {
    ZONE_A.contains(&country)
}

/// The countries that share their minutes, named by one of them.
pub fn group_of(country: &str) -> &str {
    match country {
        "PR" => "US",
        other => other,
    }
}

/// Whether minutes for calls within the country pay for a call from one to the other. Not what restricts whom people may
/// call: there, Canada is abroad.
pub fn is_domestic(from: &str, to: &str) -> bool {
    let is_north_america = |country: &str| matches!(country, "US" | "PR" | "CA");
    from == to || (is_north_america(from) && is_north_america(to))
}

/// All pools of an organization in a month, with what each grants.
pub fn granted<'a>(
    people: impl IntoIterator<Item = (&'a UserId, &'a Person)>,
    period: Period,
) -> BTreeMap<PoolKey, u64> {
    let mut pools = BTreeMap::new();
    for (user, person) in people {
        for plan in &person.plans {
            for (bucket, minutes) in buckets(plan, &person.country) {
                let key = person.key(*user, plan, bucket, period);
                *pools.entry(key).or_default() += u64::from(minutes) * 60;
            }
        }
    }
    pools
}

/// The pools that pay for a person's calls, in the order of their plans.
pub fn pools_of(user: UserId, person: &Person, bucket: Bucket, period: Period) -> Vec<PoolKey> {
    let with_minutes = person.plans.iter().filter(|plan| buckets(plan, &person.country).any(|(of, _)| of == bucket));
    with_minutes.map(|plan| person.key(user, plan, bucket, period)).collect()
}

fn buckets(plan: &str, country: &str) -> impl Iterator<Item = (Bucket, u32)> {
    let minutes = minutes_of(plan, country);
    let both = minutes.map(|it| [(Bucket::Domestic, it.domestic), (Bucket::International, it.international)]);
    both.into_iter().flatten().filter(|(_, minutes)| 0 < *minutes)
}

impl Person {
    fn key(&self, user: UserId, plan: &str, bucket: Bucket, period: Period) -> PoolKey {
        let is_own = minutes_of(plan, &self.country).is_some_and(|minutes| !minutes.pooled);
        PoolKey {
            plan: plan.to_owned(),
            group: group_of(&self.country).to_owned(),
            bucket,
            period,
            holder: is_own.then_some(user),
        }
    }
}

impl Period {
    /// The month that a time is in.
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        let date = at.to_zoned(zone.clone()).date();
        Self { year: date.year(), month: date.month() }
    }

    /// Reads `2026-11`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let period = Self { year: year.parse().ok()?, month: month.parse().ok()? };
        (year.len() == 4 && month.len() == 2 && (1..=12).contains(&period.month)).then_some(period)
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl TryFrom<String> for Period {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a month is written as 2026-11")
    }
}

impl Bucket {
    /// The stable name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Domestic => "domestic",
            Self::International => "international",
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Domestic => Self::International,
            Self::International => Self::Domestic,
        }
    }
}

impl Seconds {
    /// What is left.
    pub fn left(self) -> u64 {
        self.granted.saturating_sub(self.used)
    }
}
