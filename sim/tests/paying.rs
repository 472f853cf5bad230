//! Calls that cost something: reserved before the INVITE, paid minute by minute, warned of and ended in order.

use std::time::Duration;

use jiff::SignedDuration;
use phone::money::Micros;
use phone::money::lost::Moment;
use phone::money::wallet::{Explanation, OnExhaustion, Warning};
use sim::demo::Wishes;
use sim::{World, check};

const TOLL_FREE: &str = "+18005550199";

#[test]
fn a_paid_call_is_reserved_paid_by_the_minute_warned_and_ended() {
    let mut world = paid("0.12");
    world.dial("bob", "+4930123456");
    world.run_secs(2);
    world.answer("trunk");
    world.run_until_quiet();
    world.run_secs(60);
    world.ladder.expect(
        "
        0.000 challenged bob +4930123456
        0.000   us    -> trunk  INVITE +4930123456 sdp
        0.000   trunk -> us     100 INVITE
        0.000   trunk -> us     180 INVITE
        0.000   us    -> bob    180 INVITE
        2.000   trunk -> us     200 INVITE sdp
        2.000   charged 0.06 for 0s
        2.000   bridge bob trunk
        2.000   us    -> trunk  ACK
        2.000   us    -> bob    200 INVITE sdp
        2.000   bob   -> us     ACK
        62.000  charged 0.06 for 60s
        62.000  play bob beep silence beep
        107.000 play bob beep silence beep
        122.000 charged 0.12 for 120s in all
        122.000 us    -> bob    BYE (credit exhausted)
        122.000 us    -> trunk  BYE (credit exhausted)
        122.000 record answered 102 -> +4930123456 by +4930123456 talked 120s ended by system
        122.000 bob   -> us     200 BYE
        122.000 trunk -> us     200 BYE
        ",
    );
    assert_eq!(world.records[0].reason.as_deref(), Some("credit exhausted"));
    world.settle();
    assert_eq!(world.till.book.balance(), Micros::ZERO);
    check::idle(&mut world);
}

#[test]
fn a_call_that_nobody_pays_for_is_refused_before_it_is_placed() {
    let mut world = paid("0.05");
    world.dial("bob", "+4930123456");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000 bob   -> us     INVITE +4930123456 sdp
        0.000 us    -> bob    401 INVITE
        0.000 bob   -> us     ACK
        0.000 bob   -> us     INVITE +4930123456 sdp
        0.000 play bob no-credit
        0.000 us    -> bob    100 INVITE
        0.000 us    -> bob    183 INVITE sdp
        0.000 bob   -> us     PRACK
        0.000 us    -> bob    200 PRACK
        1.800 us    -> bob    402 INVITE (the organization has no credit left)
        1.800 record refused 102 -> +4930123456 status 402 ended by system
        1.800 bob   -> us     ACK
        ",
    );
    assert_eq!(world.records[0].reason.as_deref(), Some("the organization has no credit left"));
    // Nothing of it costs anything, and what is inside and for help goes on.
    assert!(world.till.told.is_empty());
    world.register(&["carol"]);
    for number in ["103", "933"] {
        world.dial("bob", number);
        world.run_secs(2);
        world.answer(if number == "103" { "carol" } else { "trunk" });
        world.run_secs(5);
        world.hang_up("bob");
        world.run_secs(5);
    }
    world.run_until_quiet();
    assert!(world.records[1..].iter().all(|record| record.answered_at.is_some()));
    assert!(world.till.told.is_empty());
    check::idle(&mut world);
}

#[test]
fn who_is_refused_or_warned_hears_it_as_the_organization_wants() {
    let tones = "beep silence beep";
    for (warning, heard) in [
        (Warning::Tone, vec![tones, tones]),
        (Warning::Announcement, vec!["ends-in-a-minute", "ends-soon"]),
        (Warning::Off, vec![]),
    ] {
        let mut world = paid("0.12");
        world.till.wallet.controls.warning = warning;
        world.pay();
        world.dial("bob", "+4930123456");
        world.answer("trunk");
        world.run_secs(125);
        assert_eq!(plays(&world), heard, "{warning:?}");
        assert_eq!(world.records[0].talk_seconds, 120);
        // Nobody would pay for another one.
        world.ladder.clear();
        world.till.wallet.controls.refusal = Explanation::Off;
        world.settle();
        world.dial("bob", "+4930123456");
        world.run_secs(1);
        assert_eq!((plays(&world).len(), world.peer("bob").refusals.as_slice()), (0, &[402][..]));
        world.run_until_quiet();
        check::idle(&mut world);
    }
    let mut world = paid("1.00");
    world.till.wallet.person_limit = Some(Micros::parse("0.01").unwrap_or_default());
    world.pay();
    world.dial("bob", "+4930123456");
    // Who does not want to hear it out hangs up.
    world.run_secs(1);
    assert_eq!(plays(&world), ["limit-reached"]);
    world.hang_up("bob");
    world.run_until_quiet();
    assert_eq!(world.records.len(), 1);
    check::idle(&mut world);
}

#[test]
fn the_next_minute_is_taken_before_it_is_talked() {
    let mut world = paid("0.12");
    world.register(&["carol"]);
    world.dial("bob", "+4930123456");
    world.answer("trunk");
    world.run_secs(55);
    // Its second minute is the last that is left, five seconds before it begins.
    world.dial("carol", "+4930123456");
    world.run_until_quiet();
    assert_eq!(world.peer("carol").refusals, [402]);
    assert_eq!(world.records.last().map(|record| record.talk_seconds), Some(120));
    check::idle(&mut world);
}

#[test]
fn minutes_of_a_plan_pay_first() {
    let mut world = paid("1.00");
    world.till.give(1, "MCOPSTN5");
    world.pay();
    world.dial("bob", "+12125551234");
    world.run_secs(2);
    world.answer("trunk");
    world.run_secs(100);
    world.hang_up("bob");
    world.run_until_quiet();
    world.settle();
    assert_eq!(world.till.book.balance(), Micros::units(1));
    let last = world.till.told.last().map(|charge| (charge.finished, charge.segments[0].billed_secs));
    assert_eq!(last, Some((true, 120)));
    check::idle(&mut world);
}

#[test]
fn a_call_that_nobody_answers_costs_nothing_and_frees_what_it_reserved() {
    let mut world = paid("0.06");
    world.dial("bob", "+4930123456");
    world.run_secs(5);
    // A second one finds nothing left, until the first is given up.
    world.register(&["alice"]);
    world.dial("alice", "+4930123456");
    world.run_secs(3);
    assert_eq!(world.records.len(), 1);
    world.hang_up("bob");
    world.run_secs(5);
    world.dial("alice", "+4930123456");
    world.run_secs(1);
    world.answer("trunk");
    world.run_secs(20);
    world.hang_up("alice");
    world.run_until_quiet();
    world.settle();
    assert_eq!(world.till.book.balance(), Micros::ZERO);
    check::idle(&mut world);
}

#[test]
fn a_toll_free_number_is_not_answered_with_nothing_left() {
    let mut world = paid("0.04");
    world.dial("trunk", TOLL_FREE);
    world.run_secs(3);
    // Each minute that begins is paid: the second is more than what is left by less than one.
    world.run_until_quiet();
    world.settle();
    assert_eq!(world.till.told.last().map(|charge| charge.finished), Some(true));
    world.till.fund("0.001", "2026-03-02T15:00:00Z".parse().unwrap_or_default());
    world.pay();
    world.ladder.clear();
    let before = world.records.len();
    world.till.wallet.frozen = true;
    world.pay();
    world.dial("trunk", TOLL_FREE);
    world.run_until_quiet();
    let refused = world.records.get(before).map(|record| (record.status, record.reason.clone()));
    assert_eq!(refused, Some((Some(480), Some("the organization's credit is frozen".to_owned()))));
    // Who called hears that nobody is there and not why, before any answer; or what the carrier makes of a refusal.
    let n_told = world.till.told.len();
    world.ladder.expect(
        "
        123.000 trunk -> us     INVITE +18005550199 sdp
        123.000 play trunk not-reachable
        123.000 us    -> trunk  100 INVITE
        123.000 us    -> trunk  183 INVITE sdp
        123.000 trunk -> us     PRACK
        123.000 us    -> trunk  200 PRACK
        124.880 us    -> trunk  480 INVITE (the organization's credit is frozen)
        124.880 record refused +15550100 -> +18005550199 status 480 ended by system
        124.880 trunk -> us     ACK
        ",
    );
    world.ladder.clear();
    world.till.wallet.controls.toll_free_refusal = Explanation::Off;
    world.pay();
    world.dial("trunk", TOLL_FREE);
    world.run_until_quiet();
    assert!(world.ladder.render().iter().all(|line| !line.contains(" play ")));
    assert_eq!((world.records.last().and_then(|record| record.status), world.till.told.len()), (Some(480), n_told));
    // A number that is not toll-free is called as ever.
    world.register(&["bob"]);
    world.dial("trunk", "+14255550102");
    world.answer("bob");
    world.run_secs(5);
    world.hang_up("trunk");
    world.run_until_quiet();
    assert_eq!(world.records.last().map(|record| record.talk_seconds), Some(5));
    check::idle(&mut world);
}

#[test]
fn credit_that_comes_in_extends_calls_that_go_on() {
    let mut world = paid("0.06");
    world.dial("bob", "+4930123456");
    world.run_secs(2);
    world.answer("trunk");
    world.run_secs(50);
    world.till.fund("1.00", "2026-03-02T15:00:50Z".parse().unwrap_or_default());
    world.pay();
    world.run_secs(200);
    world.hang_up("bob");
    world.run_until_quiet();
    world.settle();
    assert_eq!(world.records[0].talk_seconds, 250);
    assert_eq!(world.till.book.balance(), Micros::parse("0.76").unwrap_or_default());
    check::idle(&mut world);
}

#[test]
fn a_clock_that_is_set_neither_ends_paid_calls_nor_keeps_them_going() {
    for hours in [-2, 0, 2] {
        let mut world = paid("10.00");
        let tell = |world: &mut World| {
            let account = world.till.account(world.wall_now());
            world.fund(account, Some(Duration::from_secs(90)));
        };
        tell(&mut world);
        world.dial("bob", "+4930123456");
        world.answer("trunk");
        world.run_secs(30);
        world.set_clock(SignedDuration::from_hours(hours));
        for _ in 0..6 {
            tell(&mut world);
            world.run_secs(25);
        }
        assert!(world.records.is_empty(), "set by {hours} hours, it ended");
        // What was told at 155 seconds is a promise until 245: the last block begins before that.
        world.run_secs(200);
        assert_eq!(world.records.first().map(|record| record.talk_seconds), Some(300), "set by {hours} hours");
        world.run_until_quiet();
        check::idle(&mut world);

        // Told once and never again: the block that begins within 90 seconds is the last, whatever the clock says.
        let mut world = paid("10.00");
        tell(&mut world);
        world.dial("bob", "+4930123456");
        world.answer("trunk");
        world.run_secs(30);
        world.set_clock(SignedDuration::from_hours(hours));
        world.run_secs(200);
        assert_eq!(world.records.first().map(|record| record.talk_seconds), Some(120), "set by {hours} hours");
        check::idle(&mut world);
    }
}

/// Found by killing a server a hundred times: a call had its end, and the process was killed before that was written down.
#[test]
fn a_call_costs_what_it_had_when_its_lost_process_said_last_that_it_lives() {
    for (talked_ms, known_secs, amount) in [(2_700, 2, "0.06"), (62_700, 62, "0.12"), (600, 0, "0.06")] {
        let mut world = paid("1.00");
        world.dial("bob", "+4930123456");
        world.answer("trunk");
        world.run(Duration::from_millis(talked_ms));
        world.hang_up("bob");
        world.run_secs(2);
        let end = world.till.told.pop().unwrap_or_else(|| panic!("its end is told"));
        assert_eq!((end.finished, end.secs, end.ahead), (true, (talked_ms / 1_000).max(1) as u32, None));
        let alive = world.till.alive.take();
        world.kill();
        let Some(last) = world.till.told.last().cloned() else { panic!("its answer is told") };
        let known = alive.and_then(|alive| last.carried(alive));
        let known = known.unwrap_or_else(|| last.clone());
        assert_eq!((known.secs, known.finished), (known_secs, 0 < known_secs));
        assert_eq!(known.amount(), Micros::parse(amount).unwrap_or_default());
        // Another process knows nothing of it, and nobody goes on after all that was reserved.
        let Some(alive) = alive else { continue };
        let later = Moment { ns: alive.ns + 3_600_000_000_000, ..alive };
        let reserved = if talked_ms < 60_000 { 60 } else { 120 };
        assert_eq!(last.carried(later).map(|charge| charge.secs), Some(reserved));
        assert_eq!(last.carried(Moment { process: world.wall_now(), ..later }), None);
        assert_eq!(known.carried(later).map(|charge| charge.secs), None);
    }
}

#[test]
fn a_call_is_finished_in_debt_where_the_wallet_says_so() {
    let mut world = paid("0.06");
    let debt_max = Micros::units(1);
    world.till.wallet.on_exhaustion = OnExhaustion::FinishCall { secs_max: 60, debt_max };
    world.pay();
    world.dial("bob", "+4930123456");
    world.run_secs(2);
    world.answer("trunk");
    world.run_until_quiet();
    world.run_secs(60);
    world.settle();
    assert_eq!(world.records[0].talk_seconds, 120);
    assert_eq!(world.till.book.owed(), Micros::parse("0.06").unwrap_or_default());
    check::idle(&mut world);
}

/// What bob heard played.
fn plays(world: &World) -> Vec<String> {
    let lines = world.ladder.render();
    lines.iter().filter_map(|line| Some(line.split_once("play bob ")?.1.to_owned())).collect()
}

/// The demo organization whose calls are paid for, with so much to pay them with, and bob's phone.
fn paid(credit: &str) -> World {
    let mut world = World::with(&Wishes { paid: true, ..Wishes::default() });
    world.till.fund(credit, "2026-03-02T15:00:00Z".parse().unwrap_or_default());
    world.pay();
    world.register(&["bob"]);
    world.ladder.clear();
    world
}
