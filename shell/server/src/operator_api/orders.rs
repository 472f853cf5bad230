//! Orders that an operator made, and what became of each line.

use axum::Json;
use axum::extract::Path;
use axum::http::HeaderMap;
use phone::id::OrderId;
use phone::order::Order as PhoneOrder;
use store::Store;

use super::BASE;
use crate::admin::Refused;
use crate::admin::operator_access::OperatorCaller;
use crate::api::body::{Params, id, request_key};
use crate::api::list::{List, PageParams};
pub use crate::api::orders::Placed;
use crate::api::orders::{LineParams, Order, OrderLine, shown_with_errors};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

const LINES: &str = "line";

/// Show an order that you made, with the lines that failed
#[utoipa::path(get, path = "/orders/{order}", tag = "orders", params(("order" = uuid::Uuid, Path)),
    responses((status = 200, body = Order), Refusals))]
pub async fn show(caller: OperatorCaller, Path(order): Path<String>) -> Result<Json<Order>, Problem> {
    let (_, order) = caller.order(named(&order)?).await?;
    Ok(Json(shown_with_errors(caller.store(), order).await?))
}

/// List the lines of an order that you made, with what became of each
#[utoipa::path(get, path = "/orders/{order}/lines", tag = "orders", params(("order" = uuid::Uuid, Path), LineParams),
    responses((status = 200, body = List<OrderLine>), Refusals))]
pub async fn lines(
    caller: OperatorCaller,
    Path(order): Path<String>,
    Params(params): Params<LineParams>,
) -> Result<Json<List<OrderLine>>, Problem> {
    let (_, order) = caller.order(named(&order)?).await?;
    let state = params.state.map(store::LineState::from);
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(LINES, false)?;
    let page = caller.store().order_lines(order.id, state, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(OrderLine::from), LINES))
}

/// Try the lines of an order again that failed: an order of their own
#[utoipa::path(post, path = "/orders/{order}/retry", tag = "orders",
    params(("order" = uuid::Uuid, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 202, body = Order), Refusals, WriteRefusals))]
pub async fn retry(caller: OperatorCaller, Path(order): Path<String>, headers: HeaderMap) -> Result<Placed, Problem> {
    let order = named(&order)?;
    let key = request_key(&headers, &["retry", &order.to_string()], &[])?;
    let (_, again) = caller.retry_order(order, key).await?;
    placed(caller.store(), again).await
}

/// The answer to who made an order.
pub async fn placed(store: &Store, order: PhoneOrder) -> Result<Placed, Problem> {
    let location = format!("{BASE}/orders/{}", order.id);
    Ok(Placed { order: shown_with_errors(store, order).await?, location })
}

fn named(text: &str) -> Result<OrderId, Problem> {
    id(text, "order").map(OrderId)
}
