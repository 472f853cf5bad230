//! How long the switch takes for a call from a carrier to a phone, from INVITE to record: `cargo run --release
//! --example call_cost`. Everything else of the world (peers, network) is not counted.

use std::time::{Duration, Instant};

use sim::demo::Wishes;
use sim::world::Shows;
use sim::{Faults, World};

const N_CALLS: u32 = 20_000;

fn main() {
    for (what, number) in [("user", "+14255550102"), ("queue", "+14255550110"), ("nobody", "+14255550999")] {
        let mut world =
            World::new(&Wishes { agents: vec![1], ..Wishes::default() }, 1, Faults::default(), Shows::Nothing);
        world.register(&["bob"]);
        world.peer("bob").manners.answers_after = Some(Duration::ZERO);
        world.peer("trunk").manners.hangs_up_after = Some(Duration::from_millis(50));
        #[expect(clippy::disallowed_methods, reason = "an example that measures")]
        let read = || Instant::now();
        world.stopwatch = Some(read);
        for _ in 0..N_CALLS {
            world.dial("trunk", number);
            world.run(Duration::from_millis(60));
        }
        let micros = world.spent.as_secs_f64() * 1e6 / f64::from(N_CALLS);
        println!("a call to {what}: {micros:.1} µs, {} records", world.records.len());
    }
}
