//! Attendants and queues that are made from templates.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::sync::Arc;

use phone::apps::attendant::{AssociationKind, HoursOverride, HoursState};
use phone::apps::queue::roster::Members;
use phone::apps::queue::{Closure, ExceptionAction, Exit, Hours, Settings};
use phone::apps::template::{Made, Pattern, Template, Wanted, built_in};
use phone::directory::Tenant;
use phone::id::{AppTemplateId, QueueId, ScheduleId, UserId};
use phone::numbers::schedule::Schedule;
use phone::problem::Code;
use uuid::Uuid;

use crate::rehearsal::parts;

const SALES: QueueId = QueueId(Uuid::from_u128(1));
const OPENING_HOURS: ScheduleId = ScheduleId(Uuid::from_u128(2));
const MADE: ScheduleId = ScheduleId(Uuid::from_u128(77));

#[test]
fn what_comes_with_the_program_makes_apps_without_faults() {
    let mut names = Vec::new();
    for template in built_in() {
        let mut parts = parts();
        let there: Vec<Schedule> = parts.schedules.values().map(|one| (**one).clone()).collect();
        let made = make(&template, &there, &[]);
        for schedule in &made.schedules {
            parts.schedules.insert(schedule.id, Arc::new(schedule.clone()));
        }
        let tenant = Tenant::new(parts);
        let found = match &made.pattern {
            Pattern::Attendant(settings) => tenant.attendant_problems(settings),
            Pattern::Queue(settings) => tenant.queue_problems(settings, &Members::new()),
        };
        let found: Vec<Code> = found.into_iter().map(|problem| problem.code).collect();
        let expected = match made.pattern {
            Pattern::Attendant(_) => Vec::new(),
            Pattern::Queue(_) => vec![Code::NoAgents],
        };
        assert_eq!(found, expected, "{}", template.name);
        assert_eq!(template.problems(), []);
        names.push(template.name);
    }
    assert_eq!(names, ["Reception", "Announcement", "Help desk", "Sales line", "Ring all"]);
}

#[test]
fn a_schedule_is_shared_if_it_is_there_and_made_again_if_not() {
    let (template, there) = of_sales();
    let renamed = |schedule: &Schedule, name: &str| Schedule { name: name.to_owned(), ..schedule.clone() };
    let hours = there.iter().find(|one| one.id == OPENING_HOURS).unwrap();
    let other = ScheduleId(Uuid::from_u128(5));
    let with_other_rule = Schedule { id: other, name: "opening hours".to_owned(), rule: there[0].rule.clone() };
    for (there, expected, made) in [
        (vec![renamed(hours, "Renamed")], OPENING_HOURS, vec![]),
        (vec![Schedule { id: other, ..renamed(hours, "OPENING HOURS") }], other, vec![]),
        (vec![], MADE, vec!["Opening hours"]),
        (vec![with_other_rule.clone()], MADE, vec!["Opening hours 2"]),
        (vec![with_other_rule.clone(), renamed(&with_other_rule, "Opening hours 2")], MADE, vec!["Opening hours 3"]),
    ] {
        let Made { pattern, schedules } = make(&template, &there, &[]);
        let names: Vec<_> = schedules.iter().map(|one| one.name.as_str()).collect();
        assert_eq!((names, queue(pattern).hours.unwrap().closures[0].schedule), (made, expected), "{there:?}");
    }
}

#[test]
fn what_is_made_has_its_own_name_and_agents_and_nothing_that_was_done_by_hand() {
    let (template, there) = of_sales();
    let same = queue(make(&template, &there, &[]).pattern);
    assert_eq!((same.id, same.name.as_str()), (QueueId(Uuid::from_u128(9)), "Branch"));
    assert_eq!(same.agents, [UserId(Uuid::from_u128(2)), UserId(Uuid::from_u128(3))]);
    assert_eq!(same.hours.unwrap().hours_override, None);
    let own = queue(make(&template, &there, &[UserId(Uuid::from_u128(1))]).pattern);
    assert_eq!((own.agents, own.ranks.len()), (vec![UserId(Uuid::from_u128(1))], 0));
}

/// A template of the queue Sales, closed outside of opening hours, and the schedules that are there.
fn of_sales() -> (Template, Vec<Schedule>) {
    let parts = parts();
    let schedules: Vec<Schedule> = parts.schedules.values().map(|one| (**one).clone()).collect();
    let closure = Closure {
        kind: AssociationKind::AfterHours,
        schedule: OPENING_HOURS,
        enabled: true,
        exception: ExceptionAction::new(Exit::Disconnect),
    };
    let hours_override = Some(HoursOverride { state: HoursState::Closed, until: None });
    let hours = Some(Hours { time_zone: None, closures: vec![closure], hours_override });
    let ranks = [(UserId(Uuid::from_u128(2)), 1)].into();
    let settings = Settings { hours, ranks, ..(*parts.queues[&SALES]).clone() };
    let id = AppTemplateId(Uuid::from_u128(99));
    let template = Template::new(id, "Sales", "", Pattern::Queue(Box::new(settings)), &schedules);
    assert_eq!(template.schedules.len(), 1, "only the one that it names");
    (template, schedules)
}

fn make(template: &Template, there: &[Schedule], agents: &[UserId]) -> Made {
    let id = Uuid::from_u128(9);
    template.make(&Wanted { id, name: "Branch", agents, time_zone: "Europe/Paris", there }, || MADE)
}

fn queue(pattern: Pattern) -> Settings {
    match pattern {
        Pattern::Queue(settings) => *settings,
        Pattern::Attendant(settings) => panic!("{settings:?} is no queue"),
    }
}
