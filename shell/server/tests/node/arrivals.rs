use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip::Source;
use sip::Transport;
use switch::urgency::Urgency;

use server::node::arrivals::*;

fn arrival(at: Instant, name: &'static str) -> Arrival {
    let address = "192.0.2.1:5060".parse().unwrap();
    let source =
        Source { transport: Transport::Udp, remote: address, local: address, connection: None, verified_names: None };
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
