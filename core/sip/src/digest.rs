//! Digest authentication: who proves to know a password without saying it. RFC 7616, RFC 8760, RFC 3261 §22

pub mod authorization;
pub mod challenger;
pub mod client;

use md5::Md5;
use sha2::{Sha256, Sha512_256};

/// A hash algorithm of RFC 8760, the stronger the later. Sessions (`-sess`) are neither offered nor answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    Md5,
    Sha256,
    /// Answered, but not offered: what is kept of passwords has no hash of this kind.
    Sha512_256,
}

impl Algorithm {
    /// The name as it is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
            Self::Sha512_256 => "SHA-512-256",
        }
    }

    /// The algorithm of that name; none named means MD5. RFC 7616 §3.3
    pub(crate) fn from_name(name: Option<&str>) -> Option<Self> {
        let name = name.unwrap_or("MD5");
        let known = [Self::Md5, Self::Sha256, Self::Sha512_256];
        known.into_iter().find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(name))
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

    /// The response that proves the password; none by an algorithm whose hash is not kept.
    pub(crate) fn response(&self, algorithm: Algorithm, input: &Input<'_>) -> Option<Hex> {
        match algorithm {
            Algorithm::Md5 => Some(response_with::<Md5>(&self.md5, input)),
            Algorithm::Sha256 => Some(response_with::<Sha256>(&self.sha256, input)),
            Algorithm::Sha512_256 => None,
        }
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

/// The response of somebody who has the password itself.
pub(crate) fn response(algorithm: Algorithm, who: [&str; 3], input: &Input<'_>) -> Hex {
    fn with<D: sha2::Digest>([user, realm, password]: [&str; 3], input: &Input<'_>) -> Hex {
        let parts = [user.as_bytes(), b":", realm.as_bytes(), b":", password.as_bytes()];
        response_with::<D>(&hash::<D>(&parts), input)
    }
    match algorithm {
        Algorithm::Md5 => with::<Md5>(who, input),
        Algorithm::Sha256 => with::<Sha256>(who, input),
        Algorithm::Sha512_256 => with::<Sha512_256>(who, input),
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
        let who = ["Mufasa", "http-auth@example.org", "Circle of Life"];
        let ha1 = Ha1::new(who[0], who[1], who[2]);
        let input = Input {
            nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            count: Some(("00000001", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")),
            method: "GET",
            uri: "/dir/index.html",
        };
        let proofs = [
            (Algorithm::Md5, "8ca523f5e9506fed4657c9700eebdbec"),
            (Algorithm::Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ];
        for (algorithm, proof) in proofs {
            assert_eq!(response(algorithm, who, &input).as_str(), proof);
            assert_eq!(ha1.response(algorithm, &input).as_ref().map(Hex::as_str), Some(proof), "kept is as good");
        }
        assert_eq!(ha1.response(Algorithm::Sha512_256, &input), None);
    }

    /// The user name's hash of RFC 7616 §3.9.2, as its erratum has it: the RFC cut SHA-512 instead.
    #[test]
    fn sha_512_256_is_no_sha_512_cut_short() {
        let hash = hash::<Sha512_256>(&["J\u{e4}s\u{f8}n Doe".as_bytes(), b":", b"api@example.org"]);
        assert_eq!(Hex::new(&hash).as_str(), "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b");
    }

    /// RFC 2069 §2.4, with the response of its erratum.
    #[test]
    fn a_digest_without_quality_of_protection_is_that_of_rfc_2069() {
        let who = ["Mufasa", "testrealm@host.com", "CircleOfLife"];
        let input =
            Input { nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093", count: None, method: "GET", uri: "/dir/index.html" };
        assert_eq!(response(Algorithm::Md5, who, &input).as_str(), "1949323746fe6a43ef61f9606e7febea");
    }
}
