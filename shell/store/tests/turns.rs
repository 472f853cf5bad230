use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use store::internals::{PASSED_MAX, RECENT, Turns, Urgency, rest};

#[test]
fn who_is_waited_for_goes_before_what_waits_in_the_background() {
    let mut turns = Turns::default();
    assert!(turns.take());
    assert!(!turns.take());
    turns.wait(Urgency::Background, "import");
    turns.wait(Urgency::Foreground, "first");
    turns.wait(Urgency::Foreground, "second");
    assert_eq!(std::iter::from_fn(|| turns.pass()).collect::<Vec<_>>(), ["first", "second", "import"]);
    assert!(turns.take(), "nobody has it");
}

#[test]
fn work_in_the_background_ends_however_many_others_write() {
    let mut turns = Turns::default();
    turns.take();
    turns.wait(Urgency::Background, Urgency::Background);
    let mut n_before = 0;
    loop {
        turns.wait(Urgency::Foreground, Urgency::Foreground);
        if turns.pass() == Some(Urgency::Background) {
            break;
        }
        n_before += 1;
    }
    assert_eq!(n_before, PASSED_MAX);
}

#[test]
fn only_who_meets_others_rests() {
    let wrote = Duration::from_millis(4);
    assert_eq!(rest(wrote, None), Duration::ZERO);
    assert_eq!(rest(wrote, Some(RECENT)), Duration::ZERO);
    assert_eq!(rest(wrote, Some(Duration::from_millis(900))), Duration::from_millis(24));
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Come(Urgency),
    Pass,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => Just(Step::Come(Urgency::Foreground)),
        1 => Just(Step::Come(Urgency::Background)),
        4 => Just(Step::Pass),
    ];
    prop::collection::vec(step, 0..400)
}

proptest! {
    /// Beside those who came before it, a foreground writer waits for the one batch that is being written, and for
    /// one more of each fifty turns that pass. Nobody is forgotten, and of one urgency who came first goes first.
    #[test]
    fn a_foreground_writer_waits_for_no_batch_but_the_one_that_is_being_written(steps in steps()) {
        let mut turns = Turns::default();
        // What each waiting writer has seen go before it since it came.
        let mut waiting: BTreeMap<(u32, bool), Vec<Urgency>> = BTreeMap::new();
        let mut has_turn = false;
        for (n, step) in (0_u32..).zip(steps) {
            match step {
                Step::Come(urgency) => {
                    if turns.take() {
                        prop_assert!(!has_turn && waiting.is_empty());
                        has_turn = true;
                    } else {
                        turns.wait(urgency, (n, urgency == Urgency::Foreground));
                        waiting.insert((n, urgency == Urgency::Foreground), Vec::new());
                    }
                }
                Step::Pass if has_turn => match turns.pass() {
                    Some((came, is_foreground)) => {
                        let seen = waiting.remove(&(came, is_foreground)).unwrap();
                        let earlier = waiting.keys().filter(|(other, same)| *other < came && *same == is_foreground);
                        prop_assert_eq!(earlier.count(), 0);
                        let n_batches = seen.iter().filter(|urgency| **urgency == Urgency::Background).count();
                        if is_foreground {
                            prop_assert!(n_batches <= 1 + seen.len() / PASSED_MAX as usize, "{n_batches}");
                            prop_assert!(n_batches == 0 || PASSED_MAX as usize <= n as usize);
                        }
                        let urgency = if is_foreground { Urgency::Foreground } else { Urgency::Background };
                        waiting.values_mut().for_each(|seen| seen.push(urgency));
                    }
                    None => {
                        prop_assert!(waiting.is_empty());
                        has_turn = false;
                    }
                },
                Step::Pass => {}
            }
        }
    }
}
