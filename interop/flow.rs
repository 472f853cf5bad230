//! The sound of many calls, as packets: sent every 20 ms, counted as they come.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const PACKET: Duration = Duration::from_millis(20);
/// How often a socket is looked at: the error of every gap below.
const LOOK: Duration = Duration::from_millis(2);

/// One call's socket for sound.
pub struct Flow {
    socket: UdpSocket,
    remote: Option<SocketAddr>,
    sequence: u16,
}

/// What one call heard.
#[derive(Clone, Copy, Debug)]
pub struct Heard {
    pub n_packets: usize,
    pub longest_gap: Duration,
}

impl Flow {
    pub fn open() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        Self { socket, remote: None, sequence: 0 }
    }

    /// Offers G.711 at this socket.
    pub fn description(&self) -> String {
        let port = self.socket.local_addr().unwrap().port();
        format!(
            "v=0\r\no=crowd 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n\
             a=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n"
        )
    }

    /// Takes the address for sound out of an answer.
    pub fn connect(&mut self, answer: &str) {
        let port = answer.split("m=audio ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
        self.remote = port.map(|port: u16| SocketAddr::from(([127, 0, 0, 1], port)));
    }

    /// The same socket once more, for a thread that lets the sound flow.
    pub fn share(&self) -> Self {
        Self { socket: self.socket.try_clone().unwrap(), ..*self }
    }

    fn send(&mut self) {
        let Some(remote) = self.remote else { return };
        self.sequence = self.sequence.wrapping_add(1);
        let mut packet = vec![0x80, 0];
        packet.extend(self.sequence.to_be_bytes());
        packet.extend((u32::from(self.sequence) * 160).to_be_bytes());
        packet.extend(0x0bad_cafe_u32.to_be_bytes());
        packet.extend((0..160).map(|index| if index % 16 < 8 { 0x90 } else { 0x10 }));
        let _ = self.socket.send_to(&packet, remote);
    }

    fn receive(&self) -> usize {
        let mut buffer = [0; 2_048];
        std::iter::from_fn(|| self.socket.recv(&mut buffer).ok()).count()
    }
}

/// Flows at work in a thread of their own.
pub struct Flowing {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Heard>>,
}

impl Flowing {
    pub fn start(flows: Vec<Flow>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || run(flows, &stopped));
        Self { stop, thread }
    }

    /// Ends; what each call heard since the start.
    pub fn end(self) -> Vec<Heard> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

fn run(mut flows: Vec<Flow>, stop: &AtomicBool) -> Vec<Heard> {
    let mut heard = vec![Heard { n_packets: 0, longest_gap: Duration::ZERO }; flows.len()];
    // What came before is not part of it.
    let _: usize = flows.iter().map(Flow::receive).sum();
    let begun = Instant::now();
    let mut last = vec![begun; flows.len()];
    let mut send_at = begun;
    while !stop.load(Ordering::Relaxed) {
        let now = Instant::now();
        if send_at <= now {
            flows.iter_mut().for_each(Flow::send);
            send_at += PACKET;
        }
        for ((flow, heard), last) in flows.iter().zip(&mut heard).zip(&mut last) {
            let n_packets = flow.receive();
            if n_packets != 0 {
                heard.n_packets += n_packets;
                heard.longest_gap = heard.longest_gap.max(now - *last);
                *last = now;
            }
        }
        std::thread::park_timeout(LOOK);
    }
    for (heard, last) in heard.iter_mut().zip(&last) {
        heard.longest_gap = heard.longest_gap.max(last.elapsed());
    }
    heard
}
