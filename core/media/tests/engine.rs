//! Legs and their peers on virtual time, through the engine's door.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::codec::Decoder;
use media::engine::{Component, Outputs};
use media::prompt::Prompt;
use media::quality::Quality;
use media::rtcp::{self, Block, Part, SenderInfo};
use media::rtp::Header;
use media::sdp::{Codec, Direction, Negotiation, Preferences, SrtpPolicy};
use media::tone::{Tone, ToneKind};
use media::{Digit, Engine, Event, LegId, Order, PlayId, Playlist, PortGrant, Session, Sound, WorkerId};

const A: LegId = LegId(1);
const B: LegId = LegId(2);
const OURS: &str = "198.51.100.1";
const ALICE: &str = "203.0.113.1:4000";
const BOB: &str = "203.0.113.2:5000";
const STRANGER: &str = "192.0.2.66:4000";

#[test]
fn two_legs_hear_each_other_and_see_one_stream() {
    let mut world = bridged("0 101", "0 97");
    let mut alice = Phone::new(ALICE, 0);
    let mut bob = Phone::new(BOB, 0);
    for step in 0..50u8 {
        let to_bob = world.hear(A, &mut alice, &[step; 160]);
        let [packet] = to_bob.as_slice() else { panic!("{to_bob:?}") };
        assert_eq!((packet.leg, packet.to, packet.component), (B, addr(BOB), Component::Rtp));
        let first = bob.take(packet);
        assert_eq!((first.payload, first.marker), (0, step == 0));
        assert_eq!(packet.bytes[12..], [step; 160]);
        assert_eq!(world.hear(B, &mut bob, &[step; 160]).len(), 1);
        world.pass(20);
    }
    assert_eq!(bob.gaps(), 0);
    // The caller's device begins anew; the callee does not notice.
    let before = bob.heard.last().copied().unwrap();
    alice.ssrc ^= 0xFFFF;
    alice.sequence = alice.sequence.wrapping_add(20_000);
    alice.timestamp = 5;
    world.pass(980);
    let restarted = world.hear(A, &mut alice, &[1; 160]);
    let after = bob.take(&restarted[0]);
    assert_eq!((after.ssrc, after.sequence), (before.ssrc, before.sequence.wrapping_add(1)));
    assert_eq!(after.timestamp.wrapping_sub(before.timestamp), 8_000, "timestamps went on with the clock");
    assert!(after.marker);
}

#[test]
fn numbers_wrap_losses_stay_visible_and_late_packets_keep_their_place() {
    let mut world = bridged("0", "0");
    let mut alice = Phone::new(ALICE, 0);
    alice.sequence = 65_530;
    alice.timestamp = u32::MAX - 800;
    let mut bob = Phone::new(BOB, 0);
    let packets: Vec<Vec<u8>> = (0..20).map(|_| alice.packet(0, &[9; 160])).collect();
    // 7 is lost, 11 and 12 change places, 15 comes twice.
    for index in [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 11, 13, 14, 15, 15, 16, 17, 18, 19] {
        for packet in world.packet(A, alice.address, &packets[index]) {
            bob.take(&packet);
        }
        world.pass(20);
    }
    let base = bob.heard[0];
    let places: Vec<u16> = bob.heard.iter().map(|header| header.sequence.wrapping_sub(base.sequence)).collect();
    assert_eq!(places, [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 11, 13, 14, 15, 15, 16, 17, 18, 19]);
    for (header, place) in bob.heard.iter().zip(&places) {
        assert_eq!(header.timestamp.wrapping_sub(base.timestamp), u32::from(*place) * 160);
    }
    let quality = world.close(A);
    assert_eq!((quality.packets_received, quality.packets_lost), (20, 0), "the one that came twice hides the lost one");
}

#[test]
fn loss_and_jitter_are_those_of_a_hand_calculation() {
    let mut world = bridged("0", "0");
    let mut alice = Phone::new(ALICE, 0);
    let mut expected_jitter = 0.0f64;
    let mut last_delay = 0i64;
    for index in 0..1_000i64 {
        let packet = alice.packet(0, &[0; 160]);
        let delay = (index * 7) % 10;
        if index % 20 != 13 {
            if index > 0 {
                let difference = (delay - last_delay).abs() as f64 * 8.0;
                expected_jitter += (difference - expected_jitter) / 16.0;
            }
            last_delay = delay;
            world.pass(delay as u64);
            world.packet(A, alice.address, &packet);
            world.pass(20 - delay as u64);
        } else {
            world.pass(20);
        }
    }
    let quality = world.close(A);
    assert_eq!((quality.packets_received, quality.packets_lost), (950, 50));
    let expected_ms = (expected_jitter / 8.0) as f32;
    assert!((quality.jitter_ms - expected_ms).abs() < 0.15, "{} {expected_ms}", quality.jitter_ms);
    assert!(quality.jitter_ms_max >= quality.jitter_ms);
    // R = 93.2 - 95 * 5 / (5 + 25.1) = 77.42
    assert!((quality.mos.unwrap() - 3.92).abs() < 0.02, "{:?}", quality.mos);
    assert_eq!(quality.codec, Some("PCMU"));
}

#[test]
fn strangers_hear_nothing_and_are_not_heard() {
    let mut world = bridged("0", "0");
    let mut alice = Phone::new(ALICE, 0);
    let mut mallory = Phone::new(STRANGER, 0);
    // Before anybody spoke, and after.
    for _ in 0..100 {
        assert!(world.hear(A, &mut mallory, &[6; 160]).is_empty());
    }
    alice.address = addr("203.0.113.1:4777");
    assert_eq!(world.hear(A, &mut alice, &[1; 160]).len(), 1, "another port of the described address");
    for _ in 0..100 {
        assert!(world.hear(A, &mut mallory, &[6; 160]).is_empty());
        let mut forged = Phone { address: mallory.address, ..alice.clone() };
        assert!(world.hear(A, &mut forged, &[6; 160]).is_empty(), "SSRC and sequence known, address wrong");
    }
    let mut bob = Phone::new(BOB, 0);
    let to_alice = world.hear(B, &mut bob, &[2; 160]);
    assert_eq!(to_alice[0].to, addr("203.0.113.1:4777"));
    world.pass(120_000);
    assert!(world.hear(A, &mut mallory, &[6; 160]).is_empty(), "silence does not let strangers in");
    assert_eq!(world.close(A).packets_refused, 301);
}

#[test]
fn a_moved_port_is_followed_when_the_stream_goes_on_and_the_old_one_is_silent() {
    let mut world = bridged("0", "0");
    let mut alice = Phone::new(ALICE, 0);
    let mut bob = Phone::new(BOB, 0);
    world.hear(A, &mut alice, &[1; 160]);
    let moved = addr("203.0.113.1:4778");
    let neighbour = Phone { address: moved, ..Phone::new(ALICE, 0) };
    for phone in [&mut Phone { address: moved, ..alice.clone() }, &mut neighbour.clone()] {
        assert!(world.hear(A, phone, &[6; 160]).is_empty(), "the old port still speaks");
    }
    world.pass(600);
    assert!(world.hear(A, &mut Phone { ssrc: 5, ..neighbour }, &[6; 160]).is_empty(), "another stream");
    alice.address = moved;
    assert_eq!(world.hear(A, &mut alice, &[1; 160]).len(), 1);
    assert_eq!(world.hear(B, &mut bob, &[1; 160])[0].to, moved);
}

#[test]
fn new_signalling_moves_the_peer_and_hold_does_not() {
    let mut world = bridged("0", "0");
    let mut alice = Phone::new(ALICE, 0);
    let mut bob = Phone::new(BOB, 0);
    world.hear(A, &mut alice, &[1; 160]);
    world.answer(A, &offer("0.0.0.0:4000", "0", ""));
    assert!(world.hear(B, &mut bob, &[1; 160]).is_empty(), "nothing is sent to a peer that holds");
    world.answer(A, &offer(ALICE, "0", "a=sendonly\r\n"));
    assert!(world.hear(B, &mut bob, &[1; 160]).is_empty());
    assert_eq!(world.hear(A, &mut alice, &[1; 160]).len(), 1, "but it may play its own music");
    world.answer(A, &offer(ALICE, "0", ""));
    assert_eq!(world.hear(B, &mut bob, &[1; 160])[0].to, addr(ALICE));
    world.answer(A, &offer("203.0.113.9:6000", "0", ""));
    assert_eq!(world.hear(B, &mut bob, &[1; 160])[0].to, addr("203.0.113.9:6000"));
    assert!(world.hear(A, &mut alice, &[1; 160]).is_empty(), "the old place is a stranger now");
    alice.address = addr("203.0.113.9:6000");
    assert_eq!(world.hear(A, &mut alice, &[1; 160]).len(), 1);
}

#[test]
fn behind_a_nat_the_address_of_the_signalling_counts() {
    let mut world = World::new();
    let mut us = negotiation(SrtpPolicy::Accept);
    us.set_signalled_from("203.0.113.77".parse().unwrap());
    let (_, session) =
        us.answer(offer("192.168.1.5:4000", "0", "").as_bytes(), None, Direction::SendAndReceive).unwrap();
    world.open(A, Some(session));
    world.order(Order::Echo { leg: A });
    assert!(world.hear(A, &mut Phone::new(STRANGER, 0), &[1; 160]).is_empty());
    let echo = world.hear(A, &mut Phone::new("203.0.113.77:61000", 0), &[1; 160]);
    assert_eq!(echo[0].to, addr("203.0.113.77:61000"));

    // A public described address is taken at its word.
    let mut us = negotiation(SrtpPolicy::Accept);
    us.set_signalled_from("203.0.113.77".parse().unwrap());
    let (_, mut session) = us.answer(offer(ALICE, "0", "").as_bytes(), None, Direction::SendAndReceive).unwrap();
    world.open(B, Some(session.clone()));
    world.order(Order::Echo { leg: B });
    assert!(world.hear(B, &mut Phone::new("203.0.113.77:61000", 0), &[1; 160]).is_empty());
    session.allow_any_source();
    world.order(Order::SetSession { leg: B, session });
    assert_eq!(world.hear(B, &mut Phone::new(STRANGER, 0), &[1; 160]).len(), 1);
    assert!(world.hear(B, &mut Phone::new(ALICE, 0), &[1; 160]).is_empty(), "one peer only");
}

#[test]
fn a_peer_on_this_machine_may_describe_another_address_of_it() {
    let mut world = World::new();
    let mut us = negotiation(SrtpPolicy::Accept);
    us.set_signalled_from("127.0.0.1".parse().unwrap());
    let (_, session) = us.answer(offer(ALICE, "0", "").as_bytes(), None, Direction::SendAndReceive).unwrap();
    world.open(A, Some(session));
    world.order(Order::Echo { leg: A });
    assert!(world.hear(A, &mut Phone::new(STRANGER, 0), &[1; 160]).is_empty());
    let echo = world.hear(A, &mut Phone::new("127.0.0.1:61000", 0), &[1; 160]);
    assert_eq!(echo[0].to, addr("127.0.0.1:61000"));
}

#[test]
fn a_leg_without_a_session_is_deaf_and_mute() {
    let mut world = World::new();
    world.open(A, None);
    world.order(Order::Echo { leg: A });
    assert!(world.hear(A, &mut Phone::new(ALICE, 0), &[1; 160]).is_empty());
    assert_eq!(world.engine.next_deadline(), None);
    assert_eq!(world.close(A).packets_received, 0);
}

#[test]
fn digits_cross_and_are_told_once() {
    let mut world = bridged("0 101", "0 97");
    let mut alice = Phone::new(ALICE, 0);
    let mut bob = Phone::new(BOB, 0);
    bob.take_all(world.hear(A, &mut alice, &[1; 160]));
    world.pass(20);
    let mut told = Vec::new();
    for packet in alice.press(101, 5, 8) {
        let crossed = world.packet(A, alice.address, &packet);
        let header = bob.take(&crossed[0]);
        assert_eq!(header.payload, 97);
        assert_eq!(crossed[0].bytes[12..], packet[12..], "code, volume and duration stay");
        told.extend(world.digits());
        world.pass(20);
    }
    assert_eq!(told, [(A, Digit(5))]);
    let event = &bob.heard[1..];
    assert!(event.iter().all(|header| header.timestamp == event[0].timestamp), "one timestamp for one press");
    assert!(event[0].marker && !event[1].marker);
    bob.take_all(world.hear(A, &mut alice, &[1; 160]));
    assert_eq!(bob.gaps(), 0);
}

#[test]
fn a_side_without_events_loses_them_but_no_sequence_number() {
    let mut world = bridged("0 101", "0");
    let mut alice = Phone::new(ALICE, 0);
    let mut bob = Phone::new(BOB, 0);
    for _ in 0..3 {
        bob.take_all(world.hear(A, &mut alice, &[1; 160]));
        for packet in alice.press(101, 11, 5) {
            assert!(world.packet(A, alice.address, &packet).is_empty());
            world.pass(20);
        }
    }
    bob.take_all(world.hear(A, &mut alice, &[1; 160]));
    assert_eq!((bob.heard.len(), bob.gaps()), (4, 0));
    assert_eq!(world.digits(), [(A, Digit(11)); 3]);
}

#[test]
fn a_thousand_digits_are_heard_once_each_through_loss() {
    let mut world = bridged("0 101", "0 97");
    let mut alice = Phone::new(ALICE, 0);
    let mut dice = Dice(42);
    let mut pressed = Vec::new();
    let mut told = Vec::new();
    for press in 0..1_000u32 {
        let digit = (dice.roll() % 16) as u8;
        pressed.push((A, Digit(digit)));
        let packets = alice.press(101, digit, 6);
        let keep = dice.roll() as usize % packets.len();
        let mut order: Vec<usize> = (0..packets.len()).filter(|index| *index == keep || dice.roll() % 10 < 7).collect();
        if press % 3 == 0 {
            order.reverse();
        }
        for index in order {
            world.packet(A, alice.address, &packets[index]);
        }
        told.extend(world.digits());
        world.pass(100);
    }
    assert_eq!(told, pressed);
}

#[test]
fn sent_digits_are_events_of_twenty_milliseconds_with_three_ends() {
    let mut world = bridged("0 101", "0 97");
    let mut alice = Phone::new(ALICE, 0);
    let mut bob = Phone::new(BOB, 0);
    bob.take_all(world.hear(A, &mut alice, &[1; 160]));
    world.order(Order::SendDigit { leg: B, digit: Digit(5), duration_ms: 100 });
    world.order(Order::SendDigit { leg: B, digit: Digit(5), duration_ms: 100 });
    let mut events = Vec::new();
    for _ in 0..40 {
        assert!(world.hear(A, &mut alice, &[1; 160]).is_empty() || events.len() == 14, "sound waits for the digits");
        for packet in world.pass(20) {
            events.push((bob.take(&packet), packet.bytes[12..].to_vec()));
        }
    }
    assert_eq!(events.len(), 14);
    for press in events.chunks(7) {
        let durations: Vec<u16> =
            press.iter().map(|(_, payload)| u16::from_be_bytes([payload[2], payload[3]])).collect();
        assert_eq!(durations, [160, 320, 480, 640, 800, 800, 800]);
        let ends: Vec<bool> = press.iter().map(|(_, payload)| payload[1] & 0x80 != 0).collect();
        assert_eq!(ends, [false, false, false, false, true, true, true]);
        assert!(press.iter().all(|(header, payload)| header.timestamp == press[0].0.timestamp && payload[0] == 5));
        assert!(press[0].0.marker && press[1..].iter().all(|(header, _)| !header.marker));
    }
    assert_ne!(events[0].0.timestamp, events[7].0.timestamp);
    assert_eq!(bob.gaps(), 0);
    world.order(Order::SendDigit { leg: B, digit: Digit(99), duration_ms: 100 });
    assert!(world.pass(1_000).is_empty(), "no such digit");
}

#[test]
fn an_echo_comes_back_until_it_is_undone() {
    let mut world = World::new();
    world.open_with(A, ALICE, "8 101");
    world.order(Order::Echo { leg: A });
    let mut alice = Phone::new(ALICE, 8);
    assert_eq!(world.hear(A, &mut alice, &[3; 160])[0].to, addr(ALICE));
    world.order(Order::Unbridge { leg: A });
    assert!(world.hear(A, &mut alice, &[3; 160]).is_empty());
}

#[test]
fn rebridging_parts_the_old_pair_and_keeps_each_stream_whole() {
    let mut world = bridged("0", "0");
    let carol = LegId(3);
    world.open_with(carol, "203.0.113.3:7000", "0");
    let (mut alice, mut bob) = (Phone::new(ALICE, 0), Phone::new(BOB, 0));
    let mut third = Phone::new("203.0.113.3:7000", 0);
    alice.take_all(world.hear(B, &mut bob, &[1; 160]));
    world.pass(20);
    world.order(Order::Bridge { a: A, b: carol });
    assert!(world.hear(B, &mut bob, &[1; 160]).is_empty());
    let heard = world.hear(carol, &mut third, &[2; 160]);
    assert_eq!(heard[0].leg, A);
    assert!(alice.take(&heard[0]).marker);
    assert_eq!((alice.gaps(), alice.heard[0].ssrc), (0, alice.heard[1].ssrc));
    world.close(carol);
    assert!(world.hear(A, &mut alice, &[1; 160]).is_empty(), "its partner is gone");
    world.order(Order::Bridge { a: A, b: A });
    world.order(Order::Bridge { a: A, b: carol });
    assert!(world.hear(A, &mut alice, &[1; 160]).is_empty());
}

#[test]
fn comfort_noise_crosses_or_is_swallowed() {
    for (bob_formats, crosses) in [("0 13", true), ("0", false)] {
        let mut world = bridged("0 13", bob_formats);
        let (mut alice, mut bob) = (Phone::new(ALICE, 0), Phone::new(BOB, 0));
        bob.take_all(world.hear(A, &mut alice, &[1; 160]));
        let noise = alice.packet(13, &[70]);
        assert_eq!(world.packet(A, alice.address, &noise).len(), usize::from(crosses));
        assert!(world.packet(A, alice.address, &alice.clone().packet(77, &[1])).is_empty(), "not agreed on");
    }
}

#[test]
fn two_codecs_are_joined_without_a_gap() {
    for (alice_format, bob_format) in [("0", "8"), ("8", "9"), ("9", "0"), ("0", "111"), ("111", "8")] {
        let mut world = bridged(alice_format, bob_format);
        let mut alice = Phone::new(ALICE, alice_format.parse().unwrap());
        let mut bob = Phone::new(BOB, 0);
        let codec = |format| match format {
            "0" => Codec::Pcmu,
            "8" => Codec::Pcma,
            "9" => Codec::G722,
            _ => Codec::Opus,
        };
        let prompt = tone(codec(alice_format));
        let mut decoder = Decoder::new(codec(bob_format));
        let mut sound = Vec::new();
        for index in 0..100 {
            let frame = prompt.frame(codec(alice_format), index % prompt.n_frames()).unwrap();
            let mut sent = world.hear(A, &mut alice, frame);
            if alice_format == "111" {
                alice.timestamp = alice.timestamp.wrapping_add(800);
            }
            sent.extend(world.pass(20));
            for packet in sent {
                let header = bob.take(&packet);
                assert_eq!(header.payload.to_string(), bob_format);
                let mut pcm = [0; 5_760];
                let n = decoder.decode(&packet.bytes[12..], &mut pcm);
                sound.extend_from_slice(&pcm[..n]);
            }
        }
        assert_eq!(bob.gaps(), 0, "{alice_format} {bob_format}");
        assert!(bob.heard.len() >= 95, "{} frames", bob.heard.len());
        let ticks = codec(bob_format).clock_rate() / 50;
        assert!(bob.heard.windows(2).all(|pair| pair[1].timestamp.wrapping_sub(pair[0].timestamp) == ticks));
        let rate = codec(bob_format).sample_rate() as usize;
        let middle = &sound[rate / 2..rate / 2 * 3];
        let crossings = middle.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
        assert!((438..=442).contains(&crossings), "{alice_format} {bob_format}: {crossings} Hz");
        // A quiet peer costs nothing.
        world.pass(1_500);
        assert!(world.engine.next_deadline().unwrap() > world.now + Duration::from_millis(30));
    }
}

#[test]
fn packets_of_other_lengths_are_joined_too() {
    for (ms, payload) in [(10u32, 80usize), (40, 320), (60, 480)] {
        let mut world = bridged("0", "8");
        let (mut alice, mut bob) = (Phone::new(ALICE, 0), Phone::new(BOB, 8));
        for _ in 0..2_000 / ms {
            world.hear(A, &mut alice, &vec![0x55; payload]);
            alice.timestamp = alice.timestamp.wrapping_add(payload as u32).wrapping_sub(160);
            bob.take_all(world.pass(u64::from(ms)));
        }
        assert_eq!(bob.gaps(), 0);
        assert!((92..=101).contains(&bob.heard.len()), "{ms} ms: {} frames in 2 s", bob.heard.len());
    }
}

#[test]
fn a_prompt_is_played_frame_by_frame_and_told_when_over() {
    let prompt = Arc::new(Prompt::render(&[1_000; 8_000], 8_000));
    let mut world = World::new();
    for (format, codec) in [("0", Codec::Pcmu), ("8", Codec::Pcma), ("9", Codec::G722), ("111", Codec::Opus)] {
        let leg = LegId(10 + u64::from(format.parse::<u8>().unwrap()));
        world.open_with(leg, ALICE, format);
        let items = vec![Sound::Prompt(Arc::clone(&prompt)), Sound::Silence(100), Sound::Prompt(Arc::clone(&prompt))];
        let list = Playlist { items, repeat: false, offset_ms: 900 };
        world.order(Order::Play { leg, play: PlayId(7), list });
        let mut alice = Phone::new(ALICE, 0);
        let begun = world.now;
        for packet in world.pass(990) {
            let index = alice.heard.len();
            let at = (packet.at - begun).as_millis() as u64;
            let expected_at = 20 * if index < 5 { index } else { index + 5 } as u64;
            assert!(at.abs_diff(expected_at) <= 1, "{index} at {at}");
            alice.take(&packet);
            let frame = if index < 5 { 45 + index } else { index - 5 };
            assert_eq!(Some(&packet.bytes[12..]), prompt.frame(codec, frame));
        }
        assert_eq!(alice.gaps(), 0);
        let marked: Vec<usize> = (0..alice.heard.len()).filter(|index| alice.heard[*index].marker).collect();
        assert_eq!(marked, [0, 5]);
        let pause = alice.heard[5].timestamp.wrapping_sub(alice.heard[4].timestamp);
        assert_eq!(pause, 6 * codec.clock_rate() / 50);
        world.pass(250);
        assert!(matches!(world.events[..], [Event::Played { play: PlayId(7), .. }]), "{:?}", world.events);
        world.events.clear();
        assert!(world.pass(900).is_empty());
        world.close(leg);
    }
}

#[test]
fn hold_music_repeats_goes_on_where_it_was_and_stops() {
    let prompt = Arc::new(Prompt::render(&[1_000; 8_000], 8_000));
    let mut world = bridged("0", "0");
    let music = |offset_ms| Playlist { items: vec![Sound::Prompt(Arc::clone(&prompt))], repeat: true, offset_ms };
    world.order(Order::Play { leg: A, play: PlayId(1), list: music(10_980) });
    let heard = world.pass(1_000);
    assert_eq!(Some(&heard[0].bytes[12..]), prompt.frame(Codec::Pcmu, 49));
    assert_eq!(Some(&heard[1].bytes[12..]), prompt.frame(Codec::Pcmu, 0));
    assert!(world.hear(B, &mut Phone::new(BOB, 0), &[1; 160]).is_empty(), "music instead of the other leg");
    assert_eq!(world.hear(A, &mut Phone::new(ALICE, 0), &[1; 160]).len(), 1, "which hears on");
    world.order(Order::Stop { leg: A });
    assert!(world.pass(900).is_empty());
    assert_eq!(world.hear(B, &mut Phone::new(BOB, 0), &[1; 160]).len(), 1);
    assert!(world.events.is_empty());
    // Nothing to play is over at once, even if it repeats.
    for repeat in [false, true] {
        let list = Playlist { items: vec![Sound::Silence(0)], repeat, offset_ms: 0 };
        world.order(Order::Play { leg: A, play: PlayId(2), list });
        world.pass(40);
        assert!(matches!(world.events.pop(), Some(Event::Played { .. })));
    }
}

#[test]
fn a_thread_held_up_does_not_flood() {
    let prompt = Arc::new(Prompt::render(&[1_000; 80_000], 8_000));
    let mut world = bridged("0", "0");
    let list = Playlist { items: vec![Sound::Prompt(prompt)], repeat: true, offset_ms: 0 };
    world.order(Order::Play { leg: A, play: PlayId(1), list });
    world.pass(100);
    world.now += Duration::from_secs(3);
    world.engine.handle_timeout(world.now, &mut world.out);
    assert!(world.drain().len() <= 7);
    assert_eq!(world.pass(200).len(), 10);
}

#[test]
fn silence_is_told_once_and_not_on_hold() {
    let mut world = bridged("0", "0");
    let mut alice = Phone::new(ALICE, 0);
    world.hear(A, &mut alice, &[1; 160]);
    world.answer(B, &offer(BOB, "0", "a=recvonly\r\n"));
    world.pass(59_000);
    assert_eq!(world.silent(), []);
    world.pass(2_000);
    assert_eq!(world.silent(), [A], "the other one holds");
    world.pass(600_000);
    assert_eq!(world.silent(), []);
    world.hear(A, &mut alice, &[1; 160]);
    world.pass(130_000);
    assert_eq!(world.silent(), [A], "a second silence");
}

#[test]
fn reports_give_round_trip_and_the_peers_loss() {
    let mut world = bridged("0", "0");
    let (mut alice, mut bob) = (Phone::new(ALICE, 0), Phone::new(BOB, 0));
    for _ in 0..100 {
        world.hear(A, &mut alice, &[1; 160]);
        world.hear(B, &mut bob, &[1; 160]);
        world.pass(20);
    }
    let reports: Vec<Packet> = world.pass(10_000).into_iter().filter(|packet| packet.leg == A).collect();
    let report = &reports[0];
    assert_eq!((report.component, report.to), (Component::Rtcp, addr("203.0.113.1:4001")));
    assert!((1..=4).contains(&reports.len()), "about each 5 s");
    let mut parts = Vec::new();
    assert!(rtcp::read(&report.bytes, |part| parts.push(part)));
    let [Part::SenderReport { ssrc, ntp_middle }, Part::Block(block)] = parts[..] else { panic!("{parts:?}") };
    assert_eq!((block.ssrc, block.lost, block.fraction_lost), (alice.ssrc, 0, 0));

    // Alice answers the last one 90 ms after she got it; the packet is 30 ms under way in all.
    let last = reports.last().unwrap();
    let Some(Part::SenderReport { ntp_middle: middle, .. }) = first_part(&last.bytes) else { panic!() };
    assert_ne!(middle, ntp_middle.wrapping_sub(1));
    let since = world.now - last.at;
    let held = since.saturating_sub(Duration::from_millis(30));
    let block = Block {
        ssrc,
        fraction_lost: 25,
        lost: 10,
        sequence_max: 0,
        jitter: 0,
        last_report: middle,
        since_last_report: (held.as_micros() * 65_536 / 1_000_000) as u32,
    };
    let mut packet = Vec::new();
    let info = SenderInfo { ntp: 1 << 40, timestamp: 0, packets: 100, octets: 16_000 };
    rtcp::write_report(&mut packet, alice.ssrc, Some(info), Some(block), b"alicexyz");
    world.rtcp(A, addr("192.0.2.66:4001"), &packet);
    world.rtcp(A, addr("203.0.113.1:4001"), &packet);
    let quality = world.close(A);
    assert!((quality.round_trip_ms.unwrap() - 30.0).abs() < 0.2, "{quality:?}");
    assert!((quality.remote_loss_fraction.unwrap() - 0.1).abs() < 1e-6, "{quality:?}");
    assert_eq!(quality.packets_refused, 1, "the forged report");
}

#[test]
fn encrypted_sound_crosses_and_forgery_replay_and_wrong_keys_do_not() {
    let (mut near, mut far) = encrypted_pair([1; 32], [2; 32]);
    let mut alice = Phone::new(ALICE, 0);
    let mut wire = Vec::new();
    for step in 0..200u8 {
        let secret = near.hear(A, &mut alice, &[step; 160]);
        assert_eq!(secret[0].bytes.len(), 12 + 160 + 10);
        assert_ne!(secret[0].bytes[12..172], [step; 160]);
        let clear = far.packet(B, addr("198.51.100.1:20004"), &secret[0].bytes);
        assert_eq!(clear[0].bytes[12..], [step; 160], "{step}");
        wire.push(secret[0].bytes.clone());
    }
    for packet in &wire {
        assert!(far.packet(B, addr("198.51.100.1:20004"), packet).is_empty(), "replay");
        assert!(far.packet(B, addr(STRANGER), packet).is_empty(), "replay from elsewhere");
    }
    let mut dice = Dice(7);
    for _ in 0..2_000 {
        let mut forged = wire[dice.roll() as usize % wire.len()].clone();
        let place = dice.roll() as usize % forged.len();
        forged[place] ^= 1 << (dice.roll() % 8);
        assert!(far.packet(B, addr("198.51.100.1:20004"), &forged).is_empty());
    }
    // A genuine packet from a new place moves the peer.
    let secret = near.hear(A, &mut alice, &[7; 160]);
    assert_eq!(far.packet(B, addr("192.0.2.99:9"), &secret[0].bytes).len(), 1);
    let mut bob = Phone::new(BOB, 0);
    assert_eq!(far.hear(A, &mut bob, &[1; 160])[0].to, addr("192.0.2.99:9"));
    let quality = far.close(B);
    assert_eq!((quality.packets_received, quality.packets_refused), (201, 2_400));

    // The same plain phone against keys that were never agreed on.
    let (_, mut other) = encrypted_pair([1; 32], [3; 32]);
    let (mut wrong, _) = encrypted_pair([9; 32], [3; 32]);
    let secret = wrong.hear(A, &mut alice, &[1; 160]);
    assert!(other.packet(B, addr("198.51.100.1:20004"), &secret[0].bytes).is_empty());
    // Plain RTP on an encrypted leg.
    assert!(other.packet(B, addr("198.51.100.1:20004"), &alice.packet(0, &[1; 160])).is_empty());
}

#[test]
fn encrypted_streams_survive_the_wrap_and_a_re_offer() {
    let (mut near, mut far) = encrypted_pair([1; 32], [2; 32]);
    let mut alice = Phone::new(ALICE, 0);
    for step in 0..70_000u32 {
        let secret = near.hear(A, &mut alice, &[step as u8; 20]);
        let clear = far.packet(B, addr("198.51.100.1:20004"), &secret[0].bytes);
        assert_eq!(clear[0].bytes[12..], [step as u8; 20], "{step}");
        if step == 66_000 {
            let session = near.sessions[1].clone();
            near.order(Order::SetSession { leg: B, session });
            let session = far.sessions[1].clone();
            far.order(Order::SetSession { leg: B, session });
        }
    }
}

#[test]
fn an_idle_engine_sleeps() {
    let mut world = bridged("0", "0");
    assert!(world.engine.next_deadline().unwrap() >= world.now + Duration::from_millis(2_500));
    world.close(A);
    world.close(B);
    assert_eq!((world.engine.next_deadline(), world.engine.n_legs()), (None, 0));
    world.order(Order::Close { leg: A });
    assert!(world.out.events.is_empty());
}

// ---- the world

struct World {
    engine: Engine,
    now: Instant,
    out: Outputs,
    sessions: Vec<Session>,
    negotiations: Vec<(LegId, Negotiation)>,
    events: Vec<Event>,
}

#[derive(Clone, Debug)]
struct Packet {
    leg: LegId,
    component: Component,
    to: SocketAddr,
    bytes: Vec<u8>,
    at: Instant,
}

/// A peer that keeps count.
#[derive(Clone, Debug)]
struct Phone {
    address: SocketAddr,
    number: u8,
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    heard: Vec<Header>,
}

struct Dice(u64);

impl World {
    fn new() -> Self {
        #[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
        let now = Instant::now();
        let engine = Engine::new(WorkerId(0), [5; 32]);
        Self {
            engine,
            now,
            out: Outputs::default(),
            sessions: Vec::new(),
            negotiations: Vec::new(),
            events: Vec::new(),
        }
    }

    fn open(&mut self, leg: LegId, session: Option<Session>) {
        self.order(Order::Open { leg, grant: grant(leg), session });
    }

    fn open_with(&mut self, leg: LegId, peer: &str, formats: &str) {
        self.negotiations.push((leg, negotiation(SrtpPolicy::Accept)));
        self.open(leg, None);
        self.answer(leg, &offer(peer, formats, ""));
    }

    fn answer(&mut self, leg: LegId, offer: &str) {
        let (_, negotiation) = self.negotiations.iter_mut().find(|(known, _)| *known == leg).unwrap();
        let (_, session) = negotiation.answer(offer.as_bytes(), None, Direction::SendAndReceive).unwrap();
        self.order(Order::SetSession { leg, session });
    }

    fn order(&mut self, order: Order) {
        self.engine.handle_order(self.now, order, &mut self.out);
        assert!(self.drain().is_empty());
    }

    fn hear(&mut self, leg: LegId, phone: &mut Phone, payload: &[u8]) -> Vec<Packet> {
        let packet = phone.packet(phone.number, payload);
        self.packet(leg, phone.address, &packet)
    }

    fn packet(&mut self, leg: LegId, from: SocketAddr, packet: &[u8]) -> Vec<Packet> {
        self.engine.handle_packet(self.now, leg, Component::Rtp, from, &mut packet.to_vec(), &mut self.out);
        self.drain()
    }

    fn rtcp(&mut self, leg: LegId, from: SocketAddr, packet: &[u8]) {
        self.engine.handle_packet(self.now, leg, Component::Rtcp, from, &mut packet.to_vec(), &mut self.out);
        assert!(self.drain().is_empty());
    }

    /// Lets time pass, as the thread would: from deadline to deadline. RTP only, unless it is more than a second.
    fn pass(&mut self, ms: u64) -> Vec<Packet> {
        let until = self.now + Duration::from_millis(ms);
        let mut sent = Vec::new();
        while let Some(at) = self.engine.next_deadline().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.engine.handle_timeout(self.now, &mut self.out);
            sent.extend(self.drain());
        }
        self.now = until;
        sent.retain(|packet| packet.component == Component::Rtp || ms > 1_000);
        sent
    }

    fn close(&mut self, leg: LegId) -> Quality {
        self.engine.handle_order(self.now, Order::Close { leg }, &mut self.out);
        self.drain();
        let Some(Event::Closed { leg: closed, grant: freed, quality }) = self.events.pop() else { panic!() };
        assert_eq!((closed, freed), (leg, grant(leg)));
        quality
    }

    fn digits(&mut self) -> Vec<(LegId, Digit)> {
        let digit = |event| match event {
            Event::Digit { leg, digit } => Some((leg, digit)),
            Event::Closed { .. } | Event::Granted { .. } | Event::Played { .. } | Event::Silent { .. } => None,
        };
        self.events.drain(..).filter_map(digit).collect()
    }

    fn silent(&mut self) -> Vec<LegId> {
        let silent = |event| match event {
            Event::Silent { leg } => Some(leg),
            Event::Closed { .. } | Event::Digit { .. } | Event::Granted { .. } | Event::Played { .. } => None,
        };
        self.events.drain(..).filter_map(silent).collect()
    }

    fn drain(&mut self) -> Vec<Packet> {
        let Outputs { sends, bytes, events } = &mut self.out;
        let packet = |send: media::engine::Send| Packet {
            leg: send.leg,
            component: send.component,
            to: send.to,
            bytes: bytes[send.range].to_vec(),
            at: self.now,
        };
        let packets = sends.drain(..).map(packet).collect();
        self.events.append(events);
        self.out.clear();
        packets
    }
}

impl Phone {
    fn new(address: &str, number: u8) -> Self {
        Self {
            address: addr(address),
            number,
            ssrc: 0xA11C_E000,
            sequence: 1_000,
            timestamp: 90_000,
            heard: Vec::new(),
        }
    }

    fn packet(&mut self, payload: u8, sound: &[u8]) -> Vec<u8> {
        let mut packet = Vec::new();
        let (sequence, timestamp) = (self.sequence, self.timestamp);
        Header { marker: false, payload, sequence, timestamp, ssrc: self.ssrc, start: 0, end: 0 }.write(&mut packet);
        packet.extend_from_slice(sound);
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(160);
        packet
    }

    /// A press of so many packets of 20 ms, and two more ends.
    fn press(&mut self, payload: u8, code: u8, n_packets: u16) -> Vec<Vec<u8>> {
        let began = self.timestamp;
        let packets = (1..=n_packets + 2).map(|step| {
            let [high, low] = (step.min(n_packets) * 160).to_be_bytes();
            let end = u8::from(step >= n_packets) << 7;
            self.timestamp = began;
            let mut packet = self.packet(payload, &[code, end | 10, high, low]);
            packet[1] |= u8::from(step == 1) << 7;
            packet
        });
        let packets = packets.collect();
        self.timestamp = began.wrapping_add(u32::from(n_packets) * 160);
        packets
    }

    fn take(&mut self, packet: &Packet) -> Header {
        let header = Header::parse(&packet.bytes).unwrap();
        self.heard.push(header);
        header
    }

    fn take_all(&mut self, packets: Vec<Packet>) {
        for packet in packets {
            self.take(&packet);
        }
    }

    /// Breaks in what was heard: sequence, SSRC, or time that goes back.
    fn gaps(&self) -> usize {
        let broken = |pair: &[Header]| {
            pair[1].sequence != pair[0].sequence.wrapping_add(1)
                || pair[1].ssrc != pair[0].ssrc
                || pair[1].timestamp.wrapping_sub(pair[0].timestamp) > i32::MAX as u32
        };
        self.heard.windows(2).filter(|pair| broken(pair)).count()
    }
}

impl Dice {
    fn roll(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }
}

fn bridged(alice_formats: &str, bob_formats: &str) -> World {
    let mut world = World::new();
    world.open_with(A, ALICE, alice_formats);
    world.open_with(B, BOB, bob_formats);
    world.order(Order::Bridge { a: A, b: B });
    world
}

/// Two engines with an encrypted leg B between them, and a plain phone at leg A of each.
fn encrypted_pair(near_seed: [u8; 32], far_seed: [u8; 32]) -> (World, World) {
    let preferences =
        Preferences { codecs: vec![Codec::Pcmu], srtp: SrtpPolicy::Required, address: OURS.parse().unwrap() };
    let mut near = Negotiation::new(preferences.clone(), grant(B), near_seed);
    let mut far = Negotiation::new(preferences, grant(B), far_seed);
    let offer = near.offer(Direction::SendAndReceive);
    let (answer, at_far) = far.answer(&offer, None, Direction::SendAndReceive).unwrap();
    let at_near = near.accept_answer(&answer).unwrap();
    let world = |session: Session, phone| {
        let mut world = World::new();
        world.open_with(A, phone, "0 101");
        world.sessions = vec![session.clone(), session.clone()];
        world.open(B, Some(session));
        world.order(Order::Bridge { a: A, b: B });
        world
    };
    (world(at_near, ALICE), world(at_far, BOB))
}

fn tone(codec: Codec) -> Prompt {
    Tone { kind: ToneKind::Reference, country: *b"US" }.render(codec)
}

fn negotiation(srtp: SrtpPolicy) -> Negotiation {
    let codecs = vec![Codec::Pcmu, Codec::Pcma, Codec::G722, Codec::Opus];
    Negotiation::new(Preferences { codecs, srtp, address: OURS.parse().unwrap() }, grant(A), [7; 32])
}

fn offer(peer: &str, formats: &str, more: &str) -> String {
    let peer = addr(peer);
    let (ip, port) = (peer.ip(), peer.port());
    format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP {formats}\r\n\
         a=rtpmap:111 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\na=rtpmap:97 telephone-event/8000\r\n{more}"
    )
}

fn grant(leg: LegId) -> PortGrant {
    PortGrant { worker: WorkerId(0), rtp_port: 20_000 + 2 * leg.0 as u16 }
}

fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn first_part(packet: &[u8]) -> Option<Part> {
    let mut first = None;
    rtcp::read(packet, |part| first = first.or(Some(part)));
    first
}
