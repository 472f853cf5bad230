//! How calls end that nobody hangs up, and what changes around a call.

use phone::apps::queue::AgentStatus;
use phone::people::Presence;
use sim::demo::{self, Wishes};
use sim::{World, check};
use switch::input::Command;
use switch::output::Answer;

#[test]
fn a_phone_that_vanishes_is_noticed_by_its_silence() {
    let mut world = World::talking(&["bob"], 5);
    world.peer("bob").vanished = true;
    world.run_secs(60);
    world.fall_silent("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        65.000  us    -> bob    BYE (no sound came for too long)
        65.000  us    -> trunk  BYE (no sound came for too long)
        65.000  record answered +15550100 -> +14255550102 by 102 talked 65s ended by system
        65.000  trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_phone_that_vanishes_is_noticed_by_its_session_timer() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("bob", "+12125551234");
    world.answer("trunk");
    world.run_secs(5);
    world.ladder.clear();
    world.peer("bob").vanished = true;
    world.peer("trunk").vanished = true;
    world.run_secs(1000);
    world.ladder.expect(
        "
        900.000 us    -> trunk  UPDATE
        932.000 us    -> trunk  BYE
        932.000 us    -> bob    BYE (the peer does not answer any more)
        932.000 record answered 102 -> +12125551234 by +12125551234 talked 932s ended by system
        ",
    );
    world.run_secs(1200);
    check::idle(&mut world);
}

#[test]
fn an_administrator_ends_a_call() {
    let mut world = World::talking(&["bob"], 5);
    let tenant = sim::demo::TENANT;
    let Answer::Calls(calls) = world.command(Command::ListCalls { tenant }) else { panic!("calls are listed") };
    let [call] = calls.as_slice() else { panic!("one call is listed: {calls:?}") };
    assert_eq!((call.state, call.at.as_deref(), call.legs.len()), ("talking", Some("bob"), 2));
    assert!(matches!(world.command(Command::HangUp { tenant, call: call.id }), Answer::Done));
    assert!(matches!(world.command(Command::HangUp { tenant, call: call.id }), Answer::NotFound));
    world.run_until_quiet();
    world.ladder.expect(
        "
        5.000   us    -> trunk  BYE (ended by an administrator)
        5.000   us    -> bob    BYE (ended by an administrator)
        5.000   record answered +15550100 -> +14255550102 by 102 talked 5s ended by administrator
        5.000   trunk -> us     200 BYE
        5.000   bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_node_that_drains_takes_no_new_calls_and_ends_with_the_last() {
    let mut world = World::demo();
    world.register(&["bob", "carol"]);
    world.dial("trunk", "+14255550102");
    world.answer("bob");
    world.run_secs(1);
    world.drain();
    world.ladder.clear();
    world.dial("trunk", "+14255550103");
    world.run_secs(5);
    assert!(!world.drained, "a call is left");
    world.hang_up("bob");
    world.run_secs(1);
    assert!(world.drained, "the last call ended");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   trunk -> us     INVITE +14255550103 sdp
        1.000   record refused +15550100 -> +14255550103 status 503 ended by system
        1.000   us    -> trunk  100 INVITE
        1.000   us    -> trunk  503 INVITE (this node takes no new calls)
        1.000   trunk -> us     ACK
        6.000   bob   -> us     BYE
        6.000   us    -> bob    200 BYE
        6.000   us    -> trunk  BYE
        6.000   record answered +15550100 -> +14255550102 by 102 talked 6s ended by callee
        6.000   trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_call_keeps_the_settings_that_it_began_with() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("trunk", "+14255550110");
    world.run_secs(1);
    world.ladder.clear();
    world.change(&Wishes { agents: vec![2], ..Wishes::default() });
    world.run_secs(1);
    world.register(&["carol"]);
    world.run_secs(1);
    world.answer("carol");
    world.run_secs(1);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   us    -> bob    CANCEL (not available for this queue)
        1.000   bob   -> us     200 CANCEL
        1.000   bob   -> us     487 INVITE
        1.000   us    -> bob    ACK
        2.000   carol -> us     REGISTER
        2.000   us    -> carol  401 REGISTER
        2.000   carol -> us     REGISTER
        2.000   us    -> carol  200 REGISTER
        2.000   us    -> carol  INVITE 103 sdp
        2.000   carol -> us     100 INVITE
        2.000   carol -> us     180 INVITE
        3.000   carol -> us     200 INVITE sdp
        3.000   us    -> carol  ACK
        3.000   bridge trunk carol
        4.000   trunk -> us     BYE
        4.000   us    -> trunk  200 BYE
        4.000   us    -> carol  BYE
        4.000   record answered +15550100 -> +14255550110 by 103 talked 1s ended by caller, queue answered 3s 2 offers
        4.000   carol -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_change_of_one_person_reaches_their_phones_and_queues() {
    let mut world = World::demo();
    world.register(&["bob", "carol"]);
    assert_eq!(statuses(&mut world), [Some(AgentStatus::Idle), Some(AgentStatus::Idle)]);
    world.change_person(1, |bob| bob.enabled = false);
    assert_eq!(world.statistics().n_registrations, 1, "who is disabled has no phones");
    assert_eq!(statuses(&mut world), [None, Some(AgentStatus::Idle)], "and is no agent");
    world.change_person(2, |carol| carol.presence = Presence::DoNotDisturb);
    assert_eq!(statuses(&mut world), [None, Some(AgentStatus::Away)]);
    world.change_person(2, |carol| carol.presence = Presence::Available);
    assert_eq!(statuses(&mut world), [None, Some(AgentStatus::Idle)], "and is no agent");
}

/// What bob and carol are doing, if they are agents.
fn statuses(world: &mut World) -> [Option<AgentStatus>; 2] {
    let command = Command::ShowQueue { tenant: demo::TENANT, queue: demo::SALES };
    let Answer::Queue(queue) = world.command(command) else { panic!("the queue is there") };
    [1, 2].map(|index| queue.agents.iter().find(|agent| agent.agent == demo::user_id(index)).map(|agent| agent.status))
}
