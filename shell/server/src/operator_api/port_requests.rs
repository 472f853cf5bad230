//! Numbers that organizations want the operator to bring from other carriers.

use axum::Json;
use axum::extract::Path;
use axum::response::Response;
use phone::numbers::port::PortState as PhoneState;
use store::OrdersOf;

use crate::admin::Refused;
use crate::admin::operator_access::OperatorCaller;
use crate::api::body::{Body, Params, Versioned};
use crate::api::list::{List, PageParams};
use crate::api::port_orders::documents::{document_named, file};
use crate::api::port_orders::queue::{AccountPin, PortReport, QueueParams, QueuedPortOrder, QueuedPortOrderSummary};
use crate::api::port_orders::shape::PortNumber;
use crate::api::port_orders::{NEWEST_FIRST, PortNumberParams, named, numbers_of};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// List the orders that you are to carry out, the newest first, without their numbers
#[utoipa::path(get, path = "/port-requests", tag = "port-requests", params(QueueParams),
    responses((status = 200, body = List<QueuedPortOrderSummary>), Refusals))]
pub async fn list(
    caller: OperatorCaller,
    Params(params): Params<QueueParams>,
) -> Result<Json<List<QueuedPortOrderSummary>>, Problem> {
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(NEWEST_FIRST, true)?;
    let (of, state) = (OrdersOf::Operator(caller.operator.id), params.state.map(PhoneState::from));
    let page = caller.store().port_orders(of, state, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|queued| QueuedPortOrderSummary::of(&queued)), NEWEST_FIRST))
}

/// Show an order that you are to carry out, with its numbers
#[utoipa::path(get, path = "/port-requests/{request}", tag = "port-requests", params(("request" = uuid::Uuid, Path)),
    responses((status = 200, body = QueuedPortOrder), Refusals))]
pub async fn show(caller: OperatorCaller, Path(request): Path<String>) -> Result<Versioned<QueuedPortOrder>, Problem> {
    QueuedPortOrder::versioned(&caller.port_request(named(&request)?).await?, caller.store()).await
}

/// List the numbers of an order, each with how far it is
#[utoipa::path(get, path = "/port-requests/{request}/numbers", tag = "port-requests",
    params(("request" = uuid::Uuid, Path), PortNumberParams),
    responses((status = 200, body = List<PortNumber>), Refusals))]
pub async fn numbers(
    caller: OperatorCaller,
    Path(request): Path<String>,
    Params(params): Params<PortNumberParams>,
) -> Result<Json<List<PortNumber>>, Problem> {
    numbers_of(&caller.port_request(named(&request)?).await?.1.value, params)
}

/// Show the PIN of the account at the losing carrier
#[utoipa::path(get, path = "/port-requests/{request}/account-pin", tag = "port-requests",
    params(("request" = uuid::Uuid, Path)), responses((status = 200, body = AccountPin), Refusals))]
pub async fn account_pin(caller: OperatorCaller, Path(request): Path<String>) -> Result<Json<AccountPin>, Problem> {
    Ok(Json(AccountPin { account_pin: caller.port_request_pin(named(&request)?).await? }))
}

/// Fetch a file of an order
#[utoipa::path(get, path = "/port-requests/{request}/documents/{document}", tag = "port-requests",
    params(("request" = uuid::Uuid, Path), ("document" = uuid::Uuid, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), Refusals))]
pub async fn document(
    caller: OperatorCaller,
    Path((request, document)): Path<(String, String)>,
) -> Result<Response, Problem> {
    Ok(file(caller.port_request_document(named(&request)?, document_named(&document)?).await?))
}

/// Say where numbers of an order are: those that have come are the organization's in the same moment, and yours
#[utoipa::path(post, path = "/port-requests/{request}/status", tag = "port-requests",
    params(("request" = uuid::Uuid, Path)), request_body = PortReport,
    responses((status = 200, body = QueuedPortOrder), Refusals, WriteRefusals))]
pub async fn report(
    caller: OperatorCaller,
    Path(request): Path<String>,
    Body(wanted): Body<PortReport>,
) -> Result<Versioned<QueuedPortOrder>, Problem> {
    let (numbers, report) = wanted.read()?;
    let queued = caller.report_port(named(&request)?, &numbers, &report).await?;
    QueuedPortOrder::versioned(&queued, caller.store()).await
}
