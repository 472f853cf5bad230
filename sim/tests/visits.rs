//! People hear messages by phone: the own ones, a team's, on the own phone and from anywhere.

use std::time::Duration;

use phone::apps::mailbox::message::Handling;
use phone::apps::mailbox::pin::Pin;
use phone::record::CallResult;
use sim::demo::{self, Wishes};
use sim::shelf::Manners;
use sim::{World, check};
use switch::input::Command;
use switch::output::Answer;

const SECOND: &str = "+12065550123";

#[test]
fn messages_are_heard_repeated_saved_and_deleted() {
    let mut world = visiting(&[(1, SECOND), (2, "102")]);
    world.run_secs(1);
    press(&mut world, "1");
    world.run_secs(4);
    press(&mut world, "1");
    world.run_secs(60);
    press(&mut world, "9");
    world.run_secs(1);
    press(&mut world, "7");
    world.run_secs(1);
    press(&mut world, "#");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   alice -> us INVITE *97 sdp
        0.000   us -> alice 401 INVITE
        0.000   alice -> us ACK
        0.000   alice -> us INVITE *97 sdp
        0.000   ask open
        0.000   us -> alice 100 INVITE
        0.000   us -> alice 200 INVITE sdp
        0.000   ask list
        0.000   play alice you-have 2 new-messages mailbox-menu menu-greeting
        0.000   alice -> us ACK
        1.000   stop alice
        1.000   ask load 1
        1.000   play alice from 1 2 0 6 5 5 5 0 1 2 3 message
        5.000   play alice from 1 2 0 6 5 5 5 0 1 2 3 message
        38.320  ask finish 1
        38.320  play alice options
        50.600  play alice options
        62.880  play alice options
        65.000  stop alice
        65.000  ask finish 1
        65.000  ask load 2
        65.000  play alice kept from bob message
        66.000  stop alice
        66.000  ask delete 2
        66.000  ask list
        66.000  play alice deleted no-more no-new mailbox-menu menu-greeting
        67.000  play alice goodbye
        69.040  us -> alice BYE
        69.040  record treated 101 -> *97 ended by system, mailbox alice listened 0s
        69.040  alice -> us 200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_pin_is_typed_where_one_is_set() {
    let mut world = World::demo();
    world.shelf.pin = Pin::parse_new("4711").ok();
    enter(&mut world, "alice", "*97");
    world.run_secs(1);
    press(&mut world, "4712#");
    world.run_secs(2);
    press(&mut world, "4711");
    world.run_secs(5);
    press(&mut world, "#");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   alice -> us INVITE *97 sdp
        0.000   us -> alice 401 INVITE
        0.000   alice -> us ACK
        0.000   alice -> us INVITE *97 sdp
        0.000   ask open
        0.000   us -> alice 100 INVITE
        0.000   us -> alice 200 INVITE sdp
        0.000   play alice enter-pin
        0.000   alice -> us ACK
        1.000   stop alice
        1.000   ask unlock
        1.000   play alice pin-wrong enter-pin
        3.000   stop alice
        7.000   ask unlock
        7.000   ask list
        7.000   play alice no-new mailbox-menu menu-greeting
        8.000   play alice goodbye
        10.040  us -> alice BYE
        10.040  record treated 101 -> *97 ended by system, mailbox alice listened 0s
        10.040  alice -> us 200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn who_types_wrong_pins_is_let_go_and_then_locked_out() {
    let mut world = World::demo();
    world.shelf.pin = Pin::parse_new("4711").ok();
    for (n_pins, code) in [(3, "pin_wrong"), (2, "hung_up"), (1, "locked")] {
        enter(&mut world, "alice", "*97");
        for _ in 0..n_pins {
            world.run_secs(1);
            press(&mut world, "0000#");
        }
        if code == "hung_up" {
            world.hang_up("alice");
        }
        world.run_until_quiet();
        let lines = world.ladder.render().join("\n");
        assert!(lines.contains(&format!("mailbox alice {code} 0s")), "{lines}");
    }
    // The right one is not looked at either, until the pause is over.
    for (secs, code) in [(0, "locked"), (30 * 60, "listened")] {
        world.run_secs(secs);
        enter(&mut world, "alice", "*97");
        world.run_secs(1);
        press(&mut world, "4711#");
        world.run_secs(1);
        if code == "listened" {
            press(&mut world, "#");
        }
        world.run_until_quiet();
        let lines = world.ladder.render().join("\n");
        assert!(lines.contains(&format!("mailbox alice {code} 0s")), "{lines}");
    }
    check::idle(&mut world);
}

#[test]
fn the_owner_gets_in_from_anywhere_by_star_and_pin() {
    let mut world = World::with(&Wishes { voicemail: vec![1], ..Wishes::default() });
    world.shelf.pin = Pin::parse_new("4711").ok();
    world.shelf.add(1, SECOND, None);
    world.dial("trunk", "+14255550102");
    world.run_secs(1);
    world.ladder.clear();
    world.press("trunk", '*');
    world.run_secs(1);
    for key in "4711#".chars() {
        world.press("trunk", key);
    }
    world.run_secs(1);
    world.press("trunk", '1');
    world.run_secs(60);
    // Nobody outside calls others at the organization's expense.
    world.press("trunk", '8');
    world.run_secs(1);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   ask open
        1.000   play trunk enter-pin
        2.000   stop trunk
        2.000   ask unlock
        2.000   ask list
        2.000   play trunk one-new mailbox-menu menu-greeting
        3.000   stop trunk
        3.000   ask load 1
        3.000   play trunk from 1 2 0 6 5 5 5 0 1 2 3 message
        36.320  ask finish 1
        36.320  play trunk options
        48.600  play trunk options
        60.880  play trunk options
        63.000  play trunk invalid options
        64.000  trunk -> us BYE
        64.000  us -> trunk 200 BYE
        64.000  record treated +15550100 -> +14255550102 ended by caller, mailbox bob listened 0s
        ",
    );
    check::idle(&mut world);
}

#[test]
fn nobody_gets_in_from_anywhere_without_a_pin() {
    let mut world = World::with(&Wishes { voicemail: vec![1], ..Wishes::default() });
    world.dial("trunk", "+14255550102");
    world.run_secs(1);
    world.press("trunk", '*');
    for _ in 0..3 {
        world.run_secs(1);
        for key in "1234#".chars() {
            world.press("trunk", key);
        }
    }
    world.run_until_quiet();
    let lines = world.ladder.render().join("\n");
    assert!(lines.contains("mailbox bob pin_wrong 0s"), "{lines}");
    assert!(!lines.contains("ask list"), "{lines}");
    check::idle(&mut world);
}

#[test]
fn a_sender_is_called_back() {
    let mut world = visiting(&[(1, SECOND)]);
    world.run_secs(1);
    press(&mut world, "1");
    world.run_secs(4);
    press(&mut world, "8");
    world.answer("trunk");
    world.run_secs(10);
    world.hang_up("alice");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   alice -> us INVITE *97 sdp
        0.000   us -> alice 401 INVITE
        0.000   alice -> us ACK
        0.000   alice -> us INVITE *97 sdp
        0.000   ask open
        0.000   us -> alice 100 INVITE
        0.000   us -> alice 200 INVITE sdp
        0.000   ask list
        0.000   play alice one-new mailbox-menu menu-greeting
        0.000   alice -> us ACK
        1.000   stop alice
        1.000   ask load 1
        1.000   play alice from 1 2 0 6 5 5 5 0 1 2 3 message
        5.000   play alice ring-back
        5.000   us -> trunk INVITE +12065550123 sdp
        5.000   trunk -> us 100 INVITE
        5.000   trunk -> us 180 INVITE
        5.000   trunk -> us 200 INVITE sdp
        5.000   bridge alice trunk
        5.000   us -> trunk ACK
        15.000  alice -> us BYE
        15.000  us -> alice 200 BYE
        15.000  us -> trunk BYE
        15.000  record answered 101 -> *97 by +12065550123 talked 10s ended by caller, mailbox alice called_back 0s
        15.000  trunk -> us 200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_greeting_is_recorded_and_kept() {
    let mut world = visiting(&[]);
    world.run_secs(1);
    press(&mut world, "0");
    world.run_secs(10);
    press(&mut world, "#");
    world.run_secs(1);
    press(&mut world, "#");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   alice -> us INVITE *97 sdp
        0.000   us -> alice 401 INVITE
        0.000   alice -> us ACK
        0.000   alice -> us INVITE *97 sdp
        0.000   ask open
        0.000   us -> alice 100 INVITE
        0.000   us -> alice 200 INVITE sdp
        0.000   ask list
        0.000   play alice no-new mailbox-menu menu-greeting
        0.000   alice -> us ACK
        1.000   play alice record-greeting beep
        4.440   message begins from 101
        4.440   record alice
        11.000  stop-recording alice
        11.000  message delivered 6.560s
        11.000  play alice greeting-changed mailbox-menu menu-greeting
        12.000  play alice goodbye
        14.040  us -> alice BYE
        14.040  record treated 101 -> *97 ended by system, mailbox alice listened 0s
        14.040  alice -> us 200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_greeting_is_given_up_by_star_and_by_hanging_up() {
    for ends in [|world: &mut World| press(world, "*"), |world: &mut World| world.hang_up("alice")] {
        let mut world = visiting(&[]);
        world.run_secs(1);
        press(&mut world, "0");
        world.run_secs(10);
        ends(&mut world);
        world.run_until_quiet();
        let handled = world.messages.values().next().map(|all| all.last().cloned());
        assert_eq!(handled.flatten(), Some(Handling::Discard));
        check::idle(&mut world);
    }
}

#[test]
fn a_team_hears_its_messages_and_others_leave_one() {
    let mut world = World::demo();
    world.shelf.add(1, SECOND, None);
    enter(&mut world, "bob", "700");
    world.run_secs(1);
    press_as(&mut world, "bob", "1");
    world.run_secs(60);
    // Who may only listen deletes nothing.
    press_as(&mut world, "bob", "7");
    world.run_secs(1);
    press_as(&mut world, "bob", "9");
    world.run_secs(5);
    press_as(&mut world, "bob", "#");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   bob -> us INVITE 700 sdp
        0.000   us -> bob 401 INVITE
        0.000   bob -> us ACK
        0.000   bob -> us INVITE 700 sdp
        0.000   ask open
        0.000   us -> bob 100 INVITE
        0.000   us -> bob 200 INVITE sdp
        0.000   ask list
        0.000   play bob one-new mailbox-menu
        0.000   bob -> us ACK
        1.000   stop bob
        1.000   ask load 1
        1.000   play bob from 1 2 0 6 5 5 5 0 1 2 3 message
        34.320  play bob options
        46.600  play bob options
        58.880  play bob options
        61.000  play bob invalid options
        62.000  stop bob
        62.000  ask finish 1
        62.000  ask list
        62.000  play bob kept no-more no-new mailbox-menu
        67.000  play bob goodbye
        69.040  us -> bob BYE
        69.040  record treated 102 -> 700 ended by system, mailbox Team listened 0s
        69.040  bob -> us 200 BYE
        ",
    );
    enter(&mut world, "carol", "700");
    world.run_secs(10);
    world.hang_up("carol");
    world.run_until_quiet();
    let lines = world.ladder.render().join("\n");
    assert!(lines.contains("mailbox Team delivered"), "{lines}");
    check::idle(&mut world);
}

#[test]
fn a_store_that_fails_or_hangs_is_said_and_nobody_waits_for_ever() {
    for manners in [Manners::Fails, Manners::Hangs] {
        for n_answers in 0..2 {
            let mut world = World::demo();
            world.shelf.add(1, SECOND, None);
            if n_answers == 0 {
                world.shelf.manners = manners;
            }
            enter(&mut world, "alice", "*97");
            world.run_secs(1);
            world.shelf.manners = manners;
            press(&mut world, "1");
            world.run_until_quiet();
            let lines = world.ladder.render().join("\n");
            assert!(lines.contains("play alice unavailable"), "{manners:?}: {lines}");
            assert!(lines.contains("mailbox alice unavailable 0s"), "{manners:?}: {lines}");
        }
    }
}

#[test]
fn whenever_a_visitor_hangs_up_the_call_ends_and_nothing_is_left() {
    for millis in (100..30_000).step_by(700) {
        let mut world = World::demo();
        world.shelf.pin = Pin::parse_new("4711").ok();
        world.shelf.add(1, SECOND, None);
        world.shelf.add(2, "102", Some(demo::user_id(1)));
        enter(&mut world, "alice", "*97");
        let script = [(2_000, "4711#"), (4_000, "1"), (9_000, "9"), (12_000, "7"), (15_000, "2"), (17_000, "0")];
        let mut elapsed = 0;
        for (at, keys) in script {
            if millis < at {
                break;
            }
            world.run(Duration::from_millis(at - elapsed));
            elapsed = at;
            press(&mut world, keys);
        }
        world.run(Duration::from_millis(millis - elapsed));
        world.hang_up("alice");
        world.run_until_quiet();
        let lines = world.ladder.render().join("\n");
        assert_eq!(lines.matches(" record ").count(), 1, "{millis}: {lines}");
        assert!(lines.contains("ended by caller, mailbox alice"), "{millis}: {lines}");
        check::idle(&mut world);
    }
}

#[test]
fn who_presses_nothing_is_asked_again_and_then_let_go() {
    let mut world = visiting(&[]);
    world.run_until_quiet();
    let lines = world.ladder.render();
    assert_eq!(lines.iter().filter(|line| line.contains("mailbox-menu")).count(), 3, "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("play alice goodbye")), "{lines:#?}");
    check::idle(&mut world);
}

#[test]
fn a_call_that_somebody_asks_for_rings_their_phone_and_then_the_other() {
    let mut world = World::demo();
    world.register(&["alice"]);
    world.ladder.clear();
    assert!(matches!(world.command(place(SECOND)), Answer::Done));
    world.run_secs(2);
    world.answer("alice");
    world.run_secs(3);
    world.answer("trunk");
    world.run_secs(10);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   us -> alice INVITE 101 sdp
        0.000   alice -> us 100 INVITE
        0.000   alice -> us 180 INVITE
        2.000   alice -> us 200 INVITE sdp
        2.000   play alice ring-back
        2.000   us -> alice ACK
        2.000   us -> trunk INVITE +12065550123 sdp
        2.000   trunk -> us 100 INVITE
        2.000   trunk -> us 180 INVITE
        5.000   trunk -> us 200 INVITE sdp
        5.000   bridge alice trunk
        5.000   us -> trunk ACK
        15.000  trunk -> us BYE
        15.000  us -> trunk 200 BYE
        15.000  us -> alice BYE
        15.000  record answered 101 -> +12065550123 by +12065550123 talked 10s ended by callee
        15.000  alice -> us 200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_call_that_somebody_asks_for_ends_with_whoever_does_not_come() {
    // Nobody answers the own phone, there is none, or the other hangs up on us.
    let mut world = World::demo();
    world.command(place(SECOND));
    world.run_until_quiet();
    world.register(&["alice"]);
    world.command(place(SECOND));
    world.run_until_quiet();
    world.command(place(SECOND));
    world.run_secs(1);
    world.answer("alice");
    world.run_secs(1);
    world.refuse("trunk", 486);
    world.run_until_quiet();
    world.command(place(SECOND));
    world.run_secs(1);
    world.answer("alice");
    world.run_secs(1);
    world.hang_up("alice");
    world.run_until_quiet();
    let results: Vec<_> = world.records.iter().map(|record| record.result).collect();
    let expected = [CallResult::NoAnswer, CallResult::NoAnswer, CallResult::Busy, CallResult::Abandoned];
    assert_eq!(results, expected);
    assert!(matches!(world.command(place("199")), Answer::Refused { code: "not_found", .. }));
    let nobody =
        Command::PlaceCall { tenant: demo::TENANT, user: demo::user_id(77), dialled: "101".to_owned(), line: None };
    assert!(matches!(world.command(nobody), Answer::NotFound));
    check::idle(&mut world);
}

fn place(dialled: &str) -> Command {
    Command::PlaceCall { tenant: demo::TENANT, user: demo::user_id(0), dialled: dialled.to_owned(), line: None }
}

/// Alice, whose mailbox holds these messages, has dialled it. The ladder shows only what comes then.
fn visiting(messages: &[(u128, &str)]) -> World {
    let mut world = World::demo();
    for (id, from) in messages {
        let user = demo::PEOPLE.iter().position(|(_, extension)| extension == from).map(demo::user_id);
        world.shelf.add(*id, from, user);
    }
    enter(&mut world, "alice", "*97");
    world
}

fn enter(world: &mut World, name: &'static str, dialled: &str) {
    world.register(&[name]);
    world.ladder.clear();
    world.dial(name, dialled);
}

fn press(world: &mut World, keys: &str) {
    press_as(world, "alice", keys);
}

fn press_as(world: &mut World, name: &str, keys: &str) {
    for key in keys.chars() {
        world.press(name, key);
    }
}
