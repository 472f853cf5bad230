//! Callers who wait in queues, and those who take them out again.

use phone::apps::Target;
use phone::apps::prompt::Prompt;
use phone::apps::queue::{Announcements, Exit};
use phone::id::GroupId;
use sim::demo::{self, Wishes};
use sim::{World, check};
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
