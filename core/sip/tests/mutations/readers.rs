//! Readers of what stands within a message, one function for each: they panic when something can't be true.
//!
//! The tests beside this file and the targets of the fuzzer share them.

use sip::digest::authorization::Authorization;
use sip::digest::client::Challenge;
use sip::endpoint::Credentials;
use sip::header::address::Address;
use sip::uri::Uri;
use sip::{Message, Method};

/// A URI, alone and between the angle brackets of an address. True if one of them was read.
pub fn uri(text: &str) -> bool {
    let uri = Uri::parse(text).map(visit_uri).is_ok();
    let address = Address::parse(text).map(|address| {
        std::hint::black_box((address.display(), address.params().count()));
        address.parsed_uri().map(visit_uri)
    });
    uri || address.is_some()
}

/// Credentials as a server reads them, and the same text as the challenge that a client answers. True if one was read.
pub fn digest(value: &str) -> bool {
    let is_read = Authorization::parse(value).is_some();
    let text = format!(
        "SIP/2.0 401 No\r\nVia: SIP/2.0/UDP a.test;branch=z9hG4bK1\r\nFrom: <sip:a@a.test>;tag=1\r\n\
         To: <sip:a@a.test>;tag=2\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\nWWW-Authenticate: {value}\r\n\r\n"
    );
    let Ok(Message::Response(response)) = Message::parse(text.into()) else { return is_read };
    let credentials = Credentials { realm: None, user: "a".into(), password: "b".into() };
    let Some(mut challenge) = Challenge::find(&response, &credentials) else { return is_read };
    let answer = challenge.answer(&Method::Register, "sip:a.test", &credentials, "c");
    assert!(!answer.contains(['\r', '\n', '\0']), "{answer:?}");
    // Control characters can't be quoted, and are left out.
    let realm: String = challenge.realm().chars().filter(|c| !c.is_control()).collect();
    assert!(Authorization::parse(&answer).is_some_and(|read| read.realm == realm), "{answer:?}");
    true
}

/// What is asked of a URI.
pub fn visit_uri(uri: Uri<'_>) -> bool {
    std::hint::black_box((uri.user_unescaped(), uri.headers().count(), uri.transport(), uri.is_loose()));
    assert!(uri.is_equivalent(&uri), "{uri:?}");
    true
}
