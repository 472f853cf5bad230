//! Many calls, and nothing left of them. `TRUNKLINE_LEAK_CALLS` asks for more than the usual number.

use std::time::Duration;

use sim::demo::Wishes;
use sim::world::Shows;
use sim::{Faults, World, check};

#[test]
fn nothing_grows_over_many_calls() {
    let n_calls = calls_wanted();
    let mut world = World::new(&Wishes::default(), 1, Faults::default(), Shows::Nothing);
    world.register(&["bob", "carol"]);
    for name in ["bob", "carol"] {
        let manners = &mut world.peer(name).manners;
        manners.answers_after = Some(Duration::from_millis(200));
        manners.hangs_up_after = Some(Duration::from_secs(1));
    }
    world.peer("trunk").manners.hangs_up_after = Some(Duration::from_secs(3));
    let numbers = ["+14255550102", "+14255550110", "+14255550100", "+14255550103", "+14255550999"];
    let before = world.statistics();
    for at in 0..n_calls {
        world.dial("trunk", numbers[at % numbers.len()]);
        world.run(Duration::from_millis(700));
        if at % 1_000 == 999 {
            world.register(&["bob", "carol"]);
            check::always(&world);
        }
    }
    world.run_until_quiet();
    check::idle(&mut world);
    assert_eq!(world.records.len(), n_calls);
    let after = world.statistics();
    assert_eq!(after.n_ports_used, before.n_ports_used);
    assert_eq!(after.n_registrations, 2);
}

#[expect(clippy::disallowed_methods, reason = "a test may be asked for more than usual")]
fn calls_wanted() -> usize {
    std::env::var("TRUNKLINE_LEAK_CALLS").ok().and_then(|text| text.parse().ok()).unwrap_or(3_000)
}
