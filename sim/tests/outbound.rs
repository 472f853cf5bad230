//! Calls to the outside: over which trunk, and what becomes of it.

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
        0.000 challenged bob +12125551234
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
        0.000 challenged bob +12125551234
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
        0.000 challenged bob +12125551234
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
        0.000 challenged bob +12125551234
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
fn a_carrier_that_never_answers_is_given_up() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    world.peer("trunk").vanished = true;
    world.dial("bob", "+12125551234");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000 challenged bob +12125551234
        0.000   us    -> trunk  INVITE +12125551234 sdp
        5.000   us    -> bob    408 INVITE (the trunk does not answer)
        5.000   record no-answer 102 -> +12125551234 status 408 ended by system
        5.000   bob   -> us     ACK
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
        0.000 challenged bob +12125551234
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
        0.000 challenged dan 933
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
fn a_carrier_that_redirects_is_not_followed() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    world.peer("trunk").manners.refuses = Some(302);
    world.dial("bob", "+12125551234");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   challenged bob +12125551234
        0.000   us    -> trunk  INVITE +12125551234 sdp
        0.000   trunk -> us     100 INVITE
        0.000   trunk -> us     302 INVITE
        0.000   us    -> trunk  ACK
        0.000   us    -> bob    480 INVITE (the called party has moved)
        0.000   record no-answer 102 -> +12125551234 status 480 ended by system
        0.000   bob   -> us     ACK
        ",
    );
    check::idle(&mut world);
}
