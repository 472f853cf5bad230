//! The consent of an organization to an operator, and what the operator makes of it: two states, one of each side, that
//! only their side changes. Specification of numbers, 1.8.2 and 2.9.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Operator, Reach, country_problems};
use crate::id::{OperatorId, TenantId};
use crate::limits::{CONTACTS_MAX, EMAIL_CHARS_MAX, NAME_CHARS_MAX, REASON_CHARS_MAX};
use crate::problem::{Code, Problem};
use crate::rule::Broken;

/// What an organization allows an operator, and how they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    pub operator: OperatorId,
    pub tenant: TenantId,
    /// The organization's side.
    pub status: Status,
    /// The operator's side.
    pub relationship: Relationship,
    /// What the operator says of it.
    pub reason: Option<String>,
    pub terms: Terms,
    pub consented_at: Timestamp,
    /// Who gave it, as the audit writes it.
    pub consented_by: String,
}

/// What an organization says when it consents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub company_name: String,
    /// Roughly how many people it has.
    pub company_size: Option<u32>,
    /// ISO 3166 alpha-2: where the operator may give it numbers.
    pub countries: BTreeSet<String>,
    pub contacts: Vec<Contact>,
    /// Whether the operator may take numbers from people and services.
    pub operator_may_unassign: bool,
    /// Which numbers calls reach that come in over the operator's trunks.
    #[serde(default)]
    pub reach: Reach,
}

/// A person of the organization whom the operator may ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub full_name: String,
    pub email: String,
    pub phone: Option<String>,
}

/// The organization's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Active,
    /// Nothing new comes from the operator; what there is goes on.
    Suspended,
    Removed,
}

/// The operator's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relationship {
    New,
    AgreementSigned,
    Declined,
    Suspended,
    Terminated,
}

/// Why something may not be done with a consent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a consent that is {} can't become {}", from.as_str(), to.as_str())]
    Status { from: Status, to: Status },
    #[error("a relationship that is {} can't become {}", from.as_str(), to.as_str())]
    Relationship { from: Relationship, to: Relationship },
    #[error("a relationship that becomes {} needs a reason", to.as_str())]
    ReasonMissing { to: Relationship },
    #[error("a reason has at most {REASON_CHARS_MAX} characters")]
    ReasonTooLong,
    #[error("{n_numbers} numbers of {operator} are left")]
    OperatorHasNumbers { operator: String, n_numbers: u64 },
    #[error("numbers of {operator} in {country} are left")]
    CountryHasNumbers { operator: String, country: String },
    #[error("{operator} has nothing in {country}")]
    NotOffered { operator: String, country: String },
    #[error("the consent is {}", status.as_str())]
    NotActive { status: Status },
    #[error("the relationship is {}", relationship.as_str())]
    NoAgreement { relationship: Relationship },
    #[error("the organization does not let its operator take numbers from people and services")]
    UnassignNotPermitted,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Active, Self::Suspended, Self::Removed];

    /// Its word in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Removed => "removed",
        }
    }

    /// The status after a change; staying is always allowed. What was removed is only given anew.
    pub fn to(self, to: Self) -> Result<Self, Refusal> {
        let next: &[Self] = match self {
            Self::Active | Self::Suspended => &[Self::Active, Self::Suspended, Self::Removed],
            Self::Removed => &[Self::Removed],
        };
        if next.contains(&to) { Ok(to) } else { Err(Refusal::Status { from: self, to }) }
    }
}

impl Relationship {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::New, Self::AgreementSigned, Self::Declined, Self::Suspended, Self::Terminated];

    /// Its word in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::AgreementSigned => "agreement_signed",
            Self::Declined => "declined",
            Self::Suspended => "suspended",
            Self::Terminated => "terminated",
        }
    }

    /// The relationship after a change. What was declined or terminated begins again with a new consent only.
    pub fn to(self, to: Self, reason: Option<&str>) -> Result<Self, Refusal> {
        let next: &[Self] = match self {
            Self::New => &[Self::AgreementSigned, Self::Declined],
            Self::AgreementSigned => &[Self::Suspended, Self::Terminated],
            Self::Suspended => &[Self::AgreementSigned, Self::Terminated],
            Self::Declined | Self::Terminated => &[],
        };
        if !next.contains(&to) {
            return Err(Refusal::Relationship { from: self, to });
        }
        let has_reason = reason.is_some_and(|reason| !reason.trim().is_empty());
        match to {
            Self::Declined | Self::Suspended | Self::Terminated if !has_reason => Err(Refusal::ReasonMissing { to }),
            _ if reason.is_some_and(|reason| REASON_CHARS_MAX < reason.chars().count()) => Err(Refusal::ReasonTooLong),
            Self::New | Self::AgreementSigned | Self::Declined | Self::Suspended | Self::Terminated => Ok(to),
        }
    }

    /// Whether the operator may give numbers.
    fn may_upload(self) -> bool {
        match self {
            Self::New | Self::AgreementSigned => true,
            Self::Declined | Self::Suspended | Self::Terminated => false,
        }
    }
}

impl Consent {
    /// A consent that was just given.
    pub fn new(operator: OperatorId, tenant: TenantId, terms: Terms, by: String, now: Timestamp) -> Self {
        let (status, relationship) = (Status::Active, Relationship::New);
        Self { operator, tenant, status, relationship, reason: None, terms, consented_at: now, consented_by: by }
    }

    /// The consent after the organization changed its side. `n_numbers` are those of the operator that it still holds.
    pub fn with_status(&self, to: Status, operator: &str, n_numbers: u64) -> Result<Self, Refusal> {
        let status = self.status.to(to)?;
        if status == Status::Removed && 0 < n_numbers {
            return Err(Refusal::OperatorHasNumbers { operator: operator.to_owned(), n_numbers });
        }
        Ok(Self { status, ..self.clone() })
    }

    /// The consent after the organization changed what it says. `held` are the countries of the operator's numbers that
    /// it holds.
    pub fn with_terms(&self, terms: Terms, operator: &Operator, held: &BTreeSet<String>) -> Result<Self, Refusal> {
        if self.status == Status::Removed {
            return Err(Refusal::NotActive { status: self.status });
        }
        terms.check_countries(operator)?;
        match held.difference(&terms.countries).next() {
            Some(country) => {
                Err(Refusal::CountryHasNumbers { operator: operator.name.clone(), country: country.clone() })
            }
            None => Ok(Self { terms, ..self.clone() }),
        }
    }

    /// The consent after the operator changed its side.
    pub fn with_relationship(&self, to: Relationship, reason: Option<&str>) -> Result<Self, Refusal> {
        if self.status == Status::Removed {
            return Err(Refusal::NotActive { status: self.status });
        }
        let relationship = self.relationship.to(to, reason)?;
        Ok(Self { relationship, reason: reason.map(|reason| reason.trim().to_owned()), ..self.clone() })
    }

    /// Whether the operator may give numbers or change what it says of them.
    pub fn check_upload(&self) -> Result<(), Refusal> {
        match self.status {
            Status::Active if self.relationship.may_upload() => Ok(()),
            Status::Active => Err(Refusal::NoAgreement { relationship: self.relationship }),
            Status::Suspended | Status::Removed => Err(Refusal::NotActive { status: self.status }),
        }
    }

    /// Whether the operator may take numbers from who has them.
    pub fn check_unassign(&self) -> Result<(), Refusal> {
        if self.terms.operator_may_unassign { Ok(()) } else { Err(Refusal::UnassignNotPermitted) }
    }

    /// Whether the operator sees anything of the organization beyond the consent itself.
    pub fn is_open(&self) -> bool {
        match self.status {
            Status::Active | Status::Suspended => true,
            Status::Removed => false,
        }
    }
}

impl Terms {
    /// What is wrong with them.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = country_problems("countries", &self.countries);
        match self.company_name.trim().chars().count() {
            0 => problems.push(Problem::new(Code::NameEmpty, "company_name")),
            1..=NAME_CHARS_MAX => {}
            _ => problems.push(Problem::new(Code::NameTooLong, "company_name")),
        }
        if !(1..=CONTACTS_MAX).contains(&self.contacts.len()) {
            problems.push(Problem::new(Code::ContactsOutOfRange, "contacts"));
        }
        for (index, contact) in self.contacts.iter().enumerate().take(CONTACTS_MAX) {
            if contact.full_name.trim().is_empty() {
                problems.push(Problem::new(Code::NameEmpty, format!("contacts[{index}].full_name")));
            }
            if !is_mailbox(&contact.email) {
                problems.push(Problem::new(Code::EmailMalformed, format!("contacts[{index}].email")));
            }
            let texts = [("full_name", Some(&contact.full_name)), ("phone", contact.phone.as_ref())];
            for (field, text) in texts {
                if text.is_some_and(|text| NAME_CHARS_MAX < text.chars().count()) {
                    problems.push(Problem::new(Code::TextTooLong, format!("contacts[{index}].{field}")));
                }
            }
        }
        problems
    }

    /// Whether the operator has something in each of the countries.
    pub fn check_countries(&self, operator: &Operator) -> Result<(), Refusal> {
        let offered = operator.countries();
        match self.countries.iter().find(|country| !offered.contains(country.as_str())) {
            Some(country) => Err(Refusal::NotOffered { operator: operator.name.clone(), country: country.clone() }),
            None => Ok(()),
        }
    }
}

/// A name, an `@` and a domain with nothing strange in them. RFC 5321 4.1.2.
pub(crate) fn is_mailbox(text: &str) -> bool {
    let Some((name, domain)) = text.rsplit_once('@') else { return false };
    let is_plain = text.chars().all(|letter| !letter.is_whitespace() && !letter.is_control());
    is_plain && text.chars().count() <= EMAIL_CHARS_MAX && !name.is_empty() && !domain.is_empty()
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Status { .. } => "consent.transition",
            Self::Relationship { .. } => "consent.relationship_transition",
            Self::ReasonMissing { .. } => "consent.reason_missing",
            Self::ReasonTooLong => "text.too_long",
            Self::OperatorHasNumbers { .. } | Self::CountryHasNumbers { .. } => "operator.has_numbers",
            Self::NotOffered { .. } => "operator.country_not_offered",
            Self::NotActive { .. } => "consent.not_active",
            Self::NoAgreement { .. } => "consent.no_agreement",
            Self::UnassignNotPermitted => "consent.unassign_not_permitted",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Status { .. } => "consent to the operator again".to_owned(),
            Self::Relationship { from: Relationship::Declined | Relationship::Terminated, .. } => {
                "wait for a new consent of the organization".to_owned()
            }
            Self::Relationship { .. } => {
                "change it step by step: new, agreement signed, suspended, terminated".to_owned()
            }
            Self::ReasonMissing { .. } => "tell the organization why".to_owned(),
            Self::ReasonTooLong => "say it in fewer words".to_owned(),
            Self::OperatorHasNumbers { .. } | Self::CountryHasNumbers { .. } => {
                "unassign them, and give them back or have the operator release them".to_owned()
            }
            Self::NotOffered { .. } => "choose countries that the operator lists".to_owned(),
            Self::NotActive { .. } => "ask the organization to consent".to_owned(),
            Self::NoAgreement { .. } => "sign an agreement first".to_owned(),
            Self::UnassignNotPermitted => "ask the organization to unassign it, or to permit it".to_owned(),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::ReasonMissing { .. } | Self::ReasonTooLong | Self::NotOffered { .. } => false,
            Self::Status { .. }
            | Self::Relationship { .. }
            | Self::OperatorHasNumbers { .. }
            | Self::CountryHasNumbers { .. }
            | Self::NotActive { .. }
            | Self::NoAgreement { .. }
            | Self::UnassignNotPermitted => true,
        }
    }
}
