//! Numbers that an organization asks an operator for: quoted, accepted, given. Specification of numbers, 2.9 (4) and 5.4.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{NumberRequestId, OperatorId};
use crate::limits::{NAME_CHARS_MAX, ORDERED_NUMBERS_MAX, REASON_CHARS_MAX};
use crate::numbers::{Country, E164, NumberKind};
use crate::rule::Broken;

/// What an organization asks an operator for, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberRequest {
    pub id: NumberRequestId,
    pub operator: OperatorId,
    pub wanted: Wanted,
    pub state: RequestState,
    pub quote: Option<Quote>,
    /// Numbers that came of it.
    pub n_given: u32,
    /// Why there are none, or no more, in the words of the operator.
    pub reason: Option<String>,
}

/// What the organization asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// ISO 3166 alpha-2.
    pub country: String,
    pub kind: NumberKind,
    /// A city or an area code, as the operator knows it.
    pub area: Option<String>,
    pub quantity: u32,
    pub note: Option<String>,
}

/// What it would cost, and when it could be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Once and each month, in millionths of the currency, for all numbers together.
    pub setup_micros: i64,
    pub monthly_micros: i64,
    /// ISO 4217.
    pub currency: String,
    pub ready_on: Option<Date>,
    /// It can't be accepted after that.
    pub valid_until: Option<Timestamp>,
    pub note: Option<String>,
}

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// The operator is to answer.
    Requested,
    /// The organization is to accept.
    Quoted,
    /// The operator is to give numbers.
    Accepted,
    Fulfilled,
    Rejected,
    Cancelled,
}

/// Why something may not be done with a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a request is for 1 to {ORDERED_NUMBERS_MAX} numbers")]
    QuantityOutOfRange,
    #[error("{country} is no country with telephone numbers")]
    CountryUnknown { country: String },
    #[error("{field} is too long")]
    TooLong { field: &'static str },
    #[error("a request that is {} can't be {action}", state.as_str())]
    NotAllowed { state: RequestState, action: &'static str },
    #[error("the quote was good until {}", until.strftime("%Y-%m-%d %H:%M UTC"))]
    QuoteExpired { until: Timestamp },
    #[error("an amount is nought or more")]
    AmountNegative,
    #[error("a currency has three capital letters")]
    CurrencyMalformed,
    #[error("a quote is good for some time yet")]
    ValidUntilPast,
    #[error("a request that is rejected needs a reason of at most {REASON_CHARS_MAX} characters")]
    ReasonMissing,
    #[error("{n_left} numbers are left to be given, not {n_numbers}")]
    TooMany { n_left: u32, n_numbers: usize },
    #[error("{number} is no number of {country}, which is asked for")]
    OtherCountry { number: E164, country: String },
    #[error("{number} is for another purpose than is asked for")]
    OtherKind { number: E164 },
}

impl RequestState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Requested, Self::Quoted, Self::Accepted, Self::Fulfilled, Self::Rejected, Self::Cancelled];

    /// Its word in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Quoted => "quoted",
            Self::Accepted => "accepted",
            Self::Fulfilled => "fulfilled",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether anybody is still to do something.
    pub fn is_open(self) -> bool {
        match self {
            Self::Requested | Self::Quoted | Self::Accepted => true,
            Self::Fulfilled | Self::Rejected | Self::Cancelled => false,
        }
    }
}

impl Wanted {
    fn check(&self) -> Result<(), Refusal> {
        let quantity = usize::try_from(self.quantity).unwrap_or(usize::MAX);
        if !(1..=ORDERED_NUMBERS_MAX).contains(&quantity) {
            return Err(Refusal::QuantityOutOfRange);
        }
        if Country::parse(&self.country).and_then(Country::calling_code).is_none() {
            return Err(Refusal::CountryUnknown { country: self.country.clone() });
        }
        check_text("area", self.area.as_deref(), NAME_CHARS_MAX)?;
        check_text("note", self.note.as_deref(), REASON_CHARS_MAX)
    }
}

impl Quote {
    fn check(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.setup_micros < 0 || self.monthly_micros < 0 {
            return Err(Refusal::AmountNegative);
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
            return Err(Refusal::CurrencyMalformed);
        }
        if self.valid_until.is_some_and(|until| until <= now) {
            return Err(Refusal::ValidUntilPast);
        }
        check_text("note", self.note.as_deref(), REASON_CHARS_MAX)
    }
}

impl NumberRequest {
    /// A request that the operator is to answer.
    pub fn new(id: NumberRequestId, operator: OperatorId, wanted: Wanted) -> Result<Self, Refusal> {
        wanted.check()?;
        Ok(Self { id, operator, wanted, state: RequestState::Requested, quote: None, n_given: 0, reason: None })
    }

    /// The request after the operator said what it would cost, or said it anew.
    pub fn quote(&self, now: Timestamp, quote: Quote) -> Result<Self, Refusal> {
        self.check_state("quoted", &[RequestState::Requested, RequestState::Quoted])?;
        quote.check(now)?;
        Ok(Self { state: RequestState::Quoted, quote: Some(quote), ..self.clone() })
    }

    /// The request after the organization took the quote.
    pub fn accept(&self, now: Timestamp) -> Result<Self, Refusal> {
        self.check_state("accepted", &[RequestState::Quoted])?;
        match self.quote.as_ref().and_then(|quote| quote.valid_until) {
            Some(until) if until <= now => Err(Refusal::QuoteExpired { until }),
            Some(_) | None => Ok(Self { state: RequestState::Accepted, ..self.clone() }),
        }
    }

    /// The request after the organization gave it up; what was given stays.
    pub fn cancel(&self) -> Result<Self, Refusal> {
        self.check_state("cancelled", &[RequestState::Requested, RequestState::Quoted, RequestState::Accepted])?;
        Ok(Self { state: RequestState::Cancelled, ..self.clone() })
    }

    /// The request after the operator said no, or no more.
    pub fn reject(&self, reason: &str) -> Result<Self, Refusal> {
        self.check_state("rejected", &[RequestState::Requested, RequestState::Quoted, RequestState::Accepted])?;
        let reason = reason.trim();
        if !(1..=REASON_CHARS_MAX).contains(&reason.chars().count()) {
            return Err(Refusal::ReasonMissing);
        }
        Ok(Self { state: RequestState::Rejected, reason: Some(reason.to_owned()), ..self.clone() })
    }

    /// How many numbers are still to be given.
    pub fn n_left(&self) -> u32 {
        self.wanted.quantity.saturating_sub(self.n_given)
    }

    /// Whether the operator may give these numbers for it. What costs nothing needs no quote.
    pub fn check_fulfil(&self, numbers: &[(E164, NumberKind)]) -> Result<(), Refusal> {
        self.check_state("fulfilled", &[RequestState::Requested, RequestState::Accepted])?;
        let n_left = self.n_left();
        if usize::try_from(n_left).unwrap_or(usize::MAX) < numbers.len() || numbers.is_empty() {
            return Err(Refusal::TooMany { n_left, n_numbers: numbers.len() });
        }
        for (number, kind) in numbers {
            if *kind != self.wanted.kind {
                return Err(Refusal::OtherKind { number: *number });
            }
            // Several countries share a plan: only one that can be told is another.
            let code = Country::parse(&self.wanted.country).and_then(Country::calling_code);
            if code.is_some_and(|code| !number.digits().starts_with(&code)) {
                return Err(Refusal::OtherCountry { number: *number, country: self.wanted.country.clone() });
            }
        }
        Ok(())
    }

    /// The request after numbers were given.
    pub fn given(&self, n_numbers: u32) -> Self {
        let n_given = self.n_given.saturating_add(n_numbers).min(self.wanted.quantity);
        let state = if n_given == self.wanted.quantity { RequestState::Fulfilled } else { self.state };
        Self { state, n_given, ..self.clone() }
    }

    fn check_state(&self, action: &'static str, from: &[RequestState]) -> Result<(), Refusal> {
        if from.contains(&self.state) { Ok(()) } else { Err(Refusal::NotAllowed { state: self.state, action }) }
    }
}

fn check_text(field: &'static str, text: Option<&str>, chars_max: usize) -> Result<(), Refusal> {
    match text {
        Some(text) if chars_max < text.chars().count() => Err(Refusal::TooLong { field }),
        Some(_) | None => Ok(()),
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::QuantityOutOfRange => "number_request.quantity_out_of_range",
            Self::CountryUnknown { .. } => "country.unknown",
            Self::TooLong { .. } => "text.too_long",
            Self::NotAllowed { .. } => "number_request.not_allowed",
            Self::QuoteExpired { .. } => "number_request.quote_expired",
            Self::AmountNegative => "number_request.amount_negative",
            Self::CurrencyMalformed => "currency.malformed",
            Self::ValidUntilPast => "number_request.valid_until_past",
            Self::ReasonMissing => "number_request.reason_missing",
            Self::TooMany { .. } => "number_request.too_many",
            Self::OtherCountry { .. } => "number.country_mismatch",
            Self::OtherKind { .. } => "number.other_kind",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::QuantityOutOfRange => {
                format!("ask for 1 to {ORDERED_NUMBERS_MAX}, and for the rest in another request")
            }
            Self::CountryUnknown { .. } => "write two capital letters, such as US".to_owned(),
            Self::TooLong { .. } => "shorten it".to_owned(),
            Self::NotAllowed { state: RequestState::Quoted, action: "fulfilled" } => {
                "wait until the organization accepts the quote".to_owned()
            }
            Self::NotAllowed { .. } => "see where the request is; make another if it is over".to_owned(),
            Self::QuoteExpired { .. } => "ask the operator for another quote".to_owned(),
            Self::AmountNegative => "say nought for what costs nothing".to_owned(),
            Self::CurrencyMalformed => "write it as USD or EUR".to_owned(),
            Self::ValidUntilPast => "say a time that is to come, or none".to_owned(),
            Self::ReasonMissing => "say why, for the organization".to_owned(),
            Self::TooMany { .. } => "give 1 number or more, and no more than are left".to_owned(),
            Self::OtherCountry { .. } | Self::OtherKind { .. } => "give numbers as they are asked for".to_owned(),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::NotAllowed { .. } | Self::QuoteExpired { .. } => true,
            Self::QuantityOutOfRange
            | Self::CountryUnknown { .. }
            | Self::TooLong { .. }
            | Self::AmountNegative
            | Self::CurrencyMalformed
            | Self::ValidUntilPast
            | Self::ReasonMissing
            | Self::TooMany { .. }
            | Self::OtherCountry { .. }
            | Self::OtherKind { .. } => false,
        }
    }
}
