//! Keys of a reseller: they open its organizations.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use phone::id::ApiKeyId;

use super::{ApiKey, CreatedApiKey, NewApiKey, created, listed};
use crate::admin::{Caller, Permission};
use crate::api::body::{Body, Created, Params, id};
use crate::api::list::{List, PageParams};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// List API keys of a reseller that open something, by name
#[utoipa::path(get, path = "/resellers/{reseller}/api-keys", tag = "api-keys",
    params(("reseller" = String, Path), PageParams), responses((status = 200, body = List<ApiKey>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(reseller): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<ApiKey>>, Problem> {
    listed(&caller.govern_reseller(&reseller, Permission::View).await?, &page).await
}

/// Show an API key of a reseller
#[utoipa::path(get, path = "/resellers/{reseller}/api-keys/{key}", tag = "api-keys",
    params(("reseller" = String, Path), ("key" = Uuid, Path)), responses((status = 200, body = ApiKey), Refusals))]
pub async fn show(caller: Caller, Path((reseller, key)): Path<(String, String)>) -> Result<Json<ApiKey>, Problem> {
    let governance = caller.govern_reseller(&reseller, Permission::View).await?;
    Ok(Json(governance.api_key(ApiKeyId(id(&key, "API key")?)).await?.into()))
}

/// Make an API key of a reseller; what it is is shown this once
#[utoipa::path(post, path = "/resellers/{reseller}/api-keys", tag = "api-keys", params(("reseller" = String, Path)),
    request_body = NewApiKey, responses((status = 201, body = CreatedApiKey), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(reseller): Path<String>,
    Body(wanted): Body<NewApiKey>,
) -> Result<Created<CreatedApiKey>, Problem> {
    created(&caller.govern_reseller(&reseller, Permission::Configure).await?, wanted).await
}

/// Revoke an API key of a reseller: it opens nothing from then on
#[utoipa::path(delete, path = "/resellers/{reseller}/api-keys/{key}", tag = "api-keys",
    params(("reseller" = String, Path), ("key" = Uuid, Path)), responses((status = 204), Refusals, WriteRefusals))]
pub async fn revoke(caller: Caller, Path((reseller, key)): Path<(String, String)>) -> Result<StatusCode, Problem> {
    let governance = caller.govern_reseller(&reseller, Permission::Configure).await?;
    governance.revoke_api_key(ApiKeyId(id(&key, "API key")?)).await?;
    Ok(StatusCode::NO_CONTENT)
}
