//! The registrar, REGISTER by REGISTER.
#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]
#![expect(clippy::disallowed_methods, reason = "a first instant has to come from somewhere")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip::bindings::{Refusal, Registrar, Settings};
use sip::endpoint::Status;
use sip::limits::CONTACTS_MAX;
use sip::{Connection, Message, Request, Source, Transport};

const SETTINGS: Settings = Settings { secs_min: 60, secs_max: 3600, secs_default: 300 };

struct Scene {
    now: Instant,
    registrar: Registrar<u32>,
}

impl Scene {
    fn new() -> Self {
        Self { now: Instant::now(), registrar: Registrar::new(SETTINGS) }
    }

    /// A REGISTER of user 7 with these further lines.
    fn register(&mut self, call_id: &str, cseq: u32, lines: &str) -> Result<Vec<String>, Refusal> {
        self.registrar.register(self.now, 7, &request(call_id, cseq, lines), &source(None))
    }

    fn uris(&self) -> Vec<&str> {
        self.registrar.bindings(7).iter().map(|binding| &*binding.uri).collect()
    }
}

#[test]
fn a_phone_is_bound_renewed_asked_for_and_unbound() {
    let mut scene = Scene::new();
    let bound = scene.register("c", 1, "Contact: <sip:101@192.0.2.1:5062>\r\nExpires: 120\r\n");
    assert_eq!(bound.unwrap(), ["<sip:101@192.0.2.1:5062>;expires=120"]);
    scene.now += Duration::from_secs(100);
    assert_eq!(scene.register("x", 1, "").unwrap(), ["<sip:101@192.0.2.1:5062>;expires=20"]);
    let renewed = scene.register("c", 2, "Contact: <sip:101@192.0.2.1:5062>;expires=200;q=0.7\r\nExpires: 120\r\n");
    assert_eq!(renewed.unwrap(), ["<sip:101@192.0.2.1:5062>;expires=200;q=0.700"]);
    assert_eq!(scene.registrar.next_deadline(), Some(scene.now + Duration::from_secs(200)));
    assert_eq!(scene.register("c", 3, "Contact: <sip:101@192.0.2.1:5062>;expires=0\r\n").unwrap(), [""; 0]);
    assert_eq!((scene.registrar.n_bindings(), scene.registrar.next_deadline()), (0, None));
}

#[test]
fn times_are_those_of_the_settings() {
    for (lines, result) in [
        ("Contact: <sip:a@b>\r\n", Ok("300")),
        ("Contact: <sip:a@b>;expires=99999\r\n", Ok("3600")),
        ("Contact: <sip:a@b>;expires=4294967296\r\n", Ok("300")),
        ("Contact: <sip:a@b>;expires=soon\r\nExpires: 100\r\n", Ok("300")),
        ("Contact: <sip:a@b>\r\nExpires: 60\r\n", Ok("60")),
        ("Contact: <sip:a@b>\r\nExpires: 59\r\n", Err(Refusal::TooBrief)),
        ("Contact: <sip:a@b>;expires=1\r\n", Err(Refusal::TooBrief)),
    ] {
        let contacts = Scene::new().register("c", 1, lines);
        assert_eq!(contacts, result.map(|secs| vec![format!("<sip:a@b>;expires={secs}")]), "{lines}");
    }
    assert_eq!(Refusal::TooBrief.status(), Status(423));
}

#[test]
fn bindings_expire_by_themselves() {
    let mut scene = Scene::new();
    scene.register("c", 1, "Contact: <sip:a@b>;expires=60, <sip:c@d>;expires=120\r\n").unwrap();
    let start = scene.now;
    assert_eq!(scene.registrar.next_deadline(), Some(start + Duration::from_secs(60)));
    assert_eq!(scene.registrar.expire(start + Duration::from_secs(59)), [0; 0]);
    assert_eq!(scene.registrar.expire(start + Duration::from_secs(60)), [7]);
    assert_eq!(scene.uris(), ["sip:c@d"]);
    assert_eq!(scene.registrar.expire(start + Duration::from_secs(120)), [7]);
    assert_eq!(scene.registrar.iter().count(), 0);
}

#[test]
fn the_preferred_phone_comes_first() {
    let mut scene = Scene::new();
    scene.register("a", 1, "Contact: <sip:low@x>;q=0.1, <sip:high@x>;q=1.0, <sip:middle@x>;q=0.5\r\n").unwrap();
    assert_eq!(scene.uris(), ["sip:high@x", "sip:middle@x", "sip:low@x"]);
}

#[test]
fn a_star_unbinds_all_and_only_with_expires_0() {
    let mut scene = Scene::new();
    scene.register("a", 1, "Contact: <sip:a@x>, <sip:b@x>\r\n").unwrap();
    for lines in [
        "Contact: *\r\n",
        "Contact: *\r\nExpires: 60\r\n",
        "Contact: *, <sip:a@x>\r\nExpires: 0\r\n",
        "Contact: <sip:a@x>\r\nContact: *\r\nExpires: 0\r\n",
        "Contact: <>\r\n",
        "Contact: <sip:a@x:y>\r\n",
    ] {
        assert_eq!(scene.register("a", 2, lines), Err(Refusal::Malformed), "{lines}");
    }
    assert_eq!(scene.registrar.n_bindings(), 2);
    assert_eq!(scene.register("a", 0, "Contact: *\r\nExpires: 0\r\n"), Err(Refusal::Overtaken));
    assert_eq!(scene.register("a", 2, "Contact: *\r\nExpires: 0\r\n").unwrap(), [""; 0]);
}

#[test]
fn what_was_overtaken_changes_nothing_at_all() {
    let mut scene = Scene::new();
    scene.register("c", 5, "Contact: <sip:a@x>\r\n").unwrap();
    let late = scene.register("c", 4, "Contact: <sip:new@x>, <sip:A@X>;expires=0\r\n");
    // The user part has a case, so this is another phone.
    assert!(late.is_ok());
    let late = scene.register("c", 4, "Contact: <sip:newer@x>, <sip:a@X>;expires=0\r\n");
    assert_eq!(late, Err(Refusal::Overtaken));
    assert_eq!(scene.uris().len(), 2);
    scene.register("c", 5, "Contact: <sip:a@x>\r\n").expect("a repeat is no harm");
    scene.register("after-a-restart", 1, "Contact: <sip:a@x>;expires=0\r\n").expect("another Call-ID begins anew");
    assert_eq!(scene.uris(), ["sip:new@x"]);
}

#[test]
fn a_phone_that_comes_back_elsewhere_replaces_itself() {
    let mut scene = Scene::new();
    let contact = |uri: &str, reg_id: u32| {
        format!(
            "Contact: <{uri}>;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\";reg-id={reg_id}\r\n"
        )
    };
    scene.register("a", 1, &contact("sip:a@x:1111;transport=tcp", 1)).unwrap();
    let contacts = scene.register("b", 1, &contact("sip:a@x:2222;transport=tcp", 1)).unwrap();
    let expected = "<sip:a@x:2222;transport=tcp>;expires=300;\
        +sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\";reg-id=1";
    assert_eq!(contacts, [expected]);
    scene.register("c", 1, &contact("sip:a@x:3333;transport=tcp", 2)).unwrap();
    assert_eq!(scene.registrar.n_bindings(), 2);
}

#[test]
fn one_that_forgets_itself_pushes_out_its_own_past() {
    let mut scene = Scene::new();
    for port in 0..CONTACTS_MAX + 3 {
        scene.now += Duration::from_secs(1);
        scene.register("c", 1, &format!("Contact: <sip:a@x:{}>\r\n", 1000 + port)).unwrap();
    }
    assert_eq!(scene.registrar.n_bindings(), CONTACTS_MAX);
    assert!(!scene.uris().contains(&"sip:a@x:1002") && scene.uris()[0] == "sip:a@x:1012");
    let many: Vec<String> = (0..=CONTACTS_MAX).map(|n| format!("<sip:{n}@x>")).collect();
    assert_eq!(scene.register("c", 9, &format!("Contact: {}\r\n", many.join(","))), Err(Refusal::Malformed));
}

#[test]
fn a_closed_stream_takes_its_bindings_with_it() {
    let mut scene = Scene::new();
    let behind =
        |uri: &str| request("c", 1, &format!("Contact: <{uri}>\r\nPath: <sip:p.test;lr>, <sip:q.test;lr>\r\n"));
    for (key, uri, connection) in
        [(7, "sip:a@x", Some(1)), (7, "sip:b@x", Some(2)), (8, "sip:c@x", Some(1)), (9, "sip:d@x", None)]
    {
        scene.registrar.register(scene.now, key, &behind(uri), &source(connection)).unwrap();
    }
    assert_eq!(
        scene.registrar.bindings(7)[0].path.iter().map(|path| &**path).collect::<Vec<_>>(),
        ["<sip:p.test;lr>", "<sip:q.test;lr>"]
    );
    assert_eq!(scene.registrar.drop_connection(Connection(3)), [0; 0]);
    assert_eq!(scene.registrar.drop_connection(Connection(1)), [7, 8]);
    assert_eq!(scene.registrar.drop_connection(Connection(1)), [0; 0]);
    assert_eq!(scene.uris(), ["sip:b@x"]);
    assert!(scene.registrar.remove(9) && !scene.registrar.remove(9));
    assert_eq!(scene.registrar.n_bindings(), 1);
}

fn request(call_id: &str, cseq: u32, lines: &str) -> Request {
    let text = format!(
        "REGISTER sip:demo.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1\r\nFrom: <sip:101@demo.test>;tag=1\r\n\
         To: <sip:101@demo.test>\r\nCall-ID: {call_id}\r\nCSeq: {cseq} REGISTER\r\n{lines}\r\n"
    );
    match Message::parse(Bytes::from(text)).unwrap() {
        Message::Request(request) => request,
        Message::Response(_) => panic!("a response"),
    }
}

fn source(connection: Option<u64>) -> Source {
    let address = |text: &str| text.parse::<SocketAddr>().unwrap();
    Source {
        transport: if connection.is_some() { Transport::Tcp } else { Transport::Udp },
        remote: address("192.0.2.10:5060"),
        local: address("192.0.2.1:5060"),
        connection: connection.map(Connection),
        verified_names: None,
    }
}
