//! Accounts of one organization.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};

use super::{
    Account, AccountChange, AccountInvitation, AccountSession, CreatedAccount, NewAccount, changed, created,
    ended_session, ended_sessions, listed, listed_sessions, shown,
};
use crate::admin::{Caller, Permission};
use crate::api::body::{Body, Created, Params, Versioned, if_match};
use crate::api::list::{List, PageParams};
use crate::api::me::EndedSessions;
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// List accounts
#[utoipa::path(get, path = "/tenants/{tenant}/accounts", tag = "accounts", params(("tenant" = String, Path), PageParams),
    responses((status = 200, body = List<Account>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<Account>>, Problem> {
    let governance = caller.govern(Some(&tenant), Permission::View).await?;
    listed(&governance, &page).await
}

/// Show an account
#[utoipa::path(get, path = "/tenants/{tenant}/accounts/{account}", tag = "accounts", params(("tenant" = String, Path), ("account" = String, Path, description = "Id or address")),
    responses((status = 200, body = Account), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, account)): Path<(String, String)>,
) -> Result<Versioned<Account>, Problem> {
    let governance = caller.govern(Some(&tenant), Permission::View).await?;
    shown(&governance, &account).await
}

/// Make an account and invite its holder; the link is shown this once
#[utoipa::path(post, path = "/tenants/{tenant}/accounts", tag = "accounts", params(("tenant" = String, Path)),
    request_body = NewAccount, responses((status = 201, body = CreatedAccount), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewAccount>,
) -> Result<Created<CreatedAccount>, Problem> {
    let governance = caller.govern(Some(&tenant), Permission::Configure).await?;
    created(&governance, wanted).await
}

/// Change an account
#[utoipa::path(patch, path = "/tenants/{tenant}/accounts/{account}", tag = "accounts", params(("tenant" = String, Path), ("account" = String, Path, description = "Id or address"), ("If-Match" = Option<String>, Header)),
    request_body = AccountChange, responses((status = 200, body = Account), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, account)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<AccountChange>,
) -> Result<Versioned<Account>, Problem> {
    let governance = caller.govern(Some(&tenant), Permission::Configure).await?;
    changed(&governance, &account, &headers, wanted).await
}

/// Delete an account
#[utoipa::path(delete, path = "/tenants/{tenant}/accounts/{account}", tag = "accounts", params(("tenant" = String, Path), ("account" = String, Path, description = "Id or address"), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, account)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let governance = caller.govern(Some(&tenant), Permission::Configure).await?;
    governance.delete_account(&account, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invite again: no password opens the account before its holder chose another
#[utoipa::path(post, path = "/tenants/{tenant}/accounts/{account}/invite", tag = "accounts", params(("tenant" = String, Path), ("account" = String, Path, description = "Id or address")),
    responses((status = 200, body = AccountInvitation), Refusals, WriteRefusals))]
pub async fn invite(
    caller: Caller,
    Path((tenant, account)): Path<(String, String)>,
) -> Result<Json<AccountInvitation>, Problem> {
    let governance = caller.govern(Some(&tenant), Permission::Configure).await?;
    Ok(Json(governance.invite(&account).await?.into()))
}

/// Take the second factor away from who lost it
#[utoipa::path(post, path = "/tenants/{tenant}/accounts/{account}/reset-second-factor", tag = "accounts", params(("tenant" = String, Path), ("account" = String, Path, description = "Id or address")),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn reset_second_factor(
    caller: Caller,
    Path((tenant, account)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let governance = caller.govern(Some(&tenant), Permission::Configure).await?;
    governance.reset_second_factor(&account).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List where an account is signed in
#[utoipa::path(get, path = "/tenants/{tenant}/accounts/{account}/sessions", tag = "accounts", params(("tenant" = String, Path), ("account" = String, Path, description = "Id or address")),
    responses((status = 200, body = List<AccountSession>), Refusals))]
pub async fn sessions(
    caller: Caller,
    Path((tenant, account)): Path<(String, String)>,
) -> Result<Json<List<AccountSession>>, Problem> {
    let governance = caller.govern(Some(&tenant), Permission::View).await?;
    listed_sessions(&governance, &account).await
}

/// Sign an account out in one place
#[utoipa::path(delete, path = "/tenants/{tenant}/accounts/{account}/sessions/{session}", tag = "accounts", params(("tenant" = String, Path), ("account" = String, Path, description = "Id or address"), ("session" = Uuid, Path)),
    responses((status = 204), Refusals))]
pub async fn end_session(
    caller: Caller,
    Path((tenant, account, session)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let governance = caller.govern(Some(&tenant), Permission::Configure).await?;
    ended_session(&governance, &account, &session).await
}

/// Sign an account out everywhere
#[utoipa::path(post, path = "/tenants/{tenant}/accounts/{account}/sessions/end", tag = "accounts", params(("tenant" = String, Path), ("account" = String, Path, description = "Id or address")),
    responses((status = 200, body = EndedSessions), Refusals))]
pub async fn end_sessions(
    caller: Caller,
    Path((tenant, account)): Path<(String, String)>,
) -> Result<Json<EndedSessions>, Problem> {
    let governance = caller.govern(Some(&tenant), Permission::Configure).await?;
    ended_sessions(&governance, &account).await
}
