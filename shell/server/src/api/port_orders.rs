//! Numbers that come from other carriers.

pub mod documents;
pub mod queue;
pub mod shape;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::id::PortOrderId;
use phone::numbers::port::PortOrder as PhoneOrder;
use phone::numbers::upload::read;
use phone::numbers::{Assignee as PhoneAssignee, E164};
use serde::Deserialize;
use store::{OrdersOf, PortStep as StoreStep, Stored};
use utoipa::IntoParams;
use uuid::Uuid;

use self::shape::{
    NewPortOrder, PortFault, PortNumber, PortOrder, PortOrderSummary, PortSignature, PortState, PortStep, PortWish,
};
use super::body::{Body, Created, Params, Versioned, id, if_match};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::port_orders::Wishes;
use crate::admin::{Access, Caller, Permission, Refused};
use crate::secret::Secret;

pub const NEWEST_FIRST: &str = "-created_at";
pub const BY_NUMBER: &str = "number";

/// Of which number.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TimelineParams {
    /// Only what happened to this number.
    pub number: Option<String>,
}

/// Which numbers.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PortNumberParams {
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    #[param(inline)]
    pub state: Option<PortState>,
}

/// List orders to other carriers, the newest first, without their numbers
#[utoipa::path(get, path = "/tenants/{tenant}/port-orders", tag = "port-orders",
    params(("tenant" = String, Path), PageParams),
    responses((status = 200, body = List<PortOrderSummary>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<PortOrderSummary>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(NEWEST_FIRST, true)?;
    let page =
        access.store().port_orders(OrdersOf::Tenant(access.tenant()), None, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|(_, order)| PortOrderSummary::of(&order)), NEWEST_FIRST))
}

/// Show an order to another carrier, with what keeps it from being handed in
#[utoipa::path(get, path = "/tenants/{tenant}/port-orders/{order}", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path)), responses((status = 200, body = PortOrder), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
) -> Result<Versioned<PortOrder>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let found = access.port_order(named(&order)?).await?;
    shown(&access, &found).await
}

/// Make an order to another carrier, as a draft
#[utoipa::path(post, path = "/tenants/{tenant}/port-orders", tag = "port-orders", params(("tenant" = String, Path)),
    request_body = NewPortOrder, responses((status = 201, body = PortOrder), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewPortOrder>,
) -> Result<Created<PortOrder>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let (details, numbers) = (wanted.details.read()?, wishes(&wanted.numbers)?);
    let order = PhoneOrder::new(PortOrderId(Uuid::now_v7()), details, numbers);
    access.create_port_order(&order, wanted.account_pin.as_ref().map(Secret::expose)).await?;
    let found = access.port_order(order.id).await?;
    let location = format!("/tenants/{}/port-orders/{}", access.tenant(), order.id);
    let Versioned { value, version } = shown(&access, &found).await?;
    Ok(Created { value, version, location })
}

/// Replace an order that waits for the organization; numbers that are on their way stay in it
#[utoipa::path(put, path = "/tenants/{tenant}/port-orders/{order}", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = NewPortOrder, responses((status = 200, body = PortOrder), Refusals, WriteRefusals))]
pub async fn replace(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<NewPortOrder>,
) -> Result<Versioned<PortOrder>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let (details, numbers) = (wanted.details.read()?, wishes(&wanted.numbers)?);
    let pin = wanted.account_pin.as_ref().map(Secret::expose);
    let changed = access.change_port_order(named(&order)?, if_match(&headers)?, details, numbers, pin).await?;
    shown(&access, &changed).await
}

/// Delete an order that nobody works on
#[utoipa::path(delete, path = "/tenants/{tenant}/port-orders/{order}", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.delete_port_order(named(&order)?, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign the letter of authorization
#[utoipa::path(post, path = "/tenants/{tenant}/port-orders/{order}/sign", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path)), request_body = PortSignature,
    responses((status = 200, body = PortOrder), Refusals, WriteRefusals))]
pub async fn sign(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    Body(wanted): Body<PortSignature>,
) -> Result<Versioned<PortOrder>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let signed = access.sign_port_order(named(&order)?, &wanted.signed_by).await?;
    shown(&access, &signed).await
}

/// Hand an order in, or a supplement to it: numbers that stand still set out
#[utoipa::path(post, path = "/tenants/{tenant}/port-orders/{order}/submit", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = PortOrder), Refusals, WriteRefusals))]
pub async fn submit(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Versioned<PortOrder>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let submitted = access.submit_port_order(named(&order)?, if_match(&headers)?).await?;
    shown(&access, &submitted).await
}

/// Give an order up; what has come stays
#[utoipa::path(post, path = "/tenants/{tenant}/port-orders/{order}/cancel", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = PortOrder), Refusals, WriteRefusals))]
pub async fn cancel(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Versioned<PortOrder>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let cancelled = access.cancel_port_order(named(&order)?, if_match(&headers)?).await?;
    shown(&access, &cancelled).await
}

/// List what happened to an order and its numbers, the oldest first
#[utoipa::path(get, path = "/tenants/{tenant}/port-orders/{order}/timeline", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), TimelineParams),
    responses((status = 200, body = List<PortStep>), Refusals))]
pub async fn timeline(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    Params(params): Params<TimelineParams>,
) -> Result<Json<List<PortStep>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    steps_of(access.port_steps(named(&order)?).await?, &params)
}

/// List the numbers of an order, each with how far it is
#[utoipa::path(get, path = "/tenants/{tenant}/port-orders/{order}/numbers", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), PortNumberParams),
    responses((status = 200, body = List<PortNumber>), Refusals))]
pub async fn numbers(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    Params(params): Params<PortNumberParams>,
) -> Result<Json<List<PortNumber>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    numbers_of(&access.port_order(named(&order)?).await?.value, params)
}

/// A page of the numbers of an order.
pub fn numbers_of(order: &PhoneOrder, params: PortNumberParams) -> Result<Json<List<PortNumber>>, Problem> {
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(BY_NUMBER, false)?;
    let wanted = order.numbers.iter().filter(|(_, it)| params.state.is_none_or(|state| it.state == state.into()));
    let all = wanted.map(|number| (number.0.to_string(), PortNumber::from(number)));
    Ok(List::part(all, &paging, BY_NUMBER))
}

/// What happened, or what happened to one number.
pub fn steps_of(steps: Vec<StoreStep>, params: &TimelineParams) -> Result<Json<List<PortStep>>, Problem> {
    let wanted = params.number.as_deref().map(|text| number_in("number", text)).transpose()?;
    let is_of =
        |step: &StoreStep| wanted.is_none_or(|number| step.numbers.is_empty() || step.numbers.contains(&number));
    Ok(List::whole(steps.into_iter().filter(is_of).map(PortStep::from).collect()))
}

pub fn named(text: &str) -> Result<PortOrderId, Problem> {
    id(text, "port order").map(PortOrderId)
}

async fn shown(access: &Access, order: &Stored<PhoneOrder>) -> Result<Versioned<PortOrder>, Problem> {
    let faults = if order.value.rights().edit {
        access.port_faults(&order.value).await?.iter().map(PortFault::from).collect()
    } else {
        Vec::new()
    };
    let profiles = access.store().country_profiles().await.map_err(Refused::from)?;
    let value = PortOrder { faults: Some(faults), ..PortOrder::of(order, &profiles) };
    Ok(Versioned { value, version: order.version })
}

fn wishes(numbers: &[PortWish]) -> Result<Wishes, Refused> {
    let mut read = BTreeMap::new();
    for (index, wish) in numbers.iter().enumerate() {
        let field = format!("numbers[{index}].number");
        let number = number_in(&field, &wish.number)?;
        if read.insert(number, wish.assign_to.map(PhoneAssignee::from)).is_some() {
            return Err(Refused::field(field, "number.duplicate", format!("{number} is named twice")));
        }
    }
    Ok(read)
}

pub fn number_in(field: &str, text: &str) -> Result<E164, Refused> {
    read(text).map_err(|refusal| Refused::field(field, "number.invalid", refusal.to_string()))
}
