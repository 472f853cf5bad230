//! Signing in and out.

pub mod openid;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use phone::access::session::Stage;
use serde::{Deserialize, Serialize};
use store::TokenHash;
use utoipa::ToSchema;

use super::body::Body;
use super::browser;
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::Admin;
use crate::admin::own_account::OwnAccount;
use crate::admin::sign_in::{Begun, Proof};
use crate::admin::signing::Asker;
use crate::public_url::PublicUrl;
use crate::secret::Secret;

/// What somebody signs in with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "email": "admin@demo.test", "password": "four words of mine" }))]
pub struct SignIn {
    pub email: String,
    #[schema(value_type = String)]
    pub password: Secret,
    /// Short name or id of the organization, or short name of the reseller; needed by who has accounts in several.
    pub tenant: Option<String>,
}

/// A second factor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "287082" }))]
pub struct SecondFactor {
    /// Six digits that an app shows, or a recovery code.
    pub code: String,
}

/// An invitation that is taken up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "token": "what stands behind # in the link", "password": "four words of mine" }))]
pub struct AcceptedInvitation {
    #[schema(value_type = String)]
    pub token: Secret,
    /// The password that is to be.
    #[schema(value_type = String)]
    pub password: Secret,
}

/// How far somebody has come. The session itself is in a cookie.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SignInState {
    pub state: SignInStage,
    /// Send it as `X-CSRF-Token` with whatever changes something.
    pub csrf_token: String,
}

/// How far somebody has come with signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignInStage {
    /// The code of an app or a recovery code is still to be shown.
    SecondFactorNeeded,
    /// A second factor is asked of everybody here and is to be set up first.
    SecondFactorSetupNeeded,
    SignedIn,
}

/// An answer with which the browser holds a session.
pub struct Holding<T> {
    pub value: T,
    pub url: PublicUrl,
    pub token: Secret,
}

impl<T: Serialize> IntoResponse for Holding<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.value).into_response();
        if let Some(cookie) = browser::cookie(&self.url, &self.token) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

/// Sign in with a password
///
/// The answer sets a cookie. With a second factor it opens nothing before that is shown.
#[utoipa::path(post, path = "/sign-in", tag = "sign-in", security(()), request_body = SignIn,
    responses((status = 200, body = SignInState), Refusals))]
pub async fn create(
    State(admin): State<Arc<Admin>>,
    asker: Asker,
    headers: HeaderMap,
    Body(given): Body<SignIn>,
) -> Result<Holding<SignInState>, Problem> {
    browser::check_origin(&headers, &admin.signing.public_url)?;
    let replaced = replaced(&admin, &headers);
    let proof = Proof { email: &given.email, password: &given.password, tenant: given.tenant.as_deref() };
    let begun = admin.sign_in(&proof, &asker, replaced.as_ref()).await?;
    Ok(holding(&admin, begun))
}

/// Show the second factor after the password
#[utoipa::path(post, path = "/sign-in/second-factor", tag = "sign-in", request_body = SecondFactor,
    responses((status = 200, body = SignInState), Refusals, WriteRefusals))]
pub async fn second_factor(own: OwnAccount, Body(given): Body<SecondFactor>) -> Result<Holding<SignInState>, Problem> {
    let OwnAccount { admin, session, row, held, asker } = own;
    let begun = admin.prove_second_factor((&session, row), &given.code, &asker, &held).await?;
    Ok(holding(&admin, begun))
}

/// Take up an invitation: choose a password and be signed in
#[utoipa::path(post, path = "/sign-in/invitation", tag = "sign-in", security(()), request_body = AcceptedInvitation,
    responses((status = 200, body = SignInState), Refusals, WriteRefusals))]
pub async fn accept_invitation(
    State(admin): State<Arc<Admin>>,
    asker: Asker,
    headers: HeaderMap,
    Body(given): Body<AcceptedInvitation>,
) -> Result<Holding<SignInState>, Problem> {
    browser::check_origin(&headers, &admin.signing.public_url)?;
    let replaced = replaced(&admin, &headers);
    let begun = admin.accept_invitation(&given.token, &given.password, &asker, replaced.as_ref()).await?;
    Ok(holding(&admin, begun))
}

/// Sign out
#[utoipa::path(post, path = "/sign-out", tag = "sign-in", responses((status = 204), Refusals))]
pub async fn end(own: OwnAccount) -> Result<Response, Problem> {
    own.sign_out().await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = browser::no_cookie(&own.admin.signing.public_url) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

pub fn holding(admin: &Admin, begun: Begun) -> Holding<SignInState> {
    let state = begun.session.stage.into();
    let value = SignInState { state, csrf_token: browser::csrf_token(begun.token.expose()) };
    Holding { value, url: admin.signing.public_url.clone(), token: begun.token }
}

/// What the browser held before: it is replaced.
fn replaced(admin: &Admin, headers: &HeaderMap) -> Option<TokenHash> {
    browser::held(&admin.signing.public_url, headers).map(|held| TokenHash::of(held.expose()))
}

impl From<Stage> for SignInStage {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::SecondFactor => Self::SecondFactorNeeded,
            Stage::Enrolment => Self::SecondFactorSetupNeeded,
            Stage::Open => Self::SignedIn,
        }
    }
}
