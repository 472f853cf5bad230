//! The phones of one person: which ring, which answers, and who may take a call over.

use sim::peer::replaces_header;
use sim::{World, check};

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
        1.000 challenged bob-2 103
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
        1.000 challenged dan 103
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
fn of_several_refusals_the_caller_hears_what_a_person_did() {
    for (one, other, heard) in [(486, 480, 480), (486, 404, 486), (480, 500, 480), (408, 486, 486), (488, 486, 486)] {
        for (first, second) in [(one, other), (other, one)] {
            let mut world = bob_rings_twice();
            world.refuse("bob", first);
            assert_eq!(world.peer("trunk").refusals, [0; 0], "the other phone still rings");
            world.refuse("bob-2", second);
            world.run_until_quiet();
            assert_eq!(world.peer("trunk").refusals, [heard], "{first}, then {second}");
            check::idle(&mut world);
        }
    }
}

#[test]
fn who_declines_at_one_phone_is_rung_at_no_other() {
    let mut world = bob_rings_twice();
    world.ladder.clear();
    world.refuse("bob", 603);
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   bob   -> us     603 INVITE
        1.000   us    -> bob    ACK
        1.000   us    -> bob-2  CANCEL (declined)
        1.000   us    -> trunk  603 INVITE (declined)
        1.000   record no-answer +15550100 -> +14255550102 status 603 ended by system
        1.000   bob-2 -> us     200 CANCEL
        1.000   bob-2 -> us     487 INVITE
        1.000   us    -> bob-2  ACK
        1.000   trunk -> us     ACK
        ",
    );
    check::idle(&mut world);
}

/// Both of bob's phones have rung for a second.
fn bob_rings_twice() -> World {
    let mut world = World::demo();
    let account = world.peer("bob").account.clone();
    world.add_peer("bob-2", ([10, 0, 2, 2], 5060).into(), account);
    world.register(&["bob", "bob-2"]);
    world.dial("trunk", "+14255550102");
    world.run_secs(1);
    world
}
