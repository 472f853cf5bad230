//! Callers who wait outlive the process: killed or replaced, the next one has them, in order and with music.

use std::time::Duration;

use serde_json::Value;

use crate::crowd::{Caller, Crowd};
use crate::phone::{Phone, Setup};
use crate::server::{Server, items};
use crate::wait;

const SALES: &str = "+14255550110";

#[test]
fn callers_who_wait_outlive_a_kill_and_an_upgrade_and_are_answered_in_order() {
    let mut server = Server::start();
    let mut crowd = Crowd::at(Caller::Outside);
    for _ in 0..5 {
        crowd.call(SALES).unwrap();
    }
    let callers: Vec<String> = crowd.calls.iter().map(|call| call.from.clone()).collect();
    assert_eq!(waiting(&server), callers);
    let ids: Vec<Value> = server.calls().iter().map(|call| call["id"].clone()).collect();

    server.kill();
    wait::listen(Duration::from_millis(500));
    server.start_again();
    crowd.serve_until("every caller is offered anew", |crowd| crowd.calls.iter().all(|call| call.n_reoffers == 1));
    wait::until("all wait again", || (waiting(&server) == callers).then_some(()));
    let again: Vec<Value> = server.calls().iter().map(|call| call["id"].clone()).collect();
    assert_eq!(again, ids, "they are the same calls");
    assert!(music_is_heard(&crowd), "after the kill");

    assert_eq!(server.hand_over(), Some(0));
    server.start_again();
    crowd.serve_until("every caller is offered anew", |crowd| crowd.calls.iter().all(|call| call.n_reoffers == 2));
    wait::until("all wait again", || (waiting(&server) == callers).then_some(()));
    assert_eq!(crowd.n_ended_by_others, 0);
    assert!(music_is_heard(&crowd), "after the upgrade");

    // One goes while there is no process, and is not waited for.
    let last = crowd.calls.pop().unwrap();
    server.kill();
    server.start_again();
    crowd.serve_until("the others are offered anew", |crowd| crowd.calls.iter().all(|call| call.n_reoffers == 3));
    drop(last);
    let _bob = Phone::start(Setup::of("102", 880));
    for caller in &callers[..2] {
        wait::until("the next caller talks", || {
            let talks = |call: &Value| call["state"] == "talking" && call["from"] == caller.as_str();
            server.calls().iter().any(talks).then_some(())
        });
        crowd.hang_up().unwrap();
    }
    let records = wait::until("the records are written", || {
        let records = server.records();
        (records.iter().filter(|record| record["result"] == "answered").count() == 2).then_some(records)
    });
    let record = records.iter().find(|record| record["from"] == callers[0].as_str()).unwrap();
    assert_eq!((&record["answered_by"], &record["id"]), (&"102".into(), &ids[0]), "{record}");
}

/// The numbers of who waits, in order.
fn waiting(server: &Server) -> Vec<String> {
    let queue = items(server.api("call-queues")).into_iter().find(|queue| queue["name"] == "Sales").unwrap();
    let live = server.api(&format!("call-queues/{}/live", queue["id"].as_str().unwrap()));
    let from = |caller: &Value| caller["from"].as_str().unwrap_or_default().to_owned();
    live["waiting"].as_array().unwrap().iter().map(from).collect()
}

fn music_is_heard(crowd: &Crowd) -> bool {
    let flowing = crowd.talk();
    wait::listen(Duration::from_secs(1));
    // Fifty packets a second, of which a busy machine may be late with some.
    flowing.end().iter().all(|heard| heard.n_packets >= 30)
}
