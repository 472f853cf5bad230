//! The engine, its peers and a clock that only tests move.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::engine::handover::Handover;
use media::engine::{Component, Outputs};
use media::prompt::Prompt;
use media::quality::Quality;
use media::rtcp::{self, Part};
use media::rtp::Header;
use media::sdp::{Codec, Direction, Negotiation, Preferences, SrtpPolicy};
use media::tone::{TONE_RATE, Tone, ToneKind};
use media::{Digit, Engine, Event, LegId, Order, PortGrant, Recorded, Session, WorkerId};

pub const A: LegId = LegId(1);
pub const B: LegId = LegId(2);
pub const OURS: &str = "198.51.100.1";
pub const ALICE: &str = "203.0.113.1:4000";
pub const BOB: &str = "203.0.113.2:5000";
pub const STRANGER: &str = "192.0.2.66:4000";

pub struct World {
    pub engine: Engine,
    pub now: Instant,
    pub out: Outputs,
    pub sessions: Vec<Session>,
    pub negotiations: Vec<(LegId, Negotiation)>,
    pub events: Vec<Event>,
    pub handovers: Vec<Handover>,
    pub recorded: Vec<Recorded>,
}

#[derive(Clone, Debug)]
pub struct Packet {
    pub leg: LegId,
    pub component: Component,
    pub to: SocketAddr,
    pub bytes: Vec<u8>,
    pub at: Instant,
}

/// A peer that keeps count.
#[derive(Clone, Debug)]
pub struct Phone {
    pub address: SocketAddr,
    pub number: u8,
    pub ssrc: u32,
    pub sequence: u16,
    pub timestamp: u32,
    pub heard: Vec<Header>,
}

pub struct Dice(pub u64);

impl World {
    pub fn new() -> Self {
        #[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
        let now = Instant::now();
        Self::of_thread(WorkerId(0), now)
    }

    /// The engine of another thread, which begins at this instant.
    pub fn of_thread(worker: WorkerId, now: Instant) -> Self {
        let engine = Engine::new(worker, [5 + worker.0 as u8; 32]);
        Self {
            engine,
            now,
            out: Outputs::default(),
            sessions: Vec::new(),
            negotiations: Vec::new(),
            events: Vec::new(),
            handovers: Vec::new(),
            recorded: Vec::new(),
        }
    }

    pub fn open(&mut self, leg: LegId, session: Option<Session>) {
        let grant = PortGrant { worker: self.engine.worker(), ..grant(leg) };
        self.order(Order::Open { leg, grant, session });
    }

    pub fn open_with(&mut self, leg: LegId, peer: &str, formats: &str) {
        self.negotiations.push((leg, negotiation(SrtpPolicy::Accept)));
        self.open(leg, None);
        self.answer(leg, &offer(peer, formats, ""));
    }

    pub fn answer(&mut self, leg: LegId, offer: &str) {
        let (_, negotiation) = self.negotiations.iter_mut().find(|(known, _)| *known == leg).unwrap();
        let (_, session) = negotiation.answer(offer.as_bytes(), None, Direction::SendAndReceive).unwrap();
        self.order(Order::SetSession { leg, session });
    }

    pub fn order(&mut self, order: Order) {
        self.engine.handle_order(self.now, order, &mut self.out);
        assert!(self.drain().is_empty());
    }

    pub fn hear(&mut self, leg: LegId, phone: &mut Phone, payload: &[u8]) -> Vec<Packet> {
        let packet = phone.packet(phone.number, payload);
        self.packet(leg, phone.address, &packet)
    }

    pub fn packet(&mut self, leg: LegId, from: SocketAddr, packet: &[u8]) -> Vec<Packet> {
        self.engine.handle_packet(self.now, leg, Component::Rtp, from, &mut packet.to_vec(), &mut self.out);
        self.drain()
    }

    pub fn rtcp(&mut self, leg: LegId, from: SocketAddr, packet: &[u8]) {
        self.engine.handle_packet(self.now, leg, Component::Rtcp, from, &mut packet.to_vec(), &mut self.out);
        assert!(self.drain().is_empty());
    }

    /// Lets time pass, as the thread would: from deadline to deadline. RTP only, unless it is more than a second.
    pub fn pass(&mut self, ms: u64) -> Vec<Packet> {
        let until = self.now + Duration::from_millis(ms);
        let mut sent = Vec::new();
        while let Some(at) = self.engine.next_deadline().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.engine.handle_timeout(self.now, &mut self.out);
            sent.extend(self.drain());
        }
        self.now = until;
        sent.retain(|packet| packet.component == Component::Rtp || ms > 1_000);
        sent
    }

    pub fn close(&mut self, leg: LegId) -> Quality {
        self.engine.handle_order(self.now, Order::Close { leg }, &mut self.out);
        self.drain();
        let Some(Event::Closed { leg: closed, grant: freed, quality }) = self.events.pop() else { panic!() };
        assert_eq!((closed, freed), (leg, PortGrant { worker: self.engine.worker(), ..grant(leg) }));
        quality
    }

    pub fn digits(&mut self) -> Vec<(LegId, Digit)> {
        let digit = |event| match event {
            Event::Digit { leg, digit } => Some((leg, digit)),
            Event::Closed { .. }
            | Event::Granted { .. }
            | Event::Played { .. }
            | Event::Quiet { .. }
            | Event::Spoke { .. }
            | Event::Silent { .. } => None,
        };
        self.events.drain(..).filter_map(digit).collect()
    }

    pub fn silent(&mut self) -> Vec<LegId> {
        let silent = |event| match event {
            Event::Silent { leg } => Some(leg),
            Event::Closed { .. }
            | Event::Digit { .. }
            | Event::Granted { .. }
            | Event::Played { .. }
            | Event::Quiet { .. }
            | Event::Spoke { .. } => None,
        };
        self.events.drain(..).filter_map(silent).collect()
    }

    pub fn drain(&mut self) -> Vec<Packet> {
        let Outputs { sends, bytes, events, recorded, handovers } = &mut self.out;
        let packet = |send: media::engine::Send| Packet {
            leg: send.leg,
            component: send.component,
            to: send.to,
            bytes: bytes[send.range].to_vec(),
            at: self.now,
        };
        let packets = sends.drain(..).map(packet).collect();
        self.events.append(events);
        self.handovers.append(handovers);
        self.recorded.append(recorded);
        self.out.clear();
        packets
    }
}

impl Phone {
    pub fn new(address: &str, number: u8) -> Self {
        Self {
            address: addr(address),
            number,
            ssrc: 0xA11C_E000,
            sequence: 1_000,
            timestamp: 90_000,
            heard: Vec::new(),
        }
    }

    pub fn packet(&mut self, payload: u8, sound: &[u8]) -> Vec<u8> {
        let mut packet = Vec::new();
        let (sequence, timestamp) = (self.sequence, self.timestamp);
        Header { marker: false, payload, sequence, timestamp, ssrc: self.ssrc, start: 0, end: 0 }.write(&mut packet);
        packet.extend_from_slice(sound);
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(160);
        packet
    }

    /// A press of so many packets of 20 ms, and two more ends.
    pub fn press(&mut self, payload: u8, code: u8, n_packets: u16) -> Vec<Vec<u8>> {
        let began = self.timestamp;
        let packets = (1..=n_packets + 2).map(|step| {
            let [high, low] = (step.min(n_packets) * 160).to_be_bytes();
            let end = u8::from(step >= n_packets) << 7;
            self.timestamp = began;
            let mut packet = self.packet(payload, &[code, end | 10, high, low]);
            packet[1] |= u8::from(step == 1) << 7;
            packet
        });
        let packets = packets.collect();
        self.timestamp = began.wrapping_add(u32::from(n_packets) * 160);
        packets
    }

    pub fn take(&mut self, packet: &Packet) -> Header {
        let header = Header::parse(&packet.bytes).unwrap();
        self.heard.push(header);
        header
    }

    pub fn take_all(&mut self, packets: Vec<Packet>) {
        for packet in packets {
            self.take(&packet);
        }
    }

    /// Breaks in what was heard: sequence, SSRC, or time that goes back.
    pub fn gaps(&self) -> usize {
        let broken = |pair: &[Header]| {
            pair[1].sequence != pair[0].sequence.wrapping_add(1)
                || pair[1].ssrc != pair[0].ssrc
                || pair[1].timestamp.wrapping_sub(pair[0].timestamp) > i32::MAX as u32
        };
        self.heard.windows(2).filter(|pair| broken(pair)).count()
    }
}

impl Dice {
    pub fn roll(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }
}

pub fn bridged(alice_formats: &str, bob_formats: &str) -> World {
    let mut world = World::new();
    world.open_with(A, ALICE, alice_formats);
    world.open_with(B, BOB, bob_formats);
    world.order(Order::Bridge { a: A, b: B });
    world
}

/// Two engines with an encrypted leg B between them, and a plain phone at leg A of each.
pub fn encrypted_pair(near_seed: [u8; 32], far_seed: [u8; 32]) -> (World, World) {
    let preferences =
        Preferences { codecs: vec![Codec::Pcmu], srtp: SrtpPolicy::Required, address: OURS.parse().unwrap() };
    let mut near = Negotiation::new(preferences.clone(), grant(B), near_seed);
    let mut far = Negotiation::new(preferences, grant(B), far_seed);
    let offer = near.offer(Direction::SendAndReceive);
    let (answer, at_far) = far.answer(&offer, None, Direction::SendAndReceive).unwrap();
    let at_near = near.accept_answer(&answer).unwrap();
    let world = |session: Session, phone| {
        let mut world = World::new();
        world.open_with(A, phone, "0 101");
        world.sessions = vec![session.clone(), session.clone()];
        world.open(B, Some(session));
        world.order(Order::Bridge { a: A, b: B });
        world
    };
    (world(at_near, ALICE), world(at_far, BOB))
}

pub fn tone() -> Prompt {
    Prompt::render_loop(&Tone { kind: ToneKind::Reference, country: *b"US" }.pcm(), TONE_RATE)
}

pub fn negotiation(srtp: SrtpPolicy) -> Negotiation {
    let codecs = vec![Codec::Pcmu, Codec::Pcma, Codec::G722, Codec::Opus];
    Negotiation::new(Preferences { codecs, srtp, address: OURS.parse().unwrap() }, grant(A), [7; 32])
}

pub fn offer(peer: &str, formats: &str, more: &str) -> String {
    let peer = addr(peer);
    let (ip, port) = (peer.ip(), peer.port());
    format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP {formats}\r\n\
         a=rtpmap:111 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\na=rtpmap:97 telephone-event/8000\r\n{more}"
    )
}

pub fn grant(leg: LegId) -> PortGrant {
    PortGrant { worker: WorkerId(0), rtp_port: 20_000 + 2 * leg.0 as u16 }
}

pub fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub fn first_part(packet: &[u8]) -> Option<Part> {
    let mut first = None;
    rtcp::read(packet, |part| first = first.or(Some(part)));
    first
}
