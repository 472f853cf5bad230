//! What was seen lately: forgotten by itself, and bounded.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Values by key. Each is forgotten one to two periods after it was last set, or sooner when there are too many.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    young: BTreeMap<K, V>,
    old: BTreeMap<K, V>,
    /// When `young` was empty last.
    since: Instant,
    period: Duration,
    n_max: usize,
}

impl<K: Ord + Copy, V: Copy> Recent<K, V> {
    /// Keeps up to twice `n_max` values.
    pub(crate) fn new(now: Instant, period: Duration, n_max: usize) -> Self {
        Self { young: BTreeMap::new(), old: BTreeMap::new(), since: now, period, n_max }
    }

    pub(crate) fn get(&self, key: &K) -> Option<V> {
        self.young.get(key).or_else(|| self.old.get(key)).copied()
    }

    pub(crate) fn set(&mut self, now: Instant, key: K, value: V) {
        if self.young.len() >= self.n_max || now.saturating_duration_since(self.since) >= self.period {
            self.old = std::mem::take(&mut self.young);
            self.since = now;
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a first instant has to come from somewhere")]
mod tests {
    use super::*;

    #[test]
    fn a_value_lives_for_one_to_two_periods_after_it_was_set() {
        let start = Instant::now();
        let period = Duration::from_secs(10);
        let mut recent = Recent::new(start, period, 100);
        recent.set(start, 1, 'a');
        recent.set(start + period, 2, 'b');
        assert_eq!((recent.get(&1), recent.get(&2)), (Some('a'), Some('b')));
        recent.set(start + 2 * period, 2, 'c');
        assert_eq!((recent.get(&1), recent.get(&2)), (None, Some('c')));
    }

    #[test]
    fn there_are_never_more_than_twice_the_limit() {
        let now = Instant::now();
        let mut recent = Recent::new(now, Duration::from_secs(10), 100);
        for key in 0..10_000 {
            recent.set(now, key, ());
        }
        assert!(recent.young.len() + recent.old.len() <= 200);
        assert!(recent.get(&9_999).is_some() && recent.get(&0).is_none());
    }
}
