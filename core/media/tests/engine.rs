//! Legs and their peers on virtual time, through the engine's door.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::time::Duration;

use media::codec::Decoder;
use media::engine::Component;
use media::prompt::Prompt;
use media::rtcp::{self, Block, Part, SenderInfo};
use media::sdp::{Codec, Direction, Negotiation, Preferences, SrtpPolicy};
use media::tone::{Tone, ToneKind};
use media::{Event, LegId, Order, PlayId, Playlist, Sound};

#[path = "engine/browser.rs"]
mod browser;
#[path = "engine/digits.rs"]
mod digits;
#[path = "engine/mixing.rs"]
mod mixing;
#[path = "engine/moves.rs"]
mod moves;
#[path = "engine/packets.rs"]
mod packets;
#[path = "engine/recording.rs"]
mod recording;
#[path = "engine/webrtc.rs"]
mod webrtc;
#[path = "engine/world.rs"]
mod world;

use world::*;

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
fn a_peer_that_reaches_us_at_a_loopback_is_on_this_machine_whatever_it_describes() {
    for (ours, is_heard) in [("127.0.0.1", true), (OURS, false)] {
        let mut world = World::new();
        let preferences =
            Preferences { codecs: vec![Codec::Pcmu], srtp: SrtpPolicy::Off, address: ours.parse().unwrap() };
        let mut us = Negotiation::new(preferences, grant(A), [7; 32]);
        us.set_signalled_from("203.0.113.1".parse().unwrap());
        let (_, session) = us.answer(offer(ALICE, "0", "").as_bytes(), None, Direction::SendAndReceive).unwrap();
        world.open(A, Some(session));
        world.order(Order::Echo { leg: A });
        assert!(world.hear(A, &mut Phone::new(STRANGER, 0), &[1; 160]).is_empty());
        let echo = world.hear(A, &mut Phone::new("127.0.0.1:61000", 0), &[1; 160]);
        assert_eq!(!echo.is_empty(), is_heard, "{ours}");
    }
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

#[test]
fn a_tone_goes_on_without_a_seam_and_sounds_alike_to_all() {
    for (format, codec) in [("0", Codec::Pcmu), ("9", Codec::G722), ("111", Codec::Opus)] {
        let mut world = World::new();
        let tone = Sound::Tone(Tone { kind: ToneKind::Reference, country: *b"US" });
        let list = Playlist { items: vec![tone], repeat: true, offset_ms: 0 };
        let play = |world: &mut World, leg: LegId, address: &str| {
            world.open_with(leg, address, format);
            world.order(Order::Play { leg, play: PlayId(leg.0), list: list.clone() });
            let sent = world.pass(3_500);
            assert!(sent.iter().filter(|packet| packet.component == Component::Rtp).count() >= 174);
            let sound: Vec<Vec<u8>> = sent
                .into_iter()
                .filter(|packet| packet.leg == leg && packet.component == Component::Rtp)
                .map(|packet| packet.bytes[12..].to_vec())
                .collect();
            sound
        };
        let first = play(&mut world, A, ALICE);
        let second = play(&mut world, B, BOB);
        assert!(first == second, "{format}");
        let (mut decoder, mut pcm, mut heard) = (Decoder::new(codec), [0; 5_760], Vec::new());
        for payload in &first {
            let n = decoder.decode(payload, &mut pcm);
            heard.extend_from_slice(&pcm[..n]);
        }
        // Three seconds, with the seams of the first three turns in them, have all their periods, evenly.
        let rate = codec.sample_rate() as usize;
        let middle = &heard[rate / 4..rate / 4 * 13];
        let rises = |pair: &[i16]| pair[0] < 0 && pair[1] >= 0;
        let crossings: Vec<usize> = (1..middle.len()).filter(|at| rises(&middle[at - 1..=*at])).collect();
        assert!((1_319..=1_321).contains(&crossings.len()), "{format}: {}", crossings.len());
        let period = rate as f64 / 440.0;
        assert!(
            crossings.windows(2).all(|pair| ((pair[1] - pair[0]) as f64 - period).abs() < period / 6.0),
            "{format}"
        );
    }
}
