//! What a caller says in a menu, made out by a real program.

use crate::phone::{Codec, Phone, Setup};
use crate::server::Server;
use crate::wait;

#[test]
fn who_says_support_over_the_greeting_reaches_the_queue_of_that_name() {
    let server = Server::start();
    server.run(&["attendant", "change", "Main menu", "--voice-input", "true", "--phrase", "2=support"]);
    let says = Some(("Support", 3));
    let mut outside = Phone::start(Setup { says, codec: Codec::G722, ..Setup::outside(440) });
    outside.dial("+14255550100");
    outside.wait_for("CALL_ESTABLISHED");
    let queue = wait::until("the caller waits in a queue", || {
        let call = server.calls().into_iter().next()?;
        (call["state"] == "queue").then(|| server.cli(&["queue", "show", "Support"]))
    });
    assert_eq!(queue["live"]["waiting"].as_array().map(Vec::len), Some(1), "{queue}");
    outside.hang_up();
    let record = wait::until("the record is written", || server.records().into_iter().next());
    assert_eq!(record["to"], "+14255550100");
}
