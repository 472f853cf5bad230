//! Codes that change every half a minute. RFC 6238, with what authenticator apps take: SHA-1, six digits, 30 seconds.

use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use sha1::Sha1;

const STEP_SECS: i64 = 30;
const DIGITS: usize = 6;
/// Steps that a phone's clock may be off to either side. RFC 6238 5.2.
const DRIFT_STEPS: i64 = 1;
/// What RFC 4226 4 recommends.
pub const SECRET_LEN: usize = 20;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A code's place in time.
pub type Step = i64;

/// The step of this code, if it is that of now or the one before or after, and later than the last one that was taken:
/// a code that somebody looked at is worth nothing once it was used.
pub fn accepted(secret: &[u8], code: &str, now: Timestamp, last: Option<Step>) -> Option<Step> {
    let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    if digits.len() != DIGITS || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let given: u32 = digits.parse().ok()?;
    let current = now.as_second().div_euclid(STEP_SECS);
    let steps = current - DRIFT_STEPS..=current + DRIFT_STEPS;
    // Each is looked at, whichever fits: the time tells nothing.
    let fits = steps.filter(|step| code_of(secret, *step) == given).fold(None, |_, step| Some(step));
    fits.filter(|step| last.is_none_or(|last| last < *step))
}

/// What an app shows at a time.
pub fn code_at(secret: &[u8], now: Timestamp) -> String {
    let code = code_of(secret, now.as_second().div_euclid(STEP_SECS));
    format!("{code:0width$}", width = DIGITS)
}

/// As people type a secret that they can't scan. RFC 4648 6, without padding.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut n_bits) = (0_u32, 0_u32);
    let letter = |five: u32| char::from(BASE32[usize::try_from(five & 31).unwrap_or(0)]);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        n_bits += 8;
        while 5 <= n_bits {
            n_bits -= 5;
            text.push(letter(held >> n_bits));
        }
        held &= (1 << n_bits) - 1;
    }
    if 0 < n_bits {
        text.push(letter(held << (5 - n_bits)));
    }
    text
}

/// What an app scans.
pub fn uri(issuer: &str, account: &str, secret: &[u8]) -> String {
    let (issuer, account) = (escaped(issuer), escaped(account));
    format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", base32(secret))
}

/// RFC 4226 5.3.
fn code_of(secret: &[u8], step: Step) -> u32 {
    // A key of any length is one for HMAC.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return u32::MAX };
    mac.update(&step.to_be_bytes());
    let digest: [u8; 20] = mac.finalize().into_bytes().into();
    let at = usize::from(digest[19] & 0xf);
    let word = digest.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |word| u32::from_be_bytes(*word));
    (word & 0x7fff_ffff) % 1_000_000
}

fn escaped(text: &str) -> String {
    let escape = |byte: u8| {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte);
        if is_plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(escape).collect()
}
