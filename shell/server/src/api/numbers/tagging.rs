//! Tags of many numbers.

use axum::extract::Path;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::life::NumberItem;
use super::removal;
use crate::admin::{Caller, Permission};
use crate::api::body::{Body, request_key};
use crate::api::orders::{Order, Placed, placed};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// Which numbers get which tags, and lose which.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "numbers": ["+14255550101"], "add": ["Reception"], "remove": ["Old"] }))]
pub struct Tagging {
    /// Numbers and ranges of them, at most 10,000 numbers.
    pub numbers: Vec<NumberItem>,
    #[serde(default)]
    pub add: Vec<String>,
    #[serde(default)]
    pub remove: Vec<String>,
}

/// Add tags to many numbers and take some away, as an order
#[utoipa::path(post, path = "/tenants/{tenant}/numbers/tag", tag = "numbers",
    params(("tenant" = String, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = Tagging,
    responses((status = 200, body = Order, description = "The order of a request that was sent before"),
        (status = 202, body = Order), Refusals, WriteRefusals))]
pub async fn tag(
    caller: Caller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<Tagging>,
) -> Result<Placed, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let key = request_key(&headers, &["numbers/tag"], &serde_json::to_vec(&wanted).unwrap_or_default())?;
    let numbers = removal::read(wanted.numbers)?;
    placed(&access, access.tag_numbers(&numbers, (&wanted.add, &wanted.remove), key).await?).await
}
