//! Who asks: the bearer token that an operator's program got for its credentials. RFC 6750.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use crate::admin::Admin;
use crate::admin::operator_access::OperatorCaller;
use crate::api::problem::Problem;

impl FromRequestParts<Arc<Admin>> for OperatorCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, admin: &Arc<Admin>) -> Result<Self, Problem> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) = header.and_then(|header| header.split_once(' ')).unwrap_or_default();
        let unauthorized = |detail| {
            let fix = "get a token at /operator/v1/token and send `Authorization: Bearer <token>`";
            Problem::unauthorized(detail).with_fix(fix)
        };
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(unauthorized("this needs a token of an operator"));
        }
        let caller = admin.operator_caller(token.trim()).await?;
        caller.ok_or_else(|| unauthorized("this token opens nothing: it is unknown, over or revoked"))
    }
}
