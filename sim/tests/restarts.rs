//! A process that is killed or replaced while callers wait: the next one has them, in the same order. Specification of voice
//! apps, 3.16.

use std::time::Duration;

use phone::apps::prompt::Prompt;
use phone::apps::queue::callback::Callback;
use sim::demo::{self, Wishes};
use sim::{World, check};
use sip::endpoint::ExtraHeader;
use switch::input::Command;
use switch::output::Answer;

const SALES: &str = "+14255550110";
const OUTAGE: Duration = Duration::from_secs(2);

#[test]
fn who_waits_when_the_process_is_killed_waits_on_in_the_next() {
    let mut world = World::demo();
    world.dial("trunk", SALES);
    world.run_secs(30);
    world.ladder.clear();
    world.restart_after(OUTAGE);
    world.run_secs(8);
    world.register(&["bob"]);
    world.run_secs(2);
    world.answer("bob");
    world.run_secs(5);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        32.000  us    -> trunk  INVITE trunk sdp
        32.000  trunk -> us     100 INVITE
        32.000  trunk -> us     200 INVITE sdp
        32.000  us    -> trunk  ACK
        32.000  play trunk music
        40.000  bob   -> us     REGISTER
        40.000  us    -> bob    401 REGISTER
        40.000  bob   -> us     REGISTER
        40.000  us    -> bob    200 REGISTER
        40.000  us    -> bob    INVITE 102 sdp
        40.000  bob   -> us     100 INVITE
        40.000  bob   -> us     180 INVITE
        42.000  bob   -> us     200 INVITE sdp
        42.000  us    -> bob    ACK
        42.000  bridge trunk bob
        47.000  trunk -> us     BYE
        47.000  us    -> trunk  200 BYE
        47.000  us    -> bob    BYE
        47.000  record answered +15550100 -> +14255550110 by 102 talked 5s ended by caller, queue answered 42s 1 offers
        47.000  bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn the_time_limit_goes_on_over_the_restart() {
    let mut world = World::demo();
    world.dial("trunk", SALES);
    world.run_secs(30);
    world.restart_after(OUTAGE);
    world.ladder.clear();
    world.run_until_quiet();
    world.ladder.expect(
        "
        60.000  us    -> trunk  BYE
        60.000  record treated +15550100 -> +14255550110 ended by system, queue timeout 60s 0 offers
        60.000  trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn who_hung_up_meanwhile_is_not_in_line_any_more() {
    let mut world = World::demo();
    world.dial("trunk", SALES);
    world.run_secs(10);
    world.peer("trunk").vanished = true;
    world.restart_after(OUTAGE);
    let waiting = waiting(&mut world);
    assert!(waiting.is_empty(), "nobody waits before they are there again: {waiting:?}");
    world.run_until_quiet();
    world.peer("trunk").vanished = false;
    world.peer("trunk").calls.clear();
    world.run_until_quiet();
    let record = world.records.first().unwrap_or_else(|| panic!("there is a record"));
    assert_eq!(record.reason.as_deref(), Some("the peer does not answer any more"));
    assert_eq!(record.path.len() + record.segments.len(), 1, "it came to the queue, and no further: {record:?}");
    assert_eq!(world.records.len(), 1);
}

#[test]
fn a_second_kill_finds_the_caller_as_well() {
    let mut world = World::demo();
    world.dial("trunk", SALES);
    world.run_secs(5);
    for _ in 0..3 {
        world.restart_after(OUTAGE);
    }
    // Killed again before the caller could answer.
    world.peer("trunk").vanished = true;
    world.restart_after(OUTAGE);
    world.peer("trunk").vanished = false;
    world.restart_after(OUTAGE);
    world.register(&["bob"]);
    world.answer("bob");
    world.run_secs(3);
    world.hang_up("bob");
    world.run_until_quiet();
    let lines = world.ladder.render().join("\n");
    assert!(lines.contains("by 102 talked 3s ended by callee, queue answered 15s 1 offers"), "{lines}");
    check::idle(&mut world);
}

#[test]
fn an_upgrade_waits_for_those_who_talk_and_leaves_who_waits_to_the_next_process() {
    let mut world = World::with(&Wishes { agents: vec![1], timeout_secs: 600, ..Wishes::default() });
    world.register(&["bob"]);
    world.dial("trunk", SALES);
    world.answer("bob");
    world.dial("trunk", SALES);
    world.run_secs(5);
    world.hand_over();
    assert!(!world.drained, "somebody talks");
    world.dial("trunk", SALES);
    assert_eq!(world.peer("trunk").refusals, [503]);
    world.ladder.clear();
    world.hang_up("bob");
    world.run_secs(1);
    assert!(world.drained);
    world.ladder.expect(
        "
        5.000   bob   -> us     BYE
        5.000   us    -> bob    200 BYE
        5.000   us    -> trunk  BYE
        5.000   us    -> bob    INVITE 102 sdp
        5.000   record answered +15550100 -> +14255550110 by 102 talked 5s ended by callee, queue answered 0s 1 offers
        5.000   trunk -> us     200 BYE
        5.000   bob   -> us     100 INVITE
        5.000   us    -> bob    CANCEL (the call left the queue)
        5.000   bob   -> us     180 INVITE
        5.000   bob   -> us     200 CANCEL
        5.000   bob   -> us     487 INVITE
        5.000   us    -> bob    ACK
        ",
    );
    world.restart_after(OUTAGE);
    world.register(&["bob"]);
    world.answer("bob");
    world.run_secs(1);
    world.hang_up("trunk");
    world.run_until_quiet();
    assert_eq!(world.records.len(), 3);
    check::idle(&mut world);
}

#[test]
fn fifty_callers_and_ten_who_are_called_back_stand_in_the_same_order_after_a_kill() {
    let undisturbed = answered_in_order(|world| world.run(OUTAGE));
    let restarted = answered_in_order(|world| world.restart_after(OUTAGE));
    assert_eq!(undisturbed.len(), 60, "{undisturbed:?}");
    assert_eq!(restarted, undisturbed);
}

/// Fifty callers wait and ten have asked to be called back; whom the one agent then talks with, one after the other.
fn answered_in_order(happens: impl FnOnce(&mut World)) -> Vec<String> {
    let queue: fn(&mut phone::apps::queue::Settings) = |queue| {
        queue.callback = Some(Callback {
            key: '1',
            after_wait_secs: None,
            waiting_min: Some(0),
            waiting_per_agent_min: None,
            offer: Prompt::Text { key: demo::SORRY, text: "Sorry".to_owned() },
            expires_secs: 7_200,
            attempts_max: 2,
            gap_secs: 60,
        });
    };
    let wishes = Wishes { agents: vec![1], overflow_threshold: 100, timeout_secs: 3_600, queue, ..Wishes::default() };
    let mut world = World::with(&wishes);
    for number in 0..60 {
        let value = format!("<sip:+1425200{:04}@10.0.0.9>", 100 + number);
        let caller = ExtraHeader { name: "P-Asserted-Identity".to_owned(), value };
        world.act("trunk", |trunk, now| trunk.dial_with(now, SALES, vec![caller]));
        if number % 6 == 5 {
            // Past the offer, with others who came before and stay.
            world.run_secs(12);
            world.press("trunk", '1');
        }
        world.run_secs(2);
    }
    assert_eq!(waiting(&mut world).len(), 50);
    happens(&mut world);
    assert_eq!(waiting(&mut world).len(), 50);
    world.records.clear();
    world.peer("bob").manners.answers_after = Some(Duration::ZERO);
    world.peer("bob").manners.hangs_up_after = Some(Duration::from_secs(1));
    world.peer("trunk").manners.answers_after = Some(Duration::ZERO);
    world.register(&["bob"]);
    world.run_secs(400);
    let mut talked: Vec<_> = world.records.iter().filter(|record| record.talk_seconds > 0).collect();
    talked.sort_by_key(|record| record.answered_at);
    let who = |from: &str, to: &str| if from == SALES { format!("called back {to}") } else { from.to_owned() };
    talked.iter().map(|record| who(&record.from, &record.to)).collect()
}

/// Who waits, in order.
fn waiting(world: &mut World) -> Vec<phone::id::CallId> {
    let command = Command::ShowQueue { tenant: demo::TENANT, queue: demo::SALES };
    let Answer::Queue(queue) = world.command(command) else { panic!("the queue is there") };
    queue.waiting.iter().map(|caller| caller.call).collect()
}
