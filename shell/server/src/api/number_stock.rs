//! The stock of numbers: for who runs the server.

use axum::Json;
use axum::http::StatusCode;
use jiff::Timestamp;
use phone::numbers::stock::Block;
use phone::numbers::upload::Item;
use serde::{Deserialize, Serialize};
use store::StockCount;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Params};
use super::list::{List, PageParams};
use super::numbers::NumberKind;
use super::numbers::life::NumberItem;
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::stock::Delivery;
use crate::admin::{Caller, Refused};

const SORT: &str = "created_at";

/// Numbers that came from a carrier together.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StockBlock {
    pub id: Uuid,
    /// Who carries their calls: where an organization has a trunk of this name, its numbers go over it.
    pub carrier: String,
    /// ISO 3166 alpha-2.
    pub country: String,
    pub city: Option<String>,
    /// The part of the country, as in ISO 3166-2: `US-WA`.
    pub region: Option<String>,
    /// Whether the carrier takes text messages to its numbers and from them.
    #[serde(default)]
    pub sms: bool,
    pub kind: NumberKind,
    pub total: u32,
    pub free: u32,
    pub reserved: u32,
    pub sold: u32,
    /// Came back a short time ago.
    pub quarantined: u32,
}

/// Numbers to be added to the stock: all of them or, if one can't be, none.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "carrier": "demo-carrier", "country": "US", "city": "Seattle", "region": "US-WA", "kind": "user",
    "numbers": [{ "first": "+12065550100", "last": "+12065550199" }]
}))]
pub struct NewStockBlock {
    pub carrier: String,
    pub country: String,
    pub city: Option<String>,
    /// The part of the country, as in ISO 3166-2: `US-WA`.
    pub region: Option<String>,
    /// Whether the carrier takes text messages to its numbers and from them.
    #[serde(default)]
    pub sms: bool,
    pub kind: NumberKind,
    /// At most 10,000 numbers together.
    pub numbers: Vec<NumberItem>,
}

/// List the blocks of the stock
#[utoipa::path(get, path = "/number-stock", tag = "number-stock", params(PageParams),
    responses((status = 200, body = List<StockBlock>), Refusals))]
pub async fn list(caller: Caller, Params(page): Params<PageParams>) -> Result<Json<List<StockBlock>>, Problem> {
    let admin = caller.begin_platform()?;
    let paging = page.paging(SORT, false)?;
    let page = admin.store.stock(Timestamp::now(), &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|(block, count)| shown(block, count)), SORT))
}

/// Add numbers to the stock
#[utoipa::path(post, path = "/number-stock", tag = "number-stock", request_body = NewStockBlock,
    responses((status = 201, body = StockBlock), Refusals, WriteRefusals))]
pub async fn add(caller: Caller, Body(wanted): Body<NewStockBlock>) -> Result<(StatusCode, Json<StockBlock>), Problem> {
    let NewStockBlock { carrier, country, city, region, sms, kind, numbers } = wanted;
    let items = numbers.into_iter().map(Item::from).collect();
    let delivery = Delivery { carrier, country, city, region, sms, kind: kind.into(), items };
    let (block, n_numbers) = caller.add_stock(delivery).await?;
    let count = StockCount { free: u32::try_from(n_numbers).unwrap_or(u32::MAX), ..StockCount::default() };
    Ok((StatusCode::CREATED, Json(shown(block, count))))
}

fn shown(block: Block, count: StockCount) -> StockBlock {
    let StockCount { free, reserved, sold, quarantined } = count;
    StockBlock {
        id: block.id.0,
        carrier: block.carrier,
        country: block.country,
        city: block.city,
        region: block.region,
        sms: block.sms,
        kind: block.kind.into(),
        total: [free, reserved, sold, quarantined].into_iter().fold(0, u32::saturating_add),
        free,
        reserved,
        sold,
        quarantined,
    }
}
