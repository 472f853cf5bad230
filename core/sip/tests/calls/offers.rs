//! Offers inside a dialog: re-INVITE, UPDATE, reliable provisional responses, glare, session timers.

use sip::endpoint::{OutgoingInvite, Status};

use super::world::{A, B, World, field, header, sdp};

#[test]
fn a_reoffer_is_answered_and_acknowledged() {
    let mut world = World::new();
    let (a, b) = world.talk();
    world.act(B, |endpoint, now, out| endpoint.reoffer(now, b, Some(sdp("hold")), out));
    world.run(50);
    assert_eq!(world.news(A), ["Reoffered Invite hold"]);
    world.act(A, |endpoint, now, out| endpoint.answer_reoffer(now, a, Status(200), Some(sdp("held")), out));
    world.run(50);
    assert_eq!(world.news(B), ["ReofferAnswered 200 held"]);
    assert_eq!(world.news(A), ["Acknowledged -"]);
    assert_eq!(world.take_log(), ["B>A INVITE", "A>B 100 INVITE", "A>B 200 INVITE", "B>A ACK"]);
    // Without a body it asks for an offer, and the ACK has the answer.
    world.act(A, |endpoint, now, out| endpoint.reoffer(now, a, None, out));
    world.run(50);
    assert_eq!(world.news(B), ["Reoffered Invite -"]);
    world.act(B, |endpoint, now, out| endpoint.answer_reoffer(now, b, Status(200), Some(sdp("offer")), out));
    world.run(50);
    assert_eq!(world.news(A), ["ReofferAnswered 200 offer"]);
    world.act(A, |endpoint, now, out| endpoint.acknowledge(now, a, Some(sdp("answer")), out));
    world.run(50);
    assert_eq!(world.news(B), ["Acknowledged answer"]);
    // A refused one leaves the call as it was.
    world.act(A, |endpoint, now, out| endpoint.reoffer(now, a, Some(sdp("odd")), out));
    world.run(50);
    world.act(B, |endpoint, now, out| endpoint.answer_reoffer(now, b, Status(488), None, out));
    world.run(50);
    assert_eq!(world.news(A), ["ReofferAnswered 488 -"]);
    world.act(A, |endpoint, now, out| endpoint.bye(now, a, None, out));
    world.assert_idle();
}

#[test]
fn a_second_reoffer_waits_for_the_first() {
    let mut world = World::new();
    let (a, b) = world.talk();
    for body in ["one", "two"] {
        world.act(A, |endpoint, now, out| endpoint.reoffer(now, a, Some(sdp(body)), out));
    }
    world.run(50);
    assert_eq!(world.news(B), ["Reoffered Invite one"]);
    world.act(B, |endpoint, now, out| endpoint.answer_reoffer(now, b, Status(200), Some(sdp("1")), out));
    world.run(50);
    assert_eq!(world.news(B), ["Acknowledged -", "Reoffered Invite two"]);
    world.act(B, |endpoint, now, out| endpoint.answer_reoffer(now, b, Status(200), Some(sdp("2")), out));
    world.run(50);
    assert_eq!(world.news(A), ["ReofferAnswered 200 1", "ReofferAnswered 200 2"]);
    world.act(A, |endpoint, now, out| endpoint.bye(now, a, None, out));
    world.assert_idle();
}

#[test]
fn glare_ends_with_both_offers_answered() {
    for seed in 0..20 {
        let mut world = World::seeded(seed, sip::Transport::Udp);
        let (a, b) = world.talk();
        world.act(A, |endpoint, now, out| endpoint.reoffer(now, a, Some(sdp("from a")), out));
        world.act(B, |endpoint, now, out| endpoint.reoffer(now, b, Some(sdp("from b")), out));
        world.run(20);
        let log = world.take_log();
        assert!(log.contains(&"A>B 491 INVITE".to_owned()) && log.contains(&"B>A 491 INVITE".to_owned()), "{log:?}");
        let mut news = [Vec::new(), Vec::new()];
        for _ in 0..600 {
            world.run(10);
            for (side, usage) in [(A, a), (B, b)] {
                for each in world.news(side) {
                    if each.starts_with("Reoffered") {
                        world.act(side, |endpoint, now, out| {
                            endpoint.answer_reoffer(now, usage, Status(200), Some(sdp("yes")), out);
                        });
                    }
                    news[side].push(each);
                }
            }
        }
        assert_eq!(news[A], ["Reoffered Invite from b", "Acknowledged -", "ReofferAnswered 200 yes"], "B waits less");
        assert_eq!(news[B], ["ReofferAnswered 200 yes", "Reoffered Invite from a", "Acknowledged -"]);
        world.act(A, |endpoint, now, out| endpoint.bye(now, a, None, out));
        world.assert_idle();
    }
}

#[test]
fn an_offer_while_theirs_is_open_is_refused_with_retry_after() {
    let mut world = World::new();
    let (a, b) = world.talk();
    world.act(A, |endpoint, now, out| endpoint.reoffer(now, a, Some(sdp("one")), out));
    let invite = String::from_utf8_lossy(&world.last(A)).replace("\r\n", "\n");
    world.run(50);
    for (method, cseq) in [("INVITE", 3), ("UPDATE", 4)] {
        let again = invite
            .replace("INVITE sip", &format!("{method} sip"))
            .replace("CSeq: 2 INVITE", &format!("CSeq: {cseq} {method}"))
            .replace("z9hG4bK", &format!("z9hG4bK{method}"));
        world.inject(B, &again);
        assert!(world.last(B).starts_with(b"SIP/2.0 500"), "{method}");
        let secs: u32 = field(&world.last(B), "Retry-After").unwrap().parse().unwrap();
        assert!(secs <= 10);
    }
    let _ = b;
}

fn reliable(world: &World, body: bool) -> OutgoingInvite {
    let mut invite = world.outgoing(body.then(|| sdp("offer")));
    invite.headers = vec![header("Require", "100rel")];
    invite
}

#[test]
fn early_media_is_reliable_and_the_2xx_waits_for_its_prack() {
    let mut world = World::new();
    let (a, b) = world.ring();
    let mut n_left = 2;
    world.drop_if = Some(Box::new(move |line| {
        let hit = line == "A>B PRACK" && n_left > 0;
        n_left -= i32::from(hit);
        hit
    }));
    world.log.clear();
    world.act(B, |endpoint, now, out| endpoint.progress(now, b, Status(183), &[], Some(sdp("early")), out));
    world.act(B, |endpoint, now, out| endpoint.progress(now, b, Status(180), &[], None, out));
    world.act(B, |endpoint, now, out| endpoint.accept(now, b, &[], Some(sdp("early")), out));
    world.run(400);
    assert_eq!(world.news(A), ["Progressed 183 early", "Progressed 180 -"]);
    assert_eq!(world.take_log(), ["B>A 183 INVITE", "B>A 180 INVITE", "A>B PRACK"]);
    world.run(2000);
    assert_eq!(world.news(B), ["ProvisionallyAcknowledged -"]);
    assert_eq!(world.news(A), ["Answered -"], "the answer came before");
    world.act(A, |endpoint, now, out| endpoint.acknowledge(now, a, None, out));
    world.run(50);
    assert_eq!(world.news(B), ["Acknowledged -"]);
    let log = world.take_log();
    assert_eq!(log.iter().filter(|line| *line == "B>A 200 PRACK").count(), 1);
    world.act(A, |endpoint, now, out| endpoint.bye(now, a, None, out));
    world.assert_idle();
}

#[test]
fn required_reliability_makes_each_provisional_wait_for_the_one_before() {
    let mut world = World::new();
    let invite = reliable(&world, true);
    let (a, b) = world.ring_with(invite);
    world.log.clear();
    for status in [180, 181, 183] {
        world.act(B, |endpoint, now, out| endpoint.progress(now, b, Status(status), &[], None, out));
    }
    world.run(200);
    assert_eq!(
        world.take_log(),
        [
            "B>A 180 INVITE",
            "A>B PRACK",
            "B>A 200 PRACK",
            "B>A 181 INVITE",
            "A>B PRACK",
            "B>A 200 PRACK",
            "B>A 183 INVITE",
            "A>B PRACK",
            "B>A 200 PRACK"
        ]
    );
    assert_eq!(world.news(A), ["Progressed 180 -", "Progressed 181 -", "Progressed 183 -"]);
    world.act(A, |endpoint, now, out| endpoint.cancel(now, a, None, out));
    world.assert_idle();
}

#[test]
fn a_reliable_response_that_is_never_acknowledged_ends_the_call() {
    let mut world = World::new();
    let (_, b) = world.ring();
    world.drop_if = Some(Box::new(|line| line.ends_with("PRACK")));
    world.act(B, |endpoint, now, out| endpoint.progress(now, b, Status(183), &[], Some(sdp("early")), out));
    world.run(33_000);
    assert_eq!(world.news(B), ["Ended Unreachable"]);
    assert_eq!(world.news(A).last().unwrap(), "Refused 504");
    world.assert_idle();
}

#[test]
fn a_2xx_may_overtake_ringing_and_its_prack_is_answered_all_the_same() {
    let mut world = World::new();
    let invite = reliable(&world, true);
    let (a, b) = world.ring_with(invite);
    world.log.clear();
    world.act(B, |endpoint, now, out| endpoint.progress(now, b, Status(180), &[], None, out));
    world.act(B, |endpoint, now, out| endpoint.accept(now, b, &[], Some(sdp("answer")), out));
    world.run(15);
    world.act(A, |endpoint, now, out| endpoint.acknowledge(now, a, None, out));
    world.run(500);
    assert_eq!(world.take_log(), ["B>A 180 INVITE", "B>A 200 INVITE", "A>B PRACK", "A>B ACK", "B>A 200 PRACK"]);
    assert_eq!(world.news(A), ["Progressed 180 -", "Answered answer"]);
    world.act(A, |endpoint, now, out| endpoint.bye(now, a, None, out));
    world.assert_idle();
}

#[test]
fn an_update_that_gets_no_answer_does_not_block_later_offers() {
    let mut world = World::new();
    let (a, b) = world.ring();
    world.act(B, |endpoint, now, out| endpoint.progress(now, b, Status(183), &[], Some(sdp("early")), out));
    world.run(100);
    world.drop_if = Some(Box::new(|line| line == "A>B UPDATE"));
    world.act(A, |endpoint, now, out| endpoint.reoffer(now, a, Some(sdp("new")), out));
    world.run(33_000);
    assert_eq!(world.news(A), ["Progressed 183 early", "ReofferAnswered 408 -"]);
    world.act(B, |endpoint, now, out| endpoint.accept(now, b, &[], Some(sdp("early")), out));
    world.run(50);
    world.act(A, |endpoint, now, out| endpoint.acknowledge(now, a, None, out));
    world.act(A, |endpoint, now, out| endpoint.reoffer(now, a, Some(sdp("again")), out));
    world.run(50);
    assert_eq!(world.news(B), ["ProvisionallyAcknowledged -", "Acknowledged -", "Reoffered Invite again"]);
}

#[test]
fn an_offer_in_a_reliable_provisional_answer_is_answered_in_the_prack() {
    let mut world = World::new();
    let invite = world.outgoing(None);
    let (a, b) = world.ring_with(invite);
    world.log.clear();
    world.act(B, |endpoint, now, out| endpoint.progress(now, b, Status(183), &[], Some(sdp("offer")), out));
    world.run(15);
    assert_eq!(world.news(A), ["OfferedEarly 183 offer"]);
    // A copy that crosses says nothing new.
    world.run(600);
    assert_eq!(world.news(A), [""; 0]);
    world.act(A, |endpoint, now, out| endpoint.answer_early_offer(now, a, Some(sdp("answer")), out));
    world.run(50);
    assert!(world.take_log().starts_with(&["B>A 183 INVITE".into(), "B>A 183 INVITE".into(), "A>B PRACK".into()]));
    assert_eq!(world.news(B), ["ProvisionallyAcknowledged answer"]);
    // Offer and answer are exchanged: either may offer anew before the call is answered.
    world.act(A, |endpoint, now, out| endpoint.reoffer(now, a, Some(sdp("new")), out));
    world.run(50);
    world.act(B, |endpoint, now, out| endpoint.answer_reoffer(now, b, Status(200), Some(sdp("ok")), out));
    world.run(50);
    assert_eq!(world.news(B), ["Reoffered Update new"]);
    assert_eq!(world.news(A), ["ReofferAnswered 200 ok"]);
    world.act(B, |endpoint, now, out| endpoint.accept(now, b, &[], None, out));
    world.run(50);
    assert_eq!(world.news(A), ["Answered -"]);
    world.act(A, |endpoint, now, out| endpoint.acknowledge(now, a, None, out));
    world.run(50);
    assert_eq!(world.news(B), ["Acknowledged -"]);
    world.act(A, |endpoint, now, out| endpoint.bye(now, a, None, out));
    world.assert_idle();
}

#[test]
fn an_early_offer_to_a_cancelled_call_is_acknowledged_without_an_answer() {
    let mut world = World::new();
    let invite = world.outgoing(None);
    let (a, b) = world.ring_with(invite);
    world.act(B, |endpoint, now, out| endpoint.progress(now, b, Status(183), &[], Some(sdp("offer")), out));
    world.act(A, |endpoint, now, out| endpoint.cancel(now, a, None, out));
    world.run(15);
    assert!(world.take_log().contains(&"A>B PRACK".to_owned()));
    world.run(100);
    assert_eq!(world.news(A), ["Refused 487"]);
    world.assert_idle();
}

#[test]
fn a_prack_out_of_turn_gets_481() {
    let mut world = World::new();
    let (_, b) = world.ring();
    world.act(B, |endpoint, now, out| endpoint.progress(now, b, Status(183), &[], Some(sdp("early")), out));
    world.run(5);
    world.step(world.now + std::time::Duration::from_millis(10));
    let prack = String::from_utf8_lossy(&world.last(A)).replace("\r\n", "\n");
    assert!(prack.starts_with("PRACK"));
    world.run(50);
    world.inject(B, &prack.replace("z9hG4bK", "z9hG4bKq").replace("CSeq: 2", "CSeq: 3"));
    assert!(world.last(B).starts_with(b"SIP/2.0 481"));
    world.inject(B, &prack.replace("z9hG4bK", "z9hG4bKr").replace("CSeq: 2", "CSeq: 4").replace(" INVITE\n", "\n"));
    assert!(world.last(B).starts_with(b"SIP/2.0 400"));
}

#[test]
fn update_changes_an_early_dialog_from_either_side() {
    let mut world = World::new();
    let (a, b) = world.ring();
    world.act(B, |endpoint, now, out| endpoint.progress(now, b, Status(183), &[], Some(sdp("early")), out));
    world.run(100);
    world.log.clear();
    world.news(A);
    world.news(B);
    world.act(A, |endpoint, now, out| endpoint.reoffer(now, a, Some(sdp("new")), out));
    world.run(50);
    assert_eq!(world.news(B), ["Reoffered Update new"]);
    world.act(B, |endpoint, now, out| endpoint.answer_reoffer(now, b, Status(200), Some(sdp("ok")), out));
    world.run(50);
    assert_eq!(world.news(A), ["ReofferAnswered 200 ok"]);
    world.act(B, |endpoint, now, out| endpoint.reoffer(now, b, Some(sdp("other")), out));
    world.run(50);
    assert_eq!(world.news(A), ["Reoffered Update other"]);
    world.act(A, |endpoint, now, out| endpoint.answer_reoffer(now, a, Status(200), Some(sdp("fine")), out));
    world.run(50);
    assert_eq!(world.news(B), ["ReofferAnswered 200 fine"]);
    assert_eq!(world.take_log(), ["A>B UPDATE", "B>A 200 UPDATE", "B>A UPDATE", "A>B 200 UPDATE"]);
    world.act(A, |endpoint, now, out| endpoint.cancel(now, a, None, out));
    world.assert_idle();
}

#[test]
fn a_session_is_refreshed_by_who_asked_and_ends_when_the_peer_is_gone() {
    let mut world = World::new();
    let invite = OutgoingInvite { session_secs: Some(120), ..world.outgoing(Some(sdp("offer"))) };
    let (_, _) = world.talk_with(invite);
    world.run(59_000);
    assert_eq!(world.take_log(), [""; 0]);
    world.run(2_000);
    assert_eq!(world.take_log(), ["A>B UPDATE", "B>A 200 UPDATE"]);
    assert_eq!(field(&world.last(B), "Session-Expires").unwrap(), "120;refresher=uac");
    world.run(300_000);
    assert_eq!((world.news(A), world.news(B)), (vec![], vec![]));
    // The network is cut: the one who waits gives up at the end of the interval, the other by its refresh.
    world.drop_if = Some(Box::new(|_| true));
    world.run(150_000);
    assert_eq!(world.news(B), ["Ended SessionExpired"]);
    assert_eq!(world.news(A).len(), 1);
    world.assert_idle();
}

#[test]
fn a_refresh_is_a_reinvite_with_the_last_description_where_update_is_unknown() {
    let mut world = World::new().deaf();
    let invite = OutgoingInvite { session_secs: Some(1800), ..world.outgoing(Some(sdp("offer"))) };
    let a = world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
    let sent = world.last(A);
    assert_eq!(field(&sent, "Session-Expires").unwrap(), "1800");
    // Too short for the peer: again, once, with what it wants.
    world.inject(A, &super::world::answer(&sent, "422 Session Interval Too Small", "x", "Min-SE: 3600\n", ""));
    let sent = world.last(A);
    assert_eq!(
        (field(&sent, "Session-Expires").unwrap(), field(&sent, "Min-SE").unwrap()),
        ("3600".into(), "3600".into())
    );
    let lines = "Contact: <sip:bob@192.0.2.2>\nSession-Expires: 3600;refresher=uac\nRequire: timer\n";
    world.inject(A, &super::world::answer(&sent, "200 OK", "x", lines, "answer"));
    world.act(A, |endpoint, now, out| endpoint.acknowledge(now, a, None, out));
    world.run(1_800_000);
    let refresh = world.last(A);
    assert!(refresh.starts_with(b"INVITE") && refresh.ends_with(b"offer"));
    assert_eq!(field(&refresh, "Session-Expires").unwrap(), "3600;refresher=uac");
    world.inject(A, &super::world::answer(&refresh, "200 OK", "", lines, "answer"));
    assert!(world.last(A).starts_with(b"ACK"));
    assert_eq!(world.news(A), ["Answered answer"]);
}
