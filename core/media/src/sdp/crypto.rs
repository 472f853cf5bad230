//! Keys for SRTP in descriptions. RFC 4568

use std::fmt;
use std::fmt::Write;

use smallvec::SmallVec;

/// A transform that the engine knows. RFC 4568 §6.2, RFC 6188, RFC 7714
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Suite {
    Aes128Sha80,
    Aes128Sha32,
    Aes256Sha80,
    Aes256Sha32,
    Aes128Gcm,
    Aes256Gcm,
}

/// Suites in the order of their key in [`Keys`].
const SUITES: [Suite; 6] = [
    Suite::Aes128Sha80,
    Suite::Aes128Sha32,
    Suite::Aes256Sha80,
    Suite::Aes256Sha32,
    Suite::Aes128Gcm,
    Suite::Aes256Gcm,
];

/// What we offer, best known first.
pub(crate) const OFFERED: [Suite; 3] = [Suite::Aes128Sha80, Suite::Aes256Sha80, Suite::Aes128Sha32];

const KEY_BYTES_MAX: usize = 32 + 14;

impl Suite {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Aes128Sha80 => "AES_CM_128_HMAC_SHA1_80",
            Self::Aes128Sha32 => "AES_CM_128_HMAC_SHA1_32",
            Self::Aes256Sha80 => "AES_256_CM_HMAC_SHA1_80",
            Self::Aes256Sha32 => "AES_256_CM_HMAC_SHA1_32",
            Self::Aes128Gcm => "AEAD_AES_128_GCM",
            Self::Aes256Gcm => "AEAD_AES_256_GCM",
        }
    }

    /// Length of the master key, without salt.
    pub(crate) fn key_bytes(self) -> usize {
        match self {
            Self::Aes128Sha80 | Self::Aes128Sha32 | Self::Aes128Gcm => 16,
            Self::Aes256Sha80 | Self::Aes256Sha32 | Self::Aes256Gcm => 32,
        }
    }

    /// Length of the master salt.
    pub(crate) fn salt_bytes(self) -> usize {
        match self {
            Self::Aes128Sha80 | Self::Aes128Sha32 | Self::Aes256Sha80 | Self::Aes256Sha32 => 14,
            Self::Aes128Gcm | Self::Aes256Gcm => 12,
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        SUITES.into_iter().find(|suite| suite.name() == name)
    }
}

/// A master key with its salt. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct MasterKey(SmallVec<[u8; KEY_BYTES_MAX]>);

impl MasterKey {
    pub(crate) fn new(key: &[u8], salt: &[u8]) -> Self {
        Self(key.iter().chain(salt).copied().collect())
    }

    /// Master key and salt; `suite` says where one ends.
    pub(crate) fn parts(&self, suite: Suite) -> (&[u8], &[u8]) {
        self.0.split_at(suite.key_bytes().min(self.0.len()))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

/// Our own keys, one for each suite, fixed for the life of a leg so that a re-offer does not restart the cipher.
#[derive(Clone, Debug)]
pub(crate) struct Keys([MasterKey; SUITES.len()]);

impl Keys {
    pub(crate) fn new(mut fill: impl FnMut(&mut [u8])) -> Self {
        Self(SUITES.map(|suite| {
            let mut key = SmallVec::from_elem(0, suite.key_bytes() + suite.salt_bytes());
            fill(&mut key);
            MasterKey(key)
        }))
    }

    pub(crate) fn key(&self, suite: Suite) -> &MasterKey {
        match suite {
            Suite::Aes128Sha80 => &self.0[0],
            Suite::Aes128Sha32 => &self.0[1],
            Suite::Aes256Sha80 => &self.0[2],
            Suite::Aes256Sha32 => &self.0[3],
            Suite::Aes128Gcm => &self.0[4],
            Suite::Aes256Gcm => &self.0[5],
        }
    }
}

/// One `crypto` line that we can use.
#[derive(Clone, Debug)]
pub(crate) struct Crypto {
    pub(crate) tag: u32,
    pub(crate) suite: Suite,
    pub(crate) key: MasterKey,
}

impl Crypto {
    /// None for what we can't or won't use: unknown suites, several keys, a key identifier (MKI), no encryption.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let mut words = value.split_whitespace();
        let tag = words.next()?.parse().ok()?;
        let suite = Suite::from_name(words.next()?)?;
        let inline = words.next()?.strip_prefix("inline:")?;
        if inline.contains(';') || words.any(|parameter| !parameter.starts_with("WSH=")) {
            return None;
        }
        let mut parts = inline.split('|');
        let key = decode(parts.next()?)?;
        match (parts.next(), parts.next()) {
            (None, None) => {}
            (Some(lifetime), None) if is_lifetime(lifetime) => {}
            _ => return None,
        }
        (key.len() == suite.key_bytes() + suite.salt_bytes()).then_some(Self { tag, suite, key: MasterKey(key) })
    }
}

/// Appends `a=crypto:` for our own key.
pub(crate) fn write(out: &mut String, tag: u32, suite: Suite, key: &MasterKey) {
    let _ = write!(out, "a=crypto:{tag} {} inline:", suite.name());
    encode(&key.0, out);
    out.push_str("\r\n");
}

/// `2^48` or a number of packets; an MKI has a colon.
fn is_lifetime(text: &str) -> bool {
    match text.strip_prefix("2^") {
        Some(exponent) => exponent.parse::<u8>().is_ok_and(|exponent| (1..=48).contains(&exponent)),
        None => text.parse::<u64>().is_ok_and(|packets| packets > 0),
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64. RFC 4648 §4
fn encode(bytes: &[u8], out: &mut String) {
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            if place <= chunk.len() {
                out.push(char::from(ALPHABET[(group >> (18 - 6 * place)) as usize & 63]));
            } else {
                out.push('=');
            }
        }
    }
}

fn decode(text: &str) -> Option<SmallVec<[u8; KEY_BYTES_MAX]>> {
    let text = text.trim_end_matches('=').as_bytes();
    if text.len() > KEY_BYTES_MAX.div_ceil(3) * 4 || text.len() % 4 == 1 {
        return None;
    }
    let mut bytes = SmallVec::new();
    for chunk in text.chunks(4) {
        let mut group = 0u32;
        for byte in chunk {
            group = group << 6 | u32::try_from(ALPHABET.iter().position(|letter| letter == byte)?).ok()?;
        }
        group <<= 6 * (4 - chunk.len());
        bytes.extend_from_slice(&group.to_be_bytes()[1..chunk.len()]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn base64_survives_every_length() {
        for length in 0..=KEY_BYTES_MAX {
            let bytes: Vec<u8> = (0..length).map(|i| (i * 37 + 11) as u8).collect();
            let mut text = String::new();
            encode(&bytes, &mut text);
            assert_eq!(text.len() % 4, 0);
            assert_eq!(decode(&text).unwrap().as_slice(), bytes, "{text}");
        }
        let mut text = String::new();
        encode(b"fooba", &mut text);
        assert_eq!(text, "Zm9vYmE=");
    }

    #[test]
    fn crypto_lines_are_taken_or_left() {
        let key = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
        let cases = [
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{key}"), true),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{key}|2^20"), true),
            (format!("2 AES_CM_128_HMAC_SHA1_32 inline:{key}|1048576"), true),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{key} WSH=64"), true),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{key}|2^20|1:4"), false),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{key}|1:4"), false),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{key};inline:{key}"), false),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{key} UNENCRYPTED_SRTP"), false),
            (format!("1 AES_256_CM_HMAC_SHA1_80 inline:{key}"), false),
            (format!("1 F8_128_HMAC_SHA1_80 inline:{key}"), false),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:".to_owned(), false),
            ("1 AES_CM_128_HMAC_SHA1_80".to_owned(), false),
            (String::new(), false),
        ];
        for (line, usable) in cases {
            assert_eq!(Crypto::parse(&line).is_some(), usable, "{line}");
        }
    }
}
