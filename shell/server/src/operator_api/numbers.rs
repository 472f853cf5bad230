//! Numbers of an operator that an organization holds.

use axum::Json;
use axum::extract::Path;
use axum::http::HeaderMap;
use jiff::Timestamp;
use phone::id::CallingProfileId;
use phone::numbers::Number as PhoneNumber;
use phone::numbers::number::NumberSource;
use phone::numbers::operator::upload::Action;
use phone::order::OrderKind;
use serde::{Deserialize, Serialize};
use store::{NumberFilter, Stored};
use utoipa::ToSchema;
use uuid::Uuid;

use super::orders::{Placed, placed};
use crate::admin::Refused;
use crate::admin::operator_access::OperatorCaller;
use crate::admin::operator_numbers::Line;
use crate::api::body::{Body, Params, request_key};
use crate::api::list::{List, PageParams};
use crate::api::numbers::{AssigneeKind, NumberKind, NumberState, assignee_kind};
use crate::api::orders::Order;
use crate::api::problem::{Problem, Refusals, WriteRefusals};

const SORT: &str = "number";

/// A number of the operator that the organization holds.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorNumber {
    pub number: String,
    pub kind: NumberKind,
    pub state: NumberState,
    /// What kind of thing has it; who it is stays with the organization.
    pub assigned_to: Option<AssigneeKind>,
    pub calling_profile: Option<Uuid>,
    pub tenant_may_update_location: bool,
    #[serde(default)]
    pub sms: bool,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// Numbers to be given to the organization.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "items": [{
    "number": "+12065550142", "kind": "user", "calling_profile": "01928f6e-0000-7000-8000-000000000000",
    "ticket_ref": "T-1"
}] }))]
pub struct Upload {
    /// At most 10,000.
    pub items: Vec<UploadItem>,
}

/// A number to be given.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadItem {
    pub number: String,
    pub kind: NumberKind,
    pub calling_profile: Uuid,
    /// Whether the organization may say where the number is used.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub tenant_may_update_location: bool,
    /// ISO 3166 alpha-2; needed for toll-free numbers that several countries share.
    pub country: Option<String>,
    /// Whether you take text messages to it and from it.
    #[serde(default)]
    pub sms: bool,
    /// What you call the ticket, at most 64 characters.
    pub ticket_ref: Option<String>,
}

/// Numbers of which something else is to be said.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "items": [{ "number": "+12065550142", "tenant_may_update_location": false }] }))]
pub struct Update {
    /// At most 10,000.
    pub items: Vec<UpdateItem>,
}

/// What is to change of a number. What is absent stays.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateItem {
    pub number: String,
    pub calling_profile: Option<Uuid>,
    pub tenant_may_update_location: Option<bool>,
    pub sms: Option<bool>,
    pub ticket_ref: Option<String>,
}

/// Numbers to be taken from who has them, or from the organization.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "items": [{ "number": "+12065550142" }] }))]
pub struct Numbers {
    /// At most 10,000.
    pub items: Vec<NumberItem>,
}

/// One of the numbers.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberItem {
    pub number: String,
    pub ticket_ref: Option<String>,
}

/// List your numbers that an organization holds
#[utoipa::path(get, path = "/tenants/{tenant}/numbers", tag = "numbers",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<OperatorNumber>), Refusals))]
pub async fn list(
    caller: OperatorCaller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<OperatorNumber>>, Problem> {
    let access = caller.begin(&tenant).await?;
    let paging = page.paging(SORT, false)?;
    let filter = NumberFilter { operator: Some(access.operator()), ..NumberFilter::default() };
    let page = access.store().numbers(access.tenant(), &filter, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|number| shown(&number)), SORT))
}

/// Give numbers to an organization. The same numbers once more change nothing
#[utoipa::path(post, path = "/tenants/{tenant}/numbers/upload", tag = "numbers",
    params(("tenant" = String, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = Upload,
    responses((status = 202, body = Order), Refusals, WriteRefusals))]
pub async fn upload(
    caller: OperatorCaller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<Upload>,
) -> Result<Placed, Problem> {
    let request = Request { kind: OrderKind::OperatorUpload, tenant, headers };
    request.place(&caller, wanted.items, upload_line).await
}

/// Change what you say of your numbers
#[utoipa::path(post, path = "/tenants/{tenant}/numbers/update", tag = "numbers",
    params(("tenant" = String, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = Update,
    responses((status = 202, body = Order), Refusals, WriteRefusals))]
pub async fn update(
    caller: OperatorCaller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<Update>,
) -> Result<Placed, Problem> {
    let request = Request { kind: OrderKind::OperatorUpdate, tenant, headers };
    let line = |item: UpdateItem| {
        let action = Action::Update {
            profile: item.calling_profile.map(CallingProfileId),
            may_change_location: item.tenant_may_update_location,
            sms: item.sms,
        };
        Line { number: item.number, action, ticket: item.ticket_ref }
    };
    request.place(&caller, wanted.items, line).await
}

/// Take your numbers from people and services, where the organization permits it
#[utoipa::path(post, path = "/tenants/{tenant}/numbers/unassign", tag = "numbers",
    params(("tenant" = String, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = Numbers,
    responses((status = 202, body = Order), Refusals, WriteRefusals))]
pub async fn unassign(
    caller: OperatorCaller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<Numbers>,
) -> Result<Placed, Problem> {
    let request = Request { kind: OrderKind::OperatorUnassign, tenant, headers };
    let line = |item: NumberItem| Line { number: item.number, action: Action::Unassign, ticket: item.ticket_ref };
    request.place(&caller, wanted.items, line).await
}

/// Take numbers back that nobody has
#[utoipa::path(post, path = "/tenants/{tenant}/numbers/release", tag = "numbers",
    params(("tenant" = String, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = Numbers,
    responses((status = 202, body = Order), Refusals, WriteRefusals))]
pub async fn release(
    caller: OperatorCaller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<Numbers>,
) -> Result<Placed, Problem> {
    let request = Request { kind: OrderKind::OperatorRelease, tenant, headers };
    let line = |item: NumberItem| Line { number: item.number, action: Action::Release, ticket: item.ticket_ref };
    request.place(&caller, wanted.items, line).await
}

/// What a line that gives a number says.
pub fn upload_line(item: UploadItem) -> Line {
    let action = Action::Upload {
        kind: item.kind.into(),
        profile: CallingProfileId(item.calling_profile),
        may_change_location: item.tenant_may_update_location,
        country: item.country,
        sms: item.sms,
    };
    Line { number: item.number, action, ticket: item.ticket_ref }
}

struct Request {
    kind: OrderKind,
    tenant: String,
    headers: HeaderMap,
}

impl Request {
    async fn place<T: Serialize>(
        &self,
        caller: &OperatorCaller,
        items: Vec<T>,
        line: impl Fn(T) -> Line,
    ) -> Result<Placed, Problem> {
        let access = caller.begin(&self.tenant).await?;
        let what = serde_json::to_vec(&items).unwrap_or_default();
        let words = [self.kind.as_str(), &access.tenant().to_string()];
        let key = request_key(&self.headers, &words, &what)?;
        let lines = items.into_iter().map(line).collect();
        placed(access.store(), access.order_numbers(self.kind, lines, key).await?).await
    }
}

fn shown(stored: &Stored<PhoneNumber>) -> OperatorNumber {
    let number = &stored.value;
    let of = match number.source {
        NumberSource::Operator(of) => Some(of),
        NumberSource::CallingPlan | NumberSource::DirectRouting => None,
    };
    OperatorNumber {
        number: number.number.to_string(),
        kind: number.kind.into(),
        state: number.state(Timestamp::now()).into(),
        assigned_to: number.assignee.map(assignee_kind),
        calling_profile: of.map(|of| of.profile.0),
        tenant_may_update_location: of.is_some_and(|of| of.may_change_location),
        sms: number.origin.sms,
        updated_at: stored.updated_at,
    }
}

fn yes() -> bool {
    true
}
