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
const STRANGERS_MAX: usize = 256;
/// A new call that waited so long finds a node that has more to do than it can: its INVITE was sent again already.
const OVERLOADED_AFTER: Duration = Duration::from_secs(1);

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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use sip::Transport;

    use super::*;

    fn arrival(at: Instant, name: &'static str) -> Arrival {
        let address = "192.0.2.1:5060".parse().unwrap();
        let source = Source {
            transport: Transport::Udp,
            remote: address,
            local: address,
            connection: None,
            verified_name: None,
        };
        Arrival { at, source, packet: Bytes::from_static(name.as_bytes()) }
    }

    #[test]
    fn the_most_urgent_goes_first_and_each_kind_keeps_its_order() {
        let (mut arrivals, dropped, now) = (Arrivals::default(), Dropped::default(), Instant::now());
        for urgency in Urgency::ALL.into_iter().rev() {
            arrivals.push(urgency, arrival(now, "first"), &dropped);
            arrivals.push(urgency, arrival(now, "second"), &dropped);
        }
        let mut live = std::iter::from_fn(|| arrivals.next_live()).map(|arrival| arrival.packet);
        assert_eq!((live.next().unwrap(), live.next().unwrap(), live.next()), ("first".into(), "second".into(), None));
        assert_eq!(std::iter::from_fn(|| arrivals.next()).count(), 8);
        assert!(arrivals.is_empty());
    }

    #[test]
    fn a_flood_of_strangers_takes_little_room_and_nobody_else_s() {
        let (mut arrivals, dropped, now) = (Arrivals::default(), Dropped::default(), Instant::now());
        for _ in 0..10_000 {
            arrivals.push(Urgency::Stranger, arrival(now, "flood"), &dropped);
        }
        arrivals.push(Urgency::Live, arrival(now, "BYE"), &dropped);
        assert_eq!(arrivals.next().unwrap().packet, "BYE");
        assert_eq!(std::iter::from_fn(|| arrivals.next()).count(), STRANGERS_MAX);
        assert_eq!(dropped.strangers.load(Ordering::Relaxed), 10_000 - STRANGERS_MAX as u64);
        assert_eq!(dropped.known.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn calls_that_wait_too_long_say_that_there_is_too_much_to_do() {
        let (mut arrivals, dropped, now) = (Arrivals::default(), Dropped::default(), Instant::now());
        let later = now + OVERLOADED_AFTER + Duration::from_millis(1);
        arrivals.push(Urgency::Stranger, arrival(now, "OPTIONS"), &dropped);
        assert!(!arrivals.is_overloaded(later), "strangers may wait");
        arrivals.push(Urgency::Call, arrival(now, "INVITE"), &dropped);
        assert!(!arrivals.is_overloaded(now) && arrivals.is_overloaded(later));
    }
}
