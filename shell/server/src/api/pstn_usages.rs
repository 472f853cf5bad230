//! PSTN usages: words that join voice routing policies to routes.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::id::PstnUsageId;
use phone::numbers::routing::PstnUsage as PhoneUsage;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, if_match, present};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Access, Caller, Permission, Refused};

const SORT: &str = "name";

/// A word that joins voice routing policies to routes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PstnUsage {
    pub id: Uuid,
    pub name: String,
    pub description: Option<String>,
}

/// A usage to be made. Its name stays: policies and routes say it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "International" }))]
pub struct NewPstnUsage {
    pub name: String,
    pub description: Option<String>,
}

/// What is to change. What is absent stays; null clears.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "description": "everywhere but here" }))]
pub struct PstnUsageChange {
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
}

/// List PSTN usages
#[utoipa::path(get, path = "/tenants/{tenant}/pstn-usages", tag = "routing",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<PstnUsage>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<PstnUsage>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(SORT, false)?;
    let page = access.store().documents::<PhoneUsage>(access.tenant(), &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|usage| PstnUsage::from(usage.value)), SORT))
}

/// Show a PSTN usage
#[utoipa::path(get, path = "/tenants/{tenant}/pstn-usages/{usage}", tag = "routing",
    params(("tenant" = String, Path), ("usage" = String, Path, description = "Id or name")),
    responses((status = 200, body = PstnUsage), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, usage)): Path<(String, String)>,
) -> Result<Versioned<PstnUsage>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    show_one(&access, &usage).await
}

/// Make a PSTN usage
#[utoipa::path(post, path = "/tenants/{tenant}/pstn-usages", tag = "routing", params(("tenant" = String, Path)),
    request_body = NewPstnUsage, responses((status = 201, body = PstnUsage), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewPstnUsage>,
) -> Result<Created<PstnUsage>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let usage = PhoneUsage {
        id: PstnUsageId(Uuid::now_v7()),
        name: wanted.name.trim().to_owned(),
        description: wanted.description,
    };
    let version = access.create_usage(&usage).await?;
    let location = format!("/tenants/{}/pstn-usages/{}", access.tenant(), usage.id);
    Ok(Created { value: usage.into(), version, location })
}

/// Describe a PSTN usage
#[utoipa::path(patch, path = "/tenants/{tenant}/pstn-usages/{usage}", tag = "routing",
    params(("tenant" = String, Path), ("usage" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    request_body = PstnUsageChange, responses((status = 200, body = PstnUsage), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, usage)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<PstnUsageChange>,
) -> Result<Versioned<PstnUsage>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let there = access.routed::<PhoneUsage>(&usage).await?.value;
    let description = wanted.description.unwrap_or(there.description);
    access.describe_usage(there.id, if_match(&headers)?, description).await?;
    show_one(&access, &there.id.to_string()).await
}

/// Delete a PSTN usage that no route and no policy names
#[utoipa::path(delete, path = "/tenants/{tenant}/pstn-usages/{usage}", tag = "routing",
    params(("tenant" = String, Path), ("usage" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, usage)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.routed::<PhoneUsage>(&usage).await?.value.id;
    access.delete_usage(id, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn show_one(access: &Access, usage: &str) -> Result<Versioned<PstnUsage>, Problem> {
    let found = access.routed::<PhoneUsage>(usage).await?;
    Ok(Versioned { value: found.value.into(), version: found.version })
}

impl From<PhoneUsage> for PstnUsage {
    fn from(usage: PhoneUsage) -> Self {
        Self { id: usage.id.0, name: usage.name, description: usage.description }
    }
}
