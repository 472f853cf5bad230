//! More strangers than can be answered, while people talk.

use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::crowd::{Caller, Crowd};
use crate::server::{PASSWORD, SIP, Server};
use crate::wait;

const MAIN_MENU: &str = "+14255550100";
const SALES: &str = "+14255550110";
const FLOOD: Duration = Duration::from_secs(4);
/// What the flood aims at; a machine with other work sends less, and the test says how much.
const PER_SECOND: u64 = 20_000;
const SOURCES: u8 = 8;
/// Challenges that one source may have at once, and per second.
const ANSWERS_AT_ONCE: u64 = 2_000;
const ANSWERS_PER_SECOND: u64 = 100;
/// Refusals to all strangers, per second.
const REFUSALS_PER_SECOND: u64 = 200;
const MEMORY_KIB_MAX: u64 = 48 * 1024;

#[test]
fn a_flood_of_strangers_harms_no_call() {
    let server = Server::start_alone();
    // Ten hear music, and ten hear themselves.
    let mut outside = Crowd::at(Caller::Outside);
    let mut phone = Crowd::at(Caller::Phone("102"));
    assert_eq!(phone.register(PASSWORD), Ok(200));
    for _ in 0..10 {
        outside.call(SALES).expect("a caller waits in the queue");
        phone.call("*43").expect("the echo answers");
    }
    let memory = server.memory_kib();
    let talks = [outside.talk(), phone.talk()];
    let mut carrier_calls = 0;
    let begun = Instant::now();
    let flood = Flood::start();
    // Somebody without a license, at an address that nobody knows, needs help; the outside world takes the call.
    let emergency = std::thread::spawn(|| {
        let mut phone = Crowd::phone_at("104", "127.0.0.98");
        let waited = phone.call("911").expect("an emergency call is answered during the flood");
        phone.hang_up().expect("BYE is answered");
        waited
    });
    while begun.elapsed() < FLOOD || !emergency.is_finished() {
        outside.call(MAIN_MENU).expect("a call from the carrier is answered during the flood");
        carrier_calls += 1;
        wait::listen(Duration::from_millis(50));
    }
    let Flooded { n_sent, n_answers } = flood.end();
    let waited = emergency.join().expect("the emergency call");
    let length = begun.elapsed();
    // Back to normal: a stranger who does have a password is served at once.
    let over = Instant::now();
    let mut late = Crowd::phone_at("103", "127.0.0.99");
    assert_eq!(late.register(PASSWORD), Ok(200));
    assert!(over.elapsed() < Duration::from_secs(2) + wait::SLACK, "back to normal after {:?}", over.elapsed());

    let rate = n_sent as f64 / length.as_secs_f64();
    println!(
        "flood: {rate:.0} messages/s, {n_answers} answers, {carrier_calls} calls set up meanwhile, 911 in {waited:?}"
    );
    let seconds = length.as_secs() + 2;
    let of_sources = u64::from(SOURCES) * (ANSWERS_AT_ONCE + ANSWERS_PER_SECOND * seconds);
    assert!(n_answers <= of_sources + REFUSALS_PER_SECOND * seconds, "{n_answers} answers to {n_sent} messages");
    assert!(carrier_calls >= 10, "{carrier_calls} calls from the carrier in {length:?}");
    let grown = server.memory_kib().saturating_sub(memory);
    assert!(grown <= MEMORY_KIB_MAX, "{grown} KiB more");
    assert_eq!((outside.n_ended_by_others, phone.n_ended_by_others), (0, 0), "calls were ended");
    for heard in talks.into_iter().flat_map(|talk| talk.end()) {
        let expected = length.as_millis() as usize / 20;
        assert!(heard.n_packets >= expected * 9 / 10, "{heard:?} in {length:?}");
        assert!(heard.longest_gap < Duration::from_millis(400), "{heard:?}");
    }
    for crowd in [&mut outside, &mut phone] {
        while !crowd.calls.is_empty() {
            crowd.hang_up().expect("BYE is answered");
        }
    }
    wait::until("all calls are over", || (server.metric("calls") == 0).then_some(()));
}

/// Strangers at work in a thread of their own.
struct Flood {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Flooded>,
}

struct Flooded {
    n_sent: u64,
    n_answers: u64,
}

impl Flood {
    fn start() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        Self { stop, thread: std::thread::spawn(move || flood(&stopped)) }
    }

    fn end(self) -> Flooded {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

fn flood(stop: &AtomicBool) -> Flooded {
    let sockets: Vec<UdpSocket> = (0..SOURCES)
        .map(|source| {
            let socket = UdpSocket::bind((format!("127.0.0.{}", 100 + source), 0)).unwrap();
            socket.connect(SIP).unwrap();
            socket.set_nonblocking(true).unwrap();
            socket
        })
        .collect();
    let mut flooded = Flooded { n_sent: 0, n_answers: 0 };
    let begun = Instant::now();
    let mut buffer = [0; 2_048];
    while !stop.load(Ordering::Relaxed) {
        let due = begun.elapsed().as_micros() as u64 * PER_SECOND / 1_000_000;
        while flooded.n_sent < due {
            let socket = &sockets[(flooded.n_sent % u64::from(SOURCES)) as usize];
            if socket.send(message(flooded.n_sent).as_bytes()).is_err() {
                break;
            }
            flooded.n_sent += 1;
            // A machine that is late does not send everything at once.
            if flooded.n_sent % 64 == 0 && stop.load(Ordering::Relaxed) {
                break;
            }
        }
        for socket in &sockets {
            flooded.n_answers += std::iter::from_fn(|| socket.recv(&mut buffer).ok()).count() as u64;
        }
        std::thread::park_timeout(Duration::from_millis(1));
    }
    flooded
}

/// What scanners send: registrations, calls and questions, to our domain and to others.
fn message(number: u64) -> String {
    let (method, uri) = match number % 4 {
        0 => ("REGISTER", "sip:demo.test"),
        1 => ("INVITE", "sip:900442071234567@demo.test"),
        2 => ("OPTIONS", "sip:100@elsewhere.example"),
        _ => ("REGISTER", "sip:127.0.0.1"),
    };
    format!(
        "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKf{number}\r\nMax-Forwards: 70\r\n\
         From: <sip:100@demo.test>;tag={number}\r\nTo: <sip:100@demo.test>\r\nCall-ID: flood-{number}\r\n\
         CSeq: 1 {method}\r\nContact: <sip:100@127.0.0.1>\r\nUser-Agent: friendly-scanner\r\nContent-Length: 0\r\n\r\n"
    )
}
