//! What two parties do while they talk: hold, keys, tests of the line.

use sim::{World, check};

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
