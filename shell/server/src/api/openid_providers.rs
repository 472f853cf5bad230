//! Where people sign in elsewhere: of an organization, of a reseller, of the server.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::access::openid::{GroupRole as KnownGroupRole, Provider};
use serde::{Deserialize, Serialize};
use store::ClientSecret;
use utoipa::ToSchema;

use super::body::{Body, Versioned, if_match, present};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::governance::Governance;
use crate::admin::{Caller, Permission};
use crate::secret::Secret;

/// Where people sign in elsewhere.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OpenidProvider {
    /// Exactly as the provider says it itself.
    pub issuer: String,
    pub client_id: String,
    /// Whether this server proves itself there with a secret.
    pub has_client_secret: bool,
    /// What the provider has to be told: where it sends people back to.
    pub redirect_uri: String,
    /// Whether who is not known here gets an account.
    pub creates_accounts: bool,
    /// What such an account may do, if no group says more.
    pub default_role: Option<String>,
    /// The claim that names somebody's groups.
    pub groups_claim: Option<String>,
    /// What members of groups may do whose account the provider made; followed at each sign-in.
    pub group_roles: Vec<GroupRole>,
}

/// What members of a group may do.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupRole {
    pub group: String,
    /// The name of a role that every organization has, or the id of one of its own.
    pub role: String,
}

/// Where people are to sign in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "issuer": "https://id.example.com", "client_id": "phone", "client_secret": "of the provider",
    "creates_accounts": true, "default_role": "viewer", "groups_claim": "groups",
    "group_roles": [{ "group": "telephony", "role": "telephony_administrator" }]
}))]
pub struct NewOpenidProvider {
    pub issuer: String,
    pub client_id: String,
    /// Absent keeps the one that there is, null is none; another issuer needs its own.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub client_secret: Option<Option<Secret>>,
    #[serde(default)]
    pub creates_accounts: bool,
    pub default_role: Option<String>,
    pub groups_claim: Option<String>,
    #[serde(default)]
    pub group_roles: Vec<GroupRole>,
}

/// Show where people of an organization sign in elsewhere
#[utoipa::path(get, path = "/tenants/{tenant}/openid-provider", tag = "accounts", params(("tenant" = String, Path)),
    responses((status = 200, body = OpenidProvider), Refusals))]
pub async fn show(caller: Caller, Path(tenant): Path<String>) -> Result<Versioned<OpenidProvider>, Problem> {
    shown(&caller.govern(Some(&tenant), Permission::View).await?).await
}

/// Let people of an organization sign in elsewhere: for who may do everything there
#[utoipa::path(put, path = "/tenants/{tenant}/openid-provider", tag = "accounts",
    params(("tenant" = String, Path), ("If-Match" = Option<String>, Header)),
    request_body = NewOpenidProvider, responses((status = 200, body = OpenidProvider), Refusals, WriteRefusals))]
pub async fn replace(
    caller: Caller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<NewOpenidProvider>,
) -> Result<Versioned<OpenidProvider>, Problem> {
    replaced(&caller.govern(Some(&tenant), Permission::Configure).await?, &headers, wanted).await
}

/// Let people of an organization sign in elsewhere no more
#[utoipa::path(delete, path = "/tenants/{tenant}/openid-provider", tag = "accounts",
    params(("tenant" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(caller: Caller, Path(tenant): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    deleted(&caller.govern(Some(&tenant), Permission::Configure).await?, &headers).await
}

/// Show where people of a reseller sign in elsewhere
#[utoipa::path(get, path = "/resellers/{reseller}/openid-provider", tag = "accounts",
    params(("reseller" = String, Path)), responses((status = 200, body = OpenidProvider), Refusals))]
pub async fn show_of_reseller(
    caller: Caller,
    Path(reseller): Path<String>,
) -> Result<Versioned<OpenidProvider>, Problem> {
    shown(&caller.govern_reseller(&reseller, Permission::View).await?).await
}

/// Let people of a reseller sign in elsewhere: for who may do everything there
#[utoipa::path(put, path = "/resellers/{reseller}/openid-provider", tag = "accounts",
    params(("reseller" = String, Path), ("If-Match" = Option<String>, Header)),
    request_body = NewOpenidProvider, responses((status = 200, body = OpenidProvider), Refusals, WriteRefusals))]
pub async fn replace_of_reseller(
    caller: Caller,
    Path(reseller): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<NewOpenidProvider>,
) -> Result<Versioned<OpenidProvider>, Problem> {
    replaced(&caller.govern_reseller(&reseller, Permission::Configure).await?, &headers, wanted).await
}

/// Let people of a reseller sign in elsewhere no more
#[utoipa::path(delete, path = "/resellers/{reseller}/openid-provider", tag = "accounts",
    params(("reseller" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete_of_reseller(
    caller: Caller,
    Path(reseller): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    deleted(&caller.govern_reseller(&reseller, Permission::Configure).await?, &headers).await
}

/// Show where people sign in elsewhere who run the server
#[utoipa::path(get, path = "/openid-provider", tag = "accounts",
    responses((status = 200, body = OpenidProvider), Refusals))]
pub async fn show_of_platform(caller: Caller) -> Result<Versioned<OpenidProvider>, Problem> {
    shown(&caller.govern(None, Permission::View).await?).await
}

/// Let people sign in elsewhere who run the server: for who may do everything on it
#[utoipa::path(put, path = "/openid-provider", tag = "accounts", params(("If-Match" = Option<String>, Header)),
    request_body = NewOpenidProvider, responses((status = 200, body = OpenidProvider), Refusals, WriteRefusals))]
pub async fn replace_of_platform(
    caller: Caller,
    headers: HeaderMap,
    Body(wanted): Body<NewOpenidProvider>,
) -> Result<Versioned<OpenidProvider>, Problem> {
    replaced(&caller.govern(None, Permission::Configure).await?, &headers, wanted).await
}

/// Let people sign in elsewhere no more who run the server
#[utoipa::path(delete, path = "/openid-provider", tag = "accounts", params(("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete_of_platform(caller: Caller, headers: HeaderMap) -> Result<StatusCode, Problem> {
    deleted(&caller.govern(None, Permission::Configure).await?, &headers).await
}

async fn shown(governance: &Governance) -> Result<Versioned<OpenidProvider>, Problem> {
    let (provider, has_client_secret, version) = governance.openid_provider().await?;
    let redirect_uri = governance.redirect_uri();
    let group_roles = provider.group_roles.into_iter().map(|it| GroupRole { group: it.group, role: it.role });
    let value = OpenidProvider {
        issuer: provider.issuer,
        client_id: provider.client_id,
        has_client_secret,
        redirect_uri,
        creates_accounts: provider.creates_accounts,
        default_role: provider.default_role,
        groups_claim: provider.groups_claim,
        group_roles: group_roles.collect(),
    };
    Ok(Versioned { value, version })
}

async fn replaced(
    governance: &Governance,
    headers: &HeaderMap,
    wanted: NewOpenidProvider,
) -> Result<Versioned<OpenidProvider>, Problem> {
    let group_roles = wanted.group_roles.into_iter().map(|it| KnownGroupRole { group: it.group, role: it.role });
    let provider = Provider {
        issuer: wanted.issuer.trim().to_owned(),
        client_id: wanted.client_id.trim().to_owned(),
        creates_accounts: wanted.creates_accounts,
        default_role: wanted.default_role,
        groups_claim: wanted.groups_claim,
        group_roles: group_roles.collect(),
    };
    let secret = match &wanted.client_secret {
        None => ClientSecret::Kept,
        Some(None) => ClientSecret::None,
        Some(Some(secret)) => ClientSecret::New(secret.expose()),
    };
    governance.set_openid_provider(&provider, secret, if_match(headers)?).await?;
    shown(governance).await
}

async fn deleted(governance: &Governance, headers: &HeaderMap) -> Result<StatusCode, Problem> {
    governance.delete_openid_provider(if_match(headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
