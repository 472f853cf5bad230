//! Which caller goes first. Sections 3.3 and 3.5.

use phone::apps::Priority;
use phone::apps::queue::{Event, Settings, Standing};
use phone::people::Presence;

use super::office::*;

#[test]
fn the_best_call_over_all_queues_goes_first_and_an_agent_rings_once() {
    let only_ann = |index| Settings { agents: vec![agent(ANN)], ..settings(index) };
    let mut office = Office::new([only_ann(SALES), only_ann(SUPPORT)]);
    office.change(ANN, true, Presence::Busy, false);
    office.join_with(SALES, 1, 5);
    office.join_with(SUPPORT, 2, 3);
    office.join_with(SALES, 3, 1);
    office.join_with(SUPPORT, 4, 1);
    office.out.clear();
    office.change(ANN, true, Presence::Available, false);
    for (number, of, next) in [(3, SALES, 4), (4, SUPPORT, 2), (2, SUPPORT, 1)] {
        office.wants(&[offer(number, ANN)]);
        office.answer(number, ANN);
        office.wants(&[connect(number, ANN)]);
        office.event(released(of, ANN));
        assert_eq!(office.out, [offer(next, ANN)]);
    }
}

#[test]
fn callers_rise_with_time_if_so_set() {
    let mut office = Office::new([Settings { age_step_secs: Some(30), agents: vec![agent(ANN)], ..settings(SALES) }]);
    office.change(ANN, true, Presence::Busy, false);
    office.join_with(SALES, 1, 4);
    office.pass(31);
    office.join_with(SALES, 2, 2);
    assert_eq!(office.line(SALES), [(2, 2), (1, 3)]);
    office.pass(29);
    assert_eq!(office.line(SALES), [(1, 2), (2, 2)], "as high, and there before");
    office.pass(120);
    assert_eq!(office.line(SALES), [(1, 1), (2, 1)]);
    office.out.clear();
    office.change(ANN, true, Presence::Available, false);
    office.wants(&[offer(1, ANN)]);
}

#[test]
fn time_waited_elsewhere_counts_from_the_arrival_that_is_given() {
    let mut office = Office::new([Settings { age_step_secs: Some(30), agents: vec![agent(ANN)], ..settings(SALES) }]);
    office.change(ANN, true, Presence::Busy, false);
    let came = office.now;
    office.pass(70);
    office.join_with(SALES, 1, 1);
    let join = |number, priority| Event::Join {
        queue: queue(SALES),
        call: call(number),
        priority: Some(Priority::try_from(priority).unwrap()),
        arrived: came,
        standing: Standing::New,
        contact: None,
    };
    office.event(join(2, 3));
    assert_eq!(office.line(SALES), [(2, 1), (1, 1)]);
}

#[test]
fn an_agent_of_several_queues_is_asked_for_that_of_the_lowest_rank() {
    let only =
        |index, rank: u8| Settings { agents: vec![agent(ANN)], ranks: [(agent(ANN), rank)].into(), ..settings(index) };
    let mut office = Office::new([only(SALES, 5), only(SUPPORT, 2)]);
    office.change(ANN, true, Presence::Busy, false);
    office.join(SALES, 1);
    office.join(SUPPORT, 2);
    office.join_with(SALES, 3, 2);
    office.out.clear();
    office.change(ANN, true, Presence::Available, false);
    for (number, of, next) in [(3, SALES, 2), (2, SUPPORT, 1)] {
        office.wants(&[offer(number, ANN)]);
        office.answer(number, ANN);
        office.wants(&[connect(number, ANN)]);
        office.event(released(of, ANN));
        assert_eq!(office.out, [offer(next, ANN)]);
    }
}

#[test]
fn who_lost_an_agent_is_the_first_in_line_and_never_one_too_many() {
    let mut office = Office::new([Settings {
        overflow_threshold: 1,
        greeting: Some(prompt(7)),
        agents: vec![agent(ANN)],
        ..settings(SALES)
    }]);
    office.join_with(SALES, 1, 5);
    office.event(Event::Played { call: call(1) });
    office.answer(1, ANN);
    office.join_with(SALES, 2, 1);
    office.event(Event::Played { call: call(2) });
    office.change(ANN, false, Presence::Available, false);
    office.event(released(SALES, ANN));
    office.out.clear();
    let priority = Some(Priority::try_from(5).unwrap());
    let standing = Standing::Returned;
    office.event(Event::Join {
        queue: queue(SALES),
        call: call(1),
        priority,
        arrived: office.now,
        standing,
        contact: None,
    });
    office.wants(&[music(1)]);
    assert_eq!(office.line(SALES), [(1, 5), (2, 1)]);
    office.change(ANN, true, Presence::Available, false);
    office.wants(&[offer(1, ANN)]);
}
