//! Numbers that other carriers ask for.

pub mod queue;
pub mod shape;

use axum::Json;
use axum::extract::Path;
use axum::http::HeaderMap;
use phone::id::PortOutId;
use phone::numbers::E164;
use phone::numbers::port_out::{OutState, PortOut as PhonePortOut};
use serde::Deserialize;
use store::{PortOutFilter, Stored};
use utoipa::IntoParams;

use self::shape::{PortOut, PortOutAuthorization, PortOutNumber, PortOutRejection, PortOutState};
use super::body::{Body, OptionalBody, Params, Versioned, id, if_match};
use super::list::{List, PageParams};
use super::port_orders::shape::PortStep;
use super::port_orders::{TimelineParams, number_in, steps_of};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Caller, Permission, Refused};

pub const NEWEST_FIRST: &str = "-created_at";
const BY_NUMBER: &str = "number";

/// Which requests.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PortOutParams {
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    #[param(inline)]
    pub state: Option<PortOutState>,
}

/// Which numbers.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PortOutNumberParams {
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    #[param(inline)]
    pub state: Option<PortOutState>,
}

/// List what other carriers ask for, the newest first
#[utoipa::path(get, path = "/tenants/{tenant}/port-outs", tag = "port-outs",
    params(("tenant" = String, Path), PortOutParams), responses((status = 200, body = List<PortOut>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<PortOutParams>,
) -> Result<Json<List<PortOut>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(NEWEST_FIRST, true)?;
    let state = params.state.map(OutState::from);
    let filter = PortOutFilter { tenant: Some(access.tenant()), state, ..PortOutFilter::default() };
    let page = access.store().port_outs(&filter, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|(_, request)| PortOut::of(&request)), NEWEST_FIRST))
}

/// Show what another carrier asks for
#[utoipa::path(get, path = "/tenants/{tenant}/port-outs/{request}", tag = "port-outs",
    params(("tenant" = String, Path), ("request" = uuid::Uuid, Path)), responses((status = 200, body = PortOut), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, request)): Path<(String, String)>,
) -> Result<Versioned<PortOut>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(versioned(&access.port_out(named(&request)?).await?))
}

/// List the numbers that another carrier asks for, each with how far it is
#[utoipa::path(get, path = "/tenants/{tenant}/port-outs/{request}/numbers", tag = "port-outs",
    params(("tenant" = String, Path), ("request" = uuid::Uuid, Path), PortOutNumberParams),
    responses((status = 200, body = List<PortOutNumber>), Refusals))]
pub async fn numbers(
    caller: Caller,
    Path((tenant, request)): Path<(String, String)>,
    Params(params): Params<PortOutNumberParams>,
) -> Result<Json<List<PortOutNumber>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    numbers_of(&access.port_out(named(&request)?).await?.value, params)
}

/// List what happened to a request of another carrier, or to one of its numbers, the oldest first
#[utoipa::path(get, path = "/tenants/{tenant}/port-outs/{request}/timeline", tag = "port-outs",
    params(("tenant" = String, Path), ("request" = uuid::Uuid, Path), TimelineParams),
    responses((status = 200, body = List<PortStep>), Refusals))]
pub async fn timeline(
    caller: Caller,
    Path((tenant, request)): Path<(String, String)>,
    Params(params): Params<TimelineParams>,
) -> Result<Json<List<PortStep>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let found = access.port_out(named(&request)?).await?.value;
    let steps = access.store().port_out_steps(access.tenant(), found.id).await.map_err(Refused::from)?;
    steps_of(steps, &params)
}

/// Let numbers go to another carrier
#[utoipa::path(post, path = "/tenants/{tenant}/port-outs/{request}/authorize", tag = "port-outs",
    params(("tenant" = String, Path), ("request" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = PortOutAuthorization, responses((status = 200, body = PortOut), Refusals, WriteRefusals))]
pub async fn authorize(
    caller: Caller,
    Path((tenant, request)): Path<(String, String)>,
    headers: HeaderMap,
    OptionalBody(wanted): OptionalBody<PortOutAuthorization>,
) -> Result<Versioned<PortOut>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let numbers = read(&wanted.numbers)?;
    let answered = access.authorize_port_out(named(&request)?, &numbers, if_match(&headers)?).await?;
    Ok(versioned(&answered))
}

/// Keep numbers that another carrier asks for
#[utoipa::path(post, path = "/tenants/{tenant}/port-outs/{request}/reject", tag = "port-outs",
    params(("tenant" = String, Path), ("request" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = PortOutRejection, responses((status = 200, body = PortOut), Refusals, WriteRefusals))]
pub async fn reject(
    caller: Caller,
    Path((tenant, request)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<PortOutRejection>,
) -> Result<Versioned<PortOut>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let (numbers, why) = (read(&wanted.numbers)?, (wanted.reason.into(), wanted.note.as_deref()));
    let answered = access.reject_port_out(named(&request)?, &numbers, why, if_match(&headers)?).await?;
    Ok(versioned(&answered))
}

/// A page of the numbers of a request.
pub fn numbers_of(request: &PhonePortOut, params: PortOutNumberParams) -> Result<Json<List<PortOutNumber>>, Problem> {
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(BY_NUMBER, false)?;
    let wanted = request.numbers.iter().filter(|(_, it)| params.state.is_none_or(|state| it.state == state.into()));
    let all = wanted.map(|(digits, it)| (digits.to_string(), PortOutNumber::of(digits.to_string(), it)));
    Ok(List::part(all, &paging, BY_NUMBER))
}

pub fn named(text: &str) -> Result<PortOutId, Problem> {
    id(text, "port-out").map(PortOutId)
}

pub fn read(numbers: &[String]) -> Result<Vec<E164>, Refused> {
    numbers.iter().map(|text| number_in("numbers", text)).collect()
}

fn versioned(request: &Stored<PhonePortOut>) -> Versioned<PortOut> {
    Versioned { value: PortOut::of(request), version: request.version }
}
