//! Phones register: how often, for how long, from several places, and with which passwords. RFC 3261 §10, RFC 7616

use std::time::Duration;

use sim::{World, check, demo};
use sip::Method;
use sip::digest::client::Challenge;
use sip::endpoint::{Credentials, ExtraHeader};
use sip::message::name::HeaderName;

fn header(name: &str, value: &str) -> ExtraHeader {
    ExtraHeader { name: name.to_owned(), value: value.to_owned() }
}

/// RFC 3665 §2.2 and §2.3
#[test]
fn a_phone_adds_a_place_and_asks_for_all() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.act("bob", |bob, now| {
        bob.register_as(now, vec![header("Contact", "<sip:102@10.0.7.7>;q=0.1"), header("Expires", "60")])
    });
    world.act("bob", |bob, now| bob.register_as(now, Vec::new()));
    let bound = ["<sip:102@10.0.1.2:5060>;expires=3600", "<sip:102@10.0.7.7>;expires=60;q=0.100"];
    assert_eq!(world.peer("bob").bound, bound);
    world.run_secs(61);
    world.act("bob", |bob, now| bob.register_as(now, Vec::new()));
    assert_eq!(world.peer("bob").bound, ["<sip:102@10.0.1.2:5060>;expires=3539"]);
}

#[test]
fn a_registration_is_over_with_its_time() {
    let mut world = World::demo();
    world.act("bob", |bob, now| bob.register(now, 10));
    world.act("bob", |bob, now| bob.register(now, 60));
    world.run_secs(59);
    world.dial("trunk", "+14255550102");
    world.run_secs(1);
    world.hang_up("trunk");
    world.run_secs(2);
    world.dial("trunk", "+14255550102");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   bob   -> us     REGISTER
        0.000   us    -> bob    401 REGISTER
        0.000   bob   -> us     REGISTER
        0.000   us    -> bob    423 REGISTER
        0.000   bob   -> us     REGISTER
        0.000   us    -> bob    401 REGISTER
        0.000   bob   -> us     REGISTER
        0.000   us    -> bob    200 REGISTER
        59.000  trunk -> us     INVITE +14255550102 sdp
        59.000  us    -> trunk  100 INVITE
        59.000  us    -> bob    INVITE 102 sdp
        59.000  bob   -> us     100 INVITE
        59.000  bob   -> us     180 INVITE
        59.000  us    -> trunk  180 INVITE
        60.000  trunk -> us     CANCEL
        60.000  us    -> trunk  200 CANCEL
        60.000  us    -> trunk  487 INVITE
        60.000  us    -> bob    CANCEL
        60.000  record abandoned +15550100 -> +14255550102 ended by caller
        60.000  trunk -> us     ACK
        60.000  bob   -> us     200 CANCEL
        60.000  bob   -> us     487 INVITE
        60.000  us    -> bob    ACK
        62.000  trunk -> us     INVITE +14255550102 sdp
        62.000  record no-answer +15550100 -> +14255550102 status 480 ended by system
        62.000  us    -> trunk  100 INVITE
        62.000  us    -> trunk  480 INVITE (no phone is registered)
        62.000  trunk -> us     ACK
        ",
    );
    check::idle(&mut world);
}

/// RFC 3665 §2.5
#[test]
fn a_wrong_password_registers_nobody() {
    let mut world = World::demo();
    world.peer("bob").login = Some(("102".to_owned(), "guess".to_owned()));
    world.register(&["bob"]);
    world.dial("trunk", "+14255550102");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   bob   -> us     REGISTER
        0.000   us    -> bob    401 REGISTER
        0.000   bob   -> us     REGISTER
        0.000   us    -> bob    401 REGISTER
        0.000   trunk -> us     INVITE +14255550102 sdp
        0.000   record no-answer +15550100 -> +14255550102 status 480 ended by system
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> trunk  480 INVITE (no phone is registered)
        0.000   trunk -> us     ACK
        ",
    );
    check::idle(&mut world);
}

/// Each proof counts once, and a nonce grows old.
#[test]
fn what_was_overheard_opens_nothing() {
    let mut world = World::demo();
    world.add_peer("phone", ([10, 0, 5, 1], 5060).into(), None);
    let mut n_sent = 0;
    let mut send = |world: &mut World, proof: &str| {
        n_sent += 1;
        let text = format!(
            "REGISTER sip:{0} SIP/2.0\nVia: SIP/2.0/UDP 10.0.5.1:5060;branch=z9hG4bK{n_sent}\nFrom: <sip:102@{0}>;tag=1\n\
             To: <sip:102@{0}>\nCall-ID: c\nCSeq: {n_sent} REGISTER\nMax-Forwards: 70\n{proof}Content-Length: 0\n\n",
            demo::DOMAIN
        );
        world.send_as("phone", &text);
        world.peer("phone").response.clone().unwrap_or_else(|| panic!("it is answered"))
    };
    let first = send(&mut world, "");
    let credentials = Credentials { realm: None, user: "102".to_owned(), password: demo::PASSWORD.to_owned() };
    let mut challenge = Challenge::find(&first, &credentials).unwrap_or_else(|| panic!("it is challenged"));
    let uri = format!("sip:{}", demo::DOMAIN);
    let mut proof = |cnonce: &str| {
        let value = challenge.answer(&Method::Register, &uri, &credentials, cnonce);
        format!("Authorization: {value}\n")
    };
    let (one, two) = (proof("a"), proof("b"));
    let mut statuses = Vec::new();
    for proof in [&one, &one, &two] {
        statuses.push(send(&mut world, proof).status().0);
    }
    world.run(Duration::from_secs(3_600));
    assert_eq!(statuses, [200, 401, 200], "the second was heard before");
    let late = send(&mut world, &proof("c"));
    assert_eq!(late.status().0, 401);
    let challenges = late.headers(HeaderName::WwwAuthenticate);
    assert!({ challenges }.all(|challenge| challenge.contains("stale=true")), "the password was right: {late:?}");
}

/// RFC 5626 §3.5.2: a phone hears where it is seen; strangers hear it as seldom as anything else.
#[test]
fn a_phone_asks_whether_its_way_is_open() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    let bob = world.peer("bob").address;
    let question = |number: u16| {
        let mut packet = vec![0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        packet.extend(number.to_be_bytes());
        packet
    };
    world.send_raw(bob, question(0));
    world.run_secs(20);
    world.send_raw(bob, question(1));
    world.ladder.expect(
        "
        0.000   bob   -> us     STUN
        0.000   us    -> bob    STUN
        20.000  bob   -> us     STUN
        20.000  us    -> bob    STUN
        ",
    );
    for number in 0..5_000 {
        world.send_raw(([203, 0, 113, 7], 5060).into(), question(number));
    }
    let n_answers = world.ladder.render().iter().filter(|line| line.contains("us -> stranger")).count();
    assert!((1..=200).contains(&n_answers), "{n_answers} answers to strangers in one moment");
    assert_eq!(world.statistics().n_transactions, 0);
}
