//! Numbers from the stock: found, kept for some minutes, ordered; and how many there may be.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use phone::id::ReservationId;
use phone::numbers::NumberKind as PhoneKind;
use phone::numbers::pattern::Pattern;
use phone::numbers::quota::Quota;
use phone::numbers::stock::{Item, Reservation as PhoneReservation};
use phone::numbers::upload::{Item as Written, expand};
use serde::{Deserialize, Serialize};
use store::StockQuery;
use utoipa::ToSchema;
use uuid::Uuid;

use super::NumberKind;
use crate::admin::stock::{Shortfall, Wanted};
use crate::admin::{Caller, Permission, Refused};
use crate::api::body::{Body, Created, id, request_key};
use crate::api::list::List;
use crate::api::orders::{Order, Placed, placed};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

const OFFERS_DEFAULT: u64 = 10;
const OFFERS_MAX: u64 = 100;

/// What is looked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "country": "US", "kind": "user", "area": "206", "pattern": "*01??" }))]
pub struct NumberSearch {
    /// ISO 3166 alpha-2.
    pub country: String,
    pub kind: NumberKind,
    /// First digits after the country's calling code.
    pub area: Option<String>,
    /// Digits or letters to be found anywhere, such as `FLOWERS`; with `?` for one digit and `*` for any of them it stands
    /// for the whole number without the calling code.
    pub pattern: Option<String>,
    #[schema(minimum = 1, maximum = 100, default = 10)]
    pub limit: Option<u64>,
}

/// A number that is free now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NumberOffer {
    pub number: String,
    pub kind: NumberKind,
    pub country: String,
    pub city: Option<String>,
    pub region: Option<String>,
    #[serde(default)]
    pub sms: bool,
}

/// Numbers to be kept for a while, all of them or none.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "numbers": ["+12065550100"] }))]
pub struct NewReservation {
    /// At most 100.
    pub numbers: Vec<String>,
}

/// Numbers that are kept for one organization.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Reservation {
    pub id: Uuid,
    pub numbers: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Whether it was extended, which can be done once.
    pub extended: bool,
}

/// Numbers to be taken from the stock: those of a reservation, or such as are free.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "numbers": ["+12065550100"] }))]
pub struct NewNumberOrder {
    pub reservation: Option<Uuid>,
    #[serde(default)]
    pub numbers: Vec<String>,
    /// Take the rest where some are not free any more; otherwise nothing is ordered then.
    #[serde(default)]
    pub partial: bool,
}

/// How many numbers of the platform's an organization may hold.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NumberQuota {
    pub kind: NumberKind,
    /// Null is unlimited.
    pub limit: Option<u32>,
    /// Held or reserved.
    pub used: u32,
    /// Null is any number.
    pub left: Option<u32>,
    /// Where the limit comes from.
    pub formula: String,
}

/// A quota to be set.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "limit": 50 }))]
pub struct NewNumberQuota {
    /// 0 is unlimited; null is what the formula says.
    pub limit: Option<u32>,
}

/// Find numbers in the stock
#[utoipa::path(post, path = "/tenants/{tenant}/numbers/search", tag = "numbers", params(("tenant" = String, Path)),
    request_body = NumberSearch, responses((status = 200, body = List<NumberOffer>), Refusals, WriteRefusals))]
pub async fn search(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NumberSearch>,
) -> Result<Json<List<NumberOffer>>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let limit = wanted.limit.unwrap_or(OFFERS_DEFAULT);
    if !(1..=OFFERS_MAX).contains(&limit) {
        return Err(Refused::field("limit", "limit_out_of_range", format!("limit is 1 to {OFFERS_MAX}")).into());
    }
    if wanted.area.as_ref().is_some_and(|area| !area.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(Refused::field("area", "number.area_malformed", "an area is digits alone").into());
    }
    let pattern = wanted.pattern.as_deref().map(Pattern::parse).transpose();
    let pattern = pattern.map_err(|refusal| Refused::by_rule(&refusal))?;
    let query = StockQuery { country: wanted.country, kind: wanted.kind.into(), area: wanted.area, pattern, limit };
    let found = access.search_numbers(&query).await?;
    let offer = |(item, block): (Item, phone::numbers::stock::Block)| NumberOffer {
        number: item.number.to_string(),
        kind: item.kind.into(),
        country: block.country,
        city: block.city,
        region: block.region,
        sms: block.sms,
    };
    Ok(List::whole(found.into_iter().map(offer).collect()))
}

/// Keep numbers of the stock for 15 minutes
#[utoipa::path(post, path = "/tenants/{tenant}/number-reservations", tag = "numbers",
    params(("tenant" = String, Path)), request_body = NewReservation,
    responses((status = 201, body = Reservation), Refusals, WriteRefusals))]
pub async fn reserve(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewReservation>,
) -> Result<Created<Reservation>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let (reservation, items) = access.reserve_numbers(&read(wanted.numbers)?).await?;
    let location = format!("/tenants/{}/number-reservations/{}", access.tenant(), reservation.id);
    Ok(Created { value: shown(reservation, &items), version: 1, location })
}

/// Show a reservation
#[utoipa::path(get, path = "/tenants/{tenant}/number-reservations/{reservation}", tag = "numbers",
    params(("tenant" = String, Path), ("reservation" = Uuid, Path)),
    responses((status = 200, body = Reservation), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, reservation)): Path<(String, String)>,
) -> Result<Json<Reservation>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let (reservation, items) = access.reservation(named(&reservation)?).await?;
    Ok(Json(shown(reservation, &items)))
}

/// Keep a reservation 15 minutes from now, once
#[utoipa::path(post, path = "/tenants/{tenant}/number-reservations/{reservation}/extend", tag = "numbers",
    params(("tenant" = String, Path), ("reservation" = Uuid, Path)),
    responses((status = 200, body = Reservation), Refusals, WriteRefusals))]
pub async fn extend(
    caller: Caller,
    Path((tenant, reservation)): Path<(String, String)>,
) -> Result<Json<Reservation>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let (reservation, items) = access.extend_reservation(named(&reservation)?).await?;
    Ok(Json(shown(reservation, &items)))
}

/// Let the numbers of a reservation go
#[utoipa::path(delete, path = "/tenants/{tenant}/number-reservations/{reservation}", tag = "numbers",
    params(("tenant" = String, Path), ("reservation" = Uuid, Path)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn end(caller: Caller, Path((tenant, reservation)): Path<(String, String)>) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.end_reservation(named(&reservation)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take numbers from the stock
#[utoipa::path(post, path = "/tenants/{tenant}/number-orders", tag = "orders",
    params(("tenant" = String, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = NewNumberOrder,
    responses((status = 200, body = Order), (status = 202, body = Order), Refusals, WriteRefusals))]
pub async fn order(
    caller: Caller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<NewNumberOrder>,
) -> Result<Placed, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let what = format!("{:?} {:?} {}", wanted.reservation, wanted.numbers, wanted.partial);
    let key = request_key(&headers, &["number-orders", &what], &[])?;
    let shortfall = if wanted.partial { Shortfall::TakeTheRest } else { Shortfall::Refuse };
    let wanted = match (wanted.reservation, wanted.numbers.is_empty()) {
        (Some(id), true) => Wanted::Reservation(ReservationId(id)),
        (None, false) => Wanted::Numbers(read(wanted.numbers)?),
        (Some(_), false) | (None, true) => {
            let words = "name a reservation or numbers, one of the two";
            return Err(Refused::field("numbers", "number.reservation_or_numbers", words).into());
        }
    };
    placed(&access, access.order_numbers(wanted, shortfall, key).await?).await
}

/// List how many numbers of the platform's the organization may hold, and why
#[utoipa::path(get, path = "/tenants/{tenant}/number-quotas", tag = "numbers", params(("tenant" = String, Path)),
    responses((status = 200, body = List<NumberQuota>), Refusals))]
pub async fn quotas(caller: Caller, Path(tenant): Path<String>) -> Result<Json<List<NumberQuota>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(List::whole(access.number_quotas().await?.into_iter().map(NumberQuota::from).collect()))
}

/// Set how many numbers of the platform's an organization may hold: for who runs the server
#[utoipa::path(put, path = "/tenants/{tenant}/number-quotas/{kind}", tag = "numbers",
    params(("tenant" = String, Path), ("kind" = String, Path, description = "A kind of number")),
    request_body = NewNumberQuota, responses((status = 200, body = NumberQuota), Refusals, WriteRefusals))]
pub async fn set_quota(
    caller: Caller,
    Path((tenant, kind)): Path<(String, String)>,
    Body(wanted): Body<NewNumberQuota>,
) -> Result<Json<NumberQuota>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    caller.begin_platform()?;
    let kind = PhoneKind::ALL.into_iter().find(|known| known.as_str() == kind);
    let kind = kind.ok_or(Refused::NotFound { what: "kind of number" })?;
    Ok(Json(access.set_number_quota(kind, wanted.limit).await?.into()))
}

fn read(numbers: Vec<String>) -> Result<BTreeSet<phone::numbers::E164>, Refused> {
    let items: Vec<Written> = numbers.into_iter().map(Written::One).collect();
    expand(&items).map_err(|refused| match refused.first() {
        Some((_, refusal)) => Refused::by_rule(refusal),
        None => Refused::NotFound { what: "number" },
    })
}

fn named(text: &str) -> Result<ReservationId, Problem> {
    id(text, "reservation").map(ReservationId)
}

fn shown(reservation: PhoneReservation, items: &[Item]) -> Reservation {
    Reservation {
        id: reservation.id.0,
        numbers: items.iter().map(|item| item.number.to_string()).collect(),
        expires_at: reservation.expires_at,
        extended: reservation.extended,
    }
}

impl From<Quota> for NumberQuota {
    fn from(quota: Quota) -> Self {
        let left = quota.n_left();
        Self { kind: quota.kind.into(), limit: quota.n_max, used: quota.n_used, left, formula: quota.formula }
    }
}
