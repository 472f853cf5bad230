//! An order to another carrier, as the API writes it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use phone::id::{OperatorId, ResourceAccountId, UserId};
use phone::numbers::port::check::Fault as PhoneFault;
use phone::numbers::port::{
    Details, PortKind as PhoneKind, PortNumber as PhoneNumber, PortOrder as PhoneOrder, PortState as PhoneState,
    Scope as PhoneScope,
};
use phone::numbers::{Assignee as PhoneAssignee, CountryProfiles, E164};
use phone::rule::Broken as _;
use serde::{Deserialize, Serialize};
use store::{PortStep as StoreStep, Stored};
use utoipa::ToSchema;
use uuid::Uuid;

use super::documents::{PortDocument, PortDocumentKind};
use super::number_in;
use crate::admin::Refused;
use crate::api::numbers::{AssigneeKind, NumberKind};
use crate::secret::Secret;

/// Numbers to come from another carrier.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PortOrder {
    pub id: Uuid,
    /// Where the number is that is furthest behind.
    pub state: PortState,
    #[serde(flatten)]
    pub details: PortDetails,
    /// What happens to the account at the losing carrier.
    pub scope: PortScope,
    pub numbers: Vec<PortNumber>,
    /// Whether the PIN of the account is known; it is not shown.
    pub has_account_pin: bool,
    /// The letter of authorization as it is to be signed.
    pub letter: String,
    pub signed_by: Option<String>,
    /// Whether what was signed is what is asked for.
    pub is_signed: bool,
    /// How often it was handed in: the order itself, then each supplement.
    pub submitted: u32,
    /// What is attached to it.
    #[serde(default)]
    pub documents: Vec<PortDocument>,
    /// What the losing carriers of its country ask for beside the letter that is signed here.
    #[serde(default)]
    pub needed_documents: Vec<PortDocumentKind>,
    /// What may be done with it now.
    pub may: PortRights,
    /// What keeps it from being handed in; only where one order is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faults: Option<Vec<PortFault>>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// An order in a list: its numbers are counted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PortOrderSummary {
    pub id: Uuid,
    /// Where the number is that is furthest behind.
    pub state: PortState,
    #[serde(flatten)]
    pub details: PortDetails,
    pub scope: PortScope,
    pub n_numbers: usize,
    /// How many numbers are in each state.
    pub numbers_by_state: BTreeMap<String, usize>,
    pub is_signed: bool,
    /// How often it was handed in: the order itself, then each supplement.
    pub submitted: u32,
    /// What may be done with it now.
    pub may: PortRights,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// What the losing carrier asks for. A draft may lack all of it but the name.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PortDetails {
    pub name: String,
    /// ISO 3166 alpha-2.
    pub country: String,
    pub kind: PortKind,
    /// What the numbers are for when they have come.
    pub usage: NumberKind,
    #[serde(default)]
    pub losing_carrier: String,
    /// Without spaces and dashes.
    #[serde(default)]
    pub account_number: String,
    /// The number that the losing carrier bills.
    pub billing_number: Option<String>,
    /// Which number the account is billed to from then on, if it stays.
    pub new_billing_number: Option<String>,
    /// Whether the account ends: then all of its numbers come.
    #[serde(default)]
    pub closes_account: bool,
    #[serde(default)]
    pub organization_name: String,
    /// Who may decide about the account; can't be changed once the order was handed in.
    #[serde(default)]
    pub authorized_user: String,
    /// As the losing carrier has it.
    #[serde(default)]
    pub service_address: String,
    /// A wish; the losing carrier decides.
    #[schema(value_type = Option<String>, format = Date)]
    pub requested_date: Option<Date>,
    #[serde(default)]
    pub notification_emails: Vec<String>,
    /// The operator that is to bring the numbers here and carries their calls; if none, who runs the server does.
    pub operator: Option<Uuid>,
}

/// An order as it is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "name": "Seattle office", "country": "US", "kind": "geographic", "usage": "user",
    "losing_carrier": "Old Telecom", "account_number": "123456", "billing_number": "+12065550100",
    "organization_name": "Example", "authorized_user": "Ann Admin", "service_address": "1 Main St, Seattle WA",
    "numbers": [{ "number": "+12065550101" }]
}))]
pub struct NewPortOrder {
    #[serde(flatten)]
    pub details: PortDetails,
    /// At most 999.
    pub numbers: Vec<PortWish>,
    /// Of the account at the losing carrier; what is absent stays as it is.
    #[schema(value_type = Option<String>)]
    pub account_pin: Option<Secret>,
}

/// A number that is to come.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PortWish {
    pub number: String,
    /// Who is to have it at once.
    pub assign_to: Option<PortAssignee>,
}

/// Who is to have a number at once.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PortAssignee {
    #[serde(rename = "type")]
    pub kind: AssigneeKind,
    pub id: Uuid,
}

/// A number of an order, and how far it is.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PortNumber {
    pub number: String,
    pub state: PortState,
    pub assign_to: Option<PortAssignee>,
    /// When the losing carrier lets it go.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub transfer_at: Option<Timestamp>,
    /// Why it stands still.
    pub reason: Option<String>,
}

/// How far a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PortState {
    Draft,
    Processing,
    ContactingCarrier,
    TransferApproved,
    TransferPending,
    Error,
    Completed,
    Cancelled,
}

/// What kind of numbers an order is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PortKind {
    Geographic,
    Mobile,
    TollFree,
}

/// What happens to the account at the losing carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PortScope {
    Full,
    PartialExcludingBillingNumber,
    PartialIncludingBillingNumber,
}

/// What may be done with an order now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PortRights {
    pub edit: bool,
    pub cancel: bool,
    pub delete: bool,
}

/// Something that keeps an order from being handed in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PortFault {
    pub field: String,
    pub code: String,
    pub message: String,
    pub fix: String,
}

/// Who signs.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "signed_by": "Ann Admin" }))]
pub struct PortSignature {
    /// The authorized user, in full.
    pub signed_by: String,
}

/// What happened to numbers of an order.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PortStep {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub actor: String,
    /// `created`, `changed`, `signed`, `submitted`, `cancelled`, or the state that was reported.
    pub what: String,
    /// Empty is all.
    pub numbers: Vec<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub transfer_at: Option<Timestamp>,
    pub note: Option<String>,
}

impl PortDetails {
    pub(super) fn read(&self) -> Result<Details, Refused> {
        let number =
            |field: &str, text: &Option<String>| text.as_deref().map(|text| number_in(field, text)).transpose();
        Ok(Details {
            name: self.name.trim().to_owned(),
            country: self.country.clone(),
            kind: self.kind.into(),
            usage: self.usage.into(),
            losing_carrier: self.losing_carrier.trim().to_owned(),
            account_number: self.account_number.trim().to_owned(),
            billing_number: number("billing_number", &self.billing_number)?,
            new_billing_number: number("new_billing_number", &self.new_billing_number)?,
            closes_account: self.closes_account,
            organization_name: self.organization_name.trim().to_owned(),
            authorized_user: self.authorized_user.trim().to_owned(),
            service_address: self.service_address.trim().to_owned(),
            requested_date: self.requested_date,
            notification_emails: self.notification_emails.clone(),
            operator: self.operator.map(OperatorId),
        })
    }
}

impl PortOrderSummary {
    pub fn of(stored: &Stored<PhoneOrder>) -> Self {
        let order = &stored.value;
        let rights = order.rights();
        let mut numbers_by_state: BTreeMap<String, usize> = BTreeMap::new();
        for number in order.numbers.values() {
            *numbers_by_state.entry(number.state.as_str().to_owned()).or_default() += 1;
        }
        Self {
            id: order.id.0,
            state: order.state().into(),
            details: PortDetails::from(order.details.clone()),
            scope: order.scope().into(),
            n_numbers: order.numbers.len(),
            numbers_by_state,
            is_signed: order.is_signed(),
            submitted: order.n_submitted,
            may: PortRights { edit: rights.edit, cancel: rights.cancel, delete: rights.delete },
            created_at: stored.created_at,
            updated_at: stored.updated_at,
        }
    }
}

impl PortOrder {
    /// `profiles` say which papers carriers of the order's country ask for.
    pub fn of(stored: &Stored<PhoneOrder>, profiles: &CountryProfiles) -> Self {
        let order = &stored.value;
        let rights = order.rights();
        let country = profiles.of(&order.details.country);
        let needed = &country.port.documents;
        Self {
            id: order.id.0,
            state: order.state().into(),
            details: PortDetails::from(order.details.clone()),
            scope: order.scope().into(),
            numbers: order.numbers.iter().map(PortNumber::from).collect(),
            has_account_pin: order.has_account_pin,
            letter: order.letter(),
            signed_by: order.signature.as_ref().map(|signature| signature.signed_by.clone()),
            is_signed: order.is_signed(),
            submitted: order.n_submitted,
            documents: order.documents.iter().map(PortDocument::from).collect(),
            needed_documents: needed.iter().map(|kind| PortDocumentKind::from(*kind)).collect(),
            may: PortRights { edit: rights.edit, cancel: rights.cancel, delete: rights.delete },
            faults: None,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
        }
    }
}

impl From<Details> for PortDetails {
    fn from(details: Details) -> Self {
        Self {
            name: details.name,
            country: details.country,
            kind: details.kind.into(),
            usage: details.usage.into(),
            losing_carrier: details.losing_carrier,
            account_number: details.account_number,
            billing_number: details.billing_number.map(|number| number.to_string()),
            new_billing_number: details.new_billing_number.map(|number| number.to_string()),
            closes_account: details.closes_account,
            organization_name: details.organization_name,
            authorized_user: details.authorized_user,
            service_address: details.service_address,
            requested_date: details.requested_date,
            notification_emails: details.notification_emails,
            operator: details.operator.map(|operator| operator.0),
        }
    }
}

impl From<(&E164, &PhoneNumber)> for PortNumber {
    fn from((digits, number): (&E164, &PhoneNumber)) -> Self {
        Self {
            number: digits.to_string(),
            state: number.state.into(),
            assign_to: number.assign_to.map(PortAssignee::from),
            transfer_at: number.transfer_at,
            reason: number.reason.clone(),
        }
    }
}

impl From<PhoneAssignee> for PortAssignee {
    fn from(assignee: PhoneAssignee) -> Self {
        match assignee {
            PhoneAssignee::ResourceAccount(id) => Self { kind: AssigneeKind::ResourceAccount, id: id.0 },
            PhoneAssignee::User(id) => Self { kind: AssigneeKind::User, id: id.0 },
        }
    }
}

impl From<PortAssignee> for PhoneAssignee {
    fn from(assignee: PortAssignee) -> Self {
        match assignee.kind {
            AssigneeKind::ResourceAccount => Self::ResourceAccount(ResourceAccountId(assignee.id)),
            AssigneeKind::User => Self::User(UserId(assignee.id)),
        }
    }
}

impl From<&PhoneFault> for PortFault {
    fn from(fault: &PhoneFault) -> Self {
        let (code, message) = (fault.code().to_owned(), fault.to_string());
        Self { field: fault.field(), code, message, fix: fault.fix() }
    }
}

impl From<StoreStep> for PortStep {
    fn from(step: StoreStep) -> Self {
        Self {
            // As the audit writes it.
            at: Timestamp::from_millisecond(step.at.as_millisecond()).unwrap_or(step.at),
            actor: step.actor,
            what: step.what,
            numbers: step.numbers.iter().map(ToString::to_string).collect(),
            transfer_at: step.transfer_at,
            note: step.note,
        }
    }
}

impl From<PhoneScope> for PortScope {
    fn from(scope: PhoneScope) -> Self {
        match scope {
            PhoneScope::Full => Self::Full,
            PhoneScope::PartialExcludingBillingNumber => Self::PartialExcludingBillingNumber,
            PhoneScope::PartialIncludingBillingNumber => Self::PartialIncludingBillingNumber,
        }
    }
}

impl From<PhoneKind> for PortKind {
    fn from(kind: PhoneKind) -> Self {
        match kind {
            PhoneKind::Geographic => Self::Geographic,
            PhoneKind::Mobile => Self::Mobile,
            PhoneKind::TollFree => Self::TollFree,
        }
    }
}

impl From<PortKind> for PhoneKind {
    fn from(kind: PortKind) -> Self {
        match kind {
            PortKind::Geographic => Self::Geographic,
            PortKind::Mobile => Self::Mobile,
            PortKind::TollFree => Self::TollFree,
        }
    }
}

impl From<PhoneState> for PortState {
    fn from(state: PhoneState) -> Self {
        match state {
            PhoneState::Error => Self::Error,
            PhoneState::Draft => Self::Draft,
            PhoneState::Processing => Self::Processing,
            PhoneState::ContactingCarrier => Self::ContactingCarrier,
            PhoneState::TransferApproved => Self::TransferApproved,
            PhoneState::TransferPending => Self::TransferPending,
            PhoneState::Completed => Self::Completed,
            PhoneState::Cancelled => Self::Cancelled,
        }
    }
}

impl From<PortState> for PhoneState {
    fn from(state: PortState) -> Self {
        match state {
            PortState::Error => Self::Error,
            PortState::Draft => Self::Draft,
            PortState::Processing => Self::Processing,
            PortState::ContactingCarrier => Self::ContactingCarrier,
            PortState::TransferApproved => Self::TransferApproved,
            PortState::TransferPending => Self::TransferPending,
            PortState::Completed => Self::Completed,
            PortState::Cancelled => Self::Cancelled,
        }
    }
}
