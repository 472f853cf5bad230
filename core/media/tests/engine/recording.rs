//! What a peer says is taken down: its sound, its pauses, and when it fell silent.

use media::codec::Encoder;
use media::sdp::Codec;
use media::{Event, Order, Piece, RecordingId};

use super::world::{A, ALICE, BOB, Phone, World, bridged};

const RECORDING: RecordingId = RecordingId(7);

#[test]
fn a_tone_is_recorded_at_the_rate_of_each_codec() {
    for (codec, formats, number) in
        [(Codec::Pcmu, "0", 0), (Codec::Pcma, "8", 8), (Codec::G722, "9", 9), (Codec::Opus, "111", 111)]
    {
        let mut world = World::new();
        world.open_with(A, ALICE, formats);
        world.order(record(0));
        let mut alice = Phone::new(ALICE, number);
        say(&mut world, &mut alice, codec, 8_000.0, 2_000);
        world.order(Order::StopRecording { leg: A });
        let (sound, rate) = sound(&world);
        assert_eq!(rate, codec.sample_rate(), "{codec:?}");
        let ms = sound.len() as u32 * 1_000 / rate;
        assert!((1_960..=2_040).contains(&ms), "{codec:?}: {ms} ms");
        let steady = &sound[sound.len() / 4..sound.len() * 3 / 4];
        let level = 20.0 * (amplitude(steady, 440.0, rate) / 8_000.0).log10();
        assert!(level.abs() < 1.0, "{codec:?}: {level:.2} dB");
    }
}

#[test]
fn a_pause_is_as_long_in_the_recording_as_it_was() {
    let mut world = World::new();
    world.open_with(A, ALICE, "0");
    world.order(record(0));
    let mut alice = Phone::new(ALICE, 0);
    say(&mut world, &mut alice, Codec::Pcmu, 8_000.0, 1_000);
    world.pass(3_000);
    alice.timestamp = alice.timestamp.wrapping_add(24_000);
    say(&mut world, &mut alice, Codec::Pcmu, 8_000.0, 1_000);
    world.order(Order::StopRecording { leg: A });
    let (sound, _) = sound(&world);
    let seconds: Vec<bool> = sound.chunks_exact(8_000).map(|part| amplitude(part, 440.0, 8_000) > 4_000.0).collect();
    assert_eq!(seconds, [true, false, false, false, true]);
    assert!(world.recorded.len() > 9, "it comes in pieces");
}

#[test]
fn silence_is_told_once_each_time_and_not_of_who_speaks() {
    let mut world = World::new();
    world.open_with(A, ALICE, "0");
    world.order(record(2_000));
    let mut alice = Phone::new(ALICE, 0);
    say(&mut world, &mut alice, Codec::Pcmu, 8_000.0, 3_000);
    assert_eq!(n_quiet(&mut world), 0);
    // Packets of silence are silence, too.
    say(&mut world, &mut alice, Codec::Pcmu, 0.0, 1_900);
    assert_eq!(n_quiet(&mut world), 0);
    say(&mut world, &mut alice, Codec::Pcmu, 0.0, 1_000);
    world.pass(5_000);
    assert_eq!(n_quiet(&mut world), 1);
}

#[test]
fn who_is_listened_to_is_taken_down_from_the_first_word_to_the_pause_after_the_last() {
    let mut world = World::new();
    world.open_with(A, ALICE, "0");
    world.order(Order::Listen { leg: A, recording: RECORDING, quiet_ms: 800 });
    let mut alice = Phone::new(ALICE, 0);
    say(&mut world, &mut alice, Codec::Pcmu, 0.0, 3_000);
    // A click is no word.
    say(&mut world, &mut alice, Codec::Pcmu, 8_000.0, 60);
    say(&mut world, &mut alice, Codec::Pcmu, 0.0, 1_000);
    assert!(world.events.is_empty() && world.recorded.is_empty(), "{:?}", world.events);
    say(&mut world, &mut alice, Codec::Pcmu, 8_000.0, 1_000);
    let spoke = |event: &Event| matches!(event, Event::Spoke { recording: RECORDING, .. });
    assert_eq!(world.events.iter().filter(|event| spoke(event)).count(), 1);
    say(&mut world, &mut alice, Codec::Pcmu, 0.0, 1_000);
    assert_eq!(n_quiet(&mut world), 1);
    world.order(Order::StopRecording { leg: A });
    let (sound, rate) = sound(&world);
    let ms = sound.len() as u32 * 1_000 / rate;
    assert!((2_200..=2_500).contains(&ms), "{ms} ms with the beginning and the end");
    assert!(matches!(world.recorded.last().map(|last| &last.piece), Some(Piece::End)));
}

#[test]
fn who_says_nothing_while_listened_to_leaves_no_sound() {
    let mut world = World::new();
    world.open_with(A, ALICE, "0");
    world.order(Order::Listen { leg: A, recording: RECORDING, quiet_ms: 800 });
    world.pass(5_000);
    world.order(Order::StopRecording { leg: A });
    assert_eq!(n_quiet(&mut world), 0);
    assert_eq!(world.recorded.len(), 1, "its end");
}

#[test]
fn nobody_who_sends_nothing_is_waited_for() {
    let mut world = World::new();
    world.open_with(A, ALICE, "0");
    world.order(record(2_000));
    world.pass(1_900);
    assert_eq!(n_quiet(&mut world), 0);
    world.pass(200);
    assert_eq!(n_quiet(&mut world), 1);
}

#[test]
fn a_leg_that_closes_ends_its_recording_first() {
    let mut world = World::new();
    world.open_with(A, ALICE, "0");
    world.order(record(0));
    let mut alice = Phone::new(ALICE, 0);
    say(&mut world, &mut alice, Codec::Pcmu, 8_000.0, 700);
    world.close(A);
    let (sound, _) = sound(&world);
    assert!(sound.len() > 5_000, "{}", sound.len());
    assert_eq!(world.recorded.last().map(|last| &last.piece), Some(&Piece::End));
    world.pass(5_000);
    assert_eq!(world.engine.next_deadline(), None);
}

#[test]
fn a_recorded_leg_is_heard_by_who_it_talks_with() {
    let mut world = bridged("0", "0");
    world.order(record(0));
    let (mut alice, bob) = (Phone::new(ALICE, 0), Phone::new(BOB, 0));
    let crossed = world.hear(A, &mut alice, &[9; 160]);
    assert_eq!(crossed.len(), 1);
    assert_eq!(crossed[0].to, bob.address);
}

fn record(quiet_ms: u32) -> Order {
    Order::Record { leg: A, recording: RECORDING, quiet_ms }
}

/// 440 Hz of this amplitude, in packets of 20 ms.
fn say(world: &mut World, phone: &mut Phone, codec: Codec, amplitude: f64, ms: u32) {
    let mut encoder = Encoder::new(codec);
    let n = codec.samples_per_frame();
    for frame in 0..ms / 20 {
        let sample = |at: usize| {
            let at = (frame as usize * n + at) as f64 / f64::from(codec.sample_rate());
            ((at * 440.0 * std::f64::consts::TAU).sin() * amplitude) as i16
        };
        let pcm: Vec<i16> = (0..n).map(sample).collect();
        let mut payload = Vec::new();
        encoder.encode(&pcm, &mut payload);
        let before = phone.timestamp;
        world.hear(A, phone, &payload);
        phone.timestamp = before.wrapping_add(codec.ticks_per_frame());
        world.pass(20);
    }
}

fn sound(world: &World) -> (Vec<i16>, u32) {
    let (mut all, mut known) = (Vec::new(), 0);
    for recorded in &world.recorded {
        assert_eq!(recorded.recording, RECORDING);
        match &recorded.piece {
            Piece::Sound { samples, rate } => {
                assert!(samples.len() as u32 <= rate / 2 + 5_760, "pieces are short");
                all.extend_from_slice(samples);
                known = *rate;
            }
            Piece::Stereo { .. } => panic!("that is two sides"),
            Piece::End => {}
        }
    }
    (all, known)
}

fn n_quiet(world: &mut World) -> usize {
    let is_quiet = |event: &Event| matches!(event, Event::Quiet { recording: RECORDING, .. });
    let n = world.events.iter().filter(|event| is_quiet(event)).count();
    world.events.clear();
    n
}

/// Of one frequency, by correlation with it.
pub fn amplitude(pcm: &[i16], hz: f64, rate: u32) -> f64 {
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (at, sample) in pcm.iter().enumerate() {
        let phase = std::f64::consts::TAU * hz * at as f64 / f64::from(rate);
        sine += f64::from(*sample) * phase.sin();
        cosine += f64::from(*sample) * phase.cos();
    }
    2.0 * (sine * sine + cosine * cosine).sqrt() / pcm.len().max(1) as f64
}
