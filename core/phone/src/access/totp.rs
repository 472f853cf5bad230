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

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(secs).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        // RFC 6238 appendix B, its last six of eight digits.
        for (secs, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(SECRET, at(secs)), code);
            assert_eq!(accepted(SECRET, code, at(secs), None), Some(secs / 30));
        }
    }

    #[test]
    fn a_clock_may_be_off_by_a_step_and_a_code_is_good_once() {
        let now = at(1_111_111_111);
        let step = 1_111_111_111 / 30;
        for (secs, is_good) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            let code = code_at(SECRET, at(1_111_111_111 + secs));
            assert_eq!(accepted(SECRET, &code, now, None).is_some(), is_good, "{secs}");
        }
        let code = code_at(SECRET, now);
        assert_eq!(accepted(SECRET, &code, now, Some(step - 1)), Some(step));
        assert_eq!(accepted(SECRET, &code, now, Some(step)), None);
        assert_eq!(accepted(SECRET, &code, now, Some(step + 1)), None);
        assert_eq!(accepted(b"another", &code, now, None), None);
        for wrong in ["", "50471", "0050471", "05047x", "+50471"] {
            assert_eq!(accepted(SECRET, wrong, now, None), None, "{wrong}");
        }
        assert_eq!(accepted(SECRET, "050 471", now, None), Some(step));
    }

    #[test]
    fn secrets_are_written_as_apps_read_them() {
        // RFC 4648 10, without padding.
        for (bytes, text) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        assert_eq!(
            uri("Trunkline: Acme", "ann@demo.test", SECRET),
            "otpauth://totp/Trunkline%3A%20Acme:ann@demo.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Trunkline%3A%20Acme"
        );
    }
}
