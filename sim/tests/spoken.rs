//! Callers speak in menus: options, digits, names, yes and no; and whoever is not understood goes on by keys.

use phone::apps::attendant::voice::Hearing;
use sim::demo::Wishes;
use sim::{World, check};

#[test]
fn an_option_is_said_in_the_middle_of_the_menu() {
    let mut world = speaking();
    world.run_secs(2);
    world.begin_to_speak("trunk");
    world.run_secs(1);
    say(&mut world, "sales", 930);
    world.run_secs(2);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550100 sdp
        0.000   play trunk greeting
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> trunk  200 INVITE sdp
        0.000   trunk -> us     ACK
        1.000   play trunk menu
        1.000   hear eight, four, main menu, nine, no, one, operator, repeat, sales, three, two, yes, zero
        1.000   listen trunk
        2.000   stop trunk
        3.000   stop-recording trunk
        3.000   play trunk music
        5.000   trunk -> us     BYE
        5.000   us    -> trunk  200 BYE
        5.000   record abandoned +15550100 -> +14255550100 ended by caller, attendant - transferred_to_cq \"sales 0.93\", queue abandoned 2s 0 offers
        ",
    );
    check::idle(&mut world);
}

#[test]
fn what_is_only_likely_is_asked_back() {
    for (answer, confidence, is_taken) in [("yes", 900, true), ("no", 900, false), ("yes", 500, true)] {
        let mut world = speaking();
        world.run_secs(4);
        world.begin_to_speak("trunk");
        say(&mut world, "sales", 600);
        world.run_secs(2);
        world.begin_to_speak("trunk");
        say(&mut world, answer, confidence);
        world.run_secs(1);
        let lines = world.ladder.render().join("\n");
        assert_eq!(lines.contains("play trunk music"), is_taken, "{answer}: {lines}");
        world.hang_up("trunk");
        world.run_until_quiet();
        check::idle(&mut world);
    }
}

#[test]
fn a_doubt_is_resolved_by_keys_as_well() {
    for (key, is_taken) in [('1', true), ('2', false), ('7', false)] {
        let mut world = speaking();
        world.run_secs(4);
        say(&mut world, "sales", 600);
        world.run_secs(1);
        world.press("trunk", key);
        world.run_secs(1);
        let lines = world.ladder.render().join("\n");
        assert_eq!(lines.contains("play trunk music"), is_taken, "{key}: {lines}");
        world.hang_up("trunk");
        world.run_until_quiet();
        check::idle(&mut world);
    }
}

#[test]
fn who_is_not_understood_three_times_reaches_the_operator() {
    let mut world = World::with(&Wishes { voice_input: true, ..Wishes::default() });
    world.register(&["alice"]);
    world.dial("trunk", "+14255550100");
    for confidence in [200, 300, 449] {
        world.run_secs(5);
        say(&mut world, "sales", confidence);
    }
    world.run_secs(1);
    let lines = world.ladder.render().join("\n");
    assert!(lines.contains("us -> alice INVITE 101"), "{lines}");
    assert_eq!(lines.matches("not-understood").count(), 2, "{lines}");
    world.hang_up("trunk");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn words_among_others_are_asked_back_and_other_words_are_none() {
    let mut world = speaking();
    world.run_secs(4);
    say(&mut world, "Sales department, please.", 900);
    assert!(world.ladder.render().iter().any(|line| line.ends_with("play trunk did-you-say sales-phrase yes-or-no")));
    let mut world = speaking();
    world.run_secs(4);
    say(&mut world, "I would like a pizza", 900);
    assert!(world.ladder.render().iter().any(|line| line.ends_with("play trunk not-understood menu")));
}

#[test]
fn the_call_goes_on_by_keys_where_nobody_makes_words_of_it() {
    let mut world = speaking();
    world.run_secs(4);
    world.begin_to_speak("trunk");
    world.script.push_back(Hearing::Unavailable);
    world.stop_speaking("trunk");
    world.run_secs(1);
    world.press("trunk", '1');
    world.run_secs(1);
    world.hang_up("trunk");
    world.run_until_quiet();
    let lines = world.ladder.render().join("\n");
    assert_eq!(lines.matches(" hear ").count(), 1, "nobody listens any more: {lines}");
    assert!(lines.contains("attendant 1 transferred_to_cq \"unavailable\""), "{lines}");
    check::idle(&mut world);
}

#[test]
fn an_engine_that_never_answers_costs_one_round_of_the_menu() {
    let mut world = speaking();
    world.run_secs(4);
    world.begin_to_speak("trunk");
    world.stop_speaking("trunk");
    world.run_secs(14);
    let lines = world.ladder.render().join("\n");
    assert!(lines.contains("18.000 play trunk menu"), "{lines}");
    world.press("trunk", '1');
    world.run_secs(1);
    world.hang_up("trunk");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn a_name_is_said_where_names_are_searched() {
    let mut world = speaking();
    world.register(&["bob"]);
    world.run_secs(4);
    world.press("trunk", '4');
    world.run_secs(1);
    say(&mut world, "bob", 900);
    world.run_secs(3);
    let lines = world.ladder.render().join("\n");
    assert!(lines.contains("play trunk bob transferring"), "{lines}");
    assert!(lines.contains("us -> bob INVITE 102"), "{lines}");
    world.hang_up("trunk");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn whenever_a_caller_hangs_up_nobody_listens_any_more() {
    for millis in (500..6_000).step_by(500) {
        let mut world = speaking();
        world.run(std::time::Duration::from_millis(millis));
        world.hang_up("trunk");
        world.run_until_quiet();
        check::idle(&mut world);
    }
}

/// The main menu takes voice input, and `sales` is what its first key says.
fn speaking() -> World {
    let mut world = World::with(&Wishes { voice_input: true, ..Wishes::default() });
    world.dial("trunk", "+14255550100");
    world
}

fn say(world: &mut World, text: &str, confidence: u16) {
    world.script.push_back(Hearing::Heard { text: text.to_owned(), confidence });
    world.stop_speaking("trunk");
}
