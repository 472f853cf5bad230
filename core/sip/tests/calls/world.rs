//! Two endpoints, A (the caller, by habit) and B, on a virtual network and clock.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sip::endpoint::{Body, Config, Credentials, Effect, Event, ExtraHeader, OutgoingInvite, ServerId, Status, UsageId};
use sip::{Endpoint, Message, Request, Source, Target, Transport};

pub const A: usize = 0;
pub const B: usize = 1;

/// What the network does to a packet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Network {
    pub loss_percent: u64,
    pub duplicate_percent: u64,
    pub jitter_ms: u64,
}

/// Whether the packet of a log line is lost.
type Lossy = Box<dyn FnMut(&str) -> bool>;

pub struct World {
    pub start: Instant,
    pub now: Instant,
    pub sides: [Endpoint; 2],
    pub transport: Transport,
    pub network: Network,
    rng: ChaCha8Rng,
    in_flight: BTreeMap<(Instant, u64), (usize, Bytes)>,
    n_sent: u64,
    /// `A>B INVITE`, `B>A 200 INVITE` …, with the time in milliseconds.
    pub log: Vec<(u128, String)>,
    /// Names that are to be looked up for an answer.
    pub asked: Vec<(ServerId, String)>,
    events: [Vec<Event>; 2],
    /// Packets whose log line holds this text are lost.
    pub drop_if: Option<Lossy>,
    /// Packets to these addresses go nowhere and are reported as failed.
    pub refused: Vec<(Transport, SocketAddr)>,
    /// The last packet that each side sent.
    pub last_packet: [Option<Bytes>; 2],
}

pub fn address(side: usize) -> SocketAddr {
    [SocketAddr::from(([192, 0, 2, 1], 5060)), SocketAddr::from(([192, 0, 2, 2], 5060))][side]
}

pub fn config(side: usize) -> Config {
    Config {
        product: format!("Trunkline/{side}"),
        sent_by: address(side).to_string(),
        tls_name: None,
        t1: Duration::from_millis(500),
        t2: Duration::from_secs(4),
        t4: Duration::from_secs(5),
    }
}

#[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
fn first_instant() -> Instant {
    Instant::now()
}

impl World {
    pub fn new() -> Self {
        Self::seeded(1, Transport::Udp)
    }

    pub fn seeded(seed: u64, transport: Transport) -> Self {
        let start = first_instant();
        let side = |n: u8| {
            let mut bytes = [n; 32];
            bytes[..8].copy_from_slice(&seed.to_be_bytes());
            Endpoint::new(config(usize::from(n)), bytes)
        };
        Self {
            start,
            now: start,
            sides: [side(0), side(1)],
            transport,
            network: Network::default(),
            rng: ChaCha8Rng::seed_from_u64(seed),
            in_flight: BTreeMap::new(),
            n_sent: 0,
            log: Vec::new(),
            asked: Vec::new(),
            events: [Vec::new(), Vec::new()],
            drop_if: None,
            refused: Vec::new(),
            last_packet: [None, None],
        }
    }

    pub fn chance(&mut self, below: u64) -> u64 {
        self.rng.next_u64() % below
    }

    pub fn source_of(&self, side: usize) -> Source {
        Source {
            transport: self.transport,
            remote: address(side),
            local: address(1 - side),
            connection: None,
            verified_names: None,
        }
    }

    pub fn target_of(&self, side: usize) -> Target {
        Target {
            transport: self.transport,
            remote: address(side),
            connection: None,
            server_name: None,
            local: Some(address(1 - side)),
        }
    }

    /// Lets one side do something, and puts what it sends on the network.
    pub fn act<R>(&mut self, side: usize, act: impl FnOnce(&mut Endpoint, Instant, &mut Vec<Effect>) -> R) -> R {
        let mut out = Vec::new();
        let result = act(&mut self.sides[side], self.now, &mut out);
        self.carry(side, out);
        result
    }

    fn carry(&mut self, side: usize, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Event(event) => self.events[side].push(event),
                Effect::Resolve { server, host, port, transport } => {
                    self.asked.push((server, format!("{host} {port:?} {transport:?}")));
                }
                Effect::Transmit { target, packet } => self.send(side, &target, packet),
            }
        }
    }

    fn send(&mut self, side: usize, target: &Target, packet: Bytes) {
        let ms = (self.now - self.start).as_millis();
        let name = ["A>B", "B>A"][side];
        let by = if target.transport == self.transport { "" } else { " (other transport)" };
        let line = format!("{name} {}{by}", describe(&packet));
        self.log.push((ms, line.clone()));
        self.last_packet[side] = Some(packet.clone());
        if self.refused.contains(&(target.transport, target.remote)) {
            let target = target.clone();
            return self.act(side, |endpoint, now, out| endpoint.handle_transport_failure(now, &target, out));
        }
        let is_lost = self.drop_if.as_mut().is_some_and(|drop_if| drop_if(&line));
        if is_lost || target.remote != address(1 - side) {
            return;
        }
        let n_copies = 1 + u64::from(self.chance(100) < self.network.duplicate_percent);
        for _ in 0..n_copies {
            if self.chance(100) < self.network.loss_percent {
                continue;
            }
            let jitter = self.network.jitter_ms;
            let delay = 10 + if jitter > 0 { self.chance(jitter) } else { 0 };
            self.n_sent += 1;
            let at = self.now + Duration::from_millis(delay);
            self.in_flight.insert((at, self.n_sent), (1 - side, packet.clone()));
        }
    }

    /// Lets a raw message reach a side, as if the other had sent it.
    pub fn inject(&mut self, side: usize, text: &str) {
        let packet = Bytes::copy_from_slice(text.replace('\n', "\r\n").as_bytes());
        let source = self.source_of(1 - side);
        self.act(side, |endpoint, now, out| endpoint.receive(now, &source, packet, out));
    }

    fn next_moment(&self) -> Option<Instant> {
        let packet = self.in_flight.keys().next().map(|&(at, _)| at);
        [packet, self.sides[A].next_deadline(), self.sides[B].next_deadline()].into_iter().flatten().min()
    }

    /// Lets time pass until something happened, but no longer than `until`. Returns whether anything did.
    pub fn step(&mut self, until: Instant) -> bool {
        let Some(at) = self.next_moment().filter(|at| *at <= until) else {
            self.now = self.now.max(until);
            return false;
        };
        self.now = self.now.max(at);
        while let Some((&key, _)) = self.in_flight.first_key_value()
            && key.0 <= self.now
        {
            if let Some((side, packet)) = self.in_flight.remove(&key) {
                let source = self.source_of(1 - side);
                self.act(side, |endpoint, now, out| endpoint.receive(now, &source, packet, out));
            }
        }
        for side in [A, B] {
            if self.sides[side].next_deadline().is_some_and(|at| at <= self.now) {
                self.act(side, |endpoint, now, out| endpoint.handle_timeout(now, out));
                let next = self.sides[side].next_deadline();
                assert!(next.is_none_or(|next| next > self.now), "a timer does not go away");
            }
        }
        true
    }

    /// Lets this many milliseconds pass.
    pub fn run(&mut self, ms: u64) {
        let until = self.now + Duration::from_millis(ms);
        while self.step(until) {}
    }

    /// What happened for the application of a side since the last time.
    pub fn events(&mut self, side: usize) -> Vec<Event> {
        std::mem::take(&mut self.events[side])
    }

    /// The same in words.
    pub fn news(&mut self, side: usize) -> Vec<String> {
        self.events(side).iter().map(summary).collect()
    }

    /// What was sent since the last time.
    pub fn take_log(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log).into_iter().map(|(_, line)| line).collect()
    }

    /// The one request that reached the application of a side.
    pub fn requested(&mut self, side: usize) -> Request {
        let mut found = None;
        for event in self.events(side) {
            if let Event::Requested { request, .. } = event {
                assert!(found.is_none(), "two requests");
                found = Some(request);
            }
        }
        found.expect("a request")
    }

    // ---- common steps

    pub fn outgoing(&self, body: Option<Body>) -> OutgoingInvite {
        OutgoingInvite {
            uri: "sip:bob@192.0.2.2".to_owned(),
            from: "\"Alice\" <sip:alice@a.test>".to_owned(),
            to: "<sip:bob@b.test>".to_owned(),
            contact_user: "alice".to_owned(),
            targets: vec![self.target_of(B)],
            body,
            headers: Vec::new(),
            credentials: None,
            max_forwards: 70,
            session_secs: None,
            offers_reliable: true,
        }
    }

    /// A calls B with an offer, and B opens the call.
    pub fn ring(&mut self) -> (UsageId, UsageId) {
        let invite = self.outgoing(Some(sdp("offer")));
        self.ring_with(invite)
    }

    pub fn ring_with(&mut self, invite: OutgoingInvite) -> (UsageId, UsageId) {
        let a = self.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
        self.run(50);
        let request = self.requested(B);
        let source = self.source_of(A);
        let b = self.act(B, |endpoint, now, out| endpoint.open_invite(now, request, &source, out));
        self.run(50);
        (a, b)
    }

    /// A call that is talking; the logs are emptied.
    pub fn talk(&mut self) -> (UsageId, UsageId) {
        let invite = self.outgoing(Some(sdp("offer")));
        self.talk_with(invite)
    }

    pub fn talk_with(&mut self, invite: OutgoingInvite) -> (UsageId, UsageId) {
        let (a, b) = self.ring_with(invite);
        self.act(B, |endpoint, now, out| endpoint.accept(now, b, &[], Some(sdp("answer")), out));
        self.run(50);
        assert_eq!(self.news(A), ["Answered answer"]);
        self.act(A, |endpoint, now, out| endpoint.acknowledge(now, a, None, out));
        self.run(50);
        assert_eq!(self.news(B), ["Acknowledged -"]);
        self.log.clear();
        (a, b)
    }

    /// Nothing may be left once everything had time to end; what takes longest is a subscription that nobody ends.
    pub fn assert_idle(&mut self) {
        self.run(370_000);
        for side in [A, B] {
            assert_eq!(self.sides[side].census(), sip::endpoint::Census::default(), "side {side}");
        }
    }
}

pub fn sdp(text: &'static str) -> Body {
    Body { content_type: Bytes::from_static(b"application/sdp"), bytes: Bytes::from_static(text.as_bytes()) }
}

pub fn header(name: &str, value: &str) -> ExtraHeader {
    ExtraHeader { name: name.to_owned(), value: value.to_owned() }
}

pub fn credentials() -> Credentials {
    Credentials { realm: None, user: "alice".to_owned(), password: "secret".to_owned() }
}

/// `INVITE`, or `200 INVITE`.
pub fn describe(packet: &Bytes) -> String {
    match Message::parse(packet.clone()) {
        Ok(Message::Request(request)) => request.method().as_str().to_owned(),
        Ok(Message::Response(response)) => {
            format!("{} {}", response.status().0, response.cseq().method.as_str())
        }
        // The answer to a damaged request repeats what was damaged.
        Err(_) if packet.starts_with(b"SIP/2.0 400") || packet.starts_with(b"SIP/2.0 5") => "damaged".to_owned(),
        Err(error) => panic!("we sent something unreadable ({error}): {}", String::from_utf8_lossy(packet)),
    }
}

fn text(body: Option<&Body>) -> String {
    body.map_or_else(|| "-".to_owned(), |body| String::from_utf8_lossy(&body.bytes).trim().to_owned())
}

/// An event in words.
pub fn summary(event: &Event) -> String {
    match event {
        Event::Requested { request, .. } => format!("Requested {}", request.method().as_str()),
        Event::Responded { status: Status(status), .. } => format!("Responded {status}"),
        Event::Progressed { status: Status(status), body, .. } => {
            format!("Progressed {status} {}", text(body.as_ref()))
        }
        Event::OfferedEarly { status: Status(status), body, .. } => {
            format!("OfferedEarly {status} {}", text(Some(body)))
        }
        Event::Answered { body, .. } => format!("Answered {}", text(body.as_ref())),
        Event::Refused { status: Status(status), reason, .. } => match reason {
            Some(reason) => format!("Refused {status} {}", reason.text),
            None => format!("Refused {status}"),
        },
        Event::Cancelled { reason, .. } => match reason {
            Some(reason) => format!("Cancelled {}", reason.text),
            None => "Cancelled".to_owned(),
        },
        Event::Acknowledged { body, .. } => format!("Acknowledged {}", text(body.as_ref())),
        Event::ProvisionallyAcknowledged { body, .. } => format!("ProvisionallyAcknowledged {}", text(body.as_ref())),
        Event::Reoffered { method, body, .. } => format!("Reoffered {method:?} {}", text(body.as_ref())),
        Event::ReofferAnswered { status: Status(status), body, .. } => {
            format!("ReofferAnswered {status} {}", text(body.as_ref()))
        }
        Event::Referred { refer, .. } => format!("Referred {}", refer.uri),
        Event::Informed { body, .. } => format!("Informed {}", text(Some(body))),
        Event::ReferProgressed { status: Status(status), ended, .. } => {
            format!("ReferProgressed {status}{}", if *ended { " ended" } else { "" })
        }
        Event::Ended { cause, .. } => format!("Ended {cause:?}"),
    }
}

/// A raw response to a request that an endpoint sent.
pub fn answer(request: &Bytes, status: &str, to_tag: &str, lines: &str, body: &str) -> String {
    let Ok(Message::Request(request)) = Message::parse(request.clone()) else { panic!("not a request") };
    let via = request.fields().find(|(name, _)| *name == "Via").map(|(_, value)| value).unwrap_or_default();
    let tag = if to_tag.is_empty() || request.to().tag().is_some() { String::new() } else { format!(";tag={to_tag}") };
    format!(
        "SIP/2.0 {status}\nVia: {via}\nFrom: {}\nTo: {}{tag}\nCall-ID: {}\nCSeq: {}\n{lines}Content-Type: application/sdp\nContent-Length: {}\n\n{body}",
        request.from_value(),
        request.to_value(),
        request.call_id(),
        request.cseq_value(),
        body.len(),
    )
}

/// The value of a header field of a packet.
pub fn field(packet: &Bytes, name: &str) -> Option<String> {
    match Message::parse(packet.clone()).ok()? {
        Message::Request(request) => request.header_named(name).map(str::to_owned),
        Message::Response(response) => response.header_named(name).map(str::to_owned),
    }
}

impl World {
    /// Nothing arrives any more but what is injected.
    pub fn deaf(mut self) -> Self {
        self.drop_if = Some(Box::new(|_| true));
        self
    }

    /// The last packet that a side sent.
    pub fn last(&self, side: usize) -> Bytes {
        self.last_packet[side].clone().expect("a packet")
    }
}
