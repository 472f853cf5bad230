//! Who asks, and what they do with their own account.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use phone::access::session::Stage;
use phone::access::{Assignment, Grants};
use phone::id::SessionId;
use serde::{Deserialize, Serialize};
use store::Scope;
use utoipa::ToSchema;
use uuid::Uuid;

use super::accounts::AccountSession;
use super::body::{Body, OptionalBody, id};
use super::browser;
use super::credentials::bearer;
use super::grants::{self, RoleGrant};
use super::list::List;
use super::problem::{Problem, Refusals, WriteRefusals};
use super::sign_in::{Holding, SignInStage};
use crate::admin::own_account::OwnAccount;
use crate::admin::{Admin, Refused};
use crate::secret::Secret;

/// Who asks.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Me {
    pub kind: AskerKind,
    /// Of the account, or of the key.
    pub id: Uuid,
    pub name: String,
    /// Null for a key.
    pub email: Option<String>,
    /// The organization that is opened; null if several are.
    pub tenant: Option<MyTenant>,
    /// The reseller whose organizations are opened.
    pub reseller: Option<MyTenant>,
    /// The person of the organization whose account it is.
    pub person: Option<Uuid>,
    pub roles: Vec<RoleGrant>,
    /// What may be done, at least to a part of the organization.
    pub permissions: Vec<String>,
    /// How far signing in has come; null for a key.
    pub state: Option<SignInStage>,
    /// Send it as `X-CSRF-Token` with whatever changes something; null for a key, which needs none.
    pub csrf_token: Option<String>,
    /// Null for a key.
    pub factors: Option<Factors>,
    /// Null for a key.
    pub session: Option<Uuid>,
}

/// Who or what asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AskerKind {
    Account,
    ApiKey,
}

/// The organization or the reseller of who asks.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MyTenant {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
}

/// What an account is opened with, beside its password.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Factors {
    /// Whether there is an authenticator app.
    pub totp: bool,
    /// Codes that were not used yet.
    pub recovery_codes_left: u64,
    /// Whether a second factor is asked of everybody here.
    pub second_factor_required: bool,
}

/// Another password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "current": "four words of mine", "new": "four other words of mine" }))]
pub struct PasswordChange {
    /// Not needed by an account that has none, whose holder signed in within the last ten minutes.
    #[schema(value_type = Option<String>)]
    pub current: Option<Secret>,
    #[schema(value_type = String)]
    pub new: Secret,
}

/// The password again, before something that opens a door for longer.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "password": "four words of mine" }))]
pub struct PasswordAgain {
    /// Not needed by an account that has none, whose holder signed in within the last ten minutes.
    #[schema(value_type = Option<String>)]
    pub password: Option<Secret>,
}

/// A second factor that is being set up: shown this once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewTotp {
    /// To be typed into an authenticator app.
    pub secret: String,
    /// The same as a picture that the app scans.
    pub uri: String,
}

/// A code that shows that the app has the secret.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "287082" }))]
pub struct TotpCode {
    pub code: String,
}

/// A second factor that counts now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConfirmedTotp {
    /// Each opens the account once when the app is lost. Shown this once.
    pub recovery_codes: Vec<String>,
    /// The session goes on with this one.
    pub csrf_token: String,
}

/// Recovery codes in place of those before: shown this once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RecoveryCodes {
    pub recovery_codes: Vec<String>,
}

/// How many sessions were ended.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EndedSessions {
    pub n_ended: u64,
}

/// Whoever asks.
pub struct Who(Me);

impl FromRequestParts<Arc<Admin>> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, admin: &Arc<Admin>) -> Result<Self, Problem> {
        if !parts.headers.contains_key(header::AUTHORIZATION) {
            return Ok(Self(of_account(parts, admin).await?));
        }
        let Some((key, grants)) = admin.key(bearer(parts)?).await? else {
            return Err(Problem::unauthorized("this token opens nothing: it is unknown, expired or revoked"));
        };
        Ok(Self(Me {
            kind: AskerKind::ApiKey,
            id: key.id.0,
            name: key.name,
            email: None,
            tenant: tenant(admin, key.scope).await?,
            reseller: reseller(admin, key.scope).await?,
            person: None,
            roles: grants::shown(&key.assignments),
            permissions: permissions(&grants),
            state: None,
            csrf_token: None,
            factors: None,
            session: None,
        }))
    }
}

async fn of_account(parts: &Parts, admin: &Arc<Admin>) -> Result<Me, Problem> {
    let Some(shown) = browser::shown(parts, admin).await? else {
        return Err(Problem::unauthorized("this needs a token, or somebody who is signed in"));
    };
    let (row, store) = (shown.row, &admin.store);
    // What an account may do begins when it is signed in.
    let is_signed_in = shown.session.stage == Stage::Open;
    let assignments: &[Assignment] = if is_signed_in { &row.assignments } else { &[] };
    let grants = store.grants(assignments).await.map_err(Refused::from)?;
    let policy = store.sign_in_policy(row.scope).await.map_err(Refused::from)?;
    Ok(Me {
        kind: AskerKind::Account,
        id: row.account.id.0,
        name: row.account.name.clone(),
        email: Some(row.account.email.clone()),
        tenant: tenant(admin, row.scope).await?,
        reseller: reseller(admin, row.scope).await?,
        person: row.account.person.map(|person| person.0),
        roles: grants::shown(assignments),
        permissions: permissions(&grants),
        state: Some(shown.session.stage.into()),
        csrf_token: Some(browser::csrf_token(shown.token.expose())),
        factors: Some(Factors {
            totp: row.has_second_factor,
            recovery_codes_left: store.n_recovery_codes(row.account.id).await.map_err(Refused::from)?,
            second_factor_required: policy.is_some_and(|policy| policy.value.second_factor_required),
        }),
        session: Some(shown.session.id.0),
    })
}

/// Show who asks: the account that is signed in, or the key
#[utoipa::path(get, path = "/me", tag = "me", responses((status = 200, body = Me), Refusals))]
pub async fn show(Who(me): Who) -> Json<Me> {
    Json(me)
}

/// Choose another password: sessions elsewhere end
#[utoipa::path(post, path = "/me/password", tag = "me", request_body = PasswordChange,
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn change_password(own: OwnAccount, Body(wanted): Body<PasswordChange>) -> Result<StatusCode, Problem> {
    own.change_password(wanted.current.as_ref(), &wanted.new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begin to set up a second factor
#[utoipa::path(post, path = "/me/totp", tag = "me", request_body = PasswordAgain,
    responses((status = 200, body = NewTotp), Refusals, WriteRefusals))]
pub async fn begin_totp(
    own: OwnAccount,
    OptionalBody(given): OptionalBody<PasswordAgain>,
) -> Result<Json<NewTotp>, Problem> {
    let begun = own.begin_second_factor(given.password.as_ref()).await?;
    Ok(Json(NewTotp { secret: begun.secret, uri: begun.uri }))
}

/// Show a code of the second factor that is being set up: it counts from then on
#[utoipa::path(post, path = "/me/totp/confirm", tag = "me", request_body = TotpCode,
    responses((status = 200, body = ConfirmedTotp), Refusals, WriteRefusals))]
pub async fn confirm_totp(own: OwnAccount, Body(given): Body<TotpCode>) -> Result<Holding<ConfirmedTotp>, Problem> {
    let (begun, codes) = own.confirm_second_factor(&given.code).await?;
    let csrf_token = browser::csrf_token(begun.token.expose());
    let value = ConfirmedTotp { recovery_codes: exposed(&codes), csrf_token };
    Ok(Holding { value, url: own.admin.signing.public_url.clone(), token: begun.token })
}

/// Take the own second factor away, where none is asked for
#[utoipa::path(post, path = "/me/totp/remove", tag = "me", request_body = PasswordAgain,
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn remove_totp(
    own: OwnAccount,
    OptionalBody(given): OptionalBody<PasswordAgain>,
) -> Result<StatusCode, Problem> {
    own.remove_second_factor(given.password.as_ref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Get other recovery codes: those before open nothing
#[utoipa::path(post, path = "/me/recovery-codes", tag = "me", request_body = PasswordAgain,
    responses((status = 200, body = RecoveryCodes), Refusals, WriteRefusals))]
pub async fn renew_recovery_codes(
    own: OwnAccount,
    OptionalBody(given): OptionalBody<PasswordAgain>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let codes = own.renew_recovery_codes(given.password.as_ref()).await?;
    Ok(Json(RecoveryCodes { recovery_codes: exposed(&codes) }))
}

/// List where one is signed in, the latest first
#[utoipa::path(get, path = "/me/sessions", tag = "me",
    responses((status = 200, body = List<AccountSession>), Refusals))]
pub async fn sessions(own: OwnAccount) -> Result<Json<List<AccountSession>>, Problem> {
    let current = own.session.id;
    let sessions = own.sessions().await?;
    Ok(List::whole(sessions.into_iter().map(|session| AccountSession::of(session, Some(current))).collect()))
}

/// Sign out somewhere else
#[utoipa::path(delete, path = "/me/sessions/{session}", tag = "me", params(("session" = Uuid, Path)),
    responses((status = 204), Refusals))]
pub async fn end_session(own: OwnAccount, Path(session): Path<String>) -> Result<StatusCode, Problem> {
    own.end_session(SessionId(id(&session, "session")?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign out everywhere else
#[utoipa::path(post, path = "/me/sessions/end-others", tag = "me",
    responses((status = 200, body = EndedSessions), Refusals))]
pub async fn end_other_sessions(own: OwnAccount) -> Result<Json<EndedSessions>, Problem> {
    Ok(Json(EndedSessions { n_ended: own.end_other_sessions().await? }))
}

async fn tenant(admin: &Admin, scope: Scope) -> Result<Option<MyTenant>, Problem> {
    let Some(id) = scope.tenant() else { return Ok(None) };
    let found = admin.store.tenant(id).await.map_err(Refused::from)?;
    Ok(found.map(|found| found.value.profile).map(|it| MyTenant { id: it.id.0, slug: it.slug, name: it.name }))
}

async fn reseller(admin: &Admin, scope: Scope) -> Result<Option<MyTenant>, Problem> {
    let Some(id) = scope.reseller() else { return Ok(None) };
    let found = admin.store.reseller(id).await.map_err(Refused::from)?;
    Ok(found.map(|found| found.value).map(|it| MyTenant { id: it.id.0, slug: it.slug, name: it.name }))
}

fn permissions(grants: &Grants) -> Vec<String> {
    let all: BTreeSet<_> = grants.0.iter().flat_map(|grant| grant.permissions.iter().copied()).collect();
    all.into_iter().map(String::from).collect()
}

fn exposed(codes: &[Secret]) -> Vec<String> {
    codes.iter().map(|code| code.expose().to_owned()).collect()
}
