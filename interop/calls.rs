//! The first call of the README, and the calls next to it.

use std::time::Duration;

use crate::carrier::{Carrier, Scenario};
use crate::phone::{Phone, Setup};
use crate::server::{PASSWORD, Server};
use crate::wait;

const MAIN_MENU: &str = "+14255550100";
const SALES: &str = "+14255550110";
const OUTSIDE_TONE: u32 = 440;
const AGENT_TONE: u32 = 880;

#[test]
fn a_call_from_the_outside_reaches_an_agent_and_the_two_can_talk() {
    let server = Server::start();
    let mut agent = Phone::start(Setup::of("102", AGENT_TONE));
    server.wait_until_registered("102");
    let mut outside = Phone::start(Setup::outside(OUTSIDE_TONE));

    outside.dial(MAIN_MENU);
    outside.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_secs(2));
    outside.press('1');
    agent.wait_for("CALL_ESTABLISHED");
    let live = wait::until("the call is live with an answer", || {
        server.calls().into_iter().find(|call| !call["answered_by"].is_null())
    });
    assert_eq!(live["from"], "+12065550111");
    assert_eq!(live["answered_by"], "102");
    wait::listen(Duration::from_secs(4));
    outside.hang_up();
    agent.wait_for("CALL_CLOSED");

    let record = wait::until("the record is written", || server.records().into_iter().next());
    assert_eq!(record["from"], "+12065550111");
    assert_eq!(record["to"], MAIN_MENU);
    assert_eq!(record["result"], "answered");
    assert_eq!(record["answered_by"], "102");
    let talked = record["talk_seconds"].as_u64().unwrap();
    assert!((3..=8).contains(&talked), "talked {talked} s");
    assert!(server.calls().is_empty());
    let report = crate::server::items(server.cli(&["report", "calls"]));
    assert_eq!(report[0]["answered_by"], "102");

    let at_agent = agent.heard().remove(0);
    assert!(at_agent.tone_ms(OUTSIDE_TONE) >= 3_000, "the agent heard {} ms", at_agent.tone_ms(OUTSIDE_TONE));
    assert!(at_agent.longest_gap_ms(OUTSIDE_TONE) <= 60);
    let at_outside = outside.heard().remove(0);
    assert!(at_outside.tone_ms(AGENT_TONE) >= 3_000, "the caller heard {} ms", at_outside.tone_ms(AGENT_TONE));
    assert!(at_outside.longest_gap_ms(AGENT_TONE) <= 60);
    let greeting = at_outside.loud_ms() - at_outside.tone_ms(AGENT_TONE);
    assert!(greeting >= 1_000, "the caller heard greeting and music for {greeting} ms");
}

#[test]
fn a_carrier_presses_1_with_sipp() {
    let server = Server::start();
    let mut agent = Phone::start(Setup::of("102", AGENT_TONE));
    server.wait_until_registered("102");
    let carrier = Carrier::start(&Scenario::of("menu_press_1", MAIN_MENU));
    agent.wait_for("CALL_ESTABLISHED");
    carrier.succeeds();
    agent.wait_for("CALL_CLOSED");
    let record = wait::until("the record is written", || server.records().into_iter().next());
    assert_eq!(record["answered_by"], "102");
    assert_eq!(record["ended_by"], "caller");
}

#[test]
fn callers_wait_with_music_until_an_agent_comes() {
    let server = Server::start();
    let mut outside = Phone::start(Setup::outside(OUTSIDE_TONE));
    outside.dial(SALES);
    outside.wait_for("CALL_ESTABLISHED");
    wait::until("one caller waits", || {
        let queue = server.cli(&["queue", "show", "Sales"]);
        (queue["live"]["waiting"].as_array()?.len() == 1).then_some(())
    });
    wait::listen(Duration::from_secs(3));
    let mut agent = Phone::start(Setup::of("103", AGENT_TONE));
    // It answers before anybody can listen to its events.
    wait::until("the agent answers", || (server.calls().first()?["answered_by"] == "103").then_some(()));
    wait::listen(Duration::from_secs(2));
    outside.hang_up();
    agent.wait_for("CALL_CLOSED");
    let heard = outside.heard().remove(0);
    let music = heard.loud_ms() - heard.tone_ms(AGENT_TONE);
    assert!(music >= 2_000, "music for {music} ms");
}

#[test]
fn people_call_each_other_and_digits_cross() {
    let server = Server::start();
    let mut bob = Phone::start(Setup::of("102", AGENT_TONE));
    let mut alice = Phone::start(Setup::of("101", OUTSIDE_TONE));
    server.wait_until_registered("101");
    server.wait_until_registered("102");
    alice.dial("102");
    bob.wait_for("CALL_ESTABLISHED");
    alice.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_millis(500));
    for key in "159*0#".chars() {
        alice.press(key);
        wait::listen(Duration::from_millis(400));
    }
    wait::until("all six digits arrive at the other phone, each once", || {
        let starts: Vec<String> = bob
            .log()
            .split("received event: '")
            .skip(1)
            .filter(|rest| rest.contains("(end=0)") && rest.find("(end=0)") < Some(8))
            .map(|rest| rest[..1].to_owned())
            .collect();
        (starts.concat() == "159*0#").then_some(())
    });
    bob.hang_up();
    alice.wait_for("CALL_CLOSED");
    let record = wait::until("the record is written", || server.records().into_iter().next());
    assert_eq!(record["direction"], "internal");
    assert_eq!(record["ended_by"], "callee");
}

#[test]
fn a_phone_calls_the_outside() {
    let server = Server::start();
    let mut outside = Phone::start(Setup::outside(OUTSIDE_TONE));
    let mut bob = Phone::start(Setup::of("102", AGENT_TONE));
    server.wait_until_registered("102");
    bob.dial("+12065550111");
    outside.wait_for("CALL_ESTABLISHED");
    bob.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_secs(2));
    bob.hang_up();
    outside.wait_for("CALL_CLOSED");
    let record = wait::until("the record is written", || server.records().into_iter().next());
    assert_eq!(record["direction"], "outbound");
    assert_eq!(record["to"], "+12065550111");
    let heard = outside.heard().remove(0);
    assert!(heard.tone_ms(AGENT_TONE) >= 1_000);
}

#[test]
fn a_person_without_a_license_cannot_call_out() {
    let server = Server::start();
    let mut dan = Phone::start(Setup::of("104", AGENT_TONE));
    server.wait_until_registered("104");
    dan.dial("+12065550111");
    dan.wait_for("CALL_CLOSED");
    let record = wait::until("the refusal is on record", || server.records().into_iter().next());
    assert_eq!(record["result"], "refused");
    assert_eq!(record["status"], 403);
}

#[test]
fn the_echo_test_echoes() {
    let server = Server::start();
    let mut bob = Phone::start(Setup { is_elsewhere: true, ..Setup::of("102", AGENT_TONE) });
    server.wait_until_registered("102");
    bob.dial("*43");
    bob.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_secs(3));
    bob.hang_up();
    wait::until("the call is over", || server.calls().is_empty().then_some(()));
    let heard = bob.heard().remove(0);
    assert!(heard.tone_ms(AGENT_TONE) >= 2_000);
    assert!(heard.longest_gap_ms(AGENT_TONE) <= 60);
}

#[test]
fn a_caller_gives_up_while_the_phone_rings() {
    let server = Server::start();
    let mut alice = Phone::start(Setup { answers: false, ..Setup::of("101", AGENT_TONE) });
    server.wait_until_registered("101");
    let carrier = Carrier::start(&Scenario::of("cancel", "+14255550101"));
    alice.wait_for("CALL_INCOMING");
    carrier.succeeds();
    alice.wait_for("CALL_CLOSED");
    let record = wait::until("the record is written", || server.records().into_iter().next());
    assert_eq!(record["result"], "abandoned");
}

#[test]
fn an_unassigned_number_is_refused() {
    let server = Server::start();
    Carrier::start(&Scenario::of("unassigned", "+14255559999")).succeeds();
    let record = wait::until("the record is written", || server.records().into_iter().next());
    assert_eq!(record["result"], "refused");
}

#[test]
fn each_kind_of_number_is_reached_until_it_is_taken_away() {
    let server = Server::start();
    let _alice = Phone::start(Setup::of("101", AGENT_TONE));
    server.wait_until_registered("101");
    for number in ["+14255550101", MAIN_MENU, SALES] {
        Carrier::start(&Scenario::of("short_call", number)).succeeds();
        server.cli(&["number", "unassign", number]);
        Carrier::start(&Scenario::of("unassigned", number)).succeeds();
    }
}

#[test]
fn strangers_are_challenged_and_leave_no_trace() {
    let server = Server::start();
    Carrier::start_at("5099", &Scenario::of("stranger", "+14255550100")).succeeds();
    assert!(server.calls().is_empty());
    assert!(server.records().is_empty());
}

#[test]
fn a_hundred_calls_over_udp_and_tcp() {
    for transport in ["u1", "t1"] {
        let server = Server::start();
        let mut alice = Phone::start(Setup::of("101", AGENT_TONE));
        server.wait_until_registered("101");
        let scenario = Scenario { n_calls: 100, per_second: 50, transport, ..Scenario::of("short_call", MAIN_MENU) };
        Carrier::start(&scenario).succeeds();
        wait::until("a hundred records", || (server.records().len() == 100).then_some(()));
        alice.hang_up();
    }
}

#[test]
fn phones_by_the_dozen_answer_with_sipp() {
    const N_CALLS: u32 = 6;
    let server = Server::start();
    // Not among the ports that the server takes for sound.
    let users = [("101", "15101"), ("102", "15102"), ("103", "15103")];
    let phones = users.map(|(user, port)| {
        let account = ["-au", user, "-ap", PASSWORD];
        Carrier::start_at(port, &Scenario { extra: &account, ..Scenario::of("register", user) }).succeeds();
        server.wait_until_registered(user);
        Carrier::start_at(port, &Scenario { n_calls: N_CALLS, per_second: N_CALLS, ..Scenario::of("answer", user) })
    });
    for (user, _) in users {
        let number = format!("+14255550{user}");
        // A call takes a second, and a person's number four at once.
        let calls = Scenario { n_calls: N_CALLS, per_second: 2, ..Scenario::of("short_call", &number) };
        Carrier::start(&calls).succeeds();
    }
    for phone in phones {
        phone.succeeds();
    }
    let n_records = users.len() * N_CALLS as usize;
    wait::until("a record of each call", || (server.records().len() == n_records).then_some(()));
    for record in server.records() {
        let user = record["answered_by"].as_str().unwrap();
        assert_eq!(record["to"], format!("+14255550{user}"));
        assert_eq!(record["result"], "answered");
    }
}
