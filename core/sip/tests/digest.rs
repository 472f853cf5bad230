//! Both sides of digest authentication, against each other and against those who cheat.
#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]
#![expect(clippy::disallowed_methods, reason = "a first instant has to come from somewhere")]

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip::digest::authorization::Authorization;
use sip::digest::challenger::{Challenger, Freshness, Verdict, strongest_for};
use sip::digest::client::Challenge;
use sip::digest::{Algorithm, Ha1};
use sip::endpoint::Credentials;
use sip::limits::NONCE_AGE_MAX;
use sip::{Message, Method, Request, Response};

const REALM: &str = "demo.test";
const PHONE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 10));

/// A server and a phone with a password.
struct Scene {
    now: Instant,
    server: Challenger,
    ha1: Ha1,
    phone: Credentials,
}

impl Scene {
    fn new() -> Self {
        let now = Instant::now();
        let phone = Credentials { realm: Some(REALM.into()), user: "101".into(), password: "se\"cret".into() };
        Self { now, server: Challenger::new(now, [7; 32]), ha1: Ha1::new("101", REALM, "se\"cret"), phone }
    }

    /// The phone's view of a fresh challenge in these fields.
    fn challenged(&mut self, keep: &[usize]) -> Challenge {
        let fields = self.server.challenge(self.now, REALM, PHONE, Freshness::First, Algorithm::Sha256);
        let fields: String = keep.iter().map(|&index| format!("WWW-Authenticate: {}\r\n", fields[index])).collect();
        Challenge::find(&unauthorized(401, &fields), &self.phone).unwrap()
    }

    fn answer(&self, challenge: &mut Challenge) -> String {
        challenge.answer(&Method::Register, "sip:demo.test", &self.phone, "0a4f113b")
    }

    fn verdict(&mut self, authorization: &str) -> Verdict {
        self.verdict_from(PHONE, &register(authorization))
    }

    fn verdict_from(&mut self, address: IpAddr, request: &Request) -> Verdict {
        let credentials = Authorization::find(request, REALM).unwrap();
        self.server.verify(self.now, request, address, &credentials, &self.ha1)
    }
}

#[test]
fn the_password_is_proven_in_both_algorithms() {
    for (keep, algorithm) in [(&[0, 1][..], Some("SHA-256")), (&[1][..], None)] {
        let mut scene = Scene::new();
        let mut challenge = scene.challenged(keep);
        let answer = scene.answer(&mut challenge);
        assert_eq!(answer.contains("SHA-256"), algorithm.is_some(), "{answer}");
        assert_eq!(challenge.field_name(), "Authorization");
        assert_eq!(scene.verdict(&answer), Verdict::Accepted);
    }
}

#[test]
fn each_nonce_count_counts_once_in_any_order() {
    let mut scene = Scene::new();
    let mut challenge = scene.challenged(&[0]);
    let answers: Vec<String> = (0..70).map(|_| scene.answer(&mut challenge)).collect();
    let order = [0, 2, 1, 69, 7];
    for index in order {
        assert_eq!(scene.verdict(&answers[index]), Verdict::Accepted, "{index}");
    }
    for index in order {
        assert_eq!(scene.verdict(&answers[index]), Verdict::Replayed, "{index}");
    }
    assert_eq!(scene.verdict(&answers[3]), Verdict::Replayed, "too far behind to tell");
}

#[test]
fn a_nonce_grows_old_and_is_forgotten() {
    let mut scene = Scene::new();
    let mut challenge = scene.challenged(&[0]);
    let answer = scene.answer(&mut challenge);
    assert_eq!(scene.verdict(&answer), Verdict::Accepted);
    scene.now += NONCE_AGE_MAX;
    let answer = scene.answer(&mut challenge);
    assert_eq!(scene.verdict(&answer), Verdict::Accepted);
    scene.now += Duration::from_secs(1);
    let answer = scene.answer(&mut challenge);
    assert_eq!(scene.verdict(&answer), Verdict::Stale);
    let mut challenge = scene.challenged(&[0]);
    let answer = scene.answer(&mut challenge);
    assert_eq!(scene.verdict(&answer), Verdict::Accepted);
    assert_eq!(scene.server.n_used(), 1);
}

#[test]
fn a_nonce_is_good_for_one_address_realm_and_server() {
    let mut scene = Scene::new();
    let mut challenge = scene.challenged(&[0]);
    let request = register(&scene.answer(&mut challenge));
    assert_eq!(scene.verdict_from(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 11)), &request), Verdict::Stale);
    assert_eq!(Authorization::find(&request, "other.test"), None);
    scene.server = Challenger::new(scene.now, [8; 32]);
    assert_eq!(scene.verdict_from(PHONE, &request), Verdict::Stale);
}

#[test]
fn what_proves_nothing_is_wrong() {
    let mut scene = Scene::new();
    let mut challenge = scene.challenged(&[0]);
    let answer = scene.answer(&mut challenge);
    for (from, to) in [
        ("qop=auth, ", ""),
        ("qop=auth", "qop=auth-int"),
        ("nc=00000001", "nc=00000002"),
        ("nc=00000001", "nc=1"),
        ("cnonce=\"0a4f113b\"", "cnonce=\"\""),
        ("uri=\"sip:demo.test\"", "uri=\"sip:other.test\""),
        ("username=\"101\"", "username=\"102\""),
        ("response=\"", "response=\"0"),
    ] {
        assert!(answer.contains(from), "{from}");
        let verdict = scene.verdict(&answer.replacen(from, to, 1));
        // The user name is the key under which the caller finds the hash; here it is always that of 101.
        let expected = if from.starts_with("username") { Verdict::Accepted } else { Verdict::Wrong };
        assert_eq!(verdict, expected, "{to}");
    }
    let other = challenge.answer(&Method::Register, "sip:other.test", &scene.phone, "c");
    assert_eq!(scene.verdict(&other), Verdict::Wrong, "a digest over another URI");
    let invite = challenge.answer(&Method::Invite, "sip:demo.test", &scene.phone, "c");
    assert_eq!(scene.verdict(&invite), Verdict::Wrong, "a digest over another method");
    let thief = Credentials { password: "guess".into(), ..scene.phone.clone() };
    let guess = challenge.answer(&Method::Register, "sip:demo.test", &thief, "c");
    assert_eq!(scene.verdict(&guess), Verdict::Wrong);
    assert_eq!(scene.server.n_used(), 1, "only the right password leaves something behind");
}

#[test]
fn an_equivalent_uri_is_the_same_uri() {
    let mut scene = Scene::new();
    let mut challenge = scene.challenged(&[0]);
    let answer = challenge.answer(&Method::Register, "sip:DEMO.test", &scene.phone, "c");
    assert_eq!(scene.verdict(&answer), Verdict::Accepted);
}

#[test]
fn a_phone_answers_only_its_realm_and_knows_stale() {
    let mut scene = Scene::new();
    let fields = scene.server.challenge(scene.now, "other.test", PHONE, Freshness::First, Algorithm::Sha256);
    let other = format!("WWW-Authenticate: {}\r\n", fields[0]);
    assert_eq!(Challenge::find(&unauthorized(401, &other), &scene.phone), None);
    let any = Credentials { realm: None, ..scene.phone.clone() };
    assert!(Challenge::find(&unauthorized(401, &other), &any).is_some_and(|challenge| !challenge.is_stale()));
    let fields = scene.server.challenge(scene.now, REALM, PHONE, Freshness::Stale, Algorithm::Sha256);
    let proxy = format!("Proxy-Authenticate: {}\r\n", fields[1]);
    let challenge = Challenge::find(&unauthorized(407, &proxy), &scene.phone).unwrap();
    assert!(challenge.is_stale());
    assert_eq!(challenge.field_name(), "Proxy-Authorization");
    assert_eq!(Challenge::find(&unauthorized(401, &proxy), &scene.phone), None);
}

#[test]
fn several_challenges_in_one_field_and_old_peers_are_understood() {
    let scene = Scene::new();
    let field = "WWW-Authenticate: Digest realm=\"demo.test\", nonce=\"a\", qop=\"auth,auth-int\", opaque=\"o\\\"\", \
        Digest realm=\"demo.test\", nonce=\"b\", algorithm=SHA-256, qop=\"auth\", Digest realm=\"demo.test\", \
        nonce=\"c\", algorithm=SHA-512-256, qop=\"auth\"\r\n";
    let mut challenge = Challenge::find(&unauthorized(401, field), &scene.phone).unwrap();
    let answer = scene.answer(&mut challenge);
    assert!(answer.contains("nonce=\"c\"") && answer.contains("algorithm=SHA-512-256"), "the strongest: {answer}");
    assert_eq!(Authorization::parse(&answer), None, "we don't ask for it");
    let old = "WWW-Authenticate: Digest realm=\"demo.test\",nonce=\"a\",opaque=\"o\\\"\"\r\n";
    let mut challenge = Challenge::find(&unauthorized(401, old), &scene.phone).unwrap();
    let answer = scene.answer(&mut challenge);
    assert!(!answer.contains("qop") && !answer.contains("nc=") && answer.contains("opaque=\"o\\\"\""), "{answer}");
    let unusable = "WWW-Authenticate: Basic realm=\"demo.test\"\r\nWWW-Authenticate: Digest realm=\"demo.test\", \
        nonce=\"x\", qop=\"auth-int\"\r\n";
    assert_eq!(Challenge::find(&unauthorized(401, unusable), &scene.phone), None);
}

fn register(authorization: &str) -> Request {
    let text = format!(
        "REGISTER sip:demo.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1\r\nFrom: <sip:101@demo.test>;tag=1\r\n\
         To: <sip:101@demo.test>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\nAuthorization: {authorization}\r\n\r\n"
    );
    match Message::parse(Bytes::from(text)).unwrap() {
        Message::Request(request) => request,
        Message::Response(_) => panic!("a response"),
    }
}

fn unauthorized(status: u16, fields: &str) -> Response {
    let text = format!(
        "SIP/2.0 {status} No\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1\r\nFrom: <sip:101@demo.test>;tag=1\r\n\
         To: <sip:101@demo.test>;tag=2\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n{fields}\r\n"
    );
    match Message::parse(Bytes::from(text)).unwrap() {
        Message::Response(response) => response,
        Message::Request(_) => panic!("a request"),
    }
}

#[test]
fn phones_that_read_only_md5_are_offered_only_md5() {
    let mut challenger = Challenger::new(Instant::now(), [7; 32]);
    let mut offered = |user_agent| {
        let strongest = strongest_for(user_agent);
        challenger.challenge(Instant::now(), REALM, PHONE, Freshness::First, strongest).into_vec()
    };
    for old in ["baresip v1.0.0 (x86_64/linux)", "baresip v0.6.5", "SIPp"] {
        let values = offered(Some(old));
        assert_eq!(values.len(), 1);
        assert!(!values[0].contains("algorithm"), "{}", values[0]);
    }
    for other in [None, Some("Yealink SIP-T54W"), Some("not baresip v1.0.0")] {
        let values = offered(other);
        assert!(values[0].contains("algorithm=SHA-256"), "{}", values[0]);
        assert_eq!(values.len(), 2);
    }
}
