//! Calls in the nights in which clocks change, where the attendant is. Specification of voice apps, 1.10 and 7.2.

use phone::apps::attendant::{Association, AssociationKind, CallFlow, Settings};
use phone::apps::prompt::Prompt;
use phone::apps::queue::{self, Closure, ExceptionAction, Exit, Hours};
use phone::id::ScheduleId;
use phone::numbers::schedule::{Rule, Schedule, TimeRange};
use sim::demo::{self, Wishes};
use sim::{World, check};
use uuid::Uuid;

const HOURS: ScheduleId = ScheduleId(Uuid::from_u128(0x71));
const SUNDAY: usize = 6;

#[test]
fn hours_begin_and_end_at_the_minute_when_clocks_change() {
    for (zone, hours, moments) in [
        // 02:00 becomes 03:00: the end that is skipped moves to the first moment that exists.
        (
            "Europe/Berlin",
            "01:00-02:30",
            [
                ("2026-03-28T23:59:59Z", false),
                ("2026-03-29T00:00:00Z", true),
                ("2026-03-29T00:59:59Z", true),
                ("2026-03-29T01:00:00Z", false),
            ],
        ),
        // 02:00 becomes 01:00: of two that read alike, the first begins.
        (
            "America/New_York",
            "01:30-09:00",
            [
                ("2026-11-01T05:29:59Z", false),
                ("2026-11-01T05:30:00Z", true),
                ("2026-11-01T13:59:59Z", true),
                ("2026-11-01T14:00:00Z", false),
            ],
        ),
        // By half an hour.
        (
            "Australia/Lord_Howe",
            "02:15-03:00",
            [
                ("2026-10-03T15:29:59Z", false),
                ("2026-10-03T15:30:00Z", true),
                ("2026-10-03T15:59:59Z", true),
                ("2026-10-03T16:00:00Z", false),
            ],
        ),
    ] {
        for (at, is_open) in moments {
            let mut world = World::at(at, &closed_outside(zone, hours));
            world.dial("trunk", "+14255550100");
            world.run_secs(1);
            world.hang_up("trunk");
            world.run_until_quiet();
            let lines = world.ladder.render().join("\n");
            let heard = if lines.contains("play trunk sorry") { "the closed flow" } else { "the default flow" };
            let expected = if is_open { "the default flow" } else { "the closed flow" };
            assert_eq!(heard, expected, "{zone} {hours} at {at}\n{lines}");
            check::idle(&mut world);
        }
    }
}

#[test]
fn a_queue_takes_callers_until_the_minute_in_which_it_closes() {
    let queue: fn(&mut queue::Settings) = |queue| {
        let exception = ExceptionAction::new(Exit::Disconnect);
        let closure = Closure { kind: AssociationKind::AfterHours, schedule: HOURS, enabled: true, exception };
        queue.hours = Some(Hours { time_zone: Some("UTC".to_owned()), closures: vec![closure], hours_override: None });
    };
    let schedules = closed_outside("UTC", "01:00-02:30").schedules;
    let mut world = World::at("2026-11-29T02:29:50Z", &Wishes { queue, schedules, ..Wishes::default() });
    world.dial("trunk", "+14255550110");
    world.run_secs(15);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.dial("trunk", "+14255550110");
    world.run_until_quiet();
    let records: Vec<_> = world.ladder.render().into_iter().filter(|line| line.contains("record")).collect();
    // Who waits when it closes stays; who comes later hears busy.
    assert!(records[0].contains("abandoned") && records[0].contains("queue abandoned 15s"), "{records:#?}");
    assert!(records[1].contains("queue closed 0s"), "{records:#?}");
    check::idle(&mut world);
}

/// Open on Sundays in these hours, and closed at any other time.
fn closed_outside(zone: &'static str, hours: &str) -> Wishes {
    let mut days: [Vec<TimeRange>; 7] = Default::default();
    let time = |text: &str| text.parse().unwrap_or_else(|_| panic!("{hours} are hours"));
    let (start, end) = hours.split_once('-').unwrap_or_else(|| panic!("{hours} are hours"));
    days[SUNDAY] = vec![TimeRange { start: time(start), end: time(end) }];
    let rule = Rule::Weekly { days, complement: true };
    let attendant: fn(&mut Settings) = |attendant| {
        let greeting = Some(Prompt::Text { key: demo::SORRY, text: "Closed".to_owned() });
        let flow = CallFlow { name: "Closed".to_owned(), greeting, ..attendant.default_flow.clone() };
        let kind = AssociationKind::AfterHours;
        attendant.associations = vec![Association { kind, schedule: HOURS, flow, enabled: true }];
    };
    let schedules = vec![Schedule { id: HOURS, name: "Closed".to_owned(), rule }];
    Wishes { time_zone: zone, schedules, attendant, ..Wishes::default() }
}
