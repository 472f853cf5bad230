//! A phone on UDP whose sound is a socket.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use media::rtp::Header;
use sip::endpoint::{
    Body, Config, Credentials, Effect, OutgoingInvite, OutgoingRequest, Refer, Replaces, Status, UsageId,
};
use sip::{Endpoint, Event, Method, Source, Target, Transport};
use tokio::net::UdpSocket;

use super::people::{DOMAIN, PASSWORD};
use super::world::in_time;

pub struct Phone {
    user: String,
    socket: UdpSocket,
    endpoint: Endpoint,
    effects: Vec<Effect>,
    events: VecDeque<Event>,
    /// Sound of the newest call.
    sound: UdpSocket,
    n_said: u16,
}

impl Phone {
    pub async fn at(ip: &str, server: SocketAddr, user: &str) -> Self {
        let socket = UdpSocket::bind((ip, 0)).await.unwrap();
        socket.connect(server).await.unwrap();
        let t1 = Duration::from_millis(500);
        let sent_by = socket.local_addr().unwrap().to_string();
        let config = Config { product: "phone".to_owned(), sent_by, tls_name: None, t1, t2: t1 * 8, t4: t1 * 10 };
        let seed = [user.as_bytes()[user.len() - 1]; 32];
        Self {
            user: user.to_owned(),
            sound: UdpSocket::bind((ip, 0)).await.unwrap(),
            socket,
            endpoint: Endpoint::new(config, seed),
            effects: Vec::new(),
            events: VecDeque::new(),
            n_said: 0,
        }
    }

    pub async fn register(&mut self) {
        let request = OutgoingRequest {
            method: Method::Register,
            uri: format!("sip:{DOMAIN}"),
            from: self.name(),
            to: self.name(),
            contact_user: Some(self.user.clone()),
            targets: vec![self.target()],
            headers: Vec::new(),
            body: None,
            credentials: Some(self.credentials()),
        };
        self.endpoint.request(Instant::now(), request, &mut self.effects);
        let Event::Responded { status, .. } = self.next().await else { panic!("an answer") };
        assert_eq!(status, Status(200));
    }

    /// Calls, and waits for the answer. Returns the call and the name that the other side has for it.
    pub async fn call(&mut self, called: &str) -> (UsageId, Replaces) {
        self.sound = UdpSocket::bind((self.socket.local_addr().unwrap().ip(), 0)).await.unwrap();
        let invite = OutgoingInvite {
            uri: format!("sip:{called}@{DOMAIN}"),
            from: self.name(),
            to: format!("<sip:{called}@{DOMAIN}>"),
            contact_user: self.user.clone(),
            targets: vec![self.target()],
            body: Some(self.description()),
            headers: Vec::new(),
            credentials: Some(self.credentials()),
            max_forwards: 70,
            session_secs: None,
            offers_reliable: true,
        };
        let usage = self.endpoint.invite(Instant::now(), invite, &mut self.effects);
        loop {
            match self.next().await {
                Event::Answered { body, response, .. } => {
                    self.endpoint.acknowledge(Instant::now(), usage, None, &mut self.effects);
                    self.flush().await;
                    self.listen_to(&body.unwrap().bytes).await;
                    let tag = |tag: Option<&str>| tag.unwrap().to_owned();
                    let replaces = Replaces {
                        call_id: response.call_id().to_owned(),
                        to_tag: tag(response.to().tag()),
                        from_tag: tag(response.from().tag()),
                        early_only: false,
                    };
                    return (usage, replaces);
                }
                Event::Progressed { .. } => {}
                other => panic!("{} called and got {other:?}", self.user),
            }
        }
    }

    /// Calls, and waits for the refusal.
    pub async fn call_in_vain(&mut self, called: &str) -> Status {
        let invite = OutgoingInvite {
            uri: format!("sip:{called}@{DOMAIN}"),
            from: self.name(),
            to: format!("<sip:{called}@{DOMAIN}>"),
            contact_user: self.user.clone(),
            targets: vec![self.target()],
            body: Some(self.description()),
            headers: Vec::new(),
            credentials: Some(self.credentials()),
            max_forwards: 70,
            session_secs: None,
            offers_reliable: true,
        };
        self.endpoint.invite(Instant::now(), invite, &mut self.effects);
        loop {
            match self.next().await {
                Event::Refused { status, .. } => return status,
                Event::Progressed { .. } => {}
                other => panic!("{} called and got {other:?}", self.user),
            }
        }
    }

    pub async fn hang_up(&mut self, call: UsageId) {
        self.endpoint.bye(Instant::now(), call, None, &mut self.effects);
        self.flush().await;
    }

    /// Waits for a call and answers it.
    pub async fn answer(&mut self) -> UsageId {
        let Event::Requested { request, source } = self.next().await else { panic!("a call for {}", self.user) };
        let offer = request.body().clone();
        let now = Instant::now();
        let usage = self.endpoint.open_invite(now, request, &source, &mut self.effects);
        self.endpoint.accept(now, usage, &[], Some(self.description()), &mut self.effects);
        self.listen_to(&offer).await;
        let Event::Acknowledged { .. } = self.next().await else { panic!("an ACK for {}", self.user) };
        usage
    }

    /// Transfers a call to the party of another one, and waits until it was done.
    pub async fn transfer(&mut self, call: UsageId, to: Replaces) {
        let refer = Refer { uri: format!("sip:other@{DOMAIN}"), replaces: Some(to), referred_by: None };
        self.endpoint.refer(Instant::now(), call, &refer, &mut self.effects);
        loop {
            match self.next().await {
                Event::ReferProgressed { status: Status(200), .. } => return,
                Event::ReferProgressed { status: Status(100), .. } | Event::Ended { .. } => {}
                other => panic!("{} transfers and gets {other:?}", self.user),
            }
        }
    }

    /// Says something, one packet.
    pub async fn say(&mut self, voice: u8) {
        self.n_said += 1;
        let (sequence, timestamp) = (self.n_said, u32::from(self.n_said) * 160);
        let header = Header { marker: false, payload: 0, sequence, timestamp, ssrc: 7, start: 0, end: 0 };
        let mut packet = Vec::new();
        header.write(&mut packet);
        packet.extend_from_slice(&[voice; 160]);
        self.sound.send(&packet).await.unwrap();
    }

    /// Whether this voice is among what was not listened to yet.
    pub fn has_heard(&mut self, voice: u8) -> bool {
        let mut packet = [0; 1_500];
        while let Ok(n_bytes) = self.sound.try_recv(&mut packet) {
            if packet[..n_bytes].ends_with(&[voice; 160]) {
                return true;
            }
        }
        false
    }

    async fn next(&mut self) -> Event {
        loop {
            self.flush().await;
            if let Some(event) = self.events.pop_front() {
                return event;
            }
            let mut buffer = [0; 4_096];
            let n_bytes = in_time("a message", self.socket.recv(&mut buffer)).await.unwrap();
            let packet = Bytes::copy_from_slice(&buffer[..n_bytes]);
            let source = Source {
                transport: Transport::Udp,
                remote: self.socket.peer_addr().unwrap(),
                local: self.socket.local_addr().unwrap(),
                connection: None,
                verified_names: None,
            };
            self.endpoint.receive(Instant::now(), &source, packet, &mut self.effects);
        }
    }

    async fn flush(&mut self) {
        for effect in std::mem::take(&mut self.effects) {
            match effect {
                Effect::Transmit { packet, .. } => drop(self.socket.send(&packet).await.unwrap()),
                Effect::Event(event) => self.events.push_back(event),
                Effect::Resolve { .. } => {}
            }
        }
    }

    async fn listen_to(&self, description: &[u8]) {
        let text = String::from_utf8_lossy(description);
        let media = text.lines().find_map(|line| line.strip_prefix("m=audio ")).unwrap();
        let port: u16 = media.split(' ').next().unwrap().parse().unwrap();
        self.sound.connect(("127.0.0.1", port)).await.unwrap();
    }

    fn description(&self) -> Body {
        let address = self.sound.local_addr().unwrap();
        let (ip, port) = (address.ip(), address.port());
        let text = format!(
            "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
        );
        Body { content_type: Bytes::from_static(b"application/sdp"), bytes: text.into() }
    }

    fn name(&self) -> String {
        format!("<sip:{}@{DOMAIN}>", self.user)
    }

    fn credentials(&self) -> Credentials {
        Credentials { realm: None, user: self.user.clone(), password: PASSWORD.to_owned() }
    }

    fn target(&self) -> Target {
        Target {
            transport: Transport::Udp,
            remote: self.socket.peer_addr().unwrap(),
            connection: None,
            server_name: None,
            local: Some(self.socket.local_addr().unwrap()),
        }
    }
}
