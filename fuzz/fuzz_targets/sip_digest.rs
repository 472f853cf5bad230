//! Credentials as a server reads them, and challenges as a client does.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip::digest::authorization::Authorization;
use sip::digest::client::Challenge;
use sip::endpoint::Credentials;
use sip::{Message, Method};

fuzz_target!(|value: &str| {
    std::hint::black_box(Authorization::parse(value));
    let text = format!(
        "SIP/2.0 401 No\r\nVia: SIP/2.0/UDP a.test;branch=z9hG4bK1\r\nFrom: <sip:a@a.test>;tag=1\r\n\
         To: <sip:a@a.test>;tag=2\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\nWWW-Authenticate: {value}\r\n\r\n"
    );
    let Ok(Message::Response(response)) = Message::parse(text.into()) else { return };
    let credentials = Credentials { realm: None, user: "a".into(), password: "b".into() };
    if let Some(mut challenge) = Challenge::find(&response, &credentials) {
        let answer = challenge.answer(&Method::Register, "sip:a.test", &credentials, "c");
        assert!(!answer.contains(['\r', '\n', '\0']));
        // Control characters can't be quoted, and are left out.
        let realm: String = challenge.realm().chars().filter(|c| !c.is_control()).collect();
        assert!(Authorization::parse(&answer).is_some_and(|read| read.realm == realm));
    }
});
