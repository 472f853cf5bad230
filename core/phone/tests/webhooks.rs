//! Webhooks: what they are told, when it is tried again, and where they may not go.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use phone::id::{OperatorId, WebhookId};
use phone::webhook::address::is_public;
use phone::webhook::kind::Told;
use phone::webhook::{Health, Try, Verdict, Webhook};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

#[test]
fn events_are_called_by_what_happened() {
    let free = json!({ "assignee": null, "block": null });
    let had = json!({ "assignee": { "type": "user", "id": "1" }, "block": null });
    let other = json!({ "assignee": { "type": "user", "id": "2" }, "block": null });
    let blocked = json!({ "assignee": null, "block": { "type": "forever" } });
    let (active, removed) = (json!({ "status": "active" }), json!({ "status": "removed" }));
    let (draft, processing) = (json!({ "state": "draft" }), json!({ "state": "processing" }));
    let cases: &[(&str, &str, Option<&Value>, Option<&Value>, &str)] = &[
        ("number", "create", None, Some(&free), "number.added"),
        ("number", "update", Some(&free), Some(&had), "number.assigned"),
        ("number", "update", Some(&had), Some(&other), "number.assigned"),
        ("number", "update", Some(&had), Some(&free), "number.unassigned"),
        ("number", "update", Some(&had), Some(&blocked), "number.unassigned"),
        ("number", "update", Some(&free), Some(&blocked), "number.blocked"),
        ("number", "update", Some(&blocked), Some(&free), "number.unblocked"),
        ("number", "update", Some(&free), Some(&free), "number.updated"),
        ("number", "delete", Some(&free), None, "number.released"),
        ("number", "ported_out", Some(&free), None, "number.ported_out"),
        ("operator_consent", "create", None, Some(&active), "consent.created"),
        ("operator_consent", "update", Some(&active), Some(&active), "consent.updated"),
        ("operator_consent", "update", Some(&active), Some(&removed), "consent.removed"),
        ("operator_consent", "update", Some(&removed), Some(&active), "consent.created"),
        ("port_order", "update", Some(&draft), Some(&processing), "port.state_changed"),
        ("port_order", "update", Some(&draft), Some(&draft), "port.updated"),
        ("port_out", "create", None, Some(&draft), "port_out.created"),
        ("queue_alert", "raise", None, Some(&free), "queue_alert.raised"),
        ("queue_alert", "clear", None, Some(&free), "queue_alert.cleared"),
        ("user", "delete", None, None, "user.deleted"),
        ("queue_agent", "opt_out", None, None, "queue_agent.opt_out"),
    ];
    for (noun, action, before, after, expected) in cases {
        let told = Told { noun, object: "x", action, before: *before, after: *after };
        assert_eq!(told.kind(), *expected);
    }
}

#[test]
fn an_operator_is_told_of_its_own_business_only() {
    let (own, other) = (OperatorId(Uuid::from_u128(1)), OperatorId(Uuid::from_u128(2)));
    let of = |operator: OperatorId| operator.to_string();
    let number = json!({ "source": { "operator": { "id": of(own) } } });
    let request = json!({ "operator": of(own) });
    let handed_in = json!({ "details": { "operator": of(own) }, "submitted": 1 });
    let draft = json!({ "details": { "operator": of(own) }, "submitted": 0 });
    let asked = json!({ "requested_by": { "type": "operator", "id": of(own) } });
    for (noun, object, after, is_told) in [
        ("operator_consent", of(own), json!({}), true),
        ("operator_consent", of(other), json!({}), false),
        ("number", "+1".to_owned(), number, true),
        ("number", "+1".to_owned(), json!({ "source": "direct_routing" }), false),
        ("number_request", "r".to_owned(), request, true),
        ("port_order", "p".to_owned(), handed_in, true),
        ("port_order", "p".to_owned(), draft, false),
        ("port_out", "o".to_owned(), asked, true),
        ("user", of(own), json!({ "operator": of(own) }), false),
    ] {
        let told = Told { noun, object: &object, action: "update", before: None, after: Some(&after) };
        assert_eq!(told.concerns(own), is_told, "{noun} {after}");
        assert!(object == of(other) || !told.concerns(other), "{noun} {after}");
    }
}

#[test]
fn patterns_choose_events() {
    let webhook = |events: &[&str]| Webhook {
        id: WebhookId(Uuid::nil()),
        name: "x".to_owned(),
        url: "https://example.org/hook".to_owned(),
        events: events.iter().map(|it| (*it).to_owned()).collect(),
        enabled: true,
    };
    assert!(webhook(&["*"]).wants("number.assigned"));
    assert!(webhook(&["number.*"]).wants("number.assigned") && !webhook(&["number.*"]).wants("number_request.created"));
    assert!(webhook(&["number.assigned"]).wants("number.assigned"));
    assert!(!webhook(&["number.assigned"]).wants("number.unassigned"));
    assert_eq!(webhook(&["*", "port.state_changed", "number.*"]).problems(), []);
    for wrong in ["", "number", "number.", ".x", "*.x", "Number.assigned", "number.a.b", "number.**"] {
        assert_eq!(webhook(&[wrong]).problems().len(), 1, "{wrong}");
    }
    assert_eq!(webhook(&[]).problems().len(), 1);
    for wrong in
        ["", "example.org", "ftp://example.org", "https://", "https:///x", "https://a b", "https://u:p@example.org"]
    {
        assert_eq!(Webhook { url: wrong.to_owned(), ..webhook(&["*"]) }.problems().len(), 1, "{wrong}");
    }
}

#[test]
fn tries_become_rarer_and_end() {
    let mut health = Health::default();
    let (mut now, mut waits) = (at(0), Vec::new());
    let dead = loop {
        match health.after(now, Try::Failed) {
            Verdict::GoOn(next) => {
                let wait = next.next_at.unwrap().duration_since(now).as_secs();
                assert!(!next.is_due(now) && next.is_due(next.next_at.unwrap()));
                waits.push(wait);
                (health, now) = (next, next.next_at.unwrap());
            }
            Verdict::Dead(_) => break now,
        }
    };
    assert_eq!(waits[..9], [10, 30, 60, 300, 900, 3_600, 10_800, 21_600, 21_600]);
    let lasted = dead.duration_since(at(0));
    assert!(
        SignedDuration::from_hours(5 * 24) <= lasted && lasted < SignedDuration::from_hours(5 * 24 + 6),
        "{lasted}"
    );
    assert_eq!(health.after(now, Try::Delivered), Verdict::GoOn(Health::default()));
    assert!(matches!(Health::default().after(now, Try::Gone), Verdict::Dead(_)));
}

#[test]
fn no_webhook_goes_into_the_own_network() {
    for text in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2001::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "3fff::1",
        "100::1",
    ] {
        assert!(!is_public(text.parse::<IpAddr>().unwrap()), "{text}");
    }
    for text in
        ["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::1.1.1.1", "2a00:1450::1"]
    {
        assert!(is_public(text.parse::<IpAddr>().unwrap()), "{text}");
    }
}

proptest! {
    #[test]
    fn whatever_is_tried_in_whatever_order_the_next_try_is_later(tries in proptest::collection::vec(any::<bool>(), 0..40)) {
        let (mut health, mut now) = (Health::default(), at(0));
        for is_delivered in tries {
            let tried = if is_delivered { Try::Delivered } else { Try::Failed };
            let (Verdict::GoOn(next) | Verdict::Dead(next)) = health.after(now, tried);
            prop_assert_eq!(next.n_failed == 0, is_delivered);
            prop_assert_eq!(next.failing_since.is_none(), is_delivered);
            prop_assert!(next.next_at.is_none_or(|at| now < at));
            health = next;
            now = next.next_at.unwrap_or(now);
        }
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_900_000_000 + seconds).unwrap()
}
