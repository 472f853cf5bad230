//! Callers from outside who are not let in, and calls to numbers that are assigned to nobody.

use std::time::Instant;

use phone::apps::prompt::Prompt;
use phone::apps::unassigned::{UnassignedNumbers, UnassignedTarget};
use phone::directory::outbound::RoutingParts;
use phone::directory::rehearsal::{Assumed, Caller, Entrance, Script};
use phone::id::{CallBlockId, UnassignedNumbersId};
use phone::numbers::E164;
use phone::numbers::routing::CallBlock;
use phone::numbers::routing::call_block::BlockAction;
use sim::demo::{SORRY, Wishes, account_id, user_id};
use sim::{World, check};
use uuid::Uuid;

/// The number that the carrier's calls come from.
const CARRIER: &str = "+15550100";

#[test]
fn a_blocked_caller_hears_403_one_who_is_redirected_a_service_and_who_is_exempt_is_let_in() {
    let outside = RoutingParts { call_blocks: vec![block(1, r"^\+1555", BlockAction::Block)], ..Default::default() };
    let mut world = World::with(&Wishes { outside: outside.clone(), ..Wishes::default() });
    world.register(&["bob"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550102");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000 trunk  -> us     INVITE +14255550102 sdp
        0.000 record refused +15550100 -> +14255550102 status 403 ended by system
        0.000 us     -> trunk  100 INVITE
        0.000 us     -> trunk  403 INVITE (calls from this number are blocked)
        0.000 trunk  -> us     ACK
        ",
    );
    assert_eq!(explained(&world, Some(CARRIER), "+14255550102"), ("refused", Some("caller_blocked")));
    assert_eq!(explained(&world, None, "+14255550102").0, "person", "somebody else");

    let redirect = BlockAction::Redirect { account: account_id(0x31) };
    let mut to_menu = outside.clone();
    to_menu.call_blocks = vec![block(1, r"^\+1555", redirect)];
    world.change(&Wishes { outside: to_menu, ..Wishes::default() });
    world.dial("trunk", "+14255550102");
    world.run_secs(1);
    assert_eq!(world.peer("bob").n_ringing(), 0, "the attendant took it");
    assert!(world.peer("trunk").calls[0].answered);
    world.hang_up("trunk");
    world.run_until_quiet();

    let mut friends = outside;
    friends.call_blocks.push(block(2, r"^\+15550100$", BlockAction::Exempt));
    world.change(&Wishes { outside: friends, ..Wishes::default() });
    world.dial("trunk", "+14255550102");
    world.run_secs(1);
    assert_eq!(world.peer("bob").n_ringing(), 1);
    assert_eq!(explained(&world, Some(CARRIER), "+14255550102").0, "person");
    world.hang_up("trunk");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn a_number_that_nobody_has_is_announced_once_to_callers_from_outside_and_inside() {
    let said = Prompt::Text { key: SORRY, text: "This number is no more.".to_owned() };
    let announced = entry(1, r"^\+1425555019\d$", UnassignedTarget::Announcement { prompt: said });
    let outside = RoutingParts { unassigned: vec![announced], ..Default::default() };
    let mut world = World::with(&Wishes { outside, ..Wishes::default() });
    world.register(&["bob"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550195");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000 trunk  -> us     INVITE +14255550195 sdp
        0.000 play trunk sorry
        0.000 us     -> trunk  100 INVITE
        0.000 us     -> trunk  200 INVITE sdp
        0.000 trunk  -> us     ACK
        0.700 us     -> trunk  BYE
        0.700 record treated +15550100 -> +14255550195 ended by system
        0.700 trunk  -> us     200 BYE
        ",
    );
    world.dial("bob", "+14255550195");
    world.run_until_quiet();
    assert!(world.peer("trunk").invites.is_empty(), "it does not go outside");
    assert_eq!(world.records.len(), 2);
    for from in [Some(CARRIER), Some("102")] {
        assert_eq!(explained(&world, from, "+14255550195"), ("announcement", None));
    }
    check::idle(&mut world);
}

#[test]
fn a_person_takes_calls_to_numbers_that_nobody_has_but_not_to_those_of_others() {
    let to_bob = entry(1, r"^\+1425555\d{4}$", UnassignedTarget::User { user: user_id(1) });
    let outside = RoutingParts { unassigned: vec![to_bob], ..Default::default() };
    let mut world = World::with(&Wishes { outside, ..Wishes::default() });
    world.register(&["alice", "bob"]);
    for (called, rings) in [("+14255550195", "bob"), ("+14255550101", "alice")] {
        world.dial("trunk", called);
        world.run_secs(1);
        for phone in ["alice", "bob"] {
            assert_eq!(world.peer(phone).n_ringing(), usize::from(phone == rings), "{called}: {phone}");
        }
        world.hang_up("trunk");
        world.run_until_quiet();
        assert_eq!(explained(&world, Some(CARRIER), called).0, "person");
    }
    check::idle(&mut world);
}

/// How it ends, as it is explained.
fn explained(world: &World, from: Option<&str>, dialled: &str) -> (&'static str, Option<&'static str>) {
    let from = match from {
        Some("102") => Caller::Person(user_id(1)),
        other => Caller::Outside(other.map(|number| E164::parse(number).unwrap())),
    };
    let script = Script {
        from,
        to: Entrance::Dialled(dialled.to_owned()),
        at: world.wall_now(),
        keys: "".parse().unwrap(),
        assumed: Assumed::default(),
    };
    #[expect(clippy::disallowed_methods, reason = "virtual time needs a first instant")]
    let path = world.tenant().rehearse(Instant::now(), &script);
    (path.end.kind(), path.end.code())
}

fn block(id: u128, pattern: &str, action: BlockAction) -> CallBlock {
    CallBlock {
        id: CallBlockId(Uuid::from_u128(id)),
        name: format!("block {id}"),
        description: None,
        pattern: pattern.to_owned(),
        enabled: true,
        action,
    }
}

fn entry(id: u128, pattern: &str, target: UnassignedTarget) -> UnassignedNumbers {
    UnassignedNumbers {
        id: UnassignedNumbersId(Uuid::from_u128(id)),
        name: format!("treatment {id}"),
        description: None,
        pattern: pattern.to_owned(),
        priority: 1,
        target,
    }
}
