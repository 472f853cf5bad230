//! Operators: carriers that joined through the operator interface, and how far each is. Specification of numbers, 1.2.2
//! and 1.8.

pub mod consent;
pub mod metrics;
pub mod request;
pub mod upload;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::number::NumberSource;
use super::{Country, Number};
use crate::id::{CallingProfileId, OperatorId, TrunkId};
use crate::limits::{COUNTRIES_MAX, NAME_CHARS_MAX, PROFILE_TRUNKS_MAX, URL_CHARS_MAX};
use crate::problem::{Code, Problem};
use crate::rule::Broken;

/// A carrier that organizations can choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    pub id: OperatorId,
    pub name: String,
    pub state: State,
    /// Where organizations read about it.
    pub landing_page: Option<String>,
    pub logo: Option<String>,
    /// Who helps, in words: an address, a number, a page.
    pub support_contact: String,
    pub offerings: Vec<Offering>,
}

/// What an operator has, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offering {
    pub kind: OfferingKind,
    /// ISO 3166 alpha-2.
    pub countries: BTreeSet<String>,
}

/// What an offering is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferingKind {
    Calling,
    Conferencing,
    Mobile,
}

/// How far an operator is. Specification of numbers, 1.2.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its interface is closed.
    Draft,
    /// Its interface is open; only who runs the server can consent to it.
    Testing,
    /// Every organization finds it.
    Launched,
    /// Nobody consents to it and it uploads nothing; what it carries goes on.
    Suspended,
}

/// Which operator a number is of, and what that operator says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfOperator {
    pub id: OperatorId,
    pub profile: CallingProfileId,
    /// Whether the organization may say where the number is used.
    pub may_change_location: bool,
}

/// Whose a trunk is that an operator lends to an organization, and what calls that come in over it reach there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lent {
    pub operator: OperatorId,
    pub reach: Reach,
}

/// Which numbers of an organization an operator's trunks reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Those that the operator gave.
    #[default]
    OwnNumbers,
    AllNumbers,
}

/// What numbers of an operator have in common. Specification of numbers, 1.2.2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallingProfile {
    pub id: CallingProfileId,
    pub name: String,
    /// The operator's trunks that carry them, the first one first.
    pub trunks: Vec<TrunkId>,
}

/// Why something may not be done with an operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("an operator that is {} can't become {}", from.as_str(), to.as_str())]
    Transition { from: State, to: State },
    #[error("the operator {name} is {}", state.as_str())]
    NotOpen { name: String, state: State },
    #[error("{n_consents} organizations have consented to the operator {name}")]
    HasConsents { name: String, n_consents: u64 },
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Testing, Self::Launched, Self::Suspended];

    /// Its word in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Testing => "testing",
            Self::Launched => "launched",
            Self::Suspended => "suspended",
        }
    }

    /// The state after a change; staying is always allowed. Who was launched is never a draft again.
    pub fn to(self, to: Self) -> Result<Self, Refusal> {
        let next: &[Self] = match self {
            Self::Draft => &[Self::Draft, Self::Testing],
            Self::Testing => &[Self::Testing, Self::Draft, Self::Launched, Self::Suspended],
            Self::Launched => &[Self::Launched, Self::Suspended],
            Self::Suspended => &[Self::Suspended, Self::Testing, Self::Launched],
        };
        if next.contains(&to) { Ok(to) } else { Err(Refusal::Transition { from: self, to }) }
    }

    /// Whether it may use its interface.
    pub fn may_connect(self) -> bool {
        match self {
            Self::Testing | Self::Launched | Self::Suspended => true,
            Self::Draft => false,
        }
    }

    /// Whether calls come in and go out over its trunks.
    pub fn carries_calls(self) -> bool {
        self.may_connect()
    }

    /// Whether it may give numbers to organizations.
    pub fn may_upload(self) -> bool {
        match self {
            Self::Testing | Self::Launched => true,
            Self::Draft | Self::Suspended => false,
        }
    }
}

impl Lent {
    /// Whether a call that comes in over the trunk may be for this number.
    pub fn reaches(&self, number: &Number) -> bool {
        match (self.reach, number.source) {
            (Reach::AllNumbers, _) => true,
            (Reach::OwnNumbers, NumberSource::Operator(of)) => of.id == self.operator,
            (Reach::OwnNumbers, NumberSource::CallingPlan | NumberSource::DirectRouting) => false,
        }
    }
}

impl Operator {
    /// Countries where it has anything.
    pub fn countries(&self) -> BTreeSet<&str> {
        self.offerings.iter().flat_map(|offering| offering.countries.iter().map(String::as_str)).collect()
    }

    /// Whether an organization may consent to it. Who runs the server may try one that is in its tests.
    pub fn check_consent(&self, asked_by: Asker) -> Result<(), Refusal> {
        match (self.state, asked_by) {
            (State::Launched, _) | (State::Testing, Asker::Owner) => Ok(()),
            (State::Draft | State::Testing | State::Suspended, Asker::Owner | Asker::Tenant) => {
                Err(Refusal::NotOpen { name: self.name.clone(), state: self.state })
            }
        }
    }

    /// What is wrong with its settings.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = name_problems(&self.name);
        for (field, url) in [("landing_page", &self.landing_page), ("logo", &self.logo)] {
            if url.as_ref().is_some_and(|url| !is_web_address(url)) {
                problems.push(Problem::new(Code::UrlMalformed, field));
            }
        }
        if self.support_contact.chars().count() > NAME_CHARS_MAX {
            problems.push(Problem::new(Code::TextTooLong, "support_contact"));
        }
        let mut kinds = BTreeSet::new();
        for (index, offering) in self.offerings.iter().enumerate() {
            if !kinds.insert(offering.kind) {
                problems.push(Problem::new(Code::OfferingDuplicate, format!("offerings[{index}].kind")));
            }
            problems.extend(country_problems(&format!("offerings[{index}].countries"), &offering.countries));
        }
        problems
    }
}

/// Who asks for something that who runs the server may do earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    Owner,
    Tenant,
}

impl CallingProfile {
    /// What is wrong with it; `trunks` are those of its operator.
    pub fn problems(&self, trunks: &BTreeSet<TrunkId>) -> Vec<Problem> {
        let mut problems = name_problems(&self.name);
        if !(1..=PROFILE_TRUNKS_MAX).contains(&self.trunks.len()) {
            problems.push(Problem::new(Code::ProfileTrunksOutOfRange, "trunks"));
        }
        for (index, trunk) in self.trunks.iter().enumerate().take(PROFILE_TRUNKS_MAX) {
            if !trunks.contains(trunk) {
                problems.push(Problem::new(Code::MissingTarget, format!("trunks[{index}]")));
            }
        }
        problems
    }
}

/// What is wrong with a list of countries.
pub(super) fn country_problems(field: &str, countries: &BTreeSet<String>) -> Vec<Problem> {
    if countries.is_empty() || COUNTRIES_MAX < countries.len() {
        return vec![Problem::new(Code::CountriesOutOfRange, field)];
    }
    let is_known = |country: &str| Country::parse(country).and_then(Country::calling_code).is_some();
    let unknown = countries.iter().enumerate().filter(|(_, country)| !is_known(country));
    unknown.map(|(index, _)| Problem::new(Code::CountryUnknown, format!("{field}[{index}]"))).collect()
}

fn name_problems(name: &str) -> Vec<Problem> {
    let code = match name.chars().count() {
        0 => Code::NameEmpty,
        1..=NAME_CHARS_MAX => return Vec::new(),
        _ => Code::NameTooLong,
    };
    vec![Problem::new(code, "name")]
}

fn is_web_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let is_plain = url.chars().all(|letter| letter.is_ascii_graphic());
    is_plain && url.len() <= URL_CHARS_MAX && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Transition { .. } => "operator.transition",
            Self::NotOpen { .. } => "operator.not_open",
            Self::HasConsents { .. } => "operator.has_consents",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Transition { from: State::Draft, .. } => "let it be in testing first".to_owned(),
            Self::Transition { .. } => "suspend it instead".to_owned(),
            Self::NotOpen { .. } => "choose another operator, or ask who runs the server".to_owned(),
            Self::HasConsents { .. } => "suspend it instead; it can be deleted when no consent is left".to_owned(),
        }
    }

    fn is_conflict(&self) -> bool {
        true
    }
}
