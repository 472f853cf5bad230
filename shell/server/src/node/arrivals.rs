//! Datagrams that came and wait to be handled: the most urgent goes first, and what is too much is dropped.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip::Source;
use switch::urgency::Urgency;

/// Of calls that are up: a second of a busy node.
const LIVE_MAX: usize = 16_384;
/// New calls and other requests of somebody known: what waits longer was sent again meanwhile.
const KNOWN_MAX: usize = 4_096;
/// Of strangers: some milliseconds' work.
pub const STRANGERS_MAX: usize = 256;
/// A new call that waited so long finds a node that has more to do than it can: its INVITE was sent again already.
pub const OVERLOADED_AFTER: Duration = Duration::from_secs(1);

/// What waits.
#[derive(Default)]
pub struct Arrivals {
    live: Lane,
    call: Lane,
    known: Lane,
    promising: Lane,
    stranger: Lane,
}

type Lane = VecDeque<Arrival>;

/// One message, when it came and from where.
pub struct Arrival {
    pub at: Instant,
    pub source: Source,
    pub packet: Bytes,
}

/// Messages dropped since the start, for metrics.
#[derive(Debug, Default)]
pub struct Dropped {
    /// Of strangers.
    pub strangers: AtomicU64,
    /// Of anybody else.
    pub known: AtomicU64,
}

impl Arrivals {
    /// Takes a message, or drops it where too many of its kind wait.
    pub fn push(&mut self, urgency: Urgency, arrival: Arrival, dropped: &Dropped) {
        let (lane, n_max, count) = match urgency {
            Urgency::Live => (&mut self.live, LIVE_MAX, &dropped.known),
            Urgency::Call => (&mut self.call, KNOWN_MAX, &dropped.known),
            Urgency::Known => (&mut self.known, KNOWN_MAX, &dropped.known),
            Urgency::Promising => (&mut self.promising, STRANGERS_MAX, &dropped.strangers),
            Urgency::Stranger => (&mut self.stranger, STRANGERS_MAX, &dropped.strangers),
        };
        if lane.len() < n_max {
            lane.push_back(arrival);
        } else {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The next of a call that is up.
    pub fn next_live(&mut self) -> Option<Arrival> {
        self.live.pop_front()
    }

    /// The next, whatever it is.
    pub fn next(&mut self) -> Option<Arrival> {
        let lanes = [&mut self.live, &mut self.call, &mut self.known, &mut self.promising, &mut self.stranger];
        lanes.into_iter().find_map(VecDeque::pop_front)
    }

    pub fn is_empty(&self) -> bool {
        [&self.live, &self.call, &self.known, &self.promising, &self.stranger].iter().all(|lane| lane.is_empty())
    }

    /// Whether calls come faster than they are begun.
    pub fn is_overloaded(&self, now: Instant) -> bool {
        self.call.front().is_some_and(|oldest| now.saturating_duration_since(oldest.at) > OVERLOADED_AFTER)
    }
}
