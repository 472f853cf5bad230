//! Digest authentication: who proves to know a password without saying it. RFC 7616, RFC 8760, RFC 3261 §22

pub mod authorization;
pub mod challenger;
pub mod client;

use md5::Md5;
use sha2::Sha256;

/// A hash algorithm of RFC 8760. Sessions (`-sess`) are neither offered nor answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    Md5,
    Sha256,
}

impl Algorithm {
    /// The name as it is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    /// The algorithm of that name; none named means MD5. RFC 7616 §3.3
    pub(crate) fn from_name(name: Option<&str>) -> Option<Self> {
        match name {
            None => Some(Self::Md5),
            Some(name) if name.eq_ignore_ascii_case("MD5") => Some(Self::Md5),
            Some(name) if name.eq_ignore_ascii_case("SHA-256") => Some(Self::Sha256),
            Some(_) => None,
        }
    }
}

/// What is kept of a password: the hash over user, realm and password in each algorithm. RFC 7616 §3.4.2
#[derive(Clone, PartialEq, Eq)]
pub struct Ha1 {
    pub md5: [u8; 16],
    pub sha256: [u8; 32],
}

impl Ha1 {
    /// Computes both hashes.
    pub fn new(user: &str, realm: &str, password: &str) -> Self {
        let parts = [user.as_bytes(), b":", realm.as_bytes(), b":", password.as_bytes()];
        Self { md5: hash::<Md5>(&parts).into(), sha256: hash::<Sha256>(&parts).into() }
    }
}

impl std::fmt::Debug for Ha1 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ha1(..)")
    }
}

/// What a digest is made over, apart from the password. Without `count` it is that of RFC 2069.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a> {
    pub nonce: &'a str,
    /// nc and cnonce as written.
    pub count: Option<(&'a str, &'a str)>,
    pub method: &'a str,
    pub uri: &'a str,
}

/// The digest in lower-case hex digits, the way it is sent. RFC 7616 §3.4.1
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hex {
    digits: [u8; 64],
    length: usize,
}

impl Hex {
    fn new(bytes: &[u8]) -> Self {
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
            let digit = |half: u8| b"0123456789abcdef".get(usize::from(half)).copied().unwrap_or_default();
            if let [high, low] = pair {
                *high = digit(byte >> 4);
                *low = digit(byte & 15);
            }
        }
        Self { digits, length: bytes.len() * 2 }
    }

    pub fn as_bytes(&self) -> &[u8] {
        self.digits.get(..self.length).unwrap_or_default()
    }

    pub fn as_str(&self) -> &str {
        // Only hex digits are ever written.
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

/// The response that proves the password.
pub(crate) fn response(algorithm: Algorithm, ha1: &Ha1, input: &Input<'_>) -> Hex {
    match algorithm {
        Algorithm::Md5 => response_with::<Md5>(&ha1.md5, input),
        Algorithm::Sha256 => response_with::<Sha256>(&ha1.sha256, input),
    }
}

fn response_with<D: sha2::Digest>(ha1: &[u8], input: &Input<'_>) -> Hex {
    let ha1 = Hex::new(ha1);
    let ha2 = Hex::new(&hash::<D>(&[input.method.as_bytes(), b":", input.uri.as_bytes()]));
    let nonce = input.nonce.as_bytes();
    Hex::new(&match input.count {
        Some((nc, cnonce)) => hash::<D>(&[
            ha1.as_bytes(),
            b":",
            nonce,
            b":",
            nc.as_bytes(),
            b":",
            cnonce.as_bytes(),
            b":auth:",
            ha2.as_bytes(),
        ]),
        None => hash::<D>(&[ha1.as_bytes(), b":", nonce, b":", ha2.as_bytes()]),
    })
}

fn hash<D: sha2::Digest>(parts: &[&[u8]]) -> sha2::digest::Output<D> {
    let mut hasher = D::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7616 §3.9.1
    #[test]
    fn digests_are_those_of_the_rfc() {
        let ha1 = Ha1::new("Mufasa", "http-auth@example.org", "Circle of Life");
        let input = Input {
            nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            count: Some(("00000001", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")),
            method: "GET",
            uri: "/dir/index.html",
        };
        assert_eq!(response(Algorithm::Md5, &ha1, &input).as_str(), "8ca523f5e9506fed4657c9700eebdbec");
        assert_eq!(
            response(Algorithm::Sha256, &ha1, &input).as_str(),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
        );
    }

    /// RFC 2069 §2.4, with the response of its erratum.
    #[test]
    fn a_digest_without_quality_of_protection_is_that_of_rfc_2069() {
        let ha1 = Ha1::new("Mufasa", "testrealm@host.com", "CircleOfLife");
        let input =
            Input { nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093", count: None, method: "GET", uri: "/dir/index.html" };
        assert_eq!(response(Algorithm::Md5, &ha1, &input).as_str(), "1949323746fe6a43ef61f9606e7febea");
    }
}
