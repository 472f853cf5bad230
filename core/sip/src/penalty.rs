//! Those who guess passwords are refused for a growing time.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};
use std::time::Instant;

use crate::limits::{PENALTIES_MAX, PENALTY_FIRST, PENALTY_FORGOTTEN_AFTER, PENALTY_FREE_FAILURES, PENALTY_MAX};

/// Failed proofs of a password by source address. An IPv6 network of 64 bits counts as one address.
#[derive(Debug, Default)]
pub struct Penalties {
    by_address: BTreeMap<IpAddr, Penalty>,
    /// The same addresses by their last failure, the oldest first.
    by_time: BTreeSet<(Instant, IpAddr)>,
}

/// What is held against one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Penalty {
    pub n_failures: u32,
    pub last_failure: Instant,
    /// Refused until then, if it is in the future.
    pub refused_until: Instant,
}

impl Penalties {
    /// Nothing held against anybody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether requests of this address are to be looked at.
    pub fn allowed(&self, now: Instant, address: IpAddr) -> bool {
        self.by_address.is_empty() || self.by_address.get(&network(address)).is_none_or(|p| p.refused_until <= now)
    }

    /// It gave a wrong password. The first few are free; from then on each doubles the time.
    pub fn failed(&mut self, now: Instant, address: IpAddr) {
        let address = network(address);
        self.forget_old(now);
        if self.by_address.len() >= PENALTIES_MAX
            && !self.by_address.contains_key(&address)
            && let Some((_, oldest)) = self.by_time.pop_first()
        {
            self.by_address.remove(&oldest);
        }
        let fresh = Penalty { n_failures: 0, last_failure: now, refused_until: now };
        let penalty = self.by_address.entry(address).or_insert(fresh);
        self.by_time.remove(&(penalty.last_failure, address));
        penalty.n_failures = penalty.n_failures.saturating_add(1);
        penalty.last_failure = now;
        if let Some(doublings) = penalty.n_failures.checked_sub(PENALTY_FREE_FAILURES + 1) {
            let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
            penalty.refused_until = now + PENALTY_FIRST.saturating_mul(factor).min(PENALTY_MAX);
        }
        self.by_time.insert((now, address));
    }

    /// It gave a right password. That makes up for one wrong one, since a whole office may share an address; a running
    /// refusal stays.
    pub fn succeeded(&mut self, now: Instant, address: IpAddr) {
        if self.by_address.is_empty() {
            return;
        }
        let address = network(address);
        let Some(penalty) = self.by_address.get_mut(&address) else { return };
        penalty.n_failures = penalty.n_failures.saturating_sub(1);
        if penalty.n_failures == 0 && penalty.refused_until <= now {
            self.release(address);
        }
    }

    /// Holds nothing against this address any more. Returns whether there was something.
    pub fn release(&mut self, address: IpAddr) -> bool {
        let address = network(address);
        let Some(penalty) = self.by_address.remove(&address) else { return false };
        self.by_time.remove(&(penalty.last_failure, address));
        true
    }

    /// All that is held against anybody.
    pub fn list(&self) -> impl Iterator<Item = (IpAddr, &Penalty)> {
        self.by_address.iter().map(|(address, penalty)| (*address, penalty))
    }

    fn forget_old(&mut self, now: Instant) {
        while let Some(&(last, address)) = self.by_time.first() {
            if now.saturating_duration_since(last) < PENALTY_FORGOTTEN_AFTER {
                break;
            }
            self.by_time.pop_first();
            self.by_address.remove(&address);
        }
    }
}

/// Whoever has one IPv6 address of a /64 has all of them.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a first instant has to come from somewhere")]
mod tests {
    use std::time::Duration;

    use super::*;

    const OFFICE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

    #[test]
    fn the_time_doubles_up_to_its_limit_and_is_forgotten() {
        let start = Instant::now();
        let mut penalties = Penalties::new();
        for _ in 0..PENALTY_FREE_FAILURES {
            penalties.failed(start, OFFICE);
            assert!(penalties.allowed(start, OFFICE));
        }
        for refused in [PENALTY_FIRST, PENALTY_FIRST * 2, PENALTY_FIRST * 4] {
            penalties.failed(start, OFFICE);
            assert!(!penalties.allowed(start + refused - Duration::from_millis(1), OFFICE));
            assert!(penalties.allowed(start + refused, OFFICE));
        }
        for _ in 0..100 {
            penalties.failed(start, OFFICE);
        }
        assert!(!penalties.allowed(start + PENALTY_MAX - Duration::from_millis(1), OFFICE));
        assert!(penalties.allowed(start + PENALTY_MAX, OFFICE));
        let later = start + PENALTY_FORGOTTEN_AFTER;
        penalties.failed(later, OFFICE);
        assert!(penalties.allowed(later, OFFICE));
        assert_eq!(penalties.list().map(|(_, penalty)| penalty.n_failures).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn a_right_password_makes_up_for_one_wrong_one_and_lifts_no_refusal() {
        let now = Instant::now();
        let mut penalties = Penalties::new();
        for _ in 0..=PENALTY_FREE_FAILURES {
            penalties.failed(now, OFFICE);
        }
        for _ in 0..10 {
            penalties.succeeded(now, OFFICE);
        }
        assert!(!penalties.allowed(now, OFFICE));
        assert!(penalties.release(OFFICE) && !penalties.release(OFFICE));
        assert!(penalties.allowed(now, OFFICE));
        penalties.failed(now, OFFICE);
        penalties.succeeded(now, OFFICE);
        assert_eq!((penalties.list().count(), penalties.by_time.len()), (0, 0));
    }

    #[test]
    fn an_ipv6_network_is_one_address_and_the_table_is_bounded() {
        let now = Instant::now();
        let mut penalties = Penalties::new();
        for host in 0..20_u128 {
            penalties.failed(now, IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8 << 96) | host)));
        }
        assert!(!penalties.allowed(now, IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8 << 96) | 0xffff))));
        for network in 0..u128::try_from(PENALTIES_MAX).unwrap_or_default() + 5 {
            penalties.failed(now, IpAddr::V6(Ipv6Addr::from_bits(network << 64)));
        }
        assert_eq!((penalties.by_address.len(), penalties.by_time.len()), (PENALTIES_MAX, PENALTIES_MAX));
    }
}
