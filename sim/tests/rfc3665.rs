//! The call flows of RFC 3665, as far as a switch between two parties sees them.

use phone::numbers::trunk::TrunkCredentials;
use sim::World;
use sim::check;

/// §2.1 Successful new registration.
#[test]
fn a_phone_registers_after_a_challenge() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.expect(
        "
        0.000   bob   -> us     REGISTER
        0.000   us    -> bob    401 REGISTER
        0.000   bob   -> us     REGISTER
        0.000   us    -> bob    200 REGISTER
        ",
    );
    assert_eq!(world.peer("bob").registered, Some(200));
}

/// §2.4 Cancellation of registration.
#[test]
fn a_phone_unregisters() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    world.run_secs(1);
    world.act("bob", |bob, now| bob.register(now, 0));
    world.dial("trunk", "+14255550102");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   bob   -> us     REGISTER
        1.000   us    -> bob    401 REGISTER
        1.000   bob   -> us     REGISTER
        1.000   us    -> bob    200 REGISTER
        1.000   trunk -> us     INVITE +14255550102 sdp
        1.000   record no-answer +15550100 -> +14255550102 status 480 ended by system
        1.000   us    -> trunk  100 INVITE
        1.000   us    -> trunk  480 INVITE (no phone is registered)
        1.000   trunk -> us     ACK
        ",
    );
    check::idle(&mut world);
}

/// §3.1 Successful session establishment.
#[test]
fn a_call_from_outside_reaches_a_phone() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    world.run_secs(1);
    world.dial("trunk", "+14255550102");
    world.run_secs(2);
    world.answer("bob");
    world.run_secs(10);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   trunk -> us     INVITE +14255550102 sdp
        1.000   us    -> trunk  100 INVITE
        1.000   us    -> bob    INVITE 102 sdp
        1.000   bob   -> us     100 INVITE
        1.000   bob   -> us     180 INVITE
        1.000   us    -> trunk  180 INVITE
        3.000   bob   -> us     200 INVITE sdp
        3.000   bridge trunk bob
        3.000   us    -> bob    ACK
        3.000   us    -> trunk  200 INVITE sdp
        3.000   trunk -> us     ACK
        13.000  trunk -> us     BYE
        13.000  us    -> trunk  200 BYE
        13.000  us    -> bob    BYE
        13.000  record answered +15550100 -> +14255550102 by 102 talked 10s ended by caller
        13.000  bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

/// §3.8 No answer.
#[test]
fn nobody_answers() {
    let mut world = World::demo();
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
        0.000   bob   -> us     180 INVITE
        0.000   us    -> trunk  180 INVITE
        20.000  us    -> bob    CANCEL (nobody answered)
        20.000  us    -> trunk  480 INVITE (nobody answered)
        20.000  record no-answer +15550100 -> +14255550102 status 480 ended by system
        20.000  bob   -> us     200 CANCEL
        20.000  bob   -> us     487 INVITE
        20.000  us    -> bob    ACK
        20.000  trunk -> us     ACK
        ",
    );
    check::idle(&mut world);
}

/// §3.9 Busy.
#[test]
fn the_phone_is_busy() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    world.peer("bob").manners.refuses = Some(486);
    world.dial("trunk", "+14255550102");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550102 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> bob    INVITE 102 sdp
        0.000   bob   -> us     100 INVITE
        0.000   bob   -> us     486 INVITE
        0.000   us    -> bob    ACK
        0.000   us    -> trunk  486 INVITE (busy)
        0.000   record busy +15550100 -> +14255550102 status 486 ended by system
        0.000   trunk -> us     ACK
        ",
    );
    check::idle(&mut world);
}

/// §3.8 with the caller giving up.
#[test]
fn the_caller_gives_up() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550102");
    world.run_secs(3);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550102 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> bob    INVITE 102 sdp
        0.000   bob   -> us     100 INVITE
        0.000   bob   -> us     180 INVITE
        0.000   us    -> trunk  180 INVITE
        3.000   trunk -> us     CANCEL
        3.000   us    -> trunk  200 CANCEL
        3.000   us    -> trunk  487 INVITE
        3.000   us    -> bob    CANCEL
        3.000   record abandoned +15550100 -> +14255550102 ended by caller
        3.000   trunk -> us     ACK
        3.000   bob   -> us     200 CANCEL
        3.000   bob   -> us     487 INVITE
        3.000   us    -> bob    ACK
        ",
    );
    check::idle(&mut world);
}

/// §3.7 Session with re-INVITE.
#[test]
fn a_party_holds_and_comes_back() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("trunk", "+14255550102");
    world.answer("bob");
    world.run_secs(1);
    world.ladder.clear();
    world.hold("bob");
    world.run_secs(5);
    world.retrieve("bob");
    world.run_secs(5);
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
        6.000   bob   -> us     INVITE 102 sdp
        6.000   us    -> bob    100 INVITE
        6.000   bridge trunk bob
        6.000   us    -> bob    200 INVITE sdp
        6.000   bob   -> us     ACK
        11.000  bob   -> us     BYE
        11.000  us    -> bob    200 BYE
        11.000  us    -> trunk  BYE
        11.000  record answered +15550100 -> +14255550102 by 102 talked 11s ended by callee
        11.000  trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

/// §3.6 as its last hop: without SDP in the INVITE, the offer comes in the 200 and the answer in the ACK.
#[test]
fn a_caller_delays_the_offer() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    world.peer("trunk").manners.delays_offer = true;
    world.dial("trunk", "+14255550102");
    world.run_secs(1);
    world.answer("bob");
    world.run_secs(5);
    world.hang_up("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550102
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> bob    INVITE 102 sdp
        0.000   bob   -> us     100 INVITE
        0.000   bob   -> us     180 INVITE
        0.000   us    -> trunk  180 INVITE
        1.000   bob   -> us     200 INVITE sdp
        1.000   bridge trunk bob
        1.000   us    -> bob    ACK
        1.000   us    -> trunk  200 INVITE sdp
        1.000   trunk -> us     ACK sdp
        6.000   bob   -> us     BYE
        6.000   us    -> bob    200 BYE
        6.000   us    -> trunk  BYE
        6.000   record answered +15550100 -> +14255550102 by 102 talked 5s ended by callee
        6.000   trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

/// §3.3 Session with authentication at the next hop.
#[test]
fn a_carrier_wants_a_password() {
    let credentials = |_, trunk: &mut phone::numbers::Trunk| {
        trunk.credentials = Some(TrunkCredentials { realm: None, user: "acme".into(), password: "secret".into() });
    };
    let mut world = World::with(&sim::demo::Wishes { trunk: credentials, ..Default::default() });
    world.register(&["bob"]);
    world.ladder.clear();
    world.peer("trunk").manners.wants_proof = true;
    world.dial("bob", "+12125551234");
    world.answer("trunk");
    world.run_secs(2);
    world.hang_up("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   challenged bob +12125551234
        0.000   us    -> trunk  INVITE +12125551234 sdp
        0.000   trunk -> us     401 INVITE
        0.000   us    -> trunk  ACK
        0.000   us    -> trunk  INVITE +12125551234 sdp
        0.000   trunk -> us     100 INVITE
        0.000   trunk -> us     180 INVITE
        0.000   us    -> bob    180 INVITE
        0.000   trunk -> us     200 INVITE sdp
        0.000   bridge bob trunk
        0.000   us    -> trunk  ACK
        0.000   us    -> bob    200 INVITE sdp
        0.000   bob   -> us     ACK
        2.000   bob   -> us     BYE
        2.000   us    -> bob    200 BYE
        2.000   us    -> trunk  BYE
        2.000   record answered 102 -> +12125551234 by +12125551234 talked 2s ended by caller
        2.000   trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

/// §3.10 No response from the phone.
#[test]
fn a_phone_says_nothing_at_all() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.ladder.clear();
    world.peer("bob").vanished = true;
    world.dial("trunk", "+14255550102");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550102 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> bob    INVITE 102 sdp
        20.000  us    -> trunk  480 INVITE (nobody answered)
        20.000  record no-answer +15550100 -> +14255550102 status 480 ended by system
        20.000  trunk -> us     ACK
        ",
    );
    check::idle(&mut world);
}

/// §3.11 Unsuccessful: the phone does not exist any more.
#[test]
fn no_phone_is_registered() {
    let mut world = World::demo();
    world.dial("trunk", "+14255550102");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550102 sdp
        0.000   record no-answer +15550100 -> +14255550102 status 480 ended by system
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> trunk  480 INVITE (no phone is registered)
        0.000   trunk -> us     ACK
        ",
    );
    check::idle(&mut world);
}
