//! Addresses that are refused because wrong passwords came from there.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use switch::view;
use utoipa::ToSchema;

use super::list::List;
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::Caller;

/// What is held against a source address.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Penalty {
    /// An address, or the first of an IPv6 network.
    pub address: String,
    /// Wrong passwords less right ones.
    pub failures: u32,
    #[schema(value_type = String, format = DateTime)]
    pub last_failure_at: jiff::Timestamp,
    /// Nothing from there is looked at until then; null while it is still listened to.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub refused_until: Option<jiff::Timestamp>,
}

/// List addresses from which wrong passwords came
#[utoipa::path(get, path = "/penalties", tag = "penalties", responses((status = 200, body = List<Penalty>), Refusals))]
pub async fn list(caller: Caller) -> Result<Json<List<Penalty>>, Problem> {
    Ok(List::whole(caller.penalties().await?.into_iter().map(Penalty::from).collect()))
}

/// Hold nothing against an address any more
#[utoipa::path(delete, path = "/penalties/{address}", tag = "penalties", params(("address" = String, Path)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn release(caller: Caller, Path(address): Path<String>) -> Result<StatusCode, Problem> {
    caller.release_penalty(&address).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<view::Penalty> for Penalty {
    fn from(penalty: view::Penalty) -> Self {
        Self {
            address: penalty.address.to_string(),
            failures: penalty.n_failures,
            last_failure_at: penalty.last_failure_at,
            refused_until: penalty.refused_until,
        }
    }
}
