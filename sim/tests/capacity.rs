//! A person's number carries a few calls at once, a service number all that come. Specification of numbers, 3.3.

use phone::numbers::trunk::settings::TrunkSettings;
use serde_json::json;
use sim::demo::Wishes;
use sim::{World, check};

/// Statuses of the calls that were refused, in order.
fn refused(world: &World) -> Vec<u16> {
    world.records.iter().filter_map(|record| record.status).collect()
}

#[test]
fn the_fifth_call_for_a_person_hears_busy_until_one_ends() {
    let mut world = World::demo();
    world.register(&["alice"]);
    for _ in 0..4 {
        world.dial("trunk", "+14255550101");
        world.run_secs(1);
        world.answer("alice");
    }
    world.run_secs(1);
    assert_eq!(world.statistics().n_calls, 4);
    world.ladder.clear();
    world.dial("trunk", "+14255550101");
    world.run_secs(1);
    world.ladder.expect(
        "
        5.000   trunk -> us     INVITE +14255550101 sdp
        5.000   record refused +15550100 -> +14255550101 status 486 ended by system
        5.000   us    -> trunk  100 INVITE
        5.000   us    -> trunk  486 INVITE (the number carries as many calls as it may)
        5.000   trunk -> us     ACK
        ",
    );
    world.hang_up("alice");
    world.run_secs(5);
    world.dial("trunk", "+14255550101");
    world.run_secs(1);
    world.answer("alice");
    assert_eq!(refused(&world), [486]);
    for _ in 0..4 {
        world.hang_up("alice");
    }
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn a_person_calls_one_outside_and_consults_another_but_not_a_third() {
    let mut world = World::demo();
    world.register(&["bob"]);
    for _ in 0..2 {
        world.dial("bob", "+12125551234");
        world.run_secs(1);
        world.answer("trunk");
    }
    world.dial("bob", "+12125551235");
    world.run_secs(1);
    assert_eq!(refused(&world), [503]);
    // An extension takes no line, and an emergency call needs none that is free.
    world.dial("bob", "933");
    world.run_secs(1);
    world.answer("trunk");
    world.run_secs(1);
    assert_eq!((world.statistics().n_calls, refused(&world)), (3, vec![503]));
    for _ in 0..3 {
        world.hang_up("bob");
    }
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn a_service_number_takes_every_call() {
    let mut world = World::demo();
    for _ in 0..50 {
        world.dial("trunk", "+14255550100");
    }
    world.run_secs(1);
    assert_eq!((world.statistics().n_calls, world.statistics().n_busy_numbers), (50, 1));
    for _ in 0..50 {
        world.hang_up("trunk");
    }
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn a_carrier_says_how_many_calls_its_numbers_carry() {
    let wanted =
        json!({ "user_number_calls_out_max": 1, "user_number_calls_in_max": null, "service_number_calls_in_max": 2 });
    let settings = TrunkSettings::default().changed(wanted.as_object().unwrap()).unwrap();
    let mut world = World::with(&Wishes { trunks: vec![settings], ..Wishes::default() });
    world.register(&["alice", "bob"]);
    for (n_before, expected) in [(0, vec![]), (1, vec![503])] {
        world.dial("bob", "+12125551234");
        world.run_secs(1);
        if n_before == 0 {
            world.answer("trunk");
        }
        assert_eq!(refused(&world), expected);
    }
    for _ in 0..3 {
        world.dial("trunk", "+14255550100");
    }
    world.run_secs(1);
    assert_eq!(refused(&world), [503, 486]);
    for _ in 0..5 {
        world.dial("trunk", "+14255550101");
        world.run_secs(1);
        world.answer("alice");
    }
    world.run_secs(1);
    assert_eq!((world.statistics().n_calls, refused(&world)), (8, vec![503, 486]));
    // Whose call is the newest.
    for name in ["alice", "alice", "alice", "alice", "alice", "bob", "trunk", "trunk"] {
        world.hang_up(name);
    }
    world.run_until_quiet();
    check::idle(&mut world);
}
