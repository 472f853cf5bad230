//! What is told of licenses before they fail people, and what is not.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use phone::people::license::notice::{Notice, Standing, mail_problems};
use phone::people::license::offer::Term;
use phone::people::license::subscription::{Commitment, Renewal};
use phone::people::license::{Enforcement, PartNumber, Seats, Subscription};
use phone::rule::Broken as _;

#[test]
fn seats_that_run_short_are_told_and_told_again_when_none_is_left() {
    let told = |bought, assigned, enforcement| {
        let standing = Standing {
            enforcement,
            seats: BTreeMap::from([(plan(), Seats { bought, assigned })]),
            bought: BTreeMap::from([(plan(), Subscription::open(bought))]),
            ..Standing::default()
        };
        standing.notices(day(0)).iter().map(Notice::key).collect::<Vec<_>>()
    };
    for (bought, assigned, expected) in [
        (20, 17, None),
        (20, 18, Some("short MCOEV few")),
        (20, 20, Some("short MCOEV none")),
        (5, 4, None),
        (5, 6, Some("short MCOEV none")),
        (0, 0, None),
    ] {
        assert_eq!(told(bought, assigned, Enforcement::Block), Vec::from_iter(expected), "{assigned} of {bought}");
        assert_eq!(told(bought, assigned, Enforcement::Off), Vec::<String>::new(), "where they don't count");
    }
}

#[test]
fn an_end_is_told_a_month_a_week_and_a_day_before_and_when_it_is_there() {
    let told = |renewal, now| {
        let commitment = Commitment { term: Term::Annual, first_end: day(100), renewal };
        let bought = Subscription { seats: 9, commitment: Some(commitment) };
        let standing = Standing { bought: BTreeMap::from([(plan(), bought)]), ..Standing::default() };
        standing.notices(now).iter().map(Notice::key).collect::<Vec<_>>()
    };
    for (now, expected) in [
        (69, None),
        (70, Some("ending MCOEV 30")),
        (92, Some("ending MCOEV 30")),
        (93, Some("ending MCOEV 7")),
        (99, Some("ending MCOEV 1")),
        (100, Some("over MCOEV")),
        (129, Some("over MCOEV")),
        (130, None),
    ] {
        assert_eq!(told(Renewal::Ends, day(now)), Vec::from_iter(expected), "day {now}");
        assert_eq!(told(Renewal::Renews, day(now)), Vec::<String>::new(), "what renews does not end");
    }
}

#[test]
fn each_notice_says_what_is_the_matter_and_what_to_do() {
    let failing = BTreeMap::from([("license.no_seats".to_owned(), 3), ("license.over".to_owned(), 0)]);
    let standing = Standing { failing, ..Standing::default() };
    let [failing] = &standing.notices(day(0))[..] else { panic!("one reason, of three people") };
    assert_eq!(failing.to_string(), "3 people can't be given the licenses that their groups want (license.no_seats)");
    let over = Notice::Over { plan: plan(), numbers_until: day(30) };
    let ending = Notice::Ending { plan: plan(), at: day(1), within: 7 };
    let short = Notice::SeatsShort { plan: plan(), bought: 20, left: 1 };
    for (notice, code) in [
        (failing, "license.failing"),
        (&over, "license.over"),
        (&ending, "license.ending"),
        (&short, "license.seats_short"),
    ] {
        assert_eq!(notice.code(), code);
        assert!(notice.fix().contains("trunkline "), "{}", notice.fix());
    }
    assert_eq!(short.to_string(), "1 of 20 seats of MCOEV are left");
    assert_eq!(mail_problems(&["ann@demo.test".to_owned()]), []);
    assert_eq!(mail_problems(&["ann".to_owned()])[0].field, "mails[0]");
    assert_eq!(mail_problems(&vec!["ann@demo.test".to_owned(); 21])[0].field, "mails");
}

fn plan() -> PartNumber {
    PartNumber("MCOEV".to_owned())
}

fn day(n: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH.checked_add(SignedDuration::from_hours(24 * n)).unwrap()
}
