//! What is asked of those who sign in.

use axum::extract::Path;
use axum::http::HeaderMap;
use phone::access::SignInPolicy as Policy;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::governance::Governance;
use crate::admin::{Caller, Permission};
use crate::api::body::{Body, Versioned, if_match};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// What is asked of those who sign in.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "second_factor_required": true }))]
pub struct SignInPolicy {
    /// Who has no second factor is asked to set one up at the next sign-in, and can do nothing before.
    pub second_factor_required: bool,
}

/// Show what is asked of those who sign in to an organization
#[utoipa::path(get, path = "/tenants/{tenant}/sign-in-policy", tag = "accounts", params(("tenant" = String, Path)),
    responses((status = 200, body = SignInPolicy), Refusals))]
pub async fn show(caller: Caller, Path(tenant): Path<String>) -> Result<Versioned<SignInPolicy>, Problem> {
    shown(&caller.govern(Some(&tenant), Permission::View).await?).await
}

/// Ask something else of those who sign in to an organization
#[utoipa::path(put, path = "/tenants/{tenant}/sign-in-policy", tag = "accounts",
    params(("tenant" = String, Path), ("If-Match" = Option<String>, Header)),
    request_body = SignInPolicy, responses((status = 200, body = SignInPolicy), Refusals, WriteRefusals))]
pub async fn replace(
    caller: Caller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<SignInPolicy>,
) -> Result<Versioned<SignInPolicy>, Problem> {
    replaced(&caller.govern(Some(&tenant), Permission::Configure).await?, &headers, wanted).await
}

/// Show what is asked of those who sign in to the server
#[utoipa::path(get, path = "/sign-in-policy", tag = "accounts",
    responses((status = 200, body = SignInPolicy), Refusals))]
pub async fn show_of_platform(caller: Caller) -> Result<Versioned<SignInPolicy>, Problem> {
    shown(&caller.govern(None, Permission::View).await?).await
}

/// Ask something else of those who sign in to the server
#[utoipa::path(put, path = "/sign-in-policy", tag = "accounts", params(("If-Match" = Option<String>, Header)),
    request_body = SignInPolicy, responses((status = 200, body = SignInPolicy), Refusals, WriteRefusals))]
pub async fn replace_of_platform(
    caller: Caller,
    headers: HeaderMap,
    Body(wanted): Body<SignInPolicy>,
) -> Result<Versioned<SignInPolicy>, Problem> {
    replaced(&caller.govern(None, Permission::Configure).await?, &headers, wanted).await
}

/// Show what is asked of those who sign in to a reseller
#[utoipa::path(get, path = "/resellers/{reseller}/sign-in-policy", tag = "accounts",
    params(("reseller" = String, Path)), responses((status = 200, body = SignInPolicy), Refusals))]
pub async fn show_of_reseller(
    caller: Caller,
    Path(reseller): Path<String>,
) -> Result<Versioned<SignInPolicy>, Problem> {
    shown(&caller.govern_reseller(&reseller, Permission::View).await?).await
}

/// Ask something else of those who sign in to a reseller
#[utoipa::path(put, path = "/resellers/{reseller}/sign-in-policy", tag = "accounts",
    params(("reseller" = String, Path), ("If-Match" = Option<String>, Header)),
    request_body = SignInPolicy, responses((status = 200, body = SignInPolicy), Refusals, WriteRefusals))]
pub async fn replace_of_reseller(
    caller: Caller,
    Path(reseller): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<SignInPolicy>,
) -> Result<Versioned<SignInPolicy>, Problem> {
    replaced(&caller.govern_reseller(&reseller, Permission::Configure).await?, &headers, wanted).await
}

async fn shown(governance: &Governance) -> Result<Versioned<SignInPolicy>, Problem> {
    let (policy, version) = governance.sign_in_policy().await?;
    Ok(Versioned { value: policy.into(), version })
}

async fn replaced(
    governance: &Governance,
    headers: &HeaderMap,
    wanted: SignInPolicy,
) -> Result<Versioned<SignInPolicy>, Problem> {
    let policy = Policy { second_factor_required: wanted.second_factor_required };
    let version = governance.set_sign_in_policy(policy, if_match(headers)?).await?;
    Ok(Versioned { value: wanted, version })
}

impl From<Policy> for SignInPolicy {
    fn from(policy: Policy) -> Self {
        Self { second_factor_required: policy.second_factor_required }
    }
}
