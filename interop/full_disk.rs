//! A disk that is really full: a small file system of its own holds the spool and the database.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::crowd::{Caller, Crowd};
use crate::server::Server;
use crate::wait;

const MAIN_MENU: &str = "+14255550100";
const SALES: &str = "+14255550110";
const N_CALLS: usize = 20;

#[test]
fn calls_go_on_while_the_disk_is_full_and_every_record_comes_once() {
    let server = Server::start_on_small_disk();
    let mut crowd = Crowd::at(Caller::Outside);
    crowd.call(SALES).expect("a call before the disk is full");
    let ballast = fill(&server.data_dir());

    let talk = crowd.talk();
    for _ in 1..N_CALLS {
        crowd.call(MAIN_MENU).expect("calls come in while the disk is full");
    }
    // The first one listens to music meanwhile.
    let first = crowd.calls.remove(0);
    while !crowd.calls.is_empty() {
        crowd.hang_up().expect("BYE is answered");
    }
    wait::until("the records wait", || {
        (server.metric("call_records_held") + server.metric("call_records_waiting") == N_CALLS as u64 - 1).then_some(())
    });
    wait::until("the alarm is up", || (server.metric("alarm") == 1).then_some(()));
    let health = server.cli(&["health"]);
    assert_eq!(health["status"], "alarm", "{health}");
    assert!(health["alarms"][0].as_str().unwrap().contains("call records can't be written"), "{health}");
    assert_eq!(server.calls().len(), 1, "the API answers while the disk is full");
    let heard = talk.end().remove(0);
    assert!(heard.longest_gap < Duration::from_millis(300), "the disk disturbed a call: {heard:?}");
    assert_eq!(crowd.n_ended_by_others, 0);

    std::fs::remove_file(ballast).unwrap();
    wait::until("all records are stored", || {
        (server.metric("call_records_stored_total") == N_CALLS as u64 - 1).then_some(())
    });
    assert_eq!(server.cli(&["health"])["status"], "ok");
    crowd.calls.push(first);
    crowd.hang_up().expect("the first call is there still");
    wait::until("the last record is stored", || (server.all_records().len() == N_CALLS).then_some(()));
    assert_eq!(server.metric("call_records_lost_total"), 0);
    let mut callers: Vec<String> = server.all_records().iter().map(|record| record["from"].to_string()).collect();
    callers.sort();
    callers.dedup();
    assert_eq!(callers.len(), N_CALLS, "each call has one record");
}

/// Writes until nothing more can be written, not even one byte.
fn fill(directory: &Path) -> PathBuf {
    let path = directory.join("ballast");
    let mut file = std::fs::File::create(&path).unwrap();
    for size in [64 * 1024, 4_096, 1] {
        while file.write_all(&vec![1; size]).is_ok() {}
    }
    path
}
