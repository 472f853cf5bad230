//! What agents of queues do beside taking calls.

use phone::apps::queue::Settings;
use phone::numbers::E164;
use sim::demo::{self, Wishes};
use sim::{World, check};
use switch::input::Command;
use switch::output::Answer;

const SECOND: &str = "+12065550123";

#[test]
fn agents_call_with_the_number_of_their_queue() {
    let queue: fn(&mut Settings) = |queue| queue.caller_ids = vec![demo::account_id(0x32)];
    let line = E164::parse("+14255550110").ok();
    let as_queue = |user: usize, line| Command::PlaceCall {
        tenant: demo::TENANT,
        user: demo::user_id(user),
        dialled: SECOND.to_owned(),
        line,
    };
    let shown = |world: &World| world.records.last().and_then(|record| record.attempts.first()?.calling.clone());
    let mut world = World::with(&Wishes { queue, ..Wishes::default() });
    world.register(&["alice", "bob"]);
    // Bob is an agent of the queue, Alice is not.
    assert!(matches!(world.command(as_queue(1, line)), Answer::Done));
    world.answer("bob");
    world.run_secs(1);
    world.answer("trunk");
    world.run_secs(1);
    world.hang_up("bob");
    world.run_until_quiet();
    assert_eq!(shown(&world).as_deref(), Some("+14255550110"));
    assert!(matches!(world.command(as_queue(0, line)), Answer::Refused { code: "line_not_theirs", .. }));
    let other = E164::parse("+14255550100").ok();
    assert!(matches!(world.command(as_queue(1, other)), Answer::Refused { code: "line_not_theirs", .. }));
    // From a phone, with what stands before the number.
    world.dial("bob", &format!("*80{SECOND}"));
    world.run_secs(1);
    world.answer("trunk");
    world.run_secs(1);
    world.hang_up("bob");
    world.run_until_quiet();
    assert_eq!(shown(&world).as_deref(), Some("+14255550110"));
    world.dial("alice", &format!("*80{SECOND}"));
    world.run_until_quiet();
    assert_eq!(world.records.last().map(|record| record.attempts.len()), Some(0));
    check::idle(&mut world);
}
