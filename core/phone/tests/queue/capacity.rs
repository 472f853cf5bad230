//! Agents who talk in several calls of queues at once.

use phone::apps::queue::{AgentStatus, OfferFailure, Routing, Settings, Withdrawal};
use phone::people::Presence;

use super::office::*;

#[test]
fn an_agent_with_room_is_offered_the_next_call_one_at_a_time() {
    let mut office =
        Office::new([two_each(Settings { agents: vec![agent(ANN)], wrap_up_secs: 10, ..settings(SALES) })]);
    office.join(SALES, 1);
    office.join(SALES, 2);
    office.wants(&[music(1), offer(1, ANN), music(2)]);
    office.answer(1, ANN);
    office.wants(&[connect(1, ANN), offer(2, ANN)]);
    assert_eq!(calls(&office, ANN), (AgentStatus::Ringing, 1, false));
    office.answer(2, ANN);
    office.join(SALES, 3);
    office.wants(&[connect(2, ANN), music(3)]);
    assert_eq!(calls(&office, ANN), (AgentStatus::Talking, 2, false));
    // The time after a call is nobody's, though the other one goes on.
    office.event(released(SALES, ANN));
    office.wants(&[]);
    assert_eq!(calls(&office, ANN), (AgentStatus::Talking, 1, false));
    office.pass(10);
    office.wants(&[offer(3, ANN)]);
    office.refuse(3, ANN, OfferFailure::Declined);
    assert_eq!(calls(&office, ANN), (AgentStatus::Talking, 1, false), "nor is that after a refusal");
    office.pass(5);
    office.wants(&[offer(3, ANN)]);
    // Who is in another call has no room, whatever the number.
    office.change(ANN, true, Presence::Available, true);
    office.wants(&[withdraw(3, ANN, Withdrawal::NotEligible)]);
}

#[test]
fn who_talks_in_fewer_calls_comes_first_whatever_the_method() {
    for routing in [Routing::LongestIdle, Routing::RoundRobin, Routing::Serial] {
        let mut office = Office::new([two_each(Settings { routing, ..settings(SALES) })]);
        let mut order = Vec::new();
        for number in 1..=7 {
            office.join(SALES, number);
            let rung = [ANN, BEN, CAT].into_iter().find(|who| office.status(SALES, *who) == AgentStatus::Ringing);
            let Some(who) = rung else { continue };
            office.answer(number, who);
            order.push(who);
        }
        assert_eq!(order, [ANN, BEN, CAT, ANN, BEN, CAT], "{routing:?}");
        office.out.clear();
    }
}

#[test]
fn the_queue_that_offers_says_how_many_calls_are_too_many() {
    let only = |index| Settings { agents: vec![agent(ANN)], ..settings(index) };
    let mut office = Office::new([only(SALES), two_each(only(SUPPORT))]);
    office.join(SUPPORT, 1);
    office.answer(1, ANN);
    office.out.clear();
    office.join(SALES, 2);
    office.wants(&[music(2)]);
    office.join(SUPPORT, 3);
    office.wants(&[music(3), offer(3, ANN)]);
    office.answer(3, ANN);
    office.event(released(SUPPORT, ANN));
    office.wants(&[connect(3, ANN)]);
    office.event(released(SUPPORT, ANN));
    office.wants(&[offer(2, ANN)]);
}

fn two_each(settings: Settings) -> Settings {
    Settings { agent_capacity: 2, ..settings }
}

/// What an agent does, in how many calls, and whether there is room.
fn calls(office: &Office, who: u8) -> (AgentStatus, usize, bool) {
    let views = office.queues.agents(office.now, queue(SALES));
    let found = views.iter().find(|view| view.agent == agent(who));
    found.map_or((AgentStatus::Unreachable, 0, false), |view| (view.status, view.n_calls, view.is_free))
}
