//! Sends one message to one address, signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use sha2::Sha256;

use super::message::Message;
use crate::net::outward::{Barred, Outward, barred};

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
    #[error(transparent)]
    Barred(#[from] Barred),
    #[error("it could not be reached")]
    Unreachable(#[source] reqwest::Error),
}

/// Sends a message.
pub async fn post(outward: &Outward, url: &str, secret: &[u8], message: &Message) -> Result<Answer, Undelivered> {
    let now = Timestamp::now().as_second();
    let request = outward
        .request(Method::POST, url)?
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

impl From<reqwest::Error> for Undelivered {
    fn from(error: reqwest::Error) -> Self {
        barred(&error).map_or(Self::Unreachable(error), Self::Barred)
    }
}

/// What a receiver recognizes a message of ours by: `v1,` and the HMAC of id, time and body.
pub fn sign(secret: &[u8], id: &str, at: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length will do");
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}
