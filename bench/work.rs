//! The kinds of work, and when each passes.

use std::net::SocketAddr;
use std::time::Duration;

use crate::calls::{self, Outcome, Plan, Sound};
use crate::organization;
use crate::process::{LOAD_CORE, Started, sip};
use crate::registrations;
use crate::search::highest;

/// The demo carrier's address.
const CALLER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 5_090);
const ANSWERER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 15_091);
const PHONE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 15_092);

/// Everything, with a table at the end.
pub fn all() {
    pin();
    let limit = highest(1_200, 200, 4_000, &mut |n| print_limit(n));
    let relayed = highest(400, 200, 4_000, &mut |n| print_relayed(n));
    let prompts = highest(500, 250, 6_000, &mut |n| print_prompts(n));
    let calls = highest(1_000, 500, 12_000, &mut |rate| print_calls(rate));
    let registrations = highest(4_000, 2_000, 40_000, &mut |rate| print_registrations(rate));
    let lists = print_lists(100_000);
    let memory = memory_for_each_call();
    let idle = Idle::measure();
    println!();
    println!("| Work, server on one core | Reached | Of the bare relay |");
    println!("|---|--:|--:|");
    println!("| calls set up and torn down per second | {calls} | |");
    println!("| relayed G.711 calls | {relayed} | {:.0} % |", 100.0 * relayed as f64 / limit.max(1) as f64);
    println!("| callers who hear a prompt at once | {prompts} | |");
    println!("| registrations with digest per second | {registrations} | |");
    println!(
        "| pages and searches of 100,000 people and 200,000 numbers | {} | |",
        if lists { "p99 under 50 ms" } else { "slower than 50 ms" }
    );
    println!("| memory for each established call with sound | {memory:.0} KiB | |");
    println!("| start to ready | {:.2} s | |", idle.start_up.as_secs_f64());
    println!("| CPU while idle | {:.2} % | |", idle.cpu_percent);
    println!("| the bare relay, calls | {limit} | 100 % |");
}

/// Pages and searches of an organization with so many people; passes when none takes longer than 50 ms at p99.
pub fn print_lists(n_people: usize) -> bool {
    pin();
    crate::lists::print_lists(n_people)
}

/// Calls per second; passes with none failed and a median set-up under 50 ms.
pub fn print_calls(rate: usize) -> bool {
    pin();
    let server = Started::server();
    organization::register_answerer(ANSWERER);
    let plan =
        Plan { n_calls: 8 * rate, per_second: rate as f64, ..plan(organization::answered_numbers(), Sound::None) };
    let before = server.sample();
    let outcome = calls::run(&plan, &|| server.sample());
    let after = server.sample();
    let n_records = organization::wait_for_records(outcome.n_up);
    let (median, p99) = (outcome.setup.quantile_ms(0.5), outcome.setup.quantile_ms(0.99));
    let cpu_us = (after.0 - before.0) * 1e6 / outcome.n_up.max(1) as f64;
    let passed = outcome.n_failed == 0 && median < 50.0 && n_records == outcome.n_up;
    println!(
        "calls {rate}/s: up {} failed {} retransmitted {} records {n_records} set-up median {median:.1} ms p99 {p99:.1} ms, {cpu_us:.0} µs CPU each{}",
        outcome.n_up,
        outcome.n_failed,
        outcome.n_retransmitted,
        mark(passed)
    );
    if let Some(refusal) = &outcome.refusal {
        println!("  the first refusal: {refusal}");
    }
    passed
}

/// Relayed calls; passes with loss under 0.1 % and p99 delay under 20 ms.
pub fn print_relayed(n_calls: usize) -> bool {
    pin();
    let server = Started::server();
    organization::register_answerer(ANSWERER);
    let outcome =
        calls::run(&with_sound(n_calls, organization::answered_numbers(), Sound::TwoWay), &|| server.sample());
    print_sound("relayed", n_calls, &outcome)
}

/// Callers who hear a prompt; passes with loss under 0.1 % and p99 unevenness under 20 ms.
pub fn print_prompts(n_calls: usize) -> bool {
    pin();
    let server = Started::server();
    let outcome =
        calls::run(&with_sound(n_calls, vec![organization::PROMPT_NUMBER.to_owned()], Sound::Prompt), &|| {
            server.sample()
        });
    print_sound("prompts", n_calls, &outcome)
}

/// The bare relay.
pub fn print_limit(n_calls: usize) -> bool {
    pin();
    let relay = Started::relay(n_calls);
    let mut streams = crate::rtp::Streams::new(n_calls, true);
    for call in 0..n_calls {
        streams.open_caller(call, crate::relay::address(2 * call));
        streams.open_answerer(call, Some(crate::relay::address(2 * call + 1)));
    }
    let run_for = |streams: &mut crate::rtp::Streams, length: Duration| {
        let begun = std::time::Instant::now();
        while begun.elapsed() < length {
            streams.advance();
        }
    };
    run_for(&mut streams, Duration::from_secs(1));
    let before = relay.sample();
    streams.begin_window();
    run_for(&mut streams, Duration::from_secs(5));
    let figures = streams.end_window();
    let cpu = (relay.sample().0 - before.0) / 5.0;
    let passed = figures.loss < 0.001 && figures.p99_ms < 20.0;
    println!(
        "limit {n_calls}: loss {:.3} % p99 {:.1} ms, {:.0} % CPU{}",
        100.0 * figures.loss,
        figures.p99_ms,
        100.0 * cpu,
        mark(passed)
    );
    passed
}

/// Registrations per second; passes with none failed.
pub fn print_registrations(rate: usize) -> bool {
    pin();
    let server = Started::server();
    let before = server.sample();
    let outcome = registrations::run(&registrations::Plan {
        phone: PHONE,
        server: sip(),
        realm: organization::DOMAIN.to_owned(),
        password: organization::PASSWORD.to_owned(),
        first_user: organization::FIRST_EXTENSION,
        n_users: organization::N_USERS,
        per_second: rate as f64,
        length: Duration::from_secs(6),
    });
    let cpu_us = (server.sample().0 - before.0) * 1e6 / outcome.n_done.max(1) as f64;
    let passed = outcome.n_failed == 0;
    println!(
        "registrations {rate}/s: done {} failed {} median {:.1} ms, {cpu_us:.0} µs CPU each{}",
        outcome.n_done,
        outcome.n_failed,
        outcome.delay.quantile_ms(0.5),
        mark(passed)
    );
    passed
}

fn memory_for_each_call() -> f64 {
    const N: usize = 500;
    let server = Started::server();
    organization::register_answerer(ANSWERER);
    let before = server.sample().1;
    let outcome = calls::run(&with_sound(N, organization::answered_numbers(), Sound::TwoWay), &|| server.sample());
    outcome.memory_kib.saturating_sub(before) as f64 / N as f64
}

struct Idle {
    start_up: Duration,
    cpu_percent: f64,
}

impl Idle {
    fn measure() -> Self {
        let server = Started::server();
        std::thread::sleep(Duration::from_secs(1));
        let before = server.sample().0;
        std::thread::sleep(Duration::from_secs(10));
        Self { start_up: server.start_up, cpu_percent: (server.sample().0 - before) * 10.0 }
    }
}

fn plan(called: Vec<String>, sound: Sound) -> Plan {
    Plan {
        caller: CALLER,
        answerer: ANSWERER,
        server: sip(),
        called,
        n_calls: 0,
        per_second: 100.0,
        window: None,
        sound,
    }
}

fn with_sound(n_calls: usize, called: Vec<String>, sound: Sound) -> Plan {
    Plan { n_calls, per_second: 150.0, window: Some(Duration::from_secs(10)), ..plan(called, sound) }
}

fn print_sound(name: &str, n_calls: usize, outcome: &Outcome) -> bool {
    let Some(figures) = &outcome.sound else {
        println!(
            "{name} {n_calls}: up {} failed {}: the calls did not come up{}",
            outcome.n_up,
            outcome.n_failed,
            mark(false)
        );
        return false;
    };
    let passed = outcome.n_failed == 0 && figures.loss < 0.001 && figures.p99_ms < 20.0;
    println!(
        "{name} {n_calls}: failed {} loss {:.3} % p50 {:.1} ms p99 {:.1} ms, {:.0} % CPU, {} MiB{}",
        outcome.n_failed,
        100.0 * figures.loss,
        figures.p50_ms,
        figures.p99_ms,
        100.0 * outcome.cpu,
        outcome.memory_kib / 1_024,
        mark(passed)
    );
    passed
}

fn mark(passed: bool) -> &'static str {
    if passed { "  ok" } else { "  not passed" }
}

/// Holds this program to the load's core.
fn pin() {
    let mut set = nix::sched::CpuSet::new();
    if set.set(LOAD_CORE).is_ok() {
        let _ = nix::sched::sched_setaffinity(nix::unistd::Pid::from_raw(0), &set);
    }
}
