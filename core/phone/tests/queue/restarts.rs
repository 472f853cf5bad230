//! What goes on where it was after a restart. Section 3.16.

use std::time::Duration;

use phone::apps::queue::{Event, ExitCause, NoAgent, NoAgentApplyTo, Routing, Settings};
use phone::people::Presence;

use super::office::*;

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
