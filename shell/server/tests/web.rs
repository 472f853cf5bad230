//! Pages are served where nothing else is, and nothing of theirs is let in from elsewhere.

use axum::body::to_bytes;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use server::web::*;

const PAGES: Pages = Pages(&[
    File { name: "assets/main-1a2b.js", plain: b"plain", brotli: Some(b"brotli"), gzip: Some(b"gzip") },
    File { name: "icon.svg", plain: b"<svg/>", brotli: None, gzip: None },
    File { name: "index.html", plain: b"<!doctype html>", brotli: None, gzip: None },
]);

#[tokio::test]
async fn each_path_of_a_page_is_the_one_page() {
    for path in ["/", "/sign-in", "/t/acme/people", "/t/api/home"] {
        let response = get(path, "").unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8", "{path}");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store", "{path}");
        assert_eq!(body(response).await, "<!doctype html>", "{path}");
    }
}

#[test]
fn what_is_no_page_is_none() {
    for path in ["/api/v1/nothing", "/api", "/scim/v2", "/ws/other", "/operator/v1/x", "/metrics/x", "/readyz/x"] {
        assert!(get(path, "").is_none(), "{path}");
    }
    // A page of an earlier version asks for what is gone.
    assert!(get("/assets/main-0000.js", "").is_none());
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        assert!(PAGES.answer(&method, "/", &HeaderMap::new()).is_none(), "{method}");
    }
}

#[tokio::test]
async fn a_browser_gets_what_it_can_unpack() {
    for (takes, coding, wanted) in [
        ("gzip, deflate, br, zstd", Some("br"), "brotli"),
        ("gzip", Some("gzip"), "gzip"),
        ("br;q=0, gzip;q=0.5", Some("gzip"), "gzip"),
        ("identity", None, "plain"),
        ("", None, "plain"),
    ] {
        let response = get("/assets/main-1a2b.js", takes).unwrap();
        let said = response.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(said.as_deref(), coding, "{takes}");
        assert_eq!(response.headers()[header::VARY], "accept-encoding");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(body(response).await, wanted, "{takes}");
    }
}

#[test]
fn a_page_takes_nothing_from_elsewhere_and_stands_in_no_frame() {
    for pages in [PAGES, Pages(&[])] {
        let response = pages.answer(&Method::GET, "/", &HeaderMap::new()).unwrap();
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
}

#[tokio::test]
async fn a_program_without_pages_says_how_to_get_them() {
    let response = Pages(&[]).answer(&Method::GET, "/t/acme/home", &HeaderMap::new()).unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert!(body(response).await.contains("scripts/install pages"));
    assert!(Pages(&[]).answer(&Method::GET, "/api/v1/nothing", &HeaderMap::new()).is_none());
}

fn get(path: &str, takes: &'static str) -> Option<Response> {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(takes));
    PAGES.answer(&Method::GET, path, &headers)
}

async fn body(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), 1_000).await.unwrap().to_vec()).unwrap()
}
