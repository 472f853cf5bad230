//! Numbers that organizations ask the operator for.

use axum::Json;
use axum::extract::Path;
use axum::http::HeaderMap;
use phone::numbers::operator::request::RequestState as PhoneState;
use serde::{Deserialize, Serialize};
use store::RequestsOf;
use utoipa::ToSchema;
use uuid::Uuid;

use super::numbers::{Upload, upload_line};
use crate::admin::Refused;
use crate::admin::number_requests::Asking;
use crate::admin::operator_access::OperatorCaller;
use crate::api::body::{Body, Params, Versioned, request_key};
use crate::api::list::{List, PageParams};
use crate::api::number_requests::shape::{NumberRequest, Quote};
use crate::api::number_requests::{NEWEST_FIRST, NumberRequestParams, named};
use crate::api::orders::{Order, shown_with_errors};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// A request with the organization that asks.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AskedNumbers {
    pub tenant: Uuid,
    #[serde(flatten)]
    pub request: NumberRequest,
}

/// A request after numbers were given for it, with the order that gave them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Fulfilment {
    pub request: AskedNumbers,
    pub order: Order,
}

/// Why there are no numbers, or no more.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "no numbers are left in this area" }))]
pub struct RequestRejection {
    pub reason: String,
}

/// List what organizations ask you for, the newest first
#[utoipa::path(get, path = "/number-requests", tag = "number-requests", params(NumberRequestParams),
    responses((status = 200, body = List<AskedNumbers>), Refusals))]
pub async fn list(
    caller: OperatorCaller,
    Params(params): Params<NumberRequestParams>,
) -> Result<Json<List<AskedNumbers>>, Problem> {
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(NEWEST_FIRST, true)?;
    let (of, state) = (RequestsOf::Operator(caller.operator.id), params.state.map(PhoneState::from));
    let page = caller.store().number_requests(of, state, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|asking| AskedNumbers::of(&asking)), NEWEST_FIRST))
}

/// Show what an organization asks you for
#[utoipa::path(get, path = "/number-requests/{request}", tag = "number-requests",
    params(("request" = Uuid, Path)), responses((status = 200, body = AskedNumbers), Refusals))]
pub async fn show(caller: OperatorCaller, Path(request): Path<String>) -> Result<Versioned<AskedNumbers>, Problem> {
    Ok(versioned(&caller.number_request(named(&request)?).await?))
}

/// Say what numbers would cost, or say it anew
#[utoipa::path(post, path = "/number-requests/{request}/quote", tag = "number-requests",
    params(("request" = Uuid, Path)), request_body = Quote,
    responses((status = 200, body = AskedNumbers), Refusals, WriteRefusals))]
pub async fn quote(
    caller: OperatorCaller,
    Path(request): Path<String>,
    Body(wanted): Body<Quote>,
) -> Result<Versioned<AskedNumbers>, Problem> {
    Ok(versioned(&caller.quote_numbers(named(&request)?, wanted.into()).await?))
}

/// Give numbers for a request, all or some of them, at once. What costs nothing needs no quote
#[utoipa::path(post, path = "/number-requests/{request}/fulfil", tag = "number-requests",
    params(("request" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = Upload,
    responses((status = 200, body = Fulfilment), Refusals, WriteRefusals))]
pub async fn fulfil(
    caller: OperatorCaller,
    Path(request): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<Upload>,
) -> Result<Json<Fulfilment>, Problem> {
    let id = named(&request)?;
    let what = serde_json::to_vec(&wanted.items).unwrap_or_default();
    let key = request_key(&headers, &["fulfil", &id.to_string()], &what)?;
    let lines = wanted.items.into_iter().map(upload_line).collect();
    let (asking, order) = caller.fulfil_request(id, lines, key).await?;
    let order = shown_with_errors(caller.store(), order).await?;
    Ok(Json(Fulfilment { request: AskedNumbers::of(&asking), order }))
}

/// Give no numbers, or no more
#[utoipa::path(post, path = "/number-requests/{request}/reject", tag = "number-requests",
    params(("request" = Uuid, Path)), request_body = RequestRejection,
    responses((status = 200, body = AskedNumbers), Refusals, WriteRefusals))]
pub async fn reject(
    caller: OperatorCaller,
    Path(request): Path<String>,
    Body(wanted): Body<RequestRejection>,
) -> Result<Versioned<AskedNumbers>, Problem> {
    Ok(versioned(&caller.reject_number_request(named(&request)?, &wanted.reason).await?))
}

impl AskedNumbers {
    fn of((tenant, request): &Asking) -> Self {
        Self { tenant: tenant.0, request: NumberRequest::of(request) }
    }
}

fn versioned(asking: &Asking) -> Versioned<AskedNumbers> {
    Versioned { value: AskedNumbers::of(asking), version: asking.1.version }
}
