use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderValue, header};

use server::admin::signing::Signing;
use server::api::browser::*;
use server::net::http::Peer;
use server::net::outward::Reach;
use server::passwords::Cost;
use server::public_url::PublicUrl;
use server::secret::Secret;

fn url(text: &str) -> PublicUrl {
    PublicUrl::parse(text).unwrap()
}

#[test]
fn over_https_the_cookie_is_bound_to_the_host() {
    let secret = Secret::new("s3cret".to_owned());
    let set = |url: &str| cookie(&self::url(url), &secret).unwrap().to_str().unwrap().to_owned();
    let secure = "__Host-trunkline=s3cret; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict; Secure";
    assert_eq!(set("https://phone.test"), secure);
    assert_eq!(set("http://phone.test"), "trunkline=s3cret; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict");
}

#[test]
fn what_a_browser_holds_is_found_among_other_cookies() {
    let mut headers = HeaderMap::new();
    headers.append(header::COOKIE, HeaderValue::from_static("a=b; trunkline=one; __Host-trunkline=two"));
    let held = |url: &str| held(&self::url(url), &headers).map(|held| held.expose().to_owned());
    assert_eq!(held("http://phone.test").as_deref(), Some("one"));
    assert_eq!(held("https://phone.test").as_deref(), Some("two"));
}

#[test]
fn the_word_of_ones_own_proxy_is_taken_and_nobody_elses() {
    let (proxy, client) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([192, 0, 2, 7]));
    let signing = Signing::new(Cost::CHEAPEST, url("https://phone.test"), vec![proxy], Reach::Public);
    for (peer, forwarded, expected) in [
        (client, "198.51.100.1", client),
        (proxy, "192.0.2.7", client),
        (proxy, "198.51.100.1, 192.0.2.7", client),
        (proxy, "198.51.100.1, 192.0.2.7, 10.0.0.1", client),
        (proxy, "198.51.100.1, 192.0.2.7:50000", client),
        (proxy, "198.51.100.1, ::ffff:192.0.2.7", client),
        (proxy, "198.51.100.1, unknown", proxy),
    ] {
        let request = axum::http::Request::builder().header("x-forwarded-for", forwarded).body(()).unwrap();
        let mut parts = request.into_parts().0;
        parts.extensions.insert(ConnectInfo(Peer(SocketAddr::new(peer, 50_000))));
        assert_eq!(asker(&parts, &signing).address, expected, "{peer} {forwarded}");
    }
}

#[test]
fn only_pages_of_the_own_origin_are_heard() {
    for (origin, host, is_own) in [
        (None, "phone.test", true),
        (Some("https://phone.test"), "phone.test", true),
        (Some("https://phone.test"), "10.0.0.1:8080", true),
        (Some("http://127.0.0.1:8080"), "127.0.0.1:8080", true),
        (Some("https://evil.test"), "phone.test", false),
        (Some("https://phone.test.evil.test"), "phone.test", false),
        (Some("null"), "phone.test", false),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        assert_eq!(check_origin(&headers, &url("https://phone.test")).is_ok(), is_own, "{origin:?}");
    }
}
