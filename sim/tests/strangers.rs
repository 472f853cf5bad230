//! Who proves nothing gets nothing but a bounded answer.

use phone::apps::queue::Routing;
use sim::demo::{self, Wishes};
use sim::peer::Account;
use sim::{World, check};
use sip::Method;
use switch::input::Load;

const NOWHERE: ([u8; 4], u16) = ([203, 0, 113, 7], 5060);

#[test]
fn a_stranger_s_call_is_challenged_and_costs_nothing() {
    let mut world = World::demo();
    world.add_peer("stranger", NOWHERE.into(), None);
    let before = world.statistics();
    world.dial("stranger", "101");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   stranger -> us     INVITE 101 sdp
        0.000   us    -> stranger 401 INVITE
        0.000   stranger -> us     ACK
        ",
    );
    let after = world.statistics();
    assert_eq!((after.n_usages, after.n_transactions), (before.n_usages, before.n_transactions));
    assert_eq!(after.n_ports_used, 0);
    assert!(world.begun.is_empty() && world.records.is_empty());
}

#[test]
fn who_guesses_passwords_is_refused_for_a_while() {
    let mut world = World::demo();
    let account = Account { user: "102".to_owned(), password: "guess".to_owned(), domain: demo::DOMAIN.to_owned() };
    world.add_peer("stranger", NOWHERE.into(), Some(account));
    let mut statuses = Vec::new();
    for _ in 0..12 {
        world.register(&["stranger"]);
        statuses.push(world.peer("stranger").registered);
    }
    assert_eq!(statuses.first(), Some(&Some(401)), "the first guesses are challenged again: {statuses:?}");
    assert_eq!(statuses.last(), Some(&Some(403)), "then nobody listens any more: {statuses:?}");
    world.peer("stranger").account =
        Some(Account { user: "102".to_owned(), password: demo::PASSWORD.to_owned(), domain: demo::DOMAIN.to_owned() });
    world.register(&["stranger"]);
    assert_eq!(world.peer("stranger").registered, Some(403), "not even to the right password");
    world.register(&["bob"]);
    assert_eq!(world.peer("bob").registered, Some(200), "others are not concerned");
    world.run_secs(3600);
    world.register(&["stranger"]);
    assert_eq!(world.peer("stranger").registered, Some(200), "after a while all is forgotten");
}

#[test]
fn an_unknown_user_hears_what_a_wrong_password_hears() {
    let mut world = World::demo();
    for (name, user, host) in [("known", "102", 8), ("unknown", "999", 9)] {
        let account = Account { user: user.to_owned(), password: "guess".to_owned(), domain: demo::DOMAIN.to_owned() };
        world.add_peer(name, ([203, 0, 113, host], 5060).into(), Some(account));
    }
    for _ in 0..8 {
        world.register(&["known", "unknown"]);
        let known = world.peer("known").registered;
        assert_eq!(known, world.peer("unknown").registered);
    }
}

#[test]
fn methods_that_are_not_served_are_refused_to_those_who_may_ask() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    world.act("trunk", |peer, now| peer.request(now, Method::Options, "100"));
    for method in [Method::Options, Method::Message, Method::Subscribe, Method::Publish, Method::Notify] {
        world.act("bob", |peer, now| peer.request(now, method, "101"));
    }
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     OPTIONS
        0.000   us    -> trunk  200 OPTIONS
        0.000   bob   -> us     OPTIONS
        0.000   us    -> bob    401 OPTIONS
        0.000   bob   -> us     OPTIONS
        0.000   us    -> bob    200 OPTIONS
        0.000   bob   -> us     MESSAGE
        0.000   us    -> bob    401 MESSAGE
        0.000   bob   -> us     MESSAGE
        0.000   us    -> bob    403 MESSAGE (not allowed here)
        0.000   bob   -> us     SUBSCRIBE
        0.000   us    -> bob    401 SUBSCRIBE
        0.000   bob   -> us     SUBSCRIBE
        0.000   us    -> bob    489 SUBSCRIBE (this event package is not served here)
        0.000   bob   -> us     PUBLISH
        0.000   us    -> bob    401 PUBLISH
        0.000   bob   -> us     PUBLISH
        0.000   us    -> bob    405 PUBLISH (this method is not served here)
        0.000   bob   -> us     NOTIFY
        0.000   us    -> bob    401 NOTIFY
        0.000   bob   -> us     NOTIFY
        0.000   us    -> bob    481 NOTIFY (there is no such dialog or subscription)
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_transfer_asked_for_outside_a_call_is_declined_to_those_who_may_ask() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.add_peer("stranger", NOWHERE.into(), None);
    world.ladder.clear();
    for name in ["bob", "trunk", "stranger"] {
        world.act(name, |peer, now| peer.refer_outside(now, "101"));
    }
    world.act("bob", |peer, now| peer.request(now, Method::Refer, "101"));
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   bob   -> us     REFER
        0.000   us    -> bob    401 REFER
        0.000   bob   -> us     REFER
        0.000   us    -> bob    603 REFER (transfers are asked for within their call)
        0.000   trunk -> us     REFER
        0.000   us    -> trunk  403 REFER (not allowed here)
        0.000   stranger -> us  REFER
        0.000   us -> stranger  401 REFER
        0.000   bob   -> us     REFER
        0.000   us    -> bob    400 REFER
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_flood_of_strangers_gets_few_answers() {
    let mut world = World::with(&Wishes { routing: Routing::Serial, ..Wishes::default() });
    for at in 0..5_000 {
        let request = format!(
            "OPTIONS sip:elsewhere.example SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.7;branch=z9hG4bK{at}\r\n\
             From: <sip:x@203.0.113.7>;tag=1\r\nTo: <sip:elsewhere.example>\r\nCall-ID: {at}\r\nCSeq: 1 OPTIONS\r\n\
             Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        );
        world.send_raw(NOWHERE.into(), request);
    }
    let n_answers = world.ladder.render().iter().filter(|line| line.contains("us -> stranger")).count();
    assert!(n_answers <= 400, "{n_answers} answers to a flood of strangers in one moment");
    world.register(&["bob"]);
    assert_eq!(world.peer("bob").registered, Some(200), "who is no stranger is served all the same");
}

#[test]
fn a_flood_of_requests_for_a_challenge_from_one_address_is_answered_in_part() {
    let mut world = World::demo();
    for at in 0..6_000 {
        let request = format!(
            "REGISTER sip:demo.test SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.7;branch=z9hG4bK{at}\r\n\
             From: <sip:102@demo.test>;tag=1\r\nTo: <sip:102@demo.test>\r\nCall-ID: {at}\r\nCSeq: 1 REGISTER\r\n\
             Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        );
        world.send_raw(NOWHERE.into(), request);
    }
    let n_answers = world.ladder.render().iter().filter(|line| line.contains("us -> stranger")).count();
    assert!((1..=2_000).contains(&n_answers), "{n_answers} challenges to one address in one moment");
    world.register(&["bob"]);
    assert_eq!(world.peer("bob").registered, Some(200), "other addresses get theirs");
    for _ in 0..2_100 {
        world.register(&["bob"]);
    }
    assert_eq!(world.peer("bob").registered, Some(200), "whoever shows a password is challenged as often as he asks");
}

#[test]
fn too_many_calls_are_sent_away_but_not_those_for_help() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.load(Load::TooHigh);
    world.dial("trunk", "+14255550102");
    world.run_until_quiet();
    assert!(world.begun.is_empty() && world.records.is_empty(), "a call that was sent away is none");
    world.dial("bob", "911");
    world.run_until_quiet();
    assert_eq!(world.begun.len(), 1, "a call for help is");
    world.load(Load::Fine);
    world.dial("trunk", "+14255550102");
    world.run_until_quiet();
    assert_eq!(world.begun.len(), 2);
    let lines = world.ladder.render();
    assert_eq!(lines.iter().filter(|line| line.contains("503 INVITE")).count(), 1, "{lines:?}");
}
