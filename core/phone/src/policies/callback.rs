//! Numbers that a shared calling policy keeps, so that emergency services can call back. Specification of calling, 4.6, and
//! of numbers, 1.9.

use crate::numbers::number::NumberSource;
use crate::numbers::{Country, E164, Number};
use crate::rule::Broken;

/// Why a number can't be kept for that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallbackRefusal {
    #[error("{number} is assigned: emergency services call back on numbers that nobody has")]
    Assigned { number: E164 },
    #[error("{number} is no number of {country}, where the shared number {shared} is")]
    OtherCountry { number: E164, country: String, shared: E164 },
    #[error("{number} and the shared number {shared} are not carried by the same")]
    OtherSource { number: E164, shared: E164 },
    #[error("the policy {policy} keeps {number} already")]
    Kept { number: E164, policy: String },
}

/// Whether a policy that shares a number may keep this one. `kept_by` is another policy that does.
pub fn check_callback(number: &Number, shared: &Number, kept_by: Option<&str>) -> Result<(), CallbackRefusal> {
    let (digits, of_account) = (number.number, shared.number);
    if number.assignee.is_some() {
        return Err(CallbackRefusal::Assigned { number: digits });
    }
    if let Some(policy) = kept_by {
        return Err(CallbackRefusal::Kept { number: digits, policy: policy.to_owned() });
    }
    if let Some(country) = Country::of(of_account).map(Country::code)
        && Country::of(digits).is_some_and(|own| own.code() != country)
    {
        return Err(CallbackRefusal::OtherCountry { number: digits, country, shared: of_account });
    }
    if carrier(number.source) != carrier(shared.source) {
        return Err(CallbackRefusal::OtherSource { number: digits, shared: of_account });
    }
    Ok(())
}

/// Who carries it: an operator's numbers are carried by that operator alone.
fn carrier(source: NumberSource) -> (u8, Option<crate::id::OperatorId>) {
    match source {
        NumberSource::CallingPlan => (0, None),
        NumberSource::DirectRouting => (1, None),
        NumberSource::Operator(of) => (2, Some(of.id)),
    }
}

impl Broken for CallbackRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Assigned { .. } => "policy.callback_assigned",
            Self::OtherCountry { .. } | Self::OtherSource { .. } => "policy.callback_invalid",
            Self::Kept { .. } => "policy.callback_kept",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Assigned { .. } => "unassign it first, or name another one".to_owned(),
            Self::OtherCountry { country, .. } => format!("name a number of {country}"),
            Self::OtherSource { .. } => "name a number that comes from the same carrier".to_owned(),
            Self::Kept { policy, .. } => format!("name another one, or take it out of the policy {policy}"),
        }
    }

    fn is_conflict(&self) -> bool {
        false
    }
}
