//! The pages of the admin center: files that were built into the program, for whatever path is none of the API's.

use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use crate::api::problem::Problem;

/// One file, plain and packed.
#[derive(Clone, Copy, Debug)]
pub struct File {
    pub name: &'static str,
    pub plain: &'static [u8],
    pub brotli: Option<&'static [u8]>,
    pub gzip: Option<&'static [u8]>,
}

/// The pages that this program has; none if they were not built before it.
pub const BUILT: Pages = Pages(include!(concat!(env!("OUT_DIR"), "/pages.rs")));

/// A set of pages. Each of their paths is the one page, which finds its way by itself.
#[derive(Clone, Copy, Debug)]
pub struct Pages(pub &'static [File]);

const INDEX: &str = "index.html";
/// Files whose names change with what is in them.
const HASHED: &str = "assets/";
const HASHED_CACHED: &str = "public, max-age=31536000, immutable";
/// First parts of paths that are no page, so that a mistake in them is told as one.
const NO_PAGES: [&str; 7] = ["api", "healthz", "metrics", "operator", "readyz", "scim", "ws"];
/// Nothing from elsewhere, nothing written into the page itself, and no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><title>Trunkline</title><h1>Trunkline</h1>\
                         <p>This program was built without the pages of the admin center.</p>\
                         <p>Run <code>scripts/install pages</code> and build it again, or use the API at <code>/api/v1</code>.</p>\
                         </html>";

/// What a path that is none of the API's answers.
pub async fn fallback(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    BUILT.answer(&method, uri.path(), &headers).unwrap_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "not_found", "there is no such resource").into_response()
    })
}

impl Pages {
    /// A page or one of its files; none where there can be none.
    pub fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<Response> {
        let name = path.trim_start_matches('/');
        let first = name.split('/').next().unwrap_or_default();
        if NO_PAGES.contains(&first) || ![Method::GET, Method::HEAD].contains(method) {
            return None;
        }
        if self.0.is_empty() {
            return Some(with_policy((StatusCode::NOT_FOUND, axum::response::Html(NOT_BUILT)).into_response()));
        }
        match self.named(name) {
            Some(file) => Some(file.answer(headers)),
            // The page of an earlier version asks for a file that is gone: it must not get a page in its place.
            None if name.starts_with(HASHED) => None,
            None => self.named(INDEX).map(|index| index.answer(headers)),
        }
    }

    fn named(&self, name: &str) -> Option<&File> {
        self.0.iter().find(|file| file.name == name)
    }
}

impl File {
    fn answer(&self, headers: &HeaderMap) -> Response {
        let packed = [("br", self.brotli), ("gzip", self.gzip)];
        let chosen =
            packed.into_iter().find_map(|(coding, bytes)| Some((coding, bytes.filter(|_| takes(headers, coding))?)));
        // A page in a cache would still show itself to who goes back after signing out.
        let cached = if self.name.starts_with(HASHED) { HASHED_CACHED } else { "no-store" };
        let about = [
            (header::CONTENT_TYPE, self.media_type()),
            (header::CACHE_CONTROL, cached),
            (header::VARY, "accept-encoding"),
        ];
        let bytes = chosen.map_or(self.plain, |(_, bytes)| bytes);
        let mut response = (about, bytes).into_response();
        if let Some((coding, _)) = chosen {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        with_policy(response)
    }

    fn media_type(&self) -> &'static str {
        match self.name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("css") => "text/css; charset=utf-8",
            Some("html") => "text/html; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("json") => "application/json",
            Some("svg") => "image/svg+xml",
            Some("woff2") => "font/woff2",
            _ => "application/octet-stream",
        }
    }
}

/// Whether a coding is named in `Accept-Encoding` and not with a weight of zero. RFC 9110 §12.5.3
fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let named = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).any(|part| {
        let (name, weight) = part.split_once(';').unwrap_or((part, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(coding) && weight.is_some_and(|weight| 0.0 < weight)
    })
}

fn with_policy(mut response: Response) -> Response {
    const ABOUT: [(HeaderName, &str); 4] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in ABOUT {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
