//! Packets of other codecs and lengths than the other side wants.

use std::sync::Arc;
use std::time::Duration;

use media::codec::Decoder;
use media::engine::Component;
use media::prompt::Prompt;
use media::sdp::Codec;
use media::{Event, Order, PlayId, Playlist, Sound};

use super::world::{A, ALICE, B, BOB, Phone, World, bridged, offer, tone};

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
        let prompt = tone();
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

#[test]
fn packets_have_the_length_that_the_peer_asks_for() {
    let wishes = [
        ("", 20, 20),
        ("a=ptime:10\r\n", 10, 20),
        ("a=ptime:20\r\n", 20, 20),
        ("a=ptime:30\r\n", 30, 20),
        ("a=ptime:40\r\n", 40, 40),
        ("a=ptime:50\r\n", 40, 40),
        ("a=ptime:60\r\n", 60, 60),
        ("a=ptime:200\r\n", 60, 60),
        ("a=ptime:5\r\n", 10, 20),
        ("a=ptime:0\r\n", 20, 20),
        ("a=maxptime:10\r\n", 10, 20),
        ("a=maxptime:150\r\n", 20, 20),
        ("a=ptime:60\r\na=maxptime:40\r\n", 40, 40),
    ];
    let prompt = Arc::new(Prompt::render(&voice(1_200), 8_000));
    for (format, codec) in [("0", Codec::Pcmu), ("8", Codec::Pcma), ("9", Codec::G722), ("111", Codec::Opus)] {
        for (wish, ms, opus_ms) in wishes {
            let ms = if codec == Codec::Opus { opus_ms } else { ms };
            let mut world = World::new();
            world.open_with(A, ALICE, format);
            world.answer(A, &offer(ALICE, format, wish));
            let items = vec![Sound::Prompt(Arc::clone(&prompt))];
            world.order(Order::Play { leg: A, play: PlayId(1), list: Playlist { items, repeat: false, offset_ms: 0 } });
            let mut alice = Phone::new(ALICE, 0);
            let sent = world.pass(1_400);
            let mut payloads: Vec<&[u8]> = Vec::new();
            for packet in &sent {
                alice.take(packet);
                payloads.push(&packet.bytes[12..]);
            }
            assert_eq!(alice.gaps(), 0);
            // Frames of Opus that are not alike can't be joined: there a packet may be shorter, and the next comes sooner.
            let lengths: Vec<u32> = payloads.iter().map(|payload| codec.payload_ms(payload)).collect();
            let n_short = lengths.iter().filter(|length| **length != ms).count();
            assert!(n_short == 0 || codec == Codec::Opus && n_short <= 4, "{format} {wish}: {lengths:?}");
            assert_eq!(lengths.iter().sum::<u32>(), 1_200);
            for ((packets, headers), length) in sent.windows(2).zip(alice.heard.windows(2)).zip(&lengths) {
                let ticks = length * codec.clock_rate() / 1_000;
                assert_eq!(headers[1].timestamp.wrapping_sub(headers[0].timestamp), ticks);
                let pace = (packets[1].at - packets[0].at).as_millis() as u32;
                assert!(pace == ms || n_short > 0 && pace <= ms, "{format} {wish}: evenly");
            }
            let frames: Vec<&[u8]> = (0..60).map(|index| prompt.frame(codec, index).unwrap()).collect();
            assert_eq!(decoded(codec, payloads), decoded(codec, frames), "{format} {wish}");
            assert!(matches!(world.events[..], [Event::Played { .. }]), "{format} {wish}");
        }
    }
}

#[test]
fn the_end_of_a_prompt_is_a_shorter_packet() {
    let prompt = Arc::new(Prompt::render(&voice(100), 8_000));
    for (wish, lengths) in [("a=ptime:60\r\n", vec![480, 320]), ("a=ptime:30\r\n", vec![240, 240, 240, 80])] {
        let mut world = World::new();
        world.open_with(A, ALICE, "0");
        world.answer(A, &offer(ALICE, "0", wish));
        let items = vec![Sound::Prompt(Arc::clone(&prompt))];
        world.order(Order::Play { leg: A, play: PlayId(1), list: Playlist { items, repeat: false, offset_ms: 0 } });
        let sent: Vec<usize> = world.pass(300).iter().map(|packet| packet.bytes.len() - 12).collect();
        assert_eq!(sent, lengths);
        // What was stopped is not heard later.
        let items = vec![Sound::Prompt(Arc::clone(&prompt))];
        world.order(Order::Play { leg: A, play: PlayId(2), list: Playlist { items, repeat: false, offset_ms: 0 } });
        world.pass(10);
        world.order(Order::Stop { leg: A });
        assert!(world.pass(300).is_empty());
    }
}

#[test]
fn a_relayed_packet_is_packed_anew_only_where_it_is_too_long() {
    for (wish, lengths) in [("a=ptime:20\r\n", 480), ("a=maxptime:60\r\n", 480), ("a=maxptime:20\r\n", 160)] {
        let mut world = bridged("0", "0");
        world.answer(B, &offer(BOB, "0", wish));
        let (mut alice, mut bob) = (Phone::new(ALICE, 0), Phone::new(BOB, 0));
        let mut heard = Vec::new();
        for index in 0..40u8 {
            let mut sent = world.hear(A, &mut alice, &[index + 1; 480]);
            alice.timestamp = alice.timestamp.wrapping_add(320);
            sent.extend(world.pass(60));
            for packet in sent {
                bob.take(&packet);
                assert_eq!(packet.bytes.len() - 12, lengths, "{wish}");
                heard.extend_from_slice(&packet.bytes[12..]);
            }
        }
        assert_eq!(bob.gaps(), 0);
        // Nothing is lost and nothing is changed; the first packet waits a little, and the last one may wait still.
        let begin = heard.iter().position(|byte| *byte != 0xFF).unwrap();
        let expected: Vec<u8> = (0..38).flat_map(|index| [index + 1; 480]).collect();
        assert!(heard[begin..begin + expected.len()] == expected, "{wish}");
    }
}

#[test]
fn two_codecs_and_two_lengths_are_joined() {
    // Alice announces 20 ms and sends 30; Bob wants 40.
    let mut world = bridged("0", "8");
    world.answer(A, &offer(ALICE, "0", "a=ptime:20\r\n"));
    world.answer(B, &offer(BOB, "8", "a=ptime:40\r\n"));
    let (mut alice, mut bob) = (Phone::new(ALICE, 0), Phone::new(BOB, 8));
    for _ in 0..100 {
        assert!(world.hear(A, &mut alice, &[0x55; 240]).is_empty());
        alice.timestamp = alice.timestamp.wrapping_add(80);
        for packet in world.pass(30) {
            assert_eq!(packet.bytes.len() - 12, 320);
            bob.take(&packet);
        }
    }
    assert_eq!(bob.gaps(), 0);
    assert!(bob.heard.windows(2).all(|pair| pair[1].timestamp.wrapping_sub(pair[0].timestamp) == 320));
    assert!((72..=75).contains(&bob.heard.len()), "{} packets in 3 s", bob.heard.len());
    // And back, where Alice gets what she asked for.
    for _ in 0..20 {
        world.hear(B, &mut bob, &[0x55; 160]);
        alice.take_all(world.pass(20).into_iter().filter(|packet| packet.leg == A).collect());
    }
    assert!(alice.heard.len() >= 17 && alice.gaps() == 0);
}

#[test]
fn noise_is_made_where_sound_is_decoded() {
    for (level, rms_expected) in [(40u8, 327.7f64), (60, 32.8), (127, 0.0)] {
        let mut world = bridged("0 13", "8");
        let (mut alice, mut bob) = (Phone::new(ALICE, 0), Phone::new(BOB, 8));
        let quiet = [0xFF; 160];
        for _ in 0..20 {
            world.hear(A, &mut alice, &quiet);
            bob.take_all(world.pass(20));
        }
        let description = alice.packet(13, &[level, 0x70]);
        assert!(world.packet(A, alice.address, &description).is_empty());
        bob.take_all(world.pass(200));
        // The peer says it once, and sends nothing for ten seconds.
        let sent = world.pass(10_000);
        let sound: Vec<_> =
            sent.iter().filter(|packet| packet.leg == B && packet.component == Component::Rtp).collect();
        assert_eq!(sound.len(), 500, "level {level}");
        let pcm = decoded(Codec::Pcma, sound.iter().map(|packet| &packet.bytes[12..]));
        let rms = (pcm.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / pcm.len() as f64).sqrt();
        assert!((rms - rms_expected).abs() <= rms_expected * 0.1 + 9.0, "level {level}: {rms}");
        for packet in sound {
            bob.take(packet);
        }
        // It ends when she speaks.
        alice.timestamp = alice.timestamp.wrapping_add(10 * 8_000);
        let mut last = Vec::new();
        for _ in 0..20 {
            world.hear(A, &mut alice, &quiet);
            for packet in world.pass(20) {
                bob.take(&packet);
                last = packet.bytes[12..].to_vec();
            }
        }
        assert_eq!(last, [0xD5; 160], "level {level}: silence again");
        assert_eq!(bob.gaps(), 0);
        // Who never spoke of noise is silent in silence.
        alice.take_all(world.hear(B, &mut bob, &[0x55; 160]));
    }
}

fn decoded<'a>(codec: Codec, payloads: impl IntoIterator<Item = &'a [u8]>) -> Vec<i16> {
    let (mut decoder, mut pcm, mut sound) = (Decoder::new(codec), [0; 5_760], Vec::new());
    for payload in payloads {
        let n = decoder.decode(payload, &mut pcm);
        sound.extend_from_slice(&pcm[..n]);
    }
    sound
}

/// Something with a pitch that wanders, at 8 kHz.
fn voice(ms: u32) -> Vec<i16> {
    let sample = |i: u32| {
        let seconds = f64::from(i) / 8_000.0;
        let phase = std::f64::consts::TAU * (180.0 * seconds - 6.0 * (seconds * 4.0).cos());
        ((phase.sin() + (phase * 3.0).sin() / 2.0) * 6_000.0) as i16
    };
    (0..8 * ms).map(sample).collect()
}
