//! What a caller says in a mailbox is what the message holds, measured as sound.

use std::time::Duration;

use crate::phone::{Phone, Setup};
use crate::server::{Server, items};
use crate::sound;
use crate::wait;

const MAIN_MENU: &str = "+14255550100";
const TONE: u32 = 440;

#[test]
fn a_caller_leaves_a_message_for_the_team_and_it_is_heard() {
    let server = Server::start();
    let mut outside = Phone::start(Setup::outside(TONE));
    outside.dial(MAIN_MENU);
    outside.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_secs(1));
    outside.press('9');
    wait::until("the call is in the mailbox", || (server.calls().first()?["state"] == "voicemail").then_some(()));
    // Past the words that ask for a message, which pound skips.
    wait::listen(Duration::from_millis(500));
    outside.press('#');
    wait::listen(Duration::from_secs(5));
    outside.hang_up();
    let record = wait::until("the record is written", || server.records().into_iter().next());
    assert_eq!(record["result"], "voicemail");

    let message = wait::until("the message is in the mailbox", || {
        items(server.cli(&["mailbox", "messages", "Front desk"])).into_iter().next()
    });
    assert_eq!((&message["from"], &message["status"]), (&"+12065550111".into(), &"new".into()));
    let file = server.directory.path().join("message.wav");
    server.run(&["mailbox", "save", message["id"].as_str().unwrap(), file.to_str().unwrap()]);
    let heard = sound::recording(&file);
    assert!(heard.tone_ms(TONE) >= 3_000, "{} ms of what was said", heard.tone_ms(TONE));
    assert!(heard.longest_gap_ms(TONE) <= 60, "a gap of {} ms", heard.longest_gap_ms(TONE));
    // Its length is what was said: neither greeting nor tone of ours is in it.
    assert!(heard.loud_ms() <= heard.tone_ms(TONE) + 100);
}

#[test]
fn who_has_no_phone_has_a_mailbox_and_a_killed_server_keeps_what_was_said() {
    let mut server = Server::start();
    let mut outside = Phone::start(Setup::outside(TONE));
    outside.dial("+14255550103");
    outside.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_millis(500));
    outside.press('#');
    wait::listen(Duration::from_secs(5));
    server.kill();
    server.start_again();
    let message = wait::until("the message is in the mailbox", || {
        items(server.cli(&["mailbox", "messages", "--user", "103"])).into_iter().next()
    });
    let seconds = message["duration_seconds"].as_u64().unwrap();
    assert!((3..=6).contains(&seconds), "{seconds} s were kept");
}

#[test]
fn a_message_is_heard_by_phone_and_is_saved_then() {
    let server = Server::start();
    let mut outside = Phone::start(Setup::outside(TONE));
    outside.dial("+14255550103");
    outside.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_millis(500));
    outside.press('#');
    wait::listen(Duration::from_secs(5));
    outside.hang_up();
    let status = || Some(items(server.cli(&["mailbox", "messages", "--user", "103"])).first()?["status"].clone());
    wait::until("the message is in the mailbox", || status().filter(|status| status == "new"));

    let mut carol = Phone::start(Setup::of("103", 880));
    server.wait_until_registered("103");
    carol.dial("*97");
    carol.wait_for("CALL_ESTABLISHED");
    // Keys are pressed over the words, as by somebody who knows them.
    wait::listen(Duration::from_secs(1));
    carol.press('1');
    wait::until("the message was heard to its end", || status().filter(|status| status == "done"));
    carol.hang_up();
    let heard = carol.heard().remove(0);
    assert!(heard.tone_ms(TONE) >= 3_000, "{} ms of the message", heard.tone_ms(TONE));
    assert!(heard.longest_gap_ms(TONE) <= 60, "a gap of {} ms", heard.longest_gap_ms(TONE));
}
