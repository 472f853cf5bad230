//! Where browsers reach the server, which it can't know by itself behind a reverse proxy.

use std::net::SocketAddr;

/// `https://phone.example.com`, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Reads one; none if it is no such URL.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('/');
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let is_place = !rest.is_empty() && !rest.contains(|letter: char| "/?#@".contains(letter) || letter <= ' ');
        is_place.then(|| Self(text.to_ascii_lowercase()))
    }

    /// That of a server that nothing stands before.
    pub fn of(http: SocketAddr) -> Self {
        Self(format!("http://{http}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the server is tried out on one machine.
    pub fn is_loopback(&self) -> bool {
        let host = self.0.strip_prefix("http://").unwrap_or_default();
        ["127.0.0.1", "localhost", "[::1]"]
            .iter()
            .any(|loopback| host.strip_prefix(loopback).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')))
    }

    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_place_without_a_path_is_one() {
        assert_eq!(PublicUrl::parse("https://Phone.example.com/").unwrap().as_str(), "https://phone.example.com");
        let own = PublicUrl::parse("http://127.0.0.1:8080").unwrap();
        assert!(!own.is_https() && own.is_loopback());
        for text in ["http://127.0.0.1.evil.test", "https://127.0.0.1", "http://phone.test"] {
            assert!(!PublicUrl::parse(text).unwrap().is_loopback(), "{text}");
        }
        for text in ["phone.example.com", "https://", "https://a/b", "ftp://a", "https://me@a", "https://a b"] {
            assert_eq!(PublicUrl::parse(text), None, "{text}");
        }
    }
}
