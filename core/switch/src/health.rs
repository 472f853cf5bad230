//! Whether a trunk can be reached: told by OPTIONS that we send regularly, and by what calls over it meet. A trunk that is
//! down is tried last, never left out. Specification of calling, 3.1 and 3.4.

use std::time::{Duration, Instant};

/// How one trunk does.
#[derive(Clone, Debug)]
pub(crate) struct Health {
    pub(crate) state: State,
    pub(crate) since: Instant,
    /// The last time that anything came from there.
    pub(crate) heard_at: Option<Instant>,
    /// What it said last is that it takes no calls until then.
    pub(crate) rests_until: Option<Instant>,
    n_missed: u32,
    next_at: Option<Instant>,
}

/// What is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing came from there yet.
    Probing,
    Active,
    /// It is there or not: it says nothing.
    Silent,
    /// Nothing can be sent there: no such name, refused, a certificate that is not its own.
    Unreachable,
}

/// Why nothing was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Miss {
    Silent,
    Unreachable,
}

/// A trunk that was just made is asked for the first time after this: whoever sets up both ends has the time to.
const FIRST_AFTER: Duration = Duration::from_secs(30);
/// Between two OPTIONS. Specification of calling, 3.4: at most one in a minute, at least one in three.
const EVERY: Duration = Duration::from_secs(60);
/// OPTIONS without an answer, one after the other, that make a trunk silent. Specification of calling, 3.1.
const MISSED_MAX: u32 = 3;
/// Longest time for which a trunk that says so is spared; some send days.
const REST_MAX: Duration = Duration::from_secs(600);

impl Health {
    /// Of a trunk that is new here; one that is not asked is never down for its silence.
    pub(crate) fn new(now: Instant, is_asked: bool) -> Self {
        Self {
            state: State::Probing,
            since: now,
            heard_at: None,
            rests_until: None,
            n_missed: 0,
            next_at: is_asked.then(|| now + FIRST_AFTER),
        }
    }

    /// When it is asked next.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.next_at
    }

    /// Whether it is asked now; if so, the next time is set.
    pub(crate) fn take_turn(&mut self, now: Instant) -> bool {
        let is_due = self.next_at.is_some_and(|at| at <= now);
        if is_due {
            self.next_at = Some(now + EVERY);
        }
        is_due
    }

    /// It is asked from now on, or no more.
    pub(crate) fn set_asked(&mut self, now: Instant, is_asked: bool) {
        match (is_asked, self.next_at) {
            (true, None) => self.next_at = Some(now + FIRST_AFTER),
            (false, Some(_)) => *self = Self { heard_at: self.heard_at, ..Self::new(now, false) },
            (true, Some(_)) | (false, None) => {}
        }
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.next_at.is_some()
    }

    /// Whether it is tried last.
    pub(crate) fn is_weak(&self, now: Instant) -> bool {
        let is_down = match self.state {
            State::Silent | State::Unreachable => true,
            State::Probing | State::Active => false,
        };
        is_down || self.rests_until.is_some_and(|until| now < until)
    }

    /// Something came from there. Returns whether that is news.
    pub(crate) fn handle_heard(&mut self, now: Instant) -> bool {
        self.heard_at = Some(now);
        self.n_missed = 0;
        self.turn(now, State::Active)
    }

    /// An OPTIONS came to nothing.
    pub(crate) fn handle_miss(&mut self, now: Instant, miss: Miss) -> bool {
        self.n_missed = self.n_missed.saturating_add(1);
        match miss {
            Miss::Unreachable => self.turn(now, State::Unreachable),
            Miss::Silent if self.n_missed < MISSED_MAX => false,
            Miss::Silent => self.turn(now, State::Silent),
        }
    }

    /// A call came to nothing: one is enough, since callers wait.
    pub(crate) fn handle_call_lost(&mut self, now: Instant, miss: Miss) -> bool {
        if !self.is_asked() {
            return false;
        }
        self.n_missed = MISSED_MAX;
        match miss {
            Miss::Unreachable => self.turn(now, State::Unreachable),
            Miss::Silent => self.turn(now, State::Silent),
        }
    }

    /// It said that it takes no calls for so long.
    pub(crate) fn rest(&mut self, now: Instant, secs: u32) {
        self.rests_until = Some(now + Duration::from_secs(secs.into()).min(REST_MAX));
    }

    fn turn(&mut self, now: Instant, state: State) -> bool {
        if self.state == state {
            return false;
        }
        self.state = state;
        self.since = now;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn three_silent_minutes_make_a_trunk_silent_and_one_answer_brings_it_back() {
        #[expect(clippy::disallowed_methods, reason = "a first instant")]
        let begin = Instant::now();
        let mut health = Health::new(begin, true);
        assert_eq!(health.next_deadline(), Some(begin + FIRST_AFTER));
        assert!(!health.take_turn(begin + secs(29)));
        let mut now = begin + FIRST_AFTER;
        assert!(health.take_turn(now) && health.handle_heard(now));
        for missed in 1..=MISSED_MAX {
            now = health.next_deadline().unwrap_or(now);
            assert!(health.take_turn(now) && !health.take_turn(now));
            assert!(!health.is_weak(now));
            assert_eq!(health.handle_miss(now, Miss::Silent), missed == MISSED_MAX);
        }
        assert_eq!((health.state, health.since, now), (State::Silent, now, begin + FIRST_AFTER + EVERY * MISSED_MAX));
        assert!(health.is_weak(now) && !health.handle_miss(now, Miss::Silent));
        assert!(health.handle_heard(now) && !health.is_weak(now) && !health.handle_heard(now));
        assert!(!health.handle_miss(now, Miss::Silent), "it is counted anew");
        assert!(health.handle_miss(now, Miss::Unreachable), "that is certain at once");
    }

    #[test]
    fn one_lost_call_is_enough_but_not_for_a_trunk_that_is_not_asked() {
        #[expect(clippy::disallowed_methods, reason = "a first instant")]
        let now = Instant::now();
        let mut health = Health::new(now, true);
        assert!(health.handle_call_lost(now, Miss::Silent) && health.is_weak(now));
        health.set_asked(now, false);
        assert!(!health.is_weak(now) && !health.handle_call_lost(now, Miss::Unreachable) && !health.is_weak(now));
        health.rest(now, 7);
        assert!(health.is_weak(now + secs(6)) && !health.is_weak(now + secs(7)));
        health.rest(now, u32::MAX);
        assert!(!health.is_weak(now + REST_MAX));
    }
}
