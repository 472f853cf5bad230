//! CANCEL and its races. RFC 3261 §9

use sip::endpoint::{Reason, Status};

use super::world::{A, B, World, answer, field, sdp};

fn elsewhere() -> Reason {
    Reason { protocol: "SIP".to_owned(), cause: 200, text: "Call completed elsewhere".to_owned() }
}

#[test]
fn a_ringing_call_is_cancelled_with_its_reason() {
    let mut world = World::new();
    let (a, _) = world.ring();
    world.log.clear();
    world.act(A, |endpoint, now, out| endpoint.cancel(now, a, Some(&elsewhere()), out));
    world.run(100);
    assert_eq!(world.take_log(), ["A>B CANCEL", "B>A 200 CANCEL", "B>A 487 INVITE", "A>B ACK"]);
    assert_eq!(world.news(A), ["Refused 487"]);
    assert_eq!(world.news(B), ["Cancelled Call completed elsewhere"]);
    world.assert_idle();
}

#[test]
fn a_cancel_waits_for_the_first_provisional_response() {
    let mut world = World::new();
    let invite = world.outgoing(Some(sdp("offer")));
    let a = world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
    world.act(A, |endpoint, now, out| endpoint.cancel(now, a, None, out));
    world.run(50);
    assert_eq!(world.take_log(), ["A>B INVITE"]);
    let request = world.requested(B);
    let source = world.source_of(A);
    world.act(B, |endpoint, now, out| endpoint.open_invite(now, request, &source, out));
    world.run(100);
    assert_eq!(world.take_log(), ["B>A 100 INVITE", "A>B CANCEL", "B>A 200 CANCEL", "B>A 487 INVITE", "A>B ACK"]);
    assert_eq!(world.news(A), ["Refused 487"]);
    assert_eq!(world.news(B), ["Cancelled"]);
    world.assert_idle();
}

#[test]
fn a_2xx_that_crosses_the_cancel_is_acknowledged_and_ended() {
    let mut world = World::new();
    let (a, b) = world.ring();
    world.log.clear();
    world.act(A, |endpoint, now, out| endpoint.cancel(now, a, None, out));
    world.act(B, |endpoint, now, out| endpoint.accept(now, b, &[], Some(sdp("answer")), out));
    world.run(200);
    let log = world.take_log();
    for line in ["A>B CANCEL", "B>A 200 CANCEL", "B>A 200 INVITE", "A>B ACK", "A>B BYE", "B>A 200 BYE"] {
        assert_eq!(log.iter().filter(|each| *each == line).count(), 1, "{line} in {log:?}");
    }
    assert_eq!(world.news(A), ["Refused 487"]);
    assert_eq!(world.news(B), ["Acknowledged -", "Ended Bye { reason: None }"]);
    world.assert_idle();
}

#[test]
fn a_late_cancel_gets_200_and_changes_nothing() {
    let mut world = World::new();
    let (a, _) = world.talk();
    let mut cancel = String::new();
    world.drop_if = Some(Box::new(|_| false));
    // The CANCEL of a finished INVITE, as a peer whose 2xx was lost would send it.
    let (_, b) = {
        let invite = world.outgoing(Some(sdp("offer")));
        let second = world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
        let packet = world.last(A);
        cancel.push_str(&String::from_utf8_lossy(&packet));
        world.run(50);
        let request = world.requested(B);
        let source = world.source_of(A);
        (second, world.act(B, |endpoint, now, out| endpoint.open_invite(now, request, &source, out)))
    };
    world.act(B, |endpoint, now, out| endpoint.accept(now, b, &[], Some(sdp("answer")), out));
    world.log.clear();
    let cancel = cancel
        .replace("INVITE sip", "CANCEL sip")
        .replace("1 INVITE", "1 CANCEL")
        .replace("\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\noffer", "\r\nContent-Length: 0\r\n\r\n")
        .replace("\r\n", "\n");
    world.inject(B, &cancel);
    assert_eq!(world.take_log(), ["B>A 200 CANCEL"]);
    world.inject(B, &cancel);
    assert_eq!(world.take_log(), ["B>A 200 CANCEL"], "a copy is answered from memory");
    assert_eq!(world.news(B), [""; 0]);
    let _ = a;
}

#[test]
fn a_cancel_of_nothing_gets_481() {
    let mut world = World::new();
    world.inject(
        B,
        "CANCEL sip:bob@b.test SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKnone;rport\nMax-Forwards: 70\n\
         From: <sip:a@a.test>;tag=1\nTo: <sip:bob@b.test>\nCall-ID: c\nCSeq: 1 CANCEL\nContent-Length: 0\n\n",
    );
    assert_eq!(world.take_log(), ["B>A 481 CANCEL"]);
    world.assert_idle();
}

#[test]
fn a_cancelled_invite_that_stays_unanswered_is_given_up() {
    let mut world = World::new().deaf();
    let invite = world.outgoing(None);
    let a = world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
    let sent = world.last(A);
    world.inject(A, &answer(&sent, "180 Ringing", "x", "", ""));
    world.act(A, |endpoint, now, out| endpoint.cancel(now, a, None, out));
    assert_eq!(field(&world.last(A), "Via"), field(&sent, "Via"));
    world.run(31_000);
    assert_eq!(world.news(A), ["Progressed 180 -"]);
    world.run(1_000);
    assert_eq!(world.news(A), ["Refused 487"]);
    world.assert_idle();
}

#[test]
fn bye_ends_an_invite_in_any_state_and_nothing_is_heard_of_it() {
    let mut world = World::new();
    let (a, b) = world.ring();
    world.act(A, |endpoint, now, out| endpoint.bye(now, a, None, out));
    world.run(100);
    assert_eq!((world.news(A), world.news(B)), (vec![], vec!["Cancelled".to_owned()]));
    world.act(B, |endpoint, now, out| endpoint.bye(now, b, None, out));
    world.assert_idle();

    let mut world = World::new();
    let (_, b) = world.ring();
    world.act(B, |endpoint, now, out| endpoint.bye(now, b, None, out));
    world.run(100);
    assert_eq!((world.news(A), world.news(B)), (vec!["Refused 480".to_owned()], vec![]));
    world.act(B, |endpoint, now, out| endpoint.refuse(now, b, Status(486), None, &[], out));
    world.assert_idle();
}

#[test]
fn a_caller_may_bye_an_early_dialog() {
    let mut world = World::new();
    let (_, b) = world.ring();
    world.act(B, |endpoint, now, out| endpoint.progress(now, b, Status(180), &[], None, out));
    let ringing = world.last(B);
    let to = field(&ringing, "To").unwrap();
    let (from, call_id) = (field(&ringing, "From").unwrap(), field(&ringing, "Call-ID").unwrap());
    world.log.clear();
    world.inject(
        B,
        &format!(
            "BYE sip:bob@192.0.2.2 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKearly;rport\nMax-Forwards: 70\n\
             From: {from}\nTo: {to}\nCall-ID: {call_id}\nCSeq: 2 BYE\nContent-Length: 0\n\n"
        ),
    );
    assert_eq!(world.take_log(), ["B>A 200 BYE", "B>A 487 INVITE"]);
    assert_eq!(world.news(B), ["Ended Bye { reason: None }"]);
    world.run(100);
    assert_eq!(world.news(A), ["Progressed 180 -", "Refused 487"]);
    world.assert_idle();
}
