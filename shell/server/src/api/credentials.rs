//! Who asks: the bearer token of a request. RFC 6750

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::problem::Problem;
use crate::admin::{Admin, Caller};

impl FromRequestParts<Arc<Admin>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, admin: &Arc<Admin>) -> Result<Self, Problem> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some(header) = header else { return Err(Problem::unauthorized("this needs a token")) };
        let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Problem::unauthorized("only bearer tokens are taken"));
        }
        let caller = admin.caller(token.trim()).await?;
        caller.ok_or_else(|| Problem::unauthorized("this token opens nothing: it is unknown, expired or revoked"))
    }
}
