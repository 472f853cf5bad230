//! What an operator does with numbers of an organization, line by line. Specification of numbers, 1.8 and 5.4.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::consent::{self, Consent};
use super::{OfOperator, Operator};
use crate::id::{CallingProfileId, OperatorId};
use crate::limits::TICKET_CHARS_MAX;
use crate::numbers::import::{Change, Held};
use crate::numbers::number::{NumberSource, Origin, lifecycle};
use crate::numbers::{Country, E164, Number, NumberKind};
use crate::order::LineFault;
use crate::rule::Broken;

/// What one line wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    pub operator: OperatorId,
    pub number: E164,
    pub action: Action,
    /// What the operator calls its ticket.
    #[serde(default)]
    pub ticket: Option<String>,
}

/// What is to be done with a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Release,
    Unassign,
    Update {
        profile: Option<CallingProfileId>,
        may_change_location: Option<bool>,
        #[serde(default)]
        sms: Option<bool>,
    },
    Upload {
        kind: NumberKind,
        profile: CallingProfileId,
        may_change_location: bool,
        /// ISO 3166 alpha-2; needed where the number does not tell.
        country: Option<String>,
        /// Whether the operator takes text messages to it and from it.
        #[serde(default)]
        sms: bool,
    },
}

/// What is written when a wish is carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Nothing,
    Save(Change),
    Delete(Number),
}

/// What wishes are decided on, and what earlier wishes of the same order made of it.
#[derive(Clone, Debug)]
pub struct Desk {
    pub operator: Operator,
    pub consent: Consent,
    pub profiles: BTreeSet<CallingProfileId>,
    pub numbers: BTreeMap<E164, Held>,
}

/// Why a wish is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{number} is named twice")]
    Twice { number: E164 },
    #[error("{number} is a number of the organization already")]
    Duplicate { number: E164 },
    #[error("{number} belongs to another organization on this server")]
    OwnedByAnotherTenant { number: E164 },
    #[error("{number} is in the stock of who runs the server")]
    InStock { number: E164 },
    #[error("there is no calling profile {profile}")]
    ProfileUnknown { profile: CallingProfileId },
    #[error("the country of {number} can't be told")]
    CountryMissing { number: E164 },
    #[error("{number} is a number of {country}, for which there is no consent")]
    CountryNotConsented { number: E164, country: String },
    #[error("a ticket has at most {TICKET_CHARS_MAX} characters")]
    TicketTooLong,
    #[error("{number} is no number of yours in this organization")]
    NotYours { number: E164 },
    #[error(transparent)]
    Consent(#[from] consent::Refusal),
    #[error(transparent)]
    Operator(#[from] super::Refusal),
    #[error(transparent)]
    Rule(#[from] lifecycle::Refusal),
}

impl Wish {
    /// Whether what the operator calls its ticket can be kept.
    pub fn check_ticket(&self) -> Result<(), Refusal> {
        match &self.ticket {
            Some(ticket) if TICKET_CHARS_MAX < ticket.chars().count() => Err(Refusal::TicketTooLong),
            Some(_) | None => Ok(()),
        }
    }
}

impl Desk {
    /// Decides one wish. Later wishes see what it made.
    pub fn take(&mut self, now: Timestamp, wish: &Wish) -> Result<Effect, Refusal> {
        wish.check_ticket()?;
        let effect = match &wish.action {
            Action::Upload { kind, profile, may_change_location, country, sms } => {
                let of =
                    OfOperator { id: self.operator.id, profile: *profile, may_change_location: *may_change_location };
                self.upload(wish.number, *kind, of, (country.as_deref(), *sms))?
            }
            Action::Update { profile, may_change_location, sms } => {
                self.update(wish.number, *profile, *may_change_location, *sms)?
            }
            Action::Unassign => {
                let (number, _) = self.own(wish.number)?;
                if number.assignee.is_some() {
                    self.consent.check_unassign()?;
                }
                changed(number, number.unassign(now, None)?)
            }
            Action::Release => {
                let (number, _) = self.own(wish.number)?;
                number.check_release(Some("somebody"))?;
                Effect::Delete(number.clone())
            }
        };
        match &effect {
            Effect::Nothing => {}
            Effect::Save(change) => {
                self.numbers.insert(wish.number, Held::Here(change.after.clone()));
            }
            Effect::Delete(_) => {
                self.numbers.remove(&wish.number);
            }
        }
        Ok(effect)
    }

    fn upload(
        &self,
        number: E164,
        kind: NumberKind,
        of: OfOperator,
        (country, sms): (Option<&str>, bool),
    ) -> Result<Effect, Refusal> {
        self.check_open()?;
        self.check_profile(of.profile)?;
        let country = Some(self.check_country(number, kind, country)?);
        let origin = Origin { country, sms, ..Origin::default() };
        let new = Number { source: NumberSource::Operator(of), origin, ..Number::new(number, kind) };
        match self.numbers.get(&number) {
            None => Ok(Effect::Save(Change { before: None, after: new })),
            // The same once more, perhaps after an answer that was lost.
            Some(Held::Here(there)) if (there.source, there.kind) == (new.source, new.kind) => Ok(Effect::Nothing),
            Some(Held::Here(_)) => Err(Refusal::Duplicate { number }),
            Some(Held::Elsewhere) => Err(Refusal::OwnedByAnotherTenant { number }),
            Some(Held::Stock) => Err(Refusal::InStock { number }),
        }
    }

    fn update(
        &self,
        number: E164,
        profile: Option<CallingProfileId>,
        may_change_location: Option<bool>,
        sms: Option<bool>,
    ) -> Result<Effect, Refusal> {
        self.check_open()?;
        let (there, of) = self.own(number)?;
        let profile = profile.unwrap_or(of.profile);
        self.check_profile(profile)?;
        let may_change_location = may_change_location.unwrap_or(of.may_change_location);
        let source = NumberSource::Operator(OfOperator { profile, may_change_location, ..of });
        let origin = Origin { sms: sms.unwrap_or(there.origin.sms), ..there.origin.clone() };
        Ok(changed(there, Number { source, origin, ..there.clone() }))
    }

    /// One of the operator's numbers that the organization holds. Of all others nothing is told.
    fn own(&self, number: E164) -> Result<(&Number, OfOperator), Refusal> {
        match self.numbers.get(&number) {
            Some(Held::Here(there)) => match there.source {
                NumberSource::Operator(of) if of.id == self.operator.id => Ok((there, of)),
                NumberSource::CallingPlan | NumberSource::DirectRouting | NumberSource::Operator(_) => {
                    Err(Refusal::NotYours { number })
                }
            },
            Some(Held::Elsewhere | Held::Stock) | None => Err(Refusal::NotYours { number }),
        }
    }

    fn check_open(&self) -> Result<(), Refusal> {
        if !self.operator.state.may_upload() {
            let (name, state) = (self.operator.name.clone(), self.operator.state);
            return Err(super::Refusal::NotOpen { name, state }.into());
        }
        Ok(self.consent.check_upload()?)
    }

    fn check_profile(&self, profile: CallingProfileId) -> Result<(), Refusal> {
        if self.profiles.contains(&profile) { Ok(()) } else { Err(Refusal::ProfileUnknown { profile }) }
    }

    /// A toll-free number is of the country that the operator says: in North America several share them. Every other
    /// number tells itself, if its country's plan is known.
    fn check_country(&self, number: E164, kind: NumberKind, said: Option<&str>) -> Result<String, Refusal> {
        let told = Country::of(number).map(Country::code);
        let said = said.map(str::to_owned);
        let country = match kind {
            NumberKind::ServiceTollFree => said.or(told),
            NumberKind::ServiceToll | NumberKind::User => told.or(said),
        };
        let country = country.ok_or(Refusal::CountryMissing { number })?;
        let code = Country::parse(&country).and_then(Country::calling_code);
        let fits = code.is_some_and(|code| number.digits().starts_with(&code));
        if fits && self.consent.terms.countries.contains(&country) {
            Ok(country)
        } else {
            Err(Refusal::CountryNotConsented { number, country })
        }
    }
}

fn changed(before: &Number, after: Number) -> Effect {
    if *before == after { Effect::Nothing } else { Effect::Save(Change { before: Some(before.clone()), after }) }
}

impl Refusal {
    /// The refusal as a line's fault.
    pub fn fault(&self) -> LineFault {
        LineFault::by_rule(None, self)
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Twice { .. } | Self::Duplicate { .. } => "number.duplicate",
            Self::OwnedByAnotherTenant { .. } => "number.owned_by_another_tenant",
            Self::InStock { .. } => "number.in_stock",
            Self::ProfileUnknown { .. } => "calling_profile.unknown",
            Self::CountryMissing { .. } => "number.country_missing",
            Self::CountryNotConsented { .. } => "number.country_not_consented",
            Self::TicketTooLong => "ticket.too_long",
            Self::NotYours { .. } => "number.not_yours",
            Self::Consent(refusal) => refusal.code(),
            Self::Operator(refusal) => refusal.code(),
            Self::Rule(refusal) => refusal.code(),
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Twice { .. } => "name it once".to_owned(),
            Self::Duplicate { .. } => "ask the organization to give it back first".to_owned(),
            Self::OwnedByAnotherTenant { .. } | Self::InStock { .. } => {
                "check the number; only its holder can give it back".to_owned()
            }
            Self::ProfileUnknown { .. } => "name one of your calling profiles".to_owned(),
            Self::CountryMissing { .. } => "say the country of the number".to_owned(),
            Self::CountryNotConsented { .. } => {
                "correct the number, or ask the organization to consent to that country".to_owned()
            }
            Self::TicketTooLong => "shorten it".to_owned(),
            Self::NotYours { .. } => "check the number and the organization".to_owned(),
            Self::Consent(refusal) => refusal.fix(),
            Self::Operator(_) => "ask who runs the server".to_owned(),
            Self::Rule(lifecycle::Refusal::NumberInUse { .. }) => {
                "unassign it first, or ask the organization to do so".to_owned()
            }
            Self::Rule(refusal) => refusal.fix(),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::Duplicate { .. } | Self::OwnedByAnotherTenant { .. } | Self::InStock { .. } => true,
            Self::Consent(refusal) => refusal.is_conflict(),
            Self::Operator(refusal) => refusal.is_conflict(),
            Self::Rule(refusal) => refusal.is_conflict(),
            Self::Twice { .. }
            | Self::ProfileUnknown { .. }
            | Self::CountryMissing { .. }
            | Self::CountryNotConsented { .. }
            | Self::TicketTooLong
            | Self::NotYours { .. } => false,
        }
    }
}
