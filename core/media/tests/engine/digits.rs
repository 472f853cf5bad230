//! Keys, heard and sent.

use media::{Digit, Order};

use crate::world::{A, ALICE, B, BOB, Dice, Phone, bridged};

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
