//! The torture messages of RFC 4475, one file each, and what becomes of them; and those of RFC 5118.
//!
//! Where the RFC leaves a choice, ours is to read what can be read: an answer that says why is worth more than none.
#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::fmt::Write as _;

use bytes::Bytes;
use sip::endpoint::Status;
use sip::header::address::Address;
use sip::message::name::HeaderName;
use sip::uri::{Scheme, Uri};
use sip::{Message, Request, Response};

macro_rules! torture {
    ($name:literal) => {
        Bytes::from_static(include_bytes!(concat!("torture/", $name, ".sip")))
    };
}

fn request(packet: Bytes) -> Request {
    match Message::parse(packet) {
        Ok(Message::Request(request)) => request,
        other => panic!("no request: {other:?}"),
    }
}

fn response(packet: Bytes) -> Response {
    match Message::parse(packet) {
        Ok(Message::Response(response)) => response,
        other => panic!("no response: {other:?}"),
    }
}

/// The status of the refusal, and whether it can be sent.
fn refused(packet: Bytes) -> (u16, bool) {
    match Message::parse(packet) {
        Err(error) => (error.status.0, error.answerable.is_some()),
        Ok(message) => panic!("read: {message:?}"),
    }
}

fn headers(request: &Request, name: HeaderName) -> Vec<&str> {
    request.headers(name).collect()
}

// ---- 3.1.1 Valid messages

#[test]
fn rfc4475_3_1_1_1_a_short_tortuous_invite() {
    let invite = request(torture!("wsinv"));
    assert_eq!(invite.uri(), "sip:vivekg@chair-dnrc.example.com;unknownparam");
    assert_eq!((invite.to().uri(), invite.to().tag()), ("sip:vivekg@chair-dnrc.example.com", Some("1918181833n")));
    assert_eq!((&*invite.from().display(), invite.from().tag()), ("J Rosenberg \\\"", Some("98asjd8")));
    assert_eq!((invite.max_forwards(), invite.cseq().number), (Some(68), 9));
    assert_eq!((invite.via().host(), invite.via().branch()), ("192.0.2.2", Some("390skdjuw")));
    let vias: Vec<_> = invite.vias().map(|via| (via.host(), via.branch().unwrap())).collect();
    assert_eq!(vias[1..], [("spindle.example.com", "z9hG4bK9ikj8"), ("192.168.255.111", "z9hG4bK30239")]);
    assert_eq!(invite.header(HeaderName::Subject), Some(""));
    assert_eq!(invite.header_named("UnknownHeaderWithUnusualValue"), Some(";;,,;;,;"));
    let contact = invite.contacts().next().unwrap();
    assert_eq!((&*contact.display(), contact.params().find("newparam")), ("Quoted string \"\"", Some("newvalue")));
    assert_eq!((contact.params().find("secondparam"), contact.params().find("q")), (Some(""), Some("0.33")));
    assert!(Address::parse(headers(&invite, HeaderName::Route)[0]).unwrap().parsed_uri().unwrap().is_loose());
    assert_eq!(invite.body().len(), 150);
}

#[test]
fn rfc4475_3_1_1_2_a_wide_range_of_characters() {
    let odd = request(torture!("intmeth"));
    assert_eq!(odd.method().as_str(), "!interesting-Method0123456789_*+`.%indeed'~");
    let uri = odd.parsed_uri();
    assert_eq!((uri.scheme(), uri.host()), (Scheme::Sip, "example.com"));
    assert_eq!(uri.user(), Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"));
    assert_eq!(odd.to().display(), "BEL:\u{7} NUL:\0 DEL:\u{7f}");
    assert_eq!(
        (&*odd.from().display(), odd.from().tag()),
        ("token1~` token2'+_ token3*%!.-", Some("_token~1'+`*%!-."))
    );
    assert_eq!(odd.call_id(), "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{");
    assert_eq!(odd.header_named("extensionHeader-!.%*+_`'~"), Some("\u{feff}大停電"));
}

#[test]
fn rfc4475_3_1_1_3_and_4_escapes_in_uris() {
    let invite = request(torture!("esc01"));
    let uri = invite.parsed_uri();
    assert_eq!((uri.user_unescaped().as_deref(), uri.host()), (Some("sips:user@example.com"), "example.net"));
    let register = request(torture!("escnull"));
    let contacts: Vec<_> = register.contacts().filter_map(|contact| contact.parsed_uri()?.user_unescaped()).collect();
    assert_eq!(contacts, ["\0", "\0\0"]);
    assert_eq!(request(torture!("esc02")).method().as_str(), "RE%47IST%45R", "no escape in a method");
}

#[test]
fn rfc4475_3_1_1_6_to_8_blanks_long_values_and_what_follows() {
    let options = request(torture!("lwsdisp"));
    assert_eq!((&*options.from().display(), options.from().uri()), ("caller", "sip:caller@example.com"));
    let long = request(torture!("longreq"));
    assert_eq!((long.vias().count(), long.body().len()), (34, 150));
    assert!(long.to().display().starts_with("I have a user name of extreme"));
    let register = request(torture!("dblreq"));
    assert_eq!((register.method().as_str(), register.body().len()), ("REGISTER", 0), "the rest of the datagram is cut");
}

#[test]
fn rfc4475_3_1_1_9_to_13_users_transports_bodies_and_phrases() {
    let options = request(torture!("semiuri"));
    let uri = options.parsed_uri();
    assert_eq!((uri.user_unescaped().as_deref(), uri.host()), (Some("user;par=u@example.net"), "example.com"));
    assert_eq!(uri.params().count(), 0);
    let names: Vec<bool> = request(torture!("transports")).vias().map(|via| via.transport().is_some()).collect();
    assert_eq!(names, [true, false, true, false, true]);
    assert_eq!(request(torture!("mpart01")).body().len(), 553);
    let unreason = response(torture!("unreason"));
    assert_eq!(unreason.reason_phrase(), "= 2**3 * 5**2 но сто девяносто девять - простое");
    let noreason = response(torture!("noreason"));
    assert_eq!((noreason.status(), noreason.reason_phrase()), (Status(100), ""));
}

// ---- 3.1.2 Invalid messages

#[test]
fn rfc4475_3_1_2_what_is_malformed_is_answered_so() {
    let table = [
        ("badinv01", torture!("badinv01")),
        ("clerr", torture!("clerr")),
        ("ncl", torture!("ncl")),
        ("scalar02", torture!("scalar02")),
        ("quotbal", torture!("quotbal")),
        ("ltgtruri", torture!("ltgtruri")),
        ("lwsruri", torture!("lwsruri")),
        ("lwsstart", torture!("lwsstart")),
        ("trws", torture!("trws")),
        ("mismatch01", torture!("mismatch01")),
    ];
    for (name, packet) in table {
        assert_eq!(refused(packet), (400, true), "{name}");
    }
    assert_eq!(refused(torture!("badvers")), (505, true));
    assert_eq!(refused(torture!("mismatch02")), (501, true), "of a method of tomorrow we know less");
}

#[test]
fn rfc4475_3_1_2_responses_that_are_malformed_are_dropped() {
    assert!(!refused(torture!("scalarlg")).1);
    assert!(!refused(torture!("bigcode")).1);
}

#[test]
fn rfc4475_3_1_2_what_may_be_read_all_the_same_is() {
    let escruri = request(torture!("escruri"));
    assert_eq!(escruri.parsed_uri().headers().collect::<Vec<_>>(), [("Route", "%3Csip:example.com%3E")]);
    assert_eq!(request(torture!("baddate")).header(HeaderName::Date), Some("Fri, 01 Jan 2010 16:00:00 EST"));
    assert_eq!(request(torture!("regbadct")).contacts().count(), 0, "the registrar answers 400 to this Contact");
    assert_eq!(request(torture!("badaspec")).to().uri(), "sip:t.watson@example.org");
    assert_eq!(request(torture!("baddn")).from().display(), "Bell, Alexander");
}

// ---- 3.2 Transaction layer

#[test]
fn rfc4475_3_2_1_a_branch_that_is_only_the_cookie() {
    assert_eq!(request(torture!("badbranch")).via().branch(), Some("z9hG4bK"));
}

// ---- 3.3 Application layer

#[test]
fn rfc4475_3_3_1_missing_headers_are_missing_in_the_answer() {
    assert_eq!(refused(torture!("insuf")), (400, true));
}

#[test]
fn rfc4475_3_3_2_to_5_schemes_that_nobody_knows() {
    let unknown = request(torture!("unkscm"));
    assert_eq!(
        (unknown.uri(), unknown.parsed_uri().scheme()),
        ("nobodyKnowsThisScheme:totallyopaquecontent", Scheme::Other)
    );
    assert_eq!(request(torture!("novelsc")).parsed_uri().scheme(), Scheme::Other);
    let register = request(torture!("unksm2"));
    assert_eq!((register.to().uri(), register.from().uri()), ("isbn:2983792873", "http://www.example.com"));
    assert_eq!(register.contact_uri(), Some("name:John_Smith"));
}

#[test]
fn rfc4475_3_3_6_to_8_extensions_bodies_and_credentials_that_nobody_knows() {
    let options = request(torture!("bext01"));
    assert_eq!(headers(&options, HeaderName::Require), ["nothingSupportsThis", "nothingSupportsThisEither"]);
    assert_eq!(headers(&options, HeaderName::ProxyRequire), ["noProxiesSupportThis", "norDoAnyProxiesSupportThis"]);
    assert_eq!(request(torture!("invut")).content_type(), Some("application/unknownformat"));
    let register = request(torture!("regaut01"));
    assert_eq!(register.header(HeaderName::Authorization), Some("NoOneKnowsThisScheme opaque-data=here"));
    assert_eq!(sip::digest::authorization::Authorization::find(&register, "example.com"), None);
}

#[test]
fn rfc4475_3_3_8_and_9_single_values_twice() {
    assert_eq!(refused(torture!("multi01")), (400, true));
    assert_eq!(refused(torture!("mcl01")), (400, true));
}

#[test]
fn rfc4475_3_3_10_to_15_responses_forwards_parameters_and_old_peers() {
    assert_eq!(response(torture!("bcast")).vias().count(), 2, "more than one Via: not for us");
    assert_eq!(request(torture!("zeromf")).max_forwards(), Some(0));
    let outside = request(torture!("cparam01"));
    let contact = outside.contacts().next().unwrap();
    assert_eq!((contact.uri(), contact.params().find("unknownparam")), ("sip:+19725552222@gw1.example.net", Some("")));
    let inside = request(torture!("cparam02"));
    let contact = inside.contacts().next().unwrap();
    assert_eq!((contact.uri(), contact.params().count()), ("sip:+19725552222@gw1.example.net;unknownparam", 0));
    let escaped = request(torture!("regescrt"));
    let uri = Uri::parse(escaped.contact_uri().unwrap()).unwrap();
    assert_eq!(uri.headers().collect::<Vec<_>>(), [("Route", "%3Csip:sip.example.com%3E")]);
    assert_eq!(headers(&request(torture!("sdp01")), HeaderName::Accept), ["text/nobodyKnowsThis"]);
    let old = request(torture!("inv2543"));
    assert_eq!((old.via().branch(), old.max_forwards(), old.from().tag()), (None, None, None));
}

// ---- RFC 5118

/// A REGISTER with this Request-URI, Via and Contact host.
fn ipv6(uri: &str, via: &str, contact: &str) -> Bytes {
    let mut text = String::new();
    write!(
        text,
        "REGISTER {uri} SIP/2.0\r\nTo: sip:user@example.com\r\nFrom: sip:user@example.com;tag=81x2\r\nVia: {via}\r\n\
         Call-ID: SSG9559905523997077@hlau_4100\r\nMax-Forwards: 70\r\nContact: \"Caller\" <sip:caller@{contact}>\r\n\
         CSeq: 98176 REGISTER\r\nContent-Length: 0\r\n\r\n"
    )
    .unwrap();
    text.into()
}

#[test]
fn rfc5118_4_1_to_4_addresses_and_ports_in_uris() {
    let via = "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111";
    let register = request(ipv6("sip:[2001:db8::10]", via, "[2001:db8::1]"));
    assert_eq!((register.parsed_uri().host(), register.via().host()), ("[2001:db8::10]", "[2001:db8::9:1]"));
    assert_eq!(refused(ipv6("sip:2001:db8::10", via, "[2001:db8::1]")), (400, true));
    let ambiguous = request(ipv6("sip:[2001:db8::10:5070]", via, "[2001:db8::1]"));
    assert_eq!((ambiguous.parsed_uri().host(), ambiguous.parsed_uri().port()), ("[2001:db8::10:5070]", None));
    let clear = request(ipv6("sip:[2001:db8::10]:5070", via, "[2001:db8::1]"));
    assert_eq!((clear.parsed_uri().host(), clear.parsed_uri().port()), ("[2001:db8::10]", Some(5070)));
}

#[test]
fn rfc5118_4_5_received_with_and_without_brackets() {
    for received in ["[2001:db8::9:255]", "2001:db8::9:255"] {
        let via = format!("SIP/2.0/UDP [2001:db8::9:1];received={received};branch=z9hG4bKas3-111");
        assert_eq!(request(ipv6("sip:[2001:db8::10]", &via, "[2001:db8::1]")).via().received(), Some(received));
    }
}

#[test]
fn rfc5118_4_7_to_10_mixed_mapped_and_wrong_addresses() {
    let mixed = "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111, SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK7";
    let register = request(ipv6("sip:example.com", mixed, "192.0.2.1"));
    assert_eq!(register.vias().map(|via| via.host()).collect::<Vec<_>>(), ["[2001:db8::9:1]", "192.0.2.1"]);
    let mapped = request(ipv6("sip:[::ffff:192.0.2.10]", mixed, "[::ffff:192.0.2.2]"));
    assert!(Uri::parse(mapped.contact_uri().unwrap()).is_ok());
    let surplus = "SIP/2.0/UDP [2001:db8:::192.0.2.1];branch=z9hG4bKas3-111";
    let register = request(ipv6("sip:example.com", surplus, "[2001:db8:::192.0.2.1]"));
    assert_eq!(register.via().host(), "[2001:db8:::192.0.2.1]");
    let contact = Uri::parse(register.contact_uri().unwrap()).unwrap();
    assert_eq!(contact.ip(), Some("2001:db8::192.0.2.1".parse().unwrap()), "as the two colons of RFC 4291 have it");
    let wrong = "SIP/2.0/UDP [2001:db8:::1];branch=z9hG4bKas3-111";
    assert_eq!(refused(ipv6("sip:example.com", wrong, "192.0.2.1")), (400, true));
}
