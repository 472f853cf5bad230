//! REFER with its subscription, INFO, and finding a dialog to replace.

use sip::endpoint::{Refer, Replaces, Status};

use crate::world::{A, B, World, field, sdp};

fn refer(uri: &str) -> Refer {
    Refer { uri: uri.to_owned(), replaces: None, referred_by: Some("<sip:alice@a.test>".to_owned()) }
}

#[test]
fn a_transfer_reports_its_progress_in_order() {
    let mut world = World::new();
    let (a, b) = world.talk();
    world.act(A, |endpoint, now, out| endpoint.refer(now, a, &refer("sip:carol@c.test"), out));
    world.run(50);
    assert_eq!(world.news(B), ["Referred sip:carol@c.test"]);
    world.act(B, |endpoint, now, out| endpoint.answer_refer(now, b, Status(202), out));
    for status in [180, 200] {
        world.act(B, |endpoint, now, out| endpoint.notify_refer(now, b, Status(status), out));
    }
    world.run(200);
    assert_eq!(world.news(A), ["ReferProgressed 100", "ReferProgressed 180", "ReferProgressed 200 ended"]);
    assert_eq!(
        world.take_log(),
        [
            "A>B REFER",
            "B>A 202 REFER",
            "B>A NOTIFY",
            "A>B 200 NOTIFY",
            "B>A NOTIFY",
            "A>B 200 NOTIFY",
            "B>A NOTIFY",
            "A>B 200 NOTIFY"
        ]
    );
    world.act(A, |endpoint, now, out| endpoint.bye(now, a, None, out));
    world.assert_idle();
}

#[test]
fn a_refused_transfer_is_over() {
    let mut world = World::new();
    let (a, b) = world.talk();
    world.act(A, |endpoint, now, out| endpoint.refer(now, a, &refer("sip:carol@c.test"), out));
    world.run(50);
    world.act(B, |endpoint, now, out| endpoint.answer_refer(now, b, Status(603), out));
    world.act(B, |endpoint, now, out| endpoint.notify_refer(now, b, Status(200), out));
    world.run(50);
    assert_eq!(world.news(A), ["ReferProgressed 603 ended"]);
    assert_eq!(world.take_log(), ["A>B REFER", "B>A 603 REFER"]);
    world.act(B, |endpoint, now, out| endpoint.bye(now, b, None, out));
    world.assert_idle();
}

#[test]
fn replaces_survives_the_refer_to_uri() {
    let mut world = World::new();
    let (a, b) = world.talk();
    let replaces = Replaces {
        call_id: "x@y;z".replace(';', ""),
        to_tag: "to".to_owned(),
        from_tag: "from".to_owned(),
        early_only: false,
    };
    let refer = Refer { uri: "sip:carol@c.test".to_owned(), replaces: Some(replaces), referred_by: None };
    world.act(A, |endpoint, now, out| endpoint.refer(now, a, &refer, out));
    assert_eq!(
        field(&world.last(A), "Refer-To").unwrap(),
        "<sip:carol@c.test?Replaces=x%40yz%3Bto-tag%3Dto%3Bfrom-tag%3Dfrom>"
    );
    world.run(50);
    let events = world.events(B);
    let [sip::Event::Referred { refer: heard, .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(*heard, refer);
    let _ = b;
}

#[test]
fn bad_refer_to_gets_400_and_refer_sub_false_no_news() {
    let mut world = World::new();
    let (a, b) = world.talk();
    world.act(A, |endpoint, now, out| endpoint.refer(now, a, &refer("sip:carol@c.test"), out));
    let sent = String::from_utf8_lossy(&world.last(A)).replace("\r\n", "\n");
    world.run(50);
    world.act(B, |endpoint, now, out| endpoint.answer_refer(now, b, Status(603), out));
    for (n, bad) in ["Refer-To: \n", "", "Refer-To: nonsense\n", "Refer-To: <sip:a@b>, <sip:c@d>\n"].iter().enumerate()
    {
        let n = n + 3;
        world.log.clear();
        world.inject(
            B,
            &sent
                .replace("Refer-To: <sip:carol@c.test>\n", bad)
                .replace("z9hG4bK", &format!("z9hG4bK{n}"))
                .replace("CSeq: 2", &format!("CSeq: {n}")),
        );
        assert_eq!(world.take_log(), ["B>A 400 REFER"], "{bad}");
    }
    world.news(B);
    world.log.clear();
    world.inject(B, &sent.replace("z9hG4bK", "z9hG4bKs").replace("CSeq: 2", "Refer-Sub: false\nCSeq: 9"));
    assert_eq!(world.news(B), ["Referred sip:carol@c.test"]);
    world.act(B, |endpoint, now, out| endpoint.answer_refer(now, b, Status(202), out));
    assert_eq!(field(&world.last(B), "Refer-Sub").unwrap(), "false");
    world.act(B, |endpoint, now, out| endpoint.notify_refer(now, b, Status(200), out));
    assert_eq!(world.take_log(), ["B>A 202 REFER"]);
}

#[test]
fn a_notify_that_nobody_asked_for_is_refused() {
    let mut world = World::new();
    let (a, _) = world.talk();
    world.act(A, |endpoint, now, out| endpoint.info(now, a, sdp("SIP/2.0 200 OK"), out));
    let info = String::from_utf8_lossy(&world.last(A)).replace("\r\n", "\n").replace("INFO", "NOTIFY");
    let notify = |event: &str, n: u32| {
        info.replace("CSeq: 2", &format!("Event: {event}\nSubscription-State: active\nCSeq: {n}"))
            .replace("z9hG4bK", &format!("z9hG4bK{n}"))
    };
    world.run(50);
    world.inject(B, &notify("refer", 5));
    assert!(world.last(B).starts_with(b"SIP/2.0 481"));
    world.inject(B, &notify("presence", 6));
    assert!(world.last(B).starts_with(b"SIP/2.0 489"));
}

#[test]
fn a_dialog_is_found_by_replaces_only_if_all_of_it_fits() {
    let mut world = World::new();
    let (_, b) = world.ring();
    world.act(B, |endpoint, now, out| endpoint.progress(now, b, Status(180), &[], None, out));
    let answer = world.last(B);
    let tag = |name: &str| field(&answer, name).unwrap().split("tag=").nth(1).unwrap().to_owned();
    let named = Replaces {
        call_id: field(&answer, "Call-ID").unwrap(),
        to_tag: tag("To"),
        from_tag: tag("From"),
        early_only: false,
    };
    assert_eq!(world.sides[B].find(&named), Some(b), "an early dialog is found by whoever may name it");
    world.act(B, |endpoint, now, out| endpoint.accept(now, b, &[], Some(sdp("answer")), out));
    assert_eq!(world.sides[B].find(&named), Some(b));
    assert_eq!(world.sides[B].find(&Replaces { early_only: true, ..named.clone() }), None);
    assert_eq!(world.sides[B].find(&Replaces { call_id: "x".to_owned(), ..named.clone() }), None);
    assert_eq!(world.sides[B].find(&Replaces { from_tag: "x".to_owned(), ..named.clone() }), None);
    assert_eq!(world.sides[B].find(&Replaces { to_tag: "x".to_owned(), ..named }), None);
}
