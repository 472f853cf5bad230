//! One ordered store of deadlines for everything that waits.

use std::collections::BTreeSet;
use std::time::Instant;

/// Deadlines by time; each owner has at most one. An owner keeps its own deadline and hands it back to move it,
/// so that nothing stale is ever stored: set, move and cancel are O(log n), asking for the first is O(1)-like.
#[derive(Debug)]
pub struct Timers<K: Ord + Copy> {
    due: BTreeSet<(Instant, K)>,
}

impl<K: Ord + Copy> Default for Timers<K> {
    fn default() -> Self {
        Self { due: BTreeSet::new() }
    }
}

impl<K: Ord + Copy> Timers<K> {
    /// Moves the deadline of `owner` from `slot`, where the owner keeps it, to `at`.
    pub fn set(&mut self, owner: K, slot: &mut Option<Instant>, at: Option<Instant>) {
        if *slot == at {
            return;
        }
        if let Some(old) = *slot {
            self.due.remove(&(old, owner));
        }
        if let Some(new) = at {
            self.due.insert((new, owner));
        }
        *slot = at;
    }

    /// Takes the first owner whose deadline has come. The owner's slot must be emptied by the caller.
    pub fn pop_due(&mut self, now: Instant) -> Option<K> {
        let &(at, _) = self.due.first()?;
        if at > now {
            return None;
        }
        self.due.pop_first().map(|(_, owner)| owner)
    }

    /// The earliest deadline.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.due.first().map(|&(at, _)| at)
    }

    /// How many deadlines are set.
    pub fn len(&self) -> usize {
        self.due.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.due.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
    fn moved_and_cancelled_deadlines_never_fire() {
        let t0 = Instant::now();
        let at = |ms| Some(t0 + Duration::from_millis(ms));
        let mut timers = Timers::default();
        let (mut a, mut b, mut c) = (None, None, None);
        timers.set('a', &mut a, at(10));
        timers.set('b', &mut b, at(20));
        timers.set('c', &mut c, at(30));
        timers.set('a', &mut a, at(40));
        timers.set('b', &mut b, None);
        assert_eq!(timers.next_deadline(), at(30));
        assert_eq!(timers.pop_due(t0 + Duration::from_millis(29)), None);
        assert_eq!(timers.pop_due(t0 + Duration::from_millis(99)), Some('c'));
        assert_eq!(timers.pop_due(t0 + Duration::from_millis(99)), Some('a'));
        assert_eq!(timers.pop_due(t0 + Duration::from_millis(99)), None);
        assert!(timers.is_empty());
    }
}
