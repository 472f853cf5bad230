//! Civic addresses: where numbers are used, as emergency services are told. Specification of numbers, 1.6.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::country_profile::{AddressPart, AddressRules, Form};
use super::number::NumberSource;
use super::{Country, E164, Number};
use crate::id::CivicAddressId;
use crate::limits::NAME_CHARS_MAX;
use crate::problem::{Code, Problem};
use crate::rule::Broken;

/// An address, down to the floor or the office if that is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CivicAddress {
    /// Its id.
    pub id: CivicAddressId,
    /// What it is found by, such as `Boston, floor 7`.
    pub name: String,
    /// Who is found there.
    pub company_name: String,
    /// ISO 3166 alpha-2, upper case.
    pub country: String,
    /// Which house.
    pub street: Street,
    /// Where the street is.
    pub city: Option<String>,
    /// In the United States and Canada its two letters.
    pub state_or_province: Option<String>,
    /// As the country writes it.
    pub postal_code: Option<String>,
    /// Floor, wing or office.
    pub place: Option<String>,
    /// Where that is on the globe.
    pub position: Option<Position>,
    /// For the organization alone.
    pub description: Option<String>,
    /// Who vouched for it; numbers are used at such addresses only.
    pub validated: Option<Validated>,
}

/// A house of a street. RFC 5139 §3
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Street {
    /// `100`
    pub house_number: Option<String>,
    /// `A`
    pub house_number_suffix: Option<String>,
    /// `N`
    pub pre_directional: Option<String>,
    /// `Summer`
    pub name: Option<String>,
    /// `Street`
    pub suffix: Option<String>,
    /// `W`
    pub post_directional: Option<String>,
}

/// A point on the globe, in millionths of a degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// North is positive.
    pub latitude_micros: i32,
    /// East is positive.
    pub longitude_micros: i32,
}

/// Who vouched for an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validated {
    /// When.
    pub at: Timestamp,
    /// As the audit writes it.
    pub by: String,
}

/// Why something may not be done with an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody could find it.
    #[error("{name} lacks {}", lacks.join(", "))]
    Incomplete { name: String, lacks: Vec<String> },
    /// Emergency services are told of it.
    #[error("{n_numbers} numbers are used at {name}: {first}")]
    InUse { name: String, n_numbers: u64, first: String },
    /// Nobody vouched for it.
    #[error("{name} is not validated")]
    NotValidated { name: String },
    /// Emergency services of one country don't know addresses of another.
    #[error("{number} is of {of}, and {name} is in {country}")]
    OtherCountry { number: E164, of: String, name: String, country: String },
    /// It is the operator who tells emergency services.
    #[error("the operator of {number} says where it is used")]
    OfOperator { number: E164 },
    /// Whose calls for help a carrier of the platform carries must be found.
    #[error("{number} is of a calling plan and somebody has it, so it keeps an address")]
    Needed { number: E164 },
}

impl Position {
    /// Reads degrees; none if there is no such place.
    pub fn of(latitude: f64, longitude: f64) -> Option<Self> {
        let micros = |degrees: f64, max: f64| {
            // The range is far within what the integer holds.
            (degrees.is_finite() && degrees.abs() <= max).then(|| (degrees * 1e6).round() as i32)
        };
        Some(Self { latitude_micros: micros(latitude, 90.0)?, longitude_micros: micros(longitude, 180.0)? })
    }

    /// Latitude and longitude in degrees.
    pub fn degrees(self) -> (f64, f64) {
        (f64::from(self.latitude_micros) / 1e6, f64::from(self.longitude_micros) / 1e6)
    }
}

impl CivicAddress {
    /// In one line, as people write it.
    pub fn line(&self) -> String {
        let joined =
            |parts: &[&Option<String>]| parts.iter().filter_map(|part| part.as_deref()).collect::<Vec<_>>().join(" ");
        let Street { house_number, house_number_suffix, pre_directional, name, suffix, post_directional } =
            &self.street;
        let street = joined(&[house_number, house_number_suffix, pre_directional, name, suffix, post_directional]);
        let region = joined(&[&self.state_or_province, &self.postal_code]);
        let parts = [Some(&street), self.place.as_ref(), self.city.as_ref(), Some(&region), Some(&self.company_name)];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ")
    }

    /// What a location object says of it, each with its element, in the order of the schema. RFC 5139 §3
    pub fn elements(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let Street { house_number, house_number_suffix, pre_directional, name, suffix, post_directional } =
            &self.street;
        let said = [
            ("A1", self.state_or_province.as_ref()),
            ("A3", self.city.as_ref()),
            ("PRD", pre_directional.as_ref()),
            ("RD", name.as_ref()),
            ("STS", suffix.as_ref()),
            ("POD", post_directional.as_ref()),
            ("HNO", house_number.as_ref()),
            ("HNS", house_number_suffix.as_ref()),
            ("LOC", self.place.as_ref()),
            ("NAM", Some(&self.company_name)),
            ("PC", self.postal_code.as_ref()),
        ];
        said.into_iter().filter_map(|(element, text)| Some((element, text?.as_str())))
    }

    /// What is wrong with it as it is about to be saved; it need not be complete yet.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for (field, text) in [("name", &self.name), ("company_name", &self.company_name)] {
            if text.trim().is_empty() {
                found.push(Problem::new(Code::NameEmpty, field));
            }
        }
        if Country::parse(&self.country).is_none() {
            found.push(Problem::new(Code::CountryUnknown, "country"));
        }
        let texts = [("name", Some(&self.name)), ("description", self.description.as_ref())];
        let said = self.elements().map(|(element, text)| (field_of(element), text));
        let texts = texts.into_iter().filter_map(|(field, text)| Some((field, text?.as_str()))).chain(said);
        for (field, _) in texts.filter(|(_, text)| NAME_CHARS_MAX < text.chars().count()) {
            found.push(Problem::new(Code::TextTooLong, field));
        }
        found
    }

    /// The address after somebody vouched for it. `rules` are those of its country.
    pub fn validate(&self, now: Timestamp, by: &str, rules: &AddressRules) -> Result<Self, Refusal> {
        let lacks = self.lacks(rules);
        if !lacks.is_empty() {
            return Err(Refusal::Incomplete { name: self.name.clone(), lacks });
        }
        Ok(Self { validated: Some(Validated { at: now, by: by.to_owned() }), ..self.clone() })
    }

    /// The address after a change: where something else is now, nobody has vouched for that yet, and numbers that are used
    /// there would be found at a wrong place. `used` is how many, and the first of them.
    pub fn changed(&self, after: Self, used: (u64, &str)) -> Result<Self, Refusal> {
        if self.found_at() == after.found_at() {
            return Ok(Self { validated: self.validated.clone(), ..after });
        }
        self.check_unused(used)?;
        Ok(Self { validated: None, ..after })
    }

    /// Whether it may be deleted or lead elsewhere.
    pub fn check_unused(&self, (n_numbers, first): (u64, &str)) -> Result<(), Refusal> {
        match n_numbers {
            0 => Ok(()),
            _ => Err(Refusal::InUse { name: self.name.clone(), n_numbers, first: first.to_owned() }),
        }
    }

    /// Whether a number may be used there.
    pub fn check_for(&self, number: &Number) -> Result<(), Refusal> {
        check_operator(number)?;
        if self.validated.is_none() {
            return Err(Refusal::NotValidated { name: self.name.clone() });
        }
        match Country::of(number.number).map(Country::code) {
            Some(of) if of != self.country => {
                let (name, country) = (self.name.clone(), self.country.clone());
                Err(Refusal::OtherCountry { number: number.number, of, name, country })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// What stays the same when an address only gets another name.
    fn found_at(&self) -> (&str, &str, &Street, [&Option<String>; 4], Option<Position>) {
        let parts = [&self.city, &self.state_or_province, &self.postal_code, &self.place];
        (&self.company_name, &self.country, &self.street, parts, self.position)
    }

    fn lacks(&self, rules: &AddressRules) -> Vec<String> {
        let is_there = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        let mut lacks = Vec::new();
        let mut need = |is_there: bool, what: &str| {
            if !is_there {
                lacks.push(what.to_owned());
            }
        };
        let needs = |part| rules.needs.contains(&part);
        need(is_there(&self.street.name), "street_name");
        need(is_there(&self.city), "city");
        need(!needs(AddressPart::HouseNumber) || is_there(&self.street.house_number), "house_number");
        let state = (&self.state_or_province, needs(AddressPart::StateOrProvince), &rules.state_or_province);
        need(is_written_so(state), &wanted("state_or_province", &rules.state_or_province));
        let code = (&self.postal_code, needs(AddressPart::PostalCode), &rules.postal_code);
        need(is_written_so(code), &wanted("postal_code", &rules.postal_code));
        need(!needs(AddressPart::Position) || self.position.is_some(), "latitude and longitude");
        lacks
    }
}

/// Whether a part that is needed or not is there, and written as the country writes it.
fn is_written_so((text, is_needed, form): (&Option<String>, bool, &Option<Form>)) -> bool {
    match (text.as_deref().unwrap_or_default(), form) {
        ("", _) => !is_needed,
        (text, Some(form)) => form.fits(text),
        (text, None) => !is_needed || !text.trim().is_empty(),
    }
}

/// A part of an address as somebody is asked for it.
fn wanted(part: &str, form: &Option<Form>) -> String {
    form.as_ref().map_or_else(|| part.to_owned(), |form| format!("{part} ({})", form.words))
}

/// Whether a number may be used at no address that is known.
pub fn check_removal(number: &Number) -> Result<(), Refusal> {
    check_operator(number)?;
    match (number.source, number.assignee) {
        (NumberSource::CallingPlan, Some(_)) => Err(Refusal::Needed { number: number.number }),
        (NumberSource::CallingPlan, None) | (NumberSource::DirectRouting | NumberSource::Operator(_), _) => Ok(()),
    }
}

fn check_operator(number: &Number) -> Result<(), Refusal> {
    match number.source {
        NumberSource::Operator(of) if !of.may_change_location => Err(Refusal::OfOperator { number: number.number }),
        NumberSource::CallingPlan | NumberSource::DirectRouting | NumberSource::Operator(_) => Ok(()),
    }
}

fn field_of(element: &'static str) -> &'static str {
    match element {
        "A1" => "state_or_province",
        "A3" => "city",
        "PRD" => "pre_directional",
        "RD" => "street_name",
        "STS" => "street_suffix",
        "POD" => "post_directional",
        "HNO" => "house_number",
        "HNS" => "house_number_suffix",
        "LOC" => "place",
        "NAM" => "company_name",
        _ => "postal_code",
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Incomplete { .. } => "civic_address.incomplete",
            Self::InUse { .. } => "civic_address.in_use",
            Self::NotValidated { .. } => "civic_address.not_validated",
            Self::OtherCountry { .. } => "civic_address.other_country",
            Self::OfOperator { .. } => "number.location_of_operator",
            Self::Needed { .. } => "number.address_needed",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Incomplete { .. } => "complete the address, and validate it again",
            Self::InUse { .. } => "make another address, and let the numbers be used there first",
            Self::NotValidated { .. } => "validate the address first",
            Self::OtherCountry { .. } => "choose an address in the number's country",
            Self::OfOperator { .. } => "ask the operator to change it",
            Self::Needed { .. } => "name another address, or take the number from who has it first",
        }
        .to_owned()
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::InUse { .. } => true,
            Self::Incomplete { .. }
            | Self::NotValidated { .. }
            | Self::OtherCountry { .. }
            | Self::OfOperator { .. }
            | Self::Needed { .. } => false,
        }
    }
}
