//! Media threads with real sockets.

mod ports;

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::time::Duration;

use media::rtp::Header;
use media::sdp::{Codec, Direction, Negotiation, Preferences, SrtpPolicy};
use media::{Event, Order, WorkerId};
use media::{LegId, PortGrant};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use server::fatal::fatal;
use server::mailbox::{Bell, Mailbox};
use server::media::*;

const LEG: LegId = LegId(1);
/// Longer than anything here takes on a busy machine.
const PATIENCE_MS: u16 = 20_000;

#[test]
fn a_leg_that_moves_between_threads_loses_no_packet() {
    let threads = Threads::start(2);
    let [grant, _] = threads.grants()[..] else { panic!("two pairs") };
    let mut phone = Phone::new(grant.rtp_port);
    threads
        .order(0, vec![Order::Open { leg: LEG, grant, session: Some(phone.session(grant)) }, Order::Echo { leg: LEG }]);
    threads.settle(0);
    let mut at = 0;
    for _ in 0..40 {
        // Some packets are read before the move, some while the leg is under way, some after it.
        phone.say(10);
        let to = at ^ 1;
        threads.order(to, vec![Order::Expect { leg: LEG }, Order::Echo { leg: LEG }]);
        threads.order(at, vec![Order::Move { leg: LEG, to: WorkerId(to as u16) }]);
        phone.say(10);
        phone.hear(20);
        at = to;
    }
    threads.order(at, vec![Order::Close { leg: LEG }]);
    let [Event::Closed { grant: freed, quality, .. }] = &threads.events(1)[..] else { panic!("a leg that closed") };
    assert_eq!(*freed, PortGrant { worker: WorkerId(at as u16), ..grant });
    assert_eq!((quality.packets_received, quality.packets_sent, quality.packets_lost), (800, 800, 0));
}

#[test]
fn a_pair_that_moved_serves_the_next_leg_where_it_is() {
    let threads = Threads::start(2);
    let [grant, _] = threads.grants()[..] else { panic!("two pairs") };
    let mut phone = Phone::new(grant.rtp_port);
    threads.order(0, vec![Order::Open { leg: LEG, grant, session: None }, Order::Move { leg: LEG, to: WorkerId(1) }]);
    threads.order(1, vec![Order::Expect { leg: LEG }, Order::Close { leg: LEG }]);
    let [Event::Closed { grant, .. }] = threads.events(1)[..] else { panic!("a leg that closed") };
    let (leg, session) = (LegId(2), Some(phone.session(grant)));
    threads.order(1, vec![Order::Open { leg, grant, session }, Order::Echo { leg }]);
    threads.settle(1);
    phone.say(5);
    phone.hear(5);
}

struct Threads {
    workers: Vec<Worker>,
    events: Arc<Mailbox<Event>>,
    bell: Arc<Bell>,
    epoll: Epoll,
}

impl Threads {
    fn start(n_workers: u16) -> Self {
        let bell = Arc::new(Bell::new().unwrap());
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).unwrap();
        epoll.add(bell.event().as_fd(), EpollEvent::new(EpollFlags::EPOLLIN, 0)).unwrap();
        let events = Arc::new(Mailbox::new(bell.clone()));
        let setup = Setup {
            address: Ipv4Addr::LOCALHOST.into(),
            ports: 42_000..=42_999,
            n_workers,
            sockets_max: 1_000,
            messages: server::voicemail::intake().0,
            recordings: server::recordings::intake().0,
        };
        let workers = start(&setup, &events, &fatal().0).unwrap();
        Self { workers, events, bell, epoll }
    }

    /// A pair of each thread, by its number.
    fn grants(&self) -> Vec<PortGrant> {
        for worker in 0..self.workers.len() {
            self.order(worker, vec![Order::WantPorts { n: 1 }]);
        }
        let granted = self.events(self.workers.len()).into_iter().flat_map(|event| match event {
            Event::Granted { grants, .. } => grants,
            other => panic!("{other:?}"),
        });
        let mut grants: Vec<PortGrant> = granted.collect();
        grants.sort_unstable();
        grants
    }

    fn order(&self, worker: usize, mut orders: Vec<Order>) {
        self.workers[worker].order(&mut orders);
    }

    /// Waits until a thread has done what it was ordered to.
    fn settle(&self, worker: usize) {
        self.order(worker, vec![Order::WantPorts { n: 1 }]);
        self.events(1);
    }

    /// The next `n` events.
    fn events(&self, n: usize) -> Vec<Event> {
        let (mut seen, mut batch) = (Vec::new(), Vec::new());
        while seen.len() < n {
            self.bell.fall_asleep();
            if !self.events.is_filled() {
                let mut ready = [EpollEvent::empty(); 1];
                assert_eq!(self.epoll.wait(&mut ready, EpollTimeout::from(PATIENCE_MS)).unwrap(), 1, "{seen:?}");
            }
            self.bell.wake_up();
            self.events.take(&mut batch);
            seen.append(&mut batch);
        }
        seen
    }
}

struct Phone {
    socket: UdpSocket,
    n_said: u16,
    heard: Option<Header>,
}

impl Phone {
    fn new(their_port: u16) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.connect((Ipv4Addr::LOCALHOST, their_port)).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(PATIENCE_MS.into()))).unwrap();
        Self { socket, n_said: 0, heard: None }
    }

    fn session(&self, grant: PortGrant) -> media::Session {
        let SocketAddr::V4(address) = self.socket.local_addr().unwrap() else { panic!("an IPv4 address") };
        let preferences =
            Preferences { codecs: vec![Codec::Pcmu], srtp: SrtpPolicy::Off, address: Ipv4Addr::LOCALHOST.into() };
        let offer = format!(
            "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n",
            ip = address.ip(),
            port = address.port()
        );
        let mut negotiation = Negotiation::new(preferences, grant, [3; 32]);
        negotiation.answer(offer.as_bytes(), None, Direction::SendAndReceive).unwrap().1
    }

    fn say(&mut self, n_packets: u16) {
        for _ in 0..n_packets {
            let (sequence, timestamp) = (self.n_said, u32::from(self.n_said) * 160);
            let header = Header { marker: false, payload: 0, sequence, timestamp, ssrc: 77, start: 0, end: 0 };
            let mut packet = Vec::new();
            header.write(&mut packet);
            packet.extend_from_slice(&[1; 160]);
            self.socket.send(&packet).unwrap();
            self.n_said += 1;
        }
    }

    /// Waits for so many packets, which must go on where the last stopped.
    fn hear(&mut self, n_packets: u16) {
        for _ in 0..n_packets {
            let mut packet = [0; 200];
            let n_bytes = self.socket.recv(&mut packet).unwrap();
            let header = Header::parse(&packet[..n_bytes]).unwrap();
            if let Some(before) = self.heard.replace(header) {
                assert_eq!((header.ssrc, header.sequence), (before.ssrc, before.sequence.wrapping_add(1)));
            }
        }
    }
}
