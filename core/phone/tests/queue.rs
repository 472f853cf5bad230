//! Callers and agents in queues. Specification of voice apps, section 3.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use phone::apps::Priority;
use phone::apps::prompt::{Playable, Prompt};
use phone::apps::queue::callback::{self, Callback};
use phone::apps::queue::{
    AgentState, AgentStatus, Announcement, Announcements, Effect, Event, ExceptionAction, Exit, ExitCause, NoAgent,
    NoAgentApplyTo, NoFreeAgent, OfferFailure, Queues, Rejoining, Routing, Settings, Standing, TimeoutPolicy,
    Withdrawal,
};
use phone::id::{CallId, PromptKey, QueueId, UserId};
use phone::numbers::E164;
use phone::people::Presence;
use uuid::Uuid;

const ANN: u8 = 1;
const BEN: u8 = 2;
const CAT: u8 = 3;
const SALES: u8 = 1;
const SUPPORT: u8 = 2;

#[test]
fn a_caller_hears_the_greeting_then_music_and_reaches_an_agent() {
    let mut office = Office::new([Settings { greeting: Some(prompt(7)), ..settings(SALES) }]);
    office.join(SALES, 1);
    office.wants(&[Effect::PlayGreeting { call: call(1), prompt: configured(7) }]);
    office.event(Event::Played { call: call(1) });
    office.wants(&[music(1), offer(1, ANN)]);
    office.answer(1, ANN);
    office.wants(&[connect(1, ANN)]);
    assert_eq!(office.status(SALES, ANN), AgentStatus::Talking);
    assert_eq!(office.queues.next_deadline(), None);
}

#[test]
fn serial_goes_down_the_list_and_round_again() {
    let mut office = Office::new([settings(SALES)]);
    office.join(SALES, 1);
    office.wants(&[music(1), offer(1, ANN)]);
    office.expire();
    office.wants(&[withdraw(1, ANN, Withdrawal::AlertTimePassed), offer(1, BEN)]);
    office.expire();
    office.wants(&[withdraw(1, BEN, Withdrawal::AlertTimePassed), offer(1, CAT)]);
    office.expire();
    office.wants(&[withdraw(1, CAT, Withdrawal::AlertTimePassed), offer(1, ANN)]);
    office.answer(1, ANN);
    office.event(Event::AgentReleased { agent: agent(ANN) });
    office.out.clear();
    office.join(SALES, 2);
    office.wants(&[music(2), offer(2, ANN)]);
}

#[test]
fn attendant_rings_all_and_one_call_at_a_time() {
    let mut office = Office::new([Settings { routing: Routing::Attendant, ..settings(SALES) }]);
    office.join(SALES, 1);
    office.wants(&[music(1), offer(1, ANN), offer(1, BEN), offer(1, CAT)]);
    office.join(SALES, 2);
    office.wants(&[music(2)]);
    office.answer(1, BEN);
    office.wants(&[
        connect(1, BEN),
        withdraw(1, ANN, Withdrawal::AnsweredElsewhere),
        withdraw(1, CAT, Withdrawal::AnsweredElsewhere),
        offer(2, ANN),
        offer(2, CAT),
    ]);
    office.answer(1, CAT);
    office.wants(&[Effect::TooLate { call: call(1), agent: agent(CAT) }]);
    office.expire();
    office.wants(&[
        withdraw(2, ANN, Withdrawal::AlertTimePassed),
        withdraw(2, CAT, Withdrawal::AlertTimePassed),
        offer(2, ANN),
        offer(2, CAT),
    ]);
}

#[test]
fn round_robin_goes_on_past_who_answered() {
    let mut office = Office::new([Settings { routing: Routing::RoundRobin, ..settings(SALES) }]);
    for (number, expected) in [(1, ANN), (2, BEN), (3, CAT), (4, ANN)] {
        office.join(SALES, number);
        office.wants(&[music(number), offer(number, expected)]);
        office.answer(number, expected);
        office.event(Event::AgentReleased { agent: agent(expected) });
        office.out.clear();
    }
    office.join(SALES, 5);
    office.refuse(5, BEN, OfferFailure::Declined);
    office.wants(&[music(5), offer(5, BEN), offer(5, CAT)]);
    office.answer(5, CAT);
    office.event(Event::AgentReleased { agent: agent(CAT) });
    office.out.clear();
    office.join(SALES, 6);
    office.wants(&[music(6), offer(6, ANN)]);
}

#[test]
fn longest_idle_counts_from_the_last_call_of_any_kind() {
    let mut office = Office::new([Settings { routing: Routing::LongestIdle, ..settings(SALES) }]);
    office.pass(10);
    office.change(ANN, true, Presence::Available, true);
    office.pass(10);
    office.change(ANN, true, Presence::Available, false);
    office.pass(10);
    office.event(Event::OptOut { queue: queue(SALES), agent: agent(BEN) });
    office.event(Event::OptIn { queue: queue(SALES), agent: agent(BEN) });
    office.join(SALES, 1);
    office.join(SALES, 2);
    office.join(SALES, 3);
    office.wants(&[music(1), offer(1, CAT), music(2), offer(2, ANN), music(3), offer(3, BEN)]);
}

#[test]
fn turns_and_idle_clocks_survive_a_restart() {
    let mut office = Office::empty([
        Settings { routing: Routing::LongestIdle, ..settings(SALES) },
        Settings { routing: Routing::RoundRobin, ..settings(SUPPORT) },
    ]);
    let before = office.now;
    office.pass(100);
    for (who, secs) in [(ANN, 90), (BEN, 10), (CAT, 50)] {
        office.event(Event::RestoreIdle { agent: agent(who), since: before + Duration::from_secs(secs) });
    }
    office.event(Event::RestoreTurn { queue: queue(SUPPORT), agent: agent(ANN) });
    for who in [CAT, ANN, BEN] {
        office.pass(10);
        office.change(who, true, Presence::Available, false);
    }
    office.join(SALES, 1);
    office.wants(&[music(1), offer(1, BEN)]);
    office.event(Event::Leave { call: call(1) });
    office.out.clear();
    office.join(SUPPORT, 2);
    office.wants(&[music(2), offer(2, BEN)]);
    office.answer(2, BEN);
    assert_eq!(office.queues.turn_of(agent(BEN)), Some(queue(SUPPORT)));
    // Who was away for long was not idle.
    office.change(CAT, false, Presence::Available, false);
    office.pass(10);
    office.change(CAT, true, Presence::Available, false);
    office.join(SALES, 3);
    office.out.clear();
    office.join(SALES, 4);
    assert_eq!(office.out, [music(4), offer(4, CAT)]);
}

#[test]
fn a_missed_offer_resets_the_idle_clock_if_so_set() {
    for reset_idle_on_miss in [true, false] {
        let routing = Routing::LongestIdle;
        let mut office = Office::new([Settings { routing, reset_idle_on_miss, ..settings(SALES) }]);
        office.join(SALES, 1);
        office.expire();
        office.wants(&[music(1), offer(1, ANN), withdraw(1, ANN, Withdrawal::AlertTimePassed), offer(1, BEN)]);
        office.join(SALES, 2);
        office.wants(&[music(2), offer(2, if reset_idle_on_miss { CAT } else { ANN })]);
    }
}

#[test]
fn a_refusal_costs_the_caller_no_time_and_gives_the_agent_a_pause() {
    for why in [OfferFailure::Busy, OfferFailure::Declined, OfferFailure::Unreachable] {
        let mut office = Office::new([Settings { agents: vec![agent(ANN), agent(BEN)], ..settings(SALES) }]);
        office.join(SALES, 1);
        office.refuse(1, ANN, why);
        office.wants(&[music(1), offer(1, ANN), offer(1, BEN)]);
        office.refuse(1, BEN, why);
        office.wants(&[]);
        office.pass(5);
        office.wants(&[offer(1, ANN)]);
    }
}

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
    for (number, next) in [(3, 4), (4, 2), (2, 1)] {
        office.wants(&[offer(number, ANN)]);
        office.answer(number, ANN);
        office.wants(&[connect(number, ANN)]);
        office.event(Event::AgentReleased { agent: agent(ANN) });
        assert_eq!(office.out, [offer(next, ANN)]);
    }
}

#[test]
fn the_caller_after_the_threshold_overflows() {
    let mut office = Office::new([Settings { overflow_threshold: 2, ..settings(SALES) }]);
    office.change(ANN, true, Presence::Busy, false);
    office.change(BEN, true, Presence::Busy, false);
    office.join(SALES, 1);
    office.join(SALES, 2);
    office.out.clear();
    office.join(SALES, 3);
    office.wants(&[exit(3, ExitCause::Overflow)]);
    office.answer(1, CAT);
    office.out.clear();
    office.join(SALES, 4);
    office.wants(&[music(4)]);

    let mut closed = Office::new([Settings { overflow_threshold: 0, greeting: Some(prompt(7)), ..settings(SALES) }]);
    closed.join(SALES, 1);
    closed.wants(&[exit(1, ExitCause::Overflow)]);
}

#[test]
fn the_timeout_is_strict_even_while_an_agent_rings() {
    let mut office = Office::new([Settings { agent_alert_secs: 15, timeout_secs: 20, ..settings(SALES) }]);
    office.join(SALES, 1);
    office.pass(15);
    office.out.clear();
    office.pass(5);
    office.wants(&[withdraw(1, BEN, Withdrawal::CallLeftQueue), exit(1, ExitCause::Timeout)]);
    assert_eq!(office.queues.next_deadline(), None);
    office.answer(1, BEN);
    office.wants(&[Effect::TooLate { call: call(1), agent: agent(BEN) }]);

    let mut greeted = Office::new([Settings { timeout_secs: 0, greeting: Some(prompt(7)), ..settings(SALES) }]);
    greeted.join(SALES, 1);
    greeted.wants(&[Effect::PlayGreeting { call: call(1), prompt: configured(7) }]);
    greeted.event(Event::Played { call: call(1) });
    greeted.wants(&[exit(1, ExitCause::Timeout)]);
}

#[test]
fn who_is_alerted_when_the_time_is_over_may_finish_if_so_set() {
    let settings = || Settings {
        agent_alert_secs: 15,
        timeout_secs: 20,
        timeout_policy: TimeoutPolicy::FinishCurrentAlert,
        ..settings(SALES)
    };
    let mut office = Office::new([settings()]);
    office.join(SALES, 1);
    office.join(SALES, 2);
    office.pass(29);
    office.out.clear();
    office.answer(1, BEN);
    office.wants(&[connect(1, BEN)]);
    office.pass(1);
    let passed = withdraw(2, ANN, Withdrawal::AlertTimePassed);
    office.wants(&[passed, exit(2, ExitCause::Timeout)]);

    let mut refused = Office::new([Settings { agents: vec![agent(ANN), agent(BEN)], ..settings() }]);
    refused.join(SALES, 1);
    refused.pass(25);
    refused.out.clear();
    refused.refuse(1, BEN, OfferFailure::Declined);
    refused.wants(&[exit(1, ExitCause::Timeout)]);
    assert_eq!(refused.queues.check(), Ok(()));
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
    for (number, next) in [(3, 2), (2, 1)] {
        office.wants(&[offer(number, ANN)]);
        office.answer(number, ANN);
        office.wants(&[connect(number, ANN)]);
        office.event(Event::AgentReleased { agent: agent(ANN) });
        assert_eq!(office.out, [offer(next, ANN)]);
    }
}

#[test]
fn agents_are_offered_callers_in_the_greeting_if_so_set() {
    let mut office =
        Office::new([Settings { greeting: Some(prompt(7)), offers_during_greeting: true, ..settings(SALES) }]);
    let greeting = |number| Effect::PlayGreeting { call: call(number), prompt: configured(7) };
    office.join(SALES, 1);
    office.wants(&[greeting(1), offer(1, ANN)]);
    office.event(Event::Played { call: call(1) });
    office.wants(&[music(1)]);
    office.join(SALES, 2);
    office.wants(&[greeting(2), offer(2, BEN)]);
    office.answer(2, BEN);
    office.wants(&[connect(2, BEN)]);
    office.event(Event::Played { call: call(2) });
    office.wants(&[]);
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
    office.event(Event::AgentReleased { agent: agent(ANN) });
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

#[test]
fn callers_are_told_their_place_and_wait_between_music_and_music() {
    let told =
        Announcements { every_secs: 30, tells_place: true, tells_wait: true, comfort: vec![prompt(8), prompt(9)] };
    let agents = vec![agent(ANN)];
    let mut office = Office::new([Settings { announcements: Some(told), agents, ..settings(SALES) }]);
    office.join(SALES, 1);
    office.answer(1, ANN);
    office.out.clear();
    let says = |number, said: &[Announcement], comfort| {
        let said = said.iter().copied().map(Playable::Announcement);
        Effect::Announce { call: call(number), playables: said.chain([configured(comfort)]).collect() }
    };
    office.join(SALES, 2);
    office.pass(1);
    office.join(SALES, 3);
    office.wants(&[music(2), music(3)]);
    office.pass(30);
    office.wants(&[says(2, &[Announcement::Place(1)], 8), says(3, &[Announcement::Place(2)], 8)]);
    office.pass(60);
    office.wants(&[]);
    office.event(Event::Played { call: call(2) });
    office.event(Event::Played { call: call(3) });
    office.wants(&[music(2), music(3)]);
    // The first call has taken a minute and a half.
    office.event(Event::AgentReleased { agent: agent(ANN) });
    office.answer(2, ANN);
    office.out.clear();
    office.pass(30);
    office.wants(&[says(3, &[Announcement::Place(1), Announcement::WaitMinutes(2)], 9)]);
    office.event(Event::Leave { call: call(3) });
    office.event(Event::Played { call: call(3) });
    office.wants(&[]);
    assert_eq!(office.queues.next_deadline(), None);
}

#[test]
fn waits_are_never_said_to_be_shorter_than_they_are() {
    for (secs, said) in [
        (0, Announcement::WaitMinutes(1)),
        (60, Announcement::WaitMinutes(1)),
        (61, Announcement::WaitMinutes(2)),
        (11 * 60, Announcement::WaitMinutes(15)),
        (3_600, Announcement::WaitMinutes(60)),
        (3_601, Announcement::WaitHours),
    ] {
        assert_eq!(Announcement::of_wait(Duration::from_secs(secs)), said, "{secs}");
    }
    assert_eq!(Announcement::of_place(20), Announcement::Place(20));
    assert_eq!(Announcement::of_place(21), Announcement::FarBack);
    assert!(Announcement::all().all(|said| said.english().ends_with('.')));
}

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
    office.event(Event::AgentReleased { agent: agent(ANN) });
    office.wants(&[office.calls_back(2, ANN)]);
    office.answer(2, ANN);
    office.wants(&[connect(2, ANN)]);
    assert_eq!(office.status(SALES, ANN), AgentStatus::Talking);
    office.event(Event::CallbackReached { call: call(2) });
    let request = office.request(2, asked, callback::State::Reached);
    office.wants(&[Effect::Callback { request }]);
    office.event(Event::AgentReleased { agent: agent(ANN) });
    assert_eq!(office.out, [offer(3, ANN)]);
    assert_eq!(office.queues.check(), Ok(()));
}

#[test]
fn who_is_not_reached_is_called_again_until_the_attempts_are_over() {
    let mut office = asked_to_be_called_back();
    let asked = office.now;
    office.event(Event::AgentReleased { agent: agent(ANN) });
    office.answer(2, ANN);
    office.out.clear();
    office.event(Event::CallbackMissed { call: call(2) });
    office.event(Event::AgentReleased { agent: agent(ANN) });
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
    office.event(Event::AgentReleased { agent: agent(ANN) });
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
    cancelled.event(Event::AgentReleased { agent: agent(ANN) });
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

#[test]
fn without_agents_new_callers_leave_at_once_and_waiting_ones_after_five_seconds() {
    for routing in [Routing::Attendant, Routing::LongestIdle, Routing::RoundRobin, Routing::Serial] {
        for apply_to in [NoAgentApplyTo::AllCalls, NoAgentApplyTo::NewCalls] {
            let no_agent = NoAgent { apply_to, action: Some(hang_up()) };
            let agents = vec![agent(ANN)];
            let mut office = Office::new([Settings { routing, no_agent, agents, ..settings(SALES) }]);
            office.join(SALES, 1);
            office.out.clear();
            office.event(Event::OptOut { queue: queue(SALES), agent: agent(ANN) });
            office.wants(&[withdraw(1, ANN, Withdrawal::NotEligible)]);
            office.join(SALES, 2);
            office.wants(&[exit(2, ExitCause::NoAgent)]);
            office.pass(4);
            office.wants(&[]);
            office.pass(1);
            match apply_to {
                NoAgentApplyTo::AllCalls => office.wants(&[exit(1, ExitCause::NoAgent)]),
                NoAgentApplyTo::NewCalls => office.wants(&[]),
            }
        }
    }
}

#[test]
fn callers_are_sent_on_when_nobody_can_take_a_call_for_too_long() {
    let no_free_agent = Some(NoFreeAgent { after_secs: 30, exception: hang_up() });
    let agents = vec![agent(ANN), agent(BEN)];
    let mut office = Office::new([Settings { no_free_agent, agents, ..settings(SALES) }]);
    office.join(SALES, 1);
    office.answer(1, ANN);
    office.change(BEN, true, Presence::Busy, false);
    office.join(SALES, 2);
    office.out.clear();
    office.pass(60);
    office.wants(&[]);
    office.change(ANN, true, Presence::Away, false);
    office.pass(29);
    office.wants(&[]);
    office.pass(1);
    office.wants(&[exit(2, ExitCause::NoAgent)]);
    office.join(SALES, 3);
    office.pass(0);
    office.wants(&[music(3), exit(3, ExitCause::NoAgent)]);
    office.change(BEN, true, Presence::Available, false);
    office.join(SALES, 4);
    office.wants(&[music(4), offer(4, BEN)]);
    office.change(BEN, true, Presence::Busy, false);
    office.pass(20);
    office.change(BEN, true, Presence::Available, false);
    office.out.clear();
    office.pass(10);
    office.wants(&[]);
    assert_eq!(office.queues.check(), Ok(()));
}

#[test]
fn a_phone_that_is_back_within_five_seconds_was_not_gone() {
    let no_agent = NoAgent { apply_to: NoAgentApplyTo::AllCalls, action: Some(hang_up()) };
    let mut office = Office::new([Settings { no_agent, agents: vec![agent(ANN)], ..settings(SALES) }]);
    office.join(SALES, 1);
    office.change(ANN, false, Presence::Available, false);
    office.pass(4);
    office.change(ANN, true, Presence::Available, false);
    office.pass(2);
    let rings_again = [withdraw(1, ANN, Withdrawal::NotEligible), offer(1, ANN)];
    assert_eq!(office.out[2..], rings_again);
}

#[test]
fn presence_counts_if_it_is_to_count() {
    for (presence_based, presence, rings) in [
        (true, Presence::Available, true),
        (true, Presence::Busy, false),
        (true, Presence::Away, false),
        (false, Presence::Busy, true),
        (false, Presence::Away, true),
        (false, Presence::DoNotDisturb, false),
        (false, Presence::Offline, false),
    ] {
        let mut office = Office::new([Settings { presence_based, agents: vec![agent(ANN)], ..settings(SALES) }]);
        office.change(ANN, true, presence, false);
        office.join(SALES, 1);
        assert_eq!(office.out.contains(&offer(1, ANN)), rings, "{presence_based} {presence:?}");
        office.change(ANN, true, Presence::Available, true);
        assert_eq!(office.status(SALES, ANN), AgentStatus::InOtherCall);
    }
}

#[test]
fn wrap_up_and_missed_offers_keep_an_agent_away() {
    let agents = vec![agent(ANN)];
    let mut office =
        Office::new([Settings { wrap_up_secs: 10, missed_offers_max: Some(2), agents, ..settings(SALES) }]);
    office.join(SALES, 1);
    office.answer(1, ANN);
    office.event(Event::AgentReleased { agent: agent(ANN) });
    office.join(SALES, 2);
    office.out.clear();
    office.pass(9);
    office.wants(&[]);
    assert_eq!(office.status(SALES, ANN), AgentStatus::WrapUp);
    office.pass(1);
    office.wants(&[offer(2, ANN)]);
    office.expire();
    office.wants(&[withdraw(2, ANN, Withdrawal::AlertTimePassed), offer(2, ANN)]);
    office.expire();
    let opted_out = Effect::OptedOut { queue: queue(SALES), agent: agent(ANN) };
    office.wants(&[withdraw(2, ANN, Withdrawal::AlertTimePassed), opted_out]);
    assert_eq!(office.status(SALES, ANN), AgentStatus::OptedOut);
}

#[test]
fn who_pauses_is_rung_by_no_queue_and_who_is_done_after_a_call_at_once() {
    let agents = vec![agent(ANN)];
    let mut office = Office::new([Settings { wrap_up_secs: 60, agents, ..settings(SALES) }]);
    let pause = || Event::Pause { agent: agent(ANN), reason: "Lunch".into() };
    office.join(SALES, 1);
    office.out.clear();
    // Phones that ring stop.
    office.event(pause());
    office.wants(&[withdraw(1, ANN, Withdrawal::NotEligible)]);
    assert_eq!(office.status(SALES, ANN), AgentStatus::Paused);
    office.pass(600);
    office.wants(&[]);
    office.event(Event::Resume { agent: agent(ANN) });
    office.wants(&[offer(1, ANN)]);
    // Who talks finishes, and pauses then.
    office.answer(1, ANN);
    office.event(pause());
    assert_eq!(office.status(SALES, ANN), AgentStatus::Talking);
    office.event(Event::AgentReleased { agent: agent(ANN) });
    office.join(SALES, 2);
    office.out.clear();
    office.event(Event::EndWrapUp { agent: agent(ANN) });
    office.wants(&[]);
    office.event(Event::Resume { agent: agent(ANN) });
    office.wants(&[offer(2, ANN)]);
    // The time after a call ends early.
    office.answer(2, ANN);
    office.event(Event::AgentReleased { agent: agent(ANN) });
    office.join(SALES, 3);
    office.out.clear();
    assert_eq!(office.status(SALES, ANN), AgentStatus::WrapUp);
    office.event(Event::EndWrapUp { agent: agent(ANN) });
    office.wants(&[offer(3, ANN)]);
    // After a refusal it does not: that would ring a phone that refuses by itself without end.
    office.refuse(3, ANN, OfferFailure::Declined);
    office.out.clear();
    office.event(Event::EndWrapUp { agent: agent(ANN) });
    office.wants(&[]);
}

#[test]
fn membership_is_live_and_removed_queues_let_their_callers_go() {
    let mut office = Office::new([settings(SALES)]);
    office.join(SALES, 1);
    office.out.clear();
    office.configure([Settings { agents: vec![agent(CAT)], ..settings(SALES) }]);
    office.wants(&[withdraw(1, ANN, Withdrawal::NotEligible), offer(1, CAT)]);
    office.event(Event::OptOut { queue: queue(SALES), agent: agent(CAT) });
    office.wants(&[withdraw(1, CAT, Withdrawal::NotEligible)]);
    office.configure([Settings { agents: vec![agent(CAT)], allow_opt_out: false, ..settings(SALES) }]);
    office.wants(&[offer(1, CAT)]);
    office.event(Event::OptOut { queue: queue(SALES), agent: agent(CAT) });
    office.wants(&[]);
    office.configure([]);
    office.wants(&[withdraw(1, CAT, Withdrawal::CallLeftQueue), exit(1, ExitCause::NoAgent)]);
    office.join(SALES, 2);
    office.wants(&[exit(2, ExitCause::NoAgent)]);
}

#[test]
fn a_caller_who_hangs_up_frees_the_agents() {
    let mut office = Office::new([Settings { routing: Routing::Attendant, ..settings(SALES) }]);
    office.join(SALES, 1);
    office.join(SALES, 2);
    office.out.clear();
    office.event(Event::Leave { call: call(1) });
    let left = [ANN, BEN, CAT].map(|who| withdraw(1, who, Withdrawal::CallerLeft));
    let next = [ANN, BEN, CAT].map(|who| offer(2, who));
    office.wants(&[left, next].concat());
    office.event(Event::Leave { call: call(1) });
    office.wants(&[]);
}

#[test]
fn many_callers_and_agents_are_matched_quickly() {
    let agents: Vec<UserId> = (0..200).map(agent).collect();
    for routing in [Routing::Serial, Routing::LongestIdle, Routing::RoundRobin, Routing::Attendant] {
        let overflow_threshold = 10_000;
        let mut office =
            Office::empty([Settings { routing, agents: agents.clone(), overflow_threshold, ..settings(SALES) }]);
        for number in 0..10_000 {
            office.join_with(SALES, number, u8::try_from(number % 5 + 1).unwrap());
        }
        assert_eq!(office.queues.n_waiting(queue(SALES)), 10_000);
        office.out.clear();
        for index in 0..200 {
            office.change(index, true, Presence::Available, false);
        }
        let n_offers = office.out.iter().filter(|effect| matches!(effect, Effect::Offer { .. })).count();
        assert_eq!(n_offers, if routing == Routing::Attendant { 1 } else { 200 });
        office.expire();
        assert_eq!(office.queues.check(), Ok(()));
    }
}

struct Office {
    /// The number of all who come from now on.
    contacts: Option<E164>,
    queues: Queues,
    now: Instant,
    out: Vec<Effect>,
}

#[test]
fn who_waited_before_a_restart_stands_there_again_without_greeting_and_in_the_same_order() {
    let agents = vec![agent(ANN)];
    let with =
        || Settings { agents: agents.clone(), greeting: Some(prompt(7)), overflow_threshold: 3, ..settings(SALES) };
    let mut before = Office::new([with()]);
    before.change(ANN, true, Presence::Busy, false);
    let began = before.now;
    for (number, priority) in [(1, 5), (2, 3), (3, 3)] {
        before.join_with(SALES, number, priority);
        before.pass(10);
    }
    let mut office = Office::new([with()]);
    office.change(ANN, true, Presence::Busy, false);
    office.now = before.now;
    // Three more than the queue takes of those who come, and in another order.
    for (number, priority) in [(3, 3), (1, 5), (2, 3)] {
        office.rejoin(number, priority, began + Duration::from_secs(10 * (u64::from(number) - 1)));
    }
    office.wants(&[music(3), music(1), music(2)]);
    assert_eq!(office.line(SALES), before.line(SALES));
    office.rejoin(2, 3, office.now);
    office.wants(&[]);
    assert_eq!(office.line(SALES), [(2, 3), (3, 3), (1, 5)], "nobody stands twice");
    // The time limit is that of the first arrival.
    office.now = began + Duration::from_secs(1_200);
    office.event(Event::Timeout);
    office.wants(&[exit(1, ExitCause::Timeout)]);
    office.change(ANN, true, Presence::Available, false);
    office.wants(&[offer(2, ANN)]);
}

#[test]
fn nobody_is_sent_away_after_a_restart_before_phones_had_time_to_come_back() {
    let no_agent = NoAgent { apply_to: NoAgentApplyTo::AllCalls, action: Some(hang_up()) };
    let mut office = Office::empty([Settings { no_agent, presence_based: true, ..settings(SALES) }]);
    office.rejoin(1, 3, office.now);
    office.wants(&[music(1)]);
    office.pass(299);
    office.wants(&[]);
    office.pass(1);
    office.wants(&[exit(1, ExitCause::NoAgent)]);
    office.rejoin(2, 3, office.now);
    office.change(ANN, true, Presence::Available, false);
    office.wants(&[music(2), offer(2, ANN)]);
}

#[test]
fn who_waited_in_a_queue_that_is_gone_leaves_it() {
    let mut office = Office::empty([settings(SUPPORT)]);
    office.rejoin(1, 3, office.now);
    office.wants(&[exit(1, ExitCause::NoAgent)]);
}

impl Office {
    fn empty(settings: impl IntoIterator<Item = Settings>) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
        let now = Instant::now();
        let mut office = Self { contacts: None, queues: Queues::default(), now, out: Vec::new() };
        office.configure(settings);
        office
    }

    fn new(settings: impl IntoIterator<Item = Settings>) -> Self {
        let mut office = Self::empty(settings);
        for who in [ANN, BEN, CAT] {
            office.change(who, true, Presence::Available, false);
        }
        office
    }

    fn configure(&mut self, settings: impl IntoIterator<Item = Settings>) {
        let queues: BTreeMap<_, _> =
            settings.into_iter().map(|settings| (settings.id, Arc::new(settings).into())).collect();
        self.event(Event::Configured { queues });
    }

    fn event(&mut self, event: Event) {
        self.queues.handle(self.now, event, &mut self.out);
    }

    fn join(&mut self, index: u8, number: u32) {
        self.join_with(index, number, 3);
    }

    fn join_with(&mut self, index: u8, number: u32, priority: u8) {
        let priority = Some(Priority::try_from(priority).unwrap());
        self.event(Event::Join {
            queue: queue(index),
            call: call(number),
            priority,
            arrived: self.now,
            standing: Standing::New,
            contact: self.contact(number),
        });
    }

    fn rejoin(&mut self, number: u32, priority: u8, arrived: Instant) {
        let caller = Rejoining {
            queue: queue(SALES),
            call: call(number),
            priority: Some(Priority::try_from(priority).unwrap()),
            standing: Standing::New,
            arrived,
            joined: arrived,
            contact: self.contact(number),
        };
        self.event(Event::Rejoin { caller });
    }

    fn contact(&self, number: u32) -> Option<callback::Contact> {
        let digits = format!("+1425200{number:04}");
        let number = self.contacts.or_else(|| E164::parse(&digits).ok().filter(|_| number < 100))?;
        callback::Contact::new(number, None)
    }

    fn press(&mut self, number: u32, key: char) {
        self.event(Event::Pressed { call: call(number), key });
    }

    /// As it was asked for by somebody who came with the first.
    fn request(&self, number: u32, asked: Instant, state: callback::State) -> callback::Request {
        callback::Request {
            id: call(number),
            queue: queue(SALES),
            contact: self.contact(number).unwrap(),
            priority: Priority::NORMAL,
            arrived: asked - Duration::from_secs(40),
            asked,
            expires: asked + Duration::from_secs(7_200),
            n_attempts: 0,
            next_at: None,
            state,
        }
    }

    fn calls_back(&self, number: u32, who: u8) -> Effect {
        let contact = self.contact(number).unwrap();
        Effect::OfferCallback { call: call(number), queue: queue(SALES), agent: agent(who), contact }
    }

    fn answer(&mut self, number: u32, who: u8) {
        self.event(Event::AgentAnswered { call: call(number), agent: agent(who) });
    }

    fn refuse(&mut self, number: u32, who: u8, why: OfferFailure) {
        self.event(Event::AgentRefused { call: call(number), agent: agent(who), why });
    }

    fn change(&mut self, who: u8, reachable: bool, presence: Presence, in_other_call: bool) {
        let state = AgentState { reachable, presence, in_other_call };
        self.event(Event::AgentChanged { agent: agent(who), state });
    }

    /// Lets the time pass until the next thing is due.
    fn expire(&mut self) {
        self.now = self.queues.next_deadline().unwrap();
        self.event(Event::Timeout);
    }

    fn pass(&mut self, secs: u64) {
        let until = self.now + Duration::from_secs(secs);
        while self.queues.next_deadline().is_some_and(|at| at <= until) {
            self.expire();
        }
        self.now = until;
    }

    /// Who waits, and with which priority.
    fn line(&self, index: u8) -> Vec<(u128, u8)> {
        let waiting = self.queues.waiting(self.now, queue(index));
        waiting.iter().map(|caller| (caller.call.0.as_u128(), caller.priority.value())).collect()
    }

    fn status(&self, index: u8, who: u8) -> AgentStatus {
        let views = self.queues.agents(self.now, queue(index));
        views.iter().find(|view| view.agent == agent(who)).unwrap().status
    }

    fn wants(&mut self, expected: &[Effect]) {
        assert_eq!(std::mem::take(&mut self.out), expected);
    }
}

fn settings(index: u8) -> Settings {
    Settings {
        agents: vec![agent(ANN), agent(BEN), agent(CAT)],
        routing: Routing::Serial,
        agent_alert_secs: 20,
        timeout_secs: 1_200,
        reset_idle_on_miss: true,
        ..Settings::new(queue(index), format!("queue {index}"), "en-US")
    }
}

fn hang_up() -> ExceptionAction {
    ExceptionAction::new(Exit::Disconnect)
}

fn exit(number: u32, cause: ExitCause) -> Effect {
    Effect::Exit { call: call(number), queue: queue(SALES), cause, exception: Box::new(hang_up()) }
}

fn offer(number: u32, who: u8) -> Effect {
    Effect::Offer { call: call(number), agent: agent(who) }
}

fn callback() -> Callback {
    Callback {
        key: '1',
        after_wait_secs: Some(30),
        waiting_min: None,
        waiting_per_agent_min: None,
        offer: prompt(6),
        expires_secs: callback::EXPIRES_SECS,
        attempts_max: callback::ATTEMPTS_MAX,
        gap_secs: callback::GAP_SECS,
    }
}

fn connect(number: u32, who: u8) -> Effect {
    Effect::Connect { call: call(number), agent: agent(who) }
}

fn withdraw(number: u32, who: u8, why: Withdrawal) -> Effect {
    Effect::Withdraw { call: call(number), agent: agent(who), why }
}

fn music(number: u32) -> Effect {
    Effect::PlayMusic { call: call(number), music: Playable::HoldMusic }
}

fn prompt(key: u128) -> Prompt {
    Prompt::Text { key: PromptKey(Uuid::from_u128(key)), text: "text".to_owned() }
}

fn configured(key: u128) -> Playable {
    Playable::Configured(PromptKey(Uuid::from_u128(key)))
}

fn agent(index: u8) -> UserId {
    UserId(Uuid::from_u128(1_000 + u128::from(index)))
}

fn call(number: u32) -> CallId {
    CallId(Uuid::from_u128(u128::from(number)))
}

fn queue(index: u8) -> QueueId {
    QueueId(Uuid::from_u128(u128::from(index)))
}
