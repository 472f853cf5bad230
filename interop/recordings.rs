//! A queue's call is recorded, each side on its own.

use std::time::Duration;

use crate::phone::{Phone, Setup};
use crate::server::{Server, items};
use crate::sound;
use crate::wait;

const SALES: &str = "+14255550110";
const CALLER: u32 = 440;
const AGENT: u32 = 880;

#[test]
fn what_caller_and_agent_say_is_kept_on_the_left_and_on_the_right() {
    let server = Server::start();
    server.run(&["queue", "change", "Sales", "--record", "on"]);
    let mut agent = Phone::start(Setup::of("103", AGENT));
    server.wait_until_registered("103");
    let mut outside = Phone::start(Setup::outside(CALLER));
    outside.dial(SALES);
    agent.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_secs(5));
    outside.hang_up();
    agent.wait_for("CALL_CLOSED");
    let recording = wait::until("the recording is there", || {
        items(server.cli(&["recording", "list", "--queue", "Sales"])).into_iter().next()
    });
    assert_eq!((&recording["from"], &recording["agent_name"]), (&"+12065550111".into(), &"Carol Chen".into()));
    let file = server.directory.path().join("recording.wav");
    server.run(&["recording", "save", recording["id"].as_str().unwrap(), file.to_str().unwrap()]);
    let sides = sound::sides(&file);
    let [left, right] = sides.as_slice() else { panic!("{} sides", sides.len()) };
    for (side, own, other) in [(left, CALLER, AGENT), (right, AGENT, CALLER)] {
        assert!(side.tone_ms(own) >= 3_500, "{} ms of {own} Hz", side.tone_ms(own));
        assert!(side.longest_gap_ms(own) <= 60, "a gap of {} ms in {own} Hz", side.longest_gap_ms(own));
        assert!(side.share_ms(other) <= 100, "{} ms of the other side", side.share_ms(other));
    }
    let record = wait::until("the record is written", || server.records().into_iter().next());
    let steps = record["path"].as_array().unwrap();
    assert!(steps.iter().any(|step| step["recording"] == recording["id"]), "{record}");
}
