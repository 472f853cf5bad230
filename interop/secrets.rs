//! Passwords: who guesses them is refused, and nobody reads them in a log.

use std::time::Duration;

use md5::{Digest as _, Md5};
use serde_json::Value;

use crate::crowd::Crowd;
use crate::phone::{Phone, Setup, Transport};
use crate::server::{PASSWORD, Server, TOKEN};
use crate::wait;

const GUESSER: &str = "127.0.0.9";
const TRUNK_SECRET: &str = "what-a-carrier-asks-for";
const GUESS: &str = "a-guess-that-is-wrong";
/// Wrong passwords that cost nothing.
const FREE: usize = 5;

#[test]
fn who_guesses_passwords_is_refused_listed_and_released() {
    let server = Server::start();
    let mut guesser = Crowd::phone_at("102", GUESSER);
    let mut phone = Crowd::phone_at("102", "127.0.0.1");
    for _ in 0..=FREE {
        assert_eq!(guesser.register(GUESS), Ok(401));
    }
    assert_eq!(guesser.register(GUESS), Ok(403), "refused without being looked at");
    assert_eq!(guesser.register(PASSWORD), Ok(403), "the right password makes no difference");
    assert_eq!(phone.register(PASSWORD), Ok(200), "others are not concerned");
    let first = refused_secs(&penalty(&server));
    wait::until("the refusal passes", || (guesser.register(GUESS) == Ok(401)).then_some(()));
    let second = refused_secs(&penalty(&server));
    assert_eq!((first, second), (2, 4), "each further guess doubles the time");
    assert_eq!(guesser.register(PASSWORD), Ok(403));
    server.run(&["penalty", "release", GUESSER]);
    assert_eq!(guesser.register(PASSWORD), Ok(200));
    assert_eq!(server.cli(&["penalty", "list"]), Value::Array(Vec::new()));
}

/// The only one there is.
fn penalty(server: &Server) -> Value {
    let all = server.cli(&["penalty", "list"]);
    let [only] = all.as_array().unwrap().as_slice() else { panic!("one address guessed: {all}") };
    assert_eq!(only["address"], GUESSER);
    only.clone()
}

fn refused_secs(penalty: &Value) -> i64 {
    let at = |field: &str| penalty[field].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    at("refused_until").duration_since(at("last_failure_at")).as_secs()
}

#[test]
fn no_secret_is_in_a_log_however_loud() {
    let server = Server::start_logging("trace");
    Crowd::phone_at("102", GUESSER).register(GUESS).unwrap();
    let carrier = ["trunk", "create", "second", "--host", "198.51.100.7", "--user", "acme", "--password", TRUNK_SECRET];
    assert!(!server.run(&carrier).contains(TRUNK_SECRET), "a password is shown");
    let mut bob = Phone::start(Setup { transport: Transport::Tls, srtp: true, ..Setup::of("102", 880) });
    let mut alice = Phone::start(Setup { transport: Transport::Tls, srtp: true, ..Setup::of("101", 440) });
    server.wait_until_registered("101");
    server.wait_until_registered("102");
    alice.dial("102");
    bob.wait_for("CALL_ESTABLISHED");
    alice.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_millis(500));
    alice.hang_up();
    bob.wait_for("CALL_CLOSED");
    let record = wait::until("the record is written", || server.records().into_iter().next());
    assert!(record.to_string().contains("\"encrypted\":true"), "{record}");
    assert!(!record.to_string().contains("inline:"), "a key is in the record");

    let log = server.log();
    assert!(log.contains("TRACE"), "the log was loud");
    let ha1: String =
        Md5::digest(format!("102:demo.test:{PASSWORD}")).iter().map(|byte| format!("{byte:02x}")).collect();
    let key = std::fs::read(server.data_dir().join("secrets.key")).unwrap();
    let key = String::from_utf8_lossy(&key).trim().to_owned();
    for secret in [PASSWORD, TOKEN, GUESS, TRUNK_SECRET, "inline:", "response=\"", "Bearer ", &ha1, &key, "PRIVATE KEY"]
    {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "a secret is in the log: {line:?}");
    }
}
