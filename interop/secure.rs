//! TCP, and TLS with SRTP.

use std::time::Duration;

use crate::phone::{Phone, Setup, Transport};
use crate::server::Server;
use crate::wait;

const LOW: u32 = 440;
const HIGH: u32 = 880;

#[test]
fn two_phones_talk_over_tcp() {
    talk(Transport::Tcp, false);
}

#[test]
fn two_phones_talk_over_tls_with_srtp() {
    let record = talk(Transport::Tls, true);
    let legs = record["legs"].as_array().unwrap().iter().filter(|leg| !leg["answered_at"].is_null());
    assert_eq!(legs.filter(|leg| leg["encrypted"] == true).count(), 2, "{record}");
}

#[test]
fn a_phone_with_srtp_talks_to_one_without() {
    let server = Server::start();
    let bob = Setup::of("102", HIGH);
    let alice = Setup { transport: Transport::Tls, srtp: true, ..Setup::of("101", LOW) };
    call(&server, alice, bob);
}

fn talk(transport: Transport, srtp: bool) -> serde_json::Value {
    let server = Server::start();
    let bob = Setup { transport, srtp, ..Setup::of("102", HIGH) };
    let alice = Setup { transport, srtp, ..Setup::of("101", LOW) };
    call(&server, alice, bob);
    wait::until("the record is written", || server.records().into_iter().next())
}

fn call(server: &Server, alice: Setup, bob: Setup) {
    let mut bob = Phone::start(bob);
    let mut alice = Phone::start(alice);
    server.wait_until_registered("101");
    server.wait_until_registered("102");
    alice.dial("102");
    bob.wait_for("CALL_ESTABLISHED");
    alice.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_secs(3));
    alice.hang_up();
    bob.wait_for("CALL_CLOSED");
    for (phone, tone) in [(bob, LOW), (alice, HIGH)] {
        let heard = phone.heard().remove(0);
        assert!(heard.tone_ms(tone) >= 2_000, "{tone} Hz for {} ms", heard.tone_ms(tone));
        assert!(heard.longest_gap_ms(tone) <= 60, "a gap of {} ms", heard.longest_gap_ms(tone));
    }
}
