//! The certificates of other signers, fetched where their signatures say that they are, and kept for a while.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::CACHE_CONTROL;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tokio::sync::Semaphore;

use crate::net::outward::{Outward, Reach};

/// A certificate and those above it.
pub type Chain = Arc<Vec<CertificateDer<'static>>>;

/// Addresses that are remembered: as many as there are providers, and some that strangers made up.
const KNOWN_MAX: usize = 2_000;
/// Certificates fetched at the same time: strangers who name many slow servers hold up each other, and nobody whose
/// certificate is there.
const AT_ONCE_MAX: usize = 64;
/// Longer than any chain.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Certificates in one chain; who sends more wants to keep us busy.
const CHAIN_MAX: usize = 8;
/// How long one is kept whose server does not say, at least, and at most. RFC 9111 §5.2.2
const KEPT_FOR: Duration = Duration::from_secs(3_600);
const KEPT_FOR_MIN: Duration = Duration::from_secs(60);
const KEPT_FOR_MAX: Duration = Duration::from_secs(86_400);
/// How long it is remembered that there was none.
const MISSED_FOR: Duration = Duration::from_secs(30);

/// What is known of each address.
pub struct Certificates {
    outward: Outward,
    known: Mutex<BTreeMap<String, Arc<Slot>>>,
    turns: Semaphore,
}

/// Who comes while one is fetched waits for that one.
type Slot = tokio::sync::Mutex<Option<Kept>>;

struct Kept {
    until: Instant,
    chain: Option<Chain>,
}

impl Certificates {
    pub fn new(reach: Reach) -> Self {
        Self { outward: Outward::new(reach), known: Mutex::default(), turns: Semaphore::new(AT_ONCE_MAX) }
    }

    /// Those at an address, as of `now`; none if there are none.
    pub async fn chain(&self, url: &str, now: Instant) -> Option<Chain> {
        let slot = self.slot(url, now);
        let mut kept = slot.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| now < kept.until) {
            return kept.chain.clone();
        }
        // Who finds no turn tries again with the next call.
        let Ok(turn) = self.turns.try_acquire() else { return None };
        let fetched = self.fetch(url).await;
        drop(turn);
        let (chain, kept_for) = match fetched {
            Ok((chain, kept_for)) => (Some(Arc::new(chain)), kept_for),
            Err(why) => {
                tracing::info!(url, why, "the certificate of who signed a caller's number can't be fetched");
                (None, MISSED_FOR)
            }
        };
        *kept = Some(Kept { until: now + kept_for, chain: chain.clone() });
        chain
    }

    /// How many addresses are remembered.
    pub fn n_known(&self) -> usize {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn slot(&self, url: &str, now: Instant) -> Arc<Slot> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = known.get(url) {
            return slot.clone();
        }
        if KNOWN_MAX <= known.len() {
            let is_good = |slot: &Arc<Slot>| match slot.try_lock() {
                Ok(kept) => kept.as_ref().is_none_or(|kept| kept.chain.is_some() && now < kept.until),
                Err(_) => true,
            };
            known.retain(|_, slot| is_good(slot));
        }
        // All are good and in use: strangers made up so many that the first goes.
        if KNOWN_MAX <= known.len() {
            known.pop_first();
        }
        known.entry(url.to_owned()).or_default().clone()
    }

    async fn fetch(&self, url: &str) -> Result<(Vec<CertificateDer<'static>>, Duration), String> {
        let words = |error: &(dyn std::error::Error + 'static)| crate::error::chain(error);
        let request = self.outward.request(Method::GET, url).map_err(|barred| barred.to_string())?;
        let mut response = request.send().await.map_err(|error| words(&error))?;
        if !response.status().is_success() {
            return Err(format!("it answered {}", response.status()));
        }
        let kept_for = response.headers().get(CACHE_CONTROL).and_then(|value| max_age(value.to_str().ok()?));
        let mut bytes = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| words(&error))? {
            bytes.extend_from_slice(&part);
            if ANSWER_BYTES_MAX < bytes.len() {
                return Err("it is too long for a certificate".to_owned());
            }
        }
        let chain = read(bytes).ok_or("it is no certificate")?;
        Ok((chain, kept_for.unwrap_or(KEPT_FOR).clamp(KEPT_FOR_MIN, KEPT_FOR_MAX)))
    }
}

/// In PEM, the signer's first, or one alone in DER. RFC 8555 §9.1, RFC 2585
fn read(bytes: Vec<u8>) -> Option<Vec<CertificateDer<'static>>> {
    // A certificate is a sequence.
    if bytes.first() == Some(&0x30) {
        return Some(vec![CertificateDer::from(bytes)]);
    }
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).take(CHAIN_MAX).collect();
    chain.ok().filter(|chain| !chain.is_empty())
}

fn max_age(value: &str) -> Option<Duration> {
    let mut directives = value.split(',').map(|directive| directive.trim().to_ascii_lowercase());
    let seconds = directives.find_map(|directive| directive.strip_prefix("max-age=")?.trim_matches('"').parse().ok());
    seconds.map(Duration::from_secs)
}
