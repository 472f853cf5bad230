//! Browsers on virtual time: they are found, agree on keys, are heard, and move.

use std::collections::BTreeMap;

use media::engine::Component;
use media::rtp::Header;
use media::sdp::{Direction, Negotiation};
use media::stun::attribute;
use media::{Event, Order, PlayId, Playlist, Sound};

use super::browser::{self, Browser};
use super::world::*;

const BROWSER: &str = "203.0.113.9:50000";
const FORMATS: &str = "111 63 9 0 8 110 126";

/// A network between the engine and one browser, seeded.
struct Net {
    dice: Dice,
    loss_percent: u32,
    delay_ms_max: u32,
    /// By when it arrives, and a number that keeps packets of one instant apart.
    on_the_way: BTreeMap<(u64, u64), (Way, Vec<u8>)>,
    n_packets: u64,
    elapsed_ms: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    ToUs,
    ToBrowser,
}

impl Net {
    fn new(seed: u64, loss_percent: u32, delay_ms_max: u32) -> Self {
        Self { dice: Dice(seed), loss_percent, delay_ms_max, on_the_way: BTreeMap::new(), n_packets: 0, elapsed_ms: 0 }
    }

    fn send(&mut self, way: Way, packet: Vec<u8>) {
        self.n_packets += 1;
        if self.dice.roll() % 100 < self.loss_percent {
            return;
        }
        let at = self.elapsed_ms + u64::from(self.dice.roll() % (self.delay_ms_max + 1));
        self.on_the_way.insert((at, self.n_packets), (way, packet));
    }

    /// Lets so many milliseconds pass; the browser checks every 50 ms.
    fn pass(&mut self, world: &mut World, browser: &mut Browser, ms: u64) {
        for _ in 0..ms {
            self.elapsed_ms += 1;
            for packet in world.pass(1).into_iter().filter(|packet| packet.leg == A) {
                assert_eq!((packet.component, packet.to), (Component::Rtp, browser.address));
                self.send(Way::ToBrowser, packet.bytes);
            }
            if self.elapsed_ms % 50 == 1 {
                let check = browser.check(true);
                self.send(Way::ToUs, check);
            }
            if browser.n_answers > 0 {
                for record in browser.shake(world.now) {
                    self.send(Way::ToUs, record);
                }
            }
            while let Some(entry) = self.on_the_way.first_entry().filter(|entry| entry.key().0 <= self.elapsed_ms) {
                let (way, packet) = entry.remove();
                match way {
                    Way::ToUs => {
                        for answer in world.packet(A, browser.address, &packet) {
                            if answer.leg == A {
                                self.send(Way::ToBrowser, answer.bytes);
                            }
                        }
                    }
                    Way::ToBrowser => {
                        for record in browser.take(world.now, &packet) {
                            self.send(Way::ToUs, record);
                        }
                    }
                }
            }
        }
    }
}

/// A browser that called us, and its negotiation. `formats` are what it offers.
fn called(world: &mut World, formats: &str) -> (Browser, Negotiation) {
    let mut browser = Browser::new(world.now, BROWSER, true);
    let mut negotiation = browser::negotiation(A);
    let offer = browser.description("actpass", formats);
    let (answer, session) = negotiation.answer(offer.as_bytes(), None, Direction::SendAndReceive).unwrap();
    assert!(session.is_webrtc() && session.is_encrypted());
    browser.read(&String::from_utf8(answer).unwrap());
    world.open(A, Some(session));
    (browser, negotiation)
}

/// The same when it is on the line: its keys are agreed on.
fn connected(world: &mut World, formats: &str) -> (Browser, Negotiation, Net) {
    let (mut browser, negotiation) = called(world, formats);
    let mut net = Net::new(1, 0, 5);
    net.pass(world, &mut browser, 200);
    assert!(browser.has_keys());
    (browser, negotiation, net)
}

#[test]
fn an_offer_of_a_browser_is_answered_as_a_lite_agent_does() {
    let browser = Browser::new(World::new().now, BROWSER, true);
    let mut us = browser::negotiation(A);
    let (answer, session) =
        us.answer(browser.description("actpass", FORMATS).as_bytes(), None, Direction::SendAndReceive).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert_eq!(session.codec(), media::sdp::Codec::Opus);
    assert!(session.takes_events());
    for line in [
        "a=group:BUNDLE 0\r\na=ice-lite\r\n",
        "m=audio 20002 UDP/TLS/RTP/SAVPF 111 110\r\n",
        "a=rtpmap:110 telephone-event/48000\r\n",
        "a=mid:0\r\n",
        "a=setup:passive\r\n",
        "a=candidate:1 1 udp 2130706431 198.51.100.1 20002 typ host\r\na=end-of-candidates\r\n",
        "a=rtcp-mux\r\n",
        "a=sendrecv\r\n",
    ] {
        assert!(answer.contains(line), "{line}: {answer}");
    }
    assert!(!answer.contains("a=crypto"), "{answer}");
}

#[test]
fn a_browser_sends_all_it_hears_and_no_comfort_noise() {
    let browser = Browser::new(World::new().now, BROWSER, true);
    let offer = browser.description("actpass", "0 8 13 126");
    let answer = browser::negotiation(A).answer(offer.as_bytes(), None, Direction::SendAndReceive).unwrap().0;
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.contains("m=audio 20002 UDP/TLS/RTP/SAVPF 0 126\r\n"), "{answer}");
}

#[test]
fn browsers_that_could_not_be_served_safely_are_refused() {
    let whole = Browser::new(World::new().now, BROWSER, true).description("actpass", FORMATS);
    let without = |line: &str| {
        let kept: Vec<&str> = whole.split_inclusive("\r\n").filter(|known| !known.starts_with(line)).collect();
        kept.concat()
    };
    let cases = [
        ("no checks", without("a=ice-ufrag")),
        ("no password", without("a=ice-pwd")),
        ("no certificate", without("a=fingerprint")),
        ("a second port", without("a=rtcp-mux")),
        ("a weak hash", whole.replace("sha-256", "sha-1")),
        ("another lite agent", whole.replace("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n")),
        ("a password without a source", whole.replace("abcdefghijklmnopqrstuvwx", "short")),
    ];
    for (name, offer) in cases {
        let answer = browser::negotiation(A).answer(offer.as_bytes(), None, Direction::SendAndReceive);
        assert!(answer.is_err(), "{name}");
    }
}

#[test]
fn a_browser_calls_and_both_hear_each_other() {
    let mut world = World::new();
    let (mut browser, _, mut net) = connected(&mut world, "0 126");
    world.open_with(B, BOB, "0 101");
    world.order(Order::Bridge { a: A, b: B });
    let mut alice = Phone::new(BROWSER, 0);
    let mut bob = Phone::new(BOB, 0);
    for step in 0..50u8 {
        let packet = alice.packet(0, &[step; 160]);
        let packet = browser.encrypt(&packet);
        let to_bob = world.packet(A, browser.address, &packet);
        assert_eq!(to_bob.len(), 1);
        assert_eq!(to_bob[0].bytes[12..], [step; 160]);
        let to_browser = world.hear(B, &mut bob, &[step; 160]);
        assert_eq!(to_browser.len(), 1);
        assert_ne!(to_browser[0].bytes[12..172], [step; 160], "nothing leaves plain");
        browser.take(world.now, &to_browser[0].bytes);
        net.pass(&mut world, &mut browser, 20);
    }
    let sound: Vec<_> = browser.heard.iter().filter(|packet| packet[1] & 0x7F == 0).collect();
    assert_eq!(sound.len(), 50);
    assert_eq!(Header::parse(sound[7]).map(|header| header.payload), Some(0));
    assert_eq!(sound[7][12..], [7; 160]);
}

#[test]
fn a_browser_is_called_and_either_side_may_begin_the_handshake() {
    for (setup, is_active) in [("active", true), ("passive", false)] {
        let mut world = World::new();
        let mut browser = Browser::new(world.now, BROWSER, is_active);
        let mut us = browser::negotiation(A);
        us.offer_webrtc();
        let offer = String::from_utf8(us.offer(Direction::SendAndReceive)).unwrap();
        assert!(offer.contains("m=audio 20002 UDP/TLS/RTP/SAVPF 111 9 0 8 110 101\r\n"), "{offer}");
        assert!(offer.contains("a=setup:actpass\r\n"), "{offer}");
        browser.read(&offer);
        world.open(A, None);
        let answer = browser.description(setup, "111 110");
        let session = us.accept_answer(answer.as_bytes()).unwrap();
        world.order(Order::SetSession { leg: A, session });
        let mut net = Net::new(2, 0, 5);
        net.pass(&mut world, &mut browser, 300);
        assert!(browser.has_keys(), "{setup}");
        // A prompt is heard from its first word on.
        world.order(Order::Play { leg: A, play: PlayId(1), list: playlist() });
        net.pass(&mut world, &mut browser, 200);
        assert!(browser.heard.len() >= 9, "{setup}: {}", browser.heard.len());
    }
}

#[test]
fn what_is_played_waits_for_the_keys() {
    let mut world = World::new();
    let (mut browser, _) = called(&mut world, FORMATS);
    world.order(Order::Play { leg: A, play: PlayId(1), list: playlist() });
    assert!(world.pass(1_000).is_empty(), "nobody is there to hear it");
    assert!(world.events.is_empty());
    let mut net = Net::new(3, 0, 5);
    net.pass(&mut world, &mut browser, 1_400);
    let played = |event: &Event| matches!(event, Event::Played { .. });
    assert!(world.events.iter().any(played), "one second of it, and then it was over");
    let n_sound = browser.heard.iter().filter(|packet| packet[1] & 0x7F == 111).count();
    assert!((50..=51).contains(&n_sound), "{n_sound} packets of one second");
}

#[test]
fn keys_are_agreed_on_over_bad_networks() {
    // What a handshake says is chosen by chance, and a seventh of it is lost: one in some hundred is given up by then.
    const GIVEN_UP_MAX: usize = 3;
    let mut given_up = Vec::new();
    for seed in 0..20 {
        let mut world = World::new();
        let (mut browser, _) = called(&mut world, FORMATS);
        let mut net = Net::new(seed, 15, 120);
        let mut waited_ms = 0;
        while !browser.has_keys() && waited_ms < 30_000 {
            net.pass(&mut world, &mut browser, 100);
            waited_ms += 100;
        }
        if !browser.has_keys() {
            given_up.push(seed);
            continue;
        }
        // Ours are there too, perhaps after what was lost is said again.
        world.order(Order::Play { leg: A, play: PlayId(1), list: playlist() });
        net.pass(&mut world, &mut browser, 8_000);
        if browser.heard.len() < 20 {
            given_up.push(seed);
        }
    }
    assert!(given_up.len() <= GIVEN_UP_MAX, "no keys, or no sound by them, with the seeds {given_up:?}");
}

#[test]
fn strangers_get_nothing() {
    let mut world = World::new();
    let (mut browser, _, _) = connected(&mut world, "0 126");
    let stranger = addr(STRANGER);
    let (fragment, password) = browser.theirs.clone();
    let wrong = browser.check_with("another-password-of-24-x", |_| {});
    assert!(world.packet(A, stranger, &wrong).is_empty(), "a wrong password");
    browser.theirs.0 = "Else".to_owned();
    let other = browser.check_with(&password, |_| {});
    assert!(world.packet(A, stranger, &other).is_empty(), "another's name");
    browser.theirs.0 = fragment;
    // A handshake of somebody else neither begins one nor disturbs the one there is.
    let mut intruder = Browser::new(world.now, STRANGER, true);
    for record in intruder.shake(world.now) {
        assert!(world.packet(A, stranger, &record).is_empty(), "a stranger's handshake");
    }
    world.open_with(B, BOB, "0 101");
    world.order(Order::Bridge { a: A, b: B });
    let mut alice = Phone::new(BROWSER, 0);
    let plain = alice.packet(0, &[1; 160]);
    assert!(world.packet(A, browser.address, &plain).is_empty(), "plain sound");
    let good = browser.encrypt(&alice.packet(0, &[1; 160]));
    assert!(world.packet(A, stranger, &good).is_empty(), "genuine, but from where no check came");
    assert_eq!(world.packet(A, browser.address, &good).len(), 1);
    assert!(world.packet(A, browser.address, &good).is_empty(), "said again by somebody");
    assert!(world.close(A).packets_refused >= 5);
}

#[test]
fn the_first_handshake_from_elsewhere_does_not_take_the_call() {
    let mut world = World::new();
    let (mut browser, _) = called(&mut world, FORMATS);
    let mut intruder = Browser::new(world.now, STRANGER, true);
    for record in intruder.shake(world.now) {
        assert!(world.packet(A, addr(STRANGER), &record).is_empty());
    }
    Net::new(4, 0, 5).pass(&mut world, &mut browser, 300);
    assert!(browser.has_keys());
}

#[test]
fn who_shows_another_certificate_than_was_signalled_hears_nothing() {
    let mut world = World::new();
    let (mut browser, _) = called(&mut world, FORMATS);
    // Knows the password, but is somebody else.
    let mut other = Browser::new(world.now, BROWSER, true);
    other.theirs = browser.theirs.clone();
    let hex: Vec<String> =
        sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix(browser::theirs().certificate))
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
    let text = browser.description("actpass", FORMATS).replace(&hex.join(":"), &["00"; 32].join(":"));
    let mut negotiation = browser::negotiation(A);
    let (answer, session) = negotiation.answer(text.as_bytes(), None, Direction::SendAndReceive).unwrap();
    browser.read(&String::from_utf8(answer).unwrap());
    world.order(Order::SetSession { leg: A, session });
    world.order(Order::Play { leg: A, play: PlayId(1), list: playlist() });
    Net::new(5, 0, 5).pass(&mut world, &mut browser, 1_000);
    assert!(browser.heard.is_empty());
}

#[test]
fn checks_that_ask_for_what_we_are_not_are_told_so() {
    let mut world = World::new();
    let (mut browser, _) = called(&mut world, FORMATS);
    let password = browser.theirs.1.clone();
    let controlled = browser.check_with(&password, |writer| writer.attribute(attribute::ICE_CONTROLLED, &[1; 8]));
    let strange = browser.check_with(&password, |writer| writer.attribute(0x7F00, &[1; 4]));
    for check in [controlled, strange] {
        for answer in world.packet(A, browser.address, &check) {
            browser.take(world.now, &answer.bytes);
        }
    }
    assert_eq!((browser.errors.as_slice(), browser.n_answers), ([487, 420].as_slice(), 0));
}

#[test]
fn sound_stops_when_nobody_agrees_to_hear_it_any_more() {
    let mut world = World::new();
    let (_browser, _, _) = connected(&mut world, FORMATS);
    let mut list = playlist();
    list.repeat = true;
    world.order(Order::Play { leg: A, play: PlayId(1), list });
    assert!(world.pass(29_000).len() > 1_000);
    world.pass(1_500);
    assert!(world.pass(5_000).is_empty(), "no check for thirty seconds: RFC 7675");
}

#[test]
fn a_browser_that_changes_its_network_is_heard_again() {
    let mut world = World::new();
    let (mut browser, mut negotiation, mut net) = connected(&mut world, "0 126");
    world.open_with(B, BOB, "0 101");
    world.order(Order::Bridge { a: A, b: B });
    let before = browser.theirs.clone();
    // Another network: new credentials, the same certificate, no new handshake.
    browser.address = addr("198.18.0.7:61000");
    (browser.fragment, browser.password) = ("Next".to_owned(), "zyxwvutsrqponmlkjihgfedc".to_owned());
    let offer = browser.description("actpass", "0 126");
    let (answer, session) = negotiation.answer(offer.as_bytes(), None, Direction::SendAndReceive).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.contains("a=setup:passive\r\n"), "{answer}");
    browser.read(&answer);
    assert_ne!(browser.theirs, before, "a restart is answered by one");
    world.order(Order::SetSession { leg: A, session });
    let mut bob = Phone::new(BOB, 0);
    let at = world.hear(B, &mut bob, &[3; 160])[0].to;
    assert_eq!(at, addr(BROWSER), "until the new way is found the old one serves");
    net.on_the_way.clear();
    net.pass(&mut world, &mut browser, 100);
    let packet = world.hear(B, &mut bob, &[4; 160]);
    assert_eq!(packet[0].to, browser.address);
    browser.take(world.now, &packet[0].bytes);
    assert_eq!(browser.heard.last().unwrap()[12..], [4; 160], "with the keys of before");
    let mut alice = Phone::new(BROWSER, 0);
    let packet = browser.encrypt(&alice.packet(0, &[5; 160]));
    assert_eq!(world.packet(A, browser.address, &packet).len(), 1);
}

#[test]
fn a_hold_and_retrieve_goes_on_with_keys_and_path() {
    let mut world = World::new();
    let (mut browser, mut negotiation, mut net) = connected(&mut world, "0 126");
    for direction in ["sendonly", "sendrecv"] {
        let offer = browser.description("actpass", "0 126").replace("a=sendrecv", &format!("a={direction}"));
        let (answer, session) = negotiation.answer(offer.as_bytes(), None, Direction::SendAndReceive).unwrap();
        let before = browser.theirs.clone();
        browser.read(&String::from_utf8(answer).unwrap());
        assert_eq!(browser.theirs, before, "no restart");
        world.order(Order::SetSession { leg: A, session });
    }
    world.order(Order::Play { leg: A, play: PlayId(1), list: playlist() });
    net.pass(&mut world, &mut browser, 200);
    assert!(browser.heard.len() >= 9);
}

#[test]
fn a_browser_s_leg_moves_to_another_thread() {
    let mut world = World::new();
    let (mut browser, _, mut net) = connected(&mut world, "0 126");
    let mut there = World::of_thread(media::WorkerId(1), world.now);
    there.order(Order::Expect { leg: A });
    world.order(Order::Move { leg: A, to: media::WorkerId(1) });
    let handover = world.handovers.pop().unwrap();
    there.engine.handle_handover(there.now, handover, &mut there.out);
    there.order(Order::Play { leg: A, play: PlayId(1), list: playlist() });
    net.pass(&mut there, &mut browser, 200);
    assert!(browser.heard.len() >= 9);
}

#[test]
fn mutated_handshakes_never_panic_and_never_open_the_line() {
    let mut dice = Dice(11);
    let mut n_over = 0;
    for _ in 0..300 {
        let mut world = World::new();
        let (mut browser, _) = called(&mut world, FORMATS);
        let check = browser.check(true);
        let answers = world.packet(A, browser.address, &check);
        browser.take(world.now, &answers[0].bytes);
        let mut ours: Vec<Vec<u8>> = browser.shake(world.now);
        for _ in 0..4 {
            let mut theirs = Vec::new();
            for mut record in ours.drain(..) {
                for _ in 0..dice.roll() % 3 {
                    let at = dice.roll() as usize % record.len();
                    record[at] = dice.roll() as u8;
                }
                record.truncate(record.len() - (dice.roll() as usize % 40).saturating_sub(30).min(record.len() - 1));
                theirs.extend(world.packet(A, browser.address, &record));
            }
            for packet in theirs.iter().filter(|packet| packet.bytes[0] < 64) {
                ours.extend(browser.take(world.now, &packet.bytes));
            }
        }
        n_over += usize::from(!browser.has_keys());
        world.pass(31_000);
    }
    assert!(n_over > 100, "{n_over} of 300 were spoilt");
}

/// One second of a tone.
fn playlist() -> Playlist {
    let item = Sound::Prompt(std::sync::Arc::new(tone()));
    Playlist { items: vec![item], repeat: false, offset_ms: 0 }
}
