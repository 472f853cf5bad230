//! Browsers: the cookie that a session is known by, and what keeps other sites from using it.
//!
//! The cookie is `SameSite=Strict`: no other site's page brings it along. Beside it every request that changes something
//! says a token that only this site's pages can read, and comes from the origin that the server is reached at.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use phone::access::session::SESSION_SECS_MAX;
use phone::limits::DEVICE_CHARS_MAX;
use sha2::{Digest as _, Sha256};
use store::{AccountRow, Session, TokenHash};

use super::problem::Problem;
use crate::admin::Admin;
use crate::admin::openid::FLOW_SECS;
use crate::admin::own_account::OwnAccount;
use crate::admin::signing::{Asker, Signing};
use crate::net::http::Peer;
use crate::public_url::PublicUrl;
use crate::secret::Secret;

/// Where a page says the token of its session.
pub const CSRF_HEADER: &str = "x-csrf-token";

/// The names of the cookies.
const SESSION: &str = "trunkline";
const FLOW: &str = "trunkline-openid";

/// A browser's session, as a request shows it.
pub struct Shown {
    pub session: Session,
    pub row: AccountRow,
    pub token: Secret,
}

/// The cookie that makes a browser hold a session. Without HTTPS a browser refuses the prefix that binds it to the host.
pub fn cookie(url: &PublicUrl, token: &Secret) -> Option<HeaderValue> {
    set(url, SESSION, token.expose(), SESSION_SECS_MAX, "Strict")
}

/// The cookie that makes a browser forget its session.
pub fn no_cookie(url: &PublicUrl) -> Option<HeaderValue> {
    set(url, SESSION, "", 0, "Strict")
}

/// The cookie that a browser holds while somebody signs in elsewhere. It comes along when that place sends them back,
/// which a strict one would not.
pub fn flow_cookie(url: &PublicUrl, value: &str) -> Option<HeaderValue> {
    set(url, FLOW, value, FLOW_SECS, "Lax")
}

/// The cookie that makes it forget that.
pub fn no_flow_cookie(url: &PublicUrl) -> Option<HeaderValue> {
    set(url, FLOW, "", 0, "Lax")
}

/// What it holds meanwhile.
pub fn flow(url: &PublicUrl, headers: &HeaderMap) -> Option<Secret> {
    named(url, FLOW, headers)
}

/// What a page says to prove that it could read an answer of this server.
pub fn csrf_token(session: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("csrf {session}")))
}

/// What the browser holds.
pub fn held(url: &PublicUrl, headers: &HeaderMap) -> Option<Secret> {
    named(url, SESSION, headers)
}

fn named(url: &PublicUrl, name: &str, headers: &HeaderMap) -> Option<Secret> {
    let wanted = cookie_name(url, name);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, token) = pairs.find(|(name, _)| *name == wanted)?;
    Some(Secret::new(token.to_owned())).filter(|token| !token.expose().is_empty())
}

/// The session that a request shows; none if it shows none.
pub async fn shown(parts: &Parts, admin: &Arc<Admin>) -> Result<Option<Shown>, Problem> {
    let Some(token) = held(&admin.signing.public_url, &parts.headers) else { return Ok(None) };
    let asker = asker(parts, &admin.signing);
    let Some((session, row)) = admin.session(token.expose(), &asker).await? else { return Ok(None) };
    check_same_site(parts, &admin.signing.public_url, &token)?;
    Ok(Some(Shown { session, row, token }))
}

/// Refuses what a page of another site may have sent.
fn check_same_site(parts: &Parts, url: &PublicUrl, token: &Secret) -> Result<(), Problem> {
    if [Method::GET, Method::HEAD].contains(&parts.method) {
        return Ok(());
    }
    check_origin(&parts.headers, url)?;
    let said = parts.headers.get(CSRF_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
    // Of hashes, so that the time of the comparison tells nothing.
    if Sha256::digest(said) == Sha256::digest(csrf_token(token.expose())) {
        return Ok(());
    }
    let problem =
        Problem::new(StatusCode::FORBIDDEN, "csrf", "a session's request says its CSRF token, this one does not");
    Err(problem.with_fix("send `X-CSRF-Token` with the `csrf_token` of GET /api/v1/me"))
}

/// Refuses requests that a browser sends for another site. One that says no origin is no browser's, or none across sites.
pub fn check_origin(headers: &HeaderMap, url: &PublicUrl) -> Result<(), Problem> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default().to_ascii_lowercase();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    if origin == url.as_str() || authority == Some(host.as_str()) {
        return Ok(());
    }
    let problem = Problem::new(StatusCode::FORBIDDEN, "foreign_origin", "this came from a page of another site");
    Err(problem.with_fix(format!("open {url}, or tell the server its address with --public-url", url = url.as_str())))
}

/// Who is at the other end. The word of a reverse proxy is taken if it is one of ours.
pub fn asker(parts: &Parts, signing: &Signing) -> Asker {
    let peer = parts.extensions.get::<ConnectInfo<Peer>>().map(|ConnectInfo(Peer(peer))| peer.ip().to_canonical());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let is_proxy = |address: &IpAddr| signing.proxies.contains(address);
    let forwarded = parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<Option<IpAddr>> = forwarded.flat_map(|value| value.split(',')).map(hop).collect();
    // Each proxy appends whom it saw: the last that is none of ours was seen by one of ours. What stands before one that
    // can't be read is anybody's word.
    let seen = hops.into_iter().rev().find(|hop| hop.is_none_or(|hop| !is_proxy(&hop))).flatten();
    let address = if is_proxy(&peer) { seen.unwrap_or(peer) } else { peer };
    let device = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Asker { address: address.to_canonical(), device: device.chars().take(DEVICE_CHARS_MAX).collect() }
}

/// Whom a proxy saw; some say the port, too.
fn hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let with_port = || text.parse::<SocketAddr>().ok().map(|place| place.ip());
    text.parse::<IpAddr>().ok().or_else(with_port).map(|address| address.to_canonical())
}

fn cookie_name(url: &PublicUrl, name: &str) -> String {
    if url.is_https() { format!("__Host-{name}") } else { name.to_owned() }
}

fn set(url: &PublicUrl, name: &str, value: &str, secs: i64, same_site: &str) -> Option<HeaderValue> {
    let secure = if url.is_https() { "; Secure" } else { "" };
    let name = cookie_name(url, name);
    let text = format!("{name}={value}; Path=/; Max-Age={secs}; HttpOnly; SameSite={same_site}{secure}");
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl FromRequestParts<Arc<Admin>> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, admin: &Arc<Admin>) -> Result<Self, Problem> {
        Ok(asker(parts, &admin.signing))
    }
}

impl FromRequestParts<Arc<Admin>> for OwnAccount {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, admin: &Arc<Admin>) -> Result<Self, Problem> {
        let Some(Shown { session, row, token }) = shown(parts, admin).await? else {
            return Err(Problem::unauthorized("this needs somebody who is signed in")
                .with_fix("sign in with POST /api/v1/sign-in and send the cookie"));
        };
        let asker = asker(parts, &admin.signing);
        Ok(Self { admin: admin.clone(), session, row, held: TokenHash::of(token.expose()), asker })
    }
}
