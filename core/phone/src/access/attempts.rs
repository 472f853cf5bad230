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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(secs).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn ann() -> Suspect {
        Suspect::Account("ann@demo.test".to_owned())
    }

    fn office() -> Suspect {
        Suspect::address(IpAddr::from([192, 0, 2, 7]))
    }

    #[test]
    fn the_time_doubles_up_to_its_limit_and_is_forgotten() {
        let mut attempts = Attempts::default();
        let mut now = 1_000;
        for _ in 0..5 {
            assert_eq!(attempts.begin(at(now), &[ann()]), Ok(()));
        }
        for refused in [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            assert_eq!(attempts.begin(at(now), &[ann()]), Ok(()));
            assert_eq!(attempts.begin(at(now), &[ann()]), Err(at(now + refused)), "nothing is counted meanwhile");
            assert_eq!(attempts.begin(at(now + refused - 1), &[ann()]), Err(at(now + refused)));
            now += refused;
        }
        now += FORGOTTEN_SECS;
        for _ in 0..5 {
            assert_eq!(attempts.begin(at(now), &[ann()]), Ok(()));
        }
    }

    #[test]
    fn one_address_that_tries_many_accounts_is_refused_for_all() {
        let mut attempts = Attempts::default();
        let try_one = |attempts: &mut Attempts, n: i64| {
            attempts.begin(at(0), &[Suspect::Account(format!("{n}@demo.test")), office()])
        };
        for n in 0..21 {
            assert_eq!(try_one(&mut attempts, n), Ok(()), "{n}");
        }
        assert_eq!(try_one(&mut attempts, 22), Err(at(2)));
        assert_eq!(attempts.begin(at(0), &[ann()]), Ok(()), "from elsewhere");
    }

    #[test]
    fn whoever_gives_the_right_password_is_forgiven_and_others_of_the_address_are_not() {
        let mut attempts = Attempts::default();
        let both = [ann(), office()];
        for _ in 0..5 {
            assert_eq!(attempts.begin(at(0), &both), Ok(()));
        }
        assert_eq!(attempts.begin(at(0), &both), Ok(()));
        attempts.succeeded(&both);
        for _ in 0..5 {
            assert_eq!(attempts.begin(at(0), &[ann()]), Ok(()));
        }
        let bob = |n: i64| [Suspect::Account(format!("bob{n}")), office()];
        let n_taken = (0..100).take_while(|n| attempts.begin(at(0), &bob(*n)).is_ok()).count();
        assert_eq!(n_taken, 16, "five of twenty were used up, and the next is the one that is refused after");
    }

    #[test]
    fn what_was_not_looked_at_counts_for_nothing() {
        let mut attempts = Attempts::default();
        for _ in 0..5 {
            assert_eq!(attempts.begin(at(0), &[ann()]), Ok(()));
        }
        for _ in 0..50 {
            assert_eq!(attempts.begin(at(0), &[ann()]), Ok(()));
            attempts.withdrawn(&[ann()]);
        }
        assert_eq!(attempts.begin(at(0), &[ann()]), Ok(()));
        assert_eq!(attempts.begin(at(0), &[ann()]), Err(at(2)), "the five still count");
    }

    #[test]
    fn whoever_has_a_network_of_ipv6_is_one() {
        let address = |text: &str| Suspect::address(text.parse().unwrap_or(IpAddr::from([0, 0, 0, 0])));
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:1"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
        assert_eq!(address("::ffff:192.0.2.7"), office());
    }

    proptest! {
        /// However tries are spread over time, an account is tried no more often than the doubling allows.
        #[test]
        fn a_guesser_gets_few_tries(gaps in prop::collection::vec(0_i64..40, 1..200)) {
            let mut attempts = Attempts::default();
            let (mut now, mut n_tried) = (0, 0_u32);
            for gap in gaps {
                now += gap;
                if attempts.begin(at(now), &[ann()]).is_ok() {
                    n_tried += 1;
                }
            }
            // Five for nothing, and a further one whenever the doubled times before it have passed.
            let (mut allowed, mut wait, mut passed) = (6, 2, 2);
            while passed <= now {
                allowed += 1;
                wait = (wait * 2).min(900);
                passed += wait;
            }
            prop_assert!(n_tried <= allowed, "{n_tried} tries in {now} s, {allowed} allowed");
        }
    }
}
