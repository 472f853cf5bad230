//! Numbers that come from other carriers.

pub mod queue;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use jiff::civil::Date;
use phone::id::{PortOrderId, ResourceAccountId, UserId};
use phone::numbers::port::check::Fault as PhoneFault;
use phone::numbers::port::{
    Details, PortKind as PhoneKind, PortNumber as PhoneNumber, PortOrder as PhoneOrder, PortState as PhoneState,
    Scope as PhoneScope,
};
use phone::numbers::upload::read;
use phone::numbers::{Assignee as PhoneAssignee, E164};
use phone::rule::Broken as _;
use serde::{Deserialize, Serialize};
use store::{PortStep as StoreStep, Stored};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, id, if_match};
use super::list::{List, PageParams};
use super::numbers::{AssigneeKind, NumberKind};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::port_orders::Wishes;
use crate::admin::{Access, Caller, Permission, Refused};
use crate::secret::Secret;

const NEWEST_FIRST: &str = "-created_at";

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

/// Of which number.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TimelineParams {
    /// Only what happened to this number.
    pub number: Option<String>,
}

/// List orders to other carriers, the newest first
#[utoipa::path(get, path = "/tenants/{tenant}/port-orders", tag = "port-orders",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<PortOrder>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<PortOrder>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(NEWEST_FIRST, true)?;
    let page = access.store().port_orders(Some(access.tenant()), None, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|(_, order)| PortOrder::of(&order)), NEWEST_FIRST))
}

/// Show an order to another carrier, with what keeps it from being handed in
#[utoipa::path(get, path = "/tenants/{tenant}/port-orders/{order}", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path)), responses((status = 200, body = PortOrder), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
) -> Result<Versioned<PortOrder>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let found = access.port_order(named(&order)?).await?;
    shown(&access, &found).await
}

/// Make an order to another carrier, as a draft
#[utoipa::path(post, path = "/tenants/{tenant}/port-orders", tag = "port-orders", params(("tenant" = String, Path)),
    request_body = NewPortOrder, responses((status = 201, body = PortOrder), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewPortOrder>,
) -> Result<Created<PortOrder>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let (details, numbers) = (wanted.details.read()?, wishes(&wanted.numbers)?);
    let order = PhoneOrder::new(PortOrderId(Uuid::now_v7()), details, numbers);
    access.create_port_order(&order, wanted.account_pin.as_ref().map(Secret::expose)).await?;
    let found = access.port_order(order.id).await?;
    let location = format!("/tenants/{}/port-orders/{}", access.tenant(), order.id);
    let Versioned { value, version } = shown(&access, &found).await?;
    Ok(Created { value, version, location })
}

/// Replace an order that waits for the organization; numbers that are on their way stay in it
#[utoipa::path(put, path = "/tenants/{tenant}/port-orders/{order}", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = NewPortOrder, responses((status = 200, body = PortOrder), Refusals, WriteRefusals))]
pub async fn replace(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<NewPortOrder>,
) -> Result<Versioned<PortOrder>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let (details, numbers) = (wanted.details.read()?, wishes(&wanted.numbers)?);
    let pin = wanted.account_pin.as_ref().map(Secret::expose);
    let changed = access.change_port_order(named(&order)?, if_match(&headers)?, details, numbers, pin).await?;
    shown(&access, &changed).await
}

/// Delete an order that nobody works on
#[utoipa::path(delete, path = "/tenants/{tenant}/port-orders/{order}", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.delete_port_order(named(&order)?, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign the letter of authorization
#[utoipa::path(post, path = "/tenants/{tenant}/port-orders/{order}/sign", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path)), request_body = PortSignature,
    responses((status = 200, body = PortOrder), Refusals, WriteRefusals))]
pub async fn sign(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    Body(wanted): Body<PortSignature>,
) -> Result<Versioned<PortOrder>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let signed = access.sign_port_order(named(&order)?, &wanted.signed_by).await?;
    shown(&access, &signed).await
}

/// Hand an order in, or a supplement to it: numbers that stand still set out
#[utoipa::path(post, path = "/tenants/{tenant}/port-orders/{order}/submit", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = PortOrder), Refusals, WriteRefusals))]
pub async fn submit(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Versioned<PortOrder>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let submitted = access.submit_port_order(named(&order)?, if_match(&headers)?).await?;
    shown(&access, &submitted).await
}

/// Give an order up; what has come stays
#[utoipa::path(post, path = "/tenants/{tenant}/port-orders/{order}/cancel", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = PortOrder), Refusals, WriteRefusals))]
pub async fn cancel(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Versioned<PortOrder>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let cancelled = access.cancel_port_order(named(&order)?, if_match(&headers)?).await?;
    shown(&access, &cancelled).await
}

/// List what happened to an order and its numbers, the oldest first
#[utoipa::path(get, path = "/tenants/{tenant}/port-orders/{order}/timeline", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), TimelineParams),
    responses((status = 200, body = List<PortStep>), Refusals))]
pub async fn timeline(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    Params(params): Params<TimelineParams>,
) -> Result<Json<List<PortStep>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let steps = access.port_steps(named(&order)?).await?;
    let wanted = params.number.as_deref().map(|text| number_in("number", text)).transpose()?;
    let is_of =
        |step: &StoreStep| wanted.is_none_or(|number| step.numbers.is_empty() || step.numbers.contains(&number));
    Ok(List::whole(steps.into_iter().filter(is_of).map(PortStep::from).collect()))
}

fn named(text: &str) -> Result<PortOrderId, Problem> {
    id(text, "port order").map(PortOrderId)
}

async fn shown(access: &Access, order: &Stored<PhoneOrder>) -> Result<Versioned<PortOrder>, Problem> {
    let faults = if order.value.state().rights().edit {
        access.port_faults(&order.value).await?.iter().map(PortFault::from).collect()
    } else {
        Vec::new()
    };
    let value = PortOrder { faults: Some(faults), ..PortOrder::of(order) };
    Ok(Versioned { value, version: order.version })
}

fn wishes(numbers: &[PortWish]) -> Result<Wishes, Refused> {
    let mut read = BTreeMap::new();
    for (index, wish) in numbers.iter().enumerate() {
        let field = format!("numbers[{index}].number");
        let number = number_in(&field, &wish.number)?;
        if read.insert(number, wish.assign_to.map(PhoneAssignee::from)).is_some() {
            return Err(Refused::field(field, "number.duplicate", format!("{number} is named twice")));
        }
    }
    Ok(read)
}

fn number_in(field: &str, text: &str) -> Result<E164, Refused> {
    read(text).map_err(|refusal| Refused::field(field, "number.invalid", refusal.to_string()))
}

impl PortDetails {
    fn read(&self) -> Result<Details, Refused> {
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
        })
    }
}

impl PortOrder {
    fn of(stored: &Stored<PhoneOrder>) -> Self {
        let order = &stored.value;
        let rights = order.state().rights();
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
            at: step.at,
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
