//! What the carrier of a number says of it: where it is of, and whether it takes text messages. Specification of numbers,
//! 1.3.1.

use serde::{Deserialize, Serialize};

use super::{Number, NumberSource};
use crate::limits::NAME_CHARS_MAX;
use crate::numbers::{Country, E164};
use crate::rule::Broken;

/// Characters of a part of a country, after the country. ISO 3166-2.
const PART_CHARS_MAX: usize = 3;

/// What a carrier says of a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// ISO 3166 alpha-2.
    #[serde(default)]
    pub country: Option<String>,
    /// The city that it is a number of; numbers without a place have none.
    #[serde(default)]
    pub city: Option<String>,
    /// The part of its country, as in ISO 3166-2: `US-WA`.
    #[serde(default)]
    pub region: Option<String>,
    /// Whether the carrier takes text messages to it and from it.
    #[serde(default)]
    pub sms: bool,
}

/// What is to be said else. What is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OriginChange {
    /// ISO 3166 alpha-2.
    pub country: Option<Option<String>>,
    /// The city.
    pub city: Option<Option<String>>,
    /// ISO 3166-2.
    pub region: Option<Option<String>>,
    /// Whether the carrier takes text messages.
    pub sms: Option<bool>,
}

/// Why something may not be said of a number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{written} is no country with telephone numbers")]
    CountryUnknown { written: String },
    #[error("a city has 1 to {NAME_CHARS_MAX} characters")]
    CityMalformed,
    #[error("{written} is no part of the country")]
    RegionMalformed { written: String },
    #[error("{number} comes from the platform or an operator, who says where it is of and what it can do")]
    Fixed { number: E164 },
}

impl Origin {
    /// Whether it can be kept.
    pub fn check(&self) -> Result<(), Refusal> {
        let start = |text: &str| text.chars().take(10).collect();
        if let Some(country) = self.country.as_deref().filter(|country| !is_country(country)) {
            return Err(Refusal::CountryUnknown { written: start(country) });
        }
        if self.city.as_deref().is_some_and(|city| !is_name(city)) {
            return Err(Refusal::CityMalformed);
        }
        match self.region.as_deref().filter(|region| !is_part(region, self.country.as_deref())) {
            Some(region) => Err(Refusal::RegionMalformed { written: start(region) }),
            None => Ok(()),
        }
    }
}

impl OriginChange {
    /// What is said then of a number of which this was said.
    pub fn of(self, there: &Origin) -> Origin {
        Origin {
            country: self.country.unwrap_or_else(|| there.country.clone()),
            city: self.city.unwrap_or_else(|| there.city.clone()),
            region: self.region.unwrap_or_else(|| there.region.clone()),
            sms: self.sms.unwrap_or(there.sms),
        }
    }
}

impl Number {
    /// The number with something else said of it: one of the organization's own carrier, for which it speaks.
    pub fn described(&self, origin: Origin) -> Result<Self, Refusal> {
        if self.origin == origin {
            return Ok(self.clone());
        }
        origin.check()?;
        match self.source {
            NumberSource::DirectRouting => Ok(Self { origin, ..self.clone() }),
            NumberSource::CallingPlan | NumberSource::Operator(_) => Err(Refusal::Fixed { number: self.number }),
        }
    }
}

fn is_name(city: &str) -> bool {
    let n_chars = city.trim().chars().count();
    (1..=NAME_CHARS_MAX).contains(&n_chars) && !city.chars().any(char::is_control)
}

/// Whether there are numbers of it.
fn is_country(code: &str) -> bool {
    Country::parse(code).and_then(Country::calling_code).is_some()
}

fn is_part(region: &str, of: Option<&str>) -> bool {
    let Some((country, part)) = region.split_once('-') else { return false };
    let is_country = of.unwrap_or(country) == country && is_country(country);
    let is_code = part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    is_country && is_code && (1..=PART_CHARS_MAX).contains(&part.len())
}

impl Refusal {
    /// The field or column that is to blame.
    pub fn field(&self) -> &'static str {
        match self {
            Self::CountryUnknown { .. } => "country",
            Self::CityMalformed => "city",
            Self::RegionMalformed { .. } => "region",
            Self::Fixed { .. } => "number",
        }
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::CountryUnknown { .. } => "country.unknown",
            Self::CityMalformed => "number.city_malformed",
            Self::RegionMalformed { .. } => "number.region_malformed",
            Self::Fixed { .. } => "number.origin_fixed",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::CountryUnknown { .. } => "write the two capital letters of ISO 3166".to_owned(),
            Self::CityMalformed => "write the name of the city, or leave it out".to_owned(),
            Self::RegionMalformed { .. } => {
                "write it as in ISO 3166-2, such as US-WA, within the country, or leave it out".to_owned()
            }
            Self::Fixed { .. } => "leave country, city, region and sms as they are".to_owned(),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::Fixed { .. } => true,
            Self::CountryUnknown { .. } | Self::CityMalformed | Self::RegionMalformed { .. } => false,
        }
    }
}
