//! Calls outside over several carriers: by routes, with numbers as each wants them, and past those that are silent or out
//! of service.

use std::net::UdpSocket;
use std::time::Duration;

use serde_json::Value;

use crate::carrier::{Carrier, Scenario};
use crate::phone::{Phone, Setup};
use crate::server::Server;
use crate::wait;

const SECOND: &str = "5094";
const OUTSIDE: &str = "+12065550123";

#[test]
fn a_silent_carrier_is_left_at_its_timer_and_the_next_one_talks() {
    let server = with_second();
    server.cli(&["trunk", "change", "demo-carrier", "--no-answer-seconds", "2"]);
    let _silent = UdpSocket::bind("127.0.0.1:5090").unwrap();
    let attempts = call_over_second(&server);
    let told: Vec<(&str, &str)> = attempts.iter().map(in_words).collect();
    assert_eq!(told, [("demo-carrier", "silent"), ("second", "answered")]);
    let millis = attempts[0]["milliseconds"].as_u64().unwrap();
    assert!((1_900..=2_500).contains(&millis), "left after {millis} ms");
}

#[test]
fn a_carrier_out_of_service_is_passed_over_and_numbers_are_translated() {
    let server = with_second();
    server.cli(&["usage", "create", "World"]);
    server.cli(&["translation-rule", "create", "No plus", "--pattern", r"^\+(\d+)$", "--translation", "$1"]);
    server.cli(&["trunk", "change", "second", "--set", r#"outbound_called_rules=["No plus"]"#]);
    let trunks = ["--trunk", "demo-carrier", "--trunk", "second"];
    let route = ["route", "create", "Everywhere", "--pattern", r"^\+\d+$", "--usage", "World"];
    server.cli(&[&route[..], &trunks[..]].concat());
    server.cli(&["policy", "create", "voice_routing", "Office", r#"pstn_usages=["World"]"#]);
    server.run(&["policy", "assign", "voice_routing", "Office", "--user", "102"]);
    let explained = server.cli(&["explain", "--from", "102", "--to", OUTSIDE]);
    let refusing = Carrier::start(&Scenario::of("unavailable", OUTSIDE));
    let attempts = call_over_second(&server);
    refusing.succeeds();
    let told: Vec<(&str, &str)> = attempts.iter().map(in_words).collect();
    assert_eq!(told, [("demo-carrier", "refused"), ("second", "answered")]);
    assert_eq!((attempts[0]["status"].as_u64(), attempts[1]["called"].as_str()), (Some(503), Some("12065550123")));
    let foretold = explained["end"]["attempts"].as_array().unwrap();
    for (foretold, attempt) in foretold.iter().zip(&attempts) {
        for (one, other) in [("trunk", "trunk_name"), ("route", "route"), ("called", "called"), ("calling", "calling")]
        {
            assert_eq!(foretold[one], attempt[other], "what was explained is what happened");
        }
    }
}

#[test]
fn who_has_no_license_reaches_help_and_the_desk_is_told() {
    let server = Server::start();
    let carrier = Carrier::start(&Scenario::of("answer", "911"));
    let mut dan = Phone::start(Setup::of("104", 880));
    server.wait_until_registered("104");
    dan.dial("911");
    dan.wait_for("CALL_ESTABLISHED");
    dan.hang_up();
    carrier.succeeds();
    let told = wait::until("the desk is told", || {
        server.api("audit?noun=emergency_call")["items"].as_array()?.first().cloned()
    });
    assert_eq!((&told["after"]["caller"], &told["after"]["number"]), (&"104".into(), &"911".into()));
    let record = wait::until("the record is written", || server.records().into_iter().next());
    assert_eq!((&told["object"], &record["result"]), (&record["id"], &"answered".into()));
}

fn with_second() -> Server {
    let server = Server::start();
    let second = ["trunk", "create", "second", "--host", "127.0.0.1", "--port", SECOND, "--set", "send_options=false"];
    server.cli(&second);
    server
}

/// Bob calls outside, where the second carrier answers. What the record says of trunks.
fn call_over_second(server: &Server) -> Vec<Value> {
    let answering = Carrier::start_at(SECOND, &Scenario::of("answer", OUTSIDE));
    let mut bob = Phone::start(Setup::of("102", 880));
    server.wait_until_registered("102");
    bob.dial(OUTSIDE);
    bob.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_secs(1));
    bob.hang_up();
    answering.succeeds();
    let record = wait::until("the record is written", || server.records().into_iter().next());
    record["attempts"].as_array().unwrap().clone()
}

fn in_words(attempt: &Value) -> (&str, &str) {
    (attempt["trunk_name"].as_str().unwrap(), attempt["result"].as_str().unwrap())
}
