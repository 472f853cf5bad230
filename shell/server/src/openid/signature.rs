//! The signature of a token: JSON Web Signature in its compact form (RFC 7515), with what is taken of RFC 7518 and 8037.
//!
//! Only signatures with a public key are taken. What is signed with a shared secret, or not at all, has no name here.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

/// Longer than any token that says who somebody is.
const TOKEN_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a coordinate on P-256.
const COORDINATE_LEN: usize = 32;

/// How a token may be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Algorithm {
    #[serde(rename = "EdDSA")]
    EdDsa,
    #[serde(rename = "ES256")]
    Es256,
    #[serde(rename = "PS256")]
    Ps256,
    #[serde(rename = "RS256")]
    Rs256,
}

/// A key of a provider. RFC 7517.
#[derive(Clone, Debug, Deserialize)]
pub struct Key {
    kid: Option<String>,
    /// What it is for, if it says so.
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    #[serde(flatten)]
    public: Public,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kty")]
enum Public {
    #[serde(rename = "EC")]
    Curve { crv: String, x: String, y: String },
    #[serde(rename = "OKP")]
    Edwards { crv: String, x: String },
    #[serde(rename = "RSA")]
    Rsa { n: String, e: String },
}

/// A token whose signature was not looked at yet.
pub struct Signed<'a> {
    header: Header,
    /// What is signed.
    message: &'a str,
    claims: &'a str,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: Algorithm,
    kid: Option<String>,
    /// What must be understood; nothing of it is.
    crit: Option<Value>,
}

impl<'a> Signed<'a> {
    /// Reads a token; refuses one that is not signed in a way that is taken.
    pub fn read(token: &'a str) -> Result<Self, &'static str> {
        let malformed = "it is no signed token";
        if TOKEN_BYTES_MAX < token.len() {
            return Err(malformed);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(malformed)?;
        let (header, claims) = message.split_once('.').ok_or(malformed)?;
        let header = URL_SAFE_NO_PAD.decode(header).map_err(|_| malformed)?;
        let header: Header = serde_json::from_slice(&header).map_err(|_| "its algorithm is none that is taken")?;
        if header.crit.is_some() {
            return Err("it asks for what is not understood");
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed)?;
        Ok(Self { header, message, claims, signature })
    }

    /// The key that it says it is signed with; where it says none, the only one of its kind.
    pub fn key<'k>(&self, keys: &'k [Key]) -> Option<&'k Key> {
        let kid = self.header.kid.as_deref();
        let is_named = |key: &&Key| kid.is_none_or(|kid| key.kid.as_deref() == Some(kid));
        let mut fitting = keys.iter().filter(is_named).filter(|key| key.is_for(self.header.alg));
        let first = fitting.next()?;
        (kid.is_some() || fitting.next().is_none()).then_some(first)
    }

    /// What it says, if this key signed it.
    pub fn claims(&self, key: &Key) -> Result<Value, &'static str> {
        if !key.is_for(self.header.alg) || !self.is_signed_with(key).unwrap_or(false) {
            return Err("its signature is wrong");
        }
        let claims = URL_SAFE_NO_PAD.decode(self.claims).map_err(|_| "its claims are malformed")?;
        serde_json::from_slice(&claims).map_err(|_| "its claims are malformed")
    }

    /// None if the key is malformed.
    pub fn is_signed_with(&self, key: &Key) -> Option<bool> {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
        let (message, signature) = (self.message.as_bytes(), self.signature.as_slice());
        let outcome =
            match (&key.public, self.header.alg) {
                (Public::Rsa { n, e }, Algorithm::Rs256) => RsaPublicKeyComponents { n: bytes(n)?, e: bytes(e)? }
                    .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
                (Public::Rsa { n, e }, Algorithm::Ps256) => RsaPublicKeyComponents { n: bytes(n)?, e: bytes(e)? }
                    .verify(&RSA_PSS_2048_8192_SHA256, message, signature),
                (Public::Curve { x, y, .. }, Algorithm::Es256) => {
                    let (x, y) = (bytes(x)?, bytes(y)?);
                    if x.len() != COORDINATE_LEN || y.len() != COORDINATE_LEN {
                        return None;
                    }
                    // A point that is not compressed. SEC 1 2.3.3.
                    let point = [&[4][..], &x, &y].concat();
                    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
                }
                (Public::Edwards { x, .. }, Algorithm::EdDsa) => {
                    UnparsedPublicKey::new(&ED25519, bytes(x)?).verify(message, signature)
                }
                (Public::Curve { .. } | Public::Edwards { .. } | Public::Rsa { .. }, _) => return None,
            };
        Some(outcome.is_ok())
    }
}

impl Key {
    /// Whether it is of the kind that an algorithm needs, and meant for it as far as it says.
    fn is_for(&self, algorithm: Algorithm) -> bool {
        let (is_kind, name) = match (&self.public, algorithm) {
            (Public::Rsa { .. }, Algorithm::Rs256) => (true, "RS256"),
            (Public::Rsa { .. }, Algorithm::Ps256) => (true, "PS256"),
            (Public::Curve { crv, .. }, Algorithm::Es256) => (crv == "P-256", "ES256"),
            (Public::Edwards { crv, .. }, Algorithm::EdDsa) => (crv == "Ed25519", "EdDSA"),
            (Public::Curve { .. } | Public::Edwards { .. } | Public::Rsa { .. }, _) => return false,
        };
        let is_meant = self.alg.as_deref().is_none_or(|alg| alg == name);
        is_kind && is_meant && self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
    }
}
