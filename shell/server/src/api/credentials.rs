//! Who asks: the bearer token of a request. RFC 6750

use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};

use super::areas;
use super::problem::Problem;
use crate::admin::{Admin, Asked, Caller};

impl FromRequestParts<Arc<Admin>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, admin: &Arc<Admin>) -> Result<Self, Problem> {
        let asked = asked(parts).await;
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some(header) = header else { return Err(Problem::unauthorized("this needs a token")) };
        let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Problem::unauthorized("only bearer tokens are taken"));
        }
        let asked =
            asked.ok_or_else(|| Problem::new(StatusCode::FORBIDDEN, "forbidden", "no permission opens this"))?;
        let caller = admin.caller(token.trim(), asked).await?;
        caller.ok_or_else(|| Problem::unauthorized("this token opens nothing: it is unknown, expired or revoked"))
    }
}

async fn asked(parts: &mut Parts) -> Option<Asked> {
    let path = parts.extensions.get::<MatchedPath>()?.clone();
    let params = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    areas::asked(&path, &params)
}
