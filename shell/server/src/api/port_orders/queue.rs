//! Orders of all organizations, for who runs the server and carries them out.

use axum::Json;
use axum::extract::Path;
use jiff::Timestamp;
use phone::id::CallingProfileId;
use phone::numbers::E164;
use phone::numbers::port::{PortState as PhoneState, Report};
use serde::{Deserialize, Serialize};
use store::{OrdersOf, Store};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{NEWEST_FIRST, PortOrder, PortOrderSummary, PortState, named, number_in};
use crate::admin::port_orders::Queued;
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
    /// What numbers that an operator brings have in common; needed for `completed` of those.
    pub calling_profile: Option<Uuid>,
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
    let page = admin
        .store
        .port_orders(OrdersOf::All, params.state.map(PhoneState::from), &paging)
        .await
        .map_err(Refused::from)?;
    Ok(List::of(page.map(|queued| QueuedPortOrderSummary::of(&queued)), NEWEST_FIRST))
}

/// Show an order of any organization, with its numbers
#[utoipa::path(get, path = "/port-orders/{order}", tag = "port-orders", params(("order" = Uuid, Path)),
    responses((status = 200, body = QueuedPortOrder), Refusals))]
pub async fn show(caller: Caller, Path(order): Path<String>) -> Result<Versioned<QueuedPortOrder>, Problem> {
    caller.begin_platform()?;
    let queued = caller.queued_port_order(named(&order)?).await?;
    QueuedPortOrder::versioned(&queued, caller.store()).await
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
    let (numbers, report) = wanted.read()?;
    let queued = caller.report_port(named(&order)?, &numbers, &report).await?;
    QueuedPortOrder::versioned(&queued, caller.store()).await
}

/// Show the PIN of the account at the losing carrier
#[utoipa::path(get, path = "/port-orders/{order}/account-pin", tag = "port-orders", params(("order" = Uuid, Path)),
    responses((status = 200, body = AccountPin), Refusals))]
pub async fn account_pin(caller: Caller, Path(order): Path<String>) -> Result<Json<AccountPin>, Problem> {
    caller.begin_platform()?;
    Ok(Json(AccountPin { account_pin: caller.port_account_pin(named(&order)?).await? }))
}

impl PortReport {
    pub fn read(self) -> Result<(Vec<E164>, Report), Refused> {
        let numbers = self.numbers.iter().map(|text| number_in("numbers", text)).collect::<Result<Vec<E164>, _>>()?;
        let report = Report {
            state: self.state.into(),
            transfer_at: self.transfer_at,
            reason: self.reason,
            profile: self.calling_profile.map(CallingProfileId),
        };
        Ok((numbers, report))
    }
}

impl QueuedPortOrder {
    pub async fn versioned((tenant, order): &Queued, store: &Store) -> Result<Versioned<Self>, Problem> {
        let profiles = store.country_profiles().await.map_err(Refused::from)?;
        let value = Self { tenant: tenant.0, order: PortOrder::of(order, &profiles) };
        Ok(Versioned { value, version: order.version })
    }
}

impl QueuedPortOrderSummary {
    pub fn of((tenant, order): &Queued) -> Self {
        Self { tenant: tenant.0, order: PortOrderSummary::of(order) }
    }
}
