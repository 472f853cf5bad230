//! Calls with sound: the real media engine behind the real switch.

use std::time::Duration;

use sim::demo::Wishes;
use sim::{World, check};

const SECOND: Duration = Duration::from_secs(1);

fn two_who_talk() -> World {
    let mut world = World::with_sound(&Wishes::default());
    world.register(&["bob"]);
    world.dial("trunk", "+14255550102");
    world.run_secs(1);
    world.answer("bob");
    world.talk(&["trunk", "bob"], SECOND);
    world
}

#[test]
fn both_parties_hear_each_other_and_the_record_tells_how_well() {
    let mut world = two_who_talk();
    let (bob, trunk) = (world.peer("bob").voice(), world.peer("trunk").voice());
    let heard_by_trunk = world.peer("trunk").take_heard(bob);
    let heard_by_bob = world.peer("bob").take_heard(trunk);
    assert!(heard_by_trunk.0 >= 49 && heard_by_trunk.1 <= 1, "the carrier hears bob: {heard_by_trunk:?}");
    assert!(heard_by_bob.0 >= 49 && heard_by_bob.1 <= 1, "bob hears the carrier: {heard_by_bob:?}");
    world.hang_up("trunk");
    world.run_until_quiet();
    check::idle(&mut world);
    let [record] = world.records.as_slice() else { panic!("one call, one record") };
    for leg in &record.legs {
        assert_eq!(leg.codec.as_deref(), Some("PCMU"), "nothing was transcoded");
        let quality = leg.quality.as_ref().unwrap_or_else(|| panic!("each leg has figures: {leg:?}"));
        assert_eq!((quality.packets_received, quality.packets_lost), (50, 0));
    }
}

#[test]
fn who_is_on_hold_hears_music() {
    let mut world = two_who_talk();
    world.hold("bob");
    let bob = world.peer("bob").voice();
    world.peer("trunk").take_heard(bob);
    world.peer("bob").take_heard(bob);
    world.talk(&["trunk"], SECOND);
    let heard = world.peer("trunk").take_heard(bob);
    assert!(heard.0 == 0 && heard.1 >= 48, "the carrier hears music: {heard:?}");
    assert!(world.peer("bob").take_heard(bob).1 <= 1, "who holds hears nothing");
    world.retrieve("bob");
    world.talk(&["trunk", "bob"], SECOND);
    let heard = world.peer("trunk").take_heard(bob);
    assert!(heard.0 >= 48, "and then bob again: {heard:?}");
    world.hang_up("bob");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn a_key_in_the_sound_chooses_in_the_menu() {
    let mut world = World::with_sound(&Wishes::default());
    world.register(&["bob"]);
    world.dial("trunk", "+14255550100");
    world.talk(&["trunk"], SECOND);
    let voice = world.peer("trunk").voice();
    assert!(world.peer("trunk").take_heard(voice).1 >= 48, "the greeting is heard");
    for end in [0, 0, 0x80] {
        let packet = world.peer("trunk").rtp(101, &[1, 10 | end, 0, 160]);
        world.send_sound("trunk", packet);
    }
    world.run_secs(1);
    assert_eq!(world.peer("bob").n_ringing(), 1, "key 1 led to the queue, and the queue to bob");
    world.answer("bob");
    world.talk(&["trunk", "bob"], SECOND);
    let trunk = world.peer("trunk").voice();
    let heard = world.peer("bob").take_heard(trunk);
    assert!(heard.0 >= 48, "bob hears the caller: {heard:?}");
    world.hang_up("trunk");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn who_calls_the_echo_test_hears_himself() {
    let mut world = World::with_sound(&Wishes::default());
    world.register(&["bob"]);
    world.dial("bob", "*43");
    world.talk(&["bob"], SECOND);
    let voice = world.peer("bob").voice();
    let heard = world.peer("bob").take_heard(voice);
    assert!(heard.0 >= 49, "bob hears himself: {heard:?}");
    world.hang_up("bob");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn two_parties_on_different_media_threads_hear_each_other_after_a_transfer() {
    let mut world = World::with_sound(&Wishes { agents: vec![1], ..Wishes::default() });
    world.register(&["bob", "carol"]);
    world.dial("trunk", "+14255550110");
    world.answer("bob");
    world.talk(&["trunk", "bob"], SECOND);
    world.hold("bob");
    world.dial("bob", "103");
    world.answer("carol");
    world.talk(&["trunk", "bob", "carol"], SECOND);
    let (trunk, bob, carol) = (world.peer("trunk").voice(), world.peer("bob").voice(), world.peer("carol").voice());
    let heard = world.peer("carol").take_heard(bob);
    assert!(heard.0 >= 48, "carol hears bob: {heard:?}");
    world.peer("trunk").take_heard(carol);
    world.act("bob", |bob, now| bob.refer_attended(now, 0, 1));
    world.talk(&["trunk", "carol"], SECOND);
    let heard = world.peer("trunk").take_heard(carol);
    assert!(heard.0 >= 49 && heard.1 <= 1, "the caller hears carol, not the music: {heard:?}");
    let heard = world.peer("carol").take_heard(trunk);
    assert!(heard.0 >= 49 && heard.1 <= 1, "carol hears the caller: {heard:?}");
    world.hang_up("trunk");
    world.run_until_quiet();
    check::idle(&mut world);
    let legs = world.records.iter().flat_map(|record| &record.legs).filter(|leg| leg.party == "103");
    let figures =
        legs.filter_map(|leg| leg.quality.as_ref()).map(|quality| (quality.packets_received, quality.packets_lost));
    assert_eq!(figures.collect::<Vec<_>>(), [(100, 0)], "carol's figures are of the leg's whole life");
}

#[test]
fn a_phone_that_falls_silent_ends_the_call_after_a_minute() {
    let mut world = two_who_talk();
    world.peer("bob").vanished = true;
    world.talk(&["trunk"], Duration::from_secs(58));
    assert!(world.records.is_empty(), "silence for less than a minute is no reason");
    world.talk(&["trunk"], Duration::from_secs(1));
    world.run_secs(200);
    let [record] = world.records.as_slice() else { panic!("the call has ended") };
    assert_eq!(record.reason.as_deref(), Some("no sound came for too long"));
    check::idle(&mut world);
}
