//! Messages that are lost, come late, come twice, or cross. RFC 3261 §13, §14, §17; RFC 6026

use sim::demo::Wishes;
use sim::{World, check};
use sip::message::name::HeaderName;

/// Bob's phone rings for a call from outside.
fn ringing() -> World {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("trunk", "+14255550102");
    world.run_secs(3);
    world.ladder.clear();
    world
}

fn end(world: &mut World, who: &str) {
    world.hang_up(who);
    world.run_until_quiet();
    check::idle(world);
}

#[test]
fn an_answer_that_is_lost_is_repeated() {
    let mut world = ringing();
    world.peer("trunk").n_missed = 2;
    world.answer("bob");
    world.run_secs(10);
    world.ladder.expect(
        "
        3.000   bob   -> us     200 INVITE sdp
        3.000   bridge trunk bob
        3.000   us    -> bob    ACK
        3.000   us    -> trunk  200 INVITE sdp
        4.500   trunk -> us     ACK
        ",
    );
    end(&mut world, "trunk");
}

#[test]
fn an_ack_that_comes_late_is_no_harm() {
    let mut world = ringing();
    world.peer("trunk").n_lost = 4;
    world.answer("bob");
    world.run_secs(40);
    world.ladder.expect(
        "
        3.000   bob   -> us     200 INVITE sdp
        3.000   bridge trunk bob
        3.000   us    -> bob    ACK
        3.000   us    -> trunk  200 INVITE sdp
        10.500  trunk -> us     ACK
        ",
    );
    end(&mut world, "trunk");
}

#[test]
fn a_call_whose_ack_never_comes_is_ended() {
    let mut world = ringing();
    world.peer("trunk").n_lost = u32::MAX;
    world.answer("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        3.000   bob   -> us     200 INVITE sdp
        3.000   bridge trunk bob
        3.000   us    -> bob    ACK
        3.000   us    -> trunk  200 INVITE sdp
        35.000  us    -> trunk  BYE (ACK missing)
        35.000  us    -> bob    BYE (the answer was never acknowledged)
        35.000  record answered +15550100 -> +14255550102 by 102 talked 32s ended by system
        35.000  bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn our_ack_is_repeated_as_often_as_a_phone_answers() {
    let mut world = ringing();
    world.peer("bob").n_missed = 3;
    world.answer("bob");
    world.run_secs(60);
    world.ladder.expect(
        "
        3.000   bob   -> us     200 INVITE sdp
        3.000   bridge trunk bob
        3.000   us    -> bob    ACK
        3.000   us    -> trunk  200 INVITE sdp
        3.000   trunk -> us     ACK
        ",
    );
    end(&mut world, "trunk");
}

#[test]
fn a_phone_that_answers_while_it_is_cancelled_is_let_go() {
    let mut world = ringing();
    world.peer("bob").n_missed = 1;
    world.hang_up("trunk");
    world.answer("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        3.000   trunk -> us     CANCEL
        3.000   us    -> trunk  200 CANCEL
        3.000   us    -> trunk  487 INVITE
        3.000   us    -> bob    CANCEL
        3.000   record abandoned +15550100 -> +14255550102 ended by caller
        3.000   trunk -> us     ACK
        3.000   bob   -> us     200 INVITE sdp
        3.000   us    -> bob    ACK
        3.000   us    -> bob    BYE
        3.000   bob   -> us     200 BYE
        3.500   bob   -> us     200 CANCEL
        ",
    );
    check::idle(&mut world);
}

#[test]
fn of_two_phones_that_answer_at_once_one_is_let_go() {
    let mut world = World::demo();
    let account = world.peer("bob").account.clone();
    world.add_peer("bob-2", ([10, 0, 2, 2], 5060).into(), account);
    world.register(&["bob", "bob-2"]);
    world.dial("trunk", "+14255550102");
    world.run_secs(3);
    world.ladder.clear();
    world.peer("bob-2").n_missed = 1;
    world.answer("bob");
    world.answer("bob-2");
    world.run_secs(5);
    world.ladder.expect(
        "
        3.000   bob   -> us     200 INVITE sdp
        3.000   bridge trunk bob
        3.000   us    -> bob    ACK
        3.000   us    -> bob-2  CANCEL (Call completed elsewhere)
        3.000   us    -> trunk  200 INVITE sdp
        3.000   trunk -> us     ACK
        3.000   bob-2 -> us     200 INVITE sdp
        3.000   us    -> bob-2  ACK
        3.000   us    -> bob-2  BYE
        3.000   bob-2 -> us     200 BYE
        3.500   bob-2 -> us     200 CANCEL
        ",
    );
    end(&mut world, "trunk");
}

#[test]
fn a_second_answer_of_a_carrier_that_forks_is_let_go() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("bob", "+12125551234");
    world.answer("trunk");
    world.run_secs(1);
    world.ladder.clear();
    let invite = world.peer("trunk").invites.last().cloned().unwrap_or_else(|| panic!("the carrier was called"));
    let line = |name: HeaderName| format!("{}: {}\n", name.as_str(), invite.header(name).unwrap_or_default());
    let lines: String = [HeaderName::Via, HeaderName::From, HeaderName::CallId, HeaderName::CSeq].map(line).concat();
    let to = line(HeaderName::To);
    let answer = format!(
        "SIP/2.0 200 OK\n{lines}{};tag=another\nContact: <sip:another@10.0.0.9:5060>\nContent-Length: 0\n\n",
        to.trim_end()
    );
    world.send_as("trunk", &answer);
    world.send_as("trunk", &answer);
    world.run_secs(1);
    world.ladder.expect(
        "
        1.000   trunk -> us     200 INVITE
        1.000   us    -> trunk  ACK
        1.000   us    -> trunk  BYE
        1.000   trunk -> us     481 BYE
        ",
    );
    end(&mut world, "bob");
}

/// RFC 3261 §14.1: our refresh of the session and a hold of the carrier.
#[test]
fn offers_that_cross_are_both_answered_in_the_end() {
    let mut world = World::demo();
    world.peer("trunk").manners.knows_update = false;
    world.register(&["bob"]);
    world.dial("bob", "+12125551234");
    world.answer("trunk");
    world.run_secs(899);
    world.ladder.clear();
    world.peer("trunk").n_missed = 1;
    world.run(std::time::Duration::from_millis(1_200));
    world.hold("trunk");
    world.run_secs(10);
    world.ladder.expect(
        "
        900.000 us    -> trunk  INVITE +12125551234 sdp
        900.200 trunk -> us     INVITE +14255550102 sdp sendonly
        900.200 us    -> trunk  491 INVITE
        900.200 trunk -> us     ACK
        900.420 trunk -> us     INVITE +14255550102 sdp sendonly
        900.420 us    -> trunk  491 INVITE
        900.420 trunk -> us     ACK
        900.500 trunk -> us     100 INVITE
        900.500 trunk -> us     200 INVITE sdp
        900.500 us    -> trunk  ACK
        902.050 trunk -> us     INVITE +14255550102 sdp sendonly
        902.050 us    -> trunk  100 INVITE
        902.050 unbridge bob
        902.050 play bob music
        902.050 us    -> trunk  200 INVITE sdp recvonly
        902.050 trunk -> us     ACK
        ",
    );
    end(&mut world, "bob");
}

#[test]
fn two_byes_that_cross_are_both_answered() {
    let mut world = ringing();
    world.answer("bob");
    world.run_secs(1);
    world.ladder.clear();
    world.peer("bob").n_missed = 1;
    world.hang_up("trunk");
    world.hang_up("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        4.000   trunk -> us     BYE
        4.000   us    -> trunk  200 BYE
        4.000   us    -> bob    BYE
        4.000   record answered +15550100 -> +14255550102 by 102 talked 1s ended by caller
        4.000   bob   -> us     BYE
        4.000   us    -> bob    200 BYE
        4.500   bob   -> us     481 BYE
        ",
    );
    check::idle(&mut world);
}

/// RFC 4028: the phone asks for it and refreshes; when it does no more, the call ends.
#[test]
fn a_phone_refreshes_its_session_as_it_asked_for() {
    let mut world = World::demo();
    world.peer("bob").manners.session_secs = Some(90);
    world.register(&["bob", "carol"]);
    world.dial("bob", "103");
    world.answer("carol");
    world.run_secs(1);
    world.ladder.clear();
    world.run_secs(60);
    world.peer("bob").vanished = true;
    world.run_until_quiet();
    world.ladder.expect(
        "
        45.000  bob   -> us     UPDATE
        45.000  us    -> bob    200 UPDATE
        105.000 us    -> bob    BYE (Session expired)
        105.000 us    -> carol  BYE (the session was not refreshed in time)
        105.000 record answered 102 -> 103 by 103 talked 105s ended by system
        105.000 carol -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

/// RFC 3263 §4.3: the next address of the same name.
#[test]
fn the_next_address_of_a_carrier_is_tried() {
    let more_trunks = vec!["many.example"];
    let mut world =
        World::with(&Wishes { more_trunks, trunk: |index, trunk| trunk.enabled = index > 0, ..Wishes::default() });
    for (name, host) in [("first", 10), ("second", 11), ("third", 12)] {
        world.add_peer(name, ([10, 0, 0, host], 5060).into(), None);
        world.name_address("many.example", name);
    }
    world.register(&["bob"]);
    world.ladder.clear();
    world.peer("first").vanished = true;
    world.peer("second").manners.refuses = Some(503);
    world.dial("bob", "+12125551234");
    world.run_secs(4);
    world.ladder.expect(
        "
        0.000   challenged bob +12125551234
        0.000   resolve many.example
        0.000   us    -> first  INVITE +12125551234 sdp
        2.500   us    -> second INVITE +12125551234 sdp
        2.500   second -> us     100 INVITE
        2.500   second -> us     503 INVITE
        2.500   us    -> second ACK
        2.500   us    -> third  INVITE +12125551234 sdp
        2.500   third -> us     100 INVITE
        2.500   third -> us     180 INVITE
        2.500   us    -> bob    180 INVITE
        ",
    );
    world.hang_up("bob");
    world.run_secs(1);
    world.ladder.clear();
    // The one that said nothing is tried last for a while.
    world.dial("bob", "+12125551234");
    world.run_secs(1);
    world.ladder.expect(
        "
        5.000   challenged bob +12125551234
        5.000   resolve many.example
        5.000   us    -> second INVITE +12125551234 sdp
        5.000   second -> us     100 INVITE
        5.000   second -> us     503 INVITE
        5.000   us    -> second ACK
        5.000   us    -> third  INVITE +12125551234 sdp
        5.000   third -> us     100 INVITE
        5.000   third -> us     180 INVITE
        5.000   us    -> bob    180 INVITE
        ",
    );
    end(&mut world, "bob");
}

/// A carrier whose addresses all say nothing does not keep the next carrier waiting for long.
#[test]
fn a_carrier_of_many_silent_addresses_is_left_for_the_next() {
    let more_trunks = vec!["many.example", "10.0.0.20"];
    let trunk = |index, trunk: &mut phone::numbers::Trunk| trunk.enabled = index > 0;
    let mut world = World::with(&Wishes { more_trunks, trunk, ..Wishes::default() });
    for (name, host) in [("first", 10), ("second", 11), ("third", 12), ("fourth", 13), ("other", 20)] {
        world.add_peer(name, ([10, 0, 0, host], 5060).into(), None);
        world.name_address("many.example", name);
        world.peer(name).vanished = name != "other";
    }
    world.register(&["bob"]);
    world.ladder.clear();
    world.dial("bob", "+12125551234");
    world.run_secs(20);
    world.ladder.expect(
        "
        0.000   challenged bob +12125551234
        0.000   resolve many.example
        0.000   us    -> first  INVITE +12125551234 sdp
        2.500   us    -> second INVITE +12125551234 sdp
        5.000   us    -> third  INVITE +12125551234 sdp
        10.000  us    -> other  INVITE +12125551234 sdp
        10.000  other -> us     100 INVITE
        10.000  other -> us     180 INVITE
        10.000  us    -> bob    180 INVITE
        ",
    );
    end(&mut world, "bob");
}
