//! Outbound calls, transfers, and what goes wrong.

use sim::demo::Wishes;
use sim::peer::replaces_header;
use sim::{World, check};
use switch::input::Command;
use switch::output::Answer;

#[test]
fn a_user_calls_outside() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    world.peer("trunk").manners.early_media = true;
    world.dial("bob", "+12125551234");
    world.run_secs(2);
    world.answer("trunk");
    world.run_secs(10);
    world.hang_up("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   bob   -> us     INVITE +12125551234 sdp
        0.000   us    -> bob    401 INVITE
        0.000   bob   -> us     ACK
        0.000   bob   -> us     INVITE +12125551234 sdp
        0.000   us    -> bob    100 INVITE
        0.000   us    -> trunk  INVITE +12125551234 sdp
        0.000   trunk -> us     100 INVITE
        0.000   trunk -> us     183 INVITE sdp
        0.000   us    -> trunk  PRACK
        0.000   bridge bob trunk
        0.000   us    -> bob    183 INVITE sdp
        0.000   trunk -> us     200 PRACK
        0.000   bob   -> us     PRACK
        0.000   us    -> bob    200 PRACK
        2.000   trunk -> us     200 INVITE sdp
        2.000   bridge bob trunk
        2.000   us    -> trunk  ACK
        2.000   us    -> bob    200 INVITE sdp
        2.000   bob   -> us     ACK
        12.000  bob   -> us     BYE
        12.000  us    -> bob    200 BYE
        12.000  us    -> trunk  BYE
        12.000  record answered 102 -> +12125551234 by +12125551234 talked 10s ended by caller
        12.000  trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_trunk_that_does_not_answer_is_passed_over() {
    let mut world = World::with(&Wishes { more_trunks: vec!["10.0.0.10"], ..Wishes::default() });
    world.add_peer("second", ([10, 0, 0, 10], 5060).into(), None);
    world.register(&["bob"]);
    world.ladder.clear();
    world.peer("trunk").vanished = true;
    world.dial("bob", "+12125551234");
    world.run_secs(8);
    world.answer("second");
    world.run_secs(10);
    world.hang_up("second");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   bob   -> us     INVITE +12125551234 sdp
        0.000   us    -> bob    401 INVITE
        0.000   bob   -> us     ACK
        0.000   bob   -> us     INVITE +12125551234 sdp
        0.000   us    -> bob    100 INVITE
        0.000   us    -> trunk  INVITE +12125551234 sdp
        5.000   us    -> second INVITE +12125551234 sdp
        5.000   second -> us     100 INVITE
        5.000   second -> us     180 INVITE
        5.000   us    -> bob    180 INVITE
        8.000   second -> us     200 INVITE sdp
        8.000   bridge bob second
        8.000   us    -> second ACK
        8.000   us    -> bob    200 INVITE sdp
        8.000   bob   -> us     ACK
        18.000  second -> us     BYE
        18.000  us    -> second 200 BYE
        18.000  us    -> bob    BYE
        18.000  record answered 102 -> +12125551234 by +12125551234 talked 10s ended by callee
        18.000  bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_trunk_that_is_out_of_service_is_passed_over() {
    let mut world = World::with(&Wishes { more_trunks: vec!["10.0.0.10"], ..Wishes::default() });
    world.add_peer("second", ([10, 0, 0, 10], 5060).into(), None);
    world.register(&["bob"]);
    world.ladder.clear();
    world.peer("trunk").manners.refuses = Some(503);
    world.dial("bob", "+12125551234");
    world.run_secs(1);
    world.answer("second");
    world.run_secs(10);
    world.hang_up("second");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   bob   -> us     INVITE +12125551234 sdp
        0.000   us    -> bob    401 INVITE
        0.000   bob   -> us     ACK
        0.000   bob   -> us     INVITE +12125551234 sdp
        0.000   us    -> bob    100 INVITE
        0.000   us    -> trunk  INVITE +12125551234 sdp
        0.000   trunk -> us     100 INVITE
        0.000   trunk -> us     503 INVITE
        0.000   us    -> trunk  ACK
        0.000   us    -> second INVITE +12125551234 sdp
        0.000   second -> us     100 INVITE
        0.000   second -> us     180 INVITE
        0.000   us    -> bob    180 INVITE
        1.000   second -> us     200 INVITE sdp
        1.000   bridge bob second
        1.000   us    -> second ACK
        1.000   us    -> bob    200 INVITE sdp
        1.000   bob   -> us     ACK
        11.000  second -> us     BYE
        11.000  us    -> second 200 BYE
        11.000  us    -> bob    BYE
        11.000  record answered 102 -> +12125551234 by +12125551234 talked 10s ended by callee
        11.000  bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn emergency_calls_go_out_for_everybody() {
    let mut world = World::demo();
    world.register(&["dan"]);
    world.ladder.clear();
    world.dial("dan", "933");
    world.run_secs(1);
    world.answer("trunk");
    world.run_secs(1);
    world.hang_up("dan");
    world.dial("dan", "+12125551234");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   dan   -> us     INVITE 933 sdp
        0.000   us    -> dan    401 INVITE
        0.000   dan   -> us     ACK
        0.000   dan   -> us     INVITE 933 sdp
        0.000   us    -> dan    100 INVITE
        0.000   us    -> trunk  INVITE 933 sdp
        0.000   trunk -> us     100 INVITE
        0.000   trunk -> us     180 INVITE
        0.000   us    -> dan    180 INVITE
        1.000   trunk -> us     200 INVITE sdp
        1.000   bridge dan trunk
        1.000   us    -> trunk  ACK
        1.000   us    -> dan    200 INVITE sdp
        1.000   dan   -> us     ACK
        2.000   dan   -> us     BYE
        2.000   us    -> dan    200 BYE
        2.000   us    -> trunk  BYE
        2.000   record answered 104 -> 933 by 933 talked 1s ended by caller
        2.000   trunk -> us     200 BYE
        2.000   dan   -> us     INVITE +12125551234 sdp
        2.000   us    -> dan    401 INVITE
        2.000   dan   -> us     ACK
        2.000   dan   -> us     INVITE +12125551234 sdp
        2.000   record refused 104 -> +12125551234 status 403 ended by system
        2.000   us    -> dan    100 INVITE
        2.000   us    -> dan    403 INVITE (the person has no license to call or be called from outside)
        2.000   dan   -> us     ACK
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_phone_transfers_blindly() {
    let mut world = World::demo();
    world.register(&["bob", "carol"]);
    world.dial("trunk", "+14255550102");
    world.answer("bob");
    world.run_secs(5);
    world.ladder.clear();
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
}

#[test]
fn a_blind_transfer_that_fails_comes_back() {
    let mut world = World::demo();
    world.register(&["bob", "carol"]);
    world.peer("carol").manners.refuses = Some(486);
    world.dial("trunk", "+14255550102");
    world.answer("bob");
    world.run_secs(5);
    world.ladder.clear();
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
fn a_phone_transfers_after_a_word() {
    let mut world = World::demo();
    world.register(&["bob", "carol"]);
    world.dial("trunk", "+14255550102");
    world.answer("bob");
    world.run_secs(5);
    world.ladder.clear();
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
        6.000   bob   -> us     INVITE 103 sdp
        6.000   us    -> bob    401 INVITE
        6.000   bob   -> us     ACK
        6.000   bob   -> us     INVITE 103 sdp
        6.000   us    -> bob    100 INVITE
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
fn a_phone_that_vanishes_is_noticed_by_its_silence() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("trunk", "+14255550102");
    world.answer("bob");
    world.run_secs(5);
    world.ladder.clear();
    world.peer("bob").vanished = true;
    world.run_secs(60);
    world.fall_silent("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        65.000  us    -> bob    BYE (no sound came for too long)
        65.000  us    -> trunk  BYE (no sound came for too long)
        65.000  record answered +15550100 -> +14255550102 by 102 talked 65s ended by system
        65.000  trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn the_echo_test_answers() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    world.dial("bob", "*43");
    world.run_secs(5);
    world.hang_up("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   bob   -> us     INVITE *43 sdp
        0.000   us    -> bob    401 INVITE
        0.000   bob   -> us     ACK
        0.000   bob   -> us     INVITE *43 sdp
        0.000   echo bob
        0.000   us    -> bob    100 INVITE
        0.000   us    -> bob    200 INVITE sdp
        0.000   bob   -> us     ACK
        5.000   bob   -> us     BYE
        5.000   us    -> bob    200 BYE
        5.000   record treated 102 -> *43 ended by caller
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_carrier_that_never_answers_is_given_up() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    world.peer("trunk").vanished = true;
    world.dial("bob", "+12125551234");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   bob   -> us     INVITE +12125551234 sdp
        0.000   us    -> bob    401 INVITE
        0.000   bob   -> us     ACK
        0.000   bob   -> us     INVITE +12125551234 sdp
        0.000   us    -> bob    100 INVITE
        0.000   us    -> trunk  INVITE +12125551234 sdp
        5.000   us    -> bob    408 INVITE (the trunk does not answer)
        5.000   record no-answer 102 -> +12125551234 status 408 ended by system
        5.000   bob   -> us     ACK
        ",
    );
    check::idle(&mut world);
}

#[test]
fn all_phones_of_a_user_ring_and_one_answers() {
    let mut world = World::demo();
    let account = world.peer("bob").account.clone();
    world.add_peer("bob-2", ([10, 0, 2, 2], 5060).into(), account);
    world.register(&["bob", "bob-2"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550102");
    world.run_secs(2);
    world.answer("bob-2");
    world.run_secs(3);
    world.hang_up("bob-2");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550102 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> bob    INVITE 102 sdp
        0.000   us    -> bob-2  INVITE 102 sdp
        0.000   bob   -> us     100 INVITE
        0.000   bob   -> us     180 INVITE
        0.000   us    -> trunk  180 INVITE
        0.000   bob-2 -> us     100 INVITE
        0.000   bob-2 -> us     180 INVITE
        2.000   bob-2 -> us     200 INVITE sdp
        2.000   bridge trunk bob-2
        2.000   us    -> bob-2  ACK
        2.000   us    -> bob    CANCEL (Call completed elsewhere)
        2.000   us    -> trunk  200 INVITE sdp
        2.000   bob   -> us     200 CANCEL
        2.000   bob   -> us     487 INVITE
        2.000   us    -> bob    ACK
        2.000   trunk -> us     ACK
        5.000   bob-2 -> us     BYE
        5.000   us    -> bob-2  200 BYE
        5.000   us    -> trunk  BYE
        5.000   record answered +15550100 -> +14255550102 by 102 talked 3s ended by callee
        5.000   trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_user_whose_phones_are_all_busy_is_busy() {
    let mut world = World::demo();
    let account = world.peer("bob").account.clone();
    world.add_peer("bob-2", ([10, 0, 2, 2], 5060).into(), account);
    world.register(&["bob", "bob-2"]);
    world.ladder.clear();
    world.peer("bob").manners.refuses = Some(486);
    world.dial("trunk", "+14255550102");
    world.run_secs(2);
    world.refuse("bob-2", 486);
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550102 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> bob    INVITE 102 sdp
        0.000   us    -> bob-2  INVITE 102 sdp
        0.000   bob   -> us     100 INVITE
        0.000   bob   -> us     486 INVITE
        0.000   us    -> bob    ACK
        0.000   bob-2 -> us     100 INVITE
        0.000   bob-2 -> us     180 INVITE
        0.000   us    -> trunk  180 INVITE
        2.000   bob-2 -> us     486 INVITE
        2.000   us    -> bob-2  ACK
        2.000   us    -> trunk  486 INVITE (busy)
        2.000   record busy +15550100 -> +14255550102 status 486 ended by system
        2.000   trunk -> us     ACK
        ",
    );
    check::idle(&mut world);
}

#[test]
fn an_administrator_ends_a_call() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("trunk", "+14255550102");
    world.answer("bob");
    world.run_secs(5);
    world.ladder.clear();
    let tenant = sim::demo::TENANT;
    let Answer::Calls(calls) = world.command(Command::ListCalls { tenant }) else { panic!("calls are listed") };
    let [call] = calls.as_slice() else { panic!("one call is listed: {calls:?}") };
    assert_eq!((call.state, call.at.as_deref(), call.legs.len()), ("talking", Some("bob"), 2));
    assert!(matches!(world.command(Command::HangUp { tenant, call: call.id }), Answer::Done));
    assert!(matches!(world.command(Command::HangUp { tenant, call: call.id }), Answer::NotFound));
    world.run_until_quiet();
    world.ladder.expect(
        "
        5.000   us    -> trunk  BYE (ended by an administrator)
        5.000   us    -> bob    BYE (ended by an administrator)
        5.000   record answered +15550100 -> +14255550102 by 102 talked 5s ended by administrator
        5.000   trunk -> us     200 BYE
        5.000   bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_node_that_drains_takes_no_new_calls_and_ends_with_the_last() {
    let mut world = World::demo();
    world.register(&["bob", "carol"]);
    world.dial("trunk", "+14255550102");
    world.answer("bob");
    world.run_secs(1);
    world.drain();
    world.ladder.clear();
    world.dial("trunk", "+14255550103");
    world.run_secs(5);
    assert!(!world.drained, "a call is left");
    world.hang_up("bob");
    world.run_secs(1);
    assert!(world.drained, "the last call ended");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   trunk -> us     INVITE +14255550103 sdp
        1.000   record refused +15550100 -> +14255550103 status 503 ended by system
        1.000   us    -> trunk  100 INVITE
        1.000   us    -> trunk  503 INVITE (this node takes no new calls)
        1.000   trunk -> us     ACK
        6.000   bob   -> us     BYE
        6.000   us    -> bob    200 BYE
        6.000   us    -> trunk  BYE
        6.000   record answered +15550100 -> +14255550102 by 102 talked 6s ended by callee
        6.000   trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_transfer_to_a_phone_that_still_rings_calls_it_anew() {
    let mut world = World::demo();
    world.register(&["bob", "carol"]);
    world.dial("trunk", "+14255550102");
    world.answer("bob");
    world.run_secs(1);
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
fn a_second_phone_takes_over_by_replaces() {
    let mut world = World::demo();
    let account = world.peer("bob").account.clone();
    world.add_peer("bob-2", ([10, 0, 2, 2], 5060).into(), account);
    world.register(&["bob", "carol"]);
    world.dial("bob", "103");
    world.answer("carol");
    world.run_secs(1);
    world.ladder.clear();
    let dialog = world.peer("bob").dialog(0).cloned().unwrap_or_else(|| panic!("bob is in a call"));
    let headers = vec![replaces_header(&dialog)];
    world.act("bob-2", |peer, now| peer.dial_with(now, "103", headers));
    world.run_secs(5);
    world.hang_up("carol");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   bob-2 -> us     INVITE 103 sdp
        1.000   us    -> bob-2  401 INVITE
        1.000   bob-2 -> us     ACK
        1.000   bob-2 -> us     INVITE 103 sdp
        1.000   us    -> bob-2  100 INVITE
        1.000   bridge carol bob-2
        1.000   us    -> bob-2  200 INVITE sdp
        1.000   us    -> bob    BYE (Call completed elsewhere)
        1.000   bob-2 -> us     ACK
        1.000   bob   -> us     200 BYE
        6.000   carol -> us     BYE
        6.000   us    -> carol  200 BYE
        6.000   us    -> bob-2  BYE
        6.000   record answered 102 -> 103 by 103 talked 6s ended by callee
        6.000   bob-2 -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn nobody_takes_over_a_call_of_others() {
    let mut world = World::demo();
    world.register(&["bob", "carol"]);
    world.dial("bob", "103");
    world.answer("carol");
    world.run_secs(1);
    world.ladder.clear();
    let dialog = world.peer("bob").dialog(0).cloned().unwrap_or_else(|| panic!("bob is in a call"));
    let headers = vec![replaces_header(&dialog)];
    world.act("dan", |peer, now| peer.dial_with(now, "103", headers));
    world.run_secs(1);
    world.hang_up("carol");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   dan   -> us     INVITE 103 sdp
        1.000   us    -> dan    401 INVITE
        1.000   dan   -> us     ACK
        1.000   dan   -> us     INVITE 103 sdp
        1.000   us    -> dan    100 INVITE
        1.000   us    -> dan    481 INVITE (the call to replace is not there)
        1.000   dan   -> us     ACK
        2.000   carol -> us     BYE
        2.000   us    -> carol  200 BYE
        2.000   us    -> bob    BYE
        2.000   record answered 102 -> 103 by 103 talked 2s ended by callee
        2.000   bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_key_in_a_message_sounds_at_the_other_end() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("trunk", "+14255550102");
    world.answer("bob");
    world.run_secs(1);
    world.ladder.clear();
    world.act("bob", |bob, now| bob.info(now, "application/dtmf-relay", "Signal=7\r\nDuration=160\r\n"));
    world.run_secs(1);
    world.hang_up("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   bob   -> us     INFO
        1.000   us    -> bob    200 INFO
        1.000   send-digit trunk 7
        2.000   bob   -> us     BYE
        2.000   us    -> bob    200 BYE
        2.000   us    -> trunk  BYE
        2.000   record answered +15550100 -> +14255550102 by 102 talked 2s ended by callee
        2.000   trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn both_parties_hold_at_once() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("trunk", "+14255550102");
    world.answer("bob");
    world.run_secs(1);
    world.ladder.clear();
    world.hold("bob");
    world.hold("trunk");
    world.run_secs(1);
    world.retrieve("trunk");
    world.run_secs(1);
    world.retrieve("bob");
    world.run_secs(1);
    world.hang_up("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   bob   -> us     INVITE 102 sdp sendonly
        1.000   us    -> bob    100 INVITE
        1.000   unbridge trunk
        1.000   play trunk music
        1.000   us    -> bob    200 INVITE sdp recvonly
        1.000   bob   -> us     ACK
        1.000   trunk -> us     INVITE +14255550102 sdp sendonly
        1.000   us    -> trunk  100 INVITE
        1.000   stop trunk
        1.000   stop bob
        1.000   us    -> trunk  200 INVITE sdp recvonly
        1.000   trunk -> us     ACK
        2.000   trunk -> us     INVITE +14255550102 sdp
        2.000   us    -> trunk  100 INVITE
        2.000   play trunk music
        2.000   us    -> trunk  200 INVITE sdp
        2.000   trunk -> us     ACK
        3.000   bob   -> us     INVITE 102 sdp
        3.000   us    -> bob    100 INVITE
        3.000   bridge trunk bob
        3.000   us    -> bob    200 INVITE sdp
        3.000   bob   -> us     ACK
        4.000   bob   -> us     BYE
        4.000   us    -> bob    200 BYE
        4.000   us    -> trunk  BYE
        4.000   record answered +15550100 -> +14255550102 by 102 talked 4s ended by callee
        4.000   trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_phone_that_vanishes_is_noticed_by_its_session_timer() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("bob", "+12125551234");
    world.answer("trunk");
    world.run_secs(5);
    world.ladder.clear();
    world.peer("bob").vanished = true;
    world.peer("trunk").vanished = true;
    world.run_secs(1000);
    world.ladder.expect(
        "
        900.000 us    -> trunk  UPDATE
        932.000 us    -> trunk  BYE
        932.000 us    -> bob    BYE (the peer does not answer any more)
        932.000 record answered 102 -> +12125551234 by +12125551234 talked 932s ended by system
        ",
    );
    world.run_secs(1200);
    check::idle(&mut world);
}

#[test]
fn a_call_keeps_the_settings_that_it_began_with() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("trunk", "+14255550110");
    world.run_secs(1);
    world.ladder.clear();
    world.change(&Wishes { agents: vec![2], ..Wishes::default() });
    world.run_secs(1);
    world.register(&["carol"]);
    world.run_secs(1);
    world.answer("carol");
    world.run_secs(1);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   us    -> bob    CANCEL (not available for this queue)
        1.000   bob   -> us     200 CANCEL
        1.000   bob   -> us     487 INVITE
        1.000   us    -> bob    ACK
        2.000   carol -> us     REGISTER
        2.000   us    -> carol  401 REGISTER
        2.000   carol -> us     REGISTER
        2.000   us    -> carol  200 REGISTER
        2.000   us    -> carol  INVITE 103 sdp
        2.000   carol -> us     100 INVITE
        2.000   carol -> us     180 INVITE
        3.000   carol -> us     200 INVITE sdp
        3.000   us    -> carol  ACK
        3.000   bridge trunk carol
        4.000   trunk -> us     BYE
        4.000   us    -> trunk  200 BYE
        4.000   us    -> carol  BYE
        4.000   record answered +15550100 -> +14255550110 by 103 talked 1s ended by caller, queue answered 3s 2 offers
        4.000   carol -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn trunks_are_found_by_name_and_a_name_without_answer_is_passed_over() {
    let more_trunks = vec![sim::world::SLOW_NAME, "gone.example", "good.example"];
    let mut world = World::with(&Wishes { more_trunks, ..Wishes::default() });
    world.add_peer("second", ([10, 0, 0, 10], 5060).into(), None);
    world.name_address("good.example", "second");
    world.register(&["bob"]);
    world.ladder.clear();
    world.peer("trunk").manners.refuses = Some(503);
    world.dial("bob", "+12125551234");
    world.run_secs(4);
    world.answer("second");
    world.run_secs(2);
    world.hang_up("second");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   bob   -> us     INVITE +12125551234 sdp
        0.000   us    -> bob    401 INVITE
        0.000   bob   -> us     ACK
        0.000   bob   -> us     INVITE +12125551234 sdp
        0.000   us    -> bob    100 INVITE
        0.000   us    -> trunk  INVITE +12125551234 sdp
        0.000   trunk -> us     100 INVITE
        0.000   trunk -> us     503 INVITE
        0.000   us    -> trunk  ACK
        0.000   resolve slow.example
        3.000   resolve gone.example
        3.000   resolve good.example
        3.000   us    -> second INVITE +12125551234 sdp
        3.000   second -> us     100 INVITE
        3.000   second -> us     180 INVITE
        3.000   us    -> bob    180 INVITE
        4.000   second -> us     200 INVITE sdp
        4.000   bridge bob second
        4.000   us    -> second ACK
        4.000   us    -> bob    200 INVITE sdp
        4.000   bob   -> us     ACK
        6.000   second -> us     BYE
        6.000   us    -> second 200 BYE
        6.000   us    -> bob    BYE
        6.000   record answered 102 -> +12125551234 by +12125551234 talked 2s ended by callee
        6.000   bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_phone_over_tls_is_offered_encryption() {
    let mut world = World::demo();
    world.peer("bob").transport = sip::Transport::Tls;
    world.register(&["bob"]);
    world.dial("trunk", "+14255550102");
    world.run_secs(1);
    world.answer("bob");
    world.run_secs(2);
    world.hang_up("trunk");
    world.run_until_quiet();
    check::idle(&mut world);
    let [record] = world.records.as_slice() else { panic!("one call, one record") };
    let encrypted: Vec<bool> = record.legs.iter().map(|leg| leg.encrypted).collect();
    assert_eq!(encrypted, [false, true], "the carrier's leg is plain, the phone's is not: {record:?}");
}

#[test]
fn a_phone_that_refuses_encryption_is_called_without() {
    let mut world = World::demo();
    world.peer("bob").transport = sip::Transport::Tls;
    world.peer("bob").manners.refuses = Some(488);
    world.register(&["bob"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550102");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550102 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> bob    INVITE 102 sdp
        0.000   bob   -> us     100 INVITE
        0.000   bob   -> us     488 INVITE
        0.000   us    -> bob    ACK
        0.000   us    -> bob    INVITE 102 sdp
        0.000   bob   -> us     100 INVITE
        0.000   bob   -> us     488 INVITE
        0.000   us    -> bob    ACK
        0.000   us    -> trunk  488 INVITE (no common codec or encryption)
        0.000   record no-answer +15550100 -> +14255550102 status 488 ended by system
        0.000   trunk -> us     ACK
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_trunk_with_early_media_that_fails_gives_way_to_the_next() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    world.peer("trunk").manners.early_media = true;
    world.dial("bob", "+12125551234");
    world.run_secs(3);
    world.refuse("trunk", 486);
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   bob   -> us     INVITE +12125551234 sdp
        0.000   us    -> bob    401 INVITE
        0.000   bob   -> us     ACK
        0.000   bob   -> us     INVITE +12125551234 sdp
        0.000   us    -> bob    100 INVITE
        0.000   us    -> trunk  INVITE +12125551234 sdp
        0.000   trunk -> us     100 INVITE
        0.000   trunk -> us     183 INVITE sdp
        0.000   us    -> trunk  PRACK
        0.000   bridge bob trunk
        0.000   us    -> bob    183 INVITE sdp
        0.000   trunk -> us     200 PRACK
        0.000   bob   -> us     PRACK
        0.000   us    -> bob    200 PRACK
        3.000   trunk -> us     486 INVITE
        3.000   us    -> trunk  ACK
        3.000   us    -> bob    486 INVITE (busy)
        3.000   record busy 102 -> +12125551234 status 486 ended by system
        3.000   bob   -> us     ACK
        ",
    );
    check::idle(&mut world);
}
