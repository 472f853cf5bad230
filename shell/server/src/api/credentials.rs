//! Who asks: the bearer token of a request (RFC 6750), or the session of a browser.

use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use phone::access::session::Stage;

use super::problem::Problem;
use super::{areas, browser};
use crate::admin::own_account::not_finished;
use crate::admin::{Admin, Asked, Caller};

impl FromRequestParts<Arc<Admin>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, admin: &Arc<Admin>) -> Result<Self, Problem> {
        let asked = asked(parts).await;
        let closed = || Problem::new(StatusCode::FORBIDDEN, "forbidden", "no permission opens this");
        if parts.headers.contains_key(header::AUTHORIZATION) {
            let token = bearer(parts)?.to_owned();
            let caller = admin.caller(&token, asked.ok_or_else(closed)?).await?;
            return caller
                .ok_or_else(|| Problem::unauthorized("this token opens nothing: it is unknown, expired or revoked"));
        }
        let Some(shown) = browser::shown(parts, admin).await? else {
            return Err(Problem::unauthorized("this needs a token, or somebody who is signed in"));
        };
        if shown.session.stage != Stage::Open {
            return Err(not_finished(shown.session.stage).into());
        }
        let caller = admin.caller_of_account(shown.row, asked.ok_or_else(closed)?).await?;
        caller.ok_or_else(|| Problem::unauthorized("the reseller whose account this is is suspended"))
    }
}

/// The bearer token of a request.
pub fn bearer(parts: &Parts) -> Result<&str, Problem> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token.trim())
    } else {
        Err(Problem::unauthorized("only bearer tokens are taken"))
    }
}

async fn asked(parts: &mut Parts) -> Option<Asked> {
    let path = parts.extensions.get::<MatchedPath>()?.clone();
    let params = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    areas::asked(&path, &params)
}
