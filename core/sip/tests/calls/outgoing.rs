//! An INVITE on its way: challenges, failover, size, forks, routes.

use std::net::SocketAddr;

use sip::endpoint::{Body, Credentials, Status};
use sip::{Target, Transport};

use super::world::{A, B, World, answer, credentials, field, header, sdp};

const CHALLENGE: &str = "Digest realm=\"b.test\", nonce=\"abc\", algorithm=SHA-256, qop=\"auth\"";

#[test]
fn a_challenge_is_met_once_with_a_new_branch_and_number() {
    for (status, asks, answers) in [
        ("401 Unauthorized", "WWW-Authenticate", "Authorization"),
        ("407 Proxy Authentication Required", "Proxy-Authenticate", "Proxy-Authorization"),
    ] {
        let mut world = World::new().deaf();
        let mut invite = world.outgoing(Some(sdp("offer")));
        invite.credentials = Some(credentials());
        world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
        let first = world.last(A);
        world.inject(A, &answer(&first, status, "x", &format!("{asks}: {CHALLENGE}\n"), ""));
        assert_eq!(world.take_log(), ["A>B INVITE", "A>B ACK", "A>B INVITE"]);
        let second = world.last(A);
        assert_eq!(field(&second, "CSeq").unwrap(), "2 INVITE");
        assert_ne!(field(&second, "Via"), field(&first, "Via"));
        for same in ["From", "To", "Call-ID", "Contact"] {
            assert_eq!(field(&second, same), field(&first, same));
        }
        assert!(field(&second, answers).unwrap().contains("username=\"alice\", realm=\"b.test\", nonce=\"abc\""));
        assert!(second.ends_with(b"offer"));
        // The same answer again is a refusal, as the password was wrong.
        world.inject(A, &answer(&second, status, "x", &format!("{asks}: {CHALLENGE}\n"), ""));
        assert_eq!(world.news(A), [format!("Refused {}", &status[..3])]);
        world.assert_idle();
    }
}

#[test]
fn a_stale_nonce_is_answered_again_but_not_for_ever() {
    let mut world = World::new().deaf();
    let mut invite = world.outgoing(None);
    invite.credentials = Some(credentials());
    world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
    for n in 0..10 {
        let stale = format!("WWW-Authenticate: {CHALLENGE}{}\n", if n > 0 { ", stale=true" } else { "" });
        let sent = world.last(A);
        if !sent.starts_with(b"INVITE") {
            break;
        }
        world.inject(A, &answer(&sent, "401 Unauthorized", "x", &stale, ""));
    }
    let n_invites = world.take_log().iter().filter(|line| *line == "A>B INVITE").count();
    assert_eq!(n_invites, 4);
    assert_eq!(world.news(A), ["Refused 401"]);
    world.assert_idle();
}

#[test]
fn credentials_are_for_their_realm_only() {
    let mut world = World::new().deaf();
    let mut invite = world.outgoing(None);
    invite.credentials = Some(Credentials { realm: Some("trunk.test".to_owned()), ..credentials() });
    world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
    let sent = world.last(A);
    world.inject(A, &answer(&sent, "401 Unauthorized", "x", &format!("WWW-Authenticate: {CHALLENGE}\n"), ""));
    assert_eq!(world.news(A), ["Refused 401"]);
}

fn elsewhere(last: u8) -> Target {
    Target {
        transport: Transport::Udp,
        remote: SocketAddr::from(([192, 0, 2, last], 5060)),
        connection: None,
        server_name: None,
        local: None,
    }
}

#[test]
fn the_next_target_is_tried_after_503_timeout_and_transport_failure() {
    let mut world = World::new();
    let mut invite = world.outgoing(Some(sdp("offer")));
    let good = world.target_of(B);
    invite.targets = vec![good.clone(), elsewhere(3), elsewhere(4), good];
    world.refused.push((Transport::Udp, elsewhere(4).remote));
    world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
    let first = world.last(A);
    world.run(50);
    let request = world.requested(B);
    let source = world.source_of(A);
    let b = world.act(B, |endpoint, now, out| endpoint.open_invite(now, request, &source, out));
    world.act(B, |endpoint, now, out| endpoint.refuse(now, b, Status(503), None, &[], out));
    world.run(31_000);
    assert_eq!(world.news(A), [""; 0]);
    world.run(1_050);
    // The third was refused at once; the fourth got it, as a request of its own.
    let last = world.last(A);
    assert_ne!(field(&last, "Via"), field(&first, "Via"));
    assert_eq!(field(&last, "CSeq"), field(&first, "CSeq"));
    assert_eq!(field(&last, "Call-ID"), field(&first, "Call-ID"));
    let request = world.requested(B);
    let b = world.act(B, |endpoint, now, out| endpoint.open_invite(now, request, &source, out));
    world.act(B, |endpoint, now, out| endpoint.refuse(now, b, Status(503), None, &[], out));
    world.run(100);
    assert_eq!(world.news(A), ["Refused 503"]);
    world.assert_idle();
}

#[test]
fn other_refusals_and_redirections_are_the_applications() {
    for status in
        ["302 Moved Temporarily", "404 Not Found", "486 Busy Here", "500 Server Internal Error", "603 Decline"]
    {
        let mut world = World::new().deaf();
        let mut invite = world.outgoing(None);
        invite.targets.push(elsewhere(3));
        world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
        let sent = world.last(A);
        world.inject(A, &answer(&sent, status, "x", "Contact: <sip:c@c.test>\n", ""));
        assert_eq!(world.news(A), [format!("Refused {}", &status[..3])]);
        world.assert_idle();
    }
}

#[test]
fn a_large_request_goes_by_tcp_and_back_to_udp_if_refused() {
    let mut world = World::new();
    let mut invite = world.outgoing(Some(Body { bytes: vec![b'x'; 1300].into(), ..sdp("") }));
    invite.headers.push(header("X-Large", "yes"));
    world.refused.push((Transport::Tcp, super::world::address(B)));
    world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
    assert_eq!(world.take_log(), ["A>B INVITE (other transport)", "A>B INVITE"]);
    assert!(field(&world.last(A), "Via").unwrap().starts_with("SIP/2.0/UDP"));
    world.run(50);
    assert_eq!(world.requested(B).header_named("X-Large"), Some("yes"));
}

#[test]
fn a_second_phone_that_answers_gets_ack_and_bye() {
    let mut world = World::new().deaf();
    let invite = world.outgoing(Some(sdp("offer")));
    let a = world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
    let sent = world.last(A);
    for (tag, port) in [("one", 1), ("two", 2)] {
        let contact = format!("Contact: <sip:bob@192.0.2.2:{port}>\n");
        world.inject(A, &answer(&sent, "180 Ringing", tag, &contact, ""));
    }
    world.inject(A, &answer(&sent, "200 OK", "two", "Contact: <sip:bob@192.0.2.2:2>\n", "answer"));
    world.act(A, |endpoint, now, out| endpoint.acknowledge(now, a, None, out));
    assert!(field(&world.last(A), "To").unwrap().ends_with("tag=two"));
    world.log.clear();
    let other = answer(&sent, "200 OK", "one", "Contact: <sip:bob@192.0.2.2:1>\n", "answer");
    world.inject(A, &other);
    assert_eq!(world.take_log(), ["A>B ACK", "A>B BYE"]);
    assert!(world.last(A).starts_with(b"BYE sip:bob@192.0.2.2:1 SIP/2.0"));
    // A copy of either 2xx gets its own ACK again, and nothing else.
    world.inject(A, &other);
    assert_eq!(world.take_log(), ["A>B ACK"]);
    assert!(field(&world.last(A), "To").unwrap().ends_with("tag=one"));
    world.inject(A, &answer(&sent, "200 OK", "two", "Contact: <sip:bob@192.0.2.2:2>\n", "answer"));
    assert_eq!(world.take_log(), ["A>B ACK"]);
    assert_eq!(world.news(A), ["Progressed 180 -", "Progressed 180 -", "Answered answer"]);
    world.act(A, |endpoint, now, out| endpoint.bye(now, a, None, out));
    world.assert_idle();
}

#[test]
fn a_late_phone_gets_ack_and_bye_when_the_call_is_long_over() {
    let mut world = World::new().deaf();
    let invite = world.outgoing(Some(sdp("offer")));
    let a = world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
    let sent = world.last(A);
    world.inject(A, &answer(&sent, "200 OK", "one", "Contact: <sip:bob@192.0.2.2>\n", "answer"));
    world.act(A, |endpoint, now, out| endpoint.acknowledge(now, a, None, out));
    world.act(A, |endpoint, now, out| endpoint.bye(now, a, None, out));
    let bye = world.last(A);
    world.inject(A, &answer(&bye, "200 OK", "", "", ""));
    world.log.clear();
    world.inject(A, &answer(&sent, "200 OK", "late", "Contact: <sip:bob@192.0.2.2>\n", "answer"));
    assert_eq!(world.take_log(), ["A>B ACK", "A>B BYE"]);
    world.assert_idle();
}

#[test]
fn requests_follow_loose_and_strict_routes() {
    let cases = [
        ("<sip:p2.test;lr>,<sip:192.0.2.9;lr>", "sip:bob@192.0.2.2", vec!["<sip:192.0.2.9;lr>", "<sip:p2.test;lr>"]),
        ("<sip:p2.test>,<sip:192.0.2.9>", "sip:192.0.2.9", vec!["<sip:p2.test>", "<sip:bob@192.0.2.2>"]),
    ];
    for (record_route, uri, routes) in cases {
        let mut world = World::new().deaf();
        let invite = world.outgoing(Some(sdp("offer")));
        let a = world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
        let sent = world.last(A);
        let lines = format!("Contact: <sip:bob@192.0.2.2>\nRecord-Route: {record_route}\n");
        world.inject(A, &answer(&sent, "200 OK", "one", &lines, "answer"));
        let ack = world.act(A, |endpoint, now, out| {
            endpoint.acknowledge(now, a, None, out);
            match out.as_slice() {
                [sip::endpoint::Effect::Transmit { target, packet }] => (target.clone(), packet.clone()),
                other => panic!("{other:?}"),
            }
        });
        assert_eq!(ack.0.remote, SocketAddr::from(([192, 0, 2, 9], 5060)));
        assert!(ack.1.starts_with(format!("ACK {uri} SIP/2.0\r\n").as_bytes()));
        let text = String::from_utf8_lossy(&ack.1).into_owned();
        let found: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("Route: ")).collect();
        assert_eq!(found, routes);
    }
}

#[test]
fn header_fields_in_a_contact_stay_out_of_the_request_line() {
    let mut world = World::new().deaf();
    let invite = world.outgoing(Some(sdp("offer")));
    let a = world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
    let contact = "Contact: <sip:bob@192.0.2.2;x=y?Route=%3Csip:evil.test%3E>\n";
    world.inject(A, &answer(&world.last(A), "200 OK", "x", contact, "answer"));
    world.act(A, |endpoint, now, out| endpoint.acknowledge(now, a, None, out));
    assert!(world.last(A).starts_with(b"ACK sip:bob@192.0.2.2;x=y SIP/2.0\r\n"));
    assert_eq!(field(&world.last(A), "Route"), None);
}

#[test]
fn a_header_that_would_break_its_line_is_not_sent() {
    let mut world = World::new().deaf();
    let mut invite = world.outgoing(None);
    invite.headers = vec![header("X-Evil", "a\r\nVia: b"), header("X-Good", "c")];
    world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
    let text = String::from_utf8_lossy(&world.last(A)).into_owned();
    assert!(!text.contains("Evil") && text.contains("X-Good: c\r\n"));
}

#[test]
fn requests_outside_a_dialog_meet_challenges_and_fail_over() {
    let mut world = World::new().deaf();
    let request = sip::endpoint::OutgoingRequest {
        method: sip::Method::Register,
        uri: "sip:b.test".to_owned(),
        from: "<sip:alice@b.test>".to_owned(),
        to: "<sip:alice@b.test>".to_owned(),
        contact_user: Some("alice".to_owned()),
        targets: vec![elsewhere(3), world.target_of(B)],
        headers: vec![],
        body: None,
        credentials: Some(credentials()),
    };
    world.act(A, |endpoint, now, out| endpoint.request(now, request, out));
    world.run(31_999);
    assert_eq!(world.take_log().len(), 11, "at 0, 0.5, 1.5, 3.5, then each 4 seconds");
    world.run(1);
    let sent = world.last(A);
    world.inject(A, &answer(&sent, "401 Unauthorized", "x", &format!("WWW-Authenticate: {CHALLENGE}\n"), ""));
    let sent = world.last(A);
    assert_eq!(field(&sent, "CSeq").unwrap(), "2 REGISTER");
    assert!(field(&sent, "Authorization").is_some());
    world.inject(A, &answer(&sent, "200 OK", "x", "", ""));
    world.inject(A, &answer(&sent, "200 OK", "x", "", ""));
    assert_eq!(world.news(A), ["Responded 200"]);
    world.assert_idle();
}

#[test]
fn via_and_contact_say_the_transport_and_the_way_back() {
    let cases = [
        (Transport::Udp, "sip:bob@b.test", "SIP/2.0/UDP 192.0.2.1:5060;branch=", "<sip:alice@192.0.2.1:5060>"),
        (Transport::Tcp, "sip:bob@b.test", "SIP/2.0/TCP 192.0.2.1:5060;", "<sip:alice@192.0.2.1:5060;transport=tcp>"),
        (Transport::Tls, "sip:bob@b.test", "SIP/2.0/TLS 192.0.2.1:5060;", "<sip:alice@192.0.2.1:5060;transport=tls>"),
        (Transport::Tls, "sips:bob@b.test", "SIP/2.0/TLS 192.0.2.1:5060;", "<sips:alice@192.0.2.1:5060>"),
        (Transport::Ws, "sip:bob@b.test", "SIP/2.0/WS 192.0.2.1:5060;", "<sip:alice@192.0.2.1:5060;transport=ws>"),
        (Transport::Wss, "sip:bob@b.test", "SIP/2.0/WSS 192.0.2.1:5060;", "<sip:alice@192.0.2.1:5060;transport=ws>"),
    ];
    for (transport, uri, via, contact) in cases {
        let mut world = World::seeded(1, transport).deaf();
        let invite = sip::endpoint::OutgoingInvite { uri: uri.to_owned(), ..world.outgoing(None) };
        world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
        let sent = world.last(A);
        let found = field(&sent, "Via").unwrap();
        assert!(found.starts_with(via) && found.ends_with(";rport"), "{found}");
        assert_eq!(field(&sent, "Contact").unwrap(), contact);
    }
    // An address that the shell can't tell is ours by name.
    let mut world = World::new().deaf();
    let mut invite = world.outgoing(None);
    for target in &mut invite.targets {
        target.local = Some(SocketAddr::from(([0, 0, 0, 0], 5060)));
    }
    world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
    assert_eq!(field(&world.last(A), "Contact").unwrap(), "<sip:alice@192.0.2.1:5060>");
}

/// Where requests in a dialog go: to the Contact if it can be reached, and else back the way that the peer is known by.
#[test]
fn requests_go_past_a_nat() {
    let cases = [
        ("sip:bob@192.0.2.77:5070", ([192, 0, 2, 77], 5070)),
        ("sip:bob@10.0.0.5:5070", ([192, 0, 2, 2], 5060)),
        ("sip:bob@phone.local", ([192, 0, 2, 2], 5060)),
        ("sip:bob@127.0.0.1", ([192, 0, 2, 2], 5060)),
    ];
    for (contact, expected) in cases {
        let mut world = World::new().deaf();
        let invite = world.outgoing(Some(sdp("offer")));
        let a = world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
        let sent = world.last(A);
        world.inject(A, &answer(&sent, "200 OK", "one", &format!("Contact: <{contact}>\n"), "answer"));
        world.act(A, |endpoint, now, out| {
            endpoint.acknowledge(now, a, None, out);
            let [sip::endpoint::Effect::Transmit { target, packet }] = out.as_slice() else { panic!("{out:?}") };
            assert_eq!(target.remote, SocketAddr::from(expected), "{contact}");
            assert!(packet.starts_with(format!("ACK {contact} SIP/2.0").as_bytes()));
        });
    }
}
