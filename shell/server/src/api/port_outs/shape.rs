//! A request of another carrier, as the API writes it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use phone::numbers::port_out::{
    OutNumber, OutState, PortOut as PhonePortOut, RejectReason as PhoneReason, Requester, Wanted,
};
use serde::{Deserialize, Serialize};
use store::Stored;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admin::Refused;
use crate::admin::port_outs::Ask;
use crate::api::port_orders::number_in;
use crate::secret::Secret;

/// Numbers that another carrier asks for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PortOut {
    pub id: Uuid,
    /// Where the number is that is furthest behind.
    pub state: PortOutState,
    pub gaining_carrier: String,
    /// What the gaining carrier calls its order.
    pub reference: Option<String>,
    /// When it would like to have the numbers.
    #[schema(value_type = Option<String>, format = Date)]
    pub requested_date: Option<Date>,
    /// The operator that brought it; none if who runs the server did.
    pub operator: Option<Uuid>,
    /// Until when the organization is to answer: numbers of which it says nothing by then stay.
    #[schema(value_type = String, format = DateTime)]
    pub answer_by: Timestamp,
    pub n_numbers: usize,
    /// How many numbers are in each state.
    pub numbers_by_state: BTreeMap<String, usize>,
    /// Whether the organization can answer.
    pub may_answer: bool,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A number that another carrier asks for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PortOutNumber {
    pub number: String,
    pub state: PortOutState,
    /// Why it stays.
    pub reason: Option<RejectReason>,
    pub note: Option<String>,
}

/// How far a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PortOutState {
    /// The organization is to answer.
    Pending,
    /// It may go.
    Authorized,
    /// It is gone.
    Ported,
    /// It stays.
    Rejected,
    /// Who asked for it does no longer.
    Cancelled,
}

/// Why a number stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    AccountMismatch,
    AddressMismatch,
    NameMismatch,
    /// Nobody answered in time. Nobody can give this one.
    NoAnswer,
    /// Nobody of the organization ordered it.
    NotAuthorized,
    NumberNotOnAccount,
    /// Needs a note.
    Other,
    /// Numbers are not to leave at all for now.
    PortFreeze,
}

/// What another carrier asks for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "numbers": ["+12065550177"], "pin": "4711081542", "gaining_carrier": "New Telecom", "reference": "N-1"
}))]
pub struct NewPortOut {
    /// At most 999, all of one organization.
    pub numbers: Vec<String>,
    /// The porting PIN of the organization, as the gaining carrier quotes it.
    #[schema(value_type = String)]
    pub pin: Secret,
    pub gaining_carrier: String,
    pub reference: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    pub requested_date: Option<Date>,
    /// Until when the organization is to answer, in at most 30 days; in 5 if nothing is said.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answer_by: Option<Timestamp>,
}

/// Which numbers may go.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct PortOutAuthorization {
    /// All that wait, if none is named.
    #[serde(default)]
    pub numbers: Vec<String>,
}

/// Which numbers stay, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "not_authorized" }))]
pub struct PortOutRejection {
    /// All that wait, if none is named.
    #[serde(default)]
    pub numbers: Vec<String>,
    pub reason: RejectReason,
    /// In words; needed for `other`.
    pub note: Option<String>,
}

/// Where numbers are, says who brought the request.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "state": "ported" }))]
pub struct PortOutReport {
    pub state: Reported,
    /// All that can be, if none is named.
    #[serde(default)]
    pub numbers: Vec<String>,
}

/// What who brought a request can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reported {
    /// They are with the gaining carrier, and no longer the organization's.
    Ported,
    /// They are wanted no longer.
    Cancelled,
}

impl PortOut {
    pub fn of(stored: &Stored<PhonePortOut>) -> Self {
        let request = &stored.value;
        let mut numbers_by_state: BTreeMap<String, usize> = BTreeMap::new();
        for number in request.numbers.values() {
            *numbers_by_state.entry(number.state.as_str().to_owned()).or_default() += 1;
        }
        let Wanted { gaining_carrier, reference, requested_date } = request.wanted.clone();
        Self {
            id: request.id.0,
            state: request.state().into(),
            gaining_carrier,
            reference,
            requested_date,
            operator: match request.requested_by {
                Requester::Operator(operator) => Some(operator.0),
                Requester::Platform => None,
            },
            answer_by: request.answer_by,
            n_numbers: request.numbers.len(),
            numbers_by_state,
            may_answer: request.may_answer(Timestamp::now()),
            created_at: stored.created_at,
            updated_at: stored.updated_at,
        }
    }
}

impl PortOutNumber {
    pub fn of(number: String, found: &OutNumber) -> Self {
        let OutNumber { state, reason, note } = found.clone();
        Self { number, state: state.into(), reason: reason.map(RejectReason::from), note }
    }
}

impl NewPortOut {
    pub fn read(self) -> Result<Ask, Refused> {
        let mut numbers = BTreeSet::new();
        for (index, text) in self.numbers.iter().enumerate() {
            let field = format!("numbers[{index}]");
            let number = number_in(&field, text)?;
            if !numbers.insert(number) {
                return Err(Refused::field(field, "number.duplicate", format!("{number} is named twice")));
            }
        }
        let wanted = Wanted {
            gaining_carrier: self.gaining_carrier.trim().to_owned(),
            reference: self.reference.map(|reference| reference.trim().to_owned()),
            requested_date: self.requested_date,
        };
        Ok(Ask { numbers, pin: self.pin, wanted, answer_by: self.answer_by })
    }
}

impl From<OutState> for PortOutState {
    fn from(state: OutState) -> Self {
        match state {
            OutState::Pending => Self::Pending,
            OutState::Authorized => Self::Authorized,
            OutState::Ported => Self::Ported,
            OutState::Rejected => Self::Rejected,
            OutState::Cancelled => Self::Cancelled,
        }
    }
}

impl From<PortOutState> for OutState {
    fn from(state: PortOutState) -> Self {
        match state {
            PortOutState::Pending => Self::Pending,
            PortOutState::Authorized => Self::Authorized,
            PortOutState::Ported => Self::Ported,
            PortOutState::Rejected => Self::Rejected,
            PortOutState::Cancelled => Self::Cancelled,
        }
    }
}

impl From<PhoneReason> for RejectReason {
    fn from(reason: PhoneReason) -> Self {
        match reason {
            PhoneReason::AccountMismatch => Self::AccountMismatch,
            PhoneReason::AddressMismatch => Self::AddressMismatch,
            PhoneReason::NameMismatch => Self::NameMismatch,
            PhoneReason::NoAnswer => Self::NoAnswer,
            PhoneReason::NotAuthorized => Self::NotAuthorized,
            PhoneReason::NumberNotOnAccount => Self::NumberNotOnAccount,
            PhoneReason::Other => Self::Other,
            PhoneReason::PortFreeze => Self::PortFreeze,
        }
    }
}

impl From<RejectReason> for PhoneReason {
    fn from(reason: RejectReason) -> Self {
        match reason {
            RejectReason::AccountMismatch => Self::AccountMismatch,
            RejectReason::AddressMismatch => Self::AddressMismatch,
            RejectReason::NameMismatch => Self::NameMismatch,
            RejectReason::NoAnswer => Self::NoAnswer,
            RejectReason::NotAuthorized => Self::NotAuthorized,
            RejectReason::NumberNotOnAccount => Self::NumberNotOnAccount,
            RejectReason::Other => Self::Other,
            RejectReason::PortFreeze => Self::PortFreeze,
        }
    }
}
