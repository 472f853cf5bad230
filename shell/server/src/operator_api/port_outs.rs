//! Numbers of an operator that another carrier asks for.

use axum::Json;
use axum::extract::Path;
use phone::numbers::port_out::OutState;
use store::PortOutFilter;

use crate::admin::Refused;
use crate::admin::operator_access::OperatorCaller;
use crate::api::body::{Body, Created, Params, Versioned};
use crate::api::list::{List, PageParams};
use crate::api::port_outs::queue::QueuedPortOut;
use crate::api::port_outs::shape::{NewPortOut, PortOutNumber, PortOutReport};
use crate::api::port_outs::{NEWEST_FIRST, PortOutNumberParams, PortOutParams, named, numbers_of, read};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// List what you asked for in the name of other carriers, the newest first
#[utoipa::path(get, path = "/port-outs", tag = "port-outs", params(PortOutParams),
    responses((status = 200, body = List<QueuedPortOut>), Refusals))]
pub async fn list(
    caller: OperatorCaller,
    Params(params): Params<PortOutParams>,
) -> Result<Json<List<QueuedPortOut>>, Problem> {
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(NEWEST_FIRST, true)?;
    let (operator, state) = (Some(caller.operator.id), params.state.map(OutState::from));
    let filter = PortOutFilter { operator, state, ..PortOutFilter::default() };
    let page = caller.store().port_outs(&filter, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|asked| QueuedPortOut::of(&asked)), NEWEST_FIRST))
}

/// Ask for numbers that you gave to an organization, in the name of another carrier, which quotes its porting PIN
#[utoipa::path(post, path = "/port-outs", tag = "port-outs", request_body = NewPortOut,
    responses((status = 201, body = QueuedPortOut), Refusals, WriteRefusals))]
pub async fn create(caller: OperatorCaller, Body(wanted): Body<NewPortOut>) -> Result<Created<QueuedPortOut>, Problem> {
    let asked = caller.ask_for_numbers(&wanted.read()?).await?;
    let location = format!("/port-outs/{}", asked.1.value.id);
    Ok(Created { version: asked.1.version, value: QueuedPortOut::of(&asked), location })
}

/// Show what you asked for
#[utoipa::path(get, path = "/port-outs/{request}", tag = "port-outs", params(("request" = uuid::Uuid, Path)),
    responses((status = 200, body = QueuedPortOut), Refusals))]
pub async fn show(caller: OperatorCaller, Path(request): Path<String>) -> Result<Versioned<QueuedPortOut>, Problem> {
    let asked = caller.port_out(named(&request)?).await?;
    Ok(Versioned { version: asked.1.version, value: QueuedPortOut::of(&asked) })
}

/// List the numbers of a request, each with what the organization says
#[utoipa::path(get, path = "/port-outs/{request}/numbers", tag = "port-outs",
    params(("request" = uuid::Uuid, Path), PortOutNumberParams),
    responses((status = 200, body = List<PortOutNumber>), Refusals))]
pub async fn numbers(
    caller: OperatorCaller,
    Path(request): Path<String>,
    Params(params): Params<PortOutNumberParams>,
) -> Result<Json<List<PortOutNumber>>, Problem> {
    numbers_of(&caller.port_out(named(&request)?).await?.1.value, params)
}

/// Say that numbers are with the other carrier, and no longer the organization's, or wanted no longer
#[utoipa::path(post, path = "/port-outs/{request}/status", tag = "port-outs", params(("request" = uuid::Uuid, Path)),
    request_body = PortOutReport, responses((status = 200, body = QueuedPortOut), Refusals, WriteRefusals))]
pub async fn report(
    caller: OperatorCaller,
    Path(request): Path<String>,
    Body(wanted): Body<PortOutReport>,
) -> Result<Versioned<QueuedPortOut>, Problem> {
    let numbers = read(&wanted.numbers)?;
    let asked = caller.report_port_out(named(&request)?, &numbers, wanted.state.into()).await?;
    Ok(Versioned { version: asked.1.version, value: QueuedPortOut::of(&asked) })
}
