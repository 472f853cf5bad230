//! Supervisors in calls of others: who hears whom, and that those who talk notice nothing else.

use std::time::Duration;

use media::codec::{Decoder, Encoder};
use media::sdp::Codec;
use phone::apps::queue::Settings;
use phone::apps::supervision::Mode;
use phone::people::notice::{Notice, Sign, Told};
use sim::demo::{self, Wishes};
use sim::{World, check};
use switch::input::Command;
use switch::output::Answer;
use switch::view;

const ALICE: usize = 0;
const DAN: usize = 3;
const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_supervisor_listens_whispers_barges_in_and_leaves() {
    let mut world = in_queue_call();
    assert_done(&supervise(&mut world, ALICE, Mode::Listen));
    world.run_secs(1);
    world.answer("alice");
    world.run_secs(1);
    for mode in [Mode::Whisper, Mode::Barge, Mode::Listen] {
        assert_done(&supervise(&mut world, ALICE, mode));
        world.run_secs(1);
    }
    world.hang_up("alice");
    world.run_secs(1);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        2.000   us    -> alice  INVITE 101 sdp
        2.000   alice -> us     100 INVITE
        2.000   alice -> us     180 INVITE
        3.000   alice -> us     200 INVITE sdp
        3.000   mix bob trunk by alice reach neither
        3.000   us    -> alice  ACK
        4.000   mix bob trunk by alice reach first
        5.000   mix bob trunk by alice reach both
        6.000   mix bob trunk by alice reach neither
        7.000   alice -> us     BYE
        7.000   us    -> alice  200 BYE
        8.000   trunk -> us     BYE
        8.000   us    -> trunk  200 BYE
        8.000   us    -> bob    BYE
        8.000   record answered +15550100 -> +14255550110 by 102 talked 8s ended by caller, queue answered 0s 1 offers, supervised by 101 listen supervisor_left 4s
        8.000   bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_supervisor_takes_over_and_the_agent_is_free() {
    let mut world = in_queue_call();
    assert_done(&supervise(&mut world, ALICE, Mode::Barge));
    world.answer("alice");
    world.run_secs(1);
    assert_done(&supervise(&mut world, ALICE, Mode::TakeOver));
    world.run_secs(1);
    let calls = calls(&mut world);
    assert!(calls[0].supervision.is_none(), "it is a call as any other");
    assert_done_not(&supervise(&mut world, ALICE, Mode::Listen), "supervision.own_call");
    world.hang_up("alice");
    world.run_until_quiet();
    world.ladder.expect(
        "
        2.000   us    -> alice  INVITE 101 sdp
        2.000   alice -> us     100 INVITE
        2.000   alice -> us     180 INVITE
        2.000   alice -> us     200 INVITE sdp
        2.000   mix bob trunk by alice reach both
        2.000   us    -> alice  ACK
        3.000   bridge trunk alice
        3.000   us    -> bob    BYE (a supervisor took the call over)
        3.000   bob   -> us     200 BYE
        4.000   alice -> us     BYE
        4.000   us    -> alice  200 BYE
        4.000   us    -> trunk  BYE
        4.000   record answered +15550100 -> +14255550110 by 102 talked 4s ended by callee, queue answered 0s 1 offers, supervised by 101 take_over took_over 1s
        4.000   trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn who_was_to_take_over_does_so_on_answering() {
    let mut world = in_queue_call();
    assert_done(&supervise(&mut world, ALICE, Mode::TakeOver));
    world.run_secs(1);
    world.answer("alice");
    world.run_secs(1);
    assert_eq!(calls(&mut world)[0].legs.len(), 2);
    world.hang_up("trunk");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn the_call_ends_and_the_supervisor_with_it() {
    for last in ["bob", "trunk"] {
        let mut world = in_queue_call();
        assert_done(&supervise(&mut world, ALICE, Mode::Listen));
        world.answer("alice");
        world.run_secs(1);
        world.hang_up(last);
        world.run_until_quiet();
        assert_eq!(world.records.len(), 1);
        check::idle(&mut world);
    }
}

#[test]
fn a_supervisor_who_does_not_answer_harms_nobody() {
    for status in [Some(486), None] {
        let mut world = in_queue_call();
        assert_done(&supervise(&mut world, ALICE, Mode::Listen));
        match status {
            Some(status) => world.refuse("alice", status),
            None => world.run_secs(31),
        }
        world.run_secs(1);
        assert!(calls(&mut world)[0].supervision.is_none());
        assert_eq!(calls(&mut world)[0].legs.len(), 2);
        // And again.
        assert_done(&supervise(&mut world, ALICE, Mode::Listen));
        world.answer("alice");
        world.run_secs(1);
        assert!(calls(&mut world)[0].supervision.as_ref().is_some_and(|there| there.joined));
        world.hang_up("bob");
        world.run_until_quiet();
        check::idle(&mut world);
    }
}

#[test]
fn the_call_ends_while_the_supervisor_rings() {
    let mut world = in_queue_call();
    assert_done(&supervise(&mut world, ALICE, Mode::Listen));
    world.run_secs(1);
    world.hang_up("bob");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn a_supervisors_phone_vanishes_and_the_call_goes_on() {
    let mut world = in_queue_call();
    assert_done(&supervise(&mut world, ALICE, Mode::Barge));
    world.answer("alice");
    world.run_secs(1);
    world.fall_silent("alice");
    world.run_secs(1);
    let calls = calls(&mut world);
    assert_eq!((calls[0].legs.len(), calls[0].state), (2, "talking"));
    world.hang_up("trunk");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn a_hold_parts_all_and_joins_them_again() {
    let mut world = in_queue_call();
    assert_done(&supervise(&mut world, ALICE, Mode::Barge));
    world.answer("alice");
    world.ladder.clear();
    world.run_secs(1);
    world.hold("bob");
    world.run_secs(1);
    // Nobody hears more by a change of mode while one holds.
    assert_done(&supervise(&mut world, ALICE, Mode::Whisper));
    world.run_secs(1);
    world.retrieve("bob");
    world.run_secs(1);
    world.hang_up("bob");
    world.run_until_quiet();
    world.ladder.expect(
        "
        3.000   bob   -> us     INVITE 102 sdp sendonly
        3.000   us    -> bob    100 INVITE
        3.000   unbridge trunk
        3.000   play trunk music
        3.000   play alice music
        3.000   us    -> bob    200 INVITE sdp recvonly
        3.000   bob   -> us     ACK
        4.000   play alice music
        5.000   bob   -> us     INVITE 102 sdp
        5.000   us    -> bob    100 INVITE
        5.000   bridge trunk bob
        5.000   mix bob trunk by alice reach first
        5.000   us    -> bob    200 INVITE sdp
        5.000   bob   -> us     ACK
        6.000   bob   -> us     BYE
        6.000   us    -> bob    200 BYE
        6.000   us    -> trunk  BYE
        6.000   us    -> alice  BYE
        6.000   record answered +15550100 -> +14255550110 by 102 talked 6s ended by callee, queue answered 0s 1 offers, supervised by 101 whisper call_ended 4s
        6.000   trunk -> us     200 BYE
        6.000   alice -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn the_agent_transfers_and_the_supervisor_is_let_go() {
    let mut world = in_queue_call();
    assert_done(&supervise(&mut world, ALICE, Mode::Listen));
    world.answer("alice");
    world.run_secs(1);
    world.act("bob", |bob, now| bob.refer(now, 0, "103"));
    world.run_secs(1);
    assert!(calls(&mut world)[0].supervision.is_none());
    world.answer("carol");
    world.run_secs(1);
    world.hang_up("trunk");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn only_who_may_is_rung_and_each_refusal_says_why() {
    let mut world = in_queue_call();
    assert_done_not(&supervise(&mut world, DAN, Mode::Listen), "supervision.no_phone");
    assert_done_not(&supervise(&mut world, 1, Mode::Listen), "supervision.own_call");
    let call = calls(&mut world)[0].id;
    let command = |tenant, call, agent| Command::Supervise {
        tenant,
        call,
        supervisor: demo::user_id(ALICE),
        agent,
        mode: Mode::Listen,
    };
    let stranger = phone::id::TenantId(uuid::Uuid::from_u128(77));
    assert!(matches!(world.command(command(stranger, call, None)), Answer::NotFound), "another organization's call");
    let unknown = phone::id::CallId(uuid::Uuid::from_u128(77));
    assert!(matches!(world.command(command(demo::TENANT, unknown, None)), Answer::NotFound));
    let answer = world.command(command(demo::TENANT, call, Some(demo::user_id(2))));
    assert_done_not(&answer, "supervision.nobody");
    assert_done(&world.command(command(demo::TENANT, call, Some(demo::user_id(1)))));
    world.register(&["dan"]);
    assert_done_not(&supervise(&mut world, DAN, Mode::Listen), "supervision.taken");
    world.hang_up("trunk");
    world.run_until_quiet();
    world.dial("trunk", "+14255550110");
    world.run_secs(1);
    assert_done_not(&supervise(&mut world, ALICE, Mode::Listen), "supervision.not_talking");
    world.hang_up("trunk");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn those_are_told_who_are_to_be() {
    let told = |told, sign| {
        let queue: fn(&mut Settings) = match (told, sign) {
            (Told::Agent, Sign::Tone) => |queue| {
                queue.supervision_notice = Some(Notice { told: Told::Agent, sign: Sign::Tone });
            },
            (Told::Both, Sign::Announcement) => |queue| {
                queue.supervision_notice = Some(Notice { told: Told::Both, sign: Sign::Announcement });
            },
            _ => |_| {},
        };
        let mut world = World::with(&Wishes { queue, ..Wishes::default() });
        talk_in_queue(&mut world);
        assert_done(&supervise(&mut world, ALICE, Mode::Listen));
        world.answer("alice");
        world.run_secs(3);
        assert_done(&supervise(&mut world, ALICE, Mode::Whisper));
        world.hang_up("bob");
        world.run_until_quiet();
        check::idle(&mut world);
        let lines = world.ladder.render();
        lines.into_iter().filter(|line| line.contains(" play ")).collect::<Vec<_>>()
    };
    assert_eq!(told(Told::Nobody, Sign::Tone), Vec::<String>::new());
    assert_eq!(told(Told::Agent, Sign::Tone), ["2.000 play bob beep"]);
    assert_eq!(told(Told::Both, Sign::Announcement), ["2.000 play bob monitored", "2.000 play trunk monitored"]);
}

#[test]
fn each_hears_whom_the_mode_says() {
    for (mode, bob_hears, trunk_hears) in
        [(Mode::Listen, "t", "b"), (Mode::Whisper, "ta", "b"), (Mode::Barge, "ta", "ba")]
    {
        let mut world = World::with_sound(&Wishes::default());
        talk_in_queue(&mut world);
        assert_done(&supervise(&mut world, ALICE, mode));
        world.answer("alice");
        world.talk(&["trunk", "bob", "alice"], SECOND);
        let heard = [("alice", "bt"), ("bob", bob_hears), ("trunk", trunk_hears)];
        for (name, _) in heard {
            world.peer(name).take_heard(0);
        }
        world.talk(&["trunk", "bob", "alice"], SECOND);
        for (name, voices) in heard {
            let (n, others) = world.peer(name).take_heard(mixed(voices));
            assert!(n >= 45 && others <= 5, "{mode:?}: {name} hears {voices}: {n} packets, and {others} others");
        }
        // When the supervisor is gone, sound is relayed as it was.
        world.hang_up("alice");
        world.talk(&["trunk", "bob"], SECOND / 5);
        world.peer("trunk").take_heard(0);
        world.talk(&["trunk", "bob"], SECOND);
        assert_eq!(world.peer("trunk").take_heard(b'b'), (50, 0));
        world.hang_up("trunk");
        world.run_until_quiet();
        check::idle(&mut world);
    }
}

/// Bob talks with a caller of the queue.
fn in_queue_call() -> World {
    let mut world = World::demo();
    talk_in_queue(&mut world);
    world
}

fn talk_in_queue(world: &mut World) {
    world.register(&["alice", "bob", "carol"]);
    world.dial("trunk", "+14255550110");
    world.answer("bob");
    world.run_secs(2);
    world.ladder.clear();
}

fn calls(world: &mut World) -> Vec<view::Call> {
    match world.command(Command::ListCalls { tenant: demo::TENANT }) {
        Answer::Calls(calls) => calls,
        other => panic!("{other:?}"),
    }
}

fn supervise(world: &mut World, supervisor: usize, mode: Mode) -> Answer {
    let Some(call) = calls(world).last().map(|call| call.id) else { panic!("there is no call") };
    let supervisor = demo::user_id(supervisor);
    world.command(Command::Supervise { tenant: demo::TENANT, call, supervisor, agent: None, mode })
}

fn assert_done(answer: &Answer) {
    assert!(matches!(answer, Answer::Done), "{answer:?}");
}

fn assert_done_not(answer: &Answer, wanted: &str) {
    let Answer::Refused { code, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(*code, wanted);
}

/// The byte that these voices become when they are added up.
fn mixed(voices: &str) -> u8 {
    let mut sum = [0_i16; 160];
    for voice in voices.bytes() {
        let mut pcm = [0; 160];
        Decoder::new(Codec::Pcmu).decode(&[voice; 160], &mut pcm);
        for (sum, sample) in sum.iter_mut().zip(pcm) {
            *sum = sum.saturating_add(sample);
        }
    }
    let mut payload = Vec::new();
    Encoder::new(Codec::Pcmu).encode(&sum, &mut payload);
    payload[0]
}
