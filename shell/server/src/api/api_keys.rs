//! Keys of the API: of one organization, and of the server.

pub mod of_reseller;

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use jiff::Timestamp;
use phone::id::ApiKeyId;
use serde::{Deserialize, Serialize};
use store::{ApiToken, Scope};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Created, Params, id};
use super::grants::{self, RoleGrant};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::api_keys::NewKey;
use crate::admin::governance::Governance;
use crate::admin::{Caller, Permission};

const SORT: &str = "name";

/// A key of the API; not what it is.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ApiKey {
    pub id: Uuid,
    /// Who or what has it; the audit names it so.
    pub name: String,
    pub roles: Vec<RoleGrant>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Null if it never does.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// To the minute; null if it never was.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

/// A key that was made, with what it is: shown this once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CreatedApiKey {
    #[serde(flatten)]
    pub key: ApiKey,
    /// Send it as `Authorization: Bearer`.
    pub token: String,
}

/// A key to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Wallboard", "roles": [{ "role": "viewer" }] }))]
pub struct NewApiKey {
    pub name: String,
    /// No more than the one has who makes it.
    pub roles: Vec<RoleGrant>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

/// List API keys that open something, by name
#[utoipa::path(get, path = "/tenants/{tenant}/api-keys", tag = "api-keys", params(("tenant" = String, Path), PageParams),
    responses((status = 200, body = List<ApiKey>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<ApiKey>>, Problem> {
    listed(&caller.govern(Some(&tenant), Permission::View).await?, &page).await
}

/// Show an API key
#[utoipa::path(get, path = "/tenants/{tenant}/api-keys/{key}", tag = "api-keys", params(("tenant" = String, Path), ("key" = Uuid, Path)),
    responses((status = 200, body = ApiKey), Refusals))]
pub async fn show(caller: Caller, Path((tenant, key)): Path<(String, String)>) -> Result<Json<ApiKey>, Problem> {
    let governance = caller.govern(Some(&tenant), Permission::View).await?;
    Ok(Json(governance.api_key(ApiKeyId(id(&key, "API key")?)).await?.into()))
}

/// Make an API key; what it is is shown this once
#[utoipa::path(post, path = "/tenants/{tenant}/api-keys", tag = "api-keys", params(("tenant" = String, Path)),
    request_body = NewApiKey, responses((status = 201, body = CreatedApiKey), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewApiKey>,
) -> Result<Created<CreatedApiKey>, Problem> {
    created(&caller.govern(Some(&tenant), Permission::Configure).await?, wanted).await
}

/// Revoke an API key: it opens nothing from then on
#[utoipa::path(delete, path = "/tenants/{tenant}/api-keys/{key}", tag = "api-keys", params(("tenant" = String, Path), ("key" = Uuid, Path)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn revoke(caller: Caller, Path((tenant, key)): Path<(String, String)>) -> Result<StatusCode, Problem> {
    let governance = caller.govern(Some(&tenant), Permission::Configure).await?;
    governance.revoke_api_key(ApiKeyId(id(&key, "API key")?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List API keys of the server that open something, by name
#[utoipa::path(get, path = "/api-keys", tag = "api-keys", params(PageParams),
    responses((status = 200, body = List<ApiKey>), Refusals))]
pub async fn list_of_platform(caller: Caller, Params(page): Params<PageParams>) -> Result<Json<List<ApiKey>>, Problem> {
    listed(&caller.govern(None, Permission::View).await?, &page).await
}

/// Show an API key of the server
#[utoipa::path(get, path = "/api-keys/{key}", tag = "api-keys", params(("key" = Uuid, Path)),
    responses((status = 200, body = ApiKey), Refusals))]
pub async fn show_of_platform(caller: Caller, Path(key): Path<String>) -> Result<Json<ApiKey>, Problem> {
    let governance = caller.govern(None, Permission::View).await?;
    Ok(Json(governance.api_key(ApiKeyId(id(&key, "API key")?)).await?.into()))
}

/// Make an API key of the server; what it is is shown this once
#[utoipa::path(post, path = "/api-keys", tag = "api-keys",
    request_body = NewApiKey, responses((status = 201, body = CreatedApiKey), Refusals, WriteRefusals))]
pub async fn create_of_platform(
    caller: Caller,
    Body(wanted): Body<NewApiKey>,
) -> Result<Created<CreatedApiKey>, Problem> {
    created(&caller.govern(None, Permission::Configure).await?, wanted).await
}

/// Revoke an API key of the server: it opens nothing from then on
#[utoipa::path(delete, path = "/api-keys/{key}", tag = "api-keys", params(("key" = Uuid, Path)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn revoke_of_platform(caller: Caller, Path(key): Path<String>) -> Result<StatusCode, Problem> {
    let governance = caller.govern(None, Permission::Configure).await?;
    governance.revoke_api_key(ApiKeyId(id(&key, "API key")?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn listed(governance: &Governance, page: &PageParams) -> Result<Json<List<ApiKey>>, Problem> {
    let keys = governance.api_keys(&page.paging(SORT, false)?).await?;
    Ok(List::of(keys.map(ApiKey::from), SORT))
}

async fn created(governance: &Governance, wanted: NewApiKey) -> Result<Created<CreatedApiKey>, Problem> {
    let assignments = grants::read(&wanted.roles)?;
    let wanted = NewKey { name: wanted.name, assignments, expires_at: wanted.expires_at };
    let (key, token) = governance.create_api_key(&wanted).await?;
    let location = match governance.scope() {
        Scope::Platform => format!("/api-keys/{}", key.id),
        Scope::Reseller(reseller) => format!("/resellers/{reseller}/api-keys/{}", key.id),
        Scope::Tenant(tenant) => format!("/tenants/{tenant}/api-keys/{}", key.id),
    };
    // A key never changes: it is made and revoked.
    Ok(Created { value: CreatedApiKey { key: key.into(), token: token.expose().to_owned() }, version: 1, location })
}

impl From<ApiToken> for ApiKey {
    fn from(key: ApiToken) -> Self {
        Self {
            id: key.id.0,
            name: key.name,
            roles: grants::shown(&key.assignments),
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
        }
    }
}
