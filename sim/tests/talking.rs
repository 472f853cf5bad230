//! What two parties do while they talk: hold, keys, tests of the line.

use sim::{Faults, World, check};

#[test]
fn both_parties_hold_at_once() {
    let mut world = World::talking(&["bob"], 1);
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
fn a_key_in_a_message_sounds_at_the_other_end() {
    let mut world = World::talking(&["bob"], 1);
    world.act("bob", |bob, now| bob.info(now, "application/dtmf-relay", "Signal=7\r\nDuration=160\r\n"));
    world.run_secs(1);
    world.hang_up("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   bob   -> us     INFO 7
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
fn a_key_in_a_message_of_the_other_kind_sounds_as_well_and_nonsense_does_not() {
    let mut world = World::talking(&["bob"], 1);
    world.act("bob", |bob, now| bob.info(now, "application/dtmf", "#"));
    world.act("bob", |bob, now| bob.info(now, "application/dtmf-relay", "Signal=11\r\nDuration=160\r\n"));
    world.act("bob", |bob, now| bob.info(now, "application/dtmf", "seven"));
    world.act("bob", |bob, now| bob.info(now, "application/media_control+xml", "7"));
    world.hang_up("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   bob   -> us     INFO #
        1.000   us    -> bob    200 INFO
        1.000   send-digit trunk #
        1.000   bob   -> us     INFO #
        1.000   us    -> bob    200 INFO
        1.000   send-digit trunk #
        1.000   bob   -> us     INFO
        1.000   us    -> bob    200 INFO
        1.000   bob   -> us     INFO
        1.000   us    -> bob    200 INFO
        1.000   bob   -> us     BYE
        1.000   us    -> bob    200 BYE
        1.000   us    -> trunk  BYE
        1.000   record answered +15550100 -> +14255550102 by 102 talked 1s ended by callee
        1.000   trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_leg_without_events_hears_keys_in_messages() {
    let mut world = World::demo();
    world.peer("trunk").manners.takes_events = false;
    world.register(&["bob"]);
    world.dial("bob", "+12125551234");
    world.answer("trunk");
    world.run_secs(1);
    world.ladder.clear();
    world.press("bob", '5');
    world.act("bob", |bob, now| bob.info(now, "application/dtmf", "6"));
    world.act("trunk", |trunk, now| trunk.info(now, "application/dtmf-relay", "Signal=7\r\n"));
    world.hang_up("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   us    -> trunk  INFO 5
        1.000   trunk -> us     200 INFO
        1.000   bob   -> us     INFO 6
        1.000   us    -> bob    200 INFO
        1.000   us    -> trunk  INFO 6
        1.000   trunk -> us     200 INFO
        1.000   trunk -> us     INFO 7
        1.000   us    -> trunk  200 INFO
        1.000   send-digit bob 7
        1.000   bob   -> us     BYE
        1.000   us    -> bob    200 BYE
        1.000   us    -> trunk  BYE
        1.000   record answered 102 -> +12125551234 by +12125551234 talked 1s ended by caller
        1.000   trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn reinvites_of_both_legs_that_cross_are_both_answered() {
    let mut world = World::talking(&["bob"], 1);
    world.set_faults(Faults { delay_ms_max: 30, ..Faults::default() });
    world.hold("bob");
    world.hold("trunk");
    world.run_secs(1);
    world.retrieve("bob");
    world.retrieve("trunk");
    world.run_secs(1);
    world.hang_up("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.002   trunk -> us     INVITE +14255550102 sdp sendonly
        1.002   us    -> trunk  100 INVITE
        1.002   unbridge trunk
        1.002   play bob music
        1.002   us    -> trunk  200 INVITE sdp recvonly
        1.012   bob   -> us     INVITE 102 sdp sendonly
        1.012   us    -> bob    100 INVITE
        1.012   stop trunk
        1.012   stop bob
        1.012   us    -> bob    200 INVITE sdp recvonly
        1.016   trunk -> us     ACK
        1.030   bob   -> us     ACK
        2.021   trunk -> us     INVITE +14255550102 sdp
        2.021   us    -> trunk  100 INVITE
        2.021   play trunk music
        2.021   us    -> trunk  200 INVITE sdp
        2.027   bob   -> us     INVITE 102 sdp
        2.027   us    -> bob    100 INVITE
        2.027   bridge trunk bob
        2.027   us    -> bob    200 INVITE sdp
        2.046   trunk -> us     ACK
        2.049   bob   -> us     ACK
        3.030   bob   -> us     BYE
        3.030   us    -> bob    200 BYE
        3.030   us    -> trunk  BYE
        3.030   record answered +15550100 -> +14255550102 by 102 talked 3s ended by callee
        3.063   trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}
