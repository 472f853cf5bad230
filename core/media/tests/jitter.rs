//! The jitter buffer on virtual time.
#![allow(clippy::unwrap_used, reason = "a test may fail by panic")]

use std::time::{Duration, Instant};

use media::jitter::{Frame, JitterBuffer};
use proptest::prelude::*;

const MS: Duration = Duration::from_millis(1);

/// One packet: when it arrives (ms), and which it is.
type Arrival = (u32, u16);

/// Plays `arrivals` (packet n was sent at n * 20 ms) and lists what was pulled every 20 ms.
fn play(first_sequence: u16, first_timestamp: u32, arrivals: &[Arrival], n_pulls: u32) -> Vec<Option<u16>> {
    #[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
    let start = Instant::now();
    let mut buffer = JitterBuffer::new(8_000);
    let mut arrivals = arrivals.to_vec();
    arrivals.sort_by_key(|arrival| arrival.0);
    let mut arrivals = arrivals.into_iter().peekable();
    let mut pulled = Vec::new();
    for pull in 0..n_pulls {
        let now_ms = pull * 20 + 5;
        while let Some((at, n)) = arrivals.next_if(|arrival| arrival.0 <= now_ms) {
            let sequence = first_sequence.wrapping_add(n);
            let timestamp = first_timestamp.wrapping_add(u32::from(n) * 160);
            buffer.push(start + MS * at, 1, sequence, timestamp, &n.to_be_bytes());
        }
        pulled.push(match buffer.pull(start + MS * now_ms) {
            Frame::Voice(payload) => Some(u16::from_be_bytes([payload[0], payload[1]])),
            Frame::Lost(_) | Frame::Noise(_) | Frame::Silence => None,
        });
    }
    pulled
}

fn heard(pulled: &[Option<u16>]) -> Vec<u16> {
    pulled.iter().flatten().copied().collect()
}

#[test]
fn an_even_stream_is_played_whole_after_a_short_wait() {
    let arrivals: Vec<Arrival> = (0..100).map(|n| (u32::from(n) * 20, n)).collect();
    let pulled = play(7, 7, &arrivals, 103);
    assert_eq!(heard(&pulled), (0..100).collect::<Vec<_>>());
    let first = pulled.iter().position(Option::is_some).unwrap();
    assert!(first <= 2, "waited {first} frames");
}

#[test]
fn numbers_and_timestamps_wrap() {
    let arrivals: Vec<Arrival> = (0..200).map(|n| (u32::from(n) * 20, n)).collect();
    assert_eq!(heard(&play(65_450, u32::MAX - 1_000, &arrivals, 205)), (0..200).collect::<Vec<_>>());
}

#[test]
fn reordered_and_repeated_packets_are_played_once_and_in_order() {
    let mut arrivals = Vec::new();
    for n in (0..100u16).step_by(2) {
        let at = u32::from(n) * 20;
        arrivals.extend([(at + 1, n + 1), (at + 2, n), (at + 3, n), (at + 30, n + 1)]);
    }
    let all = heard(&play(0, 0, &arrivals, 105));
    assert!(all.is_sorted_by(|a, b| a < b));
    assert!(all.len() >= 98, "{}", all.len());
}

#[test]
fn a_lost_packet_is_one_gap() {
    let arrivals: Vec<Arrival> = (0..50).filter(|n| *n != 20).map(|n| (u32::from(n) * 20, n)).collect();
    let pulled = play(0, 0, &arrivals, 54);
    let begin = pulled.iter().position(|frame| *frame == Some(19)).unwrap();
    assert_eq!(pulled[begin..begin + 3], [Some(19), None, Some(21)]);
    assert_eq!(heard(&pulled).len(), 49);
}

#[test]
fn jitter_is_learnt_within_two_seconds() {
    let arrivals: Vec<Arrival> = (0..500u16).map(|n| (u32::from(n) * 20 + u32::from(n) * 37 % 80, n)).collect();
    let pulled = play(0, 0, &arrivals, 505);
    let missing = pulled[100..500].iter().filter(|frame| frame.is_none()).count();
    assert!(missing <= 4, "{missing} of 400 frames missing after two seconds of 80 ms of jitter");
}

#[test]
fn the_delay_falls_again_when_the_network_calms() {
    #[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
    let start = Instant::now();
    let mut buffer = JitterBuffer::new(8_000);
    for n in 0..1_000u32 {
        let late = if n < 200 { n * 37 % 100 } else { 0 };
        buffer.push(start + MS * (n * 20 + late), 1, n as u16, n * 160, &[1]);
        let _ = buffer.pull(start + MS * (n * 20 + 19));
        if n == 199 {
            assert!(buffer.delay() >= MS * 60, "{:?}", buffer.delay());
        }
    }
    assert!(buffer.delay() <= MS * 30, "{:?}", buffer.delay());
}

#[test]
fn a_pause_is_silence_and_sound_comes_back() {
    let mut arrivals: Vec<Arrival> = (0..50).map(|n| (u32::from(n) * 20, n)).collect();
    arrivals.extend((50..100).map(|n| (u32::from(n) * 20 + 3_000, n)));
    assert_eq!(heard(&play(0, 0, &arrivals, 260)), (0..100).collect::<Vec<_>>());
}

#[test]
fn another_source_or_a_restart_is_played_at_once() {
    #[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
    let start = Instant::now();
    let mut buffer = JitterBuffer::new(8_000);
    let mut n_heard = [0; 3];
    for n in 0..150u32 {
        let (ssrc, sequence, timestamp) = match n / 50 {
            0 => (1, n, n * 160),
            1 => (2, n + 30_000, n * 160 + 77_777),
            _ => (2, n - 100, n * 160),
        };
        buffer.push(start + MS * (n * 20), ssrc, sequence as u16, timestamp, &[(n / 50) as u8]);
        if let Frame::Voice(payload) = buffer.pull(start + MS * (n * 20 + 1)) {
            n_heard[usize::from(payload[0])] += 1;
        }
    }
    assert!(n_heard.iter().all(|&n| n >= 46), "{n_heard:?}");
}

proptest! {
    #[test]
    fn never_reorders_or_repeats(
        first in any::<u16>(),
        timestamp in any::<u32>(),
        lates in proptest::collection::vec((0u32..300, 0u8..12), 1..300),
    ) {
        let mut arrivals = Vec::new();
        for (n, (late, fate)) in lates.iter().enumerate() {
            let at = n as u32 * 20 + late;
            // One in twelve is lost, one in twelve comes twice.
            if *fate > 0 { arrivals.push((at, n as u16)); }
            if *fate == 1 { arrivals.push((at + 45, n as u16)); }
        }
        let all = heard(&play(first, timestamp, &arrivals, 400));
        prop_assert!(all.is_sorted_by(|a, b| a < b), "{all:?}");
    }

    #[test]
    fn wild_packets_never_panic(packets in proptest::collection::vec((any::<u16>(), any::<u32>(), 0u32..3, 0u64..500), 0..200)) {
        #[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
        let mut now = Instant::now();
        let mut buffer = JitterBuffer::new(48_000);
        for (sequence, timestamp, ssrc, ms) in packets {
            now += Duration::from_millis(ms);
            buffer.push(now, ssrc, sequence, timestamp, &[0; 40]);
            let _ = buffer.pull(now);
        }
    }
}
