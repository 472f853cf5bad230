//! Where answers go when it is not simply back. RFC 3261 §18.2.2

use bytes::Bytes;
use sip::endpoint::{Effect, Status};
use sip::{Connection, Endpoint, Source, Target, Transport};

use super::world::{A, B, World, sdp};

const STREAM: Connection = Connection(7);

fn request(method: &str, transport: &str, sent_by: &str, to_tag: &str) -> Bytes {
    format!(
        "{method} sip:bob@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/{transport} {sent_by};branch=z9hG4bKway\r\n\
         From: <sip:a@a.test>;tag=1\r\nTo: <sip:bob@b.test>{to_tag}\r\nCall-ID: c1\r\nCSeq: 1 {method}\r\n\
         Max-Forwards: 70\r\nContact: <sip:a@192.0.2.1>\r\nContent-Length: 0\r\n\r\n"
    )
    .into()
}

/// A stream that A opened from some port.
fn stream(world: &World, transport: Transport) -> Source {
    let remote = ([192, 0, 2, 1], 40_001).into();
    Source { transport, remote, connection: Some(STREAM), ..world.source_of(A) }
}

fn receive(world: &mut World, source: &Source, packet: Bytes) {
    world.act(B, |endpoint, now, out| endpoint.receive(now, source, packet, out));
}

/// Where the one packet goes that this makes B send.
fn way(world: &mut World, act: impl FnOnce(&mut Endpoint, std::time::Instant, &mut Vec<Effect>)) -> Target {
    world.act(B, |endpoint, now, out| {
        act(endpoint, now, out);
        let targets: Vec<Target> = out
            .iter()
            .filter_map(|effect| match effect {
                Effect::Transmit { target, .. } => Some(target.clone()),
                Effect::Event(_) | Effect::Resolve { .. } => None,
            })
            .collect();
        let [target] = &targets[..] else { panic!("not one packet: {out:?}") };
        target.clone()
    })
}

#[test]
fn maddr_counts_for_requests_that_are_kept_only() {
    let mut world = World::new();
    let source = world.source_of(A);
    for (maddr, expected) in [
        ("192.0.2.77", "192.0.2.77:5070"),
        ("[2001:db8::77]", "[2001:db8::77]:5070"),
        ("elsewhere.test", "192.0.2.1:5060"),
    ] {
        let options = request("OPTIONS", "UDP", &format!("192.0.2.1:5070;maddr={maddr};rport"), "");
        receive(&mut world, &source, options);
        let request = world.requested(B);
        let challenged =
            way(&mut world, |endpoint, _, out| endpoint.reply_statelessly(&request, &source, Status(401), &[], out));
        assert_eq!(challenged.remote, source.remote, "a stranger can't have us write to others");
        let server = world.act(B, |endpoint, now, _| endpoint.open(now, request, &source));
        let answered = way(&mut world, |endpoint, now, out| endpoint.respond(now, server, Status(200), &[], None, out));
        assert_eq!(answered.remote.to_string(), expected);
        world.run(33_000);
    }
}

#[test]
fn an_answer_whose_stream_is_gone_goes_by_a_new_one_to_where_the_sender_listens() {
    for (transport, sent_by, remote, name) in [
        (Transport::Tcp, "192.0.2.1:5070", "192.0.2.1:5070", None),
        (Transport::Tcp, "phone.test", "192.0.2.1:5060", None),
        (Transport::Tls, "phone.test", "192.0.2.1:5061", Some("phone.test")),
    ] {
        let mut world = World::seeded(1, transport);
        let source = stream(&world, transport);
        receive(&mut world, &source, request("INVITE", transport.via_name(), sent_by, ""));
        let request = world.requested(B);
        let b = world.act(B, |endpoint, now, out| endpoint.open_invite(now, request, &source, out));
        world.act(B, |endpoint, now, out| endpoint.handle_closed(now, STREAM, out));
        let answered = way(&mut world, |endpoint, now, out| endpoint.accept(now, b, &[], Some(sdp("offer")), out));
        assert_eq!((answered.connection, answered.transport), (None, transport));
        assert_eq!((answered.remote.to_string().as_str(), answered.server_name.as_deref()), (remote, name));
        let next = world.sides[B].next_deadline().expect("the 200 is repeated");
        world.now = next;
        assert_eq!(way(&mut world, |endpoint, now, out| endpoint.handle_timeout(now, out)), answered);
    }
}

#[test]
fn an_answer_that_could_not_be_sent_is_sent_once_more() {
    let mut world = World::seeded(1, Transport::Tcp);
    let source = stream(&world, Transport::Tcp);
    receive(&mut world, &source, request("INVITE", "TCP", "192.0.2.1:5070", ""));
    let request = world.requested(B);
    let b = world.act(B, |endpoint, now, out| endpoint.open_invite(now, request, &source, out));
    let answered = way(&mut world, |endpoint, now, out| endpoint.refuse(now, b, Status(486), None, &[], out));
    assert_eq!((answered.connection, answered.remote), (Some(STREAM), source.remote));
    let again = way(&mut world, |endpoint, now, out| endpoint.handle_transport_failure(now, &answered, out));
    assert_eq!((again.connection, again.remote.port()), (None, 5070));
    world.log.clear();
    world.act(B, |endpoint, now, out| endpoint.handle_transport_failure(now, &again, out));
    world.act(B, |endpoint, now, out| endpoint.handle_closed(now, STREAM, out));
    assert_eq!(world.take_log(), [""; 0], "but not for ever");
}

#[test]
fn where_nobody_listens_at_the_sender_s_address_its_name_is_looked_up() {
    for (transport, sent_by, asked) in [
        (Transport::Tcp, "phone.test", "phone.test None Tcp"),
        (Transport::Tcp, "phone.test:5070", "phone.test Some(5070) Tcp"),
        (Transport::Tls, "phone.test", "phone.test None Tls"),
    ] {
        let mut world = World::seeded(1, transport);
        let source = stream(&world, transport);
        receive(&mut world, &source, request("INVITE", transport.via_name(), sent_by, ""));
        let request = world.requested(B);
        let b = world.act(B, |endpoint, now, out| endpoint.open_invite(now, request, &source, out));
        let answered = way(&mut world, |endpoint, now, out| endpoint.refuse(now, b, Status(486), None, &[], out));
        let again = way(&mut world, |endpoint, now, out| endpoint.handle_transport_failure(now, &answered, out));
        assert_eq!(again.remote.ip(), source.remote.ip());
        world.log.clear();
        world.act(B, |endpoint, now, out| endpoint.handle_transport_failure(now, &again, out));
        assert_eq!(world.take_log(), [""; 0], "nothing is sent before the name is known");
        let [(server, question)] = &world.asked[..] else { panic!("{:?}", world.asked) };
        assert_eq!(question, asked);
        let server = *server;
        let found: Vec<Target> = ["192.0.2.71:5071", "192.0.2.72:5072"]
            .map(|remote| Target { remote: remote.parse().unwrap(), local: None, ..again.clone() })
            .into();
        let first = way(&mut world, |endpoint, _, out| endpoint.handle_resolved(server, found.clone(), out));
        assert_eq!((first.remote, first.local), (found[0].remote, again.local));
        let second = way(&mut world, |endpoint, now, out| endpoint.handle_transport_failure(now, &first, out));
        assert_eq!(second.remote, found[1].remote);
        world.log.clear();
        world.act(B, |endpoint, now, out| endpoint.handle_transport_failure(now, &second, out));
        world.act(B, |endpoint, _, out| endpoint.handle_resolved(server, Vec::new(), out));
        assert_eq!((world.take_log(), world.asked.len()), (Vec::<String>::new(), 1), "there is no other way");
        world.run(40_000);
        world.act(B, |endpoint, _, out| endpoint.handle_resolved(server, found, out));
        assert_eq!(world.take_log(), [""; 0], "too late");
        world.assert_idle();
    }
}

#[test]
fn an_address_in_the_via_is_no_name_to_look_up() {
    let mut world = World::seeded(1, Transport::Tcp);
    let source = stream(&world, Transport::Tcp);
    receive(&mut world, &source, request("INVITE", "TCP", "192.0.2.1:5070", ""));
    let request = world.requested(B);
    let b = world.act(B, |endpoint, now, out| endpoint.open_invite(now, request, &source, out));
    let answered = way(&mut world, |endpoint, now, out| endpoint.refuse(now, b, Status(486), None, &[], out));
    let again = way(&mut world, |endpoint, now, out| endpoint.handle_transport_failure(now, &answered, out));
    world.act(B, |endpoint, now, out| endpoint.handle_transport_failure(now, &again, out));
    assert!(world.asked.is_empty());
}

#[test]
fn nobody_listens_behind_a_websocket() {
    let mut world = World::seeded(1, Transport::Wss);
    let source = stream(&world, Transport::Wss);
    receive(&mut world, &source, request("INVITE", "WSS", "df7jal23ls0d.invalid", ""));
    let request = world.requested(B);
    let b = world.act(B, |endpoint, now, out| endpoint.open_invite(now, request, &source, out));
    let answered = way(&mut world, |endpoint, now, out| endpoint.refuse(now, b, Status(486), None, &[], out));
    world.log.clear();
    world.act(B, |endpoint, now, out| endpoint.handle_transport_failure(now, &answered, out));
    assert_eq!(world.take_log(), [""; 0]);
    world.assert_idle();
}
