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
        assert!(!PublicUrl::parse("http://127.0.0.1:8080").unwrap().is_https());
        for text in ["phone.example.com", "https://", "https://a/b", "ftp://a", "https://me@a", "https://a b"] {
            assert_eq!(PublicUrl::parse(text), None, "{text}");
        }
    }
}
