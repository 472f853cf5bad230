//! How callers leave a queue without an agent. Sections 3.6 to 3.8.

use phone::apps::queue::{
    Effect, Event, ExitCause, NoAgent, NoAgentApplyTo, NoFreeAgent, OfferFailure, Routing, Settings, TimeoutPolicy,
    Withdrawal,
};
use phone::people::Presence;

use super::office::*;

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
