//! What an organization asks an operator for, as the API writes it.

use jiff::Timestamp;
use jiff::civil::Date;
use phone::numbers::operator::request::{
    NumberRequest as PhoneRequest, Quote as PhoneQuote, RequestState as PhoneState, Wanted,
};
use serde::{Deserialize, Serialize};
use store::Stored;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::numbers::NumberKind;

/// What an organization asks an operator for, and how far it is.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NumberRequest {
    pub id: Uuid,
    pub operator: Uuid,
    pub state: RequestState,
    pub country: String,
    pub kind: NumberKind,
    pub area: Option<String>,
    pub quantity: u32,
    pub note: Option<String>,
    pub quote: Option<Quote>,
    /// Numbers that came of it.
    pub given: u32,
    /// Why there are none, or no more, in the words of the operator.
    pub reason: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

/// What it would cost, and when it could be.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "setup_micros": 0, "monthly_micros": 12_500_000, "currency": "USD" }))]
pub struct Quote {
    /// Once, in millionths of the currency, for all numbers together.
    pub setup_micros: i64,
    /// Each month, likewise.
    pub monthly_micros: i64,
    /// ISO 4217.
    pub currency: String,
    #[schema(value_type = Option<String>, format = Date)]
    pub ready_on: Option<Date>,
    /// It can't be accepted after that.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub valid_until: Option<Timestamp>,
    pub note: Option<String>,
}

/// What is asked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "operator": "01928f6e-0000-7000-8000-000000000000", "country": "US", "kind": "user", "area": "Seattle",
    "quantity": 10
}))]
pub struct NewNumberRequest {
    pub operator: Uuid,
    /// ISO 3166 alpha-2, of those that were consented to.
    pub country: String,
    pub kind: NumberKind,
    /// A city or an area code, as the operator knows it.
    pub area: Option<String>,
    #[schema(minimum = 1, maximum = 1000)]
    pub quantity: u32,
    pub note: Option<String>,
}

impl NumberRequest {
    pub fn of(stored: &Stored<PhoneRequest>) -> Self {
        let PhoneRequest { id, operator, wanted, state, quote, n_given, reason } = stored.value.clone();
        Self {
            id: id.0,
            operator: operator.0,
            state: state.into(),
            country: wanted.country,
            kind: wanted.kind.into(),
            area: wanted.area,
            quantity: wanted.quantity,
            note: wanted.note,
            quote: quote.map(Quote::from),
            given: n_given,
            reason,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
        }
    }
}

impl NewNumberRequest {
    pub fn read(self) -> Wanted {
        let text = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Wanted {
            country: self.country,
            kind: self.kind.into(),
            area: text(self.area),
            quantity: self.quantity,
            note: text(self.note),
        }
    }
}

impl From<PhoneQuote> for Quote {
    fn from(quote: PhoneQuote) -> Self {
        let PhoneQuote { setup_micros, monthly_micros, currency, ready_on, valid_until, note } = quote;
        Self { setup_micros, monthly_micros, currency, ready_on, valid_until, note }
    }
}

impl From<Quote> for PhoneQuote {
    fn from(quote: Quote) -> Self {
        let Quote { setup_micros, monthly_micros, currency, ready_on, valid_until, note } = quote;
        Self { setup_micros, monthly_micros, currency, ready_on, valid_until, note }
    }
}

impl From<PhoneState> for RequestState {
    fn from(state: PhoneState) -> Self {
        match state {
            PhoneState::Requested => Self::Requested,
            PhoneState::Quoted => Self::Quoted,
            PhoneState::Accepted => Self::Accepted,
            PhoneState::Fulfilled => Self::Fulfilled,
            PhoneState::Rejected => Self::Rejected,
            PhoneState::Cancelled => Self::Cancelled,
        }
    }
}

impl From<RequestState> for PhoneState {
    fn from(state: RequestState) -> Self {
        match state {
            RequestState::Requested => Self::Requested,
            RequestState::Quoted => Self::Quoted,
            RequestState::Accepted => Self::Accepted,
            RequestState::Fulfilled => Self::Fulfilled,
            RequestState::Rejected => Self::Rejected,
            RequestState::Cancelled => Self::Cancelled,
        }
    }
}
