//! Who guesses passwords or codes waits: by account and by address, longer after each failure.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};

use jiff::{SignedDuration, Timestamp};

use crate::limits::ATTEMPTS_KEPT_MAX;

/// The first refusal; each further failure doubles it.
const FIRST_SECS: i64 = 2;
/// Failures are forgotten after a day without one.
const FORGOTTEN_SECS: i64 = 24 * 60 * 60;

/// What failures are counted for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suspect {
    /// What somebody signs in with, whether there is such an account or not.
    Account(String),
    /// Where they are. Whoever has one IPv6 address of a /64 has all of them.
    Address(IpAddr),
}

/// Failed attempts to sign in. Each is counted before it is known to fail, so that many at once gain nothing.
#[derive(Debug, Default)]
pub struct Attempts {
    kept: BTreeMap<Suspect, Failures>,
    /// The same by their last failure, the oldest first.
    by_time: BTreeSet<(Timestamp, Suspect)>,
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    n: u32,
    last: Timestamp,
    refused_until: Timestamp,
}

impl Suspect {
    /// An address as it is counted.
    pub fn address(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        })
    }

    /// Failures that cost nothing: people mistype, and an office behind one address is many people.
    fn n_free(&self) -> u32 {
        match self {
            Self::Account(_) => 5,
            Self::Address(_) => 20,
        }
    }

    /// The longest refusal. That of an account is short, since a stranger can bring it about.
    fn longest_secs(&self) -> i64 {
        match self {
            Self::Account(_) => 15 * 60,
            Self::Address(_) => 60 * 60,
        }
    }
}

impl Attempts {
    /// Counts an attempt of all of them as failed, or refuses it: then until when, and nothing is counted.
    pub fn begin(&mut self, now: Timestamp, suspects: &[Suspect]) -> Result<(), Timestamp> {
        self.forget_old(now);
        let refusals = suspects.iter().filter_map(|suspect| self.kept.get(suspect)).map(|it| it.refused_until);
        if let Some(until) = refusals.filter(|until| now < *until).max() {
            return Err(until);
        }
        for suspect in suspects {
            self.failed(now, suspect);
        }
        Ok(())
    }

    /// The attempt was good after all: nothing is held against the account, and one failure less against the address.
    pub fn succeeded(&mut self, suspects: &[Suspect]) {
        for suspect in suspects {
            self.forgive(suspect, matches!(suspect, Suspect::Account(_)));
        }
    }

    /// The attempt was not looked at: it counts for nothing, and what failed before still does.
    pub fn withdrawn(&mut self, suspects: &[Suspect]) {
        for suspect in suspects {
            self.forgive(suspect, false);
        }
    }

    fn forgive(&mut self, suspect: &Suspect, all: bool) {
        let Some(failures) = self.kept.get_mut(suspect) else { return };
        failures.n = if all { 0 } else { failures.n.saturating_sub(1) };
        // It was made before it was known what becomes of this attempt.
        failures.refused_until = failures.last;
        if failures.n == 0 {
            let last = failures.last;
            self.kept.remove(suspect);
            self.by_time.remove(&(last, suspect.clone()));
        }
    }

    fn failed(&mut self, now: Timestamp, suspect: &Suspect) {
        let is_new = !self.kept.contains_key(suspect);
        if is_new
            && ATTEMPTS_KEPT_MAX <= self.kept.len()
            && let Some((_, oldest)) = self.by_time.pop_first()
        {
            self.kept.remove(&oldest);
        }
        let fresh = Failures { n: 0, last: now, refused_until: now };
        let failures = self.kept.entry(suspect.clone()).or_insert(fresh);
        self.by_time.remove(&(failures.last, suspect.clone()));
        failures.n = failures.n.saturating_add(1);
        failures.last = now;
        if let Some(doublings) = failures.n.checked_sub(suspect.n_free() + 1) {
            let factor = 1_i64.checked_shl(doublings.min(32)).unwrap_or(i64::MAX);
            let secs = FIRST_SECS.saturating_mul(factor).min(suspect.longest_secs());
            failures.refused_until = now.checked_add(SignedDuration::from_secs(secs)).unwrap_or(Timestamp::MAX);
        }
        self.by_time.insert((now, suspect.clone()));
    }

    fn forget_old(&mut self, now: Timestamp) {
        while let Some((last, suspect)) = self.by_time.first() {
            if now.duration_since(*last).as_secs() < FORGOTTEN_SECS {
                break;
            }
            let suspect = suspect.clone();
            self.by_time.pop_first();
            self.kept.remove(&suspect);
        }
    }
}
