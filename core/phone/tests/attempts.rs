use std::net::IpAddr;

use jiff::Timestamp;
use phone::access::attempts::{Attempts, Suspect};
use proptest::prelude::*;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(secs).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn ann() -> Suspect {
    Suspect::Account("ann@demo.test".to_owned())
}

fn office() -> Suspect {
    Suspect::address(IpAddr::from([192, 0, 2, 7]))
}

#[test]
fn the_time_doubles_up_to_its_limit_and_is_forgotten() {
    let mut attempts = Attempts::default();
    let mut now = 1_000;
    for _ in 0..5 {
        assert_eq!(attempts.begin(at(now), &[ann()]), Ok(()));
    }
    for refused in [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
        assert_eq!(attempts.begin(at(now), &[ann()]), Ok(()));
        assert_eq!(attempts.begin(at(now), &[ann()]), Err(at(now + refused)), "nothing is counted meanwhile");
        assert_eq!(attempts.begin(at(now + refused - 1), &[ann()]), Err(at(now + refused)));
        now += refused;
    }
    now += 24 * 60 * 60;
    for _ in 0..5 {
        assert_eq!(attempts.begin(at(now), &[ann()]), Ok(()));
    }
}

#[test]
fn one_address_that_tries_many_accounts_is_refused_for_all() {
    let mut attempts = Attempts::default();
    let try_one = |attempts: &mut Attempts, n: i64| {
        attempts.begin(at(0), &[Suspect::Account(format!("{n}@demo.test")), office()])
    };
    for n in 0..21 {
        assert_eq!(try_one(&mut attempts, n), Ok(()), "{n}");
    }
    assert_eq!(try_one(&mut attempts, 22), Err(at(2)));
    assert_eq!(attempts.begin(at(0), &[ann()]), Ok(()), "from elsewhere");
}

#[test]
fn whoever_gives_the_right_password_is_forgiven_and_others_of_the_address_are_not() {
    let mut attempts = Attempts::default();
    let both = [ann(), office()];
    for _ in 0..5 {
        assert_eq!(attempts.begin(at(0), &both), Ok(()));
    }
    assert_eq!(attempts.begin(at(0), &both), Ok(()));
    attempts.succeeded(&both);
    for _ in 0..5 {
        assert_eq!(attempts.begin(at(0), &[ann()]), Ok(()));
    }
    let bob = |n: i64| [Suspect::Account(format!("bob{n}")), office()];
    let n_taken = (0..100).take_while(|n| attempts.begin(at(0), &bob(*n)).is_ok()).count();
    assert_eq!(n_taken, 16, "five of twenty were used up, and the next is the one that is refused after");
}

#[test]
fn what_was_not_looked_at_counts_for_nothing() {
    let mut attempts = Attempts::default();
    for _ in 0..5 {
        assert_eq!(attempts.begin(at(0), &[ann()]), Ok(()));
    }
    for _ in 0..50 {
        assert_eq!(attempts.begin(at(0), &[ann()]), Ok(()));
        attempts.withdrawn(&[ann()]);
    }
    assert_eq!(attempts.begin(at(0), &[ann()]), Ok(()));
    assert_eq!(attempts.begin(at(0), &[ann()]), Err(at(2)), "the five still count");
}

#[test]
fn whoever_has_a_network_of_ipv6_is_one() {
    let address = |text: &str| Suspect::address(text.parse().unwrap_or(IpAddr::from([0, 0, 0, 0])));
    assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:1"));
    assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
    assert_eq!(address("::ffff:192.0.2.7"), office());
}

proptest! {
    /// However tries are spread over time, an account is tried no more often than the doubling allows.
    #[test]
    fn a_guesser_gets_few_tries(gaps in prop::collection::vec(0_i64..40, 1..200)) {
        let mut attempts = Attempts::default();
        let (mut now, mut n_tried) = (0, 0_u32);
        for gap in gaps {
            now += gap;
            if attempts.begin(at(now), &[ann()]).is_ok() {
                n_tried += 1;
            }
        }
        // Five for nothing, and a further one whenever the doubled times before it have passed.
        let (mut allowed, mut wait, mut passed) = (6, 2, 2);
        while passed <= now {
            allowed += 1;
            wait = (wait * 2).min(900);
            passed += wait;
        }
        prop_assert!(n_tried <= allowed, "{n_tried} tries in {now} s, {allowed} allowed");
    }
}
