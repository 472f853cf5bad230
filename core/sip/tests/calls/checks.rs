//! What the endpoint answers by itself before the application sees a request. RFC 3261 §8.2

use sip::Transport;
use sip::endpoint::Status;

use super::world::{A, B, World, field, header, sdp};

/// A request from A to B, with its request line's method, extra lines and body.
fn raw(method: &str, branch: &str, to_tag: &str, lines: &str, body: &str) -> String {
    format!(
        "{method} sip:bob@192.0.2.2 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch={branch};rport\nFrom: <sip:a@a.test>;tag=1\n\
         To: <sip:bob@b.test>{to_tag}\nCall-ID: c1\nCSeq: 1 {method}\nContact: <sip:a@192.0.2.1>\n{lines}Content-Length: {}\n\n{body}",
        body.len()
    )
}

/// Method, lines, body and To tag; the answer, if any, and a header field of it.
type Case =
    (&'static str, &'static str, &'static str, &'static str, &'static str, Option<(&'static str, &'static str)>);

#[test]
fn requests_outside_a_dialog_get_what_the_table_says() {
    let forwards = "Max-Forwards: 70\n";
    let none = "Max-Forwards: 0\n";
    let cases: &[Case] = &[
        ("INVITE", forwards, "", "", "", None),
        ("OPTIONS", forwards, "", "", "", None),
        ("REGISTER", forwards, "", "", "", None),
        ("MESSAGE", forwards, "", "", "", None),
        ("SUBSCRIBE", forwards, "", "", "", None),
        ("PUBLISH", forwards, "", "", "", None),
        ("NOTIFY", forwards, "", "", "", None),
        ("REFER", "Refer-To: <sip:carol@192.0.2.3>\n", "", "", "", None),
        ("REFER", forwards, "", "", "400", None),
        ("REFER", "Refer-To: <sip:carol@192.0.2.3>\nRefer-To: <sip:dan@192.0.2.4>\n", "", "", "400", None),
        ("BYE", forwards, "", "", "481", None),
        ("INFO", forwards, "", "", "481", None),
        ("PRACK", forwards, "", "", "481", None),
        ("UPDATE", forwards, "", "", "481", None),
        ("CANCEL", forwards, "", "", "481", None),
        ("ACK", forwards, "", "", "", None),
        ("NEWMETHOD", forwards, "", "", "501", Some(("Allow", "INVITE"))),
        ("INVITE", none, "", "", "483", None),
        ("MESSAGE", none, "", "", "483", None),
        ("OPTIONS", none, "", "", "", None),
        ("INVITE", "Max-Forwards: 70\nRequire: 100rel, x, timer, y\n", "", "", "420", Some(("Unsupported", "x, y"))),
        ("INVITE", "Max-Forwards: 70\nRequire: 100rel\n", "", "", "", None),
        ("INVITE", "Content-Type: text/plain\n", "hello", "", "415", Some(("Accept", "application/sdp"))),
        ("INVITE", "Content-Type: text/plain\nContent-Disposition: session;handling=optional\n", "hello", "", "", None),
        (
            "INVITE",
            "Content-Type: application/sdp\nContent-Encoding: gzip\n",
            "x",
            "",
            "415",
            Some(("Accept-Encoding", "identity")),
        ),
        ("INVITE", "Content-Type: application/sdp\n", "v=0", "", "", None),
        ("INVITE", "Supported: timer\nSession-Expires: 60\n", "", "", "422", Some(("Min-SE", "90"))),
        ("INVITE", "Session-Expires: 60\n", "", "", "", None),
        ("INVITE", forwards, "", ";tag=gone", "481", None),
        ("BYE", forwards, "", ";tag=gone", "481", None),
        ("OPTIONS", forwards, "", ";tag=gone", "481", None),
        ("ACK", forwards, "", ";tag=gone", "", None),
    ];
    for (method, lines, body, to_tag, status, expected) in cases {
        let mut world = World::new();
        world.inject(B, &raw(method, "z9hG4bKtable", to_tag, lines, body));
        let case = format!("{method} {lines} {to_tag}");
        let log = world.take_log();
        if status.is_empty() {
            assert_eq!(log, [""; 0], "{case}");
            let requested = if *method == "ACK" { vec![] } else { vec![format!("Requested {method}")] };
            assert_eq!(world.news(B), requested, "{case}");
        } else {
            assert_eq!(log, [format!("B>A {status} {method}")], "{case}");
            assert_eq!(world.news(B), [""; 0], "{case}");
            let answer = world.last(B);
            assert_eq!(field(&answer, "Server"), None, "strangers do not see the product");
            if let Some((name, value)) = expected {
                assert!(field(&answer, name).unwrap().starts_with(value), "{case}");
            }
        }
        assert_eq!(world.sides[B].census(), sip::endpoint::Census::default(), "{case}: nothing is kept");
    }
}

#[test]
fn a_malformed_request_that_can_be_answered_gets_400() {
    let mut world = World::new();
    world.inject(B, &raw("INVITE", "z9hG4bKm", "", "Max-Forwards: many\n", ""));
    assert_eq!(world.take_log(), ["B>A 400 INVITE"]);
    world.inject(B, "garbage\n\n");
    world.inject(B, "");
    assert_eq!(world.take_log(), [""; 0]);
    assert_eq!(world.news(B), [""; 0]);
}

#[test]
fn the_same_request_on_another_path_is_merged() {
    let mut world = World::new();
    world.inject(B, &raw("INVITE", "z9hG4bKone", "", "", ""));
    let request = world.requested(B);
    let source = world.source_of(A);
    let b = world.act(B, |endpoint, now, out| endpoint.open_invite(now, request, &source, out));
    world.inject(B, &raw("INVITE", "z9hG4bKtwo", "", "", ""));
    assert_eq!(world.take_log(), ["B>A 100 INVITE", "B>A 482 INVITE"]);
    world.act(B, |endpoint, now, out| endpoint.refuse(now, b, Status(486), None, &[], out));
    world.inject(B, &raw("ACK", "z9hG4bKone", ";tag=x", "", ""));
    world.run(10_000);
    world.inject(B, &raw("INVITE", "z9hG4bKthree", "", "", ""));
    assert_eq!(world.news(B), ["Requested INVITE"], "the first is over");
}

#[test]
fn a_request_that_comes_back_to_us_is_a_loop_unless_it_goes_elsewhere() {
    for (uri, line) in [("sip:bob@192.0.2.2", "482"), ("sip:carol@192.0.2.2", "")] {
        let mut world = World::new().deaf();
        let invite = world.outgoing(None);
        world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
        let sent = String::from_utf8_lossy(&world.last(A)).replace("\r\n", "\n");
        world.log.clear();
        let looped = sent.replacen("\nVia:", "\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKproxy;rport\nVia:", 1);
        world.inject(A, &looped.replacen("sip:bob@192.0.2.2 ", &format!("{uri} "), 1));
        if line.is_empty() {
            assert_eq!(world.news(A), ["Requested INVITE"]);
        } else {
            assert_eq!(world.take_log(), [format!("A>B {line} INVITE")]);
        }
    }
}

#[test]
fn a_lower_number_in_a_dialog_gets_500_and_a_strange_dialog_481() {
    let mut world = World::new();
    let (a, _) = world.talk();
    world.act(A, |endpoint, now, out| endpoint.info(now, a, sdp("one"), out));
    let info = String::from_utf8_lossy(&world.last(A)).replace("\r\n", "\n");
    world.run(50);
    world.log.clear();
    world.inject(B, &info.replace("z9hG4bK", "z9hG4bKx").replace("CSeq: 2", "CSeq: 1"));
    assert_eq!(world.take_log(), ["B>A 500 INFO"]);
    let call_id = field(&world.last(A), "Call-ID").unwrap();
    world.inject(B, &info.replace("z9hG4bK", "z9hG4bKy").replace(&call_id, "other"));
    assert_eq!(world.take_log(), ["B>A 481 INFO"]);
    world.inject(B, &info.replace("z9hG4bK", "z9hG4bKz").replace("CSeq: 2", "CSeq: 9").replace(";tag=", ";tag=q"));
    assert_eq!(world.take_log(), ["B>A 481 INFO"]);
    world.inject(B, &info.replace("z9hG4bK", "z9hG4bKr").replace("CSeq: 2", "Require: magic\nCSeq: 9"));
    assert_eq!(world.take_log(), ["B>A 420 INFO"]);
    world.inject(B, &info.replace("z9hG4bK", "z9hG4bKs").replace("CSeq: 2", "CSeq: 10").replace("INFO", "FOO"));
    assert_eq!(world.take_log(), ["B>A 501 FOO"]);
    assert_eq!(world.news(B), ["Informed one"]);
}

#[test]
fn stray_responses_are_dropped() {
    let mut world = World::new().deaf();
    let invite = world.outgoing(None);
    world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
    let sent = world.last(A);
    let ok = super::world::answer(&sent, "200 OK", "x", "Contact: <sip:b@192.0.2.2>\n", "");
    world.log.clear();
    world.inject(A, &ok.replace("z9hG4bK", "z9hG4bK0"));
    world.inject(A, &ok.replace("1 INVITE", "1 BYE"));
    assert_eq!((world.take_log(), world.news(A)), (vec![], vec![]));
}

#[test]
fn an_opened_request_is_answered_once_and_its_copies_from_memory() {
    let mut world = World::new();
    let options = raw("OPTIONS", "z9hG4bKopt", "", "", "");
    world.inject(B, &options);
    let request = world.requested(B);
    let source = world.source_of(A);
    let server = world.act(B, |endpoint, now, _| endpoint.open(now, request, &source));
    world.inject(B, &options);
    assert_eq!(world.take_log(), [""; 0], "a copy of an open request is absorbed");
    for _ in 0..2 {
        world.act(B, |endpoint, now, out| endpoint.respond(now, server, Status(200), &[header("X-A", "b")], None, out));
    }
    assert_eq!(world.take_log(), ["B>A 200 OPTIONS"]);
    let answer = world.last(B);
    assert!(field(&answer, "Server").is_some() && field(&answer, "Allow").is_some());
    assert!(field(&answer, "Via").unwrap().ends_with(";received=192.0.2.1;rport=5060"));
    world.run(31_000);
    world.inject(B, &options);
    assert_eq!(world.last(B), answer);
    // One that the application never answers is dropped without a 408. RFC 4320 §4.1
    world.inject(B, &options.replace("z9hG4bKopt", "z9hG4bKlate").replace("c1", "c2"));
    let request = world.requested(B);
    let server = world.act(B, |endpoint, now, _| endpoint.open(now, request, &source));
    world.log.clear();
    world.run(32_000);
    world.act(B, |endpoint, now, out| endpoint.respond(now, server, Status(200), &[], None, out));
    assert_eq!(world.take_log(), [""; 0]);
    world.assert_idle();
}

#[test]
fn a_stateless_answer_is_the_same_for_each_copy() {
    let mut world = World::new();
    let mut answers = Vec::new();
    for _ in 0..2 {
        world.inject(B, &raw("INVITE", "z9hG4bKs", "", "", ""));
        let request = world.requested(B);
        let source = world.source_of(A);
        world.act(B, |endpoint, _, out| {
            endpoint.reply_statelessly(&request, &source, Status(401), &[header("WWW-Authenticate", "Digest x")], out);
        });
        answers.push(world.last(B));
        world.run(500);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(field(&answers[0], "Server"), None);
    world.inject(B, &raw("ACK", "z9hG4bKs", ";tag=x", "", ""));
    assert_eq!((world.take_log().len(), world.news(B)), (2, vec![]));
    world.assert_idle();
}

#[test]
fn without_rport_the_answer_goes_to_the_port_of_the_via() {
    let mut world = World::new();
    let text =
        raw("OPTIONS", "z9hG4bKp", ";tag=gone", "", "").replace(":5060;branch", ":7000;branch").replace(";rport", "");
    let packet = bytes::Bytes::from(text.replace('\n', "\r\n"));
    let source = world.source_of(A);
    world.act(B, |endpoint, now, out| {
        endpoint.receive(now, &source, packet, out);
        assert!(
            matches!(out.as_slice(), [sip::endpoint::Effect::Transmit { target, .. }] if target.remote.port() == 7000)
        );
    });
}

#[test]
fn an_old_peer_without_magic_cookie_is_matched_by_all_else() {
    let mut world = World::new();
    let invite = raw("INVITE", "1", "", "", "").replace(";rport", "");
    world.inject(B, &invite);
    let request = world.requested(B);
    let source = world.source_of(A);
    let b = world.act(B, |endpoint, now, out| endpoint.open_invite(now, request, &source, out));
    world.inject(B, &invite);
    assert_eq!(world.take_log(), ["B>A 100 INVITE"; 2]);
    world.act(B, |endpoint, now, out| endpoint.refuse(now, b, Status(486), None, &[], out));
    let to = field(&world.last(B), "To").unwrap();
    world.inject(B, &raw("ACK", "1", "", "", "").replace(";rport", "").replace("<sip:bob@b.test>", &to));
    world.run(20_000);
    assert_eq!(world.take_log(), ["B>A 486 INVITE"], "the ACK was matched");
}

#[test]
fn a_closed_stream_fails_what_waits_on_it_and_calls_use_a_new_one() {
    let mut world = World::seeded(3, Transport::Tcp);
    let (_, b) = world.talk();
    let connection = sip::Connection(7);
    let target = sip::Target { connection: Some(connection), ..world.target_of(A) };
    let invite = sip::endpoint::OutgoingInvite { targets: vec![target], ..world.outgoing(None) };
    world.act(B, |endpoint, now, out| endpoint.invite(now, invite, out));
    world.act(B, |endpoint, now, out| endpoint.handle_closed(now, connection, out));
    assert_eq!(world.news(B), ["Refused 503"]);
    world.act(B, |endpoint, now, out| endpoint.bye(now, b, None, out));
    world.run(1000);
    assert_eq!(world.news(A), ["Requested INVITE", "Ended Bye { reason: None }"]);
    world.assert_idle();
}
