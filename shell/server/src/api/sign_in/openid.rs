//! Signing in elsewhere, with a browser.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::replaced;
use crate::admin::openid::Return;
use crate::admin::signing::Asker;
use crate::admin::{Admin, Refused};
use crate::api::body::Params;
use crate::api::browser;
use crate::api::problem::{Problem, Refusals};

/// Where somebody wants to sign in.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PlaceParams {
    /// Short name or id of the organization, or short name of the reseller; the server itself if none is named.
    pub tenant: Option<String>,
}

/// What a provider sends back, and whatever else it likes to say.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReturnParams {
    pub code: Option<String>,
    pub state: Option<String>,
    /// Why it sends nobody back.
    pub error: Option<String>,
    /// Which provider sends somebody back, if it says so. RFC 9207
    pub iss: Option<String>,
}

/// Sign in with the OpenID provider: sends the browser there
#[utoipa::path(get, path = "/sign-in/openid", tag = "sign-in", security(()), params(PlaceParams),
    responses((status = 303, description = "To the provider"), Refusals))]
pub async fn begin(State(admin): State<Arc<Admin>>, Params(place): Params<PlaceParams>) -> Result<Response, Problem> {
    let flow = admin.begin_openid(place.tenant.as_deref()).await?;
    let mut response = to(&flow.location)?;
    if let Some(cookie) = browser::flow_cookie(&admin.signing.public_url, flow.cookie.expose()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Come back from the OpenID provider: signs in, and goes to the first page
#[utoipa::path(get, path = "/sign-in/openid/callback", tag = "sign-in", security(()), params(ReturnParams),
    responses((status = 303, description = "To the first page, with a session"), Refusals))]
pub async fn finish(
    State(admin): State<Arc<Admin>>,
    asker: Asker,
    headers: HeaderMap,
    Params(back): Params<ReturnParams>,
) -> Result<Response, Problem> {
    let url = &admin.signing.public_url;
    let (Some(code), Some(state)) = (&back.code, &back.state) else {
        return Err(declined(back.error.as_deref()).into());
    };
    let Some(cookie) = browser::flow(url, &headers) else {
        return Err(Refused::NotProven {
            code: "openid.other_flow",
            detail: "this browser began no sign-in in the last ten minutes",
            fix: "begin again, and let the browser keep cookies of this site",
        }
        .into());
    };
    let replaced = replaced(&admin, &headers);
    let back = Return { code, state, issuer: back.iss.as_deref(), cookie: &cookie };
    let begun = admin.finish_openid(&back, &asker, replaced.as_ref()).await?;
    let mut response = to("/")?;
    let cookies = [browser::cookie(url, &begun.token), browser::no_flow_cookie(url)];
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn declined(error: Option<&str>) -> Refused {
    tracing::info!(error, "an OpenID provider sent somebody back without a code");
    Refused::NotProven {
        code: "openid.declined",
        detail: "the provider signed nobody in",
        fix: "begin again; the log of the server has what the provider said",
    }
}

fn to(location: &str) -> Result<Response, Problem> {
    let malformed =
        |_| Problem::new(StatusCode::BAD_GATEWAY, "openid.provider_malformed", "the provider's address is none");
    let location = HeaderValue::try_from(location).map_err(malformed)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}
