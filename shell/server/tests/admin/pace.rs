use std::time::Duration;

use server::admin::pace::*;

/// A machine on which a part takes this long.
fn took(n: u64, fixed_us: u64, each_us: u64) -> Duration {
    Duration::from_micros(fixed_us + n * each_us)
}

#[test]
fn parts_come_to_take_some_milliseconds_whatever_the_machine() {
    let machines = [(0, 80, 100..=100), (1_500, 80, 75..=85), (0, 1, 500..=500), (0, 900, 40..=40)];
    for (fixed_us, each_us, n_wanted) in machines {
        let mut pace = Pace::LINES;
        for _ in 0..50 {
            pace.took(pace.n(), took(pace.n(), fixed_us, each_us));
        }
        assert!(n_wanted.contains(&pace.n()), "{fixed_us} {each_us}: {}", pace.n());
    }
}

#[test]
fn one_part_that_was_held_up_halves_the_next_at_most_and_a_short_last_one_says_nothing() {
    let mut pace = Pace::LINES;
    pace.took(pace.n(), Duration::ZERO);
    assert_eq!(pace.n(), 2 * Pace::LINES.n());
    pace.took(2 * Pace::LINES.n(), Duration::from_secs(9));
    assert_eq!(pace, Pace::LINES);
    pace.took(1, Duration::from_secs(9));
    assert_eq!(pace, Pace::LINES);
}
