//! We register at a carrier, as a phone does: with refresh before the time is over, and again after a failure, the longer
//! the more often it failed. RFC 3261 §10.2, RFC 5626 §4.5

use std::time::{Duration, Instant};

/// Our registration at one carrier.
#[derive(Clone, Debug)]
pub(crate) struct TrunkRegistration {
    /// Seconds that are asked for.
    wanted_secs: u32,
    /// The carrier wants no less.
    min_secs: u32,
    pub(crate) state: State,
    pub(crate) since: Instant,
    next_at: Option<Instant>,
    n_failed: u32,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing was answered yet.
    Trying,
    Registered {
        until: Instant,
    },
    /// Refused with this status, or taken for that.
    Failed(u16),
}

/// The first time that a failed registration is tried again, and the longest; it doubles in between. RFC 5626 §4.5
const RETRY_FIRST: Duration = Duration::from_secs(30);
const RETRY_MAX: Duration = Duration::from_secs(1_800);
/// A carrier that grants less would be asked all the time.
const GRANTED_SECS_MIN: u32 = 10;

impl TrunkRegistration {
    /// Wants to be registered for so many seconds at a time, from now on.
    pub(crate) fn new(now: Instant, wanted_secs: u32) -> Self {
        Self { wanted_secs, min_secs: 0, state: State::Trying, since: now, next_at: Some(now), n_failed: 0 }
    }

    /// When a REGISTER is due.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.next_at
    }

    /// The seconds to ask for, if a REGISTER is due now.
    pub(crate) fn take_turn(&mut self, now: Instant) -> Option<u32> {
        if self.next_at.is_none_or(|at| now < at) {
            return None;
        }
        self.next_at = None;
        Some(self.wanted_secs.max(self.min_secs))
    }

    /// The carrier granted so many seconds, or as many as were asked for. Returns whether that is news.
    pub(crate) fn handle_granted(&mut self, now: Instant, granted_secs: Option<u32>) -> bool {
        let asked = self.wanted_secs.max(self.min_secs);
        let secs = granted_secs.unwrap_or(asked).max(GRANTED_SECS_MIN);
        let lasts = Duration::from_secs(secs.into());
        let is_new = !matches!(self.state, State::Registered { .. });
        if is_new {
            self.since = now;
        }
        self.state = State::Registered { until: now + lasts };
        self.n_failed = 0;
        // Early enough that one lost refresh costs nothing.
        self.next_at = Some(now + lasts.mul_f64(0.75));
        is_new
    }

    /// The carrier wants to be asked for no less.
    pub(crate) fn handle_too_brief(&mut self, now: Instant, min_secs: u32) {
        match min_secs > self.wanted_secs.max(self.min_secs) {
            true => {
                self.min_secs = min_secs;
                self.next_at = Some(now);
            }
            // It asks for what it got already.
            false => _ = self.handle_failed(now, 423),
        }
    }

    /// It was refused, or nothing was answered. Returns whether that is news.
    pub(crate) fn handle_failed(&mut self, now: Instant, status: u16) -> bool {
        let factor = 2_u32.saturating_pow(self.n_failed.min(16));
        self.n_failed = self.n_failed.saturating_add(1);
        self.next_at = Some(now + RETRY_FIRST.saturating_mul(factor).min(RETRY_MAX));
        // What was granted holds until its time is over.
        if let State::Registered { until } = self.state
            && now < until
        {
            return false;
        }
        let is_new = !matches!(self.state, State::Failed(_));
        if is_new {
            self.since = now;
        }
        self.state = State::Failed(status);
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn it_is_refreshed_before_its_time_and_a_failure_does_not_end_what_was_granted() {
        #[expect(clippy::disallowed_methods, reason = "a first instant")]
        let now = Instant::now();
        let mut registration = TrunkRegistration::new(now, 600);
        assert_eq!(registration.take_turn(now), Some(600));
        assert_eq!((registration.take_turn(now), registration.next_deadline()), (None, None), "one at a time");
        assert!(registration.handle_granted(now, Some(100)));
        assert_eq!(registration.next_deadline(), Some(now + secs(75)));
        assert_eq!(registration.take_turn(now + secs(75)), Some(600));
        assert!(!registration.handle_failed(now + secs(75), 503), "25 seconds are left");
        assert_eq!(registration.take_turn(now + secs(105)), Some(600));
        assert!(registration.handle_failed(now + secs(105), 503));
        assert_eq!(registration.next_deadline(), Some(now + secs(165)), "twice as long");
        assert!(registration.handle_granted(now + secs(165), None));
        assert_eq!(registration.state, State::Registered { until: now + secs(765) });
    }

    #[test]
    fn a_carrier_that_wants_longer_is_asked_for_longer_once() {
        #[expect(clippy::disallowed_methods, reason = "a first instant")]
        let now = Instant::now();
        let mut registration = TrunkRegistration::new(now, 60);
        registration.take_turn(now);
        registration.handle_too_brief(now, 120);
        assert_eq!(registration.take_turn(now), Some(120));
        registration.handle_too_brief(now, 120);
        assert_eq!((registration.state, registration.take_turn(now)), (State::Failed(423), None));
        for _ in 0..40 {
            registration.handle_failed(now, 403);
        }
        assert_eq!(registration.next_deadline(), Some(now + RETRY_MAX));
    }
}
