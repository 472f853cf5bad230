//! Relays for phones in browsers whose network passes no UDP: servers of TURN and STUN, told to the browser with credentials
//! that are good as long as the phone's own. RFC 8656; the way that coturn calls `use-auth-secret`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha1::Sha1;

use crate::secret::Secret;

/// Where relays are, and what they and this server share.
#[derive(Clone, Debug, Default)]
pub struct Relays {
    urls: Vec<String>,
    secret: Option<Secret>,
}

/// What a browser asks a relay with.
#[derive(Clone, Debug)]
pub struct Granted {
    pub urls: Vec<String>,
    pub user_name: String,
    pub credential: Secret,
}

impl Relays {
    pub fn new(urls: Vec<String>, secret: Option<Secret>) -> Self {
        Self { urls, secret }
    }

    /// For this phone until then; none if there are no relays. Without a secret they are for everybody.
    pub fn granted(&self, phone: &str, until: Timestamp) -> Option<Granted> {
        if self.urls.is_empty() {
            return None;
        }
        let Some(secret) = &self.secret else {
            let (user_name, credential) = (String::new(), Secret::new(String::new()));
            return Some(Granted { urls: self.urls.clone(), user_name, credential });
        };
        // A relay reads the time from the name and knows nobody.
        let user_name = format!("{}:{phone}", until.as_second());
        let mut mac =
            <Hmac<Sha1> as Mac>::new_from_slice(secret.expose().as_bytes()).expect("a key of any length will do");
        mac.update(user_name.as_bytes());
        let credential = Secret::new(STANDARD.encode(mac.finalize().into_bytes()));
        Some(Granted { urls: self.urls.clone(), user_name, credential })
    }
}

/// Addresses of relays with commas between them, such as `turn:relay.example.com:3478,turns:relay.example.com:5349?transport=tcp`.
pub fn urls(text: &str) -> Option<Vec<String>> {
    let is_fine = |url: &str| {
        let (scheme, rest) = url.split_once(':')?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let is_known = match scheme {
            "turn" | "turns" => matches!(query, "" | "transport=udp" | "transport=tcp"),
            "stun" | "stuns" => query.is_empty(),
            _ => false,
        };
        let is_place = !place.is_empty() && !place.contains(['/', '@', ' ', '?', '#']);
        (is_known && is_place).then(|| url.to_owned())
    };
    text.split(',').map(|url| is_fine(url.trim())).collect()
}
