//! Reading requests and writing objects, with problems in place of the framework's own words.

use axum::Json;
use axum::body::HttpBody as _;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use store::{Expected, RequestKey, Version};
use uuid::Uuid;

use super::BASE;
use super::money;
use super::problem::Problem;

/// Room for an id of any kind with a prefix.
const KEY_CHARS_MAX: usize = 255;

/// A JSON body.
pub struct Body<T>(pub T);

/// A JSON body that may be missing: then nothing special is wanted.
pub struct OptionalBody<T>(pub T);

/// The query of the address; a name that it does not know is an error, so that a typo filters nothing silently.
pub struct Params<T>(pub T);

/// An object with its version.
pub struct Versioned<T> {
    pub value: T,
    pub version: Version,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection @ JsonRejection::BytesRejection(_)) => {
                Err(Problem::new(rejection.status(), "body_unreadable", rejection.body_text()))
            }
            Err(rejection) => {
                let words = rejection.body_text();
                let of_money = money::fault(&words).map(Problem::from);
                Err(of_money.unwrap_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "malformed_body", words)))
            }
        }
    }
}

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Problem> {
        if request.body().is_end_stream() {
            return Ok(Self(T::default()));
        }
        Body::from_request(request, state).await.map(|Body(value)| Self(value))
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let malformed =
            |rejection: QueryRejection| Problem::new(StatusCode::BAD_REQUEST, "malformed_query", rejection.body_text());
        let Query(value) = Query::from_request_parts(parts, state).await.map_err(malformed)?;
        Ok(Self(value))
    }
}

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.value).into_response();
        if let Ok(etag) = HeaderValue::try_from(format!("\"{}\"", self.version)) {
            response.headers_mut().insert(header::ETAG, etag);
        }
        response
    }
}

/// An object that was made, with its version and where it is.
pub struct Created<T> {
    pub value: T,
    pub version: Version,
    /// Its path below the base of the API.
    pub location: String,
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = Versioned { value: self.value, version: self.version }.into_response();
        *response.status_mut() = StatusCode::CREATED;
        if let Ok(location) = HeaderValue::try_from(format!("{BASE}{}", self.location)) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

/// Reads a field of a change: absent leaves it, null clears it, a value sets it. RFC 7396
pub fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    serde::Deserialize::deserialize(deserializer).map(Some)
}

/// Sets what a change names.
pub fn set<T>(wanted: Option<T>, field: &mut T) {
    if let Some(wanted) = wanted {
        *field = wanted;
    }
}

/// What `If-Match` says; without it any version may be overwritten.
pub fn if_match(headers: &HeaderMap) -> Result<Expected, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(Expected::Any) };
    let value = value.to_str().map(str::trim).unwrap_or_default();
    if value == "*" {
        return Ok(Expected::Any);
    }
    let version = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')?.parse::<Version>().ok());
    let malformed =
        || Problem::new(StatusCode::BAD_REQUEST, "malformed_if_match", "If-Match takes one ETag as it was given");
    version.map(Expected::Version).ok_or_else(malformed)
}

/// What `Idempotency-Key` says, with what the request is: its words and its body.
pub fn request_key(headers: &HeaderMap, words: &[&str], body: &[u8]) -> Result<Option<RequestKey>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().map(str::trim).unwrap_or_default();
    if !(1..=KEY_CHARS_MAX).contains(&key.len()) {
        let detail = format!("Idempotency-Key takes 1 to {KEY_CHARS_MAX} visible characters");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "malformed_idempotency_key", detail));
    }
    let mut digest = Sha256::new();
    for word in words {
        digest.update(word.as_bytes());
        digest.update([0]);
    }
    digest.update(body);
    Ok(Some(RequestKey { key: key.to_owned(), digest: digest.finalize().to_vec() }))
}

/// An id in a path. What is none names nothing.
pub fn id_or_none(text: &str) -> Uuid {
    text.parse().unwrap_or_default()
}

/// The id in a path. What is none is not there.
pub fn id(text: &str, what: &str) -> Result<Uuid, Problem> {
    text.parse().map_err(|_| Problem::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {what}")))
}
