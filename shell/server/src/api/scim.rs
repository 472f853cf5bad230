//! Provisioning by a directory elsewhere, as SCIM 2.0 has it. RFC 7643 and RFC 7644
//!
//! People and groups are the same as in the rest of the API, and go through the same use cases; only their clothes
//! differ. What a phone system has no use for is passed over, as RFC 7644 §3.1 allows.

mod discovery;
pub mod error;
pub mod filter;
mod groups;
pub mod patch;
mod users;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::Expected;

use self::error::{MEDIA_TYPE, ScimError};
use self::filter::Filter;
use super::operation::Operation;
use super::problem::Problem;
use crate::admin::{Admin, Caller};

/// Below which a directory finds one organization.
pub const BASE: &str = "/scim/v2/tenants/{tenant}";
const COUNT_DEFAULT: u64 = 100;
pub const COUNT_MAX: u64 = 200;

/// Who asks; a refusal is in the words of SCIM.
pub struct Asker(pub Caller);

/// What part of a list is wanted, and how it is shown. RFC 7644 §3.4.2
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListQuery {
    filter: Option<String>,
    start_index: Option<i64>,
    count: Option<i64>,
    attributes: Option<String>,
    excluded_attributes: Option<String>,
}

pub fn router() -> Router<Arc<Admin>> {
    let routes = Router::new()
        .route("/Users", get(Operation::new(users::list)).post(Operation::new(users::create)))
        .route(
            "/Users/{id}",
            get(Operation::new(users::show))
                .put(Operation::new(users::replace))
                .patch(Operation::new(users::change))
                .delete(Operation::new(users::delete)),
        )
        .route("/Groups", get(Operation::new(groups::list)).post(Operation::new(groups::create)))
        .route(
            "/Groups/{id}",
            get(Operation::new(groups::show))
                .put(Operation::new(groups::replace))
                .patch(Operation::new(groups::change))
                .delete(Operation::new(groups::delete)),
        )
        .route("/ServiceProviderConfig", get(Operation::new(discovery::config)))
        .route("/ResourceTypes", get(Operation::new(discovery::resource_types)))
        .route("/ResourceTypes/{id}", get(Operation::new(discovery::resource_type)))
        .route("/Schemas", get(Operation::new(discovery::schemas)))
        .route("/Schemas/{id}", get(Operation::new(discovery::schema)))
        .fallback(|| async { ScimError::not_found("resource") });
    Router::new().nest(BASE, routes)
}

impl FromRequestParts<Arc<Admin>> for Asker {
    type Rejection = ScimError;

    async fn from_request_parts(parts: &mut Parts, admin: &Arc<Admin>) -> Result<Self, ScimError> {
        Ok(Self(Caller::from_request_parts(parts, admin).await?))
    }
}

impl ListQuery {
    fn filter(&self) -> Result<Option<Filter>, ScimError> {
        let read = self.filter.as_deref().filter(|text| !text.trim().is_empty()).map(Filter::parse).transpose();
        read.map_err(|error| ScimError::bad_request("invalidFilter", error.to_string()))
    }

    /// What is less than 1 is 1.
    fn start_index(&self) -> u64 {
        self.start_index.and_then(|index| u64::try_from(index).ok()).unwrap_or(1).max(1)
    }

    fn n_skipped(&self) -> u64 {
        self.start_index().saturating_sub(1)
    }

    /// What is less than 0 is 0.
    fn count(&self) -> u64 {
        match self.count {
            Some(count) => u64::try_from(count).unwrap_or(0).min(COUNT_MAX),
            None => COUNT_DEFAULT,
        }
    }

    /// Whether an attribute is to be in the answer.
    fn shows(&self, attribute: &str) -> bool {
        let names = |list: &str| list.split(',').any(|name| name.trim().eq_ignore_ascii_case(attribute));
        match (&self.attributes, &self.excluded_attributes) {
            (Some(wanted), _) => names(wanted),
            (None, Some(unwanted)) => !names(unwanted),
            (None, None) => true,
        }
    }
}

/// What a filter found: how much it is, and the part of it that is shown. No more is kept, however much fits.
struct Found {
    n_skipped: u64,
    count: u64,
    n_all: u64,
    objects: Vec<Value>,
}

impl Found {
    fn new(query: &ListQuery) -> Self {
        Self { n_skipped: query.n_skipped(), count: query.count(), n_all: 0, objects: Vec::new() }
    }

    fn extend(&mut self, fitting: impl IntoIterator<Item = Value>) {
        let shown = self.n_skipped..self.n_skipped.saturating_add(self.count);
        for object in fitting {
            if shown.contains(&self.n_all) {
                self.objects.push(object);
            }
            self.n_all = self.n_all.saturating_add(1);
        }
    }
}

/// A list. RFC 7644 §3.4.2
fn listed(query: &ListQuery, objects: Vec<Value>, n_all: u64) -> Response {
    let always = ["schemas", "id", "meta"];
    let trimmed = |mut object: Value| {
        if let Some(fields) = object.as_object_mut() {
            fields.retain(|name, _| always.contains(&name.as_str()) || query.shows(name));
        }
        object
    };
    let objects: Vec<Value> = objects.into_iter().map(trimmed).collect();
    answer(
        StatusCode::OK,
        &json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": n_all,
            "startIndex": query.start_index(),
            "itemsPerPage": objects.len(),
            "Resources": objects,
        }),
    )
}

/// An object, with its version and, when it is new, where it is.
fn answer(status: StatusCode, object: &Value) -> Response {
    let mut response = (status, Json(object)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    let text =
        |pointer| object.pointer(pointer).and_then(Value::as_str).and_then(|text| HeaderValue::try_from(text).ok());
    if let Some(version) = text("/meta/version") {
        headers.insert(header::ETAG, version);
    }
    if let (StatusCode::CREATED, Some(location)) = (status, text("/meta/location")) {
        headers.insert(header::LOCATION, location);
    }
    response
}

/// A refusal of what never came to an operation, in the words of SCIM.
pub fn refused(problem: Problem) -> Response {
    ScimError::from(problem).into_response()
}

/// A body, whatever it calls itself: some directories say `application/json`.
fn body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ScimError> {
    serde_json::from_slice(bytes).map_err(|error| ScimError::bad_request("invalidSyntax", error.to_string()))
}

/// The version that `If-Match` names. RFC 7644 §3.14
fn if_match(headers: &HeaderMap) -> Result<Expected, ScimError> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(Expected::Any) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(Expected::Any);
    }
    let version = text.strip_prefix("W/").unwrap_or(text).trim_matches('"').parse();
    version.map(Expected::Version).map_err(|_| ScimError::bad_request("invalidSyntax", "If-Match names no version"))
}
