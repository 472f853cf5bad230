//! What a call costs: two endpoints set up and end calls with each other, and nothing else happens.
//!
//! Prints microseconds for each call and for each of its two legs, as batches of calls took them: the median batch, and
//! the fastest, which a busy machine disturbs least. Run with `--release`.
#![allow(clippy::disallowed_methods, reason = "a measurement needs a clock")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip::endpoint::{Body, Config, Effect, Event, OutgoingInvite, Status};
use sip::{Endpoint, Source, Target, Transport};

/// Unless the first argument says otherwise.
const N_BATCHES: u32 = 200;
const N_CALLS_PER_BATCH: u32 = 1_000;
/// Calls begin this far apart on the virtual clock: 4,000 calls each second.
const EVERY: Duration = Duration::from_micros(250);

struct Side {
    endpoint: Endpoint,
    /// How the other side sees it.
    source: Source,
}

fn main() {
    let body = Body {
        content_type: Bytes::from_static(b"application/sdp"),
        bytes: Bytes::from_static(
            b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8 101\r\n\
              a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n\
              a=ptime:20\r\na=sendrecv\r\n",
        ),
    };
    let mut sides = [side(1), side(2)];
    let mut now = Instant::now();
    let mut n_ended = 0;
    let mut batches = Vec::new();
    let n_batches = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(N_BATCHES);
    for _ in 0..n_batches {
        let begin = Instant::now();
        for _ in 0..N_CALLS_PER_BATCH {
            now += EVERY;
            n_ended += call(&mut sides, now, &body);
            for side in &mut sides {
                if side.endpoint.next_deadline().is_some_and(|at| at <= now) {
                    let mut out = Vec::new();
                    side.endpoint.handle_timeout(now, &mut out);
                    assert!(out.is_empty(), "nothing is ever late here");
                }
            }
        }
        batches.push(begin.elapsed().as_secs_f64() * 1e6 / f64::from(N_CALLS_PER_BATCH));
    }
    assert_eq!(n_ended, n_batches * N_CALLS_PER_BATCH);
    // The first half fills the tables with what waits for late copies.
    let mut settled = batches.split_off(batches.len() / 2);
    settled.sort_by(f64::total_cmp);
    for (name, each) in [("median", settled.get(settled.len() / 2)), ("fastest", settled.first())] {
        let each = each.copied().unwrap_or_default();
        println!("{name}: {each:.1} us for a call, {:.1} us for a leg", each / 2.0);
    }
    println!("left behind for copies that may still come: {:?}", sides[0].endpoint.census());
}

fn side(last: u8) -> Side {
    let address = SocketAddr::from(([192, 0, 2, last], 5060));
    let config = Config {
        product: "Trunkline".to_owned(),
        sent_by: address.to_string(),
        tls_name: None,
        t1: Duration::from_millis(500),
        t2: Duration::from_secs(4),
        t4: Duration::from_secs(5),
    };
    let local = SocketAddr::from(([192, 0, 2, 3 - last], 5060));
    let source = Source { transport: Transport::Udp, remote: address, local, connection: None, verified_names: None };
    Side { endpoint: Endpoint::new(config, [last; 32]), source }
}

/// INVITE, 100, 180, 200, ACK, BYE, 200. Returns 1 when the callee heard the BYE.
fn call(sides: &mut [Side; 2], now: Instant, body: &Body) -> u32 {
    let mut out = Vec::new();
    let target: Target = sides[1].source.reply_target();
    let invite = OutgoingInvite {
        uri: "sip:bob@192.0.2.2".to_owned(),
        from: "\"Alice\" <sip:+15550100@a.test>".to_owned(),
        to: "<sip:+15550101@b.test>".to_owned(),
        contact_user: "alice".to_owned(),
        targets: vec![target],
        body: Some(body.clone()),
        headers: Vec::new(),
        credentials: None,
        max_forwards: 70,
        session_secs: None,
        offers_reliable: true,
    };
    sides[0].endpoint.invite(now, invite, &mut out);
    let mut to = 1;
    let mut n_ended = 0;
    // The two only ever answer each other, so that one batch after the other crosses.
    while !out.is_empty() {
        let mut back = Vec::new();
        for effect in std::mem::take(&mut out) {
            let Effect::Transmit { packet, .. } = effect else { continue };
            let from = 1 - to;
            let source = sides[from].source.clone();
            let mut heard = Vec::new();
            sides[to].endpoint.receive(now, &source, packet, &mut heard);
            n_ended += react(&mut sides[to], &source, now, body, heard, &mut back);
        }
        out = back;
        to = 1 - to;
    }
    n_ended
}

fn react(
    side: &mut Side,
    source: &Source,
    now: Instant,
    body: &Body,
    heard: Vec<Effect>,
    out: &mut Vec<Effect>,
) -> u32 {
    let mut n_ended = 0;
    for effect in heard {
        match effect {
            Effect::Event(Event::Requested { request, .. }) => {
                let usage = side.endpoint.open_invite(now, request, source, out);
                side.endpoint.progress(now, usage, Status(180), &[], None, out);
                side.endpoint.accept(now, usage, &[], Some(body.clone()), out);
            }
            Effect::Event(Event::Answered { usage, .. }) => {
                side.endpoint.acknowledge(now, usage, None, out);
                side.endpoint.bye(now, usage, None, out);
            }
            Effect::Event(Event::Ended { .. }) => n_ended += 1,
            Effect::Event(_) => {}
            Effect::Resolve { .. } | Effect::Transmit { .. } => out.push(effect),
        }
    }
    n_ended
}
