//! What is said when something is refused. RFC 7644 §3.12

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::admin::Refused;
use crate::api::problem::Problem;

pub const MEDIA_TYPE: &str = "application/scim+json";

/// A refusal.
#[derive(Clone, Debug)]
pub struct ScimError {
    pub status: StatusCode,
    pub scim_type: Option<&'static str>,
    pub detail: String,
}

impl ScimError {
    pub fn bad_request(scim_type: &'static str, detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, scim_type: Some(scim_type), detail: detail.into() }
    }

    pub fn not_found(what: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, scim_type: None, detail: format!("there is no such {what}") }
    }
}

impl From<Problem> for ScimError {
    fn from(problem: Problem) -> Self {
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // What breaks a rule is a bad value here. RFC 7644 §3.12, table 9
        let (status, scim_type) = match (status, problem.code.as_str()) {
            (StatusCode::CONFLICT, "taken" | "extension.taken" | "scim.user_name_taken") => {
                (status, Some("uniqueness"))
            }
            (StatusCode::UNPROCESSABLE_ENTITY, _) => {
                let is_taken = problem.errors.iter().any(|error| error.code == "name_taken");
                if is_taken {
                    (StatusCode::CONFLICT, Some("uniqueness"))
                } else {
                    (StatusCode::BAD_REQUEST, Some("invalidValue"))
                }
            }
            (StatusCode::BAD_REQUEST, _) => (status, Some("invalidSyntax")),
            (other, _) => (other, None),
        };
        let mut detail = problem.detail;
        for error in problem
            .errors
            .iter()
            .filter(|error| error.message != detail)
            .map(|it| format!("{}: {}", it.field, it.message))
            .collect::<Vec<_>>()
        {
            detail.push_str(&format!("; {error}"));
        }
        if let Some(fix) = problem.fix {
            detail.push_str(&format!(" ({fix})"));
        }
        Self { status, scim_type, detail }
    }
}

impl From<Refused> for ScimError {
    fn from(refused: Refused) -> Self {
        Problem::from(refused).into()
    }
}

impl From<store::StoreError> for ScimError {
    fn from(error: store::StoreError) -> Self {
        Refused::from(error).into()
    }
}

impl IntoResponse for ScimError {
    fn into_response(self) -> Response {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": self.status.as_u16().to_string(),
            "detail": self.detail,
        });
        if let Some(scim_type) = self.scim_type {
            body["scimType"] = scim_type.into();
        }
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
