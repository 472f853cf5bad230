//! Whether a word comes from the provider: `Stripe-Signature: t=TIME,v1=HMAC`, over the time, a point and the body.

use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

/// A word that is older was recorded by somebody, and one that is younger is made by a clock that nobody trusts.
const TOLERANCE_SECS: u64 = 300;

/// Why a word is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    #[error("there is no signature")]
    Missing,
    #[error("the signature is not of this time")]
    Stale,
    #[error("the signature is not the provider's")]
    Wrong,
    #[error("the body is no event")]
    Unreadable,
}

/// Believes a body, or says why not. Each `v1` is looked at: there are two while a secret is replaced.
pub fn verify(secret: &[u8], header: &str, body: &[u8], now: Timestamp) -> Result<(), Forged> {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let time = parts().find(|(name, _)| *name == "t").map(|(_, time)| time).ok_or(Forged::Missing)?;
    let at: i64 = time.parse().map_err(|_| Forged::Missing)?;
    if TOLERANCE_SECS < now.as_second().abs_diff(at) {
        return Err(Forged::Stale);
    }
    let is_right = |hex: &str| {
        let (Some(given), Ok(mut mac)) = (unhex(hex), Hmac::<Sha256>::new_from_slice(secret)) else { return false };
        mac.update(time.as_bytes());
        mac.update(b".");
        mac.update(body);
        // In constant time.
        mac.verify_slice(&given).is_ok()
    };
    let mut given = parts().filter(|(name, _)| *name == "v1").map(|(_, hex)| hex).peekable();
    if given.peek().is_none() {
        return Err(Forged::Missing);
    }
    if given.any(is_right) { Ok(()) } else { Err(Forged::Wrong) }
}

/// The header as the provider writes it.
pub fn sign(secret: &[u8], body: &[u8], now: Timestamp) -> String {
    let time = now.as_second();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length will do");
    mac.update(format!("{time}.").as_bytes());
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={time},v1={hex}")
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let nibbles: Option<Vec<u8>> =
        text.bytes().map(|byte| char::from(byte).to_digit(16).and_then(|nibble| u8::try_from(nibble).ok())).collect();
    let nibbles = nibbles.filter(|nibbles| nibbles.len().is_multiple_of(2))?;
    Some(nibbles.chunks(2).map(|pair| pair.iter().fold(0, |byte, nibble| byte * 16 + nibble)).collect())
}
