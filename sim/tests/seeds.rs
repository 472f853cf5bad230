//! Random worlds. `TRUNKLINE_SEEDS` and `TRUNKLINE_STEPS` ask for more of them; a seed that fails names itself.

use std::panic::catch_unwind;

/// Seeds that failed once, with the steps that it took.
const ONCE_FAILED: [(u64, u32); 1] = [(1068, 250)];

#[test]
fn random_worlds_keep_their_promises() {
    let n_seeds = setting("TRUNKLINE_SEEDS", 24);
    let n_steps = u32::try_from(setting("TRUNKLINE_STEPS", 150)).unwrap_or(150);
    let first = setting("TRUNKLINE_FIRST_SEED", 1);
    let new = (first..first + n_seeds).map(|seed| (seed, n_steps));
    for (seed, n_steps) in ONCE_FAILED.into_iter().chain(new) {
        let result = catch_unwind(|| sim::random_world::run(seed, n_steps));
        assert!(result.is_ok(), "seed {seed} with {n_steps} steps breaks a promise; what it was stands above");
    }
}

/// A ledger whose database fails, processes that are killed at each step, two servers on one balance, and clocks that jump.
#[test]
fn each_second_is_paid_once_whatever_fails() {
    let n_seeds = setting("TRUNKLINE_SEEDS", 10);
    let n_steps = u32::try_from(setting("TRUNKLINE_STEPS", 80)).unwrap_or(80);
    let first = setting("TRUNKLINE_FIRST_SEED", 1);
    let mut seen = [0; 6];
    for seed in first..first + n_seeds {
        let result = catch_unwind(|| sim::servers::run(seed, n_steps));
        let Ok(of_seed) = result else {
            panic!("seed {seed} with {n_steps} steps breaks a promise; what it was stands above")
        };
        let sim::servers::Seen { n_paid, n_refused, n_exhausted, n_kills, n_outages, n_jumps } = of_seed;
        let counts = [n_paid, n_refused, n_exhausted, n_kills, n_outages, n_jumps];
        seen.iter_mut().zip(counts).for_each(|(sum, n)| *sum += n);
    }
    // Fewer than usual may miss something.
    assert!(n_seeds < 10 || seen.iter().all(|n| 3 < *n), "too little happens: {seen:?}");
}

#[expect(clippy::disallowed_methods, reason = "a test may be asked for more than usual")]
fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}
