//! What it costs to read messages and to check a digest. Run with `--release`.
#![expect(clippy::disallowed_methods, reason = "an example is a program, and measures time")]

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use bytes::Bytes;
use sip::digest::authorization::Authorization;
use sip::digest::challenger::{Challenger, Freshness, Verdict};
use sip::digest::client::Challenge;
use sip::digest::{Algorithm, Ha1};
use sip::endpoint::Credentials;
use sip::{Message, Method};

const N: u32 = 200_000;
const ROUND: u32 = 1_000;

fn main() {
    let invite = invite();
    let register = register(
        "Digest username=\"101\", realm=\"demo.test\", nonce=\"00000000000000010123456789abcdef\", \
        uri=\"sip:demo.test\", response=\"0123456789abcdef0123456789abcdef\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"x\"",
    );
    println!(
        "INVITE of {} bytes: {:.2} us",
        invite.len(),
        measure(|_| drop(black_box(Message::parse(invite.clone()))))
    );
    println!(
        "REGISTER of {} bytes: {:.2} us",
        register.len(),
        measure(|_| drop(black_box(Message::parse(register.clone()))))
    );
    digest();
}

/// Microseconds for each call of `work`: the best of many rounds, since other programs take their share of the others.
fn measure(mut work: impl FnMut(u32)) -> f64 {
    let mut best = f64::MAX;
    for round in 0..N / ROUND {
        let start = Instant::now();
        for n in round * ROUND..(round + 1) * ROUND {
            work(n);
        }
        best = best.min(start.elapsed().as_secs_f64() * 1e6 / f64::from(ROUND));
    }
    best
}

/// REGISTERs with a digest: each is read, and its proof checked.
fn digest() {
    let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 10));
    let credentials = Credentials { realm: None, user: "101".into(), password: "secret".into() };
    let ha1 = Ha1::new("101", "demo.test", "secret");
    for index in 0..2 {
        let mut server = Challenger::new(Instant::now(), [7; 32]);
        let packets: Vec<Bytes> = (0..N)
            .map(|_| {
                let fields =
                    server.challenge(Instant::now(), "demo.test", address, Freshness::First, Algorithm::Sha256);
                let Some(mut challenge) = unauthorized(&fields[index], &credentials) else { return Bytes::new() };
                register(&challenge.answer(&Method::Register, "sip:demo.test", &credentials, "0a4f113b"))
            })
            .collect();
        let now = Instant::now();
        let mut n_accepted = 0;
        let cost = measure(|n| {
            let packet = usize::try_from(n).ok().and_then(|n| packets.get(n)).cloned().unwrap_or_default();
            let Ok(Message::Request(request)) = Message::parse(packet) else { return };
            let Some(credentials) = Authorization::find(&request, "demo.test") else { return };
            let verdict = server.verify(now, &request, address, &credentials, &ha1);
            n_accepted += u32::from(verdict == Verdict::Accepted);
        });
        println!(
            "REGISTER read and its {} checked: {cost:.2} us, {n_accepted} of {N} accepted",
            ["SHA-256", "MD5"][index]
        );
    }
}

fn unauthorized(field: &str, credentials: &Credentials) -> Option<Challenge> {
    let text = format!(
        "SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP a.test;branch=z9hG4bK1\r\nFrom: <sip:101@demo.test>;tag=1\r\n\
         To: <sip:101@demo.test>;tag=2\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\nWWW-Authenticate: {field}\r\n\r\n"
    );
    match Message::parse(text.into()) {
        Ok(Message::Response(response)) => Challenge::find(&response, credentials),
        Ok(Message::Request(_)) | Err(_) => None,
    }
}

fn register(authorization: &str) -> Bytes {
    format!(
        "REGISTER sip:demo.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.20:5060;branch=z9hG4bK-524287-1---7c1d3a0f;rport\r\n\
         Max-Forwards: 70\r\nContact: <sip:101@192.168.1.20:5060;ob>\r\nTo: \"Alice\" <sip:101@demo.test>\r\n\
         From: \"Alice\" <sip:101@demo.test>;tag=8f4c2e11\r\nCall-ID: 84Nzc3ZGQ1MTcyYzZkOWJhNTQ3MDg\r\nCSeq: 2 REGISTER\r\n\
         Expires: 300\r\nAllow: INVITE, ACK, CANCEL, BYE, NOTIFY, REFER, MESSAGE, OPTIONS, INFO, SUBSCRIBE\r\n\
         User-Agent: Phone 4.2\r\nAuthorization: {authorization}\r\nContent-Length: 0\r\n\r\n"
    )
    .into()
}

fn invite() -> Bytes {
    let body = "v=0\r\no=- 3847 3847 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 9 8 0 101\r\n\
        a=rtpmap:9 G722/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n\
        a=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n";
    format!(
        "INVITE sip:+14255550100@192.0.2.9:5060;user=phone SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK0cB1e2f3a4b5c6d7e8f9;rport\r\n\
         Via: SIP/2.0/UDP 198.51.100.7:5060;received=198.51.100.7;branch=z9hG4bK-d8754z-1f2e3d4c5b6a\r\n\
         Record-Route: <sip:192.0.2.1;lr;ftag=gK0c8a9b1d>\r\nMax-Forwards: 67\r\n\
         From: \"WIRELESS CALLER\" <sip:+12065550123@192.0.2.1;isup-oli=62>;tag=gK0c8a9b1d\r\n\
         To: <sip:+14255550100@192.0.2.9>\r\nCall-ID: 1082539018_93412377@198.51.100.7\r\nCSeq: 26512 INVITE\r\n\
         Contact: <sip:+12065550123@198.51.100.7:5060>\r\nAllow: INVITE,ACK,CANCEL,BYE,REGISTER,REFER,INFO,SUBSCRIBE,NOTIFY,PRACK,UPDATE,OPTIONS,MESSAGE,PUBLISH\r\n\
         Accept: application/sdp, application/isup, application/dtmf, application/dtmf-relay, multipart/mixed\r\n\
         Supported: timer,100rel,precondition,replaces\r\nSession-Expires: 1800\r\nMin-SE: 90\r\n\
         P-Asserted-Identity: \"WIRELESS CALLER\" <sip:+12065550123@198.51.100.7:5060>\r\nPrivacy: none\r\n\
         User-Agent: Carrier SBC 9.2.1\r\nContent-Disposition: session; handling=required\r\n\
         Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into()
}
