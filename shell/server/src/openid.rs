//! OpenID providers, as this server asks them: what they are, which keys they sign with, and who a code is for.

pub mod signature;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::signature::{Key, Signed};
use crate::secret::Secret;

/// A provider that takes longer keeps somebody waiting before a white page.
const PATIENCE: Duration = Duration::from_secs(10);
/// Of an answer: a set of keys of a large provider has some tens of kilobytes.
const ANSWER_BYTES_MAX: usize = 512 * 1024;
/// What a provider says of itself is asked again after an hour.
const KNOWN_SECS: i64 = 60 * 60;
/// Keys that are not known are asked for again, and not more often than this.
const KEYS_AGAIN_SECS: i64 = 30;
/// Providers that are remembered: one for each organization that has one.
const KNOWN_MAX: usize = 1_000;

/// A provider can't be asked, or says what can't be.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    #[error("could not reach {url}")]
    Unreachable { url: String, source: reqwest::Error },
    #[error("{url} answered {status}")]
    Refused { url: String, status: reqwest::StatusCode },
    #[error("{url} says what no provider says: {what}")]
    Nonsense { url: String, what: String },
    /// The token is not signed by the provider in a way that is taken.
    #[error("the token is not signed as it must be: {what}")]
    Unsigned { what: &'static str },
}

/// What a provider says of itself. OpenID Connect Discovery 3.
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub jwks_uri: String,
}

/// A code that somebody brought, and what proves that it is theirs and ours.
pub struct Exchange<'a> {
    pub code: &'a str,
    pub verifier: &'a str,
    pub redirect_uri: &'a str,
    pub client_id: &'a str,
    pub client_secret: Option<&'a Secret>,
}

/// Asks providers, and remembers what they said.
#[derive(Default)]
pub struct Providers {
    http: OnceLock<reqwest::Client>,
    known: Mutex<BTreeMap<String, Known>>,
}

#[derive(Clone)]
struct Known {
    metadata: Metadata,
    keys: Arc<[Key]>,
    asked_at: Timestamp,
    keys_asked_at: Timestamp,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl Providers {
    /// What a provider says of itself.
    pub async fn metadata(&self, issuer: &str, now: Timestamp) -> Result<Metadata, ProviderError> {
        Ok(self.known(issuer, now).await?.metadata)
    }

    /// The ID token for a code. RFC 6749 4.1.3, RFC 7636 4.5.
    pub async fn redeem(&self, metadata: &Metadata, exchange: &Exchange<'_>) -> Result<String, ProviderError> {
        let url = &metadata.token_endpoint;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", exchange.code),
            ("redirect_uri", exchange.redirect_uri),
            ("code_verifier", exchange.verifier),
        ];
        let request = self.http().post(url).header("Accept", "application/json");
        let request = match exchange.client_secret {
            Some(secret) => request.basic_auth(escaped(exchange.client_id), Some(escaped(secret.expose()))),
            None => {
                form.push(("client_id", exchange.client_id));
                request
            }
        };
        let form = serde_urlencoded::to_string(&form).unwrap_or_default();
        let request = request.header("Content-Type", "application/x-www-form-urlencoded").body(form);
        let tokens: Tokens = answer(url, request).await?;
        Ok(tokens.id_token)
    }

    /// The claims of a token that the provider signed. Nothing of them was looked at but the signature.
    pub async fn claims(&self, issuer: &str, token: &str, now: Timestamp) -> Result<Value, ProviderError> {
        let unsigned = |what: &'static str| ProviderError::Unsigned { what };
        let signed = Signed::read(token).map_err(unsigned)?;
        let mut known = self.known(issuer, now).await?;
        let is_due = KEYS_AGAIN_SECS <= now.duration_since(known.keys_asked_at).as_secs();
        if signed.key(&known.keys).is_none() && is_due {
            // It may have new keys since.
            known.keys = self.keys(&known.metadata.jwks_uri).await?;
            known.keys_asked_at = now;
            self.remember(issuer, &known);
        }
        let key = signed.key(&known.keys).ok_or_else(|| unsigned("no key of the provider fits"))?;
        signed.claims(key).map_err(unsigned)
    }

    async fn known(&self, issuer: &str, now: Timestamp) -> Result<Known, ProviderError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(issuer).cloned();
        if let Some(known) = known
            && now.duration_since(known.asked_at).as_secs() < KNOWN_SECS
        {
            return Ok(known);
        }
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let metadata: Metadata = answer(&url, self.http().get(&url)).await?;
        let nonsense = |what: String| ProviderError::Nonsense { url: url.clone(), what };
        if metadata.issuer != issuer {
            return Err(nonsense(format!("it calls itself {}", metadata.issuer)));
        }
        // What a token is exchanged over, and keys come over, is as safe as what was configured.
        let scheme = issuer.split("://").next().unwrap_or_default();
        for endpoint in [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri] {
            if !endpoint.starts_with("https://") && !(scheme == "http" && is_of(endpoint, issuer)) {
                return Err(nonsense(format!("{endpoint} is not safe")));
            }
        }
        let keys = self.keys(&metadata.jwks_uri).await?;
        let known = Known { metadata, keys, asked_at: now, keys_asked_at: now };
        self.remember(issuer, &known);
        Ok(known)
    }

    /// Keys that can be used; what others are for is not ours to know.
    async fn keys(&self, url: &str) -> Result<Arc<[Key]>, ProviderError> {
        let keys: Keys = answer(url, self.http().get(url)).await?;
        Ok(keys.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect())
    }

    fn remember(&self, issuer: &str, known: &Known) {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if KNOWN_MAX <= all.len() {
            all.clear();
        }
        all.insert(issuer.to_owned(), known.clone());
    }

    fn http(&self) -> &reqwest::Client {
        self.http.get_or_init(|| {
            let client = reqwest::Client::builder()
                .timeout(PATIENCE)
                // An answer comes from where it was asked for.
                .redirect(reqwest::redirect::Policy::none());
            client.build().unwrap_or_default()
        })
    }
}

async fn answer<T: DeserializeOwned>(url: &str, request: reqwest::RequestBuilder) -> Result<T, ProviderError> {
    let unreachable = |source| ProviderError::Unreachable { url: url.to_owned(), source };
    let mut response = request.send().await.map_err(unreachable)?;
    let status = response.status();
    if !status.is_success() {
        return Err(ProviderError::Refused { url: url.to_owned(), status });
    }
    let nonsense = |what: String| ProviderError::Nonsense { url: url.to_owned(), what };
    let mut bytes = Vec::new();
    while let Some(part) = response.chunk().await.map_err(unreachable)? {
        bytes.extend_from_slice(&part);
        if ANSWER_BYTES_MAX < bytes.len() {
            return Err(nonsense("too much".to_owned()));
        }
    }
    serde_json::from_slice(&bytes).map_err(|error| nonsense(error.to_string()))
}

/// Whether an address is on the same host and port.
fn is_of(url: &str, issuer: &str) -> bool {
    let host = |url: &str| url.split("://").nth(1).and_then(|rest| rest.split('/').next()).map(str::to_owned);
    host(url).is_some() && host(url) == host(issuer)
}

/// RFC 6749 2.3.1: names and secrets are escaped as in a form.
fn escaped(text: &str) -> String {
    serde_urlencoded::to_string([("", text)]).unwrap_or_default().trim_start_matches('=').to_owned()
}
