//! RFC 3263, with a DNS that is a table.
#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::BTreeMap;

use sip::Transport::{self, Tcp, Tls, Udp, Ws};
use sip::limits::RESOLVE_TARGETS_MAX;
use sip::resolve::{Answer, Naptr, Question, Resolution, Srv, Wish};
use sip::uri::Uri;

/// Resolves a URI; returns the questions asked and the targets found, as text.
fn resolve(uri: &str, seed: u64, dns: &[(&str, Answer)]) -> (Vec<String>, Vec<String>) {
    let wish = Wish::from_uri(&Uri::parse(uri).unwrap()).unwrap();
    let mut resolution = Resolution::new(wish, &[Udp, Tcp, Tls], seed);
    let mut asked = Vec::new();
    while let Some(question) = resolution.question() {
        let (kind, name, nothing) = match question {
            Question::Naptr(name) => ("naptr", name, Answer::Naptr(vec![])),
            Question::Srv(name) => ("srv", name, Answer::Srv(vec![])),
            Question::Addresses(name) => ("a", name, Answer::Addresses(vec![])),
        };
        let asked_now = format!("{kind} {name}");
        resolution
            .handle_answer(dns.iter().find(|(key, _)| *key == asked_now).map_or(nothing, |(_, answer)| answer.clone()));
        asked.push(asked_now);
    }
    let targets = resolution.into_targets();
    let text = targets.iter().map(|target| {
        let name = target.server_name.as_ref().map_or(String::new(), |name| format!(" as {name}"));
        format!("{} {}{name}", target.transport.via_name(), target.remote)
    });
    (asked, text.collect())
}

fn addresses(text: &[&str]) -> Answer {
    Answer::Addresses(text.iter().map(|address| address.parse().unwrap()).collect())
}

fn srv(records: &[(u16, u16, u16, &str)]) -> Answer {
    let record = |&(priority, weight, port, target): &(u16, u16, u16, &str)| Srv {
        priority,
        weight,
        port,
        target: target.into(),
    };
    Answer::Srv(records.iter().map(record).collect())
}

fn naptr(records: &[(u16, u16, &str, &str)]) -> Answer {
    let record = |&(order, preference, service, replacement): &(u16, u16, &str, &str)| Naptr {
        order,
        preference,
        service: service.into(),
        replacement: replacement.into(),
    };
    Answer::Naptr(records.iter().map(record).collect())
}

#[test]
fn numbers_need_no_questions() {
    for (uri, target) in [
        ("sip:192.0.2.1", "UDP 192.0.2.1:5060"),
        ("sip:192.0.2.1:5070;transport=tcp", "TCP 192.0.2.1:5070"),
        ("sips:192.0.2.1", "TLS 192.0.2.1:5061 as 192.0.2.1"),
        ("sip:[2001:db8::1]", "UDP [2001:db8::1]:5060"),
        ("sip:example.test;maddr=192.0.2.9", "UDP 192.0.2.9:5060"),
    ] {
        assert_eq!(resolve(uri, 1, &[]), (vec![], vec![target.to_owned()]), "{uri}");
    }
}

#[test]
fn a_port_asks_for_addresses_only() {
    let dns = [("a b.test", addresses(&["2001:db8::1", "192.0.2.1"]))];
    let (asked, targets) = resolve("sip:b.test:5080", 1, &dns);
    assert_eq!(asked, ["a b.test"]);
    assert_eq!(targets, ["UDP [2001:db8::1]:5080", "UDP 192.0.2.1:5080"]);
    assert_eq!(resolve("sips:b.test:5080", 1, &dns).1[1], "TLS 192.0.2.1:5080 as b.test");
}

/// The example of RFC 3263 §4.1
#[test]
fn naptr_leads_to_srv_leads_to_addresses() {
    let dns = [
        (
            "naptr example.test",
            naptr(&[
                (100, 50, "SIP+D2U", "_sip._udp.example.test"),
                (90, 50, "SIP+D2T", "_sip._tcp.example.test"),
                (50, 50, "SIPS+D2T", "_sips._tcp.example.test"),
                (10, 10, "SIP+D2S", "_sip._sctp.example.test"),
                (10, 10, "E2U+email", "x"),
            ]),
        ),
        ("srv _sips._tcp.example.test", srv(&[(1, 0, 5061, "tls.example.test")])),
        ("srv _sip._tcp.example.test", srv(&[(0, 1, 5060, "s1.example.test"), (1, 1, 5062, "s2.example.test")])),
        ("a tls.example.test", addresses(&["192.0.2.3"])),
        ("a s1.example.test", addresses(&["192.0.2.1"])),
        ("a s2.example.test", addresses(&["192.0.2.2"])),
    ];
    let (asked, targets) = resolve("sip:bob@example.test", 1, &dns);
    assert_eq!(asked[..2], ["naptr example.test", "srv _sips._tcp.example.test"]);
    assert_eq!(targets, ["TLS 192.0.2.3:5061 as example.test", "TCP 192.0.2.1:5060", "TCP 192.0.2.2:5062"]);
    assert_eq!(resolve("sips:bob@example.test", 1, &dns).1, ["TLS 192.0.2.3:5061 as example.test"]);
    let (asked, targets) = resolve("sip:bob@example.test;transport=tcp", 1, &dns);
    assert_eq!(asked[0], "srv _sip._tcp.example.test");
    assert_eq!(targets, ["TCP 192.0.2.1:5060", "TCP 192.0.2.2:5062"]);
}

#[test]
fn without_naptr_each_transport_is_asked_and_without_srv_the_host() {
    let dns = [("a b.test", addresses(&["192.0.2.1"]))];
    let (asked, targets) = resolve("sip:b.test", 1, &dns);
    assert_eq!(
        asked,
        ["naptr b.test", "srv _sip._udp.b.test", "srv _sip._tcp.b.test", "srv _sips._tcp.b.test", "a b.test"]
    );
    assert_eq!(targets, ["UDP 192.0.2.1:5060"]);
    let (asked, targets) = resolve("sips:b.test", 1, &dns);
    assert_eq!(asked, ["naptr b.test", "srv _sips._tcp.b.test", "a b.test"]);
    assert_eq!(targets, ["TLS 192.0.2.1:5061 as b.test"]);
    assert_eq!(resolve("sip:nobody.test", 1, &dns).1, [""; 0]);
    let dot = [("srv _sip._udp.b.test", srv(&[(0, 0, 0, ".")])), dns[0].clone()];
    assert_eq!(resolve("sip:b.test;transport=udp", 1, &dot).1, [""; 0], "not served, says RFC 2782");
    assert_eq!(resolve("sip:b.test;transport=tcp", 1, &dot).1, ["TCP 192.0.2.1:5060"]);
}

#[test]
fn weights_share_the_load() {
    let dns = [
        (
            "srv _sip._udp.b.test",
            srv(&[(5, 0, 3, "z.test"), (1, 30, 2, "y.test"), (1, 10, 1, "x.test"), (1, 0, 4, "w.test")]),
        ),
        ("a x.test", addresses(&["192.0.2.1"])),
        ("a y.test", addresses(&["192.0.2.2"])),
        ("a z.test", addresses(&["192.0.2.3"])),
        ("a w.test", addresses(&["192.0.2.4"])),
    ];
    let mut first: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..4000 {
        let (_, targets) = resolve("sip:b.test;transport=udp", seed, &dns);
        assert_eq!((targets.len(), &*targets[3]), (4, "UDP 192.0.2.3:3"));
        *first.entry(targets[0].clone()).or_default() += 1;
    }
    let share = |target: &str| first.get(target).copied().unwrap_or_default();
    assert!((2700..3200).contains(&share("UDP 192.0.2.2:2")), "{first:?}");
    assert!((800..1150).contains(&share("UDP 192.0.2.1:1")), "{first:?}");
    assert!((20..250).contains(&share("UDP 192.0.2.4:4")), "{first:?}");
    assert_eq!(resolve("sip:b.test;transport=udp", 3, &dns), resolve("sip:b.test;transport=udp", 3, &dns));
}

#[test]
fn a_dns_without_end_is_left() {
    let wish = Wish { host: "b.test".into(), port: None, transport: Some(Ws), is_secure: false };
    let mut resolution = Resolution::new(wish, &[Udp, Transport::Ws], 1);
    resolution.handle_answer(srv(&[(0, 0, 1, "x.test"); 1000]));
    let mut n_asked = 0;
    while let Some(question) = resolution.question() {
        assert_eq!(question, Question::Addresses("x.test".into()));
        resolution.handle_answer(if n_asked < 5 { naptr(&[]) } else { addresses(&["192.0.2.1"; 3]) });
        n_asked += 1;
    }
    assert!(n_asked < 24, "{n_asked}");
    assert_eq!(resolution.into_targets().len(), RESOLVE_TARGETS_MAX);
}
