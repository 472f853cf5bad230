//! A caller hangs up at each moment of each flow of the organization, and a millisecond before it: nothing is left behind.

use std::collections::BTreeSet;
use std::time::Duration;

use phone::apps::queue::Exit;
use phone::apps::{Target, queue};
use sim::demo::{self, Wishes};
use sim::{World, check};

const MENU: &str = "+14255550100";
const SALES: &str = "+14255550110";
const LONGEST: Duration = Duration::from_secs(75);
/// The first key comes into the greeting, the others when something was said.
const FIRST_KEY: Duration = Duration::from_millis(700);
const BETWEEN_KEYS: Duration = Duration::from_millis(4_300);

/// What phones do when they ring.
#[derive(Clone, Copy, Debug)]
enum Phones {
    Answer,
    AreNotThere,
    Refuse,
    Ring,
}

/// One way through the organization.
#[derive(Clone, Debug)]
struct Flow {
    called: &'static str,
    keys: &'static str,
    phones: Phones,
}

#[test]
fn whenever_a_caller_hangs_up_in_the_menu_nothing_is_left() {
    let keys = ["", "0", "1", "2", "3", "31", "4", "4262", "42621", "5", "8", "8#", "9", "9#", "*", "#", "555"];
    try_all(MENU, &keys);
}

#[test]
fn whenever_a_caller_hangs_up_in_the_queue_nothing_is_left() {
    try_all(SALES, &["", "1", "11"]);
}

#[test]
fn whenever_a_caller_hangs_up_at_a_person_nothing_is_left() {
    try_all("+14255550101", &["", "#"]);
    try_all("+14255550103", &["", "*"]);
}

fn try_all(called: &'static str, keys: &[&'static str]) {
    let mut seen = BTreeSet::new();
    for &keys in keys {
        for phones in [Phones::Answer, Phones::AreNotThere, Phones::Refuse, Phones::Ring] {
            let flow = Flow { called, keys, phones };
            let lines = undisturbed(&flow);
            let moments = moments(&lines);
            assert!(!moments.is_empty(), "something happens in {flow:?}");
            // Phones that nobody calls make no other flow.
            if !seen.insert(lines) {
                continue;
            }
            // What comes before the last key is tried without it.
            for at in moments.into_iter().filter(|at| *at >= last_key(&flow)) {
                for at in [at.saturating_sub(Duration::from_millis(1)), at] {
                    hang_up_at(&flow, at);
                }
            }
        }
    }
}

/// What happens if the caller stays.
fn undisturbed(flow: &Flow) -> Vec<String> {
    let mut world = begin(flow);
    go_on_until(&mut world, flow, LONGEST);
    world.ladder.render()
}

/// When anything happens.
fn moments(lines: &[String]) -> BTreeSet<Duration> {
    let seconds = lines.iter().filter_map(|line| line.split(' ').next()?.parse::<f64>().ok());
    seconds.map(|secs| Duration::from_millis((secs * 1_000.0).round() as u64)).collect()
}

fn last_key(flow: &Flow) -> Duration {
    let n_between = u32::try_from(flow.keys.len().saturating_sub(1)).unwrap_or(0);
    if flow.keys.is_empty() { Duration::ZERO } else { FIRST_KEY + BETWEEN_KEYS * n_between }
}

fn hang_up_at(flow: &Flow, at: Duration) {
    let mut world = begin(flow);
    go_on_until(&mut world, flow, at);
    if !world.peer("trunk").calls.is_empty() {
        world.hang_up("trunk");
    }
    for name in ["alice", "bob", "carol"] {
        world.peer(name).manners.hangs_up_after = Some(Duration::from_secs(1));
    }
    world.run_until_quiet();
    check::idle(&mut world);
}

fn begin(flow: &Flow) -> World {
    let queue: fn(&mut queue::Settings) = |queue| {
        queue.offers_during_greeting = true;
        queue.overflow.prompts.redirect_person = Some(demo::sorry());
        queue.callback = Some(queue::callback::Callback {
            key: '1',
            after_wait_secs: None,
            waiting_min: Some(0),
            waiting_per_agent_min: None,
            offer: demo::sorry(),
            expires_secs: 30,
            attempts_max: 1,
            gap_secs: 10,
        });
    };
    let wishes = Wishes {
        queue_greeting: true,
        alert_secs: 6,
        timeout_secs: 25,
        timeout: Exit::Forward { target: Target::Voicemail { id: demo::user_id(0) } },
        voicemail: vec![0, 1],
        queue,
        ..Wishes::default()
    };
    let mut world = World::with(&wishes);
    for name in ["alice", "bob", "carol"] {
        let manners = &mut world.peer(name).manners;
        match flow.phones {
            Phones::Answer => manners.answers_after = Some(Duration::from_secs(2)),
            Phones::Refuse => manners.refuses = Some(486),
            Phones::AreNotThere | Phones::Ring => {}
        }
    }
    if !matches!(flow.phones, Phones::AreNotThere) {
        world.register(&["alice", "bob", "carol"]);
    }
    world.ladder.clear();
    world.dial("trunk", flow.called);
    world
}

/// Presses the keys that are due until then.
fn go_on_until(world: &mut World, flow: &Flow, until: Duration) {
    let mut at = FIRST_KEY;
    for key in flow.keys.chars() {
        if until < at {
            break;
        }
        world.run(at.saturating_sub(world.elapsed()));
        if !world.peer("trunk").calls.is_empty() && world.ladder.leg_of("trunk").is_some() {
            world.press("trunk", key);
        }
        at += BETWEEN_KEYS;
    }
    world.run(until.saturating_sub(world.elapsed()));
}
