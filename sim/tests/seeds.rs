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

#[expect(clippy::disallowed_methods, reason = "a test may be asked for more than usual")]
fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}
