//! The server transaction of every method but INVITE. RFC 3261 §17.2.2, RFC 4320

use std::time::{Duration, Instant};

use super::{Due, Path, Repeat, Times};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No answer yet. Nobody waits longer than timer F of the client, so neither do we. RFC 4320 §4.2
    Trying { give_up_at: Instant },
    /// The final response was sent. Timer J runs.
    Completed { until: Instant },
}

/// The machine. It is made when the request comes in.
#[derive(Clone, Copy, Debug)]
pub struct OtherServer {
    state: State,
    path: Path,
}

impl OtherServer {
    /// The request came in.
    pub fn start(now: Instant, times: &Times, path: Path) -> Self {
        Self { state: State::Trying { give_up_at: now + times.give_up() }, path }
    }

    /// The final response is about to be sent. Returns whether it may: there is only one.
    #[must_use]
    pub fn respond(&mut self, now: Instant, times: &Times) -> bool {
        if !matches!(self.state, State::Trying { .. }) {
            return false;
        }
        let linger = match self.path {
            Path::Unreliable => times.give_up(),
            Path::Reliable => Duration::ZERO,
        };
        self.state = State::Completed { until: now + linger };
        true
    }

    /// The same request came again.
    pub fn handle_repeat(&self) -> Repeat {
        match self.state {
            State::Trying { .. } => Repeat::Absorb,
            State::Completed { .. } => Repeat::SendAgain,
        }
    }

    /// The deadline came. `TimedOut` means that nobody answered: too late now, no 408 is sent. RFC 4320 §4.1
    pub fn handle_timeout(&self, now: Instant) -> Due {
        match self.state {
            State::Trying { give_up_at } if give_up_at <= now => Due::TimedOut,
            State::Completed { until } if until <= now => Due::Done,
            State::Trying { .. } | State::Completed { .. } => Due::Wait,
        }
    }

    /// When to call `handle_timeout`.
    pub fn next_deadline(&self) -> Option<Instant> {
        match self.state {
            State::Trying { give_up_at } => Some(give_up_at),
            State::Completed { until } => Some(until),
        }
    }

    /// Whether no final response was sent yet.
    pub fn is_trying(&self) -> bool {
        matches!(self.state, State::Trying { .. })
    }
}
