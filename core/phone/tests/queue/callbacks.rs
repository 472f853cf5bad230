//! Callers who are called back and keep their place. Section 3.9.

use std::time::Duration;

use phone::apps::queue::callback::{self, Callback};
use phone::apps::queue::{AgentStatus, Effect, Event, Settings, Withdrawal};
use phone::numbers::E164;
use phone::people::Presence;

use super::office::*;

#[test]
fn a_caller_gives_up_the_line_and_is_called_back_by_the_next_agent() {
    let mut office =
        Office::new([Settings { callback: Some(callback()), agents: vec![agent(ANN)], ..settings(SALES) }]);
    office.join(SALES, 1);
    office.answer(1, ANN);
    office.join(SALES, 2);
    office.join_with(SALES, 3, 4);
    office.out.clear();
    office.press(2, '1');
    office.wants(&[]);
    office.pass(40);
    office.wants(&[Effect::Announce { call: call(2), playables: vec![configured(6)] }]);
    office.press(2, '2');
    office.wants(&[]);
    let asked = office.now;
    office.press(2, '1');
    let request = office.request(2, asked, callback::State::Waiting);
    office.wants(&[Effect::Promise { call: call(2) }, Effect::Callback { request }]);
    office.event(Event::Leave { call: call(2) });
    assert_eq!((office.queues.n_waiting(queue(SALES)), office.queues.callbacks(queue(SALES)).len()), (1, 1));
    assert_eq!(office.line(SALES), [(3, 4)], "those who are called back are counted apart");
    office.event(released(SALES, ANN));
    office.wants(&[office.calls_back(2, ANN)]);
    office.answer(2, ANN);
    office.wants(&[connect(2, ANN)]);
    assert_eq!(office.status(SALES, ANN), AgentStatus::Talking);
    office.event(Event::CallbackReached { call: call(2) });
    let request = office.request(2, asked, callback::State::Reached);
    office.wants(&[Effect::Callback { request }]);
    office.event(released(SALES, ANN));
    assert_eq!(office.out, [offer(3, ANN)]);
    assert_eq!(office.queues.check(), Ok(()));
}

#[test]
fn who_is_not_reached_is_called_again_until_the_attempts_are_over() {
    let mut office = asked_to_be_called_back();
    let asked = office.now;
    office.event(released(SALES, ANN));
    office.answer(2, ANN);
    office.out.clear();
    office.event(Event::CallbackMissed { call: call(2) });
    office.event(released(SALES, ANN));
    let again = callback::Request {
        n_attempts: 1,
        next_at: Some(asked + Duration::from_secs(300)),
        ..office.request(2, asked, callback::State::Waiting)
    };
    office.wants(&[Effect::Callback { request: again }]);
    office.pass(299);
    office.wants(&[]);
    office.pass(1);
    office.wants(&[office.calls_back(2, ANN)]);
    office.answer(2, ANN);
    office.out.clear();
    office.event(Event::CallbackMissed { call: call(2) });
    let failed = callback::Request { n_attempts: 2, ..office.request(2, asked, callback::State::Failed) };
    office.wants(&[Effect::Callback { request: failed }]);
    office.event(released(SALES, ANN));
    assert_eq!((office.queues.check(), office.queues.next_deadline()), (Ok(()), None));
}

#[test]
fn requests_expire_are_cancelled_and_survive() {
    let mut office = asked_to_be_called_back();
    let asked = office.now;
    office.pass(600);
    let waiting = office.queues.callbacks(queue(SALES))[0];
    let expires = Duration::from_secs(7_200 - 600);
    office.pass(expires.as_secs());
    let expired = office.request(2, asked, callback::State::Expired);
    office.wants(&[Effect::Callback { request: expired }]);

    let mut cancelled = asked_to_be_called_back();
    let asked = cancelled.now;
    cancelled.event(Event::CancelCallback { queue: queue(SUPPORT), call: call(2) });
    cancelled.wants(&[]);
    cancelled.event(released(SALES, ANN));
    cancelled.out.clear();
    cancelled.event(Event::CancelCallback { queue: queue(SALES), call: call(2) });
    let gone = cancelled.request(2, asked, callback::State::Cancelled);
    cancelled.wants(&[withdraw(2, ANN, Withdrawal::CallLeftQueue), Effect::Callback { request: gone }]);
    assert_eq!(cancelled.queues.next_deadline(), None);

    let mut restarted = Office::new([settings(SALES)]);
    restarted.now = asked + Duration::from_secs(1_000);
    restarted.event(Event::RestoreCallback { request: waiting });
    restarted.event(Event::RestoreCallback { request: waiting });
    restarted.wants(&[restarted.calls_back(2, ANN)]);
    assert_eq!(restarted.queues.callbacks(queue(SALES)), [waiting]);
    restarted.configure([]);
    let gone = callback::Request { state: callback::State::Cancelled, ..waiting };
    restarted.wants(&[withdraw(2, ANN, Withdrawal::CallLeftQueue), Effect::Callback { request: gone }]);
}

#[test]
fn conditions_for_those_who_come_are_met_when_they_come_or_never() {
    let only = |waiting_min, waiting_per_agent_min| {
        let callback = Callback { after_wait_secs: None, waiting_min, waiting_per_agent_min, ..callback() };
        let mut office = Office::new([Settings {
            callback: Some(callback),
            agents: vec![agent(ANN), agent(BEN)],
            ..settings(SALES)
        }]);
        office.change(ANN, true, Presence::Busy, false);
        office.change(BEN, true, Presence::Busy, false);
        for number in 1..=3 {
            office.join(SALES, number);
        }
        office.out.clear();
        office.pass(60);
        let offered = office.out.iter().filter_map(|effect| {
            let Effect::Announce { call, .. } = effect else { return None };
            Some(call.0.as_u128())
        });
        offered.collect::<Vec<_>>()
    };
    assert_eq!(only(Some(1), None), [2, 3]);
    assert_eq!(only(Some(2), None), [3]);
    assert_eq!(only(None, Some(1)), [3], "two wait, and two agents are there");
    assert_eq!(only(Some(9), Some(9)), []);
}

#[test]
fn a_number_is_called_back_once_and_some_never() {
    let mut office = asked_to_be_called_back();
    office.contacts = Some(E164::parse("+14252000002").unwrap());
    office.join(SALES, 9);
    office.pass(60);
    office.out.clear();
    office.press(9, '1');
    office.wants(&[Effect::Promise { call: call(9) }]);
    assert_eq!(office.queues.callbacks(queue(SALES)).len(), 1, "the place of the first request stands");
    assert_eq!(office.queues.check(), Ok(()));
    for (number, is_called_back) in [
        ("+14252000202", true),
        ("+442079460000", true),
        ("+12425550202", false),
        ("+18002000202", false),
        ("+14255551212", false),
        ("+14255550150", false),
        ("+19002000202", false),
    ] {
        let number = E164::parse(number).unwrap();
        assert_eq!(callback::Contact::new(number, None).is_some(), is_called_back, "{number}");
    }
}

/// Ann talks with the first caller, and the second is to be called back.
fn asked_to_be_called_back() -> Office {
    let mut office =
        Office::new([Settings { callback: Some(callback()), agents: vec![agent(ANN)], ..settings(SALES) }]);
    office.join(SALES, 1);
    office.answer(1, ANN);
    office.join(SALES, 2);
    office.pass(40);
    office.press(2, '1');
    office.out.clear();
    office
}
