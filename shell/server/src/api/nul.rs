//! Text with NUL characters: PostgreSQL can't keep it, so nobody may send it, whichever the database is.
//!
//! A body is looked at while it is read, so that nothing is read of who must not send it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;

use super::problem::Problem;

/// How a NUL character is written in the text of JSON.
const ESCAPED: &[u8] = b"u0000";

/// Refuses a request with a NUL character in its address, its query or its text.
pub async fn refuse(request: Request, next: Next) -> Response {
    let uri = request.uri();
    let is_scim = uri.path().starts_with("/scim/");
    if has_encoded(uri.path()) || uri.query().is_some_and(has_encoded) {
        return refusal(is_scim);
    }
    let Some(mut scan) = Scan::of(request.headers()).filter(|_| !request.body().is_end_stream()) else {
        return next.run(request).await;
    };
    let is_found = Arc::new(AtomicBool::new(false));
    let found = is_found.clone();
    let request = request.map(|body| {
        Body::from_stream(body.into_data_stream().map(move |part| {
            let part = part?;
            if scan.finds(&part) {
                found.store(true, Ordering::Relaxed);
                return Err(axum::Error::new(std::io::Error::other("a NUL character")));
            }
            Ok(part)
        }))
    });
    let response = next.run(request).await;
    // Whoever reads the body fails at it, and before anything is done.
    if is_found.load(Ordering::Relaxed) { refusal(is_scim) } else { response }
}

fn refusal(is_scim: bool) -> Response {
    let words = "the request has a NUL character (U+0000) in its text";
    let problem = Problem::new(StatusCode::BAD_REQUEST, "nul_character", words).with_fix("send the text without it");
    if is_scim { super::scim::refused(problem) } else { problem.into_response() }
}

/// Whether an address has a NUL character, as addresses write it.
fn has_encoded(text: &str) -> bool {
    text.contains("%00")
}

/// Looks for NUL characters in a body that comes in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scan {
    /// Text as it is.
    Plain,
    /// `application/x-www-form-urlencoded`: how much of `%00` was there last.
    Form { n_seen: usize },
    /// How much of an escape was there last; none outside of one.
    Json { escape: Option<usize> },
}

impl Scan {
    /// None for what is no text.
    fn of(headers: &HeaderMap) -> Option<Self> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "application/x-www-form-urlencoded" => Some(Self::Form { n_seen: 0 }),
            // What does not say what it is is read as JSON here and there.
            "" => Some(Self::Json { escape: None }),
            kind if kind.ends_with("json") => Some(Self::Json { escape: None }),
            kind if kind.starts_with("text/") => Some(Self::Plain),
            _ => None,
        }
    }

    pub fn finds(&mut self, part: &[u8]) -> bool {
        match self {
            Self::Plain => part.contains(&0),
            Self::Form { n_seen } => part.iter().any(|byte| {
                *n_seen = match (*n_seen, byte) {
                    (_, b'%') => 1,
                    (1 | 2, b'0') => *n_seen + 1,
                    (_, _) => 0,
                };
                *n_seen == 3
            }),
            Self::Json { escape } => part.iter().any(|byte| {
                *escape = match *escape {
                    None => (*byte == b'\\').then_some(0),
                    // What is not the next letter ends it: a backslash, too, which was the second of two.
                    Some(n_seen) => (ESCAPED.get(n_seen) == Some(byte)).then_some(n_seen + 1),
                };
                *escape == Some(ESCAPED.len())
            }),
        }
    }
}
