//! Numbers that leave for another carrier: a request that proves itself by the organization's porting PIN, and that the
//! organization answers number by number. Specification of numbers, 1.5.3.

pub mod pin;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::number::{Category, NumberSource};
use super::{E164, Number};
use crate::id::{OperatorId, PortOutId};
use crate::limits::{
    NAME_CHARS_MAX, PORT_OUT_ANSWER_DAYS, PORT_OUT_ANSWER_DAYS_MAX, PORTED_NUMBERS_MAX, REASON_CHARS_MAX,
};
use crate::rule::Broken;

/// Numbers that another carrier asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortOut {
    pub id: PortOutId,
    pub wanted: Wanted,
    pub requested_by: Requester,
    /// Until when the organization is to answer: numbers of which it says nothing by then stay.
    pub answer_by: Timestamp,
    /// When the organization is reminded, if it did not answer by then; none if it was.
    #[serde(default)]
    pub remind_at: Option<Timestamp>,
    pub numbers: BTreeMap<E164, OutNumber>,
}

/// What the gaining carrier says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub gaining_carrier: String,
    /// What it calls its order.
    pub reference: Option<String>,
    /// When it would like to have the numbers.
    pub requested_date: Option<Date>,
}

/// Who brought the request, and says when the numbers are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "id")]
pub enum Requester {
    Operator(OperatorId),
    /// Who runs the server.
    Platform,
}

/// One number that another carrier asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutNumber {
    pub state: OutState,
    /// Why it stays.
    pub reason: Option<RejectReason>,
    pub note: Option<String>,
}

/// How far a number is. The order is that in which a request waits: it is where the number is that is furthest behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutState {
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

/// Why a number stays, as carriers tell each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    AccountMismatch,
    AddressMismatch,
    NameMismatch,
    /// The organization did not answer in time. Only the clock says this.
    NoAnswer,
    /// Nobody of the organization ordered it.
    NotAuthorized,
    NumberNotOnAccount,
    /// In words.
    Other,
    /// Numbers are not to leave at all for now.
    PortFreeze,
}

/// Why something may not be done with a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a request is for 1 to {PORTED_NUMBERS_MAX} numbers")]
    CountOutOfRange,
    #[error("{field} is needed")]
    Missing { field: &'static str },
    #[error("{field} is too long")]
    TooLong { field: &'static str },
    #[error("the organization has from now to {PORT_OUT_ANSWER_DAYS_MAX} days to answer")]
    AnswerByOutOfRange,
    #[error("{number} is no number that could leave from here")]
    NotHeld { number: E164 },
    #[error("the numbers are of more than one organization")]
    SeveralOwners,
    #[error("{number} is leaving already")]
    Leaving { number: E164 },
    #[error("{number} is no number of this request")]
    NotInRequest { number: E164 },
    #[error("{number} is {} and can't become {}", from.as_str(), to.as_str())]
    Transition { number: E164, from: OutState, to: OutState },
    #[error("no number of the request can become {}", to.as_str())]
    NothingLeft { to: OutState },
    #[error("the time to answer is over")]
    Late,
    #[error("a number that stays for another reason needs a note of at most {REASON_CHARS_MAX} characters")]
    NoteMissing,
    #[error("that nobody answered is not for the organization to say")]
    ReasonOfClock,
}

impl OutState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Authorized, Self::Ported, Self::Rejected, Self::Cancelled];

    /// Its word in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Authorized => "authorized",
            Self::Ported => "ported",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether the number may still leave.
    pub fn is_open(self) -> bool {
        match self {
            Self::Pending | Self::Authorized => true,
            Self::Ported | Self::Rejected | Self::Cancelled => false,
        }
    }

    /// From where a number comes to this state.
    fn comes_from(self) -> &'static [Self] {
        match self {
            Self::Pending => &[],
            Self::Authorized | Self::Rejected => &[Self::Pending],
            Self::Ported => &[Self::Authorized],
            Self::Cancelled => &[Self::Pending, Self::Authorized],
        }
    }
}

impl RejectReason {
    /// Those that an organization may give.
    pub const GIVEN: [Self; 7] = [
        Self::AccountMismatch,
        Self::AddressMismatch,
        Self::NameMismatch,
        Self::NotAuthorized,
        Self::NumberNotOnAccount,
        Self::Other,
        Self::PortFreeze,
    ];
}

impl Requester {
    /// Whether it may ask for this number: an operator only for those that it gave.
    pub fn may_ask_for(self, number: &Number) -> bool {
        match (self, number.source) {
            (Self::Platform, _) => true,
            (Self::Operator(operator), NumberSource::Operator(of)) => of.id == operator,
            (Self::Operator(_), NumberSource::CallingPlan | NumberSource::DirectRouting) => false,
        }
    }
}

impl Wanted {
    fn check(&self) -> Result<(), Refusal> {
        let texts = [("gaining_carrier", Some(&self.gaining_carrier)), ("reference", self.reference.as_ref())];
        for (field, text) in texts.into_iter().filter_map(|(field, text)| Some((field, text?))) {
            match text.trim().chars().count() {
                0 => return Err(Refusal::Missing { field }),
                1..=NAME_CHARS_MAX => {}
                _ => return Err(Refusal::TooLong { field }),
            }
        }
        Ok(())
    }
}

impl PortOut {
    /// A request that the organization is to answer. Without a time it has some days.
    pub fn new(
        id: PortOutId,
        now: Timestamp,
        requested_by: Requester,
        wanted: Wanted,
        numbers: &BTreeSet<E164>,
        answer_by: Option<Timestamp>,
    ) -> Result<Self, Refusal> {
        wanted.check()?;
        if !(1..=PORTED_NUMBERS_MAX).contains(&numbers.len()) {
            return Err(Refusal::CountOutOfRange);
        }
        let in_days = |days: i64| now.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX);
        let answer_by = answer_by.unwrap_or_else(|| in_days(PORT_OUT_ANSWER_DAYS));
        if answer_by <= now || in_days(PORT_OUT_ANSWER_DAYS_MAX) < answer_by {
            return Err(Refusal::AnswerByOutOfRange);
        }
        let new = OutNumber { state: OutState::Pending, reason: None, note: None };
        let numbers = numbers.iter().map(|number| (*number, new.clone())).collect();
        // A day before the end, or half-way where there is less.
        let half = answer_by.duration_since(now).checked_div(2).and_then(|half| now.checked_add(half).ok());
        let day_before = answer_by.checked_sub(SignedDuration::from_hours(24)).ok();
        let remind_at = half.max(day_before);
        Ok(Self { id, wanted, requested_by, answer_by, remind_at, numbers })
    }

    /// Where it is: where the number is that is furthest behind.
    pub fn state(&self) -> OutState {
        self.numbers.values().map(|number| number.state).min().unwrap_or(OutState::Cancelled)
    }

    /// Whether the organization can answer it.
    pub fn may_answer(&self, now: Timestamp) -> bool {
        now < self.answer_by && self.numbers.values().any(|number| number.state == OutState::Pending)
    }

    /// The request after the organization lets numbers go; all that wait, if none is named.
    pub fn authorize(&self, now: Timestamp, named: &[E164]) -> Result<Self, Refusal> {
        self.check_time(now)?;
        self.moved(named, &OutNumber { state: OutState::Authorized, reason: None, note: None })
    }

    /// The request after the organization keeps numbers; all that wait, if none is named.
    pub fn reject(
        &self,
        now: Timestamp,
        named: &[E164],
        reason: RejectReason,
        note: Option<&str>,
    ) -> Result<Self, Refusal> {
        self.check_time(now)?;
        let note = note.map(str::trim).filter(|note| !note.is_empty());
        let n_chars = note.map_or(0, |note| note.chars().count());
        if REASON_CHARS_MAX < n_chars || (reason == RejectReason::Other && n_chars == 0) {
            return Err(Refusal::NoteMissing);
        }
        if reason == RejectReason::NoAnswer {
            return Err(Refusal::ReasonOfClock);
        }
        let note = note.map(str::to_owned);
        self.moved(named, &OutNumber { state: OutState::Rejected, reason: Some(reason), note })
    }

    /// The request after who brought it wants numbers no longer; all that are not over, if none is named.
    pub fn cancel(&self, named: &[E164]) -> Result<Self, Refusal> {
        self.moved(named, &OutNumber { state: OutState::Cancelled, reason: None, note: None })
    }

    /// The request after numbers are with the gaining carrier; all that may go, if none is named.
    pub fn complete(&self, named: &[E164]) -> Result<Self, Refusal> {
        self.moved(named, &OutNumber { state: OutState::Ported, reason: None, note: None })
    }

    /// The request after the organization is reminded of it; none where that is not due.
    pub fn remind(&self, now: Timestamp) -> Option<Self> {
        let is_due = self.remind_at.is_some_and(|at| at <= now) && self.may_answer(now);
        is_due.then(|| Self { remind_at: None, ..self.clone() })
    }

    /// The request after its time: what nobody answered stays. Nothing leaves by silence.
    pub fn expire(&self, now: Timestamp) -> Option<Self> {
        if now < self.answer_by {
            return None;
        }
        let kept = OutNumber { state: OutState::Rejected, reason: Some(RejectReason::NoAnswer), note: None };
        self.moved(&[], &kept).ok()
    }

    fn check_time(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.answer_by <= now { Err(Refusal::Late) } else { Ok(()) }
    }

    fn moved(&self, named: &[E164], after: &OutNumber) -> Result<Self, Refusal> {
        let to = after.state;
        let may = |number: &OutNumber| to.comes_from().contains(&number.state);
        let all: Vec<E164> = self.numbers.iter().filter(|(_, it)| may(it)).map(|(digits, _)| *digits).collect();
        let moving = if named.is_empty() { &all } else { named };
        if moving.is_empty() {
            return Err(Refusal::NothingLeft { to });
        }
        let mut next = self.clone();
        for digits in moving {
            let there = self.numbers.get(digits).ok_or(Refusal::NotInRequest { number: *digits })?;
            if !may(there) {
                return Err(Refusal::Transition { number: *digits, from: there.state, to });
            }
            next.numbers.insert(*digits, after.clone());
        }
        Ok(next)
    }
}

impl Number {
    /// The number while a request for it is open: nobody is given it, and it is not given back.
    pub fn begin_port_out(&self, request: PortOutId) -> Result<Self, Refusal> {
        match self.port_out {
            Some(_) => Err(Refusal::Leaving { number: self.number }),
            None => Ok(Self { port_out: Some(request), ..self.clone() }),
        }
    }

    /// The number that stays after all.
    pub fn end_port_out(&self) -> Self {
        Self { port_out: None, ..self.clone() }
    }
}

/// Which of a person's remaining numbers becomes the primary because the primary is gone; none if none has to.
pub fn next_primary(remaining: &[Number]) -> Option<Number> {
    if remaining.iter().any(|number| number.category == Category::Primary) {
        return None;
    }
    let alternates = remaining.iter().filter(|number| number.category == Category::Alternate);
    let first = alternates.min_by_key(|number| number.number)?;
    Some(Number { category: Category::Primary, ..first.clone() })
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::CountOutOfRange => "port_out.count_out_of_range",
            Self::Missing { .. } => "port_out.field_missing",
            Self::TooLong { .. } => "text.too_long",
            Self::AnswerByOutOfRange => "port_out.answer_by_out_of_range",
            Self::NotHeld { .. } => "port_out.not_held",
            Self::SeveralOwners => "port_out.several_owners",
            Self::Leaving { .. } => "number.port_in_progress",
            Self::NotInRequest { .. } => "port_out.number_unknown",
            Self::Transition { .. } => "port_out.transition",
            Self::NothingLeft { .. } => "port_out.nothing_left",
            Self::Late => "port_out.late",
            Self::NoteMissing => "port_out.note_missing",
            Self::ReasonOfClock => "port_out.reason_of_clock",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::CountOutOfRange => format!("name 1 to {PORTED_NUMBERS_MAX} numbers, and the rest in another request"),
            Self::Missing { field } => format!("say {field}, or leave it out if it may be absent"),
            Self::TooLong { .. } => "shorten it".to_owned(),
            Self::AnswerByOutOfRange => "give another time, or none".to_owned(),
            Self::NotHeld { .. } => "check the number with the gaining carrier".to_owned(),
            Self::SeveralOwners => "make a request for each organization".to_owned(),
            Self::Leaving { .. } => "wait for the request that is open, or cancel it".to_owned(),
            Self::NotInRequest { .. } => "name numbers of this request".to_owned(),
            Self::Transition { to: OutState::Ported, .. } => "let the organization authorize it first".to_owned(),
            Self::Transition { .. } | Self::NothingLeft { .. } => "see where its numbers are".to_owned(),
            Self::Late => "let the gaining carrier ask again".to_owned(),
            Self::NoteMissing => "say in a few words why it stays".to_owned(),
            Self::ReasonOfClock => "give the reason".to_owned(),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::Leaving { .. } | Self::Transition { .. } | Self::NothingLeft { .. } | Self::Late => true,
            Self::CountOutOfRange
            | Self::Missing { .. }
            | Self::TooLong { .. }
            | Self::AnswerByOutOfRange
            | Self::NotHeld { .. }
            | Self::SeveralOwners
            | Self::NotInRequest { .. }
            | Self::NoteMissing
            | Self::ReasonOfClock => false,
        }
    }
}
