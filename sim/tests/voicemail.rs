//! Callers leave messages: in a team's mailbox, and in that of a person who does not take the call.

use media::Event;
use phone::apps::Target;
use phone::apps::queue::Exit;
use phone::policies::CallingPolicies;
use phone::policies::calling::{BusyOnBusy, Calling, PstnTreatment, SwitchOrUser, Voicemail};
use sim::demo::{self, Wishes};
use sim::{World, check};

#[test]
fn a_caller_leaves_a_message_and_hangs_up() {
    let mut world = World::demo();
    world.dial("trunk", "+14255550100");
    world.run_secs(2);
    world.press("trunk", '8');
    world.run_secs(15);
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
        2.000   stop trunk
        2.000   play trunk welcome leave-message
        4.300   play trunk beep
        5.300   message begins from +15550100
        5.300   record trunk
        17.000  trunk -> us     BYE
        17.000  us    -> trunk  200 BYE
        17.000  stop-recording trunk
        17.000  message delivered 11.700s
        17.000  record voicemail +15550100 -> +14255550100 ended by caller, attendant 8 transferred_to_shared_voicemail, mailbox Team delivered 11s
        ",
    );
    check::idle(&mut world);
}

#[test]
fn who_hangs_up_during_the_greeting_leaves_nothing() {
    let mut world = recorded_until(3);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        3.000   trunk -> us     BYE
        3.000   us    -> trunk  200 BYE
        3.000   record abandoned +15550100 -> +14255550100 ended by caller, attendant 8 transferred_to_shared_voicemail, mailbox Team hung_up 0s
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_message_that_is_too_short_is_not_kept() {
    let mut world = recorded_until(6);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        6.000   trunk -> us     BYE
        6.000   us    -> trunk  200 BYE
        6.000   stop-recording trunk
        6.000   message discarded
        6.000   record abandoned +15550100 -> +14255550100 ended by caller, attendant 8 transferred_to_shared_voicemail, mailbox Team too_short 0s
        ",
    );
    check::idle(&mut world);
}

#[test]
fn the_pound_key_skips_the_greeting_and_ends_the_message() {
    let mut world = recorded_until(3);
    world.press("trunk", '#');
    world.run_secs(7);
    world.press("trunk", '5');
    world.press("trunk", '#');
    world.run_until_quiet();
    world.ladder.expect(
        "
        3.000   play trunk beep
        4.000   message begins from +15550100
        4.000   record trunk
        10.000  stop-recording trunk
        10.000  message delivered 6.000s
        10.000  play trunk saved
        11.100  us    -> trunk  BYE
        11.100  record voicemail +15550100 -> +14255550100 ended by system, attendant 8 transferred_to_shared_voicemail, mailbox Team delivered 6s
        11.100  trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_message_ends_when_nothing_is_said_any_more() {
    let mut world = recorded_until(20);
    quiet(&mut world);
    world.run_until_quiet();
    world.ladder.expect(
        "
        20.000  stop-recording trunk
        20.000  message delivered 5.200s
        20.000  play trunk saved
        21.100  us    -> trunk  BYE
        21.100  record voicemail +15550100 -> +14255550100 ended by system, attendant 8 transferred_to_shared_voicemail, mailbox Team delivered 5s
        21.100  trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn who_says_nothing_at_all_leaves_nothing() {
    let mut world = recorded_until(15);
    world.run(std::time::Duration::from_millis(300));
    quiet(&mut world);
    world.run_until_quiet();
    world.ladder.expect(
        "
        15.300  stop-recording trunk
        15.300  message discarded
        15.300  play trunk no-message
        16.500  us    -> trunk  BYE
        16.500  record treated +15550100 -> +14255550100 ended by system, attendant 8 transferred_to_shared_voicemail, mailbox Team too_short 0s
        16.500  trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_message_is_as_long_as_the_mailbox_allows() {
    let mut world = recorded_until(30);
    world.run_until_quiet();
    world.ladder.expect(
        "
        35.300  stop-recording trunk
        35.300  message delivered 30.000s
        35.300  play trunk saved
        36.400  us    -> trunk  BYE
        36.400  record voicemail +15550100 -> +14255550100 ended by system, attendant 8 transferred_to_shared_voicemail, mailbox Team delivered 30s
        36.400  trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_call_that_an_administrator_ends_keeps_its_message() {
    let mut world = recorded_until(12);
    let tenant = demo::TENANT;
    let call = *world.begun.iter().next().expect("a call began");
    world.command(switch::input::Command::HangUp { tenant, call });
    world.run_until_quiet();
    world.ladder.expect(
        "
        12.000  stop-recording trunk
        12.000  message delivered 6.700s
        12.000  us    -> trunk  BYE (ended by an administrator)
        12.000  record no-answer +15550100 -> +14255550100 status 480 ended by administrator, attendant 8 transferred_to_shared_voicemail, mailbox Team delivered 6s
        12.000  trunk -> us     200 BYE
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_queue_sends_who_waited_too_long_to_a_mailbox() {
    let to_mailbox = Exit::Forward { target: Target::SharedMailbox { id: demo::TEAM, suppress_system_prompt: true } };
    let mut world = World::with(&Wishes { timeout_secs: 20, timeout: to_mailbox, ..Wishes::default() });
    world.dial("trunk", "+14255550110");
    world.run_secs(40);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550110 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   play trunk music
        0.000   us    -> trunk  200 INVITE sdp
        0.000   trunk -> us     ACK
        20.000  play trunk welcome
        21.500  play trunk beep
        22.500  message begins from +15550100
        22.500  record trunk
        40.000  trunk -> us     BYE
        40.000  us    -> trunk  200 BYE
        40.000  stop-recording trunk
        40.000  message delivered 17.500s
        40.000  record voicemail +15550100 -> +14255550110 ended by caller, queue timeout 20s 0 offers, mailbox Team delivered 17s
        ",
    );
    check::idle(&mut world);
}

#[test]
fn who_does_not_answer_has_a_mailbox_that_does() {
    let mut world = World::with(&Wishes { voicemail: vec![1], ..Wishes::default() });
    world.register(&["bob"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550102");
    world.run_secs(30);
    world.hang_up("trunk");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550102 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> bob    INVITE 102 sdp
        0.000   bob   -> us     100 INVITE
        0.000   bob   -> us     180 INVITE
        0.000   us    -> trunk  180 INVITE
        20.000  play trunk not-available leave-message
        20.000  us    -> bob    CANCEL (nobody answered)
        20.000  us    -> trunk  200 INVITE sdp
        20.000  bob   -> us     200 CANCEL
        20.000  bob   -> us     487 INVITE
        20.000  us    -> bob    ACK
        20.000  trunk -> us     ACK
        21.700  play trunk beep
        22.700  message begins from +15550100
        22.700  record trunk
        30.000  trunk -> us     BYE
        30.000  us    -> trunk  200 BYE
        30.000  stop-recording trunk
        30.000  message delivered 7.300s
        30.000  record voicemail +15550100 -> +14255550102 ended by caller, mailbox bob delivered 7s
        ",
    );
    check::idle(&mut world);
}

#[test]
fn the_calling_policy_keeps_unanswered_calls_out_of_voicemail() {
    let allow_voicemail = Voicemail::AlwaysDisabled;
    let global = Calling { allow_voicemail, ..Calling::default() };
    let calling = CallingPolicies { global, ..CallingPolicies::default() };
    let mut world = World::with(&Wishes { voicemail: vec![0, 1], calling, ..Wishes::default() });
    world.register(&["bob"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550102");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550102 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> bob    INVITE 102 sdp
        0.000   bob   -> us     100 INVITE
        0.000   bob   -> us     180 INVITE
        0.000   us    -> trunk  180 INVITE
        20.000  us    -> bob    CANCEL (nobody answered)
        20.000  us    -> trunk  480 INVITE (nobody answered)
        20.000  record no-answer +15550100 -> +14255550102 status 480 ended by system
        20.000  bob   -> us     200 CANCEL
        20.000  bob   -> us     487 INVITE
        20.000  us    -> bob    ACK
        20.000  trunk -> us     ACK
        ",
    );
    // A key that leads to somebody's mailbox leads back to the menu.
    world.dial("trunk", "+14255550100");
    world.run_secs(2);
    world.press("trunk", '9');
    world.run_secs(2);
    world.hang_up("trunk");
    world.run_until_quiet();
    assert!(world.messages.is_empty());
    check::idle(&mut world);
}

#[test]
fn the_calling_policy_gives_a_mailbox_to_who_has_none_after_half_a_minute() {
    let global = Calling { allow_voicemail: Voicemail::AlwaysEnabled, ..Calling::default() };
    let calling = CallingPolicies { global, ..CallingPolicies::default() };
    let mut world = World::with(&Wishes { calling, ..Wishes::default() });
    world.register(&["bob"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550102");
    world.run_secs(40);
    world.hang_up("trunk");
    world.run_until_quiet();
    let lines = world.ladder.render();
    assert!(lines.contains(&"30.000 play trunk not-available leave-message".to_owned()), "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("mailbox bob delivered")), "{lines:#?}");
    check::idle(&mut world);
}

#[test]
fn the_calling_policy_sends_calls_from_outside_to_voicemail_without_ringing() {
    let inbound_pstn_call_routing_treatment = PstnTreatment::Voicemail;
    let global = Calling { inbound_pstn_call_routing_treatment, ..Calling::default() };
    let calling = CallingPolicies { global, ..CallingPolicies::default() };
    let mut world = World::with(&Wishes { voicemail: vec![1], calling, ..Wishes::default() });
    world.register(&["alice", "bob"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550102");
    world.run_secs(10);
    world.hang_up("trunk");
    world.run_until_quiet();
    let lines = world.ladder.render();
    assert!(lines.iter().any(|line| line.contains("mailbox bob delivered")), "{lines:#?}");
    assert!(!lines.iter().any(|line| line.contains("-> bob")), "his phone does not ring: {lines:#?}");
    // A colleague is no call from outside.
    world.ladder.clear();
    world.dial("alice", "102");
    world.run_secs(1);
    let lines = world.ladder.render();
    assert!(lines.iter().any(|line| line.contains("us -> bob INVITE")), "{lines:#?}");
    world.hang_up("alice");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn who_is_in_a_call_is_busy_rung_or_recorded_as_the_calling_policy_says() {
    for (busy_on_busy_enabled_type, expected) in [
        (BusyOnBusy::Disabled, "us -> bob INVITE"),
        (BusyOnBusy::Enabled, "us -> trunk 486 INVITE (the person is in a call)"),
        (BusyOnBusy::Unanswered, "play trunk not-available leave-message"),
    ] {
        let global = Calling { busy_on_busy_enabled_type, ..Calling::default() };
        let calling = CallingPolicies { global, ..CallingPolicies::default() };
        let mut world = World::with(&Wishes { voicemail: vec![1], calling, ..Wishes::default() });
        world.register(&["alice", "bob"]);
        world.dial("bob", "101");
        world.run_secs(1);
        world.answer("alice");
        world.run_secs(1);
        world.ladder.clear();
        world.dial("trunk", "+14255550102");
        world.run_secs(3);
        let lines = world.ladder.render();
        assert!(lines.iter().any(|line| line.contains(expected)), "{busy_on_busy_enabled_type:?}: {lines:#?}");
        let rings = lines.iter().any(|line| line.contains("us -> bob INVITE"));
        assert_eq!(rings, busy_on_busy_enabled_type == BusyOnBusy::Disabled, "{lines:#?}");
        world.hang_up("alice");
        if busy_on_busy_enabled_type != BusyOnBusy::Enabled {
            world.hang_up("trunk");
        }
        world.run_until_quiet();
        check::idle(&mut world);
    }
}

#[test]
fn who_holds_lets_the_other_wait_in_silence_if_the_calling_policy_says_so() {
    let global = Calling { music_on_hold_enabled_type: SwitchOrUser::Disabled, ..Calling::default() };
    let calling = CallingPolicies { global, ..CallingPolicies::default() };
    let mut world = World::with(&Wishes { calling, ..Wishes::default() });
    world.register(&["alice", "bob"]);
    world.dial("bob", "101");
    world.run_secs(1);
    world.answer("alice");
    world.run_secs(1);
    world.ladder.clear();
    world.hold("bob");
    world.run_secs(1);
    let lines = world.ladder.render();
    assert!(!lines.iter().any(|line| line.contains("play alice")), "{lines:#?}");
    world.retrieve("bob");
    world.run_secs(1);
    let lines = world.ladder.render();
    assert!(lines.iter().any(|line| line.contains("bridge")), "{lines:#?}");
    world.hang_up("bob");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn who_has_no_calls_by_policy_is_neither_called_nor_calls_but_for_help() {
    let global = Calling { allow_private_calling: false, ..Calling::default() };
    let calling = CallingPolicies { global, ..CallingPolicies::default() };
    let mut world = World::with(&Wishes { calling, ..Wishes::default() });
    world.register(&["alice", "bob"]);
    world.ladder.clear();
    for (from, to) in [("trunk", "+14255550102"), ("alice", "102"), ("alice", "*43"), ("alice", "+12125551234")] {
        world.dial(from, to);
        world.run_until_quiet();
    }
    let refused: Vec<_> = world.records.iter().filter_map(|record| record.status).collect();
    assert_eq!(refused, [403; 4]);
    world.dial("alice", "911");
    world.run_secs(1);
    world.answer("trunk");
    world.hang_up("alice");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn who_is_busy_or_has_no_phone_has_a_mailbox() {
    for status in [None, Some(486), Some(603)] {
        let mut world = World::with(&Wishes { voicemail: vec![1], ..Wishes::default() });
        if status.is_some() {
            world.register(&["bob"]);
        }
        world.peer("bob").manners.refuses = status;
        world.dial("trunk", "+14255550102");
        world.run_secs(10);
        world.hang_up("trunk");
        world.run_until_quiet();
        let lines = world.ladder.render().join("\n");
        assert!(lines.contains("mailbox bob delivered"), "{status:?}: {lines}");
        check::idle(&mut world);
    }
}

#[test]
fn who_cannot_agree_on_sound_is_refused_and_has_no_message() {
    let mut world = World::with(&Wishes { voicemail: vec![1], ..Wishes::default() });
    world.register(&["bob"]);
    world.peer("bob").manners.refuses = Some(488);
    world.dial("trunk", "+14255550102");
    world.run_until_quiet();
    assert!(world.messages.is_empty());
    check::idle(&mut world);
}

#[test]
fn an_attendant_sends_a_caller_to_the_mailbox_of_who_does_not_answer() {
    let mut world = World::with(&Wishes { voicemail: vec![1], ..Wishes::default() });
    world.dial("trunk", "+14255550100");
    world.run_secs(2);
    world.press("trunk", '2');
    world.run_secs(20);
    world.hang_up("trunk");
    world.run_until_quiet();
    let lines = world.ladder.render().join("\n");
    assert!(lines.contains("attendant 2 transferred_to_user, mailbox bob delivered"), "{lines}");
    check::idle(&mut world);
}

/// A world in which a caller chose the team's mailbox at 2 s, and so much time has passed since the beginning. The
/// greeting is over at 4.3 s, the tone at 5.3 s. The ladder shows only what comes then.
fn recorded_until(secs: u64) -> World {
    let mut world = World::demo();
    world.dial("trunk", "+14255550100");
    world.run_secs(2);
    world.press("trunk", '8');
    world.run_secs(secs - 2);
    world.ladder.clear();
    world
}

/// The media thread hears that nothing is said any more.
fn quiet(world: &mut World) {
    let message = *world.messages.keys().next().expect("a message is being recorded");
    let recording = media::RecordingId(message.0.as_u128());
    let leg = world.ladder.leg_of("trunk").expect("trunk has a leg");
    world.media_says(Event::Quiet { leg, recording });
}
