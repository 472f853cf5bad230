//! The token that vouches for a caller's number: PASSporT, in its full form. RFC 8225, RFC 8588

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::{Attestation, Flaw};
use crate::numbers::E164;

/// Longer than any token there is: three parts, and addresses of certificates.
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;
/// How far the moment of signing may be from ours, either way. RFC 8224 §6.2.2
pub const FRESH_SECS: i64 = 60;
/// Numbers that one token is for; more are not looked at.
const CALLED_MAX: usize = 16;

/// What a token of ours says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    pub attestation: Attestation,
    pub caller: E164,
    /// Digits, without a `+`: a number, or that of a service.
    pub called: String,
    pub at: Timestamp,
    /// Names who is vouched for, to who traces calls back.
    pub origid: Uuid,
}

impl Claims {
    /// What is signed: header and claims. Names are sorted and nothing stands between them. RFC 8225 §9
    pub fn signing_input(&self, certificate: &str) -> String {
        let quoted = |text: &str| Value::from(text).to_string();
        let header = format!(r#"{{"alg":"ES256","ppt":"shaken","typ":"passport","x5u":{}}}"#, quoted(certificate));
        let claims = format!(
            r#"{{"attest":"{}","dest":{{"tn":[{}]}},"iat":{},"orig":{{"tn":"{}"}},"origid":"{}"}}"#,
            self.attestation.as_str(),
            quoted(&self.called),
            self.at.as_second(),
            self.caller.digits(),
            self.origid,
        );
        format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()))
    }
}

/// The header field of a call that was signed. RFC 8224 §4
pub fn identity(signing_input: &str, signature: &[u8], certificate: &str) -> String {
    format!("{signing_input}.{};info=<{certificate}>;alg=ES256;ppt=\"shaken\"", encode(signature))
}

/// A token that came with a call. Nothing of it is proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passport {
    /// What is signed.
    pub signing_input: String,
    pub signature: Vec<u8>,
    /// Where the signer's certificate is.
    pub certificate: String,
    pub attestation: Attestation,
    /// Digits, without a `+`.
    pub caller: String,
    pub called: Vec<String>,
    /// Seconds since 1970.
    pub at: i64,
    pub origid: Option<Uuid>,
}

impl Passport {
    /// Reads a token; `certificate` is where the header field around it says that the signer's certificate is.
    pub fn read(token: &str, certificate: &str) -> Result<Self, Flaw> {
        Self::parse(token, certificate).ok_or(Flaw::Malformed)
    }

    fn parse(token: &str, certificate: &str) -> Option<Self> {
        if TOKEN_BYTES_MAX < token.len() {
            return None;
        }
        let (signing_input, signature) = token.rsplit_once('.')?;
        let (header, claims) = signing_input.split_once('.')?;
        let json = |part: &str| serde_json::from_slice::<Value>(&decode(part)?).ok();
        let (header, claims) = (json(header)?, json(claims)?);
        let is = |name: &str, wanted: &str| header.get(name).and_then(Value::as_str) == Some(wanted);
        let is_ours = is("alg", "ES256") && is("typ", "passport") && is("ppt", "shaken") && is("x5u", certificate);
        // What has to be understood is not.
        if !is_ours || header.get("crit").is_some() {
            return None;
        }
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let called = claims.get("dest")?.get("tn")?;
        let called = match called {
            Value::Array(all) => all.iter().take(CALLED_MAX).map(|one| text(Some(one))).collect::<Option<Vec<_>>>()?,
            Value::String(one) => vec![one.clone()],
            Value::Bool(_) | Value::Null | Value::Number(_) | Value::Object(_) => return None,
        };
        Some(Self {
            signature: decode(signature)?,
            signing_input: signing_input.to_owned(),
            certificate: certificate.to_owned(),
            attestation: Attestation::parse(claims.get("attest")?.as_str()?)?,
            caller: text(claims.get("orig")?.get("tn"))?,
            called,
            at: claims.get("iat")?.as_i64()?,
            origid: claims.get("origid").and_then(Value::as_str).and_then(|text| text.parse().ok()),
        })
    }

    /// Whether it is for a call from and to these numbers, and of now. A number is E.164 with its `+`, or as it came.
    pub fn fits(&self, caller: &str, called: &str, now: Timestamp) -> Result<(), Flaw> {
        if bare(&self.caller) != bare(caller) {
            return Err(Flaw::OtherCaller);
        }
        if !self.called.iter().any(|one| bare(one) == bare(called)) {
            return Err(Flaw::OtherCalled);
        }
        if FRESH_SECS < self.at.abs_diff(now.as_second()).try_into().unwrap_or(i64::MAX) {
            return Err(Flaw::Stale);
        }
        Ok(())
    }
}

/// Digits alone, which is how tokens write numbers. RFC 8224 §8.3
fn bare(number: &str) -> &str {
    number.strip_prefix('+').unwrap_or(number)
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Without padding. RFC 4648 §5
fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or_default());
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..=chunk.len() {
            let shift = 18 - 6 * place;
            let letter = ALPHABET.get((bits >> shift & 63) as usize).copied().unwrap_or(b'A');
            text.push(char::from(letter));
        }
    }
    text
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for chunk in text.as_bytes().chunks(4) {
        if chunk.len() == 1 {
            return None;
        }
        let mut bits = 0_u32;
        for letter in chunk {
            bits = bits << 6 | value(*letter)?;
        }
        bits <<= 6 * (4 - chunk.len());
        let [_, decoded @ ..] = bits.to_be_bytes();
        bytes.extend(decoded.iter().take(chunk.len() - 1));
    }
    Some(bytes)
}

fn value(letter: u8) -> Option<u32> {
    Some(u32::from(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        _ => return None,
    }))
}
