//! Orders of all organizations, for who runs the server and carries them out.

use axum::Json;
use axum::extract::Path;
use jiff::Timestamp;
use phone::numbers::E164;
use phone::numbers::port::{PortState as PhoneState, Report};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{NEWEST_FIRST, PortOrder, PortOrderSummary, PortState, named, number_in};
use crate::admin::{Caller, Refused};
use crate::api::body::{Body, Params, Versioned};
use crate::api::list::{List, PageParams};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// An order with the organization that it is of.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct QueuedPortOrder {
    pub tenant: Uuid,
    #[serde(flatten)]
    pub order: PortOrder,
}

/// An order in a list, with the organization that it is of.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct QueuedPortOrderSummary {
    pub tenant: Uuid,
    #[serde(flatten)]
    pub order: PortOrderSummary,
}

/// Which orders.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct QueueParams {
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    #[param(inline)]
    pub state: Option<PortState>,
}

/// Where numbers of an order are now.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "state": "transfer_approved", "transfer_at": "2030-01-31T15:00:00Z" }))]
pub struct PortReport {
    pub state: PortState,
    /// All that are not over, if none is named.
    #[serde(default)]
    pub numbers: Vec<String>,
    /// When the losing carrier lets them go; needed for `transfer_approved`.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub transfer_at: Option<Timestamp>,
    /// What the organization is to do; needed for `error`.
    pub reason: Option<String>,
}

/// The PIN of the account at the losing carrier.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AccountPin {
    pub account_pin: Option<String>,
}

/// List orders of all organizations, the newest first, without their numbers
#[utoipa::path(get, path = "/port-orders", tag = "port-orders", params(QueueParams),
    responses((status = 200, body = List<QueuedPortOrderSummary>), Refusals))]
pub async fn list(
    caller: Caller,
    Params(params): Params<QueueParams>,
) -> Result<Json<List<QueuedPortOrderSummary>>, Problem> {
    let admin = caller.begin_platform()?;
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(NEWEST_FIRST, true)?;
    let page =
        admin.store.port_orders(None, params.state.map(PhoneState::from), &paging).await.map_err(Refused::from)?;
    let queued =
        page.map(|(tenant, order)| QueuedPortOrderSummary { tenant: tenant.0, order: PortOrderSummary::of(&order) });
    Ok(List::of(queued, NEWEST_FIRST))
}

/// Show an order of any organization, with its numbers
#[utoipa::path(get, path = "/port-orders/{order}", tag = "port-orders", params(("order" = Uuid, Path)),
    responses((status = 200, body = QueuedPortOrder), Refusals))]
pub async fn show(caller: Caller, Path(order): Path<String>) -> Result<Versioned<QueuedPortOrder>, Problem> {
    caller.begin_platform()?;
    let (tenant, order) = caller.queued_port_order(named(&order)?).await?;
    let value = QueuedPortOrder { tenant: tenant.0, order: PortOrder::of(&order) };
    Ok(Versioned { value, version: order.version })
}

/// Say where numbers of an order are: those that have come are the organization's in the same moment
#[utoipa::path(post, path = "/port-orders/{order}/status", tag = "port-orders", params(("order" = Uuid, Path)),
    request_body = PortReport, responses((status = 200, body = QueuedPortOrder), Refusals, WriteRefusals))]
pub async fn report(
    caller: Caller,
    Path(order): Path<String>,
    Body(wanted): Body<PortReport>,
) -> Result<Versioned<QueuedPortOrder>, Problem> {
    caller.begin_platform()?;
    let numbers = wanted.numbers.iter().map(|text| number_in("numbers", text)).collect::<Result<Vec<E164>, _>>()?;
    let report = Report { state: wanted.state.into(), transfer_at: wanted.transfer_at, reason: wanted.reason };
    let (tenant, order) = caller.report_port(named(&order)?, &numbers, &report).await?;
    let value = QueuedPortOrder { tenant: tenant.0, order: PortOrder::of(&order) };
    Ok(Versioned { value, version: order.version })
}

/// Show the PIN of the account at the losing carrier
#[utoipa::path(get, path = "/port-orders/{order}/account-pin", tag = "port-orders", params(("order" = Uuid, Path)),
    responses((status = 200, body = AccountPin), Refusals))]
pub async fn account_pin(caller: Caller, Path(order): Path<String>) -> Result<Json<AccountPin>, Problem> {
    caller.begin_platform()?;
    Ok(Json(AccountPin { account_pin: caller.port_account_pin(named(&order)?).await? }))
}
