//! The INVITE client transaction. RFC 3261 §17.1.1, RFC 6026 §7.2

use std::time::{Duration, Instant};

use super::{Class, Due, Heard, Path, Times};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Timers A and B run.
    Calling {
        /// When to send again (timer A) and by how much it grew; none on a reliable transport.
        again: Option<(Instant, Duration)>,
        give_up_at: Instant,
    },
    Proceeding,
    /// Timer D runs; retransmitted refusals are acknowledged.
    Completed {
        until: Instant,
    },
    /// Timer M runs; further 2xx are passed up.
    Accepted {
        until: Instant,
    },
}

/// The machine. It is made when the INVITE is sent for the first time.
#[derive(Clone, Copy, Debug)]
pub struct InviteClient {
    state: State,
    path: Path,
}

impl InviteClient {
    /// The INVITE was just sent.
    pub fn start(now: Instant, times: &Times, path: Path) -> Self {
        let again = match path {
            Path::Unreliable => Some((now + times.t1, times.t1)),
            Path::Reliable => None,
        };
        Self { state: State::Calling { again, give_up_at: now + times.give_up() }, path }
    }

    /// A response with its branch came.
    pub fn handle_response(&mut self, now: Instant, times: &Times, class: Class) -> Heard {
        match (self.state, class) {
            (State::Calling { .. } | State::Proceeding, Class::Provisional) => {
                self.state = State::Proceeding;
                Heard::Pass
            }
            (State::Calling { .. } | State::Proceeding, Class::Success) => {
                self.state = State::Accepted { until: now + times.give_up() };
                Heard::Pass
            }
            (State::Calling { .. } | State::Proceeding, Class::Failure) => {
                let linger = match self.path {
                    // Timer D is "at least 32 seconds" whatever T1 is.
                    Path::Unreliable => times.give_up().max(Duration::from_secs(32)),
                    Path::Reliable => Duration::ZERO,
                };
                self.state = State::Completed { until: now + linger };
                Heard::AckAndPass
            }
            (State::Completed { .. }, Class::Failure) => Heard::AckAgain,
            (State::Accepted { .. }, Class::Success) => Heard::Pass,
            (State::Completed { .. } | State::Accepted { .. }, _) => Heard::Drop,
        }
    }

    /// The deadline came.
    pub fn handle_timeout(&mut self, now: Instant) -> Due {
        match &mut self.state {
            State::Calling { give_up_at, .. } if *give_up_at <= now => Due::TimedOut,
            State::Calling { again: Some((at, interval)), .. } if *at <= now => {
                *interval *= 2;
                *at = now + *interval;
                Due::SendAgain
            }
            State::Completed { until } | State::Accepted { until } if *until <= now => Due::Done,
            State::Calling { .. } | State::Proceeding | State::Completed { .. } | State::Accepted { .. } => Due::Wait,
        }
    }

    /// When to call `handle_timeout`.
    pub fn next_deadline(&self) -> Option<Instant> {
        match self.state {
            State::Calling { again: Some((at, _)), give_up_at } => Some(at.min(give_up_at)),
            State::Calling { again: None, give_up_at } => Some(give_up_at),
            State::Proceeding => None,
            State::Completed { until } | State::Accepted { until } => Some(until),
        }
    }

    /// Whether no final response came yet.
    pub fn is_waiting(&self) -> bool {
        matches!(self.state, State::Calling { .. } | State::Proceeding)
    }

    /// Whether a provisional response came and no final one: a CANCEL may go. RFC 3261 §9.1
    pub fn is_proceeding(&self) -> bool {
        self.state == State::Proceeding
    }

    /// Whether a 2xx came.
    pub fn is_accepted(&self) -> bool {
        matches!(self.state, State::Accepted { .. })
    }
}
