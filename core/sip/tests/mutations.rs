//! Messages with errors put into them, by the million: nothing panics, and what is read once is read the same again.
//!
//! `SIP_MUTATIONS` sets how many of each (10,000 if unset); `SIP_MUTATIONS_SEED` another beginning.
#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]
#![expect(
    clippy::disallowed_methods,
    reason = "the environment says how long to run, and a first instant has to come from somewhere"
)]

use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use bytes::Bytes;
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sip::Message;
use sip::bindings::{Registrar, Settings};
use sip::digest::authorization::Authorization;
use sip::digest::challenger::{Challenger, Freshness};
use sip::digest::client::Challenge;
use sip::digest::{Algorithm, Ha1};
use sip::endpoint::Credentials;
use sip::message::head::Head;
use sip::message::name::HeaderName;
use sip::stream::Framer;
use sip::transport::{Source, Transport};
use sip::uri::Uri;

#[path = "mutations/readers.rs"]
mod readers;

use readers::visit_uri;

/// Pieces that parsers trip over.
const PIECES: &[&[u8]] = &[
    b"\r\n",
    b"\r",
    b"\n",
    b"\r\n ",
    b"\r\n\r\n",
    b"\0",
    b"\xff",
    b"\xc3",
    b"\"",
    b"\\",
    b"<",
    b">",
    b",",
    b";",
    b"=",
    b":",
    b"@",
    b"%",
    b"%00",
    b"%4",
    b"[",
    b"]",
    b"[::1]",
    b" ",
    b"\t",
    b"*",
    b"?",
    b"&",
    b"/",
    b"SIP/2.0",
    b"sip:",
    b"sips:",
    b"tel:",
    b"4294967296",
    b"99999999999999999999",
    b"-1",
    b"Content-Length: 1\r\n",
    b"l:0\r\n",
    b"Via: ",
    b"Digest ",
    b"Authorization: Digest username=\"",
    b"realm=\"demo.test\"",
    b"algorithm=SHA-256",
    b"tag=",
    b";rport",
];

#[test]
fn mutated_messages_never_panic() {
    let mut world = World::new();
    mutate_all(&seeds(), |packet| world.meet(Bytes::from(packet)));
}

#[test]
fn mutated_uris_never_panic() {
    let seeds = [
        "sip:alice%20b;day=mon:secret@example.com:5061;transport=tcp;lr;maddr=192.0.2.1?subject=a%3Db&priority=urgent",
        "\"A \\\" B\" <sips:101@[2001:db8::1];user=phone>;tag=1;q=0.5;expires=300",
        "tel:+1-425-555-0100;phone-context=+1;ext=7",
    ];
    mutate_all(&seeds.map(Vec::from), |bytes| readers::uri(&String::from_utf8_lossy(&bytes)));
}

#[test]
fn mutated_credentials_and_challenges_never_panic() {
    let seeds = [
        "Digest username=\"101\", realm=\"demo.test\", nonce=\"0\", uri=\"sip:demo.test\", response=\"0\", \
         algorithm=SHA-256, cnonce=\"x\\\"y\", qop=auth, nc=00000001, opaque=\"\", userhash=false",
        "Digest realm=\"demo.test\", nonce=\"0\", algorithm=MD5, qop=\"auth,auth-int\", opaque=\"o\", stale=true",
    ];
    mutate_all(&seeds.map(Vec::from), |bytes| readers::digest(&String::from_utf8_lossy(&bytes)));
}

/// Lets `read` read mutations of `seeds`, of which it must understand some.
fn mutate_all(seeds: &[Vec<u8>], mut read: impl FnMut(Vec<u8>) -> bool) {
    let number = |name: &str, default| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let mut random = ChaCha8Rng::seed_from_u64(number("SIP_MUTATIONS_SEED", 1));
    let mut n_read = 0_u64;
    for _ in 0..number("SIP_MUTATIONS", 10_000) {
        let mut bytes = pick(&mut random, seeds).clone();
        for _ in 0..1 + below(&mut random, 4) {
            mutate(&mut random, &mut bytes, seeds);
        }
        n_read += u64::from(read(bytes));
    }
    assert!(n_read > 0, "mutations that leave nothing to read test nothing");
}

proptest! {
    #[test]
    fn random_bytes_never_panic(packet in prop::collection::vec(any::<u8>(), 0..600)) {
        World::new().meet(Bytes::from(packet));
    }

    #[test]
    fn random_text_never_panics(text in "\\PC{0,80}") {
        let _ = Uri::parse(&text).map(visit_uri);
        let _ = Authorization::parse(&text);
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/torture");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "sip"));
    paths.sort();
    assert!(paths.len() > 40);
    let mut seeds: Vec<_> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let fields = Challenger::new(Instant::now(), [0; 32]).challenge(
        Instant::now(),
        "demo.test",
        address,
        Freshness::Stale,
        Algorithm::Sha256,
    );
    for (line, field) in [("REGISTER sip:demo.test SIP/2.0", ""), ("SIP/2.0 401 Unauthorized", fields[0].as_str())] {
        seeds.push(
            format!(
                "{line}\r\nVia: SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK1;rport;received=1.2.3.4\r\nMax-Forwards: 70\r\n\
                 From: \"A \\\" B\" <sip:101@demo.test>;tag=1\r\nTo: <sip:101@demo.test>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n\
                 Contact: <sip:101@192.0.2.1:5062;ob>;q=0.5;expires=300;+sip.instance=\"<urn:uuid:1>\";reg-id=1\r\n\
                 WWW-Authenticate: {field}\r\nAuthorization: Digest username=\"101\", realm=\"demo.test\", nonce=\"0\", \
                 uri=\"sip:demo.test\", response=\"0\", algorithm=SHA-256, cnonce=\"x\", qop=auth, nc=00000001\r\n\
                 Replaces: a;to-tag=1;from-tag=2\r\nRefer-To: <sip:a@b?Replaces=1>\r\nContent-Length: 0\r\n\r\n"
            )
            .into_bytes(),
        );
    }
    seeds
}

/// Everything that reads what strangers send.
struct World {
    now: Instant,
    server: Challenger,
    registrar: Registrar<u8>,
    source: Source,
    phone: Credentials,
}

impl World {
    fn new() -> Self {
        let now = Instant::now();
        let address = "192.0.2.1:5060".parse().unwrap();
        Self {
            now,
            server: Challenger::new(now, [1; 32]),
            registrar: Registrar::new(Settings { secs_min: 60, secs_max: 3600, secs_default: 300 }),
            source: Source {
                transport: Transport::Udp,
                remote: address,
                local: address,
                connection: None,
                verified_names: None,
            },
            phone: Credentials { realm: None, user: "101".into(), password: "x".into() },
        }
    }

    /// Lets everybody read the packet. Returns whether it was a message.
    fn meet(&mut self, packet: Bytes) -> bool {
        let mut framer = Framer::new();
        framer.push(&packet);
        while let Some(frame) = framer.next_frame() {
            std::hint::black_box(frame);
        }
        match Message::parse(packet) {
            Ok(Message::Request(request)) => {
                visit(&request);
                let _ = visit_uri(request.parsed_uri());
                if let Some(found) = Authorization::find(&request, "demo.test") {
                    let ha1 = Ha1 { md5: [0; 16], sha256: [0; 32] };
                    self.server.verify(self.now, &request, self.source.remote.ip(), &found, &ha1);
                }
                let _ = self.registrar.register(self.now, 1, &request, &self.source);
                let start = [request.method().as_str(), " ", request.uri(), " SIP/2.0"].concat();
                let Ok(Message::Request(again)) = Message::parse(written(&start, &request)) else {
                    panic!("what was read is not read again: {:?}", written(&start, &request));
                };
                assert_eq!((again.method(), again.uri()), (request.method(), request.uri()));
                same(&again, &request);
                true
            }
            Ok(Message::Response(response)) => {
                visit(&response);
                let _ = Challenge::find(&response, &self.phone);
                let start = format!("SIP/2.0 {} {}", response.status().0, response.reason_phrase());
                let Ok(Message::Response(again)) = Message::parse(written(&start, &response)) else {
                    panic!("what was read is not read again: {:?}", written(&start, &response));
                };
                assert_eq!((again.status(), again.reason_phrase()), (response.status(), response.reason_phrase()));
                same(&again, &response);
                true
            }
            Err(error) => {
                if let Some(request) = &error.answerable {
                    visit(request);
                }
                false
            }
        }
    }
}

/// The message written again from what was read of it.
fn written(start: &str, head: &Head) -> Bytes {
    let fields = head.fields().filter(|(name, _)| HeaderName::from_bytes(name.as_bytes()) != HeaderName::ContentLength);
    let mut out = [start, "\r\n"].concat();
    for (name, value) in fields {
        out.extend([name, ": ", value, "\r\n"]);
    }
    out.push_str(&format!("Content-Length: {}\r\n\r\n", head.body().len()));
    [out.as_bytes(), head.body()].concat().into()
}

fn same(a: &Head, b: &Head) {
    assert_eq!((a.via(), a.from(), a.to()), (b.via(), b.from(), b.to()));
    assert_eq!((a.call_id(), a.cseq(), a.max_forwards()), (b.call_id(), b.cseq(), b.max_forwards()));
    assert_eq!(a.body(), b.body());
    assert!(a.contacts().eq(b.contacts()) && a.vias().eq(b.vias()));
}

fn visit(head: &Head) {
    std::hint::black_box((
        head.vias().count(),
        head.refer_to().map(|to| to.parsed_uri().map(visit_uri)),
        head.replaces(),
    ));
    std::hint::black_box((head.supports("x"), head.requires("x"), head.expires_secs(), head.cseq_value()));
    std::hint::black_box((head.from().display(), head.to().params().count()));
    for contact in head.contacts() {
        std::hint::black_box((contact.parsed_uri().map(visit_uri), contact.display()));
    }
    assert!(!head.via().host().is_empty() || head.header(HeaderName::Via).is_none() || head.vias().count() < 65);
}

fn mutate(random: &mut ChaCha8Rng, packet: &mut Vec<u8>, seeds: &[Vec<u8>]) {
    let (a, b) = (below(random, packet.len() + 1), below(random, packet.len() + 1));
    let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 40));
    match below(random, 6) {
        0 => drop(packet.splice(from..from, pick(random, PIECES).iter().copied())),
        1 => drop(packet.splice(from..to, pick(random, PIECES).iter().copied())),
        2 => drop(packet.drain(from..to)),
        3 => packet.truncate(from),
        4 => {
            if let Some(byte) = packet.get_mut(from) {
                *byte ^= 1 << below(random, 8);
            }
        }
        _ => {
            let other = pick(random, seeds);
            let start = below(random, other.len());
            let part = other.iter().skip(start).take(60).copied().collect::<Vec<_>>();
            packet.splice(from..from, part);
        }
    }
}

fn pick<'a, T>(random: &mut ChaCha8Rng, items: &'a [T]) -> &'a T {
    items.get(below(random, items.len())).unwrap()
}

fn below(random: &mut ChaCha8Rng, end: usize) -> usize {
    usize::try_from(random.next_u64() % u64::try_from(end.max(1)).unwrap()).unwrap()
}
