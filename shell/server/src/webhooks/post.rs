//! Sends one message to one address, signed, and never into the network that the server stands in.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use phone::webhook::address::is_public;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use sha2::Sha256;

use super::message::Message;

/// A receiver has this long to take a message; what it does with it is its own time.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where webhooks may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Anywhere, by http, too: who runs the server allows it.
    Everywhere,
    /// Public addresses by https.
    Public,
}

/// What a receiver says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Taken(u16),
    /// It wants no more. RFC 9110 §15.5.11
    Gone,
    Refused(u16),
}

/// Why a message did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum Undelivered {
    #[error("{url} is no address of a page")]
    Malformed { url: String },
    #[error("only https:// is allowed")]
    NotSecure,
    #[error("{host} is in a network that is not public, which is not allowed")]
    NotPublic { host: String },
    #[error("the name {host} can't be found")]
    Unknown { host: String, source: std::io::Error },
    #[error("it could not be reached")]
    Unreachable(#[from] reqwest::Error),
}

/// Sends a message. The name is looked up once, here, and only what it leads to is spoken to: what a second look-up would
/// say does not matter. No answer leads elsewhere.
pub async fn post(reach: Reach, url: &str, secret: &[u8], message: &Message) -> Result<Answer, Undelivered> {
    let malformed = || Undelivered::Malformed { url: url.to_owned() };
    let url = Url::parse(url).map_err(|_| malformed())?;
    if reach == Reach::Public && url.scheme() != "https" {
        return Err(Undelivered::NotSecure);
    }
    let host = url.host_str().ok_or_else(malformed)?.to_owned();
    let port = url.port_or_known_default().ok_or_else(malformed)?;
    let addresses = addresses(&host, port).await?;
    // One that is not public among others would be taken when the others fail.
    if reach == Reach::Public && !addresses.iter().all(|address| is_public(address.ip())) {
        return Err(Undelivered::NotPublic { host });
    }
    let client = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .timeout(PATIENCE)
        .resolve_to_addrs(&host, &addresses)
        .build()?;
    let now = Timestamp::now().as_second();
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .header("user-agent", concat!("Trunkline/", env!("CARGO_PKG_VERSION")))
        .header("webhook-id", &message.id)
        .header("webhook-timestamp", now.to_string())
        .header("webhook-signature", sign(secret, &message.id, now, &message.body))
        .body(message.body.clone());
    let status = request.send().await?.status();
    Ok(match status {
        StatusCode::GONE => Answer::Gone,
        status if status.is_success() => Answer::Taken(status.as_u16()),
        status => Answer::Refused(status.as_u16()),
    })
}

/// Where a host is. A literal address is itself.
async fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, Undelivered> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let unknown = |source| Undelivered::Unknown { host: host.to_owned(), source };
    // A name server that says nothing must not hold the turn for longer than the receiver may.
    let looked_up = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, port))).await;
    let looked_up = looked_up.map_err(|_| unknown(std::io::ErrorKind::TimedOut.into()))?;
    let found: Vec<SocketAddr> = looked_up.map_err(unknown)?.collect();
    match found.is_empty() {
        true => Err(unknown(std::io::Error::other("it leads nowhere"))),
        false => Ok(found),
    }
}

/// What a receiver recognizes a message of ours by: `v1,` and the HMAC of id, time and body.
pub fn sign(secret: &[u8], id: &str, at: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length will do");
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}
