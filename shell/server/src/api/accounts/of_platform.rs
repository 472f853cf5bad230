//! Accounts of the server.

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

/// List accounts of the server
#[utoipa::path(get, path = "/accounts", tag = "accounts", params(PageParams),
    responses((status = 200, body = List<Account>), Refusals))]
pub async fn list(caller: Caller, Params(page): Params<PageParams>) -> Result<Json<List<Account>>, Problem> {
    let governance = caller.govern(None, Permission::View).await?;
    listed(&governance, &page).await
}

/// Show an account of the server
#[utoipa::path(get, path = "/accounts/{account}", tag = "accounts", params(("account" = String, Path, description = "Id or address")),
    responses((status = 200, body = Account), Refusals))]
pub async fn show(caller: Caller, Path(account): Path<String>) -> Result<Versioned<Account>, Problem> {
    let governance = caller.govern(None, Permission::View).await?;
    shown(&governance, &account).await
}

/// Make an account and invite its holder; the link is shown this once; for the server
#[utoipa::path(post, path = "/accounts", tag = "accounts",
    request_body = NewAccount, responses((status = 201, body = CreatedAccount), Refusals, WriteRefusals))]
pub async fn create(caller: Caller, Body(wanted): Body<NewAccount>) -> Result<Created<CreatedAccount>, Problem> {
    let governance = caller.govern(None, Permission::Configure).await?;
    created(&governance, wanted).await
}

/// Change an account of the server
#[utoipa::path(patch, path = "/accounts/{account}", tag = "accounts", params(("account" = String, Path, description = "Id or address"), ("If-Match" = Option<String>, Header)),
    request_body = AccountChange, responses((status = 200, body = Account), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path(account): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<AccountChange>,
) -> Result<Versioned<Account>, Problem> {
    let governance = caller.govern(None, Permission::Configure).await?;
    changed(&governance, &account, &headers, wanted).await
}

/// Delete an account of the server
#[utoipa::path(delete, path = "/accounts/{account}", tag = "accounts", params(("account" = String, Path, description = "Id or address"), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(caller: Caller, Path(account): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    let governance = caller.govern(None, Permission::Configure).await?;
    governance.delete_account(&account, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invite again: no password opens the account of the server before its holder chose another
#[utoipa::path(post, path = "/accounts/{account}/invite", tag = "accounts", params(("account" = String, Path, description = "Id or address")),
    responses((status = 200, body = AccountInvitation), Refusals, WriteRefusals))]
pub async fn invite(caller: Caller, Path(account): Path<String>) -> Result<Json<AccountInvitation>, Problem> {
    let governance = caller.govern(None, Permission::Configure).await?;
    Ok(Json(governance.invite(&account).await?.into()))
}

/// Take the second factor away from who lost it, of the server
#[utoipa::path(post, path = "/accounts/{account}/reset-second-factor", tag = "accounts", params(("account" = String, Path, description = "Id or address")),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn reset_second_factor(caller: Caller, Path(account): Path<String>) -> Result<StatusCode, Problem> {
    let governance = caller.govern(None, Permission::Configure).await?;
    governance.reset_second_factor(&account).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List where an account is signed in, of the server
#[utoipa::path(get, path = "/accounts/{account}/sessions", tag = "accounts", params(("account" = String, Path, description = "Id or address")),
    responses((status = 200, body = List<AccountSession>), Refusals))]
pub async fn sessions(caller: Caller, Path(account): Path<String>) -> Result<Json<List<AccountSession>>, Problem> {
    let governance = caller.govern(None, Permission::View).await?;
    listed_sessions(&governance, &account).await
}

/// Sign an account out in one place, of the server
#[utoipa::path(delete, path = "/accounts/{account}/sessions/{session}", tag = "accounts", params(("account" = String, Path, description = "Id or address"), ("session" = Uuid, Path)),
    responses((status = 204), Refusals))]
pub async fn end_session(
    caller: Caller,
    Path((account, session)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let governance = caller.govern(None, Permission::Configure).await?;
    ended_session(&governance, &account, &session).await
}

/// Sign an account out everywhere, of the server
#[utoipa::path(post, path = "/accounts/{account}/sessions/end", tag = "accounts", params(("account" = String, Path, description = "Id or address")),
    responses((status = 200, body = EndedSessions), Refusals))]
pub async fn end_sessions(caller: Caller, Path(account): Path<String>) -> Result<Json<EndedSessions>, Problem> {
    let governance = caller.govern(None, Permission::Configure).await?;
    ended_sessions(&governance, &account).await
}
