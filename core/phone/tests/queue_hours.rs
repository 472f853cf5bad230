//! When queues take callers, what becomes of those who come while they do not, and what is said of it.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use phone::apps::Target;
use phone::apps::attendant::{AssociationKind, HoursOverride, HoursState};
use phone::apps::queue::roster::Members;
use phone::apps::queue::{Closure, Effect, Event, ExceptionAction, Exit, ExitCause, Hours, Queues, Settings, Standing};
use phone::directory::rehearsal::{Assumed, Caller, End, Entrance, HangUp, Script};
use phone::directory::{App, Tenant};
use phone::id::{CallId, QueueId, ScheduleId, UserId};
use phone::problem::Code;
use uuid::Uuid;

use crate::rehearsal::parts;

const SALES: QueueId = QueueId(Uuid::from_u128(1));
const THANKSGIVING: ScheduleId = ScheduleId(Uuid::from_u128(1));
/// Outside of what the name says.
const OPENING_HOURS: ScheduleId = ScheduleId(Uuid::from_u128(2));

/// In New York: a Wednesday at noon, a Sunday, and a holiday at noon.
const OPEN: &str = "2026-11-25T17:00:00Z";
const CLOSED: &str = "2026-11-29T15:00:00Z";
const HOLIDAY: &str = "2026-11-26T17:00:00Z";

#[test]
fn holidays_go_before_hours_and_what_was_set_by_hand_before_both() {
    let closed = |until: Option<&str>| {
        let until = until.map(|until| until.parse().unwrap());
        Some(HoursOverride { state: HoursState::Closed, until })
    };
    let open = Some(HoursOverride { state: HoursState::Open, until: None });
    let both = || vec![holiday(), after_hours()];
    let off = || vec![Closure { enabled: false, ..after_hours() }];
    for (closures, held, at, expected) in [
        (both(), None, OPEN, None),
        (both(), None, CLOSED, Some(Some(1))),
        (both(), None, HOLIDAY, Some(Some(0))),
        // A Sunday in Auckland, a Saturday evening in New York.
        (vec![after_hours()], None, "2026-11-28T21:59:00Z", Some(Some(0))),
        (off(), None, CLOSED, None),
        (both(), closed(None), OPEN, Some(Some(1))),
        (vec![holiday()], closed(None), OPEN, Some(None)),
        (Vec::new(), closed(Some(CLOSED)), OPEN, Some(None)),
        (Vec::new(), closed(Some(OPEN)), OPEN, None),
        (both(), open, HOLIDAY, None),
    ] {
        let hours = Hours { time_zone: None, closures: closures.clone(), hours_override: held };
        let (tenant, settings) = with_hours(hours);
        let found = tenant.closed(&settings, at.parse().unwrap());
        assert_eq!(found.map(|closed| closed.closure), expected, "{closures:?} {held:?} at {at}");
    }
    let own =
        Hours { time_zone: Some("Pacific/Auckland".to_owned()), closures: vec![after_hours()], ..Hours::default() };
    let (tenant, settings) = with_hours(own);
    assert!(tenant.closed(&settings, OPEN.parse().unwrap()).is_some(), "six in the morning there");
    assert!(tenant.closed(&settings, "2026-11-25T20:00:00Z".parse().unwrap()).is_none(), "nine in the morning there");
}

#[test]
fn who_comes_while_it_is_closed_is_not_taken_and_who_waits_stays() {
    let settings = Settings { overflow_threshold: 1, ..Settings::new(SALES, "Sales", "en-US") };
    let (now, [waits, comes]) = (now(), [8, 9].map(|number| CallId(Uuid::from_u128(number))));
    let mut queues = Queues::default();
    let mut out = Vec::new();
    let staffed = Arc::new(settings).into();
    queues.handle(now, Event::Configured { queues: [(SALES, staffed)].into() }, &mut out);
    let (standing, priority, arrived) = (Standing::New, None, now);
    queues.handle(now, Event::Join { queue: SALES, call: waits, priority, arrived, standing, contact: None }, &mut out);
    out.clear();
    let turned_away = Event::TurnAway { queue: SALES, call: comes, exception: Box::new(to_alice()) };
    queues.handle(now, turned_away, &mut out);
    let exception = Box::new(to_alice());
    assert_eq!(out, [Effect::Exit { call: comes, queue: SALES, cause: ExitCause::Closed, exception }]);
    assert_eq!(queues.n_waiting(SALES), 1);
}

#[test]
fn a_walk_says_why_a_queue_is_closed_and_where_the_caller_goes() {
    let hours = Hours { time_zone: None, closures: vec![holiday(), after_hours()], hours_override: None };
    let (tenant, _) = with_hours(hours.clone());
    let on_holiday = walk(&tenant, HOLIDAY);
    assert_eq!(on_holiday.0, End::Person { user: UserId(Uuid::from_u128(1)), queue: None });
    for line in [
        "leave: Thursday 26 November 2026, 12:00 (America/New_York) is one of the dates of Thanksgiving, so Sales is closed \
         [hours]",
        "transfer: to Alice [hours.closures[0].exception]",
    ] {
        assert!(on_holiday.1.contains(&line.to_owned()), "{line}: {:#?}", on_holiday.1);
    }
    let sunday = walk(&tenant, CLOSED);
    assert_eq!(sunday.0, End::HungUp { app: App::Queue(SALES), cause: HangUp::Queue(ExitCause::Closed) });
    assert_eq!((sunday.0.kind(), sunday.0.code()), ("hung_up", Some("closed")));
    let (tenant, _) = with_hours(Hours {
        hours_override: Some(HoursOverride { state: HoursState::Closed, until: None }),
        closures: Vec::new(),
        ..hours
    });
    let held = walk(&tenant, OPEN);
    for line in [
        "leave: Sales is set to be closed until somebody takes that back [hours]",
        "end: Sales hangs up [hours.hours_override]",
    ] {
        assert!(held.1.contains(&line.to_owned()), "{line}: {:#?}", held.1);
    }
    let starters = with_hours(Hours { closures: vec![after_hours()], ..Hours::default() }).0.starter_tests(
        App::Queue(SALES),
        CLOSED.parse().unwrap(),
        now(),
    );
    let first: Vec<_> = starters.iter().map(|one| (one.name.as_str(), one.at.to_string())).take(6).collect();
    assert_eq!(first[0], ("an agent answers", "2026-11-30T14:00:00Z".to_owned()), "on Monday, when it is open");
    assert_eq!(first[5], ("the queue is closed", "2026-11-29T15:00:00Z".to_owned()));
}

#[test]
fn hours_are_checked_as_those_of_an_attendant_are() {
    let broken: [(fn(&mut Hours), &[(Code, &str)]); 5] = [
        (|_| {}, &[]),
        (|it| it.time_zone = Some("Mars/Base".to_owned()), &[(Code::TimeZoneUnknown, "hours.time_zone")]),
        (|it| it.closures[0].enabled = false, &[(Code::AssociationDisabled, "hours.closures[0].enabled")]),
        (|it| it.closures[1].schedule = THANKSGIVING, &[(Code::AssociationDuplicate, "hours.closures[1].schedule")]),
        (
            |it| {
                it.closures[1].schedule = ScheduleId(Uuid::from_u128(99));
                it.closures[0].exception.action = Exit::Forward { target: Target::User { id: UserId(Uuid::max()) } };
            },
            &[
                (Code::MissingTarget, "hours.closures[0].exception.action.target"),
                (Code::MissingTarget, "hours.closures[1].schedule"),
            ],
        ),
    ];
    for (change, expected) in broken {
        let mut hours = Hours { time_zone: None, closures: vec![holiday(), after_hours()], hours_override: None };
        change(&mut hours);
        let (tenant, settings) = with_hours(hours);
        let found = tenant.queue_problems(&settings, &Members::new());
        let found: Vec<_> = found.iter().map(|problem| (problem.code, problem.field.as_str())).collect();
        assert_eq!(found, expected);
    }
}

/// Callers go to Alice.
fn holiday() -> Closure {
    Closure { kind: AssociationKind::Holiday, schedule: THANKSGIVING, enabled: true, exception: to_alice() }
}

fn after_hours() -> Closure {
    let exception = ExceptionAction::new(Exit::Disconnect);
    Closure { kind: AssociationKind::AfterHours, schedule: OPENING_HOURS, enabled: true, exception }
}

fn to_alice() -> ExceptionAction {
    ExceptionAction::new(Exit::Forward { target: Target::User { id: UserId(Uuid::from_u128(1)) } })
}

fn with_hours(hours: Hours) -> (Tenant, Settings) {
    let mut parts = parts();
    let settings = Settings { hours: Some(hours), ..(*parts.queues[&SALES]).clone() };
    parts.queues.insert(SALES, Arc::new(settings.clone()));
    (Tenant::new(parts), settings)
}

/// How a call to the queue ends, and its steps in words.
fn walk(tenant: &Tenant, at: &str) -> (End, Vec<String>) {
    let at: Timestamp = at.parse().unwrap();
    let to = Entrance::Target(Target::Queue { id: SALES, priority: Default::default() });
    let script = Script { from: Caller::Outside(None), to, at, keys: "".parse().unwrap(), assumed: Assumed::default() };
    let path = tenant.rehearse(now(), &script);
    let line = |step: &phone::directory::rehearsal::Step| {
        let setting = step.setting.as_ref().map_or(String::new(), |setting| format!(" [{}]", setting.field));
        format!("{}: {}{setting}", step.kind.as_str(), step.words)
    };
    let steps = path.steps.iter().map(line).collect();
    (path.end, steps)
}

#[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
fn now() -> Instant {
    Instant::now()
}
