//! Legs that move from one media thread to another.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use media::engine::Component;
use media::engine::handover::Handover;
use media::prompt::Prompt;
use media::rtcp::Part;
use media::sdp::Codec;
use media::{Event, LegId, Order, PlayId, Playlist, PortGrant, Sound, WorkerId};

use super::world::*;

const C: LegId = LegId(3);
const CAROL: &str = "203.0.113.3:7000";
const THERE: WorkerId = WorkerId(1);

/// A talks with B on one thread; C waits on another, which began at another time.
fn two_threads() -> (World, World) {
    let here = bridged("0 101", "0 101");
    let mut there = World::of_thread(THERE, here.now + Duration::from_micros(1_234_567));
    there.open_with(C, CAROL, "0 101");
    let mut here = here;
    here.now = there.now;
    (here, there)
}

/// Orders the move, and lets the leg arrive.
fn move_leg(from: &mut World, to: &mut World, leg: LegId) {
    to.order(Order::Expect { leg });
    from.order(Order::Move { leg, to: to.engine.worker() });
    arrive(from, to);
}

fn arrive(from: &mut World, to: &mut World) -> Vec<Packet> {
    for handover in from.handovers.drain(..) {
        assert_eq!(handover.to, to.engine.worker());
        to.engine.handle_handover(to.now, handover, &mut to.out);
    }
    to.drain()
}

fn pass(worlds: [&mut World; 2], ms: u64) -> Vec<Packet> {
    worlds.into_iter().flat_map(|world| world.pass(ms)).collect()
}

#[test]
fn a_leg_moves_in_mid_talk_and_its_peer_sees_one_stream() {
    let (mut here, mut there) = two_threads();
    let (mut alice, mut bob, mut carol) = (Phone::new(ALICE, 0), Phone::new(BOB, 0), Phone::new(CAROL, 0));
    // Behind its router bob speaks from another port than he said.
    bob.address = addr("203.0.113.2:5999");
    for _ in 0..500 {
        here.hear(B, &mut bob, &[1; 160]);
        bob.take_all(here.hear(A, &mut alice, &[2; 160]));
        pass([&mut here, &mut there], 20);
    }
    move_leg(&mut here, &mut there, B);
    assert!(here.hear(A, &mut alice, &[2; 160]).is_empty(), "who talked with the leg talks to nobody");
    assert!(there.hear(B, &mut bob, &[1; 160]).is_empty(), "and the leg is heard by nobody yet");
    pass([&mut here, &mut there], 20);
    there.order(Order::Bridge { a: C, b: B });
    for _ in 0..500 {
        assert!(here.hear(B, &mut bob.clone(), &[1; 160]).is_empty(), "its old thread knows it no more");
        let from_bob = there.hear(B, &mut bob, &[1; 160]);
        assert_eq!((from_bob.len(), from_bob[0].leg), (1, C));
        let to_bob = there.hear(C, &mut carol, &[3; 160]);
        assert_eq!((to_bob.len(), to_bob[0].to), (1, bob.address), "the place that bob showed is known");
        bob.take(&to_bob[0]);
        pass([&mut here, &mut there], 20);
    }
    assert_eq!((bob.heard.len(), bob.gaps()), (1_000, 0));
    assert_eq!(bob.heard.iter().filter(|header| header.marker).count(), 2, "one turn each");
    let quality = there.close(B);
    assert_eq!((quality.packets_received, quality.packets_sent, quality.packets_lost), (1_001, 1_000, 0));
    assert!(quality.jitter_ms_max < 1.0, "another thread's clock is no jitter: {quality:?}");
}

#[test]
fn reports_go_on_over_a_move_by_the_same_clock_and_name() {
    let (mut here, mut there) = two_threads();
    let mut alice = Phone::new(ALICE, 0);
    here.hear(A, &mut alice, &[1; 160]);
    let before = report_of_b(&mut here);
    move_leg(&mut here, &mut there, B);
    there.now = here.now;
    let after = report_of_b(&mut there);
    let clock = |report: &Packet| match first_part(&report.bytes) {
        Some(Part::SenderReport { ssrc, ntp_middle }) => (ssrc, ntp_middle),
        other => panic!("{other:?}"),
    };
    assert_eq!(clock(&before).0, clock(&after).0);
    let told = f64::from(clock(&after).1.wrapping_sub(clock(&before).1)) / 65_536.0;
    let passed = (after.at - before.at).as_secs_f64();
    assert!((told - passed).abs() < 0.001, "{told} {passed}");
    let name = |report: &Packet| report.bytes[report.bytes.len() - 10..].to_vec();
    assert_eq!(name(&before), name(&after));
}

fn report_of_b(world: &mut World) -> Packet {
    let reports = world.pass(8_000);
    reports.into_iter().find(|packet| packet.leg == B && packet.component == Component::Rtcp).unwrap()
}

#[test]
fn what_is_played_goes_on_over_a_move_without_a_frame_lost() {
    let (mut here, mut there) = two_threads();
    let prompt = Arc::new(Prompt::render(&[1_000; 16_000], 8_000));
    let list = Playlist { items: vec![Sound::Prompt(Arc::clone(&prompt))], repeat: false, offset_ms: 0 };
    here.order(Order::Unbridge { leg: B });
    here.order(Order::Play { leg: B, play: PlayId(5), list });
    let mut sent = pass([&mut here, &mut there], 511);
    move_leg(&mut here, &mut there, B);
    sent.extend(pass([&mut here, &mut there], 999));
    // And back, where nobody knows it any more.
    move_leg(&mut there, &mut here, B);
    sent.extend(pass([&mut here, &mut there], 600));
    let frames: Vec<&[u8]> = sent.iter().map(|packet| &packet.bytes[12..]).collect();
    let expected: Vec<&[u8]> = (0..100).filter_map(|frame| prompt.frame(Codec::Pcmu, frame)).collect();
    assert_eq!(frames.len(), 100);
    assert!(frames == expected);
    let mut bob = Phone::new(BOB, 0);
    bob.take_all(sent);
    assert_eq!((bob.gaps(), bob.heard.iter().filter(|header| header.marker).count()), (0, 1));
    assert!(matches!(here.events[..], [Event::Played { leg: B, play: PlayId(5) }]), "{:?}", here.events);
    assert!(there.events.is_empty());
}

#[test]
fn an_encrypted_leg_moves_with_its_keys_and_counters() {
    let (mut near, mut far) = encrypted_pair([1; 32], [2; 32]);
    let mut there = World::of_thread(THERE, near.now);
    there.open_with(C, CAROL, "0");
    let (mut alice, mut bob, mut carol) = (Phone::new(ALICE, 0), Phone::new(BOB, 0), Phone::new(CAROL, 0));
    let ours = addr("198.51.100.1:20004");
    // Past the wrap of the sequence numbers, so that a counter begun anew would show.
    let mut last = Vec::new();
    for step in 0..66_000u32 {
        let secret = near.hear(A, &mut alice, &[step as u8; 20]);
        assert_eq!(far.packet(B, ours, &secret[0].bytes).len(), 1);
        last = far.hear(A, &mut bob, &[step as u8; 20])[0].bytes.clone();
        assert_eq!(near.packet(B, ours, &last).len(), 1);
    }
    move_leg(&mut near, &mut there, B);
    there.order(Order::Bridge { a: C, b: B });
    assert!(there.packet(B, ours, &last).is_empty(), "what was heard before the move is not heard again");
    for step in 0..100u8 {
        let secret = there.hear(C, &mut carol, &[step; 20]);
        let clear = far.packet(B, ours, &secret[0].bytes);
        assert_eq!(clear[0].bytes[12..], [step; 20]);
        let secret = far.hear(A, &mut bob, &[step; 20]);
        let clear = there.packet(B, ours, &secret[0].bytes);
        assert_eq!((clear[0].leg, &clear[0].bytes[12..]), (C, &[step; 20][..]));
    }
}

#[test]
fn orders_wait_for_the_leg_and_are_carried_out_in_order() {
    let (mut here, mut there) = two_threads();
    let (mut bob, mut carol) = (Phone::new(BOB, 0), Phone::new(CAROL, 0));
    there.order(Order::Expect { leg: B });
    there.order(Order::Bridge { a: C, b: B });
    let list = Playlist { items: vec![Sound::Silence(2_000)], repeat: true, offset_ms: 0 };
    // About a leg that is here, but after an order that waits: it must not be stopped by the bridge.
    there.order(Order::Play { leg: C, play: PlayId(1), list });
    there.order(Order::Unbridge { leg: LegId(99) });
    here.order(Order::Move { leg: B, to: THERE });
    assert_eq!(arrive(&mut here, &mut there).len(), 0);
    assert_eq!(there.hear(C, &mut carol, &[1; 160]).len(), 1, "they are bridged");
    assert_eq!(there.hear(B, &mut bob, &[1; 160]).len(), 0, "and carol hears what is played");
    there.order(Order::Stop { leg: C });
    assert_eq!(there.hear(B, &mut bob, &[1; 160]).len(), 1);
}

#[test]
fn a_leg_that_is_closed_on_its_way_closes_with_the_figures_of_its_whole_life() {
    let (mut here, mut there) = two_threads();
    let mut bob = Phone::new(BOB, 0);
    here.hear(B, &mut bob, &[1; 160]);
    there.order(Order::Expect { leg: B });
    there.order(Order::Close { leg: B });
    assert!(there.events.is_empty());
    here.order(Order::Move { leg: B, to: THERE });
    arrive(&mut here, &mut there);
    let [Event::Closed { leg: B, grant: freed, quality }] = &there.events[..] else { panic!("{:?}", there.events) };
    assert_eq!((*freed, quality.packets_received), (PortGrant { worker: THERE, ..grant(B) }, 1));
    assert_eq!((here.engine.n_legs(), there.engine.n_legs()), (1, 1));
}

#[test]
fn a_leg_that_closed_before_its_move_is_not_waited_for() {
    for expected_first in [true, false] {
        let (mut here, mut there) = two_threads();
        here.order(Order::Close { leg: B });
        here.order(Order::Move { leg: B, to: THERE });
        assert!(!here.handovers[0].is_open());
        if expected_first {
            there.order(Order::Expect { leg: B });
        } else {
            arrive(&mut here, &mut there);
            there.order(Order::Expect { leg: B });
        }
        there.order(Order::Bridge { a: C, b: B });
        there.order(Order::Echo { leg: C });
        arrive(&mut here, &mut there);
        assert_eq!(there.hear(C, &mut Phone::new(CAROL, 0), &[1; 160]).len(), 1, "nothing waits any more");
    }
}

#[test]
fn two_moves_that_cross_change_places() {
    let (mut here, mut there) = two_threads();
    let (mut alice, mut bob, mut carol) = (Phone::new(ALICE, 0), Phone::new(BOB, 0), Phone::new(CAROL, 0));
    let d = LegId(4);
    let mut dan = Phone::new("203.0.113.4:8000", 0);
    there.open_with(d, "203.0.113.4:8000", "0");
    there.order(Order::Bridge { a: C, b: d });
    here.order(Order::Expect { leg: C });
    there.order(Order::Expect { leg: B });
    here.order(Order::Bridge { a: A, b: C });
    there.order(Order::Bridge { a: d, b: B });
    here.order(Order::Move { leg: B, to: THERE });
    there.order(Order::Move { leg: C, to: WorkerId(0) });
    arrive(&mut there, &mut here);
    arrive(&mut here, &mut there);
    let listener = |packets: Vec<Packet>| packets[0].leg;
    assert_eq!(listener(here.hear(A, &mut alice, &[1; 160])), C);
    assert_eq!(listener(here.hear(C, &mut carol, &[1; 160])), A);
    assert_eq!(listener(there.hear(B, &mut bob, &[1; 160])), d);
    assert_eq!(listener(there.hear(d, &mut dan, &[1; 160])), B);
}

/// Three threads that take orders and legs in any order that threads can, against one engine that takes each at once.
#[test]
fn in_the_end_all_hear_whom_they_would_hear_on_one_thread() {
    for seed in 0..400 {
        let mut dice = Dice(seed);
        let mut nodes = Threads::new(&mut dice);
        for _ in 0..60 {
            nodes.order_anything(&mut dice);
            for _ in 0..dice.roll() % 3 {
                nodes.deliver_something(&mut dice);
            }
        }
        nodes.deliver_all(&mut dice);
        nodes.compare(seed);
    }
}

/// Threads with what is on the way to each, and one engine to compare with.
struct Threads {
    threads: Vec<World>,
    orders: Vec<VecDeque<Order>>,
    arriving: Vec<VecDeque<Handover>>,
    /// Where the switch believes each leg to be.
    places: BTreeMap<LegId, usize>,
    one: World,
}

const LEGS: u64 = 6;

impl Threads {
    fn new(dice: &mut Dice) -> Self {
        let mut one = World::new();
        let mut threads: Vec<World> = (0..3).map(|worker| World::of_thread(WorkerId(worker), one.now)).collect();
        let mut places = BTreeMap::new();
        for number in 0..LEGS {
            let (leg, place) = (LegId(number), dice.roll() as usize % 3);
            one.open_with(leg, &address(leg), "0");
            threads[place].open_with(leg, &address(leg), "0");
            places.insert(leg, place);
        }
        let (orders, arriving) = Default::default();
        let mut nodes = Self { threads, orders, arriving, places, one };
        nodes.orders.resize_with(3, VecDeque::new);
        nodes.arriving.resize_with(3, VecDeque::new);
        nodes
    }

    /// What a switch could order that knows where it ordered each leg to be.
    fn order_anything(&mut self, dice: &mut Dice) {
        let leg = LegId(u64::from(dice.roll()) % LEGS);
        let place = self.places[&leg];
        let list = Playlist { items: vec![Sound::Silence(60_000)], repeat: true, offset_ms: 0 };
        match dice.roll() % 16 {
            0..=4 => {
                let to = (place + 1 + dice.roll() as usize % 2) % 3;
                let order = Order::Move { leg, to: WorkerId(to as u16) };
                self.orders[to].push_back(Order::Expect { leg });
                self.orders[place].push_back(order);
                self.one.order(Order::Unbridge { leg });
                self.places.insert(leg, to);
            }
            5..=10 => {
                let other = self.places.iter().find(|(other, at)| **other != leg && **at == place).map(|(leg, _)| *leg);
                if let Some(other) = other {
                    self.both(place, Order::Bridge { a: leg, b: other });
                }
            }
            11 => self.both(place, Order::Unbridge { leg }),
            12 => self.both(place, Order::Play { leg, play: PlayId(1), list }),
            13 => self.both(place, Order::Stop { leg }),
            14 => self.both(place, Order::Echo { leg }),
            _ if dice.roll().is_multiple_of(4) => self.both(place, Order::Close { leg }),
            _ => {}
        }
    }

    fn both(&mut self, place: usize, order: Order) {
        self.orders[place].push_back(order.clone());
        self.one.engine.handle_order(self.one.now, order, &mut self.one.out);
        self.one.drain();
    }

    fn deliver_something(&mut self, dice: &mut Dice) -> bool {
        let place = dice.roll() as usize % 3;
        let thread = &mut self.threads[place];
        let order = if dice.roll().is_multiple_of(2) { self.orders[place].pop_front() } else { None };
        match (order, self.arriving[place].pop_front()) {
            (Some(order), handover) => {
                self.arriving[place].extend(handover);
                thread.engine.handle_order(thread.now, order, &mut thread.out);
            }
            (None, Some(handover)) => thread.engine.handle_handover(thread.now, handover, &mut thread.out),
            (None, None) => return false,
        }
        thread.drain();
        for handover in thread.handovers.drain(..) {
            self.arriving[usize::from(handover.to.0)].push_back(handover);
        }
        true
    }

    fn deliver_all(&mut self, dice: &mut Dice) {
        while self.orders.iter().any(|orders| !orders.is_empty()) || self.arriving.iter().any(|legs| !legs.is_empty()) {
            self.deliver_something(dice);
        }
    }

    fn compare(&mut self, seed: u64) {
        let n_legs = self.threads.iter().map(|thread| thread.engine.n_legs()).sum::<usize>();
        assert_eq!(n_legs, self.one.engine.n_legs(), "seed {seed}");
        let closed = |event: &Event| match event {
            Event::Closed { leg, .. } => Some(*leg),
            Event::Digit { .. }
            | Event::Granted { .. }
            | Event::Played { .. }
            | Event::Quiet { .. }
            | Event::Spoke { .. }
            | Event::Silent { .. } => None,
        };
        let told: BTreeSet<LegId> = self.threads.iter().flat_map(|thread| &thread.events).filter_map(closed).collect();
        assert_eq!(told, self.one.events.iter().filter_map(closed).collect(), "seed {seed}");
        for (leg, place) in &self.places {
            let mut phone = Phone::new(&address(*leg), 0);
            let listener = |packets: Vec<Packet>| packets.first().map(|packet| packet.leg);
            let expected = listener(self.one.hear(*leg, &mut phone, &[1; 160]));
            let heard = listener(self.threads[*place].hear(*leg, &mut phone, &[1; 160]));
            assert_eq!(heard, expected, "seed {seed}: who hears {leg:?}");
        }
    }
}

fn address(leg: LegId) -> String {
    format!("203.0.113.{}:4000", leg.0 + 1)
}
