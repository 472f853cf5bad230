//! Facts that calls and agents leave for reports.

use phone::apps::attendant::{InputKind, Outcome};
use phone::apps::queue::{Activity, Does, Exit, News, Routing};
use phone::apps::{Target, attendant};
use phone::record::segment::{OfferResult, OnwardBy, OnwardTo, Pass, QueuePass, QueueResult, Segment};
use sim::demo::{self, Wishes};
use sim::{World, check};

#[test]
fn a_caller_who_reaches_an_agent_by_a_menu_leaves_both_passes() {
    let queue: fn(&mut phone::apps::queue::Settings) = |queue| queue.service_level_secs = Some(15);
    let mut world = World::with(&Wishes { wrap_up_secs: 7, queue, ..Wishes::default() });
    world.register(&["bob", "carol"]);
    world.run_secs(1);
    world.dial("trunk", "+14255550100");
    world.run_secs(4);
    world.press("trunk", '1');
    world.run_secs(2);
    world.answer("bob");
    world.run_secs(60);
    world.hang_up("trunk");
    world.run_until_quiet();
    let record = world.records.last().expect("the call is over").clone();
    let [menu, queue] = record.segments.as_slice() else { panic!("two apps: {:?}", record.segments) };
    let Pass::Attendant(pass) = &menu.pass else { panic!("an attendant first: {menu:?}") };
    assert_eq!((pass.result, pass.flow.as_str()), (Some(Outcome::TransferredToCq), "Default"));
    assert_eq!(pass.inputs.iter().map(|input| input.kind).collect::<Vec<_>>(), [InputKind::Key('1')]);
    assert!(menu.account.is_some() && menu.parent.is_none() && queue.parent == Some(0));
    let onward = menu.onward.as_ref().expect("it went on");
    assert_eq!((onward.to, onward.by), (OnwardTo::Queue, OnwardBy::Caller));
    let pass = passed(queue);
    assert_eq!((pass.result, pass.agent, pass.target_secs), (QueueResult::Answered, Some(demo::user_id(1)), Some(15)));
    assert_eq!((waited(queue), talked(queue)), (2, 60));
    assert_eq!(offers(pass), [(1, OfferResult::Answered, 2)]);
    assert_eq!(
        done(&world, 1),
        [Activity::Offline, Activity::Available, Activity::InQueueCall, Activity::WrapUp, Activity::Available]
    );
    check::idle(&mut world);
}

#[test]
fn offers_tell_who_was_slow_who_declined_and_who_was_too_late() {
    let wishes = Wishes { routing: Routing::Serial, alert_secs: 10, ..Wishes::default() };
    let mut world = World::with(&wishes);
    world.register(&["bob", "carol"]);
    world.dial("trunk", "+14255550110");
    world.run_secs(12);
    world.refuse("carol", 603);
    world.run_secs(1);
    world.answer("bob");
    world.run_secs(5);
    world.hang_up("bob");
    world.run_until_quiet();
    let queue = last(&world);
    assert_eq!(
        offers(passed(&queue)),
        [(1, OfferResult::NoAnswer, 10), (2, OfferResult::Declined, 2), (1, OfferResult::Answered, 1)]
    );
    assert_eq!((waited(&queue), talked(&queue)), (13, 5));

    let mut world = World::with(&Wishes { routing: Routing::Attendant, ..Wishes::default() });
    world.register(&["bob", "carol"]);
    world.dial("trunk", "+14255550110");
    world.run_secs(3);
    world.answer("carol");
    world.run_secs(1);
    world.hang_up("trunk");
    world.run_until_quiet();
    let queue = last(&world);
    assert_eq!(offers(passed(&queue)), [(1, OfferResult::TakenElsewhere, 3), (2, OfferResult::Answered, 3)]);
}

#[test]
fn who_hangs_up_times_out_or_overflows_is_told_apart() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("trunk", "+14255550110");
    world.run_secs(3);
    world.hang_up("trunk");
    world.run_until_quiet();
    let queue = last(&world);
    assert_eq!((passed(&queue).result, waited(&queue)), (QueueResult::Abandoned, 3));
    assert_eq!(offers(passed(&queue)), [(1, OfferResult::Cancelled, 3)]);

    let to_alice = Exit::Forward { target: Target::User { id: demo::user_id(0) } };
    let wishes = Wishes { timeout_secs: 5, timeout: to_alice.clone(), ..Wishes::default() };
    let mut world = World::with(&wishes);
    world.register(&["alice", "bob"]);
    world.dial("trunk", "+14255550110");
    world.run_secs(6);
    world.hang_up("trunk");
    world.run_until_quiet();
    let queue = last(&world);
    assert_eq!((passed(&queue).result, waited(&queue)), (QueueResult::TimedOut, 5));
    assert_eq!(queue.onward.map(|onward| (onward.to, onward.by)), Some((OnwardTo::User, OnwardBy::System)));

    let wishes = Wishes { overflow_threshold: 0, overflow: Exit::Disconnect, ..Wishes::default() };
    let mut world = World::with(&wishes);
    world.register(&["bob"]);
    world.dial("trunk", "+14255550110");
    world.run_until_quiet();
    let queue = last(&world);
    assert_eq!(passed(&queue).result, QueueResult::Overflowed);
    assert_eq!(queue.onward.map(|onward| onward.to), Some(OnwardTo::Disconnect));
}

#[test]
fn a_caller_who_comes_back_to_the_menu_is_one_pass_with_all_that_was_pressed() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("trunk", "+14255550100");
    world.run_secs(4);
    world.press("trunk", '2');
    world.run_secs(25);
    world.press("trunk", '7');
    world.run_secs(1);
    world.hang_up("trunk");
    world.run_until_quiet();
    let record = world.records.last().expect("the call is over");
    let [menu] = record.segments.as_slice() else { panic!("one pass: {:?}", record.segments) };
    let Pass::Attendant(pass) = &menu.pass else { panic!("an attendant: {menu:?}") };
    assert_eq!(pass.result, Some(attendant::Outcome::UserTerminated));
    let kinds: Vec<InputKind> = pass.inputs.iter().map(|input| input.kind).collect();
    assert_eq!(kinds, [InputKind::Key('2'), InputKind::Invalid('7')]);
    assert_eq!(menu.onward, None, "in the end it went nowhere");
}

#[test]
fn calls_between_people_leave_nothing() {
    let mut world = World::demo();
    world.register(&["alice", "dan"]);
    world.facts.clear();
    world.dial("alice", "104");
    world.run_secs(2);
    world.hang_up("alice");
    world.run_until_quiet();
    assert!(world.records.iter().all(|record| record.segments.is_empty()));
    assert!(world.facts.is_empty(), "neither is an agent: {:?}", world.facts);
}

fn last(world: &World) -> Segment {
    world.records.last().and_then(|record| record.segments.last()).expect("the call passed an app").clone()
}

fn passed(segment: &Segment) -> &QueuePass {
    segment.queue_pass().expect("a pass through a queue")
}

fn waited(segment: &Segment) -> i64 {
    segment.lasted_ms(segment.started_at) / 1_000
}

fn talked(segment: &Segment) -> u64 {
    segment.talk_ms(segment.started_at) / 1_000
}

/// Agents by their place among the people, what came of it, and how many seconds it rang.
fn offers(pass: &QueuePass) -> Vec<(usize, OfferResult, i64)> {
    let place = |agent| (0..4).find(|index| demo::user_id(*index) == agent).expect("a person of the demo");
    let rang = |offer: &phone::record::segment::Offer| {
        offer.ended_at.expect("the call is over").duration_since(offer.started_at).as_secs()
    };
    pass.offers.iter().map(|offer| (place(offer.agent), offer.result, rang(offer))).collect()
}

/// What an agent did, in order.
fn done(world: &World, index: usize) -> Vec<Activity> {
    let of_agent = world.facts.iter().filter(|fact| fact.agent == demo::user_id(index));
    let does = of_agent.filter_map(|fact| match fact.news {
        News::Does { does: Does { activity, .. }, .. } => Some(activity),
        News::OptedIn { .. } | News::OptedOut { .. } => None,
    });
    does.collect()
}
