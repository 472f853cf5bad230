//! Callers in attendants and queues.

use phone::apps::queue::Exit;
use phone::apps::queue::Routing;
use sim::demo::Wishes;
use sim::{World, check};

#[test]
fn a_caller_presses_1_and_reaches_an_agent() {
    let mut world = World::demo();
    world.register(&["bob", "carol"]);
    world.ladder.clear();
    world.run_secs(1);
    world.dial("trunk", "+14255550100");
    world.run_secs(4);
    world.press("trunk", '1');
    world.run_secs(2);
    world.answer("bob");
    world.run_secs(60);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   trunk -> us     INVITE +14255550100 sdp
        1.000   play trunk greeting
        1.000   us    -> trunk  100 INVITE
        1.000   us    -> trunk  200 INVITE sdp
        1.000   trunk -> us     ACK
        2.000   play trunk menu
        5.000   play trunk music
        5.000   us    -> bob    INVITE 102 sdp
        5.000   bob   -> us     100 INVITE
        5.000   bob   -> us     180 INVITE
        7.000   bob   -> us     200 INVITE sdp
        7.000   us    -> bob    ACK
        7.000   bridge trunk bob
        67.000  trunk -> us     BYE
        67.000  us    -> trunk  200 BYE
        67.000  us    -> bob    BYE
        67.000  record answered +15550100 -> +14255550100 by 102 talked 60s ended by caller, attendant 1 transferred_to_cq, queue answered 2s 1 offers
        67.000  bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_caller_hangs_up_in_the_menu() {
    let mut world = World::demo();
    world.dial("trunk", "+14255550100");
    world.run_secs(2);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550100 sdp
        0.000   play trunk greeting
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> trunk  200 INVITE sdp
        0.000   trunk -> us     ACK
        1.000   play trunk menu
        2.000   trunk -> us     BYE
        2.000   us    -> trunk  200 BYE
        2.000   record abandoned +15550100 -> +14255550100 ended by caller, attendant - user_terminated
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_user_who_does_not_answer_sends_the_caller_back_to_the_menu() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550100");
    world.run_secs(4);
    world.press("trunk", '2');
    world.run_secs(25);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550100 sdp
        0.000   play trunk greeting
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> trunk  200 INVITE sdp
        0.000   trunk -> us     ACK
        1.000   play trunk menu
        4.000   play trunk ring-back
        4.000   us    -> bob    INVITE 102 sdp
        4.000   bob   -> us     100 INVITE
        4.000   bob   -> us     180 INVITE
        24.000  play trunk not-available menu
        24.000  us    -> bob    CANCEL (nobody answered)
        24.000  bob   -> us     200 CANCEL
        24.000  bob   -> us     487 INVITE
        24.000  us    -> bob    ACK
        29.000  trunk -> us     BYE
        29.000  us    -> trunk  200 BYE
        29.000  record abandoned +15550100 -> +14255550100 ended by caller, attendant 2 transferred_to_user, attendant 2 user_terminated
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_caller_spells_a_name_hears_it_and_is_put_through() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550100");
    world.run_secs(4);
    world.press("trunk", '4');
    world.run_secs(1);
    for key in ['2', '6', '2', '#'] {
        world.press("trunk", key);
    }
    world.run_secs(2);
    world.answer("bob");
    world.run_secs(10);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550100 sdp
        0.000   play trunk greeting
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> trunk  200 INVITE sdp
        0.000   trunk -> us     ACK
        1.000   play trunk menu
        4.000   play trunk enter-name
        5.000   play trunk bob transferring
        6.440   play trunk ring-back
        6.440   us    -> bob    INVITE 102 sdp
        6.440   bob   -> us     100 INVITE
        6.440   bob   -> us     180 INVITE
        7.000   bob   -> us     200 INVITE sdp
        7.000   bridge trunk bob
        7.000   us    -> bob    ACK
        17.000  trunk -> us     BYE
        17.000  us    -> trunk  200 BYE
        17.000  us    -> bob    BYE
        17.000  record answered +15550100 -> +14255550100 by 102 talked 10s ended by caller, attendant 4262# transferred_to_user
        17.000  bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_mailbox_that_is_off_is_not_reached() {
    let mut world = World::demo();
    world.dial("trunk", "+14255550100");
    world.run_secs(4);
    world.press("trunk", '9');
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550100 sdp
        0.000   play trunk greeting
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> trunk  200 INVITE sdp
        0.000   trunk -> us     ACK
        1.000   play trunk menu
        4.000   play trunk not-available menu
        11.900  play trunk menu
        18.900  play trunk menu
        25.900  us    -> trunk  BYE
        25.900  record treated +15550100 -> +14255550100 ended by system, attendant 9 transferred_to_operator, attendant 9 terminated_transfer_failed
        25.900  trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn attendant_routing_rings_everybody_and_the_first_wins() {
    let mut world = World::with(&Wishes { routing: Routing::Attendant, agents: vec![0, 1, 2], ..Wishes::default() });
    world.register(&["alice", "bob", "carol"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550110");
    world.run_secs(3);
    world.answer("carol");
    world.run_secs(5);
    world.hang_up("carol");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550110 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   play trunk music
        0.000   us    -> trunk  200 INVITE sdp
        0.000   us    -> alice  INVITE 101 sdp
        0.000   us    -> bob    INVITE 102 sdp
        0.000   us    -> carol  INVITE 103 sdp
        0.000   trunk -> us     ACK
        0.000   alice -> us     100 INVITE
        0.000   alice -> us     180 INVITE
        0.000   bob   -> us     100 INVITE
        0.000   bob   -> us     180 INVITE
        0.000   carol -> us     100 INVITE
        0.000   carol -> us     180 INVITE
        3.000   carol -> us     200 INVITE sdp
        3.000   us    -> carol  ACK
        3.000   bridge trunk carol
        3.000   us    -> alice  CANCEL (Call completed elsewhere)
        3.000   us    -> bob    CANCEL (Call completed elsewhere)
        3.000   alice -> us     200 CANCEL
        3.000   alice -> us     487 INVITE
        3.000   us    -> alice  ACK
        3.000   bob   -> us     200 CANCEL
        3.000   bob   -> us     487 INVITE
        3.000   us    -> bob    ACK
        8.000   carol -> us     BYE
        8.000   us    -> carol  200 BYE
        8.000   us    -> trunk  BYE
        8.000   record answered +15550100 -> +14255550110 by 103 talked 5s ended by callee, queue answered 3s 3 offers
        8.000   trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn serial_routing_goes_down_the_list() {
    let mut world = World::with(&Wishes { routing: Routing::Serial, alert_secs: 15, ..Wishes::default() });
    world.register(&["bob", "carol"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550110");
    world.run_secs(20);
    world.answer("carol");
    world.run_secs(5);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550110 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   play trunk music
        0.000   us    -> trunk  200 INVITE sdp
        0.000   us    -> bob    INVITE 102 sdp
        0.000   trunk -> us     ACK
        0.000   bob   -> us     100 INVITE
        0.000   bob   -> us     180 INVITE
        15.000  us    -> bob    CANCEL (not answered in time)
        15.000  us    -> carol  INVITE 103 sdp
        15.000  bob   -> us     200 CANCEL
        15.000  bob   -> us     487 INVITE
        15.000  us    -> bob    ACK
        15.000  carol -> us     100 INVITE
        15.000  carol -> us     180 INVITE
        20.000  carol -> us     200 INVITE sdp
        20.000  us    -> carol  ACK
        20.000  bridge trunk carol
        25.000  trunk -> us     BYE
        25.000  us    -> trunk  200 BYE
        25.000  us    -> carol  BYE
        25.000  record answered +15550100 -> +14255550110 by 103 talked 5s ended by caller, queue answered 20s 2 offers
        25.000  carol -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_full_queue_is_busy() {
    let mut world = World::with(&Wishes { overflow_threshold: 0, ..Wishes::default() });
    world.register(&["bob"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550110");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550110 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   record busy +15550100 -> +14255550110 status 486 ended by system, queue overflow 0s 0 offers
        0.000   us    -> trunk  486 INVITE (the queue is full)
        0.000   trunk -> us     ACK
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_caller_who_waited_too_long_is_let_go() {
    let mut world = World::with(&Wishes { timeout_secs: 30, queue_greeting: true, ..Wishes::default() });
    world.register(&["bob"]);
    world.peer("bob").manners.refuses = Some(486);
    world.ladder.clear();
    world.dial("trunk", "+14255550110");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550110 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   play trunk welcome
        0.000   us    -> trunk  200 INVITE sdp
        0.000   trunk -> us     ACK
        1.500   play trunk music
        1.500   us    -> bob    INVITE 102 sdp
        1.500   bob   -> us     100 INVITE
        1.500   bob   -> us     486 INVITE
        1.500   us    -> bob    ACK
        6.500   us    -> bob    INVITE 102 sdp
        6.500   bob   -> us     100 INVITE
        6.500   bob   -> us     486 INVITE
        6.500   us    -> bob    ACK
        11.500  us    -> bob    INVITE 102 sdp
        11.500  bob   -> us     100 INVITE
        11.500  bob   -> us     486 INVITE
        11.500  us    -> bob    ACK
        16.500  us    -> bob    INVITE 102 sdp
        16.500  bob   -> us     100 INVITE
        16.500  bob   -> us     486 INVITE
        16.500  us    -> bob    ACK
        21.500  us    -> bob    INVITE 102 sdp
        21.500  bob   -> us     100 INVITE
        21.500  bob   -> us     486 INVITE
        21.500  us    -> bob    ACK
        26.500  us    -> bob    INVITE 102 sdp
        26.500  bob   -> us     100 INVITE
        26.500  bob   -> us     486 INVITE
        26.500  us    -> bob    ACK
        30.000  us    -> trunk  BYE
        30.000  record treated +15550100 -> +14255550110 ended by system, queue timeout 30s 6 offers
        30.000  trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn an_overflowing_caller_is_sent_to_a_person() {
    let overflow = Exit::Forward { target: phone::apps::Target::User { id: sim::demo::user_id(0) } };
    let mut world = World::with(&Wishes { overflow_threshold: 0, overflow, ..Wishes::default() });
    world.register(&["alice"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550110");
    world.run_secs(2);
    world.answer("alice");
    world.run_secs(2);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550110 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> alice  INVITE 101 sdp
        0.000   alice -> us     100 INVITE
        0.000   alice -> us     180 INVITE
        0.000   us    -> trunk  180 INVITE
        2.000   alice -> us     200 INVITE sdp
        2.000   bridge trunk alice
        2.000   us    -> alice  ACK
        2.000   us    -> trunk  200 INVITE sdp
        2.000   trunk -> us     ACK
        4.000   trunk -> us     BYE
        4.000   us    -> trunk  200 BYE
        4.000   us    -> alice  BYE
        4.000   record answered +15550100 -> +14255550110 by 101 talked 2s ended by caller, queue overflow 0s 0 offers
        4.000   alice -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}
