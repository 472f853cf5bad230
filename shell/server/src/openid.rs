//! OpenID providers, as this server asks them: what they are, which keys they sign with, and who a code is for.

pub mod signature;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::signature::{Key, Signed};
use crate::net::outward::{Barred, Outward, Reach, barred};
use crate::secret::Secret;

/// Of an answer: a set of keys of a large provider has some tens of kilobytes.
const ANSWER_BYTES_MAX: usize = 512 * 1024;
/// What a provider says of itself is asked again after an hour.
const KNOWN_SECS: i64 = 60 * 60;
/// One that did not answer is left alone for so long, however many people want to sign in.
const FAILED_SECS: i64 = 30;
/// Keys that are not known are asked for again, and not more often than this.
const KEYS_AGAIN_SECS: i64 = 30;
/// Providers that are remembered: one for each organization that has one.
const KNOWN_MAX: usize = 1_000;

/// A provider can't be asked, or says what can't be.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It is where this server does not go for who chose it.
    #[error("{url} is not asked")]
    Barred { url: String, source: Barred },
    /// It failed a moment ago, and is not asked again so soon.
    #[error("it failed a moment ago")]
    Lately { source: Arc<ProviderError> },
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

/// A provider, and how far one that was set by whoever set it may make this server go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source<'a> {
    pub issuer: &'a str,
    pub reach: Reach,
}

/// Asks providers, and remembers what they said.
pub struct Providers {
    everywhere: Outward,
    public: Outward,
    known: Mutex<BTreeMap<(Reach, String), Arc<Place>>>,
}

/// What is known of a provider; held by who asks it, so that others wait for the answer instead of asking, too.
type Place = tokio::sync::Mutex<Option<Answered>>;

struct Answered {
    at: Timestamp,
    outcome: Result<Known, Arc<ProviderError>>,
}

#[derive(Clone)]
struct Known {
    metadata: Metadata,
    keys: Arc<[Key]>,
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

impl Default for Providers {
    fn default() -> Self {
        let [everywhere, public] = [Reach::Everywhere, Reach::Public].map(Outward::new);
        Self { everywhere, public, known: Mutex::default() }
    }
}

impl Providers {
    /// What a provider says of itself.
    pub async fn metadata(&self, source: Source<'_>, now: Timestamp) -> Result<Metadata, ProviderError> {
        let place = self.place(source);
        let mut known = place.lock().await;
        Ok(self.known(&mut known, source, now).await?.metadata.clone())
    }

    /// The ID token for a code. RFC 6749 4.1.3, RFC 7636 4.5.
    pub async fn redeem(
        &self,
        reach: Reach,
        metadata: &Metadata,
        exchange: &Exchange<'_>,
    ) -> Result<String, ProviderError> {
        let url = &metadata.token_endpoint;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", exchange.code),
            ("redirect_uri", exchange.redirect_uri),
            ("code_verifier", exchange.verifier),
        ];
        let request = self.request(reach, Method::POST, url)?.header("Accept", "application/json");
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
    pub async fn claims(&self, source: Source<'_>, token: &str, now: Timestamp) -> Result<Value, ProviderError> {
        let unsigned = |what: &'static str| ProviderError::Unsigned { what };
        let signed = Signed::read(token).map_err(unsigned)?;
        let place = self.place(source);
        let mut known = place.lock().await;
        let known = self.known(&mut known, source, now).await?;
        let is_due = KEYS_AGAIN_SECS <= now.duration_since(known.keys_asked_at).as_secs();
        if signed.key(&known.keys).is_none() && is_due {
            // It may have new keys since. One that does not answer now is not asked at once again either.
            known.keys_asked_at = now;
            known.keys = self.keys(source.reach, &known.metadata.jwks_uri).await?;
        }
        let key = signed.key(&known.keys).ok_or_else(|| unsigned("no key of the provider fits"))?;
        signed.claims(key).map_err(unsigned)
    }

    /// What is known of a provider, which is asked if that is nothing, or old.
    async fn known<'k>(
        &self,
        place: &'k mut Option<Answered>,
        source: Source<'_>,
        now: Timestamp,
    ) -> Result<&'k mut Known, ProviderError> {
        let is_fresh = place.as_ref().is_some_and(|answered| {
            let secs = if answered.outcome.is_ok() { KNOWN_SECS } else { FAILED_SECS };
            now.duration_since(answered.at).as_secs() < secs
        });
        if !is_fresh {
            let outcome = self.ask(source, now).await.map_err(Arc::new);
            *place = Some(Answered { at: now, outcome });
        }
        match place {
            Some(Answered { outcome: Ok(known), .. }) => Ok(known),
            Some(Answered { outcome: Err(error), .. }) => Err(ProviderError::Lately { source: error.clone() }),
            None => Err(ProviderError::Nonsense { url: source.issuer.to_owned(), what: "nothing".to_owned() }),
        }
    }

    async fn ask(&self, source: Source<'_>, now: Timestamp) -> Result<Known, ProviderError> {
        let Source { issuer, reach } = source;
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let metadata: Metadata = answer(&url, self.request(reach, Method::GET, &url)?).await?;
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
        let keys = self.keys(reach, &metadata.jwks_uri).await?;
        Ok(Known { metadata, keys, keys_asked_at: now })
    }

    /// Keys that can be used; what others are for is not ours to know.
    pub async fn keys(&self, reach: Reach, url: &str) -> Result<Arc<[Key]>, ProviderError> {
        let keys: Keys = answer(url, self.request(reach, Method::GET, url)?).await?;
        Ok(keys.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect())
    }

    /// What one may learn of a provider another may not: what is known is kept apart by how far each may go.
    fn place(&self, source: Source<'_>) -> Arc<Place> {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (source.reach, source.issuer.to_owned());
        if KNOWN_MAX <= all.len() && !all.contains_key(&key) {
            all.clear();
        }
        all.entry(key).or_default().clone()
    }

    fn request(&self, reach: Reach, method: Method, url: &str) -> Result<reqwest::RequestBuilder, ProviderError> {
        let outward = match reach {
            Reach::Everywhere => &self.everywhere,
            Reach::Public => &self.public,
        };
        outward.request(method, url).map_err(|source| ProviderError::Barred { url: url.to_owned(), source })
    }
}

impl ProviderError {
    /// What happened when the provider was asked.
    pub fn cause(&self) -> &Self {
        match self {
            Self::Lately { source } => source.cause(),
            Self::Barred { .. }
            | Self::Unreachable { .. }
            | Self::Refused { .. }
            | Self::Nonsense { .. }
            | Self::Unsigned { .. } => self,
        }
    }
}

async fn answer<T: DeserializeOwned>(url: &str, request: reqwest::RequestBuilder) -> Result<T, ProviderError> {
    let unreachable = |source| match barred(&source) {
        Some(source) => ProviderError::Barred { url: url.to_owned(), source },
        None => ProviderError::Unreachable { url: url.to_owned(), source },
    };
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
