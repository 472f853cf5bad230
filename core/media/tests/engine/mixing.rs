//! A third hears two who talk, and is heard by neither, by one or by both: told by the tone that each one speaks.

use media::codec::{Decoder, Encoder};
use media::engine::{Component, handover::Handover};
use media::prompt::Prompt;
use media::rtp::Header;
use media::sdp::Codec;
use media::{Digit, LegId, Order, Piece, PlayId, Playlist, Reach, RecordingId, Sound, WorkerId};

use super::recording::amplitude;
use super::world::{A, ALICE, B, BOB, Packet, Phone, World, encrypted_pair};

const BY: LegId = LegId(3);
const CAROL: &str = "203.0.113.3:6000";
const RECORDING: RecordingId = RecordingId(9);
const CODECS: [(Codec, &str, u8); 4] =
    [(Codec::Pcmu, "0 101", 0), (Codec::Pcma, "8 101", 8), (Codec::G722, "9 101", 9), (Codec::Opus, "111 97", 111)];

/// A phone that speaks one tone and knows which tones it hears.
struct Speaker {
    leg: LegId,
    phone: Phone,
    codec: Codec,
    hz: f64,
    at: usize,
    encoder: Encoder,
    decoder: Decoder,
    heard: Vec<i16>,
}

#[test]
fn who_listens_hears_both_and_is_heard_by_nobody() {
    let mut room = Room::new([0, 0, 0]);
    room.mix(Reach::Neither);
    room.talk(1_000);
    room.assert_heard(["b", "a", "ab"]);
}

#[test]
fn who_whispers_is_heard_by_the_first_alone() {
    let mut room = Room::new([0, 0, 0]);
    room.mix(Reach::First);
    room.talk(1_000);
    room.assert_heard(["by", "a", "ab"]);
}

#[test]
fn who_barges_in_is_heard_by_all() {
    let mut room = Room::new([0, 0, 0]);
    room.mix(Reach::Both);
    room.talk(1_000);
    room.assert_heard(["by", "ay", "ab"]);
}

#[test]
fn three_codecs_hear_each_other() {
    for codecs in [[0, 2, 3], [3, 0, 1], [2, 3, 0], [1, 1, 2]] {
        let mut room = Room::new(codecs);
        room.mix(Reach::Both);
        room.talk(1_500);
        room.assert_heard(["by", "ay", "ab"]);
    }
}

#[test]
fn a_change_of_reach_and_the_end_break_nothing() {
    let mut room = Room::new([0, 0, 2]);
    room.talk(400);
    room.assert_heard(["b", "a", ""]);
    for (reach, heard) in [
        (Reach::Neither, ["b", "a", "ab"]),
        (Reach::First, ["by", "a", "ab"]),
        (Reach::Both, ["by", "ay", "ab"]),
        (Reach::First, ["by", "a", "ab"]),
        (Reach::Neither, ["b", "a", "ab"]),
    ] {
        room.mix(reach);
        room.talk(1_000);
        room.assert_heard(heard);
    }
    room.mix(Reach::Both);
    room.talk(400);
    room.world.close(BY);
    room.forget();
    room.talk(600);
    room.assert_heard(["b", "a", ""]);
    for speaker in &room.speakers[..2] {
        assert_eq!(speaker.phone.gaps(), 0, "one stream for each, from the first packet to the last");
    }
}

#[test]
fn packets_are_relayed_untouched_before_and_after() {
    let mut room = Room::new([0, 0, 0]);
    let payload = [0x17; 160];
    let crosses = |room: &mut Room| {
        let Room { world, speakers, .. } = room;
        let packets = world.hear(A, &mut speakers[0].phone, &payload);
        packets.iter().any(|packet| packet.leg == B && packet.bytes.ends_with(&payload))
    };
    assert!(crosses(&mut room));
    room.mix(Reach::Neither);
    assert!(crosses(&mut room), "who is only listened to is relayed at once");
    room.mix(Reach::Both);
    assert!(!crosses(&mut room));
    room.world.close(BY);
    assert!(crosses(&mut room));
    room.world.pass(100);
    room.world.close(A);
    room.world.close(B);
    room.world.pass(5_000);
    assert_eq!(room.world.engine.next_deadline(), None);
}

#[test]
fn digits_cross_between_the_two_and_stay_away_from_the_third() {
    let mut room = Room::new([0, 0, 0]);
    room.mix(Reach::Both);
    room.talk(200);
    let presses = room.speakers[0].phone.press(101, 5, 4);
    let mut at = Vec::new();
    for packet in presses {
        at.extend(room.world.packet(A, ALICE.parse().unwrap(), &packet));
        at.extend(room.world.pass(20));
    }
    let is_event = |packet: &&Packet| Header::parse(&packet.bytes).unwrap().payload == 101;
    assert!(at.iter().filter(is_event).count() >= 4);
    assert!(at.iter().filter(is_event).all(|packet| packet.leg == B));
    assert_eq!(room.world.digits(), [(A, Digit(5))]);
}

#[test]
fn what_is_played_to_one_is_heard_by_that_one_alone_and_the_mix_goes_on_after_it() {
    let mut room = Room::new([0, 0, 0]);
    room.mix(Reach::First);
    room.talk(400);
    room.forget();
    let list = Playlist { items: vec![Sound::Prompt(beep().into())], repeat: false, offset_ms: 0 };
    room.world.order(Order::Play { leg: A, play: PlayId(1), list });
    room.talk(200);
    assert!(room.hears(0, 1_900.0));
    assert!(!room.hears(1, 1_900.0));
    room.talk(600);
    room.forget();
    room.talk(600);
    room.assert_heard(["by", "a", "ab"]);
}

#[test]
fn when_one_of_the_two_leaves_all_are_parted_until_they_are_joined_anew() {
    let mut room = Room::new([0, 0, 0]);
    room.mix(Reach::First);
    room.talk(300);
    room.world.close(A);
    room.forget();
    room.talk(600);
    room.assert_heard(["", "", ""]);
    // Taken over: the third and the other talk as any two.
    room.world.order(Order::Bridge { a: B, b: BY });
    room.forget();
    room.talk(600);
    room.assert_heard(["", "y", "b"]);
}

#[test]
fn parted_means_parted_for_all_three() {
    for leg in [A, B, BY] {
        let mut room = Room::new([0, 2, 0]);
        room.mix(Reach::Both);
        room.talk(300);
        room.world.order(Order::Unbridge { leg });
        room.world.pass(300);
        room.forget();
        room.talk(600);
        let heard = if leg == BY { ["b", "a", ""] } else { ["", "", ""] };
        room.assert_heard(heard);
    }
}

#[test]
fn who_holds_is_sent_nothing_and_who_sends_nothing_is_silence() {
    let mut room = Room::new([0, 0, 0]);
    room.mix(Reach::Both);
    room.talk(300);
    let held = super::world::offer(CAROL, "0 101", "a=inactive\r\n");
    room.world.answer(BY, &held);
    room.forget();
    room.talk(600);
    room.assert_heard(["b", "a", ""]);
}

#[test]
fn a_leg_that_moves_away_leaves_the_mix() {
    let mut room = Room::new([0, 0, 0]);
    room.mix(Reach::Both);
    room.talk(200);
    room.world.order(Order::Move { leg: BY, to: WorkerId(1) });
    let [handover]: [Handover; 1] = std::mem::take(&mut room.world.handovers).try_into().unwrap();
    assert!(handover.is_open());
    room.forget();
    room.talk(600);
    room.assert_heard(["b", "a", ""]);
}

#[test]
fn encrypted_legs_are_mixed_and_each_gets_its_own_encryption() {
    let (mut near, mut far) = encrypted_pair([1; 32], [2; 32]);
    near.open_with(BY, CAROL, "0 101");
    near.order(Order::Mix { a: A, b: B, by: BY, reach: Reach::Both });
    let mut carol = Speaker::new(BY, CAROL, 0, 1_250.0);
    let (mut alice, mut heard_far) = (Speaker::new(A, ALICE, 0, 440.0), Vec::new());
    let mut decoder = Decoder::new(Codec::Pcmu);
    for _ in 0..60 {
        let mut sent = Vec::new();
        for speaker in [&mut carol, &mut alice] {
            let payload = speaker.payload();
            let packet = speaker.phone.packet(0, &payload);
            sent.extend(near.packet(speaker.leg, speaker.phone.address, &packet));
        }
        sent.extend(near.pass(20));
        far.pass(20);
        for packet in sent.into_iter().filter(|packet| packet.leg == B && packet.component == Component::Rtp) {
            assert!(packet.bytes.len() > 172, "a tag is added");
            let crossed = far.packet(B, ALICE.parse().unwrap(), &packet.bytes);
            for packet in crossed {
                let header = Header::parse(&packet.bytes).unwrap();
                let mut pcm = vec![0; 5_760];
                let n = decoder.decode(&packet.bytes[header.start..header.end], &mut pcm);
                heard_far.extend_from_slice(&pcm[..n]);
            }
        }
    }
    let steady = &heard_far[heard_far.len() / 2..];
    assert!(amplitude(steady, 440.0, 8_000) > 2_000.0);
    assert!(amplitude(steady, 1_250.0, 8_000) > 2_000.0);
}

#[test]
fn both_sides_are_recorded_left_and_right() {
    for codecs in [[0, 0, 0], [0, 3, 0], [2, 1, 0]] {
        let mut room = Room::new(codecs);
        let others = [Some(B), None];
        room.world.order(Order::RecordBoth { leg: A, others, recording: RECORDING });
        room.talk(2_000);
        room.assert_heard(["b", "a", ""]);
        room.world.order(Order::StopRecording { leg: A });
        let (left, right) = room.recorded();
        assert!((31_000..=33_000).contains(&left.len()), "{}", left.len());
        assert_eq!(tones(&left, 16_000), "a");
        assert_eq!(tones(&right, 16_000), "b");
    }
}

#[test]
fn a_recording_of_both_goes_on_with_others_and_over_a_hold() {
    let mut room = Room::new([0, 0, 0]);
    room.world.order(Order::RecordBoth { leg: A, others: [Some(B), None], recording: RECORDING });
    room.mix(Reach::Both);
    room.world.order(Order::RecordBoth { leg: A, others: [Some(B), Some(BY)], recording: RECORDING });
    room.talk(1_000);
    room.world.order(Order::Unbridge { leg: A });
    room.talk(1_000);
    room.world.close(B);
    room.world.order(Order::Bridge { a: A, b: BY });
    room.talk(1_000);
    room.world.close(A);
    let (left, right) = room.recorded();
    assert!((47_000..=49_000).contains(&left.len()), "{}", left.len());
    assert_eq!(tones(&left, 16_000), "a");
    let third = right.len() / 3;
    assert_eq!(tones(&right[..third], 16_000), "by");
    assert_eq!(tones(&right[2 * third + 2_000..], 16_000), "y");
    assert_eq!(room.world.recorded.last().map(|last| &last.piece), Some(&Piece::End));
}

/// Three legs: two that talk and a third.
struct Room {
    world: World,
    speakers: [Speaker; 3],
}

impl Room {
    fn new(codecs: [usize; 3]) -> Self {
        let mut world = World::new();
        let speakers = [(A, ALICE, 440.0), (B, BOB, 700.0), (BY, CAROL, 1_250.0)];
        let mut codecs = codecs.into_iter();
        let speakers = speakers.map(|(leg, address, hz)| {
            let codec = codecs.next().unwrap();
            world.open_with(leg, address, CODECS[codec].1);
            Speaker::new(leg, address, codec, hz)
        });
        world.order(Order::Bridge { a: A, b: B });
        Self { world, speakers }
    }

    fn mix(&mut self, reach: Reach) {
        self.world.order(Order::Mix { a: A, b: B, by: BY, reach });
        self.forget();
    }

    /// All three speak for so long.
    fn talk(&mut self, ms: u32) {
        for _ in 0..ms / 20 {
            let mut sent = Vec::new();
            for speaker in &mut self.speakers {
                let payload = speaker.payload();
                let before = speaker.phone.timestamp;
                sent.extend(self.world.hear(speaker.leg, &mut speaker.phone, &payload));
                speaker.phone.timestamp = before.wrapping_add(speaker.codec.ticks_per_frame());
            }
            sent.extend(self.world.pass(20));
            for speaker in &mut self.speakers {
                let leg = speaker.leg;
                for packet in sent.iter().filter(|packet| packet.leg == leg) {
                    speaker.listen(packet);
                }
            }
        }
    }

    fn forget(&mut self) {
        for speaker in &mut self.speakers {
            speaker.heard.clear();
        }
    }

    fn hears(&self, speaker: usize, hz: f64) -> bool {
        let speaker = &self.speakers[speaker];
        amplitude(&speaker.heard, hz, speaker.codec.sample_rate()) > 1_000.0
    }

    /// What each of the three hears: `a`, `b` and `y` for the third.
    fn assert_heard(&mut self, wanted: [&str; 3]) {
        let heard = self.speakers.each_ref().map(|speaker| {
            // What is still on its way at the begin is of before.
            let skipped = speaker.heard.len().min(speaker.codec.sample_rate() as usize / 5);
            tones(&speaker.heard[skipped..], speaker.codec.sample_rate())
        });
        assert_eq!(heard.each_ref().map(String::as_str), wanted);
        self.forget();
    }

    fn recorded(&self) -> (Vec<i16>, Vec<i16>) {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for recorded in &self.world.recorded {
            assert_eq!(recorded.recording, RECORDING);
            match &recorded.piece {
                Piece::Stereo { samples, rate } => {
                    assert_eq!(*rate, 16_000);
                    left.extend(samples.iter().step_by(2));
                    right.extend(samples.iter().skip(1).step_by(2));
                }
                Piece::Sound { .. } => panic!("that is one side"),
                Piece::End => {}
            }
        }
        (left, right)
    }
}

impl Speaker {
    fn new(leg: LegId, address: &str, codec: usize, hz: f64) -> Self {
        let (codec, _, number) = CODECS[codec];
        Self {
            leg,
            phone: Phone::new(address, number),
            codec,
            hz,
            at: 0,
            encoder: Encoder::new(codec),
            decoder: Decoder::new(codec),
            heard: Vec::new(),
        }
    }

    fn payload(&mut self) -> Vec<u8> {
        let n = self.codec.samples_per_frame();
        let sample = |at: usize| {
            let at = at as f64 / f64::from(self.codec.sample_rate());
            ((at * self.hz * std::f64::consts::TAU).sin() * 6_000.0) as i16
        };
        let pcm: Vec<i16> = (self.at..self.at + n).map(sample).collect();
        self.at += n;
        let mut payload = Vec::new();
        self.encoder.encode(&pcm, &mut payload);
        payload
    }

    fn listen(&mut self, packet: &Packet) {
        let header = self.phone.take(packet);
        if header.payload == self.phone.number {
            let mut pcm = vec![0; 5_760];
            let n = self.decoder.decode(&packet.bytes[header.start..header.end], &mut pcm);
            self.heard.extend_from_slice(&pcm[..n]);
        }
    }
}

/// Whose tones are in a sound.
fn tones(pcm: &[i16], rate: u32) -> String {
    let known = [('a', 440.0), ('b', 700.0), ('y', 1_250.0)];
    known.iter().filter(|(_, hz)| amplitude(pcm, *hz, rate) > 1_000.0).map(|(name, _)| *name).collect()
}

/// A second of a tone that nobody speaks.
fn beep() -> Prompt {
    let pcm: Vec<i16> = (0..8_000)
        .map(|at| ((f64::from(at) / 8_000.0 * 1_900.0 * std::f64::consts::TAU).sin() * 6_000.0) as i16)
        .collect();
    Prompt::render_loop(&pcm, 8_000)
}
