//! What the endpoint makes of the torture messages of RFC 4475 and 5118: one answer, a request for the application, or
//! nothing, and nothing kept.
#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip::bindings::{Refusal, Registrar, Settings};
use sip::endpoint::{Body, Census, Config, Effect, Event, OutgoingInvite, Status};
use sip::stream::{Frame, Framer};
use sip::{Endpoint, Message, Request, Source, Target, Transport};

macro_rules! torture {
    ($name:literal) => {
        ($name, Bytes::from_static(include_bytes!(concat!("torture/", $name, ".sip"))))
    };
}

/// What comes of a message.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// This status line, and this header field if any is named.
    Answered(&'static str, &'static str),
    /// The application decides on the request.
    Passed(&'static str),
    Dropped,
}

use Fate::{Answered, Dropped, Passed};

#[test]
fn rfc4475_each_message_meets_its_fate() {
    let fates = [
        // 3.1.1 valid
        (torture!("wsinv"), Answered("481 Call/Transaction Does Not Exist", "")),
        (torture!("intmeth"), Answered("501 Not Implemented", "Allow: INVITE, ACK")),
        (torture!("esc01"), Passed("INVITE")),
        (torture!("escnull"), Passed("REGISTER")),
        (torture!("esc02"), Answered("501 Not Implemented", "Allow: INVITE, ACK")),
        (torture!("lwsdisp"), Passed("OPTIONS")),
        (torture!("longreq"), Passed("INVITE")),
        (torture!("dblreq"), Passed("REGISTER")),
        (torture!("semiuri"), Passed("OPTIONS")),
        (torture!("transports"), Passed("OPTIONS")),
        (torture!("mpart01"), Passed("MESSAGE")),
        (torture!("unreason"), Dropped),
        (torture!("noreason"), Dropped),
        // 3.1.2 invalid
        (torture!("badinv01"), Answered("400 Bad Request: a Via with empty parts", "")),
        (torture!("clerr"), Answered("400 Bad Request: a Content-Length that is more than there is", "")),
        (torture!("ncl"), Answered("400 Bad Request: no Content-Length that can be read", "")),
        (
            torture!("scalar02"),
            Answered("400 Bad Request: no CSeq that can be read", "CSeq: 36893488147419103232 REGISTER"),
        ),
        (torture!("scalarlg"), Dropped),
        (torture!("quotbal"), Answered("400 Bad Request: no To that can be read", "")),
        (torture!("ltgtruri"), Answered("400 Bad Request: no request line that can be read", "")),
        (torture!("lwsruri"), Answered("400 Bad Request: no request line that can be read", "")),
        (torture!("lwsstart"), Answered("400 Bad Request: no request line that can be read", "")),
        (torture!("trws"), Answered("400 Bad Request: no request line that can be read", "")),
        (torture!("escruri"), Passed("INVITE")),
        (torture!("baddate"), Passed("INVITE")),
        (torture!("regbadct"), Passed("REGISTER")),
        (torture!("badaspec"), Passed("OPTIONS")),
        (torture!("baddn"), Passed("OPTIONS")),
        (
            torture!("badvers"),
            Answered("505 Version Not Supported: another version of SIP", "Via: SIP/7.0/UDP c.example.com;"),
        ),
        (torture!("mismatch01"), Answered("400 Bad Request: a CSeq for another method", "CSeq: 8 INVITE")),
        (torture!("mismatch02"), Answered("501 Not Implemented: a CSeq for another method", "")),
        (torture!("bigcode"), Dropped),
        // 3.2 transactions
        (torture!("badbranch"), Passed("OPTIONS")),
        // 3.3 applications
        (torture!("insuf"), Answered("400 Bad Request: no From that can be read", "CSeq: 193942 INVITE")),
        (torture!("unkscm"), Answered("416 Unsupported URI Scheme", "")),
        (torture!("novelsc"), Answered("416 Unsupported URI Scheme", "")),
        (torture!("unksm2"), Answered("400 Bad Request", "")),
        (
            torture!("bext01"),
            Answered("420 Bad Extension", "Unsupported: nothingSupportsThis, nothingSupportsThisEither\r\n"),
        ),
        (torture!("invut"), Answered("415 Unsupported Media Type", "Accept: application/sdp")),
        (torture!("regaut01"), Passed("REGISTER")),
        (torture!("multi01"), Answered("400 Bad Request: a header field twice that may be there once", "")),
        (torture!("mcl01"), Answered("400 Bad Request: Content-Lengths that differ", "")),
        (torture!("bcast"), Dropped),
        (torture!("zeromf"), Passed("OPTIONS")),
        (torture!("cparam01"), Passed("REGISTER")),
        (torture!("cparam02"), Passed("REGISTER")),
        (torture!("regescrt"), Passed("REGISTER")),
        (torture!("sdp01"), Answered("406 Not Acceptable", "")),
        (torture!("inv2543"), Passed("INVITE")),
    ];
    assert_eq!(fates.len(), 49, "all of them");
    for ((name, packet), fate) in fates {
        assert_fate(name, packet, &fate);
    }
}

#[test]
fn rfc5118_each_message_meets_its_fate() {
    let via = "[2001:db8::9:1];branch=z9hG4bKas3-111";
    let mapped = "[::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19, SIP/2.0/UDP [::ffff:192.0.2.2];branch=z9hG4bKas3-111";
    let fates = [
        ("4.1", ipv6("REGISTER sip:[2001:db8::10]", via), Passed("REGISTER")),
        (
            "4.2",
            ipv6("REGISTER sip:2001:db8::10", via),
            Answered("400 Bad Request: no request line that can be read", ""),
        ),
        ("4.3", ipv6("REGISTER sip:[2001:db8::10:5070]", via), Passed("REGISTER")),
        ("4.4", ipv6("REGISTER sip:[2001:db8::10]:5070", via), Passed("REGISTER")),
        (
            "4.5 with delimiters",
            ipv6("BYE sip:[2001:db8::10]", "[2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111"),
            Answered("481 Call/Transaction Does Not Exist", ""),
        ),
        (
            "4.5 without",
            ipv6("OPTIONS sip:[2001:db8::10]", "[2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3"),
            Passed("OPTIONS"),
        ),
        ("4.6 and 4.8", ipv6("INVITE sip:user@[2001:db8::10]", via), Passed("INVITE")),
        (
            "4.7",
            ipv6(
                "BYE sip:user@host.example.net",
                "[2001:db8::9:1]:6050;branch=z9hG4bKas3-111\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144\r\nVia: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200",
            ),
            Answered(
                "481 Call/Transaction Does Not Exist",
                "Via: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200",
            ),
        ),
        ("4.9", ipv6("INVITE sip:user@example.com", mapped), Passed("INVITE")),
        ("4.10 three colons", ipv6("OPTIONS sip:user@[2001:db8:::192.0.2.1]", via), Passed("OPTIONS")),
        ("4.10 two", ipv6("OPTIONS sip:user@[2001:db8::192.0.2.1]", via), Passed("OPTIONS")),
        (
            "three colons elsewhere",
            ipv6("OPTIONS sip:user@[2001:db8:::1]", via),
            Answered("400 Bad Request: no request line that can be read", ""),
        ),
    ];
    for (name, packet, fate) in fates {
        assert_fate(name, packet, &fate);
    }
}

#[test]
fn responses_count_whatever_their_phrase_and_only_if_they_are_whole() {
    let start_line =
        |packet: &[u8]| String::from_utf8_lossy(packet.split(|&b| b == b'\r').next().unwrap()).into_owned();
    let cases = [
        (start_line(&torture!("unreason").1), "", Some("Answered")),
        (start_line(&torture!("noreason").1), "", None),
        (start_line(&torture!("bigcode").1), "", None),
        ("SIP/2.0 200 OK".to_owned(), "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23\r\n", None),
        ("SIP/2.0 200 OK".to_owned(), "", Some("Answered")),
    ];
    for (start, below, expected) in cases {
        let mut endpoint = endpoint();
        let mut out = Vec::new();
        endpoint.invite(first_instant(), outgoing(), &mut out);
        let Some(Effect::Transmit { packet, .. }) = out.pop() else { panic!("no INVITE") };
        let Ok(Message::Request(invite)) = Message::parse(packet) else { panic!("no INVITE") };
        let line = |name: &str| invite.fields().find(|(found, _)| *found == name).unwrap().1.to_owned();
        let response = format!(
            "{start}\r\nVia: {}\r\n{below}From: {}\r\nTo: {};tag=2229\r\nCall-ID: {}\r\nCSeq: {}\r\n\
             Contact: <sip:user@192.0.2.9>\r\nContent-Length: 0\r\n\r\n",
            line("Via"),
            line("From"),
            line("To"),
            line("Call-ID"),
            line("CSeq"),
        );
        endpoint.receive(first_instant(), &source(Transport::Udp), response.clone().into(), &mut out);
        let answered = out.iter().any(|effect| matches!(effect, Effect::Event(Event::Answered { .. })));
        assert_eq!(answered.then_some("Answered"), expected, "{response}");
        assert_eq!(out.len(), usize::from(answered), "{response}");
    }
}

#[test]
fn rfc4475_over_a_stream_a_wrong_length_ends_it() {
    let next = |(_, packet): (_, Bytes)| {
        let mut framer = Framer::new();
        framer.push(&packet);
        (framer.next_frame(), framer.next_frame())
    };
    assert_eq!(next(torture!("clerr")), (None, None), "the rest may come yet");
    for message in [torture!("ncl"), torture!("mcl01")] {
        let (Some(Frame::Broken(rest)), None) = next(message) else { panic!("the stream goes on") };
        assert_eq!(receive(&mut endpoint(), Transport::Tcp, rest).len(), 1, "it is said why");
    }
    let (Some(Frame::Message(register)), Some(Frame::Message(invite))) = next(torture!("dblreq")) else {
        panic!("two messages")
    };
    assert!(register.starts_with(b"REGISTER ") && invite.starts_with(b"INVITE "));
}

#[test]
fn what_is_too_large_is_answered_so() {
    let options = |lines: &str| {
        format!(
            "OPTIONS sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.9;branch=z9hG4bKlarge\r\nFrom: <sip:b@b.test>;tag=1\r\n\
             To: <sip:a@a.test>\r\nCall-ID: large\r\nCSeq: 1 OPTIONS\r\n{lines}\r\n"
        )
    };
    for (lines, words) in [
        ("X: 1\r\n".repeat(300), "more header fields than are allowed"),
        (format!("X: {}\r\n", "1".repeat(9_000)), "a longer header field than is allowed"),
        ("Content-Length: 70000\r\n".to_owned(), "a Content-Length that is more than is allowed"),
        (format!("X: {}\r\n", "1".repeat(70_000)), "more bytes than are allowed"),
    ] {
        let mut framer = Framer::new();
        framer.push(options(&lines).as_bytes());
        let Some(Frame::Message(bytes) | Frame::Broken(bytes)) = framer.next_frame() else { panic!("{words}") };
        let [answer] = &receive(&mut endpoint(), Transport::Tcp, bytes)[..] else { panic!("not one answer: {words}") };
        assert!(answer.starts_with(&format!("SIP/2.0 513 Message Too Large: {words}\r\n")), "{answer}");
    }
}

#[test]
fn rfc4475_3_2_1_requests_whose_branch_names_nothing_are_told_apart() {
    let (_, packet) = torture!("badbranch");
    let other = Bytes::from(String::from_utf8_lossy(&packet).replace("badbranch.", "other."));
    let mut endpoint = endpoint();
    let now = first_instant();
    let mut servers = Vec::new();
    for packet in [&packet, &other] {
        let request = requested(&mut endpoint, packet.clone());
        servers.push(endpoint.open(now, request, &source(Transport::Udp)));
    }
    let mut out = Vec::new();
    for (server, call_id) in servers.into_iter().zip(["badbranch.", "other."]) {
        endpoint.respond(now, server, Status(200), &[], None, &mut out);
        let [Effect::Transmit { packet, .. }] = &out[..] else { panic!("not one answer: {out:?}") };
        assert!(String::from_utf8_lossy(packet).contains(&format!("Call-ID: {call_id}")));
        out.clear();
    }
    for packet in [packet, other] {
        assert_eq!(receive(&mut endpoint, Transport::Udp, packet).len(), 1, "a copy is answered from memory");
    }
}

#[test]
fn rfc4475_3_4_1_a_call_of_an_old_peer_is_answered() {
    let (_, invite) = torture!("inv2543");
    let now = first_instant();
    let mut endpoint = endpoint();
    let request = requested(&mut endpoint, invite.clone());
    let mut out = Vec::new();
    let usage = endpoint.open_invite(now, request, &source(Transport::Udp), &mut out);
    let body = Body { content_type: "application/sdp".into(), bytes: "v=0\r\n".into() };
    endpoint.accept(now, usage, &[], Some(body), &mut out);
    let [Effect::Transmit { packet: trying, .. }, Effect::Transmit { target, packet: answer }] = &out[..] else {
        panic!("{out:?}")
    };
    let answer = String::from_utf8_lossy(answer).into_owned();
    assert!(trying.starts_with(b"SIP/2.0 100 ") && answer.starts_with("SIP/2.0 200 OK\r\n"), "{answer}");
    assert!(answer.contains("Via: SIP/2.0/UDP iftgw.example.com;received=192.0.2.99\r\n"), "{answer}");
    assert!(answer.contains("Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>\r\n"), "{answer}");
    assert_eq!(target.remote, SocketAddr::from(([192, 0, 2, 99], 5060)));
    // Its ACK has no branch either, and the tag of our answer.
    let tag = answer.split("To: ").nth(1).unwrap().lines().next().unwrap();
    let ack = String::from_utf8_lossy(&invite)
        .replace("INVITE", "ACK")
        .replace("sip:+16505552222@ss1.example.net;user=phone", tag.trim_start_matches("To: "));
    out.clear();
    endpoint.receive(now, &source(Transport::Udp), ack.into(), &mut out);
    assert!(matches!(&out[..], [Effect::Event(Event::Acknowledged { .. })]), "{out:?}");
}

#[test]
fn rfc4475_the_registrar_binds_what_is_legal_and_says_400_to_the_rest() {
    let bind = |(_, packet): (_, Bytes)| {
        let mut registrar = Registrar::new(Settings { secs_min: 60, secs_max: 3600, secs_default: 300 });
        let request = requested(&mut endpoint(), packet);
        registrar.register(first_instant(), 7, &request, &source(Transport::Udp))?;
        Ok(registrar.bindings(7).iter().map(|binding| binding.uri.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(bind(torture!("escnull")).unwrap(), ["sip:%00@host5.example.com", "sip:%00%00@host5.example.com"]);
    assert_eq!(bind(torture!("cparam01")).unwrap(), ["sip:+19725552222@gw1.example.net"]);
    assert_eq!(bind(torture!("cparam02")).unwrap(), ["sip:+19725552222@gw1.example.net;unknownparam"]);
    assert_eq!(bind(torture!("regescrt")).unwrap(), ["sip:user@example.com?Route=%3Csip:sip.example.com%3E"]);
    assert_eq!(bind(torture!("regbadct")), Err(Refusal::Malformed));
    assert_eq!(Refusal::Malformed.status(), Status(400));
}

// ---- helpers

#[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
fn first_instant() -> Instant {
    Instant::now()
}

fn endpoint() -> Endpoint {
    let config = Config {
        product: "Trunkline".to_owned(),
        sent_by: "192.0.2.1".to_owned(),
        tls_name: None,
        t1: Duration::from_millis(500),
        t2: Duration::from_secs(4),
        t4: Duration::from_secs(5),
    };
    Endpoint::new(config, [7; 32])
}

fn source(transport: Transport) -> Source {
    Source {
        transport,
        remote: ([192, 0, 2, 99], 5060).into(),
        local: ([192, 0, 2, 1], 5060).into(),
        connection: None,
        verified_names: None,
    }
}

fn outgoing() -> OutgoingInvite {
    let source = source(Transport::Udp);
    OutgoingInvite {
        uri: "sip:user@example.edu".to_owned(),
        from: "<sip:user@example.com>".to_owned(),
        to: "<sip:user@example.edu>".to_owned(),
        contact_user: "user".to_owned(),
        targets: vec![Target { connection: None, ..source.reply_target() }],
        body: None,
        headers: Vec::new(),
        credentials: None,
        max_forwards: 70,
        session_secs: None,
        offers_reliable: true,
    }
}

/// A request of RFC 5118, without the body that this crate does not read.
fn ipv6(start: &str, via: &str) -> Bytes {
    let method = start.split(' ').next().unwrap();
    let tag = if method == "BYE" { ";tag=9817--94" } else { "" };
    format!(
        "{start} SIP/2.0\r\nTo: sip:user@example.com{tag}\r\nFrom: sip:user@example.com;tag=81x2\r\nVia: SIP/2.0/UDP {via}\r\n\
         Call-ID: SSG9559905523997077@hlau_4100\r\nMax-Forwards: 70\r\nContact: \"Caller\" <sip:caller@[2001:db8::1]>\r\n\
         CSeq: 98176 {method}\r\nContent-Length: 0\r\n\r\n"
    )
    .into()
}

/// The answers to a packet; the application hears nothing.
fn receive(endpoint: &mut Endpoint, transport: Transport, packet: Bytes) -> Vec<String> {
    let mut out = Vec::new();
    endpoint.receive(first_instant(), &source(transport), packet, &mut out);
    let answer = |effect| match effect {
        Effect::Transmit { packet, .. } => String::from_utf8_lossy(&packet).into_owned(),
        other @ (Effect::Event(_) | Effect::Resolve { .. }) => panic!("not an answer: {other:?}"),
    };
    out.into_iter().map(answer).collect()
}

/// The request that a packet is for the application.
fn requested(endpoint: &mut Endpoint, packet: Bytes) -> Request {
    let mut out = Vec::new();
    endpoint.receive(first_instant(), &source(Transport::Udp), packet, &mut out);
    match (out.pop(), out.is_empty()) {
        (Some(Effect::Event(Event::Requested { request, .. })), true) => request,
        other => panic!("not one request: {other:?}"),
    }
}

/// Sends a message twice: the same comes of both, and nothing is kept.
fn assert_fate(name: &str, packet: Bytes, fate: &Fate) {
    let mut endpoint = endpoint();
    for copy in ["first", "second"] {
        let case = format!("{name}, {copy}");
        match fate {
            Answered(status, line) => {
                let answers = receive(&mut endpoint, Transport::Udp, packet.clone());
                let [answer] = &answers[..] else { panic!("{case}: not one answer: {answers:?}") };
                assert!(answer.starts_with(&format!("SIP/2.0 {status}\r\n")), "{case}: {answer}");
                assert!(answer.contains(&format!("\r\n{line}")), "{case}: {answer}");
                assert!(answer.ends_with("\r\nContent-Length: 0\r\n\r\n"), "{case}: {answer}");
            }
            Passed(method) => {
                assert_eq!(requested(&mut endpoint, packet.clone()).method().as_str(), *method, "{case}");
            }
            Dropped => assert_eq!(receive(&mut endpoint, Transport::Udp, packet.clone()), [""; 0], "{case}"),
        }
        assert_eq!(endpoint.census(), Census::default(), "{case}: nothing is kept");
    }
}
