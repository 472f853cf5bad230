//! Many calls through the real server, and nothing left of them; kills in the middle of them, and nothing lost.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::carrier::{Carrier, Scenario};
use crate::crowd::{Caller, Crowd};
use crate::server::{PASSWORD, Server};
use crate::wait;

const MAIN_MENU: &str = "+14255550100";
/// `TRUNKLINE_LEAK_CALLS` asks for more.
const N_CALLS: u32 = 1_000;
/// A debug build beside other work keeps up with this.
const PER_SECOND: u32 = 100;
/// Growth of memory from the first half of the calls to the last, when buffers and caches have their size.
const GROWTH_KIB_MAX: u64 = 24 * 1024;
/// `TRUNKLINE_KILLS` asks for more.
const N_KILLS: u32 = 3;
/// Callers of one round at most.
const ROUND: u32 = 5_000;
/// Where the number of the last caller begins: behind all rounds.
const LAST: u32 = 990_000;
/// A start on this data may take so long, on a machine with nothing else to do.
const READY: Duration = Duration::from_secs(2);
/// Calls that ended so long before a kill are written to the spool, also on a machine so busy that the media thread
/// never says its last word about them: two seconds are given to it.
const SPOOLED: Duration = Duration::from_millis(2_500);

#[test]
fn many_calls_leave_nothing_behind() {
    let server = Server::start_alone();
    let n_calls = wanted("TRUNKLINE_LEAK_CALLS", N_CALLS).max(100);
    calls(&server, n_calls / 2);
    let before = left(&server);
    calls(&server, n_calls - n_calls / 2);
    let after = left(&server);
    assert_eq!(server.metric("call_records_stored_total"), u64::from(n_calls));
    assert_eq!(after.n_ports, before.n_ports);
    // A file of the spool or a connection of this test may be open at the moment of a look.
    wait::until("as many files are open as before", || (server.n_files() <= before.n_files).then_some(()));
    let grown = after.memory_kib.saturating_sub(before.memory_kib);
    assert!(grown <= GROWTH_KIB_MAX, "{grown} KiB more after {n_calls} calls: {before:?}, {after:?}");
}

/// What a server without calls holds.
#[derive(Debug)]
struct Left {
    memory_kib: u64,
    n_files: usize,
    n_ports: u64,
}

fn calls(server: &Server, n_calls: u32) {
    let before = server.metric("call_records_stored_total");
    let seconds = n_calls / PER_SECOND + 60;
    Carrier::start(&Scenario {
        n_calls,
        per_second: PER_SECOND,
        extra: &["-timeout", &format!("{seconds}s")],
        ..Scenario::of("short_call", MAIN_MENU)
    })
    .succeeds();
    wait::until("every call has its record", || {
        (server.metric("call_records_stored_total") == before + u64::from(n_calls)).then_some(())
    });
}

fn left(server: &Server) -> Left {
    for name in ["calls", "legs", "media_ports_used", "sip_usages"] {
        // An answered INVITE is remembered for a while, for its repeats.
        wait::until(name, || (server.metric(name) == 0).then_some(()));
    }
    Left { memory_kib: server.memory_kib(), n_files: server.n_files(), n_ports: server.metric("media_ports_free") }
}

#[test]
fn kills_under_load_lose_no_record_and_double_none() {
    let mut server = Server::start_alone();
    let mut ended = BTreeSet::new();
    let mut begun = BTreeSet::new();
    let mut phone = Crowd::at(Caller::Phone("102"));
    for round in 0..wanted("TRUNKLINE_KILLS", N_KILLS) {
        // Kills come at other moments of a call each time.
        let load =
            load_until_kill(&mut server, round, SPOOLED + Duration::from_millis(300 + u64::from(round * 37 % 300)));
        begun.extend(load.begun);
        ended.extend(load.ended);
        assert_eq!(server.integrity(), "ok", "after kill {round}");
        let started = Instant::now();
        server.start_again();
        // What it used of a processor tells more than the clock of a machine that others use too.
        let (used, took) = (server.cpu_used(), started.elapsed());
        assert!(used < READY && took < READY + wait::SLACK, "ready again after {took:?}, {used:?} of a processor");
        // A phone comes back with the password that it had, and nothing is held against it.
        assert_eq!(phone.register(PASSWORD), Ok(200), "after kill {round}");
    }
    let records = after_one_more_call(&server);
    let kept: BTreeSet<String> = records.iter().cloned().collect();
    assert_eq!(kept.len(), records.len(), "a call has two records");
    assert!(ended.is_subset(&kept), "records are lost: {:?}", ended.difference(&kept).collect::<Vec<_>>());
    assert!(kept.is_subset(&begun), "records of calls that never were");
    assert!(ended.len() > N_KILLS as usize, "there was load");
}

/// Who called, as all records have it. The spool keeps its order: when a new call is stored, those before it are.
fn after_one_more_call(server: &Server) -> Vec<String> {
    let mut last = Crowd::numbered_from(Caller::Outside, LAST);
    last.call(MAIN_MENU).expect("a call is answered");
    let last = last.hang_up().expect("BYE is answered").from;
    wait::until("the last call is stored", || {
        server.records().iter().any(|record| record["from"] == last).then_some(())
    });
    let from = |record: &serde_json::Value| record["from"].as_str().unwrap().to_owned();
    server.all_records().iter().map(from).filter(|caller| *caller != last).collect()
}

/// Who called in one round, and whose call was over for long enough when the server was killed.
struct Load {
    begun: Vec<String>,
    ended: Vec<String>,
}

fn load_until_kill(server: &mut Server, round: u32, length: Duration) -> Load {
    let mut crowd = Crowd::numbered_from(Caller::Outside, round * ROUND);
    let kill_at = Instant::now() + length;
    let mut over: Vec<(String, Instant)> = Vec::new();
    while Instant::now() < kill_at {
        crowd.call(MAIN_MENU).expect("a call is answered");
        if crowd.calls.len() > 5 {
            let call = crowd.hang_up().expect("BYE is answered");
            over.push((call.from, Instant::now()));
        }
    }
    server.kill();
    let killed_at = Instant::now();
    let calling = crowd.calls.iter().map(|call| call.from.clone());
    let begun = over.iter().map(|(from, _)| from.clone()).chain(calling).collect();
    let spooled = over.iter().filter(|(_, at)| killed_at.duration_since(*at) > SPOOLED);
    let ended = spooled.map(|(from, _)| from.clone()).collect();
    Load { begun, ended }
}

fn wanted(name: &str, usual: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}
