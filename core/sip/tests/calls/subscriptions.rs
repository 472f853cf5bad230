//! Subscriptions that are about no call. RFC 6665

use bytes::Bytes;
use sip::endpoint::{Body, Event, Status, Subscription};
use sip::{Message, Request, Source};

use super::world::*;

const SUBSCRIBE: &str = "SUBSCRIBE sip:101@b.test SIP/2.0\n\
    Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\n\
    Record-Route: <sip:192.0.2.1:5060;lr>\n\
    Max-Forwards: 70\n\
    From: <sip:101@b.test>;tag=theirs\n\
    To: <sip:101@b.test>\n\
    Call-ID: one\n\
    CSeq: 1 SUBSCRIBE\n\
    Contact: <sip:101@192.0.2.1:5060>\n\
    Event: message-summary;id=7\n\
    Expires: 600\n\
    Content-Length: 0\n\n";

#[test]
fn a_subscription_is_one_dialog_from_its_first_notify_to_its_last() {
    let mut world = World::new();
    let (request, source) = subscribe(&mut world, SUBSCRIBE);
    let mut held = accept(&mut world, &request, &source, 600).unwrap();
    let accepted = text(&world);
    assert!(accepted.starts_with("SIP/2.0 200 "), "{accepted}");
    assert_eq!(field(&world.last(B), "Expires").as_deref(), Some("600"));
    let to = field(&world.last(B), "To").unwrap();
    world.run(10);

    notify(&mut world, &mut held, "active;expires=600");
    let first = text(&world);
    assert!(first.starts_with("NOTIFY sip:101@192.0.2.1:5060 SIP/2.0"), "{first}");
    let told = |name: &str| field(&world.last(B), name).unwrap();
    assert_eq!((told("From"), told("To")), (to.clone(), "<sip:101@b.test>;tag=theirs".to_owned()));
    assert_eq!((told("Call-ID"), told("CSeq")), ("one".to_owned(), "1 NOTIFY".to_owned()));
    assert_eq!(
        (told("Event"), told("Subscription-State")),
        ("message-summary;id=7".to_owned(), "active;expires=600".to_owned())
    );
    assert_eq!(told("Route"), "<sip:192.0.2.1:5060;lr>");

    let renewal =
        SUBSCRIBE.replace("To: <sip:101@b.test>", &format!("To: {to}")).replace("Expires: 600", "Expires: 60");
    let renewal =
        |cseq: u32, branch: &str| renewal.replace("CSeq: 1", &format!("CSeq: {cseq}")).replace("z9hG4bK1", branch);
    let (request, source) = subscribe(&mut world, &renewal(2, "z9hG4bK2"));
    assert!(held.is_named(&request));
    assert!(refresh(&mut world, &mut held, &request, &source, 60));
    assert_eq!(field(&world.last(B), "Expires").as_deref(), Some("60"));
    notify(&mut world, &mut held, "terminated;reason=timeout");
    assert_eq!(field(&world.last(B), "CSeq").as_deref(), Some("2 NOTIFY"));

    let (old, source) = subscribe(&mut world, &renewal(2, "z9hG4bK3"));
    assert!(!refresh(&mut world, &mut held, &old, &source, 60), "it is older than the one before");
    assert!(world.last(B).starts_with(b"SIP/2.0 500"));
}

#[test]
fn another_dialog_is_another_subscription() {
    let mut world = World::new();
    let (request, source) = subscribe(&mut world, SUBSCRIBE);
    let held = accept(&mut world, &request, &source, 600).unwrap();
    let to = field(&world.last(B), "To").unwrap();
    let renewal = SUBSCRIBE.replace("To: <sip:101@b.test>", &format!("To: {to}")).replace("z9hG4bK1", "z9hG4bK2");
    for (what, other) in [
        ("Call-ID", renewal.replace("Call-ID: one", "Call-ID: two")),
        ("their tag", renewal.replace("tag=theirs", "tag=other")),
        ("our tag", renewal.replace(&to, "<sip:101@b.test>;tag=x")),
    ] {
        assert!(!held.is_named(&read(&other)), "{what}");
    }
    assert!(held.is_named(&read(&renewal)));
}

#[test]
fn a_copy_makes_no_second_subscription() {
    let mut world = World::new();
    let (request, source) = subscribe(&mut world, SUBSCRIBE);
    assert!(accept(&mut world, &request, &source, 600).is_some());
    assert!(accept(&mut world, &request, &source, 600).is_none());
    world.inject(B, SUBSCRIBE);
    assert!(world.events(B).is_empty(), "it gets the answer of the first");
}

#[test]
fn who_answers_no_notify_is_told_as_that() {
    let mut world = World::new();
    let (request, source) = subscribe(&mut world, SUBSCRIBE);
    let mut held = accept(&mut world, &request, &source, 600).unwrap();
    world.drop_if = Some(Box::new(|line| line.contains("NOTIFY")));
    notify(&mut world, &mut held, "active;expires=600");
    world.run(40_000);
    let answered = world
        .events(B)
        .into_iter()
        .find_map(|event| if let Event::Responded { status, .. } = event { Some(status) } else { None });
    assert_eq!(answered, Some(Status(408)));
}

fn subscribe(world: &mut World, packet: &str) -> (Request, Source) {
    world.inject(B, packet);
    let requested = world.events(B).into_iter().find_map(|event| {
        if let Event::Requested { request, source } = event { Some((request, source)) } else { None }
    });
    requested.expect("it is the application's")
}

fn accept(world: &mut World, request: &Request, source: &Source, secs: u32) -> Option<Subscription> {
    let mut accepted = None;
    world.act(B, |endpoint, now, out| accepted = endpoint.accept_subscription(now, request, source, secs, out));
    accepted
}

fn refresh(world: &mut World, held: &mut Subscription, request: &Request, source: &Source, secs: u32) -> bool {
    let mut refreshed = false;
    world.act(B, |endpoint, now, out| {
        refreshed = endpoint.refresh_subscription(now, held, request, source, secs, out);
    });
    refreshed
}

fn notify(world: &mut World, held: &mut Subscription, state: &str) {
    let body = Body {
        content_type: Bytes::from_static(b"application/simple-message-summary"),
        bytes: Bytes::from_static(b"Messages-Waiting: no\r\n"),
    };
    world.act(B, |endpoint, now, out| {
        endpoint.notify(now, held, state, Some(&body), out);
    });
}

fn text(world: &World) -> String {
    String::from_utf8_lossy(&world.last(B)).into_owned()
}

fn read(text: &str) -> Request {
    let packet = Bytes::from(text.replace('\n', "\r\n"));
    let Message::Request(request) = Message::parse(packet).unwrap() else { panic!("it is a request") };
    request
}
