//! For how long facts of reports are kept.

use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use store::Retained;
use utoipa::ToSchema;

use crate::admin::{Caller, Permission, Refused};
use crate::api::body::Body;
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// For how long.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "days": 400 }))]
pub struct Retention {
    /// 28 to 3650; 400 unless somebody said something else.
    pub days: u32,
}

/// Show for how many days the facts of reports are kept
#[utoipa::path(get, path = "/tenants/{tenant}/reports/retention", tag = "reports",
    params(("tenant" = String, Path)), responses((status = 200, body = Retention), Refusals))]
pub async fn show(caller: Caller, Path(tenant): Path<String>) -> Result<Json<Retention>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let retained = access.store().report_retention(access.tenant()).await.map_err(Refused::from)?;
    Ok(Json(Retention { days: retained.days }))
}

/// Say for how many days the facts of reports are kept; what is older is forgotten within hours
#[utoipa::path(put, path = "/tenants/{tenant}/reports/retention", tag = "reports",
    params(("tenant" = String, Path)), request_body = Retention,
    responses((status = 200, body = Retention), Refusals, WriteRefusals))]
pub async fn replace(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<Retention>,
) -> Result<Json<Retention>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.keep_reports(Retained { days: wanted.days }).await?;
    Ok(Json(wanted))
}
