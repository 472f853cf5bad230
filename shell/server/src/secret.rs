//! Passwords and tokens: made, hashed, and kept out of logs.

use hmac::{Hmac, Mac};
use md5::Md5;
use phone::people::user::Ha1;
use rand::TryRng as _;
use sha2::{Digest as _, Sha256};

/// Letters and digits that can't be mistaken for each other when read aloud or typed into a phone.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// 24 characters of 5 bits each: 120 bits.
pub const SECRET_LEN: usize = 24;

/// A password or token; never printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself, for the one who must have it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<'de> serde::Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A new secret from the system's random source.
pub fn random_secret() -> Secret {
    let mut bytes = [0; SECRET_LEN];
    // Without random numbers nothing here is safe: TLS, nonces and keys all need them.
    rand::rngs::SysRng.try_fill_bytes(&mut bytes).expect("the system gives random numbers");
    let letter = |byte: &u8| char::from(ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or(b'a'));
    Secret(bytes.iter().map(letter).collect())
}

/// A key for one purpose that follows from another and tells nothing of it.
pub fn derived(key: &[u8], purpose: &str) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).expect("a key of any length will do");
    mac.update(purpose.as_bytes());
    mac.finalize().into_bytes().into()
}

/// What a registrar keeps of a password. RFC 7616 §3.4.2
pub fn ha1(user: &str, realm: &str, password: &Secret) -> Ha1 {
    let text = format!("{user}:{realm}:{}", password.expose());
    Ha1 { md5: Md5::digest(&text).into(), sha256: Sha256::digest(&text).into() }
}
