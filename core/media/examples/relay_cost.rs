//! What one relayed packet and one played frame cost: `cargo run --release -p trunkline-media --example relay_cost`.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a measurement")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::engine::{Component, Outputs};
use media::prompt::Prompt;
use media::rtp::Header;
use media::sdp::{Codec, Direction, Negotiation, Preferences, SrtpPolicy};
use media::{Engine, LegId, Order, PlayId, Playlist, PortGrant, Sound, WorkerId};

const CALLS: u64 = 1_200;
const ROUNDS: u32 = 500;
const LISTENERS: u64 = 1_500;

fn main() {
    println!("relayed packet, {CALLS} calls: {} ns", relay(false));
    println!("relayed packet, {CALLS} calls, encrypted both ways: {} ns", relay(true));
    println!("played frame, {LISTENERS} listeners: {} ns", play());
}

fn relay(encrypted: bool) -> u128 {
    let (mut engine, now) = (Engine::new(WorkerId(0), [1; 32]), Instant::now());
    let mut out = Outputs::default();
    // Encrypted packets come from a second engine, whose legs are the peers.
    let mut peers = Engine::new(WorkerId(1), [2; 32]);
    for leg in 0..CALLS * 2 {
        open(&mut engine, &mut peers, now, leg, encrypted, &mut out);
    }
    for call in 0..CALLS {
        engine.handle_order(now, Order::Bridge { a: LegId(call * 2), b: LegId(call * 2 + 1) }, &mut out);
    }
    let rounds = if encrypted { ROUNDS / 10 } else { ROUNDS };
    let mut spent = Duration::ZERO;
    let mut n_sent = 0;
    for round in 0..rounds {
        let at = now + Duration::from_millis(20) * round;
        let mut packets: Vec<Vec<u8>> = (0..CALLS * 2).map(|leg| packet(round, leg)).collect();
        if encrypted {
            for (leg, packet) in packets.iter_mut().enumerate() {
                out.clear();
                let leg = leg as u64;
                peers.handle_packet(at, LegId(leg), Component::Rtp, peer(leg), &mut packet.clone(), &mut out);
                peers.handle_packet(at, LegId(leg + 1_000_000), Component::Rtp, peer(leg), packet, &mut out);
                *packet = out.bytes[out.sends[0].range.clone()].to_vec();
            }
        }
        let began = Instant::now();
        for (leg, packet) in packets.iter_mut().enumerate() {
            out.clear();
            engine.handle_packet(at, LegId(leg as u64), Component::Rtp, peer(leg as u64), packet, &mut out);
            n_sent += out.sends.len();
        }
        spent += began.elapsed();
    }
    assert_eq!(n_sent as u64, u64::from(rounds) * CALLS * 2);
    spent.as_nanos() / n_sent as u128
}

fn open(engine: &mut Engine, peers: &mut Engine, now: Instant, leg: u64, encrypted: bool, out: &mut Outputs) {
    let srtp = if encrypted { SrtpPolicy::Required } else { SrtpPolicy::Off };
    let grant = PortGrant { worker: WorkerId(0), rtp_port: 20_000 + leg as u16 * 2 };
    let side = |grant: PortGrant, address: SocketAddr, srtp| {
        let preferences = Preferences { codecs: vec![Codec::Pcmu], srtp, address: address.ip() };
        Negotiation::new(preferences, grant, [leg as u8 + 1; 32])
    };
    let theirs = PortGrant { worker: WorkerId(1), rtp_port: peer(leg).port() };
    let mut us = side(grant, "198.51.100.1:1".parse().unwrap(), srtp);
    let mut them = side(theirs, peer(leg), srtp);
    let offer = them.offer(Direction::SendAndReceive);
    let (answer, ours) = us.answer(&offer, None, Direction::SendAndReceive).unwrap();
    engine.handle_order(now, Order::Open { leg: LegId(leg), grant, session: Some(ours) }, out);
    if encrypted {
        let session = them.accept_answer(&answer).unwrap();
        peers.handle_order(now, Order::Open { leg: LegId(leg), grant: theirs, session: Some(session) }, out);
        // A plain leg that speaks to the encrypted one.
        let mut plain = side(grant, "198.51.100.1:1".parse().unwrap(), SrtpPolicy::Off);
        let offer = side(theirs, peer(leg), SrtpPolicy::Off).offer(Direction::SendAndReceive);
        let (_, session) = plain.answer(&offer, None, Direction::SendAndReceive).unwrap();
        let speaker = LegId(leg + 1_000_000);
        peers.handle_order(now, Order::Open { leg: speaker, grant, session: Some(session) }, out);
        peers.handle_order(now, Order::Bridge { a: LegId(leg), b: speaker }, out);
    }
}

fn play() -> u128 {
    let (mut engine, mut now) = (Engine::new(WorkerId(0), [1; 32]), Instant::now());
    let mut out = Outputs::default();
    let prompt = Arc::new(Prompt::render(&[1_000; 80_000], 8_000));
    for leg in 0..LISTENERS {
        open(&mut engine, &mut Engine::new(WorkerId(1), [2; 32]), now, leg, false, &mut out);
        let list = Playlist { items: vec![Sound::Prompt(Arc::clone(&prompt))], repeat: true, offset_ms: 0 };
        engine.handle_order(now, Order::Play { leg: LegId(leg), play: PlayId(leg), list }, &mut out);
        now += Duration::from_micros(13_333 * 1_000 / LISTENERS / 1_000);
    }
    let (mut n_sent, mut spent) = (0, Duration::ZERO);
    let end = now + Duration::from_secs(10);
    while let Some(at) = engine.next_deadline().filter(|at| *at < end) {
        out.clear();
        let began = Instant::now();
        engine.handle_timeout(at, &mut out);
        spent += began.elapsed();
        n_sent += out.sends.len();
    }
    spent.as_nanos() / n_sent as u128
}

fn packet(round: u32, leg: u64) -> Vec<u8> {
    let mut packet = Vec::with_capacity(172);
    let (sequence, timestamp, ssrc) = (round as u16, round.wrapping_mul(160), leg as u32);
    Header { marker: false, payload: 0, sequence, timestamp, ssrc, start: 0, end: 0 }.write(&mut packet);
    packet.resize(172, 0x55);
    packet
}

fn peer(leg: u64) -> SocketAddr {
    SocketAddr::from(([203, 0, 113, 1], 10_000 + leg as u16 * 2))
}
