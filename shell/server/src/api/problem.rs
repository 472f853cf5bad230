//! What the API says when it refuses. RFC 9457.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoResponses, ToSchema};

use crate::admin::Refused;
use crate::admin::refused::Fault;

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for each problem of this kind.
    pub title: String,
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// Stable: for programs to decide by.
    pub code: String,
    /// What is wrong with single fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// Not before this many seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// A path from the object: `default_flow.menu.options[2].action`.
    pub field: String,
    pub code: String,
    pub message: String,
}

/// Every operation may answer with these.
#[derive(IntoResponses)]
pub enum Refusals {
    /// The request can't be read
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(Problem),
    /// Nobody who may ask: no token or session, or one that opens nothing
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(Problem),
    /// Too many attempts failed before
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
    /// The asker may not do that
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// Not there, or in another organization
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// Not now: the database or what else is needed does not answer, too much is asked at once, or the server is ending
    #[response(status = 503, content_type = "application/problem+json", headers(("Retry-After" = u64, description = "Seconds")))]
    Unavailable(Problem),
}

/// Operations that change something may answer with these, too.
#[derive(IntoResponses)]
pub enum WriteRefusals {
    /// Against the state that the object is in
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// Changed since it was read
    #[response(status = 412, content_type = "application/problem+json")]
    Stale(Problem),
    /// The object would break a rule
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
}

impl Problem {
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:trunkline:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Problem").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            code: code.to_owned(),
            errors: Vec::new(),
            fix: None,
            retry_after_seconds: None,
        }
    }

    pub fn with_fix(self, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..self }
    }

    /// No credentials that open anything. RFC 6750 §3
    pub fn unauthorized(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
            .with_fix("send `Authorization: Bearer <token>` with a token of this server")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after_seconds.or((status == StatusCode::SERVICE_UNAVAILABLE).then_some(1));
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(secs) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        response
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let detail = refused.to_string();
        match refused {
            Refused::Forbidden { .. } => Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
                .with_fix("use a token with another role or of another organization"),
            Refused::Missing { code, fix, .. } => Self::new(StatusCode::FORBIDDEN, code, detail).with_fix(fix),
            Refused::NotProven { code, fix, .. } => Self::new(StatusCode::UNAUTHORIZED, code, detail).with_fix(fix),
            Refused::TooMany { secs } => {
                let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail);
                Self { retry_after_seconds: Some(secs), ..problem }.with_fix(format!("try again in {secs} s"))
            }
            Refused::NotFound { .. } => Self::new(StatusCode::NOT_FOUND, "not_found", detail),
            Refused::Conflict { code, fix, .. } => Self { fix, ..Self::new(StatusCode::CONFLICT, code, detail) },
            Refused::Stale { current } => Self::new(StatusCode::PRECONDITION_FAILED, "stale", detail)
                .with_fix(format!("read it again (its ETag is \"{current}\" now) and repeat your change")),
            Refused::Invalid { code, faults, fix, .. } => Self {
                errors: faults.into_iter().map(FieldError::from).collect(),
                fix,
                ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
            },
            Refused::Unavailable { .. } => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).with_fix("try again in a moment")
            }
            Refused::Failed { cause } => {
                tracing::warn!(cause, "a request of the API failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
            }
        }
    }
}

impl From<Fault> for FieldError {
    fn from(fault: Fault) -> Self {
        Self { field: fault.field, code: fault.code, message: fault.message }
    }
}
