//! Thresholds of queues: told once when they are reached, and once when that is over.

use phone::apps::queue::alert::{Alert, AlertKind, Alerts};
use phone::apps::queue::{Effect, Event, Settings};
use phone::people::Presence;

use super::office::*;

#[test]
fn callers_who_wait_are_told_once_and_over_only_when_it_stays_calm() {
    let mut office = office(Alerts { waiting_min: Some(2), ..none() });
    office.join(SALES, 1);
    assert_eq!(alerts(&mut office), []);
    office.join(SALES, 2);
    assert_eq!(alerts(&mut office), [(AlertKind::Waiting, true, 2)]);
    office.join(SALES, 3);
    office.event(Event::Leave { call: call(3) });
    office.event(Event::Leave { call: call(2) });
    office.pass(29);
    assert_eq!(alerts(&mut office), [], "it may come back");
    office.join(SALES, 4);
    office.pass(100);
    assert_eq!(alerts(&mut office), [], "and it did");
    office.event(Event::Leave { call: call(4) });
    office.pass(30);
    assert_eq!(alerts(&mut office), [(AlertKind::Waiting, false, 1)]);
    assert_eq!(office.queues.alerts(queue(SALES)), []);
}

#[test]
fn a_long_wait_is_told_to_the_second_and_whatever_the_priority() {
    let mut office = office(Alerts { wait_secs: Some(40), calm_secs: 0, ..none() });
    office.join(SALES, 1);
    office.pass(10);
    office.join(SALES, 2);
    office.pass(29);
    assert_eq!(alerts(&mut office), []);
    office.pass(1);
    assert_eq!(alerts(&mut office), [(AlertKind::Wait, true, 40)]);
    assert_eq!(office.queues.alerts(queue(SALES)), [AlertKind::Wait]);
    // The next one has waited 30 seconds.
    office.event(Event::Leave { call: call(1) });
    assert_eq!(alerts(&mut office), [(AlertKind::Wait, false, 30)]);
    office.pass(10);
    assert_eq!(alerts(&mut office), [(AlertKind::Wait, true, 40)]);
}

#[test]
fn an_empty_room_is_told_when_it_lasts() {
    let mut office = office(Alerts { no_agent_secs: Some(20), ..none() });
    let everybody = [ANN, BEN, CAT];
    let all = |office: &mut Office, is_there| {
        for who in everybody {
            office.change(who, is_there, Presence::Available, false);
        }
    };
    all(&mut office, false);
    office.pass(19);
    all(&mut office, true);
    office.pass(100);
    assert_eq!(alerts(&mut office), [], "phones registered again");
    all(&mut office, false);
    office.pass(20);
    assert_eq!(alerts(&mut office), [(AlertKind::NoAgent, true, 20)]);
    all(&mut office, true);
    office.pass(30);
    assert_eq!(alerts(&mut office), [(AlertKind::NoAgent, false, 0)]);
}

#[test]
fn a_service_level_is_told_from_ten_callers_of_the_last_half_hour() {
    let level = Alerts { service_level_percent: Some(80), calm_secs: 0, ..none() };
    let target = Settings { service_level_secs: Some(15), agent_alert_secs: 60, ..settings(SALES) };
    let mut office = Office::new([Settings { alerts: Some(level), agents: vec![agent(ANN)], ..target }]);
    // Seven in time, and three late: seventy percent.
    for number in 1..=10 {
        office.join(SALES, number);
        office.pass(if number <= 7 { 15 } else { 16 });
        office.answer(number, ANN);
        let expected: &[_] = if number == 10 { &[(AlertKind::ServiceLevel, true, 70)] } else { &[] };
        assert_eq!(alerts(&mut office), expected, "after {number}");
        office.event(released(SALES, ANN));
    }
    // Who gives up in time is none of them.
    office.join(SALES, 11);
    office.event(Event::Leave { call: call(11) });
    assert_eq!(alerts(&mut office), []);
    office.pass(1_800);
    assert_eq!(alerts(&mut office).len(), 1, "half an hour later they tell nothing any more");
    assert_eq!(office.queues.next_deadline(), None);
}

#[test]
fn what_is_watched_no_more_is_over() {
    let mut office = office(Alerts { waiting_min: Some(1), ..none() });
    office.join(SALES, 1);
    assert_eq!(alerts(&mut office), [(AlertKind::Waiting, true, 1)]);
    office.configure([settings(SALES)]);
    assert_eq!(alerts(&mut office), [(AlertKind::Waiting, false, 0)]);
}

fn none() -> Alerts {
    let (waiting_min, wait_secs, service_level_percent, no_agent_secs) = (None, None, None, None);
    Alerts { waiting_min, wait_secs, service_level_percent, no_agent_secs, calm_secs: 30, mails: Vec::new() }
}

/// Nobody answers.
fn office(alerts: Alerts) -> Office {
    Office::new([Settings { alerts: Some(alerts), ..settings(SALES) }])
}

/// What was told: which threshold, whether it was reached, and the figure.
fn alerts(office: &mut Office) -> Vec<(AlertKind, bool, u64)> {
    let told = std::mem::take(&mut office.out).into_iter().filter_map(|effect| match effect {
        Effect::Alert { alert } => Some(*alert),
        _ => None,
    });
    told.map(|Alert { kind, is_raised, figure, .. }| (kind, is_raised, figure)).collect()
}
