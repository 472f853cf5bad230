//! The dial-out policy: whom people may call outside. Specification of calling, 4.5.
//!
//! Twelve of them come with the program, one for each way in which conferences and people may call out (see `fixed`);
//! others are made as finer classes of service. Nothing here is asked about a call to emergency services.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bounded::Few;
use crate::limits::{DIAL_OUT_COUNTRIES_MAX, DIAL_OUT_PATTERNS_MAX};
use crate::numbers::country::Service;
use crate::numbers::routing::Expression;
use crate::numbers::{Country, E164};
use crate::setting::{Form, Formed, choices, settings};

choices! {
    /// Whom a conference may call.
    ConferenceDialOut: Any "any", Domestic "domestic", ZoneA "zone_a", None "none";
    /// Whom a person may call outside.
    UserDialOut: InternationalAndDomestic "international_and_domestic", Domestic "domestic", None "none";
}

settings! {
    /// Where a person may call outside; emergency calls go in any case.
    DialOut {
        /// Whom the person's conferences may call.
        conference: ConferenceDialOut = ConferenceDialOut::Any;
        /// Whom the person may call; a country's own is that of the person.
        user: UserDialOut = UserDialOut::InternationalAndDomestic;
        /// Numbers that are never called, before anything else is asked.
        denied_patterns: Few<NumberPattern, DIAL_OUT_PATTERNS_MAX> = Few::default();
        /// Numbers that are called whatever the settings below and `user` say.
        allowed_patterns: Few<NumberPattern, DIAL_OUT_PATTERNS_MAX> = Few::default();
        /// Whether numbers of premium rates, shared cost and personal services are called.
        allow_premium_rate: bool = true;
        /// Countries that are never called.
        denied_countries: Few<CountryCode, DIAL_OUT_COUNTRIES_MAX> = Few::default();
        /// The countries that are called, where any are named.
        allowed_countries: Few<CountryCode, DIAL_OUT_COUNTRIES_MAX> = Few::default();
    }
}

/// A pattern of numbers in E.164 form, ready to be used.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberPattern(Expression);

/// An ISO 3166 alpha-2 code of a country with a numbering plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct CountryCode(String);

/// What a policy says of a number, beside what `user` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is called: this pattern of those that are allowed matches it.
    Allowed(String),
    Denied(Denial),
    /// Nothing: what `user` says counts.
    Nothing,
}

/// Why a policy denies a number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    #[error("it denies calls to {0}")]
    Country(String),
    #[error("it does not name its country among those that may be called")]
    NoCountry,
    #[error("its pattern {0} denies it")]
    Pattern(String),
    #[error("it denies numbers of special rates")]
    Premium,
}

impl DialOut {
    /// What it says of a number beside what `user` says. `digits` are what is called where that is no number.
    pub fn says_of(&self, number: Option<E164>, digits: &str) -> Said {
        let text = number.map_or_else(|| digits.to_owned(), |number| number.without_extension().to_string());
        if let Some(pattern) = self.denied_patterns.iter().find(|pattern| pattern.0.is_match(&text)) {
            return Said::Denied(Denial::Pattern(pattern.0.pattern().to_owned()));
        }
        if let Some(pattern) = self.allowed_patterns.iter().find(|pattern| pattern.0.is_match(&text)) {
            return Said::Allowed(pattern.0.pattern().to_owned());
        }
        if !self.allow_premium_rate && number.is_some_and(|number| Service::of(number) == Service::Special) {
            return Said::Denied(Denial::Premium);
        }
        // Most policies name no country: then nobody needs to know which one it is.
        if self.denied_countries.is_empty() && self.allowed_countries.is_empty() {
            return Said::Nothing;
        }
        let country = number.and_then(Country::of).map(Country::code);
        let is_among = |countries: &Few<CountryCode, DIAL_OUT_COUNTRIES_MAX>, code: &str| {
            countries.iter().any(|country| country.0 == code)
        };
        match country {
            Some(code) if is_among(&self.denied_countries, &code) => Said::Denied(Denial::Country(code)),
            Some(code) if self.allowed_countries.is_empty() || is_among(&self.allowed_countries, &code) => {
                Said::Nothing
            }
            None if self.allowed_countries.is_empty() => Said::Nothing,
            Some(_) | None => Said::Denied(Denial::NoCountry),
        }
    }
}

impl Serialize for NumberPattern {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.pattern())
    }
}

impl<'de> Deserialize<'de> for NumberPattern {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let pattern = String::deserialize(from)?;
        Expression::parse(&pattern).map(Self).map_err(serde::de::Error::custom)
    }
}

impl Eq for NumberPattern {}

impl<'de> Deserialize<'de> for CountryCode {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let code = String::deserialize(from)?.to_ascii_uppercase();
        let is_known = Country::parse(&code).and_then(Country::calling_code).is_some();
        let unknown = || serde::de::Error::custom(format!("{code} is no country with a numbering plan"));
        if is_known { Ok(Self(code)) } else { Err(unknown()) }
    }
}

impl Formed for Few<NumberPattern, DIAL_OUT_PATTERNS_MAX> {
    const FORM: Form = Form::Entries { of: "a pattern such as ^\\+1900", n_max: DIAL_OUT_PATTERNS_MAX };
}

impl Formed for Few<CountryCode, DIAL_OUT_COUNTRIES_MAX> {
    const FORM: Form = Form::Entries { of: "the code of a country such as US", n_max: DIAL_OUT_COUNTRIES_MAX };
}
