//! Which agents are offered a caller, and when. Sections 3.4 and 3.5.

use phone::apps::queue::{AgentStatus, Effect, Event, OfferFailure, Routing, Settings, Withdrawal};
use phone::id::UserId;
use phone::people::Presence;

use super::office::*;

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
    office.event(released(SALES, ANN));
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
        office.event(released(SALES, expected));
        office.out.clear();
    }
    office.join(SALES, 5);
    office.refuse(5, BEN, OfferFailure::Declined);
    office.wants(&[music(5), offer(5, BEN), offer(5, CAT)]);
    office.answer(5, CAT);
    office.event(released(SALES, CAT));
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
