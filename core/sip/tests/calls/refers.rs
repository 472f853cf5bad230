//! REFER with its subscription, INFO, and finding a dialog to replace.

use sip::endpoint::{Refer, Replaces, Status, UsageId};

use super::world::{A, B, World, answer, field, sdp};

fn refer(uri: &str) -> Refer {
    Refer { uri: uri.to_owned(), replaces: None, referred_by: Some("<sip:alice@a.test>".to_owned()) }
}

/// A asks B for a transfer to this URI, and B answers.
fn ask(world: &mut World, (a, b): (UsageId, UsageId), uri: &str, answer: u16) {
    world.act(A, |endpoint, now, out| endpoint.refer(now, a, &refer(uri), out));
    world.run(50);
    world.act(B, |endpoint, now, out| endpoint.answer_refer(now, b, Status(answer), out));
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
    ask(&mut world, (a, b), "sip:carol@c.test", 603);
    world.act(B, |endpoint, now, out| endpoint.notify_refer(now, b, Status(200), out));
    world.run(50);
    assert_eq!(world.news(A), ["ReferProgressed 603 ended"]);
    assert_eq!(world.take_log(), ["A>B REFER", "B>A 603 REFER"]);
    world.act(B, |endpoint, now, out| endpoint.bye(now, b, None, out));
    world.assert_idle();
}

#[test]
fn a_subscription_ends_with_its_time() {
    let mut world = World::new();
    let (a, b) = world.talk();
    ask(&mut world, (a, b), "sip:carol@c.test", 202);
    world.run(299_900);
    assert_eq!(world.news(A), ["ReferProgressed 100"]);
    world.log.clear();
    world.run(200);
    assert_eq!(world.take_log(), ["B>A NOTIFY", "A>B 200 NOTIFY"]);
    assert_eq!(world.news(A), ["ReferProgressed 100 ended"]);
    world.act(B, |endpoint, now, out| endpoint.notify_refer(now, b, Status(200), out));
    assert_eq!(world.take_log(), [""; 0], "nobody is subscribed any more");
    // One whose news never come is over for who asked, too.
    world.drop_if = Some(Box::new(|line| line.contains("NOTIFY")));
    ask(&mut world, (a, b), "sip:dave@d.test", 202);
    world.run(301_000);
    assert_eq!(world.news(A), ["ReferProgressed 408 ended"]);
    assert_eq!(world.news(B), ["Referred sip:carol@c.test", "Referred sip:dave@d.test"], "the call goes on");
    world.act(A, |endpoint, now, out| endpoint.bye(now, a, None, out));
    world.assert_idle();
}

/// A phone, told by its messages, that calls B and asks for a transfer; B took both. Answers what it sent so far.
fn transferring_phone(world: &mut World) -> UsageId {
    world.inject(B, &in_dialog("INVITE", 1, "", "", ""));
    let request = world.requested(B);
    let source = world.source_of(A);
    let b = world.act(B, |endpoint, now, out| endpoint.open_invite(now, request, &source, out));
    world.act(B, |endpoint, now, out| endpoint.accept(now, b, &[], Some(sdp("offer")), out));
    let tag = field(&world.last(B), "To").unwrap().split_once(";tag=").unwrap().1.to_owned();
    world.inject(B, &in_dialog("ACK", 1, &tag, "", "answer"));
    world.inject(B, &in_dialog("REFER", 2, &tag, "Refer-To: <sip:carol@c.test>\n", ""));
    world.act(B, |endpoint, now, out| endpoint.answer_refer(now, b, Status(202), out));
    assert!(world.last(B).starts_with(b"NOTIFY"));
    world.inject(B, &answer(&world.last(B), "200 OK", "", "", ""));
    world.take_log();
    world.news(B);
    b
}

fn in_dialog(method: &str, cseq: u32, tag: &str, lines: &str, body: &str) -> String {
    let tag = if tag.is_empty() { String::new() } else { format!(";tag={tag}") };
    format!(
        "{method} sip:bob@192.0.2.2 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{method}{cseq};rport\n\
         From: <sip:a@a.test>;tag=1\nTo: <sip:bob@b.test>{tag}\nCall-ID: c1\nCSeq: {cseq} {method}\n\
         Max-Forwards: 70\nContact: <sip:a@192.0.2.1>\n{lines}Content-Length: {}\n\n{body}",
        body.len()
    )
}

fn tag_of_b(world: &World) -> String {
    let last = world.last(B);
    // A request of B has it in From, an answer of B in To.
    let name = if last.starts_with(b"SIP/2.0") { "To" } else { "From" };
    field(&last, name).unwrap().split_once(";tag=").unwrap().1.to_owned()
}

#[test]
fn a_phone_that_asks_for_a_transfer_and_leaves_still_hears_of_it() {
    let mut world = World::new().deaf();
    let b = transferring_phone(&mut world);
    let tag = tag_of_b(&world);
    world.inject(B, &in_dialog("BYE", 3, &tag, "", ""));
    assert_eq!(world.news(B), ["Ended Bye { reason: None }"]);
    assert_eq!(world.take_log(), ["B>A 200 BYE"]);
    for (status, state) in [(180, "active;expires=300"), (200, "terminated;reason=noresource")] {
        world.act(B, |endpoint, now, out| endpoint.notify_refer(now, b, Status(status), out));
        let notify = world.last(B);
        assert!(notify.starts_with(b"NOTIFY sip:a@192.0.2.1 SIP/2.0\r\n"));
        assert!(String::from_utf8_lossy(&notify).contains(&format!("\r\n\r\nSIP/2.0 {status} ")));
        assert_eq!(field(&notify, "Subscription-State").unwrap(), state);
        world.inject(B, &answer(&notify, "200 OK", "", "", ""));
    }
    assert_eq!(world.take_log(), ["B>A NOTIFY"; 2]);
    world.inject(B, &in_dialog("INFO", 4, &tag, "", ""));
    world.inject(B, &in_dialog("BYE", 5, &tag, "", ""));
    assert_eq!(world.take_log(), ["B>A 481 INFO", "B>A 481 BYE"], "the call is over, and so is the dialog now");
    assert_eq!(world.news(B), [""; 0]);
    world.assert_idle();
}

#[test]
fn after_the_call_a_subscription_takes_nothing_but_its_own() {
    let mut world = World::new().deaf();
    let b = transferring_phone(&mut world);
    let tag = tag_of_b(&world);
    world.inject(B, &in_dialog("BYE", 3, &tag, "", ""));
    world.inject(B, &in_dialog("INVITE", 4, &tag, "", "offer"));
    world.inject(B, &in_dialog("SUBSCRIBE", 5, &tag, "Event: presence\n", ""));
    world.inject(B, &in_dialog("SUBSCRIBE", 6, &tag, "Event: refer;id=7\n", ""));
    assert_eq!(world.take_log(), ["B>A 200 BYE", "B>A 481 INVITE", "B>A 489 SUBSCRIBE", "B>A 481 SUBSCRIBE"]);
    world.inject(B, &in_dialog("SUBSCRIBE", 7, &tag, "Event: refer\nExpires: 60\n", ""));
    assert_eq!(world.take_log(), ["B>A 200 SUBSCRIBE", "B>A NOTIFY"]);
    assert_eq!(field(&world.last(B), "Subscription-State").unwrap(), "active;expires=60");
    world.inject(B, &answer(&world.last(B), "200 OK", "", "", ""));
    world.inject(B, &in_dialog("SUBSCRIBE", 8, &tag, "Event: refer\nExpires: 0\n", ""));
    assert_eq!(field(&world.last(B), "Subscription-State").unwrap(), "terminated;reason=timeout");
    world.inject(B, &answer(&world.last(B), "200 OK", "", "", ""));
    world.take_log();
    world.act(B, |endpoint, now, out| endpoint.notify_refer(now, b, Status(200), out));
    assert_eq!(world.take_log(), [""; 0], "who does not want to hear any more does not");
    world.assert_idle();
}

#[test]
fn who_lets_go_of_a_call_says_first_that_no_more_news_will_come() {
    let mut world = World::new();
    let (a, b) = world.talk();
    ask(&mut world, (a, b), "sip:carol@c.test", 202);
    world.run(50);
    world.log.clear();
    world.act(B, |endpoint, now, out| endpoint.bye(now, b, None, out));
    world.run(50);
    assert_eq!(world.take_log(), ["B>A NOTIFY", "B>A BYE", "A>B 200 NOTIFY", "A>B 200 BYE"]);
    assert_eq!(world.news(A), ["ReferProgressed 100", "ReferProgressed 487 ended", "Ended Bye { reason: None }"]);
    world.run(33_000);
    assert_eq!(world.sides[B].census(), sip::endpoint::Census::default());
}

#[test]
fn who_asks_for_a_transfer_and_leaves_takes_the_news_until_the_last() {
    let mut world = World::new();
    let (a, b) = world.talk();
    ask(&mut world, (a, b), "sip:carol@c.test", 202);
    world.run(50);
    world.act(A, |endpoint, now, out| endpoint.bye(now, a, None, out));
    world.run(50);
    world.log.clear();
    world.news(A);
    world.act(B, |endpoint, now, out| endpoint.notify_refer(now, b, Status(200), out));
    world.run(50);
    assert_eq!(world.take_log(), ["B>A NOTIFY", "A>B 200 NOTIFY"]);
    assert_eq!(world.news(A), [""; 0], "the application has let go");
    world.run(33_000);
    for side in [A, B] {
        assert_eq!(world.sides[side].census(), sip::endpoint::Census::default());
    }
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
    let ringing = world.last(B);
    let tag = |name: &str| field(&ringing, name).unwrap().split("tag=").nth(1).unwrap().to_owned();
    let named = Replaces {
        call_id: field(&ringing, "Call-ID").unwrap(),
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
