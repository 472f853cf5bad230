//! Calls of queues that are recorded, both sides in one.

use std::time::Duration;

use phone::apps::prompt::Prompt;
use phone::apps::queue::Settings;
use phone::apps::recording::{Need, Recording};
use phone::apps::supervision::Mode;
use sim::demo::{self, Wishes};
use sim::{World, check};
use switch::input::Command;
use switch::output::Answer;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn both_are_told_and_recorded_until_the_end() {
    let mut world = recorded(|queue| queue.recording = Some(Recording { announcement: sorry(), ..wanted() }));
    world.run_secs(3);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550110 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   play trunk music
        0.000   us    -> trunk  200 INVITE sdp
        0.000   us    -> bob    INVITE 102 sdp
        0.000   trunk -> us     ACK
        0.000   bob   -> us     100 INVITE
        0.000   bob   -> us     180 INVITE
        1.000   bob   -> us     200 INVITE sdp
        1.000   us    -> bob    ACK
        1.000   bridge trunk bob
        1.000   recording begins of +15550100
        1.000   record-both trunk bob
        1.000   play trunk sorry
        1.000   play bob sorry
        4.000   trunk -> us     BYE
        4.000   us    -> trunk  200 BYE
        4.000   us    -> bob    BYE
        4.000   record answered +15550100 -> +14255550110 by 102 talked 3s ended by caller, queue answered 1s 1 offers
        4.000   bob   -> us     200 BYE
        ",
    );
    let [recording] = world.recordings.as_slice() else { panic!("one recording") };
    assert_eq!((recording.agent, recording.queue), (Some(demo::user_id(1)), demo::SALES));
    check::idle(&mut world);
}

#[test]
fn a_call_that_must_be_recorded_and_can_not_be_reaches_no_agent() {
    let queue: fn(&mut Settings) = |queue| queue.recording = Some(Recording { need: Need::Required, ..wanted() });
    let mut world = World::with(&Wishes { queue, ..Wishes::default() });
    world.register(&["bob"]);
    world.recorder(false);
    world.dial("trunk", "+14255550110");
    world.run_secs(5);
    assert_eq!(world.peer("bob").n_ringing(), 0);
    assert_eq!(world.records[0].status, Some(503));
    // One that waits already reaches none either.
    world.recorder(true);
    world.dial("trunk", "+14255550110");
    world.run_secs(1);
    assert_eq!(world.peer("bob").n_ringing(), 1);
    world.recorder(false);
    world.answer("bob");
    world.run_secs(30);
    assert!(world.records[1].answered_at.is_none(), "{:?}", world.records[1]);
    world.recorder(true);
    world.dial("trunk", "+14255550110");
    world.run_secs(10);
    world.answer("bob");
    world.run_secs(1);
    world.hang_up("trunk");
    world.run_until_quiet();
    assert_eq!(world.recordings.len(), 1);
    check::idle(&mut world);
}

#[test]
fn a_call_ends_with_its_recording_only_if_it_must_be_recorded() {
    let required = |queue: &mut Settings| queue.recording = Some(Recording { need: Need::Required, ..wanted() });
    for (queue, goes_on) in [(required as fn(&mut Settings), false), (|queue| queue.recording = Some(wanted()), true)] {
        let mut world = recorded(queue);
        world.run_secs(1);
        world.recorder(false);
        world.run_secs(1);
        assert_eq!(world.records.is_empty(), goes_on);
        world.recorder(true);
        if goes_on {
            world.hang_up("trunk");
        }
        world.run_until_quiet();
        check::idle(&mut world);
    }
}

#[test]
fn callers_hear_why_a_call_ends_that_must_be_recorded_and_can_not() {
    let queue: fn(&mut Settings) = |queue| {
        queue.recording = Some(Recording { need: Need::Required, failure_announcement: sorry(), ..wanted() });
    };
    // Before an agent is rung.
    let mut world = World::with(&Wishes { queue, ..Wishes::default() });
    world.register(&["bob"]);
    world.recorder(false);
    world.dial("trunk", "+14255550110");
    world.run(SECOND / 2);
    assert_eq!((world.records.len(), world.peer("bob").n_ringing()), (0, 0), "the caller hears the announcement");
    world.run_until_quiet();
    assert_eq!((world.records[0].status, world.records[0].answered_at), (Some(503), None));
    check::idle(&mut world);
    // While they talk: the agent is let go, and the caller hears it.
    let mut world = recorded(queue);
    world.run_secs(1);
    world.ladder.clear();
    world.recorder(false);
    world.run_secs(60);
    world.run_until_quiet();
    let ladder = world.ladder.render();
    let place = |part: &str| {
        ladder.iter().position(|line| line.contains(part)).unwrap_or_else(|| panic!("{part}: {ladder:#?}"))
    };
    assert!(place("us -> bob BYE") < place("us -> trunk BYE"));
    assert!(place("play") < place("us -> trunk BYE"));
    check::idle(&mut world);
}

#[test]
fn a_recording_ends_when_the_call_goes_to_somebody_else() {
    let mut world = recorded(|queue| queue.recording = Some(wanted()));
    world.run_secs(1);
    world.ladder.clear();
    // Nobody takes it: the recording goes on.
    world.act("bob", |bob, now| bob.refer(now, 0, "103"));
    world.refuse("carol", 486);
    world.run_secs(1);
    assert!(!world.ladder.render().iter().any(|line| line.contains("stop-recording")));
    world.act("bob", |bob, now| bob.refer(now, 0, "103"));
    world.answer("carol");
    world.run_secs(1);
    let stops = world.ladder.render().iter().filter(|line| line.contains("stop-recording trunk")).count();
    assert_eq!(stops, 1);
    world.hang_up("trunk");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn what_a_supervisor_says_to_both_is_recorded_and_so_is_who_takes_over() {
    let mut world = recorded(|queue| queue.recording = Some(wanted()));
    world.run_secs(1);
    for (mode, line) in [
        (Mode::Listen, "record-both trunk bob"),
        (Mode::Barge, "record-both trunk bob alice"),
        (Mode::Whisper, "record-both trunk bob"),
        (Mode::TakeOver, "record-both trunk alice"),
    ] {
        world.ladder.clear();
        let Answer::Calls(calls) = world.command(Command::ListCalls { tenant: demo::TENANT }) else { panic!() };
        let (call, supervisor) = (calls[0].id, demo::user_id(0));
        world.command(Command::Supervise { tenant: demo::TENANT, call, supervisor, agent: None, mode });
        if mode == Mode::Listen {
            world.answer("alice");
        }
        let seen = world.ladder.render();
        assert!(seen.iter().any(|seen| seen.ends_with(line)), "{mode:?}: {seen:?}");
    }
    world.hang_up("alice");
    world.run_until_quiet();
    assert_eq!(world.recordings.len(), 1, "it is one recording");
    check::idle(&mut world);
}

#[test]
fn sound_of_both_is_taken_down_by_one_clock() {
    let queue: fn(&mut Settings) = |queue| queue.recording = Some(wanted());
    let mut world = World::with_sound(&Wishes { queue, ..Wishes::default() });
    world.register(&["bob"]);
    world.dial("trunk", "+14255550110");
    world.answer("bob");
    world.talk(&["trunk", "bob"], SECOND);
    world.talk(&["trunk"], SECOND);
    world.hang_up("trunk");
    world.run_until_quiet();
    let (left, right) = world.stereo();
    let loud = |side: &[i16]| side.iter().filter(|sample| sample.unsigned_abs() > 20).count() / 160;
    assert!((190..=205).contains(&(left.len() / 160)), "{} frames of 10 ms", left.len() / 160);
    assert!((180..=205).contains(&loud(&left)), "{}", loud(&left));
    assert!((85..=110).contains(&loud(&right)), "{}", loud(&right));
    check::idle(&mut world);
}

/// A call of the queue that bob answers after a second; the ladder begins with it.
fn recorded(queue: fn(&mut Settings)) -> World {
    let mut world = World::with(&Wishes { queue, ..Wishes::default() });
    world.register(&["alice", "bob", "carol"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550110");
    world.run_secs(1);
    world.answer("bob");
    world
}

fn wanted() -> Recording {
    Recording { need: Need::Wanted, announcement: None, failure_announcement: None, retention_days: 90 }
}

fn sorry() -> Option<Prompt> {
    Some(demo::sorry())
}
