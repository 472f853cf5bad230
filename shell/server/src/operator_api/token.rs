//! Tokens for credentials. RFC 6749 4.4.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admin::Admin;
use crate::admin::operator_access::TOKEN_SECS;
use crate::api::problem::Problem;
use crate::secret::Secret;

/// What a program asks with. Its credentials come here or by HTTP Basic.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "grant_type": "client_credentials" }))]
pub struct TokenRequest {
    /// `client_credentials`
    grant_type: String,
    client_id: Option<String>,
    #[schema(value_type = Option<String>)]
    client_secret: Option<Secret>,
}

/// A token that opens the interface for a while.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Token {
    pub access_token: String,
    /// `Bearer`
    pub token_type: String,
    /// Seconds.
    pub expires_in: i64,
}

/// Why there is no token. RFC 6749 5.2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenRefusal {
    /// `invalid_request`, `invalid_client` or `unsupported_grant_type`.
    pub error: String,
    pub error_description: String,
}

/// Get a token for the credentials of a program
#[utoipa::path(post, path = "/token", tag = "token", security(()),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = Token), (status = 400, body = TokenRefusal), (status = 401, body = TokenRefusal),
        (status = 503, body = Problem, content_type = "application/problem+json",
            description = "Not now: the database does not answer, too much is asked at once, or the server is ending")))]
pub async fn create(State(admin): State<Arc<Admin>>, headers: HeaderMap, body: Bytes) -> Result<Json<Token>, Response> {
    let malformed = |words: &str| refusal(StatusCode::BAD_REQUEST, "invalid_request", words);
    let request: TokenRequest =
        serde_urlencoded::from_bytes(&body).map_err(|_| malformed("send grant_type=client_credentials as a form"))?;
    if request.grant_type != "client_credentials" {
        let words = "the only grant here is client_credentials";
        return Err(refusal(StatusCode::BAD_REQUEST, "unsupported_grant_type", words));
    }
    let (id, secret) = match (basic(&headers), request.client_id.zip(request.client_secret)) {
        (Some(credentials), None) | (None, Some(credentials)) => credentials,
        (Some(_), Some(_)) => return Err(malformed("send the credentials by one way only")),
        (None, None) => return Err(unknown("send client_id and client_secret, or both by HTTP Basic")),
    };
    let wrong = "these credentials are unknown or revoked, or the operator's interface is closed";
    let id: Uuid = id.parse().map_err(|_| unknown(wrong))?;
    let token = admin.operator_token(id, &secret).await.map_err(|refused| Problem::from(refused).into_response())?;
    let token = token.ok_or_else(|| unknown(wrong))?;
    let access_token = token.expose().to_owned();
    Ok(Json(Token { access_token, token_type: "Bearer".to_owned(), expires_in: TOKEN_SECS }))
}

/// Credentials by HTTP Basic. Ids and secrets of this server need no escapes. RFC 6749 2.3.1.
fn basic(headers: &HeaderMap) -> Option<(String, Secret)> {
    let (scheme, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((id.to_owned(), Secret::new(secret.to_owned())))
}

fn unknown(words: &str) -> Response {
    let mut response = refusal(StatusCode::UNAUTHORIZED, "invalid_client", words);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"operators\""));
    response
}

fn refusal(status: StatusCode, error: &str, words: &str) -> Response {
    let refusal = TokenRefusal { error: error.to_owned(), error_description: words.to_owned() };
    (status, Json(refusal)).into_response()
}
