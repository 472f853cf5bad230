//! Numbers that an organization asks an operator for.

pub mod shape;

use axum::Json;
use axum::extract::Path;
use axum::http::HeaderMap;
use phone::id::{NumberRequestId, OperatorId};
use phone::numbers::operator::request::{NumberRequest as PhoneRequest, RequestState as PhoneState};
use serde::Deserialize;
use store::{RequestsOf, Stored};
use utoipa::IntoParams;

use self::shape::{NewNumberRequest, NumberRequest, RequestState};
use super::body::{Body, Created, Params, Versioned, id, if_match};
use super::list::{List, PageParams};
use super::port_orders::shape::PortStep;
use super::port_orders::{TimelineParams, steps_of};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Caller, Permission, Refused};

pub const NEWEST_FIRST: &str = "-created_at";

/// Which requests.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NumberRequestParams {
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    #[param(inline)]
    pub state: Option<RequestState>,
}

/// List what the organization asks operators for, the newest first
#[utoipa::path(get, path = "/tenants/{tenant}/number-requests", tag = "number-requests",
    params(("tenant" = String, Path), NumberRequestParams),
    responses((status = 200, body = List<NumberRequest>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<NumberRequestParams>,
) -> Result<Json<List<NumberRequest>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(NEWEST_FIRST, true)?;
    let (of, state) = (RequestsOf::Tenant(access.tenant()), params.state.map(PhoneState::from));
    let page = access.store().number_requests(of, state, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|(_, request)| NumberRequest::of(&request)), NEWEST_FIRST))
}

/// Ask an operator for numbers
#[utoipa::path(post, path = "/tenants/{tenant}/number-requests", tag = "number-requests",
    params(("tenant" = String, Path)), request_body = NewNumberRequest,
    responses((status = 201, body = NumberRequest), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewNumberRequest>,
) -> Result<Created<NumberRequest>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let made = access.request_numbers(OperatorId(wanted.operator), wanted.read()).await?;
    let location = format!("/tenants/{}/number-requests/{}", access.tenant(), made.value.id);
    Ok(Created { value: NumberRequest::of(&made), version: made.version, location })
}

/// Show what the organization asks an operator for
#[utoipa::path(get, path = "/tenants/{tenant}/number-requests/{request}", tag = "number-requests",
    params(("tenant" = String, Path), ("request" = uuid::Uuid, Path)),
    responses((status = 200, body = NumberRequest), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, request)): Path<(String, String)>,
) -> Result<Versioned<NumberRequest>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(versioned(&access.number_request(named(&request)?).await?))
}

/// Accept what the operator quoted
#[utoipa::path(post, path = "/tenants/{tenant}/number-requests/{request}/accept", tag = "number-requests",
    params(("tenant" = String, Path), ("request" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = NumberRequest), Refusals, WriteRefusals))]
pub async fn accept(
    caller: Caller,
    Path((tenant, request)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Versioned<NumberRequest>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    Ok(versioned(&access.accept_quote(named(&request)?, if_match(&headers)?).await?))
}

/// Give a request up; numbers that came of it stay
#[utoipa::path(post, path = "/tenants/{tenant}/number-requests/{request}/cancel", tag = "number-requests",
    params(("tenant" = String, Path), ("request" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = NumberRequest), Refusals, WriteRefusals))]
pub async fn cancel(
    caller: Caller,
    Path((tenant, request)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Versioned<NumberRequest>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    Ok(versioned(&access.cancel_number_request(named(&request)?, if_match(&headers)?).await?))
}

/// List what happened to a request, the oldest first
#[utoipa::path(get, path = "/tenants/{tenant}/number-requests/{request}/timeline", tag = "number-requests",
    params(("tenant" = String, Path), ("request" = uuid::Uuid, Path), TimelineParams),
    responses((status = 200, body = List<PortStep>), Refusals))]
pub async fn timeline(
    caller: Caller,
    Path((tenant, request)): Path<(String, String)>,
    Params(params): Params<TimelineParams>,
) -> Result<Json<List<PortStep>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let found = access.number_request(named(&request)?).await?.value;
    let steps = access.store().number_request_steps(access.tenant(), found.id).await.map_err(Refused::from)?;
    steps_of(steps, &params)
}

pub fn named(text: &str) -> Result<NumberRequestId, Problem> {
    id(text, "number request").map(NumberRequestId)
}

fn versioned(request: &Stored<PhoneRequest>) -> Versioned<NumberRequest> {
    Versioned { value: NumberRequest::of(request), version: request.version }
}
