//! A bug in one call ends that call, not the switch.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::net::SocketAddr;

use bytes::Bytes;
use media::quality::Quality;
use media::{PortGrant, WorkerId};
use phone::apps::Priority;
use phone::apps::queue::{Routing, Settings};
use phone::directory::{App, ResourceAccount, Tenant, TenantParts};
use phone::id::{QueueId, ResourceAccountId, TrunkId};
use phone::numbers::trunk::{SrtpMode, TrunkTransport};
use phone::numbers::{Assignee, E164, Number, NumberKind, Trunk};
use phone::people::tenant::Profile;
use phone::record::CallResult;
use sip::{Source, Transport};
use uuid::Uuid;

use super::*;

const TENANT: TenantId = TenantId(Uuid::from_u128(1));
const TRUNK: TrunkId = TrunkId(Uuid::from_u128(2));
const QUEUE: QueueId = QueueId(Uuid::from_u128(3));
const ACCOUNT: ResourceAccountId = ResourceAccountId(Uuid::from_u128(4));
const CARRIER: &str = "192.0.2.9:5060";
const CALLED: &str = "+14255550110";

#[test]
fn a_bug_ends_its_call_and_nothing_else() {
    let (mut switch, now) = a_switch();
    let first = begin_call(&mut switch, now, 1);
    let second = begin_call(&mut switch, now, 2);
    assert_eq!(switch.node.ports.n_used(), 2, "both callers are answered and hear music");

    switch.with_call(first, |call, node| {
        // Half of something: a port taken, a leg opened, a word said, and then the bug.
        let grant = node.ports.take(WorkerId(0)).unwrap();
        let leg = node.new_leg_id();
        node.legs.insert(leg, call.id);
        node.order(WorkerId(0), Order::Open { leg, grant, session: None });
        node.log(Level::Info, "half said", Some(call.id), String::new());
        panic!("for this test");
    });
    switch.settle();
    let said: Vec<Output> = switch.node.outputs.drain(..).collect();

    let errors = said.iter().filter(|said| matches!(said, Output::Log { level: Level::Error, .. }));
    assert_eq!(errors.count(), 1, "one line of level ERROR: {said:?}");
    let half_said = said.iter().any(|said| matches!(said, Output::Log { message: "half said", .. }));
    assert!(!half_said, "what was half said is unsaid");
    let byes = said.iter().filter(|said| sends(said, b"BYE ")).count();
    assert_eq!(byes, 1, "the caller gets a BYE: {said:?}");
    let closed = closed_legs(&said);
    assert_eq!(closed.len(), 1, "the leg that was open is closed, the one never opened is not");

    let record = closed.into_iter().find_map(|leg| close(&mut switch, now, leg)).unwrap();
    assert_eq!((record.id, record.result), (first, CallResult::Failed));
    assert!(switch.calls.contains_key(&second), "the other call goes on");
    assert_eq!(switch.node.ports.n_used(), 1, "the ports of the first are free again");
    assert_eq!(switch.n_panics, 1);
}

#[test]
fn a_bug_while_a_leg_moves_leaves_it_where_it_was() {
    let (mut switch, now) = a_switch();
    let call = begin_call(&mut switch, now, 1);
    let at = switch.calls[&call].as_ref().unwrap().worker;
    switch.with_call(call, |call, node| {
        call.legs[0].move_to(node, WorkerId(at.0 ^ 1));
        panic!("for this test");
    });
    switch.settle();
    let said: Vec<Output> = switch.node.outputs.drain(..).collect();
    let orders = said.iter().filter_map(|said| match said {
        Output::Media { worker, order: Order::Close { .. } } => Some(*worker),
        Output::Media { worker, order: order @ (Order::Expect { .. } | Order::Move { .. }) } => {
            panic!("{order:?} for {worker:?}")
        }
        _ => None,
    });
    assert_eq!(orders.collect::<Vec<_>>(), [at]);
    let leg = closed_legs(&said)[0];
    let grant = PortGrant { worker: at, rtp_port: 20_000 };
    let event = media::Event::Closed { leg, grant, quality: Quality::default() };
    switch.handle(now, Input::Media { event }).for_each(drop);
    assert_eq!(switch.node.ports.n_used(), 0);
}

#[test]
fn an_answer_that_reaches_nobody_goes_to_where_the_name_in_the_via_leads() {
    let (mut switch, now) = a_switch();
    let target = |remote: &str| sip::Target {
        transport: Transport::Tcp,
        remote: remote.parse().unwrap(),
        connection: None,
        server_name: None,
        local: None,
    };
    let stream = sip::Target { connection: Some(Connection(1)), ..target(CARRIER) };
    let source = Source { transport: Transport::Tcp, connection: stream.connection, ..source() };
    let invite = request("INVITE", 1, "", "v=0").to_vec();
    let invite = String::from_utf8(invite).unwrap();
    let invite = invite.replace(&format!("UDP {CARRIER}"), "TCP carrier.test").replace(CALLED, "+19995550000");
    let said: Vec<Output> = switch.handle(now, Input::Message { source, packet: Bytes::from(invite) }).collect();
    assert!(said.iter().any(|said| sends(said, b"SIP/2.0 404")), "{said:?}");

    // The stream is gone, and nobody listens at the address that it came from.
    let said: Vec<Output> = switch.handle(now, Input::TransportFailed { target: stream }).collect();
    assert!(said.iter().any(|said| sends(said, b"SIP/2.0 404")), "{said:?}");
    let failed = Input::TransportFailed { target: target("192.0.2.9:5060") };
    let said: Vec<Output> = switch.handle(now, failed).collect();
    let query = said.iter().find_map(|said| match said {
        Output::Resolve { query, host, port: None, transport: Some(Transport::Tcp), secure: false } => {
            assert_eq!(host, "carrier.test");
            Some(*query)
        }
        _ => None,
    });
    let resolved = Input::Resolved { query: query.unwrap(), targets: vec![target("192.0.2.77:5066")] };
    let said: Vec<Output> = switch.handle(now, resolved).collect();
    let [Output::Transmit { target, packet }] = &said[..] else { panic!("one answer: {said:?}") };
    assert!(packet.starts_with(b"SIP/2.0 404") && target.remote.port() == 5066, "{said:?}");
    assert!(switch.node.queries.is_empty());
}

fn sends(said: &Output, start: &[u8]) -> bool {
    if let Output::Transmit { packet, .. } = said { packet.starts_with(start) } else { false }
}

fn closed_legs(said: &[Output]) -> Vec<LegId> {
    let closed = said.iter().filter_map(|said| {
        if let Output::Media { order: Order::Close { leg }, .. } = said { Some(*leg) } else { None }
    });
    closed.collect()
}

fn close(switch: &mut Switch, now: Instant, leg: LegId) -> Option<Box<phone::record::CallRecord>> {
    let grant = PortGrant { worker: WorkerId(0), rtp_port: 20_000 };
    let event = media::Event::Closed { leg, grant, quality: Quality::default() };
    let said: Vec<Output> = switch.handle(now, Input::Media { event }).collect();
    said.into_iter().find_map(|said| if let Output::Record { record } = said { Some(record) } else { None })
}

/// A caller who waits in a queue, answered and acknowledged.
fn begin_call(switch: &mut Switch, now: Instant, number: u32) -> CallId {
    let known: Vec<CallId> = switch.calls.keys().copied().collect();
    let sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
    let invite = Input::Message { source: source(), packet: request("INVITE", number, "", sdp) };
    let said: Vec<Output> = switch.handle(now, invite).collect();
    let answer = said.iter().find_map(|said| {
        if let Output::Transmit { packet, .. } = said {
            packet.starts_with(b"SIP/2.0 200").then_some(packet)
        } else {
            None
        }
    });
    let answer = String::from_utf8(answer.unwrap().to_vec()).unwrap();
    let to = answer.lines().find(|line| line.starts_with("To:")).unwrap();
    let tag = to.split(";tag=").nth(1).unwrap();
    let ack = request("ACK", number, &format!(";tag={tag}"), "");
    switch.handle(now, Input::Message { source: source(), packet: ack }).for_each(drop);
    switch.calls.keys().copied().find(|id| !known.contains(id)).unwrap()
}

fn request(method: &str, number: u32, to_tag: &str, body: &str) -> Bytes {
    let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    Bytes::from(format!(
        "{method} sip:{CALLED}@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP {CARRIER};branch=z9hG4bK{method}{number}\r\n\
         Max-Forwards: 70\r\nFrom: <sip:+15550100@{CARRIER}>;tag=a\r\nTo: <sip:{CALLED}@192.0.2.1>{to_tag}\r\n\
         Call-ID: call{number}\r\nCSeq: 1 {method}\r\nContact: <sip:carrier@{CARRIER}>\r\n{kind}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

fn source() -> Source {
    Source {
        transport: Transport::Udp,
        remote: CARRIER.parse().unwrap(),
        local: SocketAddr::from(([192, 0, 2, 1], 5060)),
        connection: None,
        verified_names: None,
    }
}

/// A switch with one trunk, and a queue in which nobody works.
fn a_switch() -> (Switch, Instant) {
    #[expect(clippy::disallowed_methods, reason = "virtual time needs a first instant")]
    let now = Instant::now();
    let mut switch = Switch::new(Config {
        product: "test".to_owned(),
        sent_by: "192.0.2.1:5060".to_owned(),
        tls_name: None,
        media_address: None,
        route_address: [192, 0, 2, 1].into(),
        n_workers: 2,
        certificate: None,
        phone_key: phone::access::phone_credentials::Key([3; 32]),
        seed: [5; 32],
        wall: Timestamp::UNIX_EPOCH,
        started: now,
        t1: Duration::from_millis(500),
    });
    let directory = Arc::new(Directory::new([Arc::new(Tenant::new(parts()))], Some(TENANT)));
    switch
        .handle(now, Input::Directory { directory, prompts: Arc::default(), touched: Touched::Everything })
        .for_each(drop);
    for worker in [WorkerId(0), WorkerId(1)] {
        let first_port = 20_000 + 1_000 * worker.0;
        let grants = (0..100).map(|at| PortGrant { worker, rtp_port: first_port + 2 * at }).collect();
        let event = media::Event::Granted { worker, grants, n_coming: 0 };
        switch.handle(now, Input::Media { event }).for_each(drop);
    }
    (switch, now)
}

fn parts() -> TenantParts {
    let called = E164::parse(CALLED).unwrap();
    let assignee = Some(Assignee::ResourceAccount(ACCOUNT));
    let number = Number { assignee, ..Number::new(called, NumberKind::ServiceToll) };
    let account = ResourceAccount {
        id: ACCOUNT,
        display_name: "Sales".to_owned(),
        app: Some(App::Queue(QUEUE)),
        priority: Priority::NORMAL,
    };
    let trunk = Trunk {
        id: TRUNK,
        name: "carrier".to_owned(),
        host: "192.0.2.9".to_owned(),
        port: None,
        transport: TrunkTransport::Udp,
        sources: vec![CARRIER.parse().unwrap()],
        credentials: None,
        country: None,
        srtp: SrtpMode::Off,
        codecs: vec!["PCMU".to_owned()],
        n_calls_max: None,
        no_answer_secs: 5,
        enabled: true,
        description: None,
        settings: Default::default(),
    };
    let queue = Settings {
        agents: Vec::new(),
        routing: Routing::Serial,
        presence_based: false,
        agent_alert_secs: 20,
        overflow_threshold: 10,
        timeout_secs: 600,
        reset_idle_on_miss: true,
        ..Settings::new(QUEUE, "Sales", "en-US")
    };
    TenantParts {
        profile: Profile {
            id: TENANT,
            slug: "demo".to_owned(),
            name: "Demo".to_owned(),
            sip_domain: "demo.test".to_owned(),
            time_zone: "UTC".to_owned(),
            country: "US".to_owned(),
            language: "en-US".to_owned(),
            state: Default::default(),
            supervision_notice: Default::default(),
            number_pause: None,
            number_mails: Default::default(),
            fallback_operator: None,
        },
        users: BTreeMap::new(),
        numbers: BTreeMap::from([(called, number)]),
        trunks: BTreeMap::from([(TRUNK, Arc::new(trunk))]),
        outbound_trunks: vec![TRUNK],
        lent: BTreeMap::new(),
        groups: BTreeMap::new(),
        resource_accounts: BTreeMap::from([(ACCOUNT, account)]),
        attendants: BTreeMap::new(),
        queues: BTreeMap::from([(QUEUE, Arc::new(queue))]),
        schedules: BTreeMap::new(),
        mailboxes: BTreeMap::new(),
        personal_mailboxes: BTreeMap::new(),
        calling: Arc::default(),
        routing: Arc::default(),
        emergency_numbers: Vec::new(),
        country_profile: None,
    }
}
