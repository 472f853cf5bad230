//! Numbers that come from another carrier: an order with one carrier and one kind of number, whose numbers move one by
//! one; the order is where the one is that is furthest behind. Specification of numbers, 1.5.1 and 1.5.2.

pub mod check;
pub mod document;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use self::document::PortDocument;
use super::{Assignee, E164, NumberKind};
use crate::id::{CallingProfileId, OperatorId, PortOrderId};
use crate::limits::REASON_CHARS_MAX;
use crate::rule::Broken;

/// Numbers to come from another carrier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortOrder {
    pub id: PortOrderId,
    pub details: Details,
    pub numbers: BTreeMap<E164, PortNumber>,
    /// Whether the losing carrier's PIN is kept, sealed and beside.
    pub has_account_pin: bool,
    pub signature: Option<Signature>,
    /// How often it was submitted: first the order itself, then each supplement.
    pub n_submitted: u32,
    /// What is attached to it, in the order in which it came.
    #[serde(default)]
    pub documents: Vec<PortDocument>,
}

/// What the losing carrier asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    pub name: String,
    /// ISO 3166 alpha-2.
    pub country: String,
    pub kind: PortKind,
    /// What the numbers are for when they have come.
    pub usage: NumberKind,
    pub losing_carrier: String,
    pub account_number: String,
    /// The number that the losing carrier bills.
    pub billing_number: Option<E164>,
    /// Which number the account is billed to from then on, if it stays.
    pub new_billing_number: Option<E164>,
    /// Whether the account ends: then all of its numbers come.
    pub closes_account: bool,
    pub organization_name: String,
    /// Who may decide about the account.
    pub authorized_user: String,
    /// As the losing carrier has it.
    pub service_address: String,
    pub requested_date: Option<Date>,
    pub notification_emails: Vec<String>,
    /// Who is to bring the numbers here and carries their calls; none is who runs the server.
    #[serde(default)]
    pub operator: Option<OperatorId>,
}

/// What kind of numbers an order is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PortKind {
    Geographic,
    Mobile,
    TollFree,
}

/// What happens to the account at the losing carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Full,
    PartialExcludingBillingNumber,
    PartialIncludingBillingNumber,
}

/// The letter of authorization, signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub signed_by: String,
    pub at: Timestamp,
    /// What was signed, word for word: another text needs another signature.
    pub text: String,
}

/// One number that is to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortNumber {
    pub state: PortState,
    /// Who is to have it at once.
    pub assign_to: Option<Assignee>,
    /// When the losing carrier lets it go.
    pub transfer_at: Option<Timestamp>,
    /// Why it stands still, in the words of who said so.
    pub reason: Option<String>,
}

/// How far a number is; of an order, how far the one is that is furthest behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PortState {
    /// The losing carrier or who runs the server rejected it.
    Error,
    Draft,
    Processing,
    ContactingCarrier,
    /// There is a time.
    TransferApproved,
    /// The time is less than a day away.
    TransferPending,
    Completed,
    Cancelled,
}

/// What may be done with an order. It may always be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    pub edit: bool,
    pub cancel: bool,
    pub delete: bool,
}

/// What who carries the order out says of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub state: PortState,
    pub transfer_at: Option<Timestamp>,
    pub reason: Option<String>,
    /// What numbers that an operator brings have in common; it says so when they have come.
    pub profile: Option<CallingProfileId>,
}

/// Why something may not be done with an order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("an order that is {} can't be {action}", state.as_str())]
    NotAllowed { state: PortState, action: &'static str },
    #[error("{number} is {} and can't become {}", from.as_str(), to.as_str())]
    Transition { number: E164, from: PortState, to: PortState },
    #[error("{number} is no number of this order")]
    NotInOrder { number: E164 },
    #[error("an approved transfer needs its time, which is to come")]
    TimeMissing,
    #[error("a number that is rejected needs a reason of at most {REASON_CHARS_MAX} characters")]
    ReasonMissing,
    #[error("who signs is {authorized_user}, who may decide about the account")]
    OtherSigner { authorized_user: String },
    #[error("the authorized user can't be changed once the order was submitted")]
    AuthorizedUserFixed,
    #[error("{number} was submitted and stays in the order")]
    NumberFixed { number: E164 },
}

impl PortKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Geographic, Self::Mobile, Self::TollFree];

    /// Its word in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Geographic => "geographic",
            Self::Mobile => "mobile",
            Self::TollFree => "toll_free",
        }
    }

    /// Whether numbers of this kind can be for that.
    pub fn fits(self, usage: NumberKind) -> bool {
        match self {
            Self::Geographic => matches!(usage, NumberKind::User | NumberKind::ServiceToll),
            Self::Mobile => usage == NumberKind::User,
            Self::TollFree => usage == NumberKind::ServiceTollFree,
        }
    }
}

impl PortState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Error,
        Self::Draft,
        Self::Processing,
        Self::ContactingCarrier,
        Self::TransferApproved,
        Self::TransferPending,
        Self::Completed,
        Self::Cancelled,
    ];

    /// Its word in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Draft => "draft",
            Self::Processing => "processing",
            Self::ContactingCarrier => "contacting_carrier",
            Self::TransferApproved => "transfer_approved",
            Self::TransferPending => "transfer_pending",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Where the order is.
    pub fn of_order(numbers: impl IntoIterator<Item = Self>) -> Self {
        numbers.into_iter().min().unwrap_or(Self::Draft)
    }

    /// What may be done with an order in this state. Specification of numbers, 1.5.2.
    pub fn rights(self) -> Rights {
        let (edit, cancel, delete) = match self {
            Self::Draft | Self::Error => (true, true, true),
            Self::Processing | Self::ContactingCarrier | Self::TransferApproved => (false, true, false),
            Self::TransferPending | Self::Completed => (false, false, false),
            Self::Cancelled => (true, false, false),
        };
        Rights { edit, cancel, delete }
    }

    /// Whether nothing will happen any more unless the organization does something.
    pub fn is_open(self) -> bool {
        match self {
            Self::Completed | Self::Cancelled => false,
            Self::Error
            | Self::Draft
            | Self::Processing
            | Self::ContactingCarrier
            | Self::TransferApproved
            | Self::TransferPending => true,
        }
    }

    /// Whether who carries the order out may say that a number in this state is in that one now.
    pub fn may_be_reported(self, to: Self) -> bool {
        let next: &[Self] = match self {
            Self::Processing => &[Self::ContactingCarrier, Self::Error, Self::Cancelled],
            Self::ContactingCarrier => &[Self::TransferApproved, Self::Error, Self::Cancelled],
            // A new time is an approval once more.
            Self::TransferApproved => &[Self::TransferApproved, Self::TransferPending, Self::Error, Self::Cancelled],
            Self::TransferPending => &[Self::TransferApproved, Self::Completed, Self::Error],
            Self::Error | Self::Draft | Self::Completed | Self::Cancelled => &[],
        };
        next.contains(&to)
    }
}

impl PortOrder {
    /// A draft.
    pub fn new(id: PortOrderId, details: Details, numbers: BTreeMap<E164, Option<Assignee>>) -> Self {
        let numbers = numbers.into_iter().map(|(number, assign_to)| (number, PortNumber::draft(assign_to))).collect();
        Self { id, details, numbers, has_account_pin: false, signature: None, n_submitted: 0, documents: Vec::new() }
    }

    /// Where it is: where the number is that is furthest behind.
    pub fn state(&self) -> PortState {
        PortState::of_order(self.numbers.values().map(|number| number.state))
    }

    /// What may be done with it. Each number that is on its way forbids what would forget or stop it.
    pub fn rights(&self) -> Rights {
        let Rights { edit, cancel, delete } = self.state().rights();
        let may_all_leave = self.numbers.values().all(PortNumber::may_leave);
        Rights { edit, cancel: cancel && !self.is_pending(), delete: delete && may_all_leave }
    }

    /// What happens to the account: without its billing number it stays.
    pub fn scope(&self) -> Scope {
        let has_billing_number = self.details.billing_number.is_some_and(|billed| self.numbers.contains_key(&billed));
        match (has_billing_number, self.details.closes_account) {
            (false, _) => Scope::PartialExcludingBillingNumber,
            (true, false) => Scope::PartialIncludingBillingNumber,
            (true, true) => Scope::Full,
        }
    }

    /// The letter of authorization as it is to be signed.
    pub fn letter(&self) -> String {
        let Details { losing_carrier, account_number, organization_name, authorized_user, service_address, .. } =
            &self.details;
        let numbers: Vec<String> = self.numbers.keys().map(ToString::to_string).collect();
        let billed = self.details.billing_number.map_or_else(|| "none".to_owned(), |number| number.to_string());
        let fate = match self.scope() {
            Scope::Full => "The account is to be closed.",
            Scope::PartialExcludingBillingNumber | Scope::PartialIncludingBillingNumber => "The account stays.",
        };
        format!(
            "{organization_name}, {service_address}, asks {losing_carrier} to let these numbers of the account \
             {account_number} (billing number {billed}) go: {}. {fate}\n{authorized_user}",
            numbers.join(", ")
        )
    }

    /// Whether what was signed is what is asked for.
    pub fn is_signed(&self) -> bool {
        self.signature.as_ref().is_some_and(|signature| signature.text == self.letter())
    }

    /// The order signed by who may decide about the account.
    pub fn sign(&self, now: Timestamp, signed_by: &str) -> Result<Self, Refusal> {
        self.check_edit("signed")?;
        let authorized_user = &self.details.authorized_user;
        if signed_by.trim().is_empty() || signed_by.trim() != authorized_user.trim() {
            return Err(Refusal::OtherSigner { authorized_user: authorized_user.clone() });
        }
        let signature = Signature { signed_by: signed_by.trim().to_owned(), at: now, text: self.letter() };
        Ok(Self { signature: Some(signature), ..self.clone() })
    }

    /// The order with other details and numbers. A number that goes on its way stays in it.
    pub fn edit(&self, details: Details, numbers: BTreeMap<E164, Option<Assignee>>) -> Result<Self, Refusal> {
        self.check_edit("changed")?;
        if self.n_submitted != 0 && details.authorized_user != self.details.authorized_user {
            return Err(Refusal::AuthorizedUserFixed);
        }
        for (number, there) in &self.numbers {
            if !there.may_leave() && !numbers.contains_key(number) {
                return Err(Refusal::NumberFixed { number: *number });
            }
        }
        let numbers = numbers.into_iter().map(|(number, assign_to)| match self.numbers.get(&number) {
            Some(there) => (number, PortNumber { assign_to, ..there.clone() }),
            None => (number, PortNumber::draft(assign_to)),
        });
        Ok(Self { details, numbers: numbers.collect(), ..self.clone() })
    }

    /// The order handed in, or handed in again: what stands still sets out, what is on its way goes on.
    pub fn submit(&self) -> Result<Self, Refusal> {
        self.check_edit("submitted")?;
        let sets_out = |number: &PortNumber| match number.state {
            PortState::Draft | PortState::Error | PortState::Cancelled => {
                PortNumber { state: PortState::Processing, transfer_at: None, reason: None, ..number.clone() }
            }
            PortState::Processing
            | PortState::ContactingCarrier
            | PortState::TransferApproved
            | PortState::TransferPending
            | PortState::Completed => number.clone(),
        };
        let numbers = self.numbers.iter().map(|(digits, number)| (*digits, sets_out(number))).collect();
        Ok(Self { numbers, n_submitted: self.n_submitted.saturating_add(1), ..self.clone() })
    }

    /// The order given up; what has come stays.
    pub fn cancel(&self) -> Result<Self, Refusal> {
        if !self.rights().cancel {
            let state = if self.is_pending() { PortState::TransferPending } else { self.state() };
            return Err(Refusal::NotAllowed { state, action: "cancelled" });
        }
        let given_up = |number: &PortNumber| {
            if number.state.is_open() {
                PortNumber { state: PortState::Cancelled, transfer_at: None, ..number.clone() }
            } else {
                number.clone()
            }
        };
        let numbers = self.numbers.iter().map(|(digits, number)| (*digits, given_up(number))).collect();
        Ok(Self { numbers, ..self.clone() })
    }

    /// Whether it may be forgotten: what has come or is on its way is not.
    pub fn check_delete(&self) -> Result<(), Refusal> {
        if self.rights().delete { Ok(()) } else { Err(Refusal::NotAllowed { state: self.state(), action: "deleted" }) }
    }

    /// The order after who carries it out said where numbers are; all of those that can be, if none is named.
    pub fn report(&self, now: Timestamp, named: &[E164], report: &Report) -> Result<Self, Refusal> {
        let Report { state, transfer_at, reason, profile: _ } = report;
        if *state == PortState::TransferApproved && !transfer_at.is_some_and(|at| now < at) {
            return Err(Refusal::TimeMissing);
        }
        let n_chars = reason.as_ref().map_or(0, |reason| reason.trim().chars().count());
        if *state == PortState::Error && !(1..=REASON_CHARS_MAX).contains(&n_chars) {
            return Err(Refusal::ReasonMissing);
        }
        let mut next = self.clone();
        let all: Vec<E164> =
            self.numbers.iter().filter(|(_, it)| it.state.is_open()).map(|(digits, _)| *digits).collect();
        for digits in if named.is_empty() { &all } else { named } {
            let number = next.numbers.get_mut(digits).ok_or(Refusal::NotInOrder { number: *digits })?;
            if !number.state.may_be_reported(*state) {
                return Err(Refusal::Transition { number: *digits, from: number.state, to: *state });
            }
            number.transfer_at = match state {
                PortState::TransferApproved => *transfer_at,
                PortState::TransferPending | PortState::Completed => number.transfer_at,
                PortState::Error
                | PortState::Draft
                | PortState::Processing
                | PortState::ContactingCarrier
                | PortState::Cancelled => None,
            };
            number.state = *state;
            number.reason = reason.as_ref().map(|reason| reason.trim().to_owned());
        }
        Ok(next)
    }

    fn is_pending(&self) -> bool {
        self.numbers.values().any(|number| number.state == PortState::TransferPending)
    }

    fn check_edit(&self, action: &'static str) -> Result<(), Refusal> {
        if self.rights().edit { Ok(()) } else { Err(Refusal::NotAllowed { state: self.state(), action }) }
    }
}

impl PortNumber {
    fn draft(assign_to: Option<Assignee>) -> Self {
        Self { state: PortState::Draft, assign_to, transfer_at: None, reason: None }
    }

    /// Whether the losing carrier does nothing about it.
    fn may_leave(&self) -> bool {
        match self.state {
            PortState::Draft | PortState::Error | PortState::Cancelled => true,
            PortState::Processing
            | PortState::ContactingCarrier
            | PortState::TransferApproved
            | PortState::TransferPending
            | PortState::Completed => false,
        }
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed { .. } => "port_order.not_allowed",
            Self::Transition { .. } => "port_order.transition",
            Self::NotInOrder { .. } => "port_order.number_unknown",
            Self::TimeMissing => "port_order.time_missing",
            Self::ReasonMissing => "port_order.reason_missing",
            Self::OtherSigner { .. } => "port_order.other_signer",
            Self::AuthorizedUserFixed => "port_order.authorized_user_fixed",
            Self::NumberFixed { .. } => "port_order.number_fixed",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::NotAllowed { state: PortState::TransferPending, .. } => {
                "wait until the numbers have come, or ask who runs the server".to_owned()
            }
            Self::NotAllowed { action: "deleted", .. } => "cancel it instead".to_owned(),
            Self::NotAllowed { state: PortState::Completed, .. } => "make a new order".to_owned(),
            Self::NotAllowed { .. } => "cancel it first, or wait".to_owned(),
            Self::Transition { .. } => "go step by step: contacting carrier, approved, pending, completed".to_owned(),
            Self::NotInOrder { .. } => "name numbers of this order".to_owned(),
            Self::TimeMissing => "say when the losing carrier lets the numbers go".to_owned(),
            Self::ReasonMissing => "say what the organization is to do".to_owned(),
            Self::OtherSigner { authorized_user } => format!("let {authorized_user} sign"),
            Self::AuthorizedUserFixed => "cancel the order and make a new one".to_owned(),
            Self::NumberFixed { .. } => "keep it, or cancel the order".to_owned(),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::NotAllowed { .. }
            | Self::Transition { .. }
            | Self::AuthorizedUserFixed
            | Self::NumberFixed { .. } => true,
            Self::NotInOrder { .. } | Self::TimeMissing | Self::ReasonMissing | Self::OtherSigner { .. } => false,
        }
    }
}
