//! The client transaction of every method but INVITE. RFC 3261 §17.1.2

use std::time::{Duration, Instant};

use super::{Class, Due, Heard, Path, Times};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Timers E and F run. After a provisional response the interval is T2.
    Waiting { again: Option<(Instant, Duration)>, give_up_at: Instant, proceeding: bool },
    /// Timer K runs; retransmitted responses are dropped.
    Completed { until: Instant },
}

/// The machine. It is made when the request is sent for the first time.
#[derive(Clone, Copy, Debug)]
pub struct OtherClient {
    state: State,
    path: Path,
}

impl OtherClient {
    /// The request was just sent.
    pub fn start(now: Instant, times: &Times, path: Path) -> Self {
        let again = match path {
            Path::Unreliable => Some((now + times.t1, times.t1)),
            Path::Reliable => None,
        };
        Self { state: State::Waiting { again, give_up_at: now + times.give_up(), proceeding: false }, path }
    }

    /// A response with its branch came.
    pub fn handle_response(&mut self, now: Instant, times: &Times, class: Class) -> Heard {
        match (&mut self.state, class) {
            (State::Waiting { proceeding, .. }, Class::Provisional) => {
                *proceeding = true;
                Heard::Pass
            }
            (State::Waiting { .. }, Class::Success | Class::Failure) => {
                let linger = match self.path {
                    Path::Unreliable => times.t4,
                    Path::Reliable => Duration::ZERO,
                };
                self.state = State::Completed { until: now + linger };
                Heard::Pass
            }
            (State::Completed { .. }, _) => Heard::Drop,
        }
    }

    /// The deadline came.
    pub fn handle_timeout(&mut self, now: Instant, times: &Times) -> Due {
        match &mut self.state {
            State::Waiting { give_up_at, .. } if *give_up_at <= now => Due::TimedOut,
            State::Waiting { again: Some((at, interval)), proceeding, .. } if *at <= now => {
                *interval = if *proceeding { times.t2 } else { times.backoff(*interval) };
                *at = now + *interval;
                Due::SendAgain
            }
            State::Completed { until } if *until <= now => Due::Done,
            State::Waiting { .. } | State::Completed { .. } => Due::Wait,
        }
    }

    /// When to call `handle_timeout`.
    pub fn next_deadline(&self) -> Option<Instant> {
        match self.state {
            State::Waiting { again: Some((at, _)), give_up_at, .. } => Some(at.min(give_up_at)),
            State::Waiting { again: None, give_up_at, .. } => Some(give_up_at),
            State::Completed { until } => Some(until),
        }
    }

    /// Whether no final response came yet.
    pub fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting { .. })
    }
}
