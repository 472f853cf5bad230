//! Everything that reads what strangers send, one function for each: they panic when something can't be true.
//!
//! The tests beside this file and the targets of the fuzzer share them.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use media::audio_file::{self, SECONDS_MAX};
use media::codec::{DECODED_SAMPLES_MAX, Decoder};
use media::engine::{Component, Outputs};
use media::prompt::Prompt;
use media::rtcp::{self, Part};
use media::rtp::Header;
use media::sdp::{Codec, Direction, Negotiation, Preferences, SrtpPolicy, offered_codecs};
use media::stun::{Message, attribute};
use media::{Certificate, Digit, Engine, Event, LegId, Order, PortGrant, Session, WorkerId, dtmf, limits};

/// Nobody shakes hands here, so that any bytes will do. Made once, as by a server: a crypto library is asked what it can.
static CERTIFICATE: LazyLock<Arc<Certificate>> =
    LazyLock::new(|| Certificate::new(vec![1], vec![2]).map(Arc::new).expect("a crypto library"));
const OURS: &str = "198.51.100.1";
pub const PEER: &str = "203.0.113.1:4000";
const OTHER: &str = "203.0.113.2:5000";
const PEERS_LEG: LegId = LegId(1);
const OTHER_LEG: LegId = LegId(2);

/// A session description, as an offer and as an answer.
pub fn description(bytes: &[u8]) -> bool {
    let codecs = offered_codecs(bytes);
    assert!(codecs.len() <= limits::SDP_FORMATS_MAX);
    let mut is_read = false;
    for policy in [SrtpPolicy::Off, SrtpPolicy::Accept, SrtpPolicy::Required] {
        let mut us = negotiation(policy, 1);
        us.set_signalled_from([192, 0, 2, 9].into());
        us.offer(Direction::SendAndReceive);
        let answered = us.accept_answer(bytes);
        assert!(
            answered.as_ref().is_ok_and(Session::is_encrypted) || answered.is_err() || policy != SrtpPolicy::Required
        );
        if let Ok((answer, session)) = us.answer(bytes, Some(Codec::Pcma), Direction::SendAndReceive) {
            is_read = true;
            assert!(session.is_encrypted() || policy != SrtpPolicy::Required);
            assert!(
                codecs.contains(&session.codec()) || codecs.is_empty() || bytes.windows(8).any(|w| w == b"m=audio ")
            );
            check_ours(&answer);
            // A second offer of the same peer, and one of ours.
            assert!(us.answer(bytes, None, Direction::SendOnly).is_ok());
            check_ours(&us.offer(Direction::Inactive));
        }
    }
    is_read
}

/// What we write is well-formed whatever stood in the offer, and we read it ourselves.
fn check_ours(text: &[u8]) {
    assert!(text.len() <= limits::SDP_BYTES_MAX && text.ends_with(b"\r\n"));
    let text = std::str::from_utf8(text).expect("we write ASCII");
    for line in text.split_terminator("\r\n") {
        let bytes = line.as_bytes();
        assert!(bytes.len() > 2 && bytes[1] == b'=' && !line.contains(['\r', '\n']), "{text}");
    }
    let lines = text.matches("\r\nm=").count();
    assert!((1..=limits::SDP_MEDIA_MAX).contains(&lines), "{text}");
    assert!(!offered_codecs(text.as_bytes()).is_empty(), "{text}");
}

/// An RTP header.
pub fn rtp(packet: &[u8]) -> bool {
    let Some(header) = Header::parse(packet) else { return false };
    assert!(media::rtp::HEADER_BYTES <= header.start && header.start <= header.end && header.end <= packet.len());
    let mut again = Vec::new();
    header.write(&mut again);
    let reread = Header::parse(&again).expect("what we write we read");
    assert_eq!(
        (reread.marker, reread.payload, reread.sequence, reread.timestamp, reread.ssrc),
        (header.marker, header.payload, header.sequence, header.timestamp, header.ssrc)
    );
    true
}

/// A compound RTCP packet.
pub fn rtcp(packet: &[u8]) -> bool {
    let mut n_blocks = 0;
    let is_whole = rtcp::read(packet, |part| match part {
        Part::Block(block) => {
            n_blocks += 1;
            assert!((-0x80_0000..0x80_0000).contains(&block.lost));
        }
        Part::SenderReport { .. } | Part::Bye => {}
    });
    assert!(n_blocks <= limits::RTCP_BLOCKS_MAX);
    is_whole
}

/// A connectivity check.
pub fn stun(packet: &[u8]) -> bool {
    let from = PEER.parse().expect("an address");
    let answer = media::stun::answer_keep_alive(packet, from);
    assert!(answer.is_none_or(|answer| answer.len() == 32 && answer[8..20] == packet[8..20]));
    let Some(message) = Message::parse(packet) else { return false };
    assert!(media::stun::is_stun(packet));
    for kind in [attribute::USERNAME, attribute::PRIORITY, attribute::USE_CANDIDATE, attribute::ICE_CONTROLLED] {
        assert!(message.find(kind).is_none_or(|value| value.len() < packet.len()));
    }
    message.mapped_address();
    assert!(message.error_code().is_none_or(|code| code < 1_000));
    assert!(!message.is_proved(b"a password that nobody has"));
    assert!(message.not_understood().len() <= limits::STUN_ATTRIBUTES_MAX);
    true
}

/// A body of SIP INFO; its first line is taken for the content type.
pub fn info(bytes: &[u8]) -> bool {
    let (kind, body) = bytes.split_at(bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0));
    let Some(digit) = dtmf::from_info(&String::from_utf8_lossy(kind), body) else { return false };
    assert!(digit.0 <= 16, "{digit:?}");
    let (kind, body) = dtmf::to_info(digit);
    assert!(dtmf::from_info(kind, &body).is_some());
    true
}

/// A file that somebody uploads.
pub fn audio_file(bytes: &[u8]) -> bool {
    let Ok(pcm) = audio_file::decode_prompt(bytes) else { return false };
    assert!(!pcm.samples.is_empty() && (1..=192_000).contains(&pcm.rate));
    assert!(pcm.samples.len() as u64 <= u64::from(pcm.rate) * SECONDS_MAX);
    true
}

/// A rendered prompt on our own disk, perhaps damaged.
pub fn prompt(bytes: &[u8]) -> bool {
    let Ok(prompt) = Prompt::from_bytes(bytes) else { return false };
    for codec in Codec::ALL {
        assert!((0..prompt.n_frames()).all(|frame| prompt.frame(codec, frame).is_some()));
    }
    true
}

/// Payloads of one stream, for each codec's decoder.
pub struct Payloads(Vec<(Codec, Decoder)>);

impl Payloads {
    pub fn new() -> Self {
        Self(Codec::ALL.into_iter().map(|codec| (codec, Decoder::new(codec))).collect())
    }

    pub fn read(&mut self, payload: &[u8]) -> bool {
        let mut pcm = [0; DECODED_SAMPLES_MAX];
        for (codec, decoder) in &mut self.0 {
            let n = decoder.decode(payload, &mut pcm);
            assert!(n <= pcm.len() && codec.payload_ms(payload) <= 120.max(payload.len() as u32));
        }
        true
    }
}

/// Two bridged legs, of which the first one's peer sends anything.
pub struct Legs {
    engine: Engine,
    now: Instant,
    out: Outputs,
    encrypted: bool,
}

impl Legs {
    /// Both speak µ-law and take events and comfort noise: packets are relayed.
    pub fn relaying() -> Self {
        Self::between("0 101 13", "0 97", SrtpPolicy::Off)
    }

    /// The peer speaks Opus to one that takes µ-law: packets are decoded.
    pub fn transcoding() -> Self {
        Self::between("111 110", "0 101", SrtpPolicy::Off)
    }

    /// The peer's packets are encrypted.
    pub fn encrypted() -> Self {
        Self::between("0 101", "0 101", SrtpPolicy::Required)
    }

    fn between(peer: &str, other: &str, policy: SrtpPolicy) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a first instant has to come from somewhere")]
        let now = Instant::now();
        let mut engine = Engine::new(WorkerId(0), [5; 32]);
        let mut out = Outputs::default();
        let encrypted = policy == SrtpPolicy::Required;
        let session = if encrypted { keyed().0 } else { answered(PEER, peer) };
        for (leg, session) in [(PEERS_LEG, session), (OTHER_LEG, answered(OTHER, other))] {
            engine.handle_order(now, Order::Open { leg, grant: grant(leg), session: Some(session) }, &mut out);
        }
        engine.handle_order(now, Order::Bridge { a: PEERS_LEG, b: OTHER_LEG }, &mut out);
        Self { engine, now, out, encrypted }
    }

    /// Packets as the peer of [`Self::encrypted`] protects them.
    pub fn protected_by_the_peer(plain: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let mut peer = Self::between("0 101", "0 101", SrtpPolicy::Off);
        let session = keyed().1;
        peer.engine.handle_order(peer.now, Order::SetSession { leg: OTHER_LEG, session }, &mut peer.out);
        let mut protected = Vec::new();
        for packet in plain {
            peer.out.clear();
            let from = PEER.parse().expect("an address");
            let mut packet = packet.clone();
            peer.engine.handle_packet(peer.now, PEERS_LEG, Component::Rtp, from, &mut packet, &mut peer.out);
            protected.extend(peer.out.sends.iter().map(|send| peer.out.bytes[send.range.clone()].to_vec()));
            let until = peer.now + Duration::from_secs(6);
            while let Some(at) = peer.engine.next_deadline().filter(|at| *at <= until) {
                peer.out.clear();
                peer.engine.handle_timeout(at, &mut peer.out);
                let reports = peer.out.sends.iter().filter(|send| send.leg == OTHER_LEG);
                protected.extend(reports.map(|send| peer.out.bytes[send.range.clone()].to_vec()));
            }
            peer.now = until;
        }
        protected
    }

    /// Takes one packet from the peer's address. True if something of it was heard on the other leg.
    pub fn read(&mut self, packet: &[u8]) -> bool {
        let from: SocketAddr = PEER.parse().expect("an address");
        let mut heard = false;
        for component in [Component::Rtp, Component::Rtcp] {
            self.out.clear();
            self.engine.handle_packet(self.now, PEERS_LEG, component, from, &mut packet.to_vec(), &mut self.out);
            heard |= self.check(component);
        }
        self.now += Duration::from_millis(if self.encrypted { 1 } else { 7 });
        if self.engine.next_deadline().is_some_and(|at| at <= self.now) {
            self.out.clear();
            self.engine.handle_timeout(self.now, &mut self.out);
            heard |= self.check(Component::Rtp);
        }
        heard
    }

    fn check(&self, component: Component) -> bool {
        assert!(self.out.sends.len() <= 16 && self.out.bytes.len() <= 16 * limits::RTP_BYTES_MAX);
        for event in &self.out.events {
            match event {
                Event::Digit { digit: Digit(code), .. } => assert!(*code <= 16),
                Event::Silent { .. } => {}
                Event::Closed { .. }
                | Event::Granted { .. }
                | Event::Played { .. }
                | Event::Quiet { .. }
                | Event::Spoke { .. } => {
                    panic!("{event:?}")
                }
            }
        }
        let heard = self.out.sends.iter().filter(|send| send.leg == OTHER_LEG && send.component == Component::Rtp);
        for send in heard.clone() {
            let header = Header::parse(&self.out.bytes[send.range.clone()]).expect("we send RTP");
            assert_eq!(send.to, OTHER.parse().expect("an address"));
            assert!([0, 97, 101].contains(&header.payload), "{header:?}");
        }
        assert!(component == Component::Rtp || self.out.sends.is_empty(), "reports are not relayed");
        heard.count() > 0
    }
}

/// Our session with an encrypted peer, and the peer's with us.
fn keyed() -> (Session, Session) {
    let mut us = negotiation(SrtpPolicy::Required, 3);
    let mut peer = negotiation(SrtpPolicy::Required, 4);
    let offer = peer.offer(Direction::SendAndReceive);
    let (answer, mut ours) = us.answer(&offer, Some(Codec::Pcmu), Direction::SendAndReceive).expect("we agree");
    ours.allow_any_source();
    let mut theirs = peer.accept_answer(&answer).expect("we agree");
    theirs.allow_any_source();
    (ours, theirs)
}

fn answered(peer: &str, formats: &str) -> Session {
    let peer: SocketAddr = peer.parse().expect("an address");
    let (ip, port) = (peer.ip(), peer.port());
    let offer = format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP {formats}\r\n\
         a=rtpmap:111 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\na=rtpmap:97 telephone-event/8000\r\n\
         a=rtpmap:110 telephone-event/48000\r\n"
    );
    let answer = negotiation(SrtpPolicy::Off, 2).answer(offer.as_bytes(), None, Direction::SendAndReceive);
    answer.expect("an offer that we take").1
}

fn negotiation(srtp: SrtpPolicy, seed: u8) -> Negotiation {
    let codecs = vec![Codec::Pcmu, Codec::Pcma, Codec::G722, Codec::Opus];
    let preferences = Preferences { codecs, srtp, address: OURS.parse().expect("an address") };
    let mut negotiation = Negotiation::new(preferences, grant(PEERS_LEG), [seed; 32]);
    negotiation.allow_webrtc(CERTIFICATE.clone());
    negotiation
}

fn grant(leg: LegId) -> PortGrant {
    PortGrant { worker: WorkerId(0), rtp_port: 20_000 + 2 * leg.0 as u16 }
}
