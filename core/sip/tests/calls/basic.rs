//! Set-up and tear-down, retransmission, and messages lost in every place.

use sip::Transport;
use sip::endpoint::Status;

use super::world::{A, B, World, answer, sdp};

#[test]
fn a_call_rings_is_answered_and_ends() {
    let mut world = World::new();
    let (a, b) = world.ring();
    world.act(B, |endpoint, now, out| endpoint.progress(now, b, Status(180), &[], None, out));
    world.run(100);
    assert_eq!(world.news(A), ["Progressed 180 -"]);
    world.act(B, |endpoint, now, out| endpoint.accept(now, b, &[], Some(sdp("answer")), out));
    world.run(20);
    assert_eq!(world.news(A), ["Answered answer"]);
    world.act(A, |endpoint, now, out| endpoint.acknowledge(now, a, None, out));
    world.run(1000);
    assert_eq!(world.news(B), ["Acknowledged -"]);
    world.act(B, |endpoint, now, out| endpoint.bye(now, b, None, out));
    world.run(100);
    assert_eq!(world.news(A), ["Ended Bye { reason: None }"]);
    assert_eq!(world.news(B), [""; 0]);
    assert_eq!(
        world.take_log(),
        ["A>B INVITE", "B>A 100 INVITE", "B>A 180 INVITE", "B>A 200 INVITE", "A>B ACK", "B>A BYE", "A>B 200 BYE"]
    );
    world.assert_idle();
    assert_eq!(world.take_log(), [""; 0]);
}

#[test]
fn over_a_reliable_transport_only_the_2xx_is_repeated() {
    let mut world = World::seeded(2, Transport::Tcp);
    let (a, b) = world.talk();
    world.act(A, |endpoint, now, out| endpoint.bye(now, a, None, out));
    world.run(5000);
    assert_eq!(world.news(B), ["Ended Bye { reason: None }"]);
    assert_eq!(world.take_log(), ["A>B BYE", "B>A 200 BYE"]);
    let _ = b;
    world.assert_idle();
}

/// Each line: what the network loses (the n-th packet of its kind), and nothing but time is lost.
#[test]
fn one_lost_packet_of_any_kind_costs_time_only() {
    for lost in
        ["A>B INVITE", "B>A 100 INVITE", "B>A 180 INVITE", "B>A 200 INVITE", "A>B ACK", "A>B BYE", "B>A 200 BYE"]
    {
        let mut world = World::new();
        let mut n_left = 1;
        world.drop_if = Some(Box::new(move |line| {
            let hit = line == lost && n_left > 0;
            n_left -= i32::from(hit);
            hit
        }));
        let invite = world.outgoing(Some(sdp("offer")));
        let a = world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
        world.run(if lost == "A>B INVITE" { 600 } else { 50 });
        let request = world.requested(B);
        let source = world.source_of(A);
        let b = world.act(B, |endpoint, now, out| endpoint.open_invite(now, request, &source, out));
        world.act(B, |endpoint, now, out| endpoint.progress(now, b, Status(180), &[], None, out));
        world.run(600);
        world.act(B, |endpoint, now, out| endpoint.accept(now, b, &[], Some(sdp("answer")), out));
        world.run(1200);
        assert_eq!(world.news(A).last().unwrap(), "Answered answer", "{lost}");
        world.act(A, |endpoint, now, out| endpoint.acknowledge(now, a, None, out));
        world.run(1200);
        assert_eq!(world.news(B), ["Acknowledged -"], "{lost}");
        world.act(A, |endpoint, now, out| endpoint.bye(now, a, None, out));
        world.run(1200);
        assert_eq!(world.news(B), ["Ended Bye { reason: None }"], "{lost}");
        assert_eq!(world.news(A), [""; 0], "{lost}");
        world.assert_idle();
    }
}

#[test]
fn an_invite_that_nobody_answers_is_repeated_and_ends_with_408() {
    let mut world = World::new().deaf();
    let invite = world.outgoing(None);
    world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
    world.run(31_999);
    let at: Vec<u128> = world.log.iter().map(|(ms, _)| *ms).collect();
    assert_eq!(at, [0, 500, 1500, 3500, 7500, 15_500, 31_500]);
    assert_eq!(world.news(A), [""; 0]);
    world.run(1);
    assert_eq!(world.news(A), ["Refused 408"]);
    world.assert_idle();
}

#[test]
fn a_2xx_whose_ack_never_comes_is_repeated_and_then_the_call_ends() {
    let mut world = World::new();
    let (_, b) = world.ring();
    world.drop_if = Some(Box::new(|line| line == "A>B ACK"));
    world.log.clear();
    world.act(B, |endpoint, now, out| endpoint.accept(now, b, &[], Some(sdp("answer")), out));
    world.run(31_600);
    let n_sent = world.log.iter().filter(|(_, line)| line == "B>A 200 INVITE").count();
    assert_eq!(n_sent, 11);
    world.run(400);
    assert_eq!(world.news(B), ["Ended AckMissing"]);
    world.run(100);
    assert_eq!(
        world.news(A),
        [
            "Answered answer",
            "Ended Bye { reason: Some(Reason { protocol: \"SIP\", cause: 408, text: \"ACK missing\" }) }"
        ]
    );
    world.assert_idle();
}

#[test]
fn a_phone_that_rings_for_three_minutes_without_a_sign_is_cancelled() {
    let mut world = World::new().deaf();
    let invite = world.outgoing(None);
    world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
    let sent = world.last(A);
    world.inject(A, &answer(&sent, "180 Ringing", "x", "", ""));
    world.run(100_000);
    world.inject(A, &answer(&sent, "180 Ringing", "x", "", ""));
    world.run(179_999);
    assert_eq!(world.take_log(), ["A>B INVITE"]);
    world.run(1);
    assert_eq!(world.take_log(), ["A>B CANCEL"]);
    world.run(40_000);
    assert_eq!(world.news(A), ["Progressed 180 -", "Progressed 180 -", "Refused 408"]);
    world.assert_idle();
}

#[test]
fn ringing_is_repeated_each_minute() {
    let mut world = World::new();
    let (_, b) = world.ring();
    world.act(B, |endpoint, now, out| endpoint.progress(now, b, Status(180), &[], None, out));
    world.log.clear();
    world.run(200_000);
    assert_eq!(world.take_log(), ["B>A 180 INVITE"; 3]);
    world.act(B, |endpoint, now, out| endpoint.refuse(now, b, Status(486), None, &[], out));
    world.run(100);
    assert_eq!(world.news(A).last().unwrap(), "Refused 486");
    world.assert_idle();
}

#[test]
fn a_refusal_is_repeated_until_its_ack_comes() {
    let mut world = World::new();
    let (_, b) = world.ring();
    let mut n_left = 2;
    world.drop_if = Some(Box::new(move |line| {
        let hit = line == "A>B ACK" && n_left > 0;
        n_left -= i32::from(hit);
        hit
    }));
    world.log.clear();
    let reason = sip::endpoint::Reason { protocol: "Q.850".to_owned(), cause: 17, text: "User busy".to_owned() };
    world.act(B, |endpoint, now, out| endpoint.refuse(now, b, Status(486), Some(&reason), &[], out));
    world.run(30_000);
    assert_eq!(world.news(A), ["Refused 486 User busy"]);
    assert_eq!(
        world.take_log(),
        ["B>A 486 INVITE", "A>B ACK", "B>A 486 INVITE", "A>B ACK", "B>A 486 INVITE", "A>B ACK"]
    );
    world.assert_idle();
}

#[test]
fn a_delayed_offer_is_answered_in_the_ack() {
    let mut world = World::new();
    let invite = world.outgoing(None);
    let (a, b) = world.ring_with(invite);
    world.act(B, |endpoint, now, out| endpoint.accept(now, b, &[], Some(sdp("offer")), out));
    world.run(20);
    assert_eq!(world.news(A), ["Answered offer"]);
    world.drop_if = Some(Box::new({
        let mut n_left = 1;
        move |line| {
            let hit = line == "A>B ACK" && n_left > 0;
            n_left -= i32::from(hit);
            hit
        }
    }));
    world.act(A, |endpoint, now, out| endpoint.acknowledge(now, a, Some(sdp("answer")), out));
    world.run(2000);
    assert_eq!(world.news(B), ["Acknowledged answer"]);
    assert_eq!(world.news(A), [""; 0]);
    world.act(B, |endpoint, now, out| endpoint.bye(now, b, None, out));
    world.assert_idle();
}

#[test]
fn bye_waits_for_the_ack() {
    let mut world = World::new();
    let (a, b) = world.ring();
    world.act(B, |endpoint, now, out| endpoint.accept(now, b, &[], Some(sdp("answer")), out));
    world.act(B, |endpoint, now, out| endpoint.bye(now, b, None, out));
    world.run(20);
    assert_eq!(world.news(A), ["Answered answer"]);
    world.log.clear();
    world.act(A, |endpoint, now, out| endpoint.acknowledge(now, a, None, out));
    world.run(100);
    assert_eq!(world.take_log(), ["A>B ACK", "B>A BYE", "A>B 200 BYE"]);
    assert_eq!(world.news(A), ["Ended Bye { reason: None }"]);
    assert_eq!(world.news(B), [""; 0]);
    world.assert_idle();
}

#[test]
fn two_byes_that_cross_are_both_answered() {
    let mut world = World::new();
    let (a, b) = world.talk();
    world.act(A, |endpoint, now, out| endpoint.bye(now, a, None, out));
    world.act(B, |endpoint, now, out| endpoint.bye(now, b, None, out));
    world.run(100);
    let mut log = world.take_log();
    log.sort();
    assert_eq!(log, ["A>B 200 BYE", "A>B BYE", "B>A 200 BYE", "B>A BYE"]);
    assert_eq!(world.news(A), [""; 0]);
    world.assert_idle();
}

#[test]
fn a_peer_that_is_gone_ends_the_call_and_one_that_lost_it_too() {
    let mut world = World::new();
    let (a, _) = world.talk();
    world.drop_if = Some(Box::new(|_| true));
    world.act(A, |endpoint, now, out| endpoint.info(now, a, sdp("ping"), out));
    world.run(33_000);
    assert_eq!(world.news(A), ["Ended Unreachable"]);
    let mut world = World::new();
    let (a, _) = world.talk();
    world.sides[B] = sip::Endpoint::new(super::world::config(B), [9; 32]);
    world.act(A, |endpoint, now, out| endpoint.info(now, a, sdp("ping"), out));
    world.run(1_000);
    assert_eq!(world.news(A), ["Ended Unreachable"]);
    world.assert_idle();
}

#[test]
fn a_bye_that_is_challenged_goes_again_with_credentials() {
    let mut world = World::new();
    let mut invite = world.outgoing(Some(sdp("offer")));
    invite.credentials = Some(super::world::credentials());
    let (a, _) = world.talk_with(invite);
    world.drop_if = Some(Box::new(|_| true));
    world.act(A, |endpoint, now, out| endpoint.bye(now, a, None, out));
    let bye = world.last(A);
    world.inject(A, &answer(&bye, "401 Unauthorized", "", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\n", ""));
    let again = world.last(A);
    assert!(again.starts_with(b"BYE") && super::world::field(&again, "Authorization").is_some());
    assert_eq!(super::world::field(&again, "CSeq").unwrap(), "3 BYE");
    world.inject(A, &answer(&again, "200 OK", "", "", ""));
    assert_eq!(world.sides[A].census().n_usages, 0);
}
