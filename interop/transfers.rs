//! What a phone does with a call: hold, retrieve, blind transfer.

use std::time::Duration;

use crate::phone::{Phone, Setup};
use crate::server::Server;
use crate::wait;

const OUTSIDE: u32 = 440;
const BOB: u32 = 880;
const CAROL: u32 = 1_320;

#[test]
fn a_held_caller_hears_music_and_then_the_person_again() {
    let server = Server::start();
    let mut outside = Phone::start(Setup::outside(OUTSIDE));
    let mut bob = Phone::start(Setup::of("102", BOB));
    server.wait_until_registered("102");
    outside.dial("+14255550102");
    bob.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_secs(2));
    bob.command("hold", "");
    wait::until("the call is held", || (server.calls().first()?["state"] == "held").then_some(()));
    wait::listen(Duration::from_secs(3));
    bob.command("resume", "");
    wait::until("the call goes on", || (server.calls().first()?["state"] == "talking").then_some(()));
    wait::listen(Duration::from_secs(2));
    outside.hang_up();
    bob.wait_for("CALL_CLOSED");
    let heard = outside.heard().remove(0);
    let music = heard.loud_ms().saturating_sub(heard.tone_ms(BOB));
    assert!(music >= 2_000, "music for {music} ms");
    assert!(heard.tone_ms(BOB) >= 3_000, "the person for {} ms", heard.tone_ms(BOB));
}

#[test]
fn a_caller_is_transferred_to_a_colleague() {
    let server = Server::start();
    let mut outside = Phone::start(Setup::outside(OUTSIDE));
    let mut bob = Phone::start(Setup::of("102", BOB));
    let mut carol = Phone::start(Setup::of("103", CAROL));
    server.wait_until_registered("102");
    server.wait_until_registered("103");
    outside.dial("+14255550102");
    bob.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_secs(2));
    bob.command("transfer", &format!("sip:103@{}", crate::server::SIP));
    carol.wait_for("CALL_ESTABLISHED");
    bob.wait_for("CALL_CLOSED");
    wait::listen(Duration::from_secs(3));
    outside.hang_up();
    carol.wait_for("CALL_CLOSED");
    let record = wait::until("the record is written", || server.records().into_iter().next());
    assert_eq!(record["result"], "answered");
    let heard = outside.heard().remove(0);
    assert!(heard.tone_ms(BOB) >= 1_000);
    assert!(heard.tone_ms(CAROL) >= 2_000, "the colleague for {} ms", heard.tone_ms(CAROL));
    assert!(carol.heard().remove(0).tone_ms(OUTSIDE) >= 2_000);
}
