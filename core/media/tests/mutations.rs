//! What strangers send with errors put into it, by the million: nothing panics, hangs or grows.
//!
//! `MEDIA_MUTATIONS` sets how many for each reader (a few thousand if unset); `MEDIA_MUTATIONS_SEED` another beginning.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

#[path = "mutations/readers.rs"]
mod readers;
#[path = "mutations/seeds.rs"]
mod seeds;

use readers::{Legs, Payloads};

/// Runs in the suite: fast readers, and those that decode sound.
const USUAL: u64 = 10_000;
const USUAL_SLOW: u64 = 300;

/// Pieces that readers of text trip over.
const WORDS: &[&[u8]] = &[
    b"\r\n",
    b"\r",
    b"\n",
    b"\0",
    b"\xff",
    b" ",
    b"=",
    b":",
    b"/",
    b"|",
    b";",
    b"-1",
    b"0",
    b"65536",
    b"4294967296",
    b"99999999999999999999",
    b"m=audio 1 RTP/AVP 0\r\n",
    b"m=video 0 RTP/AVP 31\r\n",
    b"c=IN IP4 0.0.0.0\r\n",
    b"c=IN IP6 ff02::1\r\n",
    b"a=rtpmap:0 opus/48000/2\r\n",
    b"a=crypto:1 ",
    b"inline:",
    b"a=ptime:",
    b"a=maxptime:",
    b"a=sendonly\r\n",
    b"a=inactive\r\n",
    b"a=rtcp:0\r\n",
    b"a=rtcp-mux\r\n",
    b"m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n",
    b"a=fingerprint:sha-256 ",
    b"a=setup:passive\r\n",
    b"a=ice-lite\r\n",
    b"a=mid:",
    b"a=group:BUNDLE ",
    b"telephone-event/8000",
    b"CN/8000",
    b"Signal=",
    b"Signal:",
    b"application/dtmf",
    b"flash",
    b"16",
];

/// Numbers that readers of bytes trip over.
const NUMBERS: &[&[u8]] = &[
    b"\0",
    b"\0\0",
    b"\0\0\0\0",
    b"\xff",
    b"\xff\xff",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\0\0\0",
    b"\xff\xff\xff\x7f",
    b"\0\0\0\x80",
    b"\x01\0",
    b"\x80",
    b"\xbf",
    b"OggS",
    b"OpusHead",
    b"data",
    b"fmt ",
    b"ID3",
    b"\xff\xfb\x90\x00",
    b"\xff\xf3\x18\xc4",
];

#[test]
fn mutated_descriptions_never_panic() {
    let seeds = seeds::descriptions();
    mutate_all(&seeds, WORDS, USUAL, readers::description);
}

#[test]
fn mutated_rtp_never_panics() {
    mutate_all(&seeds::rtp(), NUMBERS, USUAL, readers::rtp);
}

#[test]
fn mutated_rtcp_never_panics() {
    mutate_all(&seeds::rtcp(), NUMBERS, USUAL, readers::rtcp);
}

#[test]
fn mutated_checks_never_panic() {
    mutate_all(&seeds::stun(), NUMBERS, USUAL, readers::stun);
}

#[test]
fn mutated_packets_on_a_relaying_leg_never_panic() {
    let mut legs = Legs::relaying();
    mutate_all(&[seeds::rtp(), seeds::rtcp()].concat(), NUMBERS, USUAL, |bytes| legs.read(bytes));
}

#[test]
fn mutated_events_never_panic() {
    let mut legs = Legs::relaying();
    mutate_all(&seeds::events(), NUMBERS, USUAL, |bytes| legs.read(bytes));
}

#[test]
fn mutated_packets_on_a_transcoding_leg_never_panic() {
    let mut legs = Legs::transcoding();
    mutate_all(&seeds::opus_packets(), NUMBERS, USUAL_SLOW, |bytes| legs.read(bytes));
}

#[test]
fn mutated_encrypted_packets_are_never_heard() {
    let plain = [seeds::rtp(), seeds::events()].concat();
    let genuine = Legs::protected_by_the_peer(&plain);
    assert!(genuine.len() > plain.len(), "sound and reports");
    let mut legs = Legs::encrypted();
    let mut n_genuine = 0;
    mutate_all(&genuine, NUMBERS, USUAL, |bytes| {
        let heard = legs.read(bytes);
        // Two mutations may undo each other; the packet is then the peer's own, once.
        n_genuine += u64::from(heard);
        assert!(!heard || genuine.iter().any(|packet| packet == bytes), "a forgery was heard: {bytes:?}");
        true
    });
    assert!(n_genuine <= genuine.len() as u64, "a replay was heard");
    let mut fresh = Legs::encrypted();
    assert!(genuine.iter().filter(|packet| fresh.read(packet)).count() > 0, "the keys fit");
}

#[test]
fn mutated_info_bodies_never_panic() {
    mutate_all(&seeds::info_bodies(), WORDS, USUAL, readers::info);
}

#[test]
fn mutated_payloads_never_panic() {
    let mut payloads = Payloads::new();
    mutate_all(&seeds::payloads(), NUMBERS, USUAL_SLOW, |bytes| payloads.read(bytes));
}

#[test]
fn mutated_prompts_never_panic() {
    mutate_all(&seeds::prompts(), NUMBERS, USUAL, |bytes| {
        let mut file = bytes.to_vec();
        seeds::mend_prompt_digest(&mut file);
        readers::prompt(&file)
    });
}

#[test]
fn mutated_wav_files_never_panic() {
    mutate_all(&seeds::wav_files(), NUMBERS, USUAL_SLOW, readers::audio_file);
}

#[test]
fn mutated_mp3_files_never_panic() {
    mutate_all(&seeds::mp3_files(), NUMBERS, USUAL_SLOW, readers::audio_file);
}

#[test]
fn mutated_ogg_files_never_panic() {
    let mut turn = 0_u8;
    mutate_all(&seeds::ogg_files(), NUMBERS, USUAL_SLOW, |bytes| {
        // Most damage would be found by the pages' checksums; with those mended it reaches what lies behind.
        turn = turn.wrapping_add(1);
        let mut file = bytes.to_vec();
        if !turn.is_multiple_of(8) {
            seeds::mend_ogg_checksums(&mut file);
        }
        readers::audio_file(&file)
    });
}

/// Lets `read` read mutations of `seeds`, of which it must understand some.
fn mutate_all(seeds: &[Vec<u8>], pieces: &[&[u8]], usual: u64, mut read: impl FnMut(&[u8]) -> bool) {
    let mut random = ChaCha8Rng::seed_from_u64(number("MEDIA_MUTATIONS_SEED", 1));
    let mut n_read = 0_u64;
    let mut bytes = Vec::new();
    for _ in 0..number("MEDIA_MUTATIONS", usual) {
        bytes.clear();
        bytes.extend_from_slice(pick::<Vec<u8>>(&mut random, seeds));
        for _ in 0..1 + below(&mut random, 4) {
            mutate(&mut random, &mut bytes, seeds, pieces);
        }
        n_read += u64::from(read(&bytes));
    }
    assert!(n_read > 0, "mutations that leave nothing to read test nothing");
}

#[expect(clippy::disallowed_methods, reason = "the environment says how long to run")]
fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn mutate(random: &mut ChaCha8Rng, bytes: &mut Vec<u8>, seeds: &[Vec<u8>], pieces: &[&[u8]]) {
    // Heads matter more than what follows.
    let within = if below(random, 2) == 0 { bytes.len().min(32) } else { bytes.len() };
    let (a, b) = (below(random, within + 1), below(random, within + 1));
    let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 40));
    match below(random, 7) {
        0 => drop(bytes.splice(from..from, pick(random, pieces).iter().copied())),
        1 => drop(bytes.splice(from..to, pick(random, pieces).iter().copied())),
        2 => drop(bytes.drain(from..to)),
        3 => bytes.truncate(from),
        4 => {
            if let Some(byte) = bytes.get_mut(from) {
                *byte ^= 1 << below(random, 8);
            }
        }
        5 => {
            let piece = *pick(random, pieces);
            for (byte, new) in bytes.iter_mut().skip(from).zip(piece) {
                *byte = *new;
            }
        }
        _ => {
            let other = pick(random, seeds);
            let start = below(random, other.len());
            let part: Vec<u8> = other.iter().skip(start).take(60).copied().collect();
            bytes.splice(from..from, part);
        }
    }
}

fn pick<'a, T>(random: &mut ChaCha8Rng, items: &'a [T]) -> &'a T {
    items.get(below(random, items.len())).unwrap()
}

fn below(random: &mut ChaCha8Rng, end: usize) -> usize {
    usize::try_from(random.next_u64() % u64::try_from(end.max(1)).unwrap()).unwrap()
}
