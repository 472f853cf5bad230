//! The INVITE server transaction. RFC 3261 §17.2.1, RFC 6026 §7.1

use std::time::{Duration, Instant};

use super::{Class, Due, Path, Repeat, Times};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Proceeding,
    /// A refusal was sent. Timers G and H run.
    Completed {
        again: Option<(Instant, Duration)>,
        give_up_at: Instant,
    },
    /// The refusal was acknowledged. Timer I runs.
    Confirmed {
        until: Instant,
    },
    /// A 2xx was sent. Timer L runs; repeating the 2xx is the matter of who sent it.
    Accepted {
        until: Instant,
    },
}

/// The machine. It is made when the INVITE comes in.
#[derive(Clone, Copy, Debug)]
pub struct InviteServer {
    state: State,
    path: Path,
}

impl InviteServer {
    /// The INVITE came in.
    pub fn start(path: Path) -> Self {
        Self { state: State::Proceeding, path }
    }

    /// A response is about to be sent. Returns whether it may: there is one final response, and nothing after it.
    #[must_use]
    pub fn respond(&mut self, now: Instant, times: &Times, class: Class) -> bool {
        if self.state != State::Proceeding {
            return false;
        }
        match class {
            Class::Provisional => {}
            Class::Success => self.state = State::Accepted { until: now + times.give_up() },
            Class::Failure => {
                let again = match self.path {
                    Path::Unreliable => Some((now + times.t1, times.t1)),
                    Path::Reliable => None,
                };
                self.state = State::Completed { again, give_up_at: now + times.give_up() };
            }
        }
        true
    }

    /// The same INVITE came again.
    pub fn handle_repeat(&self) -> Repeat {
        match self.state {
            State::Proceeding | State::Completed { .. } => Repeat::SendAgain,
            State::Confirmed { .. } | State::Accepted { .. } => Repeat::Absorb,
        }
    }

    /// An ACK with its branch came, so it answers a refusal.
    pub fn handle_ack(&mut self, now: Instant, times: &Times) {
        if matches!(self.state, State::Completed { .. }) {
            let linger = match self.path {
                Path::Unreliable => times.t4,
                Path::Reliable => Duration::ZERO,
            };
            self.state = State::Confirmed { until: now + linger };
        }
    }

    /// The deadline came.
    pub fn handle_timeout(&mut self, now: Instant, times: &Times) -> Due {
        match &mut self.state {
            State::Completed { give_up_at, .. } if *give_up_at <= now => Due::TimedOut,
            State::Completed { again: Some((at, interval)), .. } if *at <= now => {
                *interval = times.backoff(*interval);
                *at = now + *interval;
                Due::SendAgain
            }
            State::Confirmed { until } | State::Accepted { until } if *until <= now => Due::Done,
            State::Proceeding | State::Completed { .. } | State::Confirmed { .. } | State::Accepted { .. } => Due::Wait,
        }
    }

    /// When to call `handle_timeout`.
    pub fn next_deadline(&self) -> Option<Instant> {
        match self.state {
            State::Proceeding => None,
            State::Completed { again: Some((at, _)), give_up_at } => Some(at.min(give_up_at)),
            State::Completed { again: None, give_up_at } => Some(give_up_at),
            State::Confirmed { until } | State::Accepted { until } => Some(until),
        }
    }

    /// Whether a 2xx was sent.
    pub fn is_accepted(&self) -> bool {
        matches!(self.state, State::Accepted { .. })
    }

    /// Whether no final response was sent yet.
    pub fn is_proceeding(&self) -> bool {
        self.state == State::Proceeding
    }
}
