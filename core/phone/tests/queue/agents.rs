//! Who can be offered a call, and who can't. Sections 3.2 and 3.12.

use phone::apps::queue::{
    AgentStatus, Effect, Event, ExitCause, NoAgent, NoAgentApplyTo, OfferFailure, Settings, Withdrawal,
};
use phone::people::Presence;

use super::office::*;

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
    office.event(released(SALES, ANN));
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
    office.event(released(SALES, ANN));
    office.join(SALES, 2);
    office.out.clear();
    office.event(Event::EndWrapUp { agent: agent(ANN) });
    office.wants(&[]);
    office.event(Event::Resume { agent: agent(ANN) });
    office.wants(&[offer(2, ANN)]);
    // The time after a call ends early.
    office.answer(2, ANN);
    office.event(released(SALES, ANN));
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
