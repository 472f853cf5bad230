//! Wall time from an epoch pair plus elapsed time, corrected from outside.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

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
}
