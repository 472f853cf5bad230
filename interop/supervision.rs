//! A supervisor beside a call of a queue: who hears whom, measured as sound.

use std::time::Duration;

use crate::phone::{Phone, Setup};
use crate::server::Server;
use crate::wait;

const SALES: &str = "+14255550110";
const CALLER: u32 = 440;
const AGENT: u32 = 880;
const SUPERVISOR: u32 = 1_320;
const STEP: Duration = Duration::from_secs(3);

#[test]
fn a_supervisor_listens_whispers_barges_in_and_takes_over() {
    let server = Server::start();
    let mut agent = Phone::start(Setup::of("103", AGENT));
    let mut supervisor = Phone::start(Setup::of("101", SUPERVISOR));
    server.wait_until_registered("103");
    server.wait_until_registered("101");
    let mut outside = Phone::start(Setup::outside(CALLER));
    outside.dial(SALES);
    agent.wait_for("CALL_ESTABLISHED");
    let call = wait::until("the agent talks", || {
        let call = server.calls().into_iter().next()?;
        (call["answered_by"] == "103").then(|| call["id"].as_str().unwrap_or_default().to_owned())
    });
    let ask = |how: &str| server.run(&["call", how, &call, "--as", "101"]);
    ask("listen");
    supervisor.wait_for("CALL_ESTABLISHED");
    wait::listen(STEP);
    for how in ["whisper", "barge"] {
        ask(how);
        wait::listen(STEP);
    }
    ask("take-over");
    agent.wait_for("CALL_CLOSED");
    wait::listen(STEP);
    outside.hang_up();
    supervisor.wait_for("CALL_CLOSED");

    // Each step takes three seconds, of which the machine may eat half a second.
    let heard = [outside, agent, supervisor].map(|phone| phone.heard().remove(0));
    let [at_caller, at_agent, at_supervisor] = heard;
    let heard = at_caller.share_ms(SUPERVISOR);
    assert!((5_000..8_000).contains(&heard), "the caller heard the supervisor for {heard} ms, barging in and after");
    let heard = at_agent.share_ms(SUPERVISOR);
    assert!(
        (5_000..8_000).contains(&heard),
        "the agent heard the supervisor for {heard} ms, whispering and barging in"
    );
    for (who, tone, wanted) in [("caller", CALLER, 11_000), ("agent", AGENT, 8_000)] {
        let heard = at_supervisor.share_ms(tone);
        assert!(heard >= wanted, "the supervisor heard the {who} for {heard} ms");
    }
    assert!(at_agent.share_ms(CALLER) >= 8_000 && at_caller.share_ms(AGENT) >= 8_000);
    let record = wait::until("the record is written", || server.records().into_iter().next());
    assert_eq!(record["result"], "answered", "{record}");
}
