//! The side that asks for a password and checks the answer.
//!
//! A nonce carries its own proof: its time, a number, and a keyed hash over these, the realm and the address that it
//! was given to. Nothing is kept until somebody proves a password with it; from then on its nonce counts are.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use hmac::{Hmac, Mac};
use sha2::Sha256;
use smallvec::SmallVec;
use subtle::ConstantTimeEq;

use crate::Request;
use crate::digest::authorization::Authorization;
use crate::digest::{Algorithm, Ha1, Hex, Input};
use crate::limits::{NONCE_AGE_MAX, NONCES_MAX};
use crate::uri::Uri;

/// Hex digits of the time and number, and of the hash, in a nonce.
const ID_DIGITS: usize = 16;
const MAC_BYTES: usize = 16;
const NONCE_DIGITS: usize = ID_DIGITS + 2 * MAC_BYTES;

/// What became of the credentials in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The sender knows the password.
    Accepted,
    /// The password is right and the nonce too old, or not ours, or used elsewhere: challenge once more with `Stale`.
    Stale,
    /// The nonce count was used before: a copy of what somebody else sent, or a late one. Challenge as if stale.
    Replayed,
    /// The password, or what it was made over, is wrong.
    Wrong,
}

/// Whether the challenge says that only the nonce was too old. RFC 7616 §3.3
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    First,
    Stale,
}

/// Phones that give up when a challenge of another algorithm than MD5 is among those offered, by the start of their
/// User-Agent, and the load program and the browser phone, which know no other. RFC 8760 §2.4 lets a peer pick one; these read the first
/// and stop.
const READ_MD5_ONLY: [&str; 5] = ["baresip v0.", "baresip v1.", "baresip v2.", "JsSIP", "SIPp"];

/// The strongest algorithm that may be offered to a peer with this User-Agent. Who lies about it weakens only the
/// challenge that they get themselves.
pub fn strongest_for(user_agent: Option<&str>) -> Algorithm {
    let reads_md5_only = user_agent.is_some_and(|name| READ_MD5_ONLY.iter().any(|start| name.starts_with(start)));
    if reads_md5_only { Algorithm::Md5 } else { Algorithm::Sha256 }
}

/// Makes challenges and checks answers, for any number of realms.
pub struct Challenger {
    /// Times in nonces are seconds since then.
    epoch: Instant,
    mac: Hmac<Sha256>,
    n_challenges: u32,
    /// Nonces that proved a password.
    used: BTreeMap<u64, Counts>,
    /// Nonces below this one were dropped from `used` and prove nothing any more.
    floor: u64,
}

impl std::fmt::Debug for Challenger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Challenger").field("n_used", &self.used.len()).finish_non_exhaustive()
    }
}

/// The nonce counts seen with one nonce: the highest, and which of the 64 up to it. They may come out of order.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    highest: u32,
    seen: u64,
}

impl Counts {
    /// Takes a count; false if it was there before or is too old to tell.
    fn take(&mut self, count: u32) -> bool {
        if count > self.highest {
            self.seen = self.seen.checked_shl(count - self.highest).unwrap_or(0) | 1;
            self.highest = count;
            return true;
        }
        let Some(bit) = 1_u64.checked_shl(self.highest - count) else { return false };
        let is_new = self.seen & bit == 0;
        self.seen |= bit;
        is_new
    }
}

impl Challenger {
    /// `key` must come from the system's random source. Nonces made with another key count as stale.
    pub fn new(now: Instant, key: [u8; 32]) -> Self {
        // HMAC takes a key of any length; the fallback is never reached.
        let mac = Hmac::new_from_slice(&key).unwrap_or_else(|_| Hmac::new(&Default::default()));
        Self { epoch: now, mac, n_challenges: 0, used: BTreeMap::new(), floor: 0 }
    }

    /// The values of two WWW-Authenticate (or Proxy-Authenticate) fields, the stronger first. RFC 8760 §2.4
    ///
    /// `strongest` is the best algorithm to offer: [`strongest_for`] the peer. MD5 is always among them, and goes without an algorithm parameter, and `qop` in quotes: that is what the oldest phones read.
    pub fn challenge(
        &mut self,
        now: Instant,
        realm: &str,
        address: IpAddr,
        freshness: Freshness,
        strongest: Algorithm,
    ) -> SmallVec<[String; 2]> {
        let nonce = self.nonce(now, realm, address);
        let stale = match freshness {
            Freshness::First => "",
            Freshness::Stale => ", stale=true",
        };
        let realm: String = realm.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\')).collect();
        let algorithms: &[&str] = match strongest {
            Algorithm::Sha256 | Algorithm::Sha512_256 => &["algorithm=SHA-256, ", ""],
            Algorithm::Md5 => &[""],
        };
        let value = |algorithm| format!("Digest realm=\"{realm}\", nonce=\"{nonce}\", {algorithm}qop=\"auth\"{stale}");
        algorithms.iter().map(value).collect()
    }

    /// Checks credentials. For an unknown user give an `ha1` that nobody can have: it takes as long, and says as little.
    pub fn verify(
        &mut self,
        now: Instant,
        request: &Request,
        address: IpAddr,
        credentials: &Authorization<'_>,
        ha1: &Ha1,
    ) -> Verdict {
        let count = u32::from_str_radix(credentials.nc, 16).ok().filter(|&nc| nc > 0 && credentials.nc.len() == 8);
        let input = Input {
            nonce: &credentials.nonce,
            count: Some((credentials.nc, &credentials.cnonce)),
            method: request.method().as_str(),
            uri: &credentials.uri,
        };
        let expected = ha1.response(credentials.algorithm, &input);
        let is_proven = expected.is_some_and(|expected| same(&expected, &credentials.response));
        let is_complete = credentials.is_auth && !credentials.cnonce.is_empty() && is_for(request, &credentials.uri);
        let nonce = self.read(&credentials.nonce, &credentials.realm, address);
        let Some(count) = count.filter(|_| is_proven && is_complete) else { return Verdict::Wrong };
        let now_secs = self.secs(now);
        match nonce {
            Some(id) if id >= self.floor && now_secs.saturating_sub(id >> 32) <= NONCE_AGE_MAX.as_secs() => {
                self.take(now_secs, id, count)
            }
            Some(_) | None => Verdict::Stale,
        }
    }

    /// How many nonces are kept.
    pub fn n_used(&self) -> usize {
        self.used.len()
    }

    fn take(&mut self, now_secs: u64, id: u64, count: u32) -> Verdict {
        let verdict = if self.used.entry(id).or_default().take(count) { Verdict::Accepted } else { Verdict::Replayed };
        // Two at a time keep the table from growing without ever stopping to clean all of it.
        for _ in 0..2 {
            let Some(oldest) = self.used.first_entry() else { break };
            let oldest_id = *oldest.key();
            let is_old = now_secs.saturating_sub(oldest_id >> 32) > NONCE_AGE_MAX.as_secs();
            if !is_old && self.used.len() <= NONCES_MAX {
                break;
            }
            self.used.pop_first();
            self.floor = self.floor.max(oldest_id.saturating_add(1));
        }
        verdict
    }

    fn nonce(&mut self, now: Instant, realm: &str, address: IpAddr) -> String {
        self.n_challenges = self.n_challenges.wrapping_add(1);
        let id = (self.secs(now) << 32) | u64::from(self.n_challenges);
        let mut nonce = String::with_capacity(NONCE_DIGITS);
        nonce.push_str(Hex::new(&id.to_be_bytes()).as_str());
        nonce.push_str(self.sign(id, realm, address).as_str());
        nonce
    }

    /// The time and number of a nonce of ours.
    fn read(&self, nonce: &str, realm: &str, address: IpAddr) -> Option<u64> {
        let (id, mac) = nonce.split_at_checked(ID_DIGITS)?;
        let id = u64::from_str_radix(id, 16).ok()?;
        same(&self.sign(id, realm, address), mac).then_some(id)
    }

    fn sign(&self, id: u64, realm: &str, address: IpAddr) -> Hex {
        let mut mac = self.mac.clone();
        mac.update(&id.to_be_bytes());
        match address.to_canonical() {
            IpAddr::V4(address) => mac.update(&address.octets()),
            IpAddr::V6(address) => mac.update(&address.octets()),
        }
        mac.update(realm.as_bytes());
        let mac: [u8; 32] = mac.finalize().into_bytes().into();
        Hex::new(mac.get(..MAC_BYTES).unwrap_or_default())
    }

    fn secs(&self, now: Instant) -> u64 {
        // Thirty-two bits of seconds since the process began.
        now.saturating_duration_since(self.epoch).min(Duration::from_secs(u64::from(u32::MAX))).as_secs()
    }
}

/// Whether the digest is over the Request-URI. RFC 7616 §3.4.6, RFC 3261 §22.4
fn is_for(request: &Request, uri: &str) -> bool {
    uri == request.uri() || Uri::parse(uri).is_ok_and(|uri| uri.is_equivalent(&request.parsed_uri()))
}

/// Compares in a time that does not depend on where they differ.
fn same(expected: &Hex, given: &str) -> bool {
    let mut lower = [0; 64];
    let Some(lower) = lower.get_mut(..given.len()) else { return false };
    lower.copy_from_slice(given.as_bytes());
    lower.make_ascii_lowercase();
    expected.as_bytes().ct_eq(lower).into()
}
