//! Callers who wait in queues, and those who take them out again.

use phone::apps::Target;
use phone::apps::prompt::Prompt;
use phone::apps::queue::callback::Callback;
use phone::apps::queue::{Announcements, Exit, Routing};
use phone::id::GroupId;
use sim::demo::{self, Wishes};
use sim::{World, check};
use sip::endpoint::ExtraHeader;
use uuid::Uuid;

const TEAM: GroupId = GroupId(Uuid::from_u128(0x61));

fn sorry() -> Option<Prompt> {
    Some(Prompt::Text { key: demo::SORRY, text: "Sorry".to_owned() })
}

#[test]
fn who_joins_a_group_is_an_agent_at_once() {
    let queue: fn(&mut phone::apps::queue::Settings) = |queue| queue.groups = vec![TEAM];
    let wishes = Wishes { agents: Vec::new(), queue, groups: vec![(TEAM, Vec::new())], ..Wishes::default() };
    let mut world = World::with(&wishes);
    world.register(&["bob"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550110");
    world.run_secs(2);
    world.change(&Wishes { groups: vec![(TEAM, vec![1])], ..wishes });
    world.run_secs(2);
    world.answer("bob");
    world.run_secs(2);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550110 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   play trunk music
        0.000   us    -> trunk  200 INVITE sdp
        0.000   trunk -> us     ACK
        2.000   us    -> bob    INVITE 102 sdp
        2.000   bob   -> us     100 INVITE
        2.000   bob   -> us     180 INVITE
        4.000   bob   -> us     200 INVITE sdp
        4.000   us    -> bob    ACK
        4.000   bridge trunk bob
        6.000   trunk -> us     BYE
        6.000   us    -> trunk  200 BYE
        6.000   us    -> bob    BYE
        6.000   record answered +15550100 -> +14255550110 by 102 talked 2s ended by caller, queue answered 4s 1 offers
        6.000   bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_prompt_of_the_kind_of_the_action_is_said_first_and_a_key_ends_it() {
    let queue: fn(&mut phone::apps::queue::Settings) = |queue| {
        queue.overflow.prompts.redirect_person = sorry();
        queue.overflow.is_skippable = true;
    };
    let overflow = Exit::Forward { target: Target::User { id: demo::user_id(0) } };
    let mut world = World::with(&Wishes { overflow_threshold: 0, overflow, queue, ..Wishes::default() });
    world.register(&["alice"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550110");
    world.run(std::time::Duration::from_millis(300));
    world.press("trunk", '5');
    world.run_secs(1);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550110 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   play trunk sorry
        0.000   us    -> trunk  200 INVITE sdp
        0.000   trunk -> us     ACK
        0.300   play trunk ring-back
        0.300   us    -> alice  INVITE 101 sdp
        0.300   alice -> us     100 INVITE
        0.300   alice -> us     180 INVITE
        1.300   trunk -> us     BYE
        1.300   us    -> trunk  200 BYE
        1.300   us    -> alice  CANCEL
        1.300   record abandoned +15550100 -> +14255550110 ended by caller, queue overflow 0s 0 offers
        1.300   alice -> us     200 CANCEL
        1.300   alice -> us     487 INVITE
        1.300   us    -> alice  ACK
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_caller_whose_agent_is_lost_right_away_is_first_in_line_again() {
    let mut world = World::demo();
    world.register(&["bob", "carol"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550110");
    world.run_secs(1);
    world.answer("bob");
    world.run_secs(3);
    world.fall_silent("bob");
    world.run_secs(1);
    world.answer("carol");
    world.run_secs(2);
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
        4.000   us    -> bob    BYE (no sound came for too long)
        4.000   play trunk music
        4.000   us    -> carol  INVITE 103 sdp
        4.000   bob   -> us     200 BYE
        4.000   carol -> us     100 INVITE
        4.000   carol -> us     180 INVITE
        5.000   carol -> us     200 INVITE sdp
        5.000   us    -> carol  ACK
        5.000   bridge trunk carol
        7.000   trunk -> us     BYE
        7.000   us    -> trunk  200 BYE
        7.000   us    -> carol  BYE
        7.000   record answered +15550100 -> +14255550110 by 103 talked 2s ended by caller, queue answered 1s 1 offers, queue answered 1s 1 offers
        7.000   carol -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn an_agent_with_room_is_rung_for_a_second_caller_while_talking_and_for_no_third() {
    let queue: fn(&mut phone::apps::queue::Settings) = |queue| queue.agent_capacity = 2;
    let mut world = World::with(&Wishes { agents: vec![1], queue, ..Wishes::default() });
    world.register(&["bob"]);
    world.ladder.clear();
    let (rung, joined) = ("us -> bob INVITE 102", "bridge trunk bob");
    for n_calls in [1, 2, 2] {
        world.dial("trunk", "+14255550110");
        world.run_secs(1);
        assert_eq!(count(&world, rung), n_calls);
        if count(&world, joined) < n_calls {
            world.answer("bob");
        }
        world.run_secs(1);
        assert_eq!(count(&world, joined), n_calls);
    }
    // One caller goes, and the one who waits takes the place.
    world.hang_up("bob");
    world.run_secs(1);
    assert_eq!(count(&world, rung), 3);
    world.answer("bob");
    world.run_secs(1);
    for _ in 0..2 {
        world.hang_up("bob");
        world.run_secs(1);
    }
    world.run_until_quiet();
    check::idle(&mut world);
}

fn count(world: &World, words: &str) -> usize {
    world.ladder.render().iter().filter(|line| line.contains(words)).count()
}

#[test]
fn the_music_goes_on_where_it_was_after_an_announcement() {
    let queue: fn(&mut phone::apps::queue::Settings) = |queue| {
        queue.announcements = Some(Announcements {
            every_secs: 10,
            tells_place: true,
            tells_wait: false,
            comfort: sorry().into_iter().collect(),
        });
    };
    let mut world = World::with(&Wishes { agents: vec![3], queue, ..Wishes::default() });
    world.dial("trunk", "+14255550110");
    world.run_secs(25);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550110 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   play trunk music
        0.000   us    -> trunk  200 INVITE sdp
        0.000   trunk -> us     ACK
        10.000  play trunk place-1 sorry
        11.000  play trunk music
        21.000  play trunk place-1 sorry
        22.000  play trunk music
        25.000  trunk -> us     BYE
        25.000  us    -> trunk  200 BYE
        25.000  record abandoned +15550100 -> +14255550110 ended by caller, queue abandoned 25s 0 offers
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_caller_is_called_back_by_an_agent_who_is_free_later() {
    let queue: fn(&mut phone::apps::queue::Settings) = |queue| {
        queue.callback = Some(Callback {
            key: '1',
            after_wait_secs: None,
            waiting_min: Some(0),
            waiting_per_agent_min: None,
            offer: sorry().unwrap_or_else(|| panic!("there is one")),
            expires_secs: 3_600,
            attempts_max: 2,
            gap_secs: 60,
        });
    };
    let mut world = World::with(&Wishes { agents: vec![1], queue, ..Wishes::default() });
    let value = "<sip:+14252000100@10.0.0.9>".to_owned();
    let caller = ExtraHeader { name: "P-Asserted-Identity".to_owned(), value };
    world.act("trunk", |trunk, now| trunk.dial_with(now, "+14255550110", vec![caller]));
    world.run_secs(11);
    world.press("trunk", '1');
    world.run_secs(9);
    world.register(&["bob"]);
    world.run_secs(1);
    world.answer("bob");
    world.run_secs(2);
    world.refuse("trunk", 486);
    world.run_secs(60);
    world.answer("bob");
    world.run_secs(2);
    world.answer("trunk");
    world.run_secs(10);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550110 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   play trunk music
        0.000   us    -> trunk  200 INVITE sdp
        0.000   trunk -> us     ACK
        10.000  play trunk sorry
        10.700  play trunk music
        11.000  play trunk promise
        11.360  us    -> trunk  BYE
        11.360  record treated +14252000100 -> +14255550110 ended by system, queue callback 11s 0 offers
        11.360  trunk -> us     200 BYE
        20.000  bob   -> us     REGISTER
        20.000  us    -> bob    401 REGISTER
        20.000  bob   -> us     REGISTER
        20.000  us    -> bob    200 REGISTER
        20.000  us    -> bob    INVITE 102 sdp
        20.000  bob   -> us     100 INVITE
        20.000  bob   -> us     180 INVITE
        21.000  bob   -> us     200 INVITE sdp
        21.000  us    -> bob    ACK
        21.000  play bob ring-back
        21.000  us    -> trunk  INVITE +14252000100 sdp
        21.000  trunk -> us     100 INVITE
        21.000  trunk -> us     180 INVITE
        23.000  trunk -> us     486 INVITE
        23.000  us    -> trunk  ACK
        23.000  play bob not-available
        23.900  us    -> bob    BYE (busy)
        23.900  record busy +14255550110 -> +14252000100 status 486 ended by system, queue callback_missed 3s 1 offers
        23.900  bob   -> us     200 BYE
        83.000  us    -> bob    INVITE 102 sdp
        83.000  bob   -> us     100 INVITE
        83.000  bob   -> us     180 INVITE
        83.000  bob   -> us     200 INVITE sdp
        83.000  us    -> bob    ACK
        83.000  play bob ring-back
        83.000  us    -> trunk  INVITE +14252000100 sdp
        83.000  trunk -> us     100 INVITE
        83.000  trunk -> us     180 INVITE
        85.000  trunk -> us     200 INVITE sdp
        85.000  bridge bob trunk
        85.000  us    -> trunk  ACK
        95.000  trunk -> us     BYE
        95.000  us    -> trunk  200 BYE
        95.000  us    -> bob    BYE
        95.000  record answered +14255550110 -> +14252000100 by 102 talked 10s ended by callee, queue callback_reached 2s 1 offers
        95.000  bob   -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn agents_see_the_queue_before_the_caller() {
    let mut world = World::demo();
    world.register(&["bob", "alice"]);
    world.dial("trunk", "+14255550110");
    world.run_secs(1);
    let seen = world.peer("bob").caller_shown.clone();
    assert!(seen.starts_with("\"Sales: ") && seen.contains("<sip:+15550100@"), "{seen}");
    world.hang_up("trunk");
    world.run_until_quiet();
    // A call that no queue offers shows its caller alone.
    world.dial("trunk", "+14255550101");
    world.run_secs(1);
    let seen = world.peer("alice").caller_shown.clone();
    assert!(!seen.contains("Sales"), "{seen}");
    world.hang_up("trunk");
    world.run_until_quiet();
    check::idle(&mut world);
}

/// Who is rung by one caller after the other, after somebody called alice directly.
fn rung_in_turn(routing: Routing) -> Vec<&'static str> {
    let mut world = World::with(&Wishes { routing, agents: vec![0, 1, 2], ..Wishes::default() });
    world.register(&["alice", "bob", "carol"]);
    let mut rung = Vec::new();
    for (number, is_queue) in [("+14255550101", false)].into_iter().chain([("+14255550110", true); 4]) {
        world.dial("trunk", number);
        let rings = |peer: &&sim::peer::Peer| peer.n_ringing() > 0;
        let name = world.peers().find(rings).map(|peer| peer.name).unwrap_or_else(|| panic!("nobody rings"));
        rung.extend(is_queue.then_some(name));
        world.answer(name);
        world.run_secs(5);
        world.hang_up("trunk");
        world.run_secs(5);
    }
    world.run_until_quiet();
    check::idle(&mut world);
    rung
}

#[test]
fn each_in_turn_or_who_was_idle_for_longest() {
    assert_eq!(
        rung_in_turn(Routing::RoundRobin),
        ["alice", "bob", "carol", "alice"],
        "calls of other kinds count for nothing"
    );
    assert_eq!(
        rung_in_turn(Routing::LongestIdle),
        ["bob", "carol", "alice", "bob"],
        "a call of any kind ends idleness"
    );
    assert_eq!(rung_in_turn(Routing::Serial), ["alice"; 4], "always from the top");
}
