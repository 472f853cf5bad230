//! Keys, heard and sent.

use media::{Digit, Order};

use super::world::{A, ALICE, B, BOB, Dice, Phone, World, bridged};

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
fn a_key_held_while_legs_are_joined_is_not_heard_by_the_other_one() {
    for formats in ["0 97", "8 97"] {
        let mut world = World::new();
        world.open_with(A, ALICE, "0 101");
        world.open_with(B, BOB, formats);
        let (mut alice, mut bob) = (Phone::new(ALICE, 0), Phone::new(BOB, 0));
        let key = alice.press(101, 1, 100);
        assert_eq!(key.len(), 102, "two seconds, and two more ends");
        for (index, packet) in key.iter().enumerate() {
            // The first packet chose in the menu; the agent is joined while the key is still down.
            if index == 10 {
                world.order(Order::Bridge { a: A, b: B });
            }
            assert!(world.packet(A, alice.address, packet).is_empty(), "packet {index}");
            assert!(world.pass(20).is_empty());
        }
        // Late copies of the end too.
        assert!(world.packet(A, alice.address, &key[101]).is_empty());
        assert_eq!(world.digits(), [(A, Digit(1))]);
        for _ in 0..10 {
            let mut sent = world.hear(A, &mut alice, &[1; 160]);
            sent.extend(world.pass(20));
            bob.take_all(sent);
        }
        let n_sound = bob.heard.len();
        assert!(n_sound >= 8, "sound crosses");
        // The next key is the agent's.
        for packet in alice.press(101, 1, 8) {
            let crossed = world.packet(A, alice.address, &packet);
            assert_eq!(crossed.len(), 1);
            assert_eq!(bob.take(&crossed[0]).payload, 97);
        }
        assert_eq!(world.digits(), [(A, Digit(1))]);
        assert_eq!((bob.heard.len(), bob.gaps()), (n_sound + 10, 0));
    }
}

#[test]
fn a_key_held_longer_than_a_segment_is_told_once() {
    let mut world = bridged("0 101", "0 97");
    let mut alice = Phone::new(ALICE, 0);
    let first = alice.timestamp;
    for segment in 0..3u32 {
        for step in 1..=409u16 {
            let is_last = segment == 2 && step == 409;
            let [high, low] = if step == 409 && !is_last { [0xFF, 0xFF] } else { (step * 160).to_be_bytes() };
            alice.timestamp = first.wrapping_add(segment * 0xFFFF);
            let packet = alice.packet(101, &[9, u8::from(is_last) << 7 | 10, high, low]);
            assert_eq!(world.packet(A, alice.address, &packet).len(), 1, "the other side hears all of it");
        }
    }
    assert_eq!(world.digits(), [(A, Digit(9))]);
    // The same key, pressed again right after.
    alice.timestamp = first.wrapping_add(3 * 0xFFFF);
    let again = alice.packet(101, &[9, 10, 0, 160]);
    world.packet(A, alice.address, &again);
    assert_eq!(world.digits(), [(A, Digit(9))]);
}
