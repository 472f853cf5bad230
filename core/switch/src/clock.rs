//! Wall time from an epoch pair plus elapsed time, corrected from outside.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use phone::apps::queue::callback::{Contact, Kept, Request};

/// Tells wall time for any instant near now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    at: Instant,
    wall: Timestamp,
}

impl Clock {
    pub(crate) fn new(at: Instant, wall: Timestamp) -> Self {
        Self { at, wall }
    }

    /// Wall time as of `at`; an instant before the epoch pair gives a time before it.
    pub(crate) fn wall(&self, at: Instant) -> Timestamp {
        let elapsed = match at.checked_duration_since(self.at) {
            Some(after) => SignedDuration::try_from(after).unwrap_or(SignedDuration::MAX),
            None => {
                let before = SignedDuration::try_from(self.at.duration_since(at)).unwrap_or(SignedDuration::MAX);
                SignedDuration::ZERO.saturating_sub(before)
            }
        };
        self.wall.saturating_add(elapsed).unwrap_or(self.wall)
    }

    /// The instant of a wall time near now; `now` itself, if the machine has not run for so long.
    pub(crate) fn instant(&self, now: Instant, wall: Timestamp) -> Instant {
        let apart = wall.duration_since(self.wall(now));
        let span = apart.unsigned_abs();
        let instant = if apart.is_negative() { now.checked_sub(span) } else { now.checked_add(span) };
        instant.unwrap_or(now)
    }

    /// A request to be called back, as it is written down.
    pub(crate) fn keep(&self, request: &Request) -> Kept {
        Kept {
            id: request.id,
            queue: request.queue,
            number: request.contact.number,
            shown: request.contact.shown,
            priority: request.priority,
            arrived_at: self.wall(request.arrived),
            asked_at: self.wall(request.asked),
            expires_at: self.wall(request.expires),
            n_attempts: request.n_attempts,
            next_at: request.next_at.map(|at| self.wall(at)),
            state: request.state,
        }
    }

    /// The same as the queues know it.
    pub(crate) fn recall(&self, now: Instant, kept: &Kept) -> Request {
        Request {
            id: kept.id,
            queue: kept.queue,
            contact: Contact { number: kept.number, shown: kept.shown },
            priority: kept.priority,
            arrived: self.instant(now, kept.arrived_at),
            asked: self.instant(now, kept.asked_at),
            expires: self.instant(now, kept.expires_at),
            n_attempts: kept.n_attempts,
            next_at: kept.next_at.map(|at| self.instant(now, at)),
            state: kept.state,
        }
    }
}
