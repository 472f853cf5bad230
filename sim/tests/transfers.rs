//! Transfers by a phone, blind and attended.

use media::sdp::Direction;
use sim::demo::Wishes;
use sim::{World, check};
use sip::message::name::HeaderName;

#[test]
fn a_phone_transfers_blindly() {
    let mut world = World::talking(&["bob", "carol"], 5);
    world.act("bob", |bob, now| bob.refer(now, 0, "103"));
    world.run_secs(3);
    world.answer("carol");
    world.run_secs(10);
    world.hang_up("carol");
    world.run_until_quiet();
    world.ladder.expect(
        "
        5.000   bob   -> us     REFER
        5.000   unbridge trunk
        5.000   play trunk ring-back
        5.000   us    -> bob    202 REFER
        5.000   us    -> bob    NOTIFY 100
        5.000   us    -> carol  INVITE 103 sdp
        5.000   bob   -> us     200 NOTIFY
        5.000   carol -> us     100 INVITE
        5.000   carol -> us     180 INVITE
        5.000   us    -> bob    NOTIFY 180
        5.000   bob   -> us     200 NOTIFY
        8.000   carol -> us     200 INVITE sdp
        8.000   bridge trunk carol
        8.000   us    -> carol  ACK
        8.000   us    -> bob    NOTIFY 200
        8.000   bob   -> us     200 NOTIFY
        10.000  us    -> bob    BYE
        10.000  bob   -> us     200 BYE
        18.000  carol -> us     BYE
        18.000  us    -> carol  200 BYE
        18.000  us    -> trunk  BYE
        18.000  record answered +15550100 -> +14255550102 by 102 talked 18s ended by callee, transferred blind 103
        18.000  trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
    let shown = world.peer("carol").invites.last().and_then(|invite| invite.header(HeaderName::ReferredBy));
    assert_eq!(shown, Some("\"bob\" <sip:102@demo.test>"), "RFC 3892");
}

#[test]
fn a_blind_transfer_that_fails_comes_back() {
    let mut world = World::talking(&["bob", "carol"], 5);
    world.peer("carol").manners.refuses = Some(486);
    world.act("bob", |bob, now| bob.refer(now, 0, "103"));
    world.run_secs(3);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        5.000   bob   -> us     REFER
        5.000   unbridge trunk
        5.000   play trunk ring-back
        5.000   us    -> bob    202 REFER
        5.000   us    -> bob    NOTIFY 100
        5.000   us    -> carol  INVITE 103 sdp
        5.000   bob   -> us     200 NOTIFY
        5.000   carol -> us     100 INVITE
        5.000   carol -> us     486 INVITE
        5.000   us    -> carol  ACK
        5.000   bridge trunk bob
        5.000   us    -> bob    NOTIFY 486
        5.000   bob   -> us     200 NOTIFY
        8.000   trunk -> us     BYE
        8.000   us    -> trunk  200 BYE
        8.000   us    -> bob    BYE
        8.000   record answered +15550100 -> +14255550102 by 102 talked 8s ended by caller, transferred blind 103
        8.000   bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_phone_sends_its_caller_to_a_queue() {
    let mut world = World::demo();
    world.register(&["alice", "carol"]);
    world.dial("trunk", "+14255550101");
    world.answer("alice");
    world.run_secs(1);
    world.ladder.clear();
    world.act("alice", |alice, now| alice.refer(now, 0, "+14255550110"));
    world.run_secs(4);
    world.answer("carol");
    world.run_secs(5);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   alice -> us     REFER
        1.000   unbridge trunk
        1.000   us    -> alice  202 REFER
        1.000   us    -> alice  NOTIFY 100
        1.000   play trunk music
        1.000   us    -> carol  INVITE 103 sdp
        1.000   alice -> us     200 NOTIFY
        1.000   us    -> alice  NOTIFY 200
        1.000   carol -> us     100 INVITE
        1.000   carol -> us     180 INVITE
        1.000   alice -> us     200 NOTIFY
        3.000   us    -> alice  BYE
        3.000   alice -> us     200 BYE
        5.000   carol -> us     200 INVITE sdp
        5.000   us    -> carol  ACK
        5.000   bridge trunk carol
        10.000  trunk -> us     BYE
        10.000  us    -> trunk  200 BYE
        10.000  us    -> carol  BYE
        10.000  record answered +15550100 -> +14255550101 by 101 talked 10s ended by caller, transferred blind +14255550110, queue answered 4s 1 offers
        10.000  carol -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_transfer_outside_needs_the_transferor_s_rights() {
    let mut world = World::demo();
    world.register(&["bob", "dan"]);
    world.dial("bob", "104");
    world.answer("dan");
    world.run_secs(1);
    world.ladder.clear();
    world.act("dan", |dan, now| dan.refer(now, 0, "+12125551234"));
    world.run_secs(1);
    world.act("bob", |bob, now| bob.refer(now, 0, "+12125551234"));
    world.run_secs(1);
    world.answer("trunk");
    world.run_secs(2);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   dan   -> us     REFER
        1.000   us    -> dan    403 REFER
        2.000   bob   -> us     REFER
        2.000   unbridge bob
        2.000   play dan ring-back
        2.000   us    -> bob    202 REFER
        2.000   us    -> bob    NOTIFY 100
        2.000   us    -> trunk  INVITE +12125551234 sdp
        2.000   bob   -> us     200 NOTIFY
        2.000   trunk -> us     100 INVITE
        2.000   trunk -> us     180 INVITE
        2.000   us    -> bob    NOTIFY 180
        2.000   bob   -> us     200 NOTIFY
        3.000   trunk -> us     200 INVITE sdp
        3.000   bridge dan trunk
        3.000   us    -> trunk  ACK
        3.000   us    -> bob    NOTIFY 200
        3.000   bob   -> us     200 NOTIFY
        5.000   us    -> bob    BYE
        5.000   bob   -> us     200 BYE
        5.000   trunk -> us     BYE
        5.000   us    -> trunk  200 BYE
        5.000   us    -> dan    BYE
        5.000   record answered 102 -> 104 by 104 talked 5s ended by callee, transferred blind +12125551234
        5.000   dan   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_phone_transfers_after_a_word() {
    let mut world = World::talking(&["bob", "carol"], 5);
    world.hold("bob");
    world.run_secs(1);
    world.dial("bob", "103");
    world.run_secs(1);
    world.answer("carol");
    world.run_secs(4);
    world.act("bob", |bob, now| bob.refer_attended(now, 0, 1));
    world.run_secs(10);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        5.000   bob   -> us     INVITE 102 sdp sendonly
        5.000   us    -> bob    100 INVITE
        5.000   unbridge trunk
        5.000   play trunk music
        5.000   us    -> bob    200 INVITE sdp recvonly
        5.000   bob   -> us     ACK
        6.000 challenged bob 103
        6.000   us    -> carol  INVITE 103 sdp
        6.000   carol -> us     100 INVITE
        6.000   carol -> us     180 INVITE
        6.000   us    -> bob    180 INVITE
        7.000   carol -> us     200 INVITE sdp
        7.000   bridge bob carol
        7.000   us    -> carol  ACK
        7.000   us    -> bob    200 INVITE sdp
        7.000   bob   -> us     ACK
        11.000  bob   -> us     REFER
        11.000  us    -> bob    202 REFER
        11.000  us    -> bob    NOTIFY 100
        11.000  us    -> bob    BYE
        11.000  bridge trunk carol
        11.000  record answered 102 -> 103 by 103 talked 4s ended by caller, transferred attended 103
        11.000  bob   -> us     200 NOTIFY
        11.000  us    -> bob    NOTIFY 200
        11.000  bob   -> us     200 BYE
        11.000  bob   -> us     200 NOTIFY
        13.000  us    -> bob    BYE
        13.000  bob   -> us     200 BYE
        21.000  trunk -> us     BYE
        21.000  us    -> trunk  200 BYE
        21.000  us    -> carol  BYE
        21.000  record answered +15550100 -> +14255550102 by 102 talked 21s ended by caller, transferred attended 103
        21.000  carol -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_transfer_to_a_phone_that_still_rings_calls_it_anew() {
    let mut world = World::talking(&["bob", "carol"], 1);
    world.dial("bob", "103");
    world.run_secs(1);
    world.ladder.clear();
    world.act("bob", |bob, now| bob.refer_attended(now, 0, 1));
    world.run_secs(2);
    world.answer("carol");
    world.run_secs(5);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        2.000   bob   -> us     REFER
        2.000   us    -> bob    202 REFER
        2.000   us    -> bob    NOTIFY 100
        2.000   us    -> bob    487 INVITE (transferred)
        2.000   us    -> carol  CANCEL (transferred)
        2.000   unbridge trunk
        2.000   play trunk ring-back
        2.000   us    -> carol  INVITE 103 sdp
        2.000   record no-answer 102 -> 103 status 487 ended by caller
        2.000   bob   -> us     200 NOTIFY
        2.000   bob   -> us     ACK
        2.000   carol -> us     200 CANCEL
        2.000   carol -> us     487 INVITE
        2.000   us    -> carol  ACK
        2.000   carol -> us     100 INVITE
        2.000   carol -> us     180 INVITE
        2.000   us    -> bob    NOTIFY 180
        2.000   bob   -> us     200 NOTIFY
        4.000   carol -> us     200 INVITE sdp
        4.000   bridge trunk carol
        4.000   us    -> carol  ACK
        4.000   us    -> bob    NOTIFY 200
        4.000   bob   -> us     200 NOTIFY
        6.000   us    -> bob    BYE
        6.000   bob   -> us     200 BYE
        9.000   trunk -> us     BYE
        9.000   us    -> trunk  200 BYE
        9.000   us    -> carol  BYE
        9.000   record answered +15550100 -> +14255550102 by 102 talked 9s ended by caller, transferred blind 103
        9.000   carol -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

/// A queue gave bob a caller; he holds, and asks carol. The two calls are on different media threads.
fn a_queues_agent_asks_carol() -> World {
    let mut world = World::with(&Wishes { agents: vec![1], ..Wishes::default() });
    world.register(&["bob", "carol"]);
    world.dial("trunk", "+14255550110");
    world.answer("bob");
    world.hold("bob");
    world.dial("bob", "103");
    world.answer("carol");
    world.run_secs(1);
    world.ladder.clear();
    world
}

#[test]
fn a_party_on_another_media_thread_moves_to_the_one_it_will_talk_with() {
    let mut world = a_queues_agent_asks_carol();
    world.act("bob", |bob, now| bob.refer_attended(now, 0, 1));
    world.run_secs(5);
    world.act("carol", |carol, now| carol.reoffer(now, Direction::SendOnly));
    world.act("carol", |carol, now| carol.reoffer(now, Direction::SendAndReceive));
    world.hang_up("carol");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   bob   -> us     REFER
        1.000   us    -> bob    202 REFER
        1.000   us    -> bob    NOTIFY 100
        1.000   us    -> bob    BYE
        1.000   move carol
        1.000   bridge trunk carol
        1.000   record answered 102 -> 103 by 103 talked 1s ended by caller, transferred attended 103
        1.000   bob   -> us     200 NOTIFY
        1.000   us    -> bob    NOTIFY 200
        1.000   bob   -> us     200 BYE
        1.000   bob   -> us     200 NOTIFY
        3.000   us    -> bob    BYE
        3.000   bob   -> us     200 BYE
        6.000   carol -> us     INVITE 103 sdp sendonly
        6.000   us    -> carol  100 INVITE
        6.000   unbridge trunk
        6.000   play trunk music
        6.000   us    -> carol  200 INVITE sdp recvonly
        6.000   carol -> us     ACK
        6.000   carol -> us     INVITE 103 sdp
        6.000   us    -> carol  100 INVITE
        6.000   bridge trunk carol
        6.000   us    -> carol  200 INVITE sdp
        6.000   carol -> us     ACK
        6.000   carol -> us     BYE
        6.000   us    -> carol  200 BYE
        6.000   us    -> trunk  BYE
        6.000   record answered +15550100 -> +14255550110 by 102 talked 6s ended by callee, queue answered 0s 1 offers, transferred attended 103
        6.000   trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

/// Bob has the caller on hold and asks carol, who answered.
fn bob_asks_carol() -> World {
    let mut world = World::talking(&["bob", "carol"], 5);
    world.hold("bob");
    world.dial("bob", "103");
    world.answer("carol");
    world.run_secs(1);
    world.ladder.clear();
    world
}

#[test]
fn a_transfer_to_somebody_who_just_hung_up_leaves_the_caller_with_the_transferor() {
    let mut world = bob_asks_carol();
    world.hang_up("carol");
    world.act("bob", |bob, now| bob.refer_to_lost(now, 0));
    world.retrieve("bob");
    world.run_secs(1);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        6.000   carol -> us     BYE
        6.000   us    -> carol  200 BYE
        6.000   us    -> bob    BYE
        6.000   record answered 102 -> 103 by 103 talked 1s ended by callee
        6.000   bob   -> us     200 BYE
        6.000   bob   -> us     REFER
        6.000   us    -> bob    202 REFER
        6.000   us    -> bob    NOTIFY 100
        6.000   bob   -> us     200 NOTIFY
        6.000   us    -> bob    NOTIFY 481
        6.000   bob   -> us     200 NOTIFY
        6.000   bob   -> us     INVITE 102 sdp
        6.000   us    -> bob    100 INVITE
        6.000   bridge trunk bob
        6.000   us    -> bob    200 INVITE sdp
        6.000   bob   -> us     ACK
        7.000   trunk -> us     BYE
        7.000   us    -> trunk  200 BYE
        7.000   us    -> bob    BYE
        7.000   record answered +15550100 -> +14255550102 by 102 talked 7s ended by caller
        7.000   bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_transferor_who_leaves_before_he_is_told_leaves_the_two_talking() {
    let mut world = bob_asks_carol();
    world.act("bob", |bob, now| {
        bob.refer_attended(now, 0, 1);
        bob.hang_up(now);
        bob.hang_up(now);
    });
    world.run_secs(2);
    world.hang_up("carol");
    world.run_until_quiet();
    world.ladder.expect(
        "
        6.000   bob   -> us     REFER
        6.000   us    -> bob    202 REFER
        6.000   us    -> bob    NOTIFY 100
        6.000   us    -> bob    BYE
        6.000   bridge trunk carol
        6.000   record answered 102 -> 103 by 103 talked 1s ended by caller, transferred attended 103
        6.000   bob   -> us     BYE
        6.000   us    -> bob    200 BYE
        6.000   bob   -> us     BYE
        6.000   us    -> bob    200 BYE
        6.000   bob   -> us     200 NOTIFY
        6.000   us    -> bob    NOTIFY 200
        6.000   bob   -> us     200 BYE
        6.000   bob   -> us     200 NOTIFY
        8.000   carol -> us     BYE
        8.000   us    -> carol  200 BYE
        8.000   us    -> trunk  BYE
        8.000   record answered +15550100 -> +14255550102 by 102 talked 8s ended by callee, transferred attended 103
        8.000   trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_transferor_who_leaves_a_blind_transfer_lets_it_go_on() {
    let mut world = World::talking(&["bob", "carol"], 5);
    world.act("bob", |bob, now| {
        bob.refer(now, 0, "103");
        bob.hang_up(now);
    });
    world.run_secs(2);
    world.answer("carol");
    world.run_secs(2);
    world.hang_up("carol");
    world.run_until_quiet();
    world.ladder.expect(
        "
        5.000   bob   -> us     REFER
        5.000   unbridge trunk
        5.000   play trunk ring-back
        5.000   us    -> bob    202 REFER
        5.000   us    -> bob    NOTIFY 100
        5.000   us    -> carol  INVITE 103 sdp
        5.000   bob   -> us     BYE
        5.000   us    -> bob    200 BYE
        5.000   bob   -> us     200 NOTIFY
        5.000   carol -> us     100 INVITE
        5.000   carol -> us     180 INVITE
        5.000   us    -> bob    NOTIFY 180
        5.000   bob   -> us     200 NOTIFY
        7.000   carol -> us     200 INVITE sdp
        7.000   bridge trunk carol
        7.000   us    -> carol  ACK
        7.000   us    -> bob    NOTIFY 200
        7.000   bob   -> us     200 NOTIFY
        9.000   carol -> us     BYE
        9.000   us    -> carol  200 BYE
        9.000   us    -> trunk  BYE
        9.000   record answered +15550100 -> +14255550102 by 102 talked 9s ended by callee, transferred blind 103
        9.000   trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_caller_who_gives_up_while_he_is_transferred_ends_it() {
    let mut world = World::talking(&["bob", "carol"], 5);
    world.act("bob", |bob, now| bob.refer(now, 0, "103"));
    world.run_secs(1);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        5.000   bob   -> us     REFER
        5.000   unbridge trunk
        5.000   play trunk ring-back
        5.000   us    -> bob    202 REFER
        5.000   us    -> bob    NOTIFY 100
        5.000   us    -> carol  INVITE 103 sdp
        5.000   bob   -> us     200 NOTIFY
        5.000   carol -> us     100 INVITE
        5.000   carol -> us     180 INVITE
        5.000   us    -> bob    NOTIFY 180
        5.000   bob   -> us     200 NOTIFY
        6.000   trunk -> us     BYE
        6.000   us    -> trunk  200 BYE
        6.000   us    -> bob    NOTIFY 487
        6.000   us    -> bob    BYE
        6.000   us    -> carol  CANCEL
        6.000   record answered +15550100 -> +14255550102 by 102 talked 6s ended by caller, transferred blind 103
        6.000   bob   -> us     200 NOTIFY
        6.000   bob   -> us     200 BYE
        6.000   carol -> us     200 CANCEL
        6.000   carol -> us     487 INVITE
        6.000   us    -> carol  ACK
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_transfer_to_a_phone_that_rang_and_is_busy_now_comes_back() {
    let mut world = World::talking(&["bob", "carol"], 1);
    world.dial("bob", "103");
    world.peer("carol").manners.refuses = Some(486);
    world.ladder.clear();
    world.act("bob", |bob, now| bob.refer_attended(now, 0, 1));
    world.run_secs(1);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   bob   -> us     REFER
        1.000   us    -> bob    202 REFER
        1.000   us    -> bob    NOTIFY 100
        1.000   us    -> bob    487 INVITE (transferred)
        1.000   us    -> carol  CANCEL (transferred)
        1.000   unbridge trunk
        1.000   play trunk ring-back
        1.000   us    -> carol  INVITE 103 sdp
        1.000   record no-answer 102 -> 103 status 487 ended by caller
        1.000   bob   -> us     200 NOTIFY
        1.000   bob   -> us     ACK
        1.000   carol -> us     200 CANCEL
        1.000   carol -> us     487 INVITE
        1.000   us    -> carol  ACK
        1.000   carol -> us     100 INVITE
        1.000   carol -> us     486 INVITE
        1.000   us    -> carol  ACK
        1.000   bridge trunk bob
        1.000   us    -> bob    NOTIFY 486
        1.000   bob   -> us     200 NOTIFY
        2.000   trunk -> us     BYE
        2.000   us    -> trunk  200 BYE
        2.000   us    -> bob    BYE
        2.000   record answered +15550100 -> +14255550102 by 102 talked 2s ended by caller, transferred blind 103
        2.000   bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn both_parties_transfer_at_once_and_the_first_wins() {
    let mut world = World::demo();
    world.register(&["alice", "bob", "carol"]);
    world.dial("bob", "101");
    world.answer("alice");
    world.run_secs(1);
    world.ladder.clear();
    world.act("bob", |bob, now| bob.refer(now, 0, "103"));
    world.act("alice", |alice, now| alice.refer(now, 0, "103"));
    world.run_secs(1);
    world.answer("carol");
    world.run_secs(3);
    world.hang_up("carol");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   bob   -> us     REFER
        1.000   unbridge bob
        1.000   play alice ring-back
        1.000   us    -> bob    202 REFER
        1.000   us    -> bob    NOTIFY 100
        1.000   us    -> carol  INVITE 103 sdp
        1.000   bob   -> us     200 NOTIFY
        1.000   carol -> us     100 INVITE
        1.000   carol -> us     180 INVITE
        1.000   us    -> bob    NOTIFY 180
        1.000   bob   -> us     200 NOTIFY
        1.000   alice -> us     REFER
        1.000   us    -> alice  491 REFER
        2.000   carol -> us     200 INVITE sdp
        2.000   bridge alice carol
        2.000   us    -> carol  ACK
        2.000   us    -> bob    NOTIFY 200
        2.000   bob   -> us     200 NOTIFY
        4.000   us    -> bob    BYE
        4.000   bob   -> us     200 BYE
        5.000   carol -> us     BYE
        5.000   us    -> carol  200 BYE
        5.000   us    -> alice  BYE
        5.000   record answered 102 -> 101 by 101 talked 5s ended by callee, transferred blind 103
        5.000   alice -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}
