//! Requests that nobody can do, that come back, come twice, or come out of order, as they are answered on the wire.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sim::demo::Wishes;
use sim::network::Faults;
use sim::world::Shows;
use sim::{World, check, demo};
use sip::Transport;
use sip::endpoint::ExtraHeader;
use sip::header::via::Rport;

/// An INVITE of the carrier to bob, with this branch, To tag and further lines.
fn invite(branch: &str, lines: &str) -> String {
    format!(
        "INVITE sip:+14255550102@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK{branch};rport\n\
         From: <sip:+15550100@10.0.0.9>;tag=raw\nTo: <sip:+14255550102@10.0.0.1>\nCall-ID: raw\nCSeq: 1 INVITE\n\
         Contact: <sip:trunk@10.0.0.9:5060>\n{lines}Content-Length: 0\n\n"
    )
}

/// The same as a call of its own.
fn call(id: &str, invite: &str) -> String {
    invite.replace("Call-ID: raw", &format!("Call-ID: {id}"))
}

/// RFC 3261 §8.2, §16.3; RFC 4028 §9
#[test]
fn what_nobody_here_can_do_is_said_at_once() {
    let mut world = World::demo();
    let before = world.statistics();
    for (branch, lines) in [
        ("1", "Max-Forwards: 0\n"),
        ("2", "Max-Forwards: 70\nRequire: 100rel, magic\n"),
        ("4", "Accept: text/plain\n"),
        ("5", "Supported: timer\nSession-Expires: 30\n"),
    ] {
        world.send_as("trunk", &call(branch, &invite(branch, lines)));
    }
    for (branch, from, to) in [
        ("6", "INVITE", "DANCE"),
        ("7", "INVITE sip:", "INVITE fax:"),
        ("8", "SIP/2.0\n", "SIP/3.0\n"),
        ("9", "Content-Length: 0", "Max-Forwards: many"),
    ] {
        world.send_as("trunk", &call(branch, &invite(branch, "").replace(from, to)));
    }
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550102
        0.000   us    -> trunk  483 INVITE
        0.000   trunk -> us     INVITE +14255550102
        0.000   us    -> trunk  420 INVITE
        0.000   trunk -> us     INVITE +14255550102
        0.000   us    -> trunk  406 INVITE
        0.000   trunk -> us     INVITE +14255550102
        0.000   us    -> trunk  422 INVITE
        0.000   trunk -> us     DANCE
        0.000   us    -> trunk  501 DANCE
        0.000   trunk -> us     INVITE
        0.000   us    -> trunk  416 INVITE
        0.000   trunk -> us     garbage
        0.000   us    -> trunk  505 INVITE
        0.000   trunk -> us     garbage
        0.000   us    -> trunk  400 INVITE
        ",
    );
    assert!(world.begun.is_empty() && world.records.is_empty());
    assert_eq!(world.statistics().n_transactions, before.n_transactions, "nothing is kept of them");
}

/// RFC 3261 §16.3: a carrier sends us what we sent.
#[test]
fn a_call_that_comes_back_to_us_is_a_loop() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.peer("trunk").manners.rings = false;
    world.dial("bob", "+12125551234");
    world.ladder.clear();
    let (_, sent) = world.peer("trunk").invited.clone().unwrap_or_else(|| panic!("the carrier was called"));
    let sent = String::from_utf8_lossy(&sent).replace("\r\n", "\n");
    let proxy = "\nVia: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bKproxy;rport\nVia:";
    world.send_as("trunk", &sent.replacen("\nVia:", proxy, 1));
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +12125551234 sdp
        0.000   us    -> trunk  482 INVITE
        ",
    );
    world.hang_up("bob");
    world.run_until_quiet();
    check::idle(&mut world);
}

/// RFC 3261 §8.2.2.2: the same INVITE by two ways.
#[test]
fn the_same_call_by_another_way_is_merged() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    world.send_as("trunk", &invite("one", ""));
    world.send_as("trunk", &invite("one", ""));
    world.send_as("trunk", &invite("two", ""));
    world.send_as("trunk", &invite("one", "").replace("INVITE", "CANCEL"));
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550102
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> bob    INVITE 102 sdp
        0.000   bob   -> us     100 INVITE
        0.000   bob   -> us     180 INVITE
        0.000   us    -> trunk  180 INVITE
        0.000   trunk -> us     INVITE +14255550102
        0.000   us    -> trunk  482 INVITE
        0.000   trunk -> us     CANCEL
        0.000   us    -> trunk  200 CANCEL
        0.000   us    -> trunk  487 INVITE
        0.000   us    -> bob    CANCEL
        0.000   record abandoned +15550100 -> +14255550102 ended by caller
        0.000   bob   -> us     200 CANCEL
        0.000   bob   -> us     487 INVITE
        0.000   us    -> bob    ACK
        ",
    );
    check::idle(&mut world);
    assert_eq!(world.records.len(), 1, "it was one call");
}

/// RFC 3261 §12.2.2
#[test]
fn what_comes_out_of_order_in_a_call_changes_nothing() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("trunk", "+14255550102");
    world.answer("bob");
    world.run_secs(1);
    world.ladder.clear();
    let dialog = world.peer("trunk").dialog(0).cloned().unwrap_or_else(|| panic!("the carrier is in a call"));
    let mut n_sent = 0;
    let mut send = |world: &mut World, method: &str, cseq: u32, from_tag: &str| {
        n_sent += 1;
        let text = format!(
            "{method} sip:10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bKraw{n_sent};rport\n\
             From: <sip:+15550100@10.0.0.9>;tag={from_tag}\nTo: <sip:+14255550102@10.0.0.1>;tag={}\nCall-ID: {}\n\
             CSeq: {cseq} {method}\nMax-Forwards: 70\nContent-Length: 0\n\n",
            dialog.to_tag, dialog.call_id
        );
        world.send_as("trunk", &text);
    };
    send(&mut world, "INFO", 9, &dialog.from_tag);
    send(&mut world, "BYE", 5, &dialog.from_tag);
    send(&mut world, "BYE", 10, "another");
    send(&mut world, "PRACK", 11, &dialog.from_tag);
    send(&mut world, "DANCE", 12, &dialog.from_tag);
    world.run_secs(5);
    world.hang_up("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   trunk -> us     INFO
        1.000   us    -> trunk  200 INFO
        1.000   trunk -> us     BYE
        1.000   us    -> trunk  500 BYE
        1.000   trunk -> us     BYE
        1.000   us    -> trunk  481 BYE
        1.000   trunk -> us     PRACK
        1.000   us    -> trunk  481 PRACK
        1.000   trunk -> us     DANCE
        1.000   us    -> trunk  501 DANCE
        6.000   bob   -> us     BYE
        6.000   us    -> bob    200 BYE
        6.000   us    -> trunk  BYE
        6.000   record answered +15550100 -> +14255550102 by 102 talked 6s ended by callee
        6.000   trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

/// What a carrier and a phone send with errors in it: no ERROR line, no panic, and nothing is left.
#[test]
fn what_is_garbled_breaks_nothing() {
    let mut world = World::new(&Wishes::default(), 1, Faults::default(), Shows::Nothing);
    world.register(&["bob"]);
    world.dial("trunk", "+14255550102");
    world.answer("bob");
    world.run_secs(1);
    let dialog = world.peer("trunk").dialog(0).cloned().unwrap_or_else(|| panic!("the carrier is in a call"));
    let in_dialog = |method: &str, lines: &str, body: &str| {
        format!(
            "{method} sip:10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bKg;rport\n\
             From: <sip:+15550100@10.0.0.9>;tag={}\nTo: <sip:+14255550102@10.0.0.1>;tag={}\nCall-ID: {}\nCSeq: 9 {method}\n\
             Contact: <sip:trunk@10.0.0.9:5060>\nMax-Forwards: 70\n{lines}Content-Length: {}\n\n{body}",
            dialog.from_tag,
            dialog.to_tag,
            dialog.call_id,
            body.len()
        )
    };
    let offer = "v=0\no=- 1 1 IN IP4 10.0.0.9\ns=-\nc=IN IP4 10.0.0.9\nt=0 0\nm=audio 40000 RTP/AVP 0 101\n\
                 a=rtpmap:101 telephone-event/8000\n";
    let described = "Content-Type: application/sdp\n";
    let seeds = [
        invite("g", ""),
        in_dialog("INVITE", described, offer),
        in_dialog("UPDATE", described, offer),
        in_dialog("INFO", "Content-Type: application/dtmf-relay\n", "Signal=5\nDuration=160\n"),
        in_dialog("REFER", "Refer-To: <sip:103@demo.test?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2>\n", ""),
        in_dialog("PRACK", "RAck: 1 1 INVITE\n", ""),
        in_dialog(
            "NOTIFY",
            "Event: refer\nSubscription-State: active\nContent-Type: message/sipfrag\n",
            "SIP/2.0 200 OK\n",
        ),
        in_dialog("ACK", described, offer),
        invite("g", "").replace("INVITE", "CANCEL"),
        "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1\nFrom: <sip:a@b>;tag=1\nTo: <sip:a@b>;tag=2\n\
         Call-ID: x\nCSeq: 1 INVITE\n\n"
            .to_owned(),
    ];
    let mut random = ChaCha8Rng::seed_from_u64(7);
    for round in 0..4_000_u32 {
        let seed = &seeds[random.random_range(0..seeds.len())];
        let mut packet = seed.replace('\n', "\r\n").replace("z9hG4bKg", &format!("z9hG4bKg{round}")).into_bytes();
        for _ in 0..random.random_range(1..4) {
            let at = random.random_range(0..packet.len());
            match random.random_range(0..4) {
                0 => packet[at] = random.random(),
                1 => packet.truncate(at.max(1)),
                2 => drop(packet.drain(at..(at + 5).min(packet.len()))),
                _ => packet.insert(at, b"\r\n ;,<>=:\"@%0"[random.random_range(0..13)]),
            }
            if packet.is_empty() {
                break;
            }
        }
        let from = world.peer(if round % 2 == 0 { "trunk" } else { "bob" }).address;
        world.send_raw(from, packet);
        if round % 50 == 0 {
            world.run_secs(1);
            check::always(&world);
        }
    }
    world.silence_all();
    world.run_secs(2_400);
    check::idle(&mut world);
}

#[test]
fn a_phone_over_tcp_is_called_over_it() {
    let mut world = World::demo();
    world.peer("bob").transport = Transport::Tcp;
    world.register(&["bob"]);
    world.dial("trunk", "+14255550102");
    assert_eq!(world.peer("bob").invited.as_ref().map(|(transport, _)| *transport), Some(Transport::Tcp));
    world.answer("bob");
    world.run_secs(2);
    world.hang_up("bob");
    world.run_until_quiet();
    check::idle(&mut world);
}

/// RFC 3581: the answer goes to where the request came from, and says so.
#[test]
fn who_is_behind_a_nat_is_answered_there() {
    let mut world = World::demo();
    world.add_peer("nat", ([203, 0, 113, 8], 61_000).into(), None);
    let register = |via: &str| {
        format!(
            "REGISTER sip:{0} SIP/2.0\nVia: SIP/2.0/UDP 192.168.1.5:5060;branch=z9hG4bKn;{via}\nFrom: <sip:102@{0}>;tag=1\n\
             To: <sip:102@{0}>\nCall-ID: n\nCSeq: 1 REGISTER\nMax-Forwards: 70\nContent-Length: 0\n\n",
            demo::DOMAIN
        )
    };
    world.send_as("nat", &register("rport"));
    world.ladder.expect(
        "
        0.000   nat   -> us     REGISTER
        0.000   us    -> nat    401 REGISTER
        ",
    );
    let answer = world.peer("nat").response.clone().unwrap_or_else(|| panic!("it is answered"));
    assert_eq!((answer.via().received(), answer.via().rport()), (Some("203.0.113.8"), Rport::Told(61_000)));
}

/// RFC 3261 §18.1.1: a long Contact makes our INVITE too large for a datagram; where nobody takes a stream it goes in one
/// all the same.
#[test]
fn what_is_too_large_for_a_datagram_goes_by_tcp() {
    for takes_streams in [true, false] {
        let mut world = World::demo();
        world.peer("bob").manners.takes_streams = takes_streams;
        let contact = format!("<sip:102@10.0.1.2:5060;key={}>", "k".repeat(900));
        let contact = ExtraHeader { name: "Contact".to_owned(), value: contact };
        world.act("bob", |bob, now| bob.register_as(now, vec![contact]));
        world.ladder.clear();
        world.dial("trunk", "+14255550102");
        let (transport, invite) = world.peer("bob").invited.clone().unwrap_or_else(|| panic!("bob is called"));
        assert!(invite.len() > sip::limits::UDP_REQUEST_BYTES_MAX, "{}", invite.len());
        assert_eq!(transport, if takes_streams { Transport::Tcp } else { Transport::Udp });
        world.answer("bob");
        world.run_secs(2);
        world.hang_up("bob");
        world.run_until_quiet();
        world.ladder.expect(
            "
            0.000   trunk -> us     INVITE +14255550102 sdp
            0.000   us    -> trunk  100 INVITE
            0.000   us    -> bob    INVITE 102 sdp
            0.000   bob   -> us     100 INVITE
            0.000   bob   -> us     180 INVITE
            0.000   us    -> trunk  180 INVITE
            0.000   bob   -> us     200 INVITE sdp
            0.000   bridge trunk bob
            0.000   us    -> bob    ACK
            0.000   us    -> trunk  200 INVITE sdp
            0.000   trunk -> us     ACK
            2.000   bob   -> us     BYE
            2.000   us    -> bob    200 BYE
            2.000   us    -> trunk  BYE
            2.000   record answered +15550100 -> +14255550102 by 102 talked 2s ended by callee
            2.000   trunk -> us     200 BYE
            ",
        );
        check::idle(&mut world);
    }
}
