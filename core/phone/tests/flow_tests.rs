//! Tests of call flows: written from the flow, green on it, red on another one.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::time::Instant;

use jiff::Timestamp;
use phone::apps::queue::roster::Members;
use phone::directory::flow_test::starter::Starter;
use phone::directory::flow_test::{AppSettings, Expected, FlowTest};
use phone::directory::rehearsal::Caller;
use phone::directory::{App, Tenant};
use phone::id::{AttendantId, FlowTestId, QueueId, UserId};
use uuid::Uuid;

use crate::rehearsal::parts;

const MAIN: App = App::Attendant(AttendantId(Uuid::from_u128(1)));
const SALES: App = App::Queue(QueueId(Uuid::from_u128(1)));

#[test]
fn a_starter_set_has_every_branch_holiday_bound_and_fate_of_a_queue() {
    let starters = Tenant::new(parts()).starter_tests(MAIN, tuesday(), now());
    let named = |name: &str| starters.iter().find(|starter| starter.name == name);
    for (name, expected) in [
        ("Open: no key is pressed", person(1)),
        ("Open: key 0", person(1)),
        ("Open: key 1, an agent answers", queue(1)),
        ("Open: key 1, the queue is full", Expected::HungUp),
        ("Open: key 1, no agent is there", person(1)),
        ("Open: key 1, nobody answers", Expected::HungUp),
        ("Open: key 2", person(3)),
        ("Open: key 5", person(1)),
        ("Closed for Thanksgiving: no key is pressed", Expected::HungUp),
        ("Night: no key is pressed", Expected::HungUp),
        ("the minute before Opening hours begins (Fri 27 Nov 2026 09:00)", Expected::HungUp),
        ("the minute Opening hours begins (Fri 27 Nov 2026 09:00)", person(1)),
        ("the minute before Opening hours ends (Fri 27 Nov 2026 17:00)", person(1)),
        ("the minute Opening hours ends (Fri 27 Nov 2026 17:00)", Expected::HungUp),
        // The day after the clocks go forward, an hour earlier in UTC.
        ("the minute Opening hours begins (Mon 15 Mar 2027 09:00)", person(1)),
        ("the minute before Thanksgiving begins (Thu 26 Nov 2026 00:00)", Expected::HungUp),
    ] {
        let found = named(name).unwrap_or_else(|| panic!("{name} is not among {:#?}", names(&starters)));
        assert_eq!(found.expected, expected, "{name}");
    }
    let spring = named("the minute Opening hours begins (Mon 15 Mar 2027 09:00)").unwrap();
    assert_eq!(spring.at, "2027-03-15T13:00:00Z".parse().unwrap());
    let of_queue = Tenant::new(parts()).starter_tests(SALES, tuesday(), now());
    assert_eq!(
        names(&of_queue),
        ["an agent answers", "the queue is full", "no agent is there", "nobody answers", "all agents are busy"]
    );
}

#[test]
fn tests_of_a_flow_are_green_on_it_and_red_when_it_does_something_else() {
    let tenant = Tenant::new(parts());
    let tests: Vec<_> = tenant.starter_tests(MAIN, tuesday(), now()).into_iter().map(test).collect();
    assert!(tests.iter().all(|test| test.run(&tenant, now()).passed));
    let App::Attendant(id) = MAIN else { panic!("an attendant") };
    let mut draft = (*tenant.attendants[&id]).clone();
    draft.default_flow.menu.options.retain(|option| option.key != phone::apps::attendant::Key::Digit('2'));
    let changed = tenant.with_app(&AppSettings::Attendant(draft), &Members::new());
    let red: Vec<_> = tests.iter().filter(|test| !test.run(&changed, now()).passed).map(|test| &test.name).collect();
    assert_eq!(red, ["Open: key 2"]);
}

#[test]
fn a_thousand_tests_run_in_a_moment() {
    let tenant = Tenant::new(parts());
    let starters = tenant.starter_tests(MAIN, tuesday(), now());
    let tests: Vec<_> = starters.into_iter().map(test).cycle().take(1_000).collect();
    let began = now();
    assert!(tests.iter().all(|test| test.run(&tenant, now()).passed));
    let took = began.elapsed();
    println!("1,000 flow tests took {took:?}");
    // Without optimization it is ten times slower.
    assert!(took.as_secs() < 20, "{took:?}");
}

fn test(starter: Starter) -> FlowTest {
    let Starter { name, at, keys, assumed, expected } = starter;
    let (id, from) = (FlowTestId(Uuid::nil()), Caller::Outside(None));
    FlowTest { id, app: MAIN, name, from, at, keys, assumed, expected, generated: true }
}

fn names(starters: &[Starter]) -> Vec<&str> {
    starters.iter().map(|starter| starter.name.as_str()).collect()
}

fn person(id: u128) -> Expected {
    Expected::Person { user: UserId(Uuid::from_u128(id)) }
}

fn queue(id: u128) -> Expected {
    Expected::Queue { queue: QueueId(Uuid::from_u128(id)) }
}

/// The week of Thanksgiving.
fn tuesday() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
fn now() -> Instant {
    Instant::now()
}

#[test]
fn what_differs_is_named_by_its_place() {
    let before = serde_json::json!({ "a": 1, "b": { "c": [1, 2] }, "d": [1], "gone": true });
    let after = serde_json::json!({ "a": 1, "b": { "c": [1, 3] }, "d": [1, 2], "new": true });
    assert_eq!(phone::difference::places(&before, &after), ["b.c[1]", "d", "new", "gone"]);
    assert!(phone::difference::places(&before, &before).is_empty());
}
