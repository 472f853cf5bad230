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
