//! Orders: work on many lines, and what became of each.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use phone::id::OrderId;
use phone::order::{LineFault, Order as PhoneOrder, OrderKind as PhoneKind, OrderState as PhoneState, Outcome};
use serde::{Deserialize, Serialize};
use store::{LineState as StoreLineState, OrderLine as StoreLine, Paging, Store};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::BASE;
use super::body::{Params, id, request_key};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Access, Caller, Permission, Refused};

/// Errors that an order shows; its lines have all of them.
const ERRORS_MAX: u64 = 1_000;
const NEWEST_FIRST: &str = "-created_at";
const LINES: &str = "line";

/// Work on many lines.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Order {
    pub id: Uuid,
    pub kind: OrderKind,
    pub state: OrderState,
    /// Whether it only says what would be done.
    pub dry_run: bool,
    pub created_by: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
    /// How many lines it has. Those that are neither done nor failed wait.
    pub total: u32,
    pub done: u32,
    pub failed: u32,
    /// The order that this one takes back.
    pub undoes: Option<Uuid>,
    /// The order that took this one back.
    pub undone_by: Option<Uuid>,
    /// The first 1,000 lines that failed; only where one order is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<LineError>>,
}

/// What an order is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    LicenseImport,
    NumberImport,
    NumberImportUndo,
    NumberOrder,
    NumberRelease,
    NumberTag,
    NumberUnassign,
    OperatorFulfil,
    OperatorRelease,
    OperatorUnassign,
    OperatorUpdate,
    OperatorUpload,
    UserImport,
}

/// How far an order is. It ends in one of the last three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    Queued,
    Running,
    Succeeded,
    Failed,
    PartlyFailed,
}

/// Why a line was not carried out.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LineError {
    /// In a file, where the row begins.
    pub line: u32,
    pub column: Option<String>,
    pub code: String,
    pub message: String,
    pub fix: String,
}

/// A line of an order.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OrderLine {
    pub line: u32,
    pub state: LineState,
    /// What it wants; null if that can't be read.
    #[schema(value_type = Option<Object>)]
    pub wish: Option<serde_json::Value>,
    /// What it changed; null if nothing.
    #[schema(value_type = Option<Object>)]
    pub result: Option<serde_json::Value>,
    pub error: Option<LineError>,
}

/// How far a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    Done,
    Failed,
    Waiting,
}

/// Which lines.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LineParams {
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    #[param(inline)]
    pub state: Option<LineState>,
}

/// List orders, the newest first
#[utoipa::path(get, path = "/tenants/{tenant}/orders", tag = "orders", params(("tenant" = String, Path), PageParams),
    responses((status = 200, body = List<Order>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<Order>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    list_of(&access, &PhoneKind::ALL, &page).await
}

/// List orders about numbers, the newest first
#[utoipa::path(get, path = "/tenants/{tenant}/number-orders", tag = "orders",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<Order>), Refusals))]
pub async fn list_of_numbers(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<Order>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let kinds: Vec<_> = PhoneKind::ALL.into_iter().filter(|kind| kind.is_about_numbers()).collect();
    list_of(&access, &kinds, &page).await
}

/// Show an order with the lines that failed
#[utoipa::path(get, path = "/tenants/{tenant}/orders/{order}", tag = "orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path)), responses((status = 200, body = Order), Refusals))]
pub async fn show(caller: Caller, Path((tenant, order)): Path<(String, String)>) -> Result<Json<Order>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let order = access.order(named(&order)?).await?;
    Ok(Json(with_errors(&access, order).await?))
}

/// Show an order about numbers with the lines that failed
#[utoipa::path(get, path = "/tenants/{tenant}/number-orders/{order}", tag = "orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path)), responses((status = 200, body = Order), Refusals))]
pub async fn show_of_numbers(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
) -> Result<Json<Order>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let order = access.order(named(&order)?).await?;
    if !order.kind.is_about_numbers() {
        return Err(Refused::NotFound { what: "order" }.into());
    }
    Ok(Json(with_errors(&access, order).await?))
}

/// List the lines of an order with what became of each
#[utoipa::path(get, path = "/tenants/{tenant}/orders/{order}/lines", tag = "orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), LineParams),
    responses((status = 200, body = List<OrderLine>), Refusals))]
pub async fn lines(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    Params(params): Params<LineParams>,
) -> Result<Json<List<OrderLine>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let order = access.order(named(&order)?).await?;
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(LINES, false)?;
    let state = params.state.map(StoreLineState::from);
    let page = access.store().order_lines(order.id, state, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(OrderLine::from), LINES))
}

/// Take back what an order did, where nobody changed it since
#[utoipa::path(post, path = "/tenants/{tenant}/orders/{order}/undo", tag = "orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 202, body = Order), Refusals, WriteRefusals))]
pub async fn undo(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Placed, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let order = named(&order)?;
    let key = request_key(&headers, &["undo", &order.to_string()], &[])?;
    placed(&access, access.undo_order(order, key).await?).await
}

/// Try the lines of an order again that failed: an order of their own
#[utoipa::path(post, path = "/tenants/{tenant}/orders/{order}/retry", tag = "orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Order, description = "It is finished already"), (status = 202, body = Order),
        Refusals, WriteRefusals))]
pub async fn retry(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Placed, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let order = named(&order)?;
    let key = request_key(&headers, &["retry", &order.to_string()], &[])?;
    placed(&access, access.retry_order(order, key).await?).await
}

/// An order that was taken: 202, or 200 if it is finished already.
pub struct Placed {
    pub order: Order,
    pub location: String,
}

/// The answer to who made an order.
pub async fn placed(access: &Access, order: PhoneOrder) -> Result<Placed, Problem> {
    let location = format!("{BASE}/tenants/{}/orders/{}", access.tenant(), order.id);
    Ok(Placed { order: with_errors(access, order).await?, location })
}

impl IntoResponse for Placed {
    fn into_response(self) -> Response {
        let status = if self.order.finished_at.is_some() { StatusCode::OK } else { StatusCode::ACCEPTED };
        let mut response = (status, Json(self.order)).into_response();
        if let Ok(location) = HeaderValue::try_from(self.location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

async fn list_of(access: &Access, kinds: &[PhoneKind], page: &PageParams) -> Result<Json<List<Order>>, Problem> {
    let paging = page.paging(NEWEST_FIRST, true)?;
    let page = access.store().orders(access.tenant(), kinds, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(Order::from), NEWEST_FIRST))
}

async fn with_errors(access: &Access, order: PhoneOrder) -> Result<Order, Problem> {
    shown_with_errors(access.store(), order).await
}

/// An order with the lines that failed.
pub async fn shown_with_errors(store: &Store, order: PhoneOrder) -> Result<Order, Problem> {
    let paging = Paging { limit: ERRORS_MAX, after: None, descending: false };
    let failed = store.order_lines(order.id, Some(StoreLineState::Failed), &paging);
    let failed = failed.await.map_err(Refused::from)?.items;
    let errors = failed.into_iter().filter_map(|line| OrderLine::from(line).error).collect();
    Ok(Order { errors: Some(errors), ..order.into() })
}

fn named(text: &str) -> Result<OrderId, Problem> {
    id(text, "order").map(OrderId)
}

impl From<PhoneOrder> for Order {
    fn from(order: PhoneOrder) -> Self {
        Self {
            id: order.id.0,
            kind: order.kind.into(),
            state: order.state.into(),
            dry_run: order.dry_run,
            created_by: order.created_by,
            created_at: order.created_at,
            finished_at: order.finished_at,
            total: order.n_total,
            done: order.n_done,
            failed: order.n_failed,
            undoes: order.undoes.map(|id| id.0),
            undone_by: order.undone_by.map(|id| id.0),
            errors: None,
        }
    }
}

impl From<StoreLine> for OrderLine {
    fn from(line: StoreLine) -> Self {
        let number = line.line;
        let state = line.state().into();
        let (result, error) = match line.outcome {
            Some(Outcome::Done(result)) => (result, None),
            Some(Outcome::Failed(LineFault { column, code, message, fix })) => {
                (None, Some(LineError { line: number, column, code, message, fix }))
            }
            None => (None, None),
        };
        Self { line: number, state, wish: line.wish, result, error }
    }
}

impl From<PhoneKind> for OrderKind {
    fn from(kind: PhoneKind) -> Self {
        match kind {
            PhoneKind::LicenseImport => Self::LicenseImport,
            PhoneKind::NumberImport => Self::NumberImport,
            PhoneKind::NumberImportUndo => Self::NumberImportUndo,
            PhoneKind::NumberOrder => Self::NumberOrder,
            PhoneKind::NumberRelease => Self::NumberRelease,
            PhoneKind::NumberTag => Self::NumberTag,
            PhoneKind::NumberUnassign => Self::NumberUnassign,
            PhoneKind::OperatorFulfil => Self::OperatorFulfil,
            PhoneKind::OperatorRelease => Self::OperatorRelease,
            PhoneKind::OperatorUnassign => Self::OperatorUnassign,
            PhoneKind::OperatorUpdate => Self::OperatorUpdate,
            PhoneKind::OperatorUpload => Self::OperatorUpload,
            PhoneKind::UserImport => Self::UserImport,
        }
    }
}

impl From<PhoneState> for OrderState {
    fn from(state: PhoneState) -> Self {
        match state {
            PhoneState::Queued => Self::Queued,
            PhoneState::Running => Self::Running,
            PhoneState::Succeeded => Self::Succeeded,
            PhoneState::Failed => Self::Failed,
            PhoneState::PartlyFailed => Self::PartlyFailed,
        }
    }
}

impl From<StoreLineState> for LineState {
    fn from(state: StoreLineState) -> Self {
        match state {
            StoreLineState::Done => Self::Done,
            StoreLineState::Failed => Self::Failed,
            StoreLineState::Waiting => Self::Waiting,
        }
    }
}

impl From<LineState> for StoreLineState {
    fn from(state: LineState) -> Self {
        match state {
            LineState::Done => Self::Done,
            LineState::Failed => Self::Failed,
            LineState::Waiting => Self::Waiting,
        }
    }
}
