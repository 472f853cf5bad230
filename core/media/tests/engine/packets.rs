//! Packets of other codecs and lengths than the other side wants.

use std::time::Duration;

use media::codec::Decoder;
use media::sdp::Codec;

use crate::world::{A, ALICE, BOB, Phone, bridged, tone};

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
