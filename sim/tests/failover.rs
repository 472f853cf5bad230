//! Trunks that say nothing, refuse, are full or come and go: another one carries the call, and the record tells why.

use std::time::Duration;

use phone::apps::Target;
use phone::apps::queue::Exit;
use phone::numbers::E164;
use phone::numbers::trunk::settings::TrunkSettings;
use phone::record::{AttemptResult, CallResult};
use serde_json::{Value, json};
use sim::demo::Wishes;
use sim::network::Faults;
use sim::world::Shows;
use sim::{World, check};
use switch::input::Command;
use switch::output::Answer;
use switch::view::TrunkState;

const OUTSIDE: &str = "+12125551234";

#[test]
fn a_silent_trunk_is_left_at_its_timer_and_tried_last_until_it_answers_again() {
    let mut world = two_carriers(Wishes { send_options: true, ..Wishes::default() });
    world.run_secs(31);
    assert_eq!(states(&mut world), [TrunkState::Active, TrunkState::Active], "both answered their OPTIONS");
    world.ladder.clear();
    world.peer("trunk").vanished = true;
    call(&mut world, 8);
    world.ladder.expect(
        "
        31.000 challenged bob +12125551234
        31.000 us     -> trunk  INVITE +12125551234 sdp
        36.000 us     -> second INVITE +12125551234 sdp
        36.000 second -> us     100 INVITE
        36.000 second -> us     180 INVITE
        36.000 us     -> bob    180 INVITE
        37.000 second -> us     200 INVITE sdp
        37.000 bridge bob second
        37.000 us     -> second ACK
        37.000 us     -> bob    200 INVITE sdp
        37.000 bob    -> us     ACK
        39.000 bob    -> us     BYE
        39.000 us     -> bob    200 BYE
        39.000 us     -> second BYE
        39.000 record answered 102 -> +12125551234 by +12125551234 talked 2s ended by caller
        39.000 second -> us     200 BYE
        ",
    );
    assert_eq!(
        attempts(&world),
        [("carrier-0", AttemptResult::Silent, 5_000), ("carrier-1", AttemptResult::Answered, 1_000)]
    );
    assert_eq!(states(&mut world), [TrunkState::Demoted, TrunkState::Active]);

    call(&mut world, 3);
    assert_eq!(attempts(&world), [("carrier-1", AttemptResult::Answered, 1_000)], "nobody waits for it again");
    world.peer("trunk").vanished = false;
    world.run_secs(60);
    assert_eq!(states(&mut world), [TrunkState::Active, TrunkState::Active]);
    world.peer("trunk").manners.answers_after = Some(Duration::from_secs(1));
    call(&mut world, 3);
    assert_eq!(attempts(&world), [("carrier-0", AttemptResult::Answered, 1_000)]);
}

#[test]
fn three_options_without_an_answer_make_a_trunk_silent() {
    let mut world = two_carriers(Wishes { send_options: true, ..Wishes::default() });
    world.run_secs(31);
    world.ladder.clear();
    world.peer("trunk").vanished = true;
    // A request that nobody answers is given up after 32 s. RFC 3261 §17.1.2.2
    world.run_secs(60 + 60 + 31 + 32);
    assert_eq!(states(&mut world), [TrunkState::Active, TrunkState::Active]);
    world.run_secs(60);
    assert_eq!(states(&mut world), [TrunkState::Demoted, TrunkState::Active]);
}

#[test]
fn a_trunk_that_says_100_has_the_call_for_half_a_minute() {
    let mut world = two_carriers(Wishes::default());
    world.peer("trunk").manners.rings = false;
    world.dial("bob", OUTSIDE);
    world.run_secs(29);
    assert!(world.peer("second").invites.is_empty(), "its own timer is 5 s, but it said 100");
    world.run_secs(3);
    world.hang_up("bob");
    world.run_until_quiet();
    assert_eq!(attempts(&world)[0], ("carrier-0", AttemptResult::Silent, 30_000));
    check::idle(&mut world);
}

#[test]
fn what_rang_is_not_tried_elsewhere() {
    let mut world = two_carriers(Wishes::default());
    world.dial("bob", OUTSIDE);
    world.run_secs(10);
    world.refuse("trunk", 503);
    world.run_until_quiet();
    assert!(world.peer("second").invites.is_empty());
    assert_eq!(attempts(&world), [("carrier-0", AttemptResult::Refused, 10_000)]);
}

#[test]
fn codes_of_the_settings_decide_what_is_tried_elsewhere() {
    for (codes, status, is_tried) in [(vec![486], 486, true), (vec![486], 503, false), (vec![503], 500, false)] {
        let trunks = vec![settings(&json!({ "failover_response_codes": codes }))];
        let mut world = two_carriers(Wishes { trunks, ..Wishes::default() });
        world.peer("trunk").manners.refuses = Some(status);
        call(&mut world, 3);
        assert_eq!(world.peer("second").invites.len(), usize::from(is_tried), "{status} with {codes:?}");
    }
}

#[test]
fn a_trunk_that_wants_to_rest_is_tried_last_meanwhile() {
    let mut world = two_carriers(Wishes::default());
    let manners = &mut world.peer("trunk").manners;
    (manners.refuses, manners.retry_after) = (Some(503), Some(20));
    call(&mut world, 3);
    assert_eq!(attempts(&world).len(), 2);
    call(&mut world, 3);
    assert_eq!(attempts(&world), [("carrier-1", AttemptResult::Answered, 1_000)]);
    world.peer("second").manners.refuses = Some(503);
    call(&mut world, 3);
    assert_eq!(attempts(&world).len(), 2, "last is not never");
    world.run_secs(20);
    call(&mut world, 3);
    assert_eq!(attempts(&world)[0].0, "carrier-0");
}

#[test]
fn a_trunk_begins_no_more_calls_in_a_second_than_it_may() {
    let trunks = vec![settings(&json!({ "calls_per_second_max": 1 }))];
    let mut world = two_carriers(Wishes { trunks, ..Wishes::default() });
    for name in ["bob", "alice", "carol"] {
        world.dial(name, OUTSIDE);
    }
    world.dial("dan", "911");
    world.run(Duration::from_millis(1_000));
    let counts = ["trunk", "second"].map(|name| world.peer(name).invites.len());
    assert_eq!(counts, [2, 2], "one by right, and who calls for help");
    world.dial("bob", OUTSIDE);
    world.run_secs(1);
    assert_eq!(world.peer("trunk").invites.len(), 3);
    for name in ["bob", "alice", "carol", "dan"] {
        world.hang_up(name);
    }
    world.run_until_quiet();
    assert!(world.records.iter().any(|record| record.attempts.iter().any(|it| it.result == AttemptResult::Full)));
}

#[test]
fn a_silent_trunk_is_left_at_the_timer_of_its_settings() {
    for secs in [2, 10] {
        let wishes = Wishes {
            trunk: if secs == 2 { |_, trunk| trunk.no_answer_secs = 2 } else { |_, trunk| trunk.no_answer_secs = 10 },
            ..Wishes::default()
        };
        let mut world = two_carriers(wishes);
        world.peer("trunk").vanished = true;
        call(&mut world, secs + 3);
        let told = [("carrier-0", AttemptResult::Silent, secs * 1_000), ("carrier-1", AttemptResult::Answered, 1_000)];
        let told = told.map(|(name, result, millis)| (name, result, u32::try_from(millis).unwrap()));
        assert_eq!(attempts(&world), told);
        assert_eq!(world.records.last().unwrap().result, CallResult::Answered);
    }
}

/// A trunk comes and goes every 20 s under 50 calls a second: no call fails, since another could carry each.
/// `TRUNKLINE_FLAP_SECONDS=600` makes it ten minutes.
#[test]
fn a_trunk_that_flaps_loses_no_call() {
    let secs = setting("TRUNKLINE_FLAP_SECONDS", 45);
    // A service number carries as many calls as come: the queue behind it is full at once, and sends them outside.
    let onward = Exit::Forward { target: Target::External { number: E164::parse(OUTSIDE).unwrap() } };
    let wishes = Wishes {
        send_options: true,
        more_trunks: vec!["10.0.0.10", "10.0.0.11"],
        overflow_threshold: 0,
        overflow: onward,
        ..Wishes::default()
    };
    let mut world = World::new(&wishes, 7, Faults::default(), Shows::Nothing);
    world.add_peer("second", ([10, 0, 0, 10], 5060).into(), None);
    world.add_peer("third", ([10, 0, 0, 11], 5060).into(), None);
    for carrier in ["trunk", "second"] {
        let manners = &mut world.peer(carrier).manners;
        manners.answers_after = Some(Duration::from_millis(300));
        manners.hangs_up_after = Some(Duration::from_secs(2));
    }
    let mut n_calls = 0;
    for second in 0..secs {
        world.peer("trunk").vanished = (second / 20) % 2 == 1;
        for _ in 0..50 {
            world.dial("third", "+14255550110");
            world.run(Duration::from_millis(20));
            n_calls += 1;
        }
        world.peer("trunk").invites.clear();
        world.peer("second").invites.clear();
    }
    world.peer("trunk").vanished = false;
    world.run_secs(60);
    let failed: Vec<_> = world.records.iter().filter(|record| record.result != CallResult::Answered).collect();
    assert!(failed.is_empty(), "{} of {n_calls} failed: {:#?}", failed.len(), failed.first());
    assert_eq!(world.records.len(), n_calls);
    let n_waited = world.records.iter().filter(|record| record.attempts.len() > 1).count();
    assert!(n_waited > 0 && n_waited < n_calls / 4, "{n_waited} of {n_calls} had to wait for the timer");
}

/// A number of the environment: more of the same is tried by hand.
fn setting(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn two_carriers(wishes: Wishes) -> World {
    let mut world = World::with(&Wishes { more_trunks: vec!["10.0.0.10"], ..wishes });
    world.add_peer("second", ([10, 0, 0, 10], 5060).into(), None);
    world.peer("second").manners.answers_after = Some(Duration::from_secs(1));
    world.register(&["alice", "bob", "carol", "dan"]);
    world.ladder.clear();
    world
}

/// Bob calls outside and hangs up after so long.
fn call(world: &mut World, secs: u64) {
    world.dial("bob", OUTSIDE);
    world.run_secs(secs);
    if !world.peer("bob").calls.is_empty() {
        world.hang_up("bob");
    }
    world.run_secs(1);
}

/// What the last record says of trunks: name, what came of it, and how long it took.
fn attempts(world: &World) -> Vec<(&str, AttemptResult, u32)> {
    let last = world.records.last().unwrap();
    last.attempts.iter().map(|it| (it.name.as_str(), it.result, it.milliseconds)).collect()
}

fn states(world: &mut World) -> Vec<TrunkState> {
    let Answer::Trunks(trunks) = world.command(Command::ListTrunks { tenant: sim::demo::TENANT }) else {
        panic!("trunks are listed")
    };
    trunks.iter().map(|trunk| trunk.state).collect()
}

fn settings(value: &Value) -> TrunkSettings {
    TrunkSettings::default().changed(value.as_object().unwrap()).unwrap()
}
