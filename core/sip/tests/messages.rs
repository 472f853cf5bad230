//! Whole messages: what is read of them, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use bytes::Bytes;
use sip::endpoint::Status;
use sip::message::ParseError;
use sip::message::name::HeaderName;
use sip::transport::Transport;
use sip::{Message, Method, Request, Response};

const INVITE: &str = "INVITE sip:bob@biloxi.test;transport=tcp SIP/2.0\r\n\
    Via: SIP/2.0/UDP pc33.atlanta.test:5062;branch=z9hG4bK776asdhds;rport, SIP/2.0/TCP a.test;branch=z9hG4bK1\r\n\
    v: SIP/2.0/TLS b.test\r\n\
    Max-Forwards: 70\r\n\
    To: Bob <sip:bob@biloxi.test>\r\n\
    f: \"Alice, A.\" <sip:alice@atlanta.test>;tag=1928301774\r\n\
    i: a84b4c76e66710@pc33.atlanta.test\r\n\
    CSeq: 314159 INVITE\r\n\
    m: <sip:alice@pc33.atlanta.test>;q=0.5, sip:a@b.test;q=0.1\r\n\
    Supported  : 100rel,\r\n\ttimer ,\r\n  replaces\r\n\
    Require: sec-agree\r\n\
    X-Custom: one, two\r\n\
    c: application/sdp\r\n\
    l: 4\r\n\
    \r\n\
    v=0\nrest";

fn request(text: &[u8]) -> Request {
    match Message::parse(Bytes::copy_from_slice(text)).unwrap() {
        Message::Request(request) => request,
        Message::Response(response) => panic!("a response: {response:?}"),
    }
}

fn response(text: &str) -> Response {
    match Message::parse(Bytes::copy_from_slice(text.as_bytes())).unwrap() {
        Message::Response(response) => response,
        Message::Request(request) => panic!("a request: {request:?}"),
    }
}

fn refused(text: &[u8]) -> ParseError {
    Message::parse(Bytes::copy_from_slice(text)).unwrap_err()
}

fn changed(from: &str, to: &str) -> Vec<u8> {
    assert!(INVITE.contains(from), "{from}");
    INVITE.replacen(from, to, 1).into_bytes()
}

#[test]
fn an_invite_is_read() {
    let invite = request(INVITE.as_bytes());
    assert_eq!(*invite.method(), Method::Invite);
    assert_eq!(invite.uri(), "sip:bob@biloxi.test;transport=tcp");
    assert_eq!(invite.parsed_uri().transport(), Some(Transport::Tcp));
    let via = invite.via();
    assert_eq!((via.host(), via.port(), via.branch()), ("pc33.atlanta.test", Some(5062), Some("z9hG4bK776asdhds")));
    assert!(via.wants_rport());
    let transports: Vec<_> = invite.vias().map(|via| via.transport()).collect();
    assert_eq!(transports, [Some(Transport::Udp), Some(Transport::Tcp), Some(Transport::Tls)]);
    assert_eq!((&*invite.from().display(), invite.from().tag()), ("Alice, A.", Some("1928301774")));
    assert_eq!((invite.to_value(), invite.to().tag()), ("Bob <sip:bob@biloxi.test>", None));
    assert_eq!(invite.call_id(), "a84b4c76e66710@pc33.atlanta.test");
    assert_eq!((invite.cseq().number, invite.cseq_value()), (314_159, "314159 INVITE"));
    assert_eq!(invite.max_forwards(), Some(70));
    assert_eq!(invite.contact_uri(), Some("sip:alice@pc33.atlanta.test"));
    assert_eq!(invite.contacts().nth(1).and_then(|contact| contact.params().find("q")), Some("0.1"));
    assert!(invite.supports("timer") && invite.supports("REPLACES") && !invite.supports("norefersub"));
    assert!(invite.requires("sec-agree"));
    assert_eq!(invite.header_named("x-custom"), Some("one, two"));
    assert_eq!(invite.content_type(), Some("application/sdp"));
    assert_eq!(&**invite.body(), b"v=0\n");
}

#[test]
fn a_response_is_read() {
    let text = "SIP/2.0 183 Session Progress\r\nVia: SIP/2.0/UDP a.test;branch=z9hG4bK1\r\nFrom: <sip:a@a.test>;tag=1\r\n\
        To: <sip:b@b.test>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nRSeq: 9\r\n\r\n";
    let progress = response(text);
    assert_eq!((progress.status(), progress.reason_phrase()), (Status(183), "Session Progress"));
    assert_eq!((progress.to().tag(), progress.header(HeaderName::RSeq)), (Some("2"), Some("9")));
    assert_eq!(response(&text.replace("183 Session Progress", "183 ")).reason_phrase(), "");
}

#[test]
fn line_ends_before_a_message_are_skipped() {
    let mut text = b"\r\n\r\n".to_vec();
    text.extend_from_slice(INVITE.as_bytes());
    assert_eq!(&**request(&text).body(), b"v=0\n");
    assert!(refused(b"\r\n\r\n").answerable.is_none());
    assert!(refused(b"").answerable.is_none());
}

#[test]
fn bytes_that_are_no_text_lose_no_other_header() {
    let mut text = INVITE.replace("\"Alice, A.\"", "\"J?rg\"").into_bytes();
    let at = text.iter().position(|&byte| byte == b'?').unwrap();
    text[at] = 0xf6;
    let invite = request(&text);
    assert_eq!(invite.from().display(), "J\u{f6}rg");
    assert!(invite.supports("timer"));
    assert_eq!(&**invite.body(), b"v=0\n");
}

#[test]
fn what_is_flawed_but_answerable_gets_an_answer() {
    let table: [(&str, &str, u16); 15] = [
        ("l: 4", "l: 9999", 400),
        ("l: 4", "l: 4\r\nContent-Length: 5", 400),
        ("l: 4", "l: -4", 400),
        ("l: 4", "l: 4294967300", 400),
        ("SIP/2.0\r\nVia", "SIP/7.0\r\nVia", 505),
        ("SIP/2.0\r\nVia", "SIP/2.0 \r\nVia", 400),
        ("INVITE sip:", "INVITE  sip:", 400),
        ("sip:bob@biloxi.test;", "<sip:bob@biloxi.test>;", 400),
        ("314159 INVITE", "314159 OPTIONS", 400),
        ("314159 INVITE", "36893488147419103232 INVITE", 400),
        ("Max-Forwards: 70", "Max-Forwards: 300", 400),
        ("Bob <sip:bob@biloxi.test>", "\"Bob <sip:bob@biloxi.test>", 400),
        ("X-Custom: one", "X Custom: one", 400),
        ("X-Custom: one", "X-Custom: o\rne", 400),
        ("CSeq:", "Call-ID: other\r\nCSeq:", 400),
    ];
    for (from, to, status) in table {
        let error = refused(&changed(from, to));
        assert_eq!(error.status, Status(status), "{to}");
        let request = error.answerable.unwrap_or_else(|| panic!("{to} has no answer"));
        assert_eq!(
            (request.call_id(), request.via().host()),
            ("a84b4c76e66710@pc33.atlanta.test", "pc33.atlanta.test")
        );
    }
    let error = refused(&changed("314159 INVITE", "36893488147419103232 INVITE"));
    assert_eq!(error.answerable.unwrap().cseq_value(), "36893488147419103232 INVITE");
}

#[test]
fn what_lacks_a_mandatory_header_is_answered_only_if_its_sender_can_tell_what_for() {
    for (from, to, is_answerable) in
        [("i: a84", "X-i: a84", true), ("CSeq", "X-CSeq", false), ("To:", "X-To:", true), ("f:", "X-f:", true)]
    {
        let error = refused(&changed(from, to));
        assert_eq!((error.status, error.answerable.is_some()), (Status(400), is_answerable), "{to}");
    }
    let ack = INVITE.replace("INVITE", "ACK").replace("l: 4", "l: 9999");
    assert!(refused(ack.as_bytes()).answerable.is_none());
}

#[test]
fn limits_hold() {
    let many = "X: 1\r\n".repeat(257) + "X-Custom";
    assert_eq!(refused(&changed("X-Custom", &many)).status, Status(513));
    assert_eq!(refused(&changed("one", &"1".repeat(9_000))).status, Status(513));
    assert_eq!(refused(&[b'a'; 65_536]).status, Status(513));
    let vias = "Via: SIP/2.0/UDP a.test;branch=z9hG4bK1\r\n".repeat(63) + "Max-Forwards";
    assert_eq!(refused(&changed("Max-Forwards", &vias)).status, Status(400));
}
