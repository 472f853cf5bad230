//! What happens will happen: a process killed, a phone without power, an end in good order.

use std::time::Duration;

use crate::carrier::{Carrier, Scenario};
use crate::phone::{Phone, Setup, Transport};
use crate::server::Server;
use crate::wait;

const LOW: u32 = 440;
const HIGH: u32 = 880;

#[test]
fn records_survive_a_kill_and_phones_come_back() {
    let mut server = Server::start();
    let mut bob = Phone::start(Setup::of("102", HIGH));
    let mut alice = Phone::start(Setup::of("101", LOW));
    server.wait_until_registered("101");
    server.wait_until_registered("102");
    alice.dial("102");
    bob.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_secs(1));
    alice.hang_up();
    bob.wait_for("CALL_CLOSED");
    wait::until("the record is written", || server.records().into_iter().next());
    server.kill_and_restart();
    assert_eq!(server.records().len(), 1);
    drop((alice, bob));
    let mut bob = Phone::start(Setup::of("102", HIGH));
    let mut alice = Phone::start(Setup::of("101", LOW));
    server.wait_until_registered("101");
    server.wait_until_registered("102");
    alice.dial("102");
    bob.wait_for("CALL_ESTABLISHED");
    bob.hang_up();
    wait::until("the second record is written", || (server.records().len() == 2).then_some(()));
}

#[test]
fn an_end_in_good_order_waits_for_the_last_call() {
    let mut server = Server::start();
    let mut bob = Phone::start(Setup::of("102", HIGH));
    server.wait_until_registered("102");
    bob.dial("*43");
    bob.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_secs(1));
    let hang_up_later = std::thread::spawn(move || {
        wait::listen(Duration::from_secs(2));
        bob.hang_up();
        bob
    });
    assert_eq!(server.terminate(), Some(0));
    let heard = hang_up_later.join().unwrap().heard().remove(0);
    assert!(heard.tone_ms(HIGH) >= 2_000, "the call went on while the server drained");
}

#[test]
fn an_administrator_hangs_up_a_call() {
    let server = Server::start();
    let mut bob = Phone::start(Setup::of("102", HIGH));
    server.wait_until_registered("102");
    bob.dial("*43");
    bob.wait_for("CALL_ESTABLISHED");
    let call = wait::until("the call is live", || server.calls().into_iter().next());
    server.run(&["call", "hangup", call["id"].as_str().unwrap()]);
    bob.wait_for("CALL_CLOSED");
    let record = wait::until("the record is written", || server.records().into_iter().next());
    assert_eq!(record["ended_by"], "administrator");
}

#[test]
fn a_phone_without_power_is_not_rung_for_long() {
    let server = Server::start();
    // Otherwise the mailbox would take the call.
    server.cli(&["mailbox", "person", "102", "--enabled", "false"]);
    let bob = Phone::start(Setup { transport: Transport::Tcp, ..Setup::of("102", HIGH) });
    server.wait_until_registered("102");
    bob.vanish();
    Carrier::start(&Scenario::of("unreachable", "+14255550102")).succeeds();
    let record = wait::until("the record is written", || server.records().into_iter().next());
    assert_eq!(record["result"], "no_answer");
    assert_eq!(record["status"], 480);
}
