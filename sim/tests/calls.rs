//! Outbound calls, transfers, and what goes wrong.

use sim::demo::Wishes;
use sim::{World, check};

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
