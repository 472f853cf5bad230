//! Many numbers taken from who has them, or given back.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::http::HeaderMap;
use phone::numbers::E164;
use phone::numbers::upload::{Item, expand};
use phone::rule::Broken as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::life::{NumberItem, NumberRemoval};
use crate::admin::numbers::removal::Removal;
use crate::admin::{Caller, Permission, Refused};
use crate::api::body::{Body, request_key};
use crate::api::orders::{Order, Placed, placed};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// Numbers that are taken from who has them.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "numbers": [{ "first": "+14255550101", "last": "+14255550103" }], "block_days": 30 }))]
pub struct ManyUnassigned {
    /// Numbers and ranges of them, at most 10,000 numbers.
    pub numbers: Vec<NumberItem>,
    /// Give them to nobody for so many days; 0 for none, whatever the organization says.
    #[schema(minimum = 0, maximum = 365)]
    pub block_days: Option<u32>,
    /// Give them to nobody until they are unblocked.
    #[serde(default)]
    pub block_forever: bool,
    /// Only say what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

/// Numbers that are given back.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "numbers": ["+12065550142"] }))]
pub struct ManyReleased {
    /// Numbers and ranges of them, at most 10,000 numbers.
    pub numbers: Vec<NumberItem>,
    /// Only say what would be done, number by number.
    #[serde(default)]
    pub dry_run: bool,
}

/// Take many numbers from who has them, as an order that can be taken back
#[utoipa::path(post, path = "/tenants/{tenant}/numbers/unassign", tag = "numbers",
    params(("tenant" = String, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = ManyUnassigned,
    responses((status = 200, body = Order, description = "A dry run, or the order of a request that was sent before"),
        (status = 202, body = Order), Refusals, WriteRefusals))]
pub async fn unassign(
    caller: Caller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<ManyUnassigned>,
) -> Result<Placed, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let key = request_key(&headers, &["numbers/unassign"], &serde_json::to_vec(&wanted).unwrap_or_default())?;
    let ManyUnassigned { numbers, block_days, block_forever, dry_run } = wanted;
    let removal = Removal::Unassign(NumberRemoval { block_days, block_forever }.rest());
    placed(&access, access.remove_numbers(&read(numbers)?, removal, dry_run, key).await?).await
}

/// Give many numbers back that nobody has: all of them or, if one can't be, none
#[utoipa::path(post, path = "/tenants/{tenant}/numbers/release", tag = "numbers",
    params(("tenant" = String, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = ManyReleased,
    responses((status = 200, body = Order, description = "A dry run, or the order of a request that was sent before"),
        (status = 202, body = Order), Refusals, WriteRefusals))]
pub async fn release(
    caller: Caller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<ManyReleased>,
) -> Result<Placed, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let key = request_key(&headers, &["numbers/release"], &serde_json::to_vec(&wanted).unwrap_or_default())?;
    let numbers = read(wanted.numbers)?;
    placed(&access, access.remove_numbers(&numbers, Removal::Release, wanted.dry_run, key).await?).await
}

/// The numbers that are named, or what is wrong with the first that can't be read.
pub fn read(numbers: Vec<NumberItem>) -> Result<BTreeSet<E164>, Refused> {
    let items: Vec<Item> = numbers.into_iter().map(Item::from).collect();
    expand(&items).map_err(|refused| {
        let (index, code, words) = match refused.first() {
            Some((index, refusal)) => (*index, refusal.code(), refusal.to_string()),
            None => (0, "number.invalid", "these are no numbers".to_owned()),
        };
        Refused::field(format!("numbers[{index}]"), code, words)
    })
}
