//! Phones are told how many messages wait. RFC 3842

use sim::{World, check};

#[test]
fn a_phone_is_told_at_once_and_of_each_change() {
    let mut world = World::demo();
    world.messages_wait(1, 1, 4);
    world.act("bob", |peer, now| peer.subscribe(now, "message-summary", 600));
    world.run_secs(1);
    world.messages_wait(1, 2, 4);
    world.messages_wait(1, 2, 4);
    world.messages_wait(0, 9, 9);
    world.run_secs(1);
    world.messages_wait(1, 0, 0);
    world.run_secs(700);
    world.ladder.expect(
        "
        0.000   bob   -> us     SUBSCRIBE
        0.000   us    -> bob    401 SUBSCRIBE
        0.000   bob   -> us     SUBSCRIBE
        0.000   us    -> bob    200 SUBSCRIBE
        0.000   us    -> bob    NOTIFY active 1/4
        0.000   bob   -> us     200 NOTIFY
        1.000   us    -> bob    NOTIFY active 2/4
        1.000   bob   -> us     200 NOTIFY
        2.000   us    -> bob    NOTIFY active 0/0
        2.000   bob   -> us     200 NOTIFY
        600.000 us    -> bob    NOTIFY terminated 0/0
        600.000 bob   -> us     200 NOTIFY
        ",
    );
    let told = &world.peer("bob").summaries[0];
    assert_eq!(told, "Messages-Waiting: yes\r\nVoice-Message: 1/4 (0/0)\r\n");
    assert_eq!(world.peer("bob").summaries[2], "Messages-Waiting: no\r\nVoice-Message: 0/0 (0/0)\r\n");
    check::idle(&mut world);
}

#[test]
fn who_asks_once_is_told_once() {
    let mut world = World::demo();
    world.act("bob", |peer, now| peer.subscribe(now, "message-summary", 0));
    world.messages_wait(1, 1, 0);
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000   bob   -> us     SUBSCRIBE
        0.000   us    -> bob    401 SUBSCRIBE
        0.000   bob   -> us     SUBSCRIBE
        0.000   us    -> bob    200 SUBSCRIBE
        0.000   us    -> bob    NOTIFY terminated 0/0
        0.000   bob   -> us     200 NOTIFY
        ",
    );
    check::idle(&mut world);
}

#[test]
fn a_phone_that_knows_nothing_of_it_or_is_gone_is_told_nothing_more() {
    for vanishes in [false, true] {
        let mut world = World::demo();
        world.act("bob", |peer, now| peer.subscribe(now, "message-summary", 3600));
        world.run_secs(1);
        world.peer("bob").manners.notify_status = 481;
        world.peer("bob").vanished = vanishes;
        world.messages_wait(1, 1, 0);
        world.run_secs(60);
        world.peer("bob").vanished = false;
        world.ladder.clear();
        world.messages_wait(1, 2, 0);
        world.run_until_quiet();
        world.ladder.expect("");
        check::idle(&mut world);
    }
}

#[test]
fn other_packages_and_short_subscriptions_are_refused() {
    for (package, secs, expected) in [
        ("presence", 600, "489 SUBSCRIBE (this event package is not served here)"),
        ("message-summary", 59, "423 SUBSCRIBE (this is too short)"),
    ] {
        let mut world = World::demo();
        world.act("bob", |peer, now| peer.subscribe(now, package, secs));
        world.run_until_quiet();
        let lines = world.ladder.render().join("\n");
        assert!(lines.contains(expected), "{lines}");
        check::idle(&mut world);
    }
}

#[test]
fn a_person_who_is_disabled_is_told_nothing_more() {
    let mut world = World::demo();
    world.act("bob", |peer, now| peer.subscribe(now, "message-summary", 3600));
    world.run_secs(1);
    world.ladder.clear();
    world.change_person(1, |user| user.enabled = false);
    world.messages_wait(1, 1, 0);
    world.run_until_quiet();
    world.ladder.expect(
        "
        1.000   us    -> bob    NOTIFY terminated 0/0
        1.000   bob   -> us     200 NOTIFY
        ",
    );
    check::idle(&mut world);
}
