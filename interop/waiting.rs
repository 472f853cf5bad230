//! The fates of callers in queues, on the wire: too many, too long, nobody there, all phones at once, called back.

use std::time::Duration;

use serde_json::Value;

use crate::crowd::{Caller, Crowd};
use crate::phone::{Phone, Setup};
use crate::server::Server;
use crate::wait;

const SALES: &str = "+14255550110";
const SUPPORT: &str = "+14255550120";

#[test]
fn a_full_queue_is_busy_and_who_waits_too_long_or_for_nobody_is_let_go() {
    let server = Server::start();
    change(&server, &["--waiting-max", "1", "--timeout-after", "4", "--timeout", "hangup"]);
    let mut crowd = Crowd::at(Caller::Outside);
    crowd.call(SALES).unwrap();
    let refusal = crowd.call(SALES).unwrap_err();
    assert!(refusal.starts_with("SIP/2.0 486 "), "{refusal}");
    crowd.serve_until("who waits too long is let go", |crowd| crowd.calls.is_empty());
    assert_eq!(results(&server, 2), ["overflow", "timeout"]);

    // All agents leave while somebody waits.
    change(&server, &["--routing", "serial", "--presence-based", "false", "--timeout-after", "60"]);
    change(&server, &["--no-agent", "hangup", "--no-agent-for", "all_calls"]);
    crowd.call(SALES).unwrap();
    server.run(&["queue", "opt-out", "Sales", "102"]);
    wait::listen(Duration::from_millis(500));
    assert_eq!(server.calls().len(), 1, "one agent is left");
    server.run(&["queue", "opt-out", "Sales", "103"]);
    crowd.serve_until("who waits for nobody is let go", |crowd| crowd.calls.is_empty());
    assert_eq!(results(&server, 3), ["no_agent", "overflow", "timeout"]);
    assert!(crowd.call(SALES).is_err(), "who comes then is not taken");
}

#[test]
fn all_agents_ring_at_once_and_one_of_them_has_the_call() {
    let server = Server::start();
    let agent = |user| Phone::start(Setup { answers: false, ..Setup::of(user, 880) });
    let mut agents = [agent("101"), agent("102"), agent("103")];
    for user in ["101", "102", "103"] {
        server.wait_until_registered(user);
    }
    let mut crowd = Crowd::at(Caller::Outside);
    crowd.call(SUPPORT).unwrap();
    crowd.call(SUPPORT).unwrap();
    for agent in &mut agents {
        agent.wait_for("CALL_INCOMING");
    }
    let waits = |call: &Value| call["state"] == "queue";
    assert_eq!(server.calls().iter().filter(|call| waits(call)).count(), 2);
    agents[1].command("accept", "");
    agents[1].wait_for("CALL_ESTABLISHED");
    let call = wait::until("one caller talks", || server.calls().into_iter().find(|call| call["state"] == "talking"));
    let first = crowd.calls[0].from.clone();
    assert_eq!((&call["answered_by"], &call["from"]), (&"102".into(), &first.into()));
    // The others stop, and ring for the next caller.
    for index in [0, 2] {
        agents[index].wait_for("CALL_CLOSED");
        agents[index].wait_for("CALL_INCOMING");
    }
    let talking = server.calls().iter().filter(|call| call["state"] == "talking").count();
    assert_eq!(talking, 1, "nobody has two agents");
}

#[test]
fn who_asked_to_be_called_back_is_called_by_the_process_after_a_kill() {
    let mut server = Server::start();
    change(&server, &["--callback-key", "1", "--callback-waiting", "0", "--callback-offer", "Press 1."]);
    let mut crowd = Crowd::at(Caller::Outside);
    crowd.call(SALES).unwrap();
    let caller = crowd.calls[0].from.clone();
    // The offer comes after ten seconds of music, whatever its length; on a busy machine later.
    wait::listen(Duration::from_secs(11));
    crowd.press_until_let_go("1");
    wait::until("the request is written down", || {
        let queues = server.api("call-queues");
        let queue =
            queues["items"].as_array()?.iter().find(|queue| queue["name"] == "Sales")?["id"].as_str()?.to_owned();
        let live = server.api(&format!("call-queues/{queue}/live"));
        (live["callbacks"] == 1).then_some(())
    });
    server.kill();
    server.start_again();
    let _bob = Phone::start(Setup::of("102", 880));
    let call = wait::until("the caller is called back", || {
        crowd.answer_what_came();
        server.calls().into_iter().find(|call| call["state"] == "talking")
    });
    assert_eq!(call["to"], caller.as_str(), "{call}");
}

fn change(server: &Server, settings: &[&str]) {
    server.run(&[&["queue", "change", "Sales"][..], settings].concat());
    // It is live a second later, unless the machine is busy.
    wait::listen(Duration::from_secs(2));
}

/// How the last calls left their queue, sorted, once there are so many records.
fn results(server: &Server, n: usize) -> Vec<String> {
    let records = wait::until("the records are written", || {
        let records = server.records();
        (records.len() == n).then_some(records)
    });
    let steps = records.iter().flat_map(|record| record["path"].as_array().unwrap());
    let mut results: Vec<String> = steps.filter_map(|step| Some(step["result"].as_str()?.to_owned())).collect();
    results.sort();
    results
}
