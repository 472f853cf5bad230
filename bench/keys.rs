//! From a key that is pressed to the first packet of what is said then.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::apps;
use crate::free_agents::{Caller, Callers};
use crate::histogram::Histogram;
use crate::organization::{self, PROMPT_NUMBER};

const N_CALLS: usize = 20;
const N_PRESSES: usize = 10;
/// Nothing is said any more.
const SILENCE: Duration = Duration::from_millis(400);
const PATIENCE: Duration = Duration::from_secs(90);
/// Digit 5 under number 101, as the description offers events. RFC 4733
const EVENTS: u8 = 101;
const KEY: u8 = 5;

struct Ear {
    socket: UdpSocket,
    to: SocketAddr,
    last_heard: Instant,
    pressed_at: Option<Instant>,
    n_presses: usize,
}

/// Each of some callers presses a key ten times, when the menu has been said.
pub fn print() -> bool {
    shorten_menu();
    let mut callers = Callers::new();
    let mut ears = Vec::new();
    for number in 0..N_CALLS {
        let socket = crate::wire::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let local = socket.local_addr().expect("an address");
        callers.invite(number, PROMPT_NUMBER, local);
        let call = wait_for_answer(&mut callers, number);
        let to = call.media.expect("an answer with a description");
        ears.push(Ear { socket, to, last_heard: Instant::now(), pressed_at: None, n_presses: 0 });
    }
    let mut delays = Histogram::new();
    let begun = Instant::now();
    while ears.iter().any(|ear| ear.n_presses < N_PRESSES || ear.pressed_at.is_some()) && begun.elapsed() < PATIENCE {
        callers.receive();
        for ear in &mut ears {
            ear.turn(&mut delays);
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    callers.hang_up_all();
    let n_open: usize = ears.iter().map(|ear| N_PRESSES - ear.n_presses + usize::from(ear.pressed_at.is_some())).sum();
    println!(
        "key pressed to the first packet: {} presses, {n_open} without an answer, p50 {:.2} ms",
        N_CALLS * N_PRESSES,
        delays.quantile_ms(0.5)
    );
    apps::show("key pressed to the first packet, p99", delays.quantile_ms(0.99), 60.0) && n_open == 0
}

fn wait_for_answer(callers: &mut Callers, number: usize) -> Caller {
    let begun = Instant::now();
    loop {
        callers.receive();
        if let Some(call) = callers.up(number) {
            return call;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "the menu answers: {:?}", callers.refusal);
        std::thread::sleep(Duration::from_millis(1));
    }
}

impl Ear {
    fn turn(&mut self, delays: &mut Histogram) {
        let now = Instant::now();
        let mut buffer = [0; 2_048];
        while self.socket.recv_from(&mut buffer).is_ok() {
            self.last_heard = now;
            if let Some(pressed_at) = self.pressed_at.take() {
                delays.add(now - pressed_at);
            }
        }
        let is_quiet = now - self.last_heard > SILENCE;
        if self.pressed_at.is_none() && is_quiet && self.n_presses < N_PRESSES {
            self.press();
            self.n_presses += 1;
            self.pressed_at = Some(now);
        }
    }

    /// A whole key at once: its begin, and its end three times.
    fn press(&self) {
        let timestamp = u32::try_from(self.n_presses + 1).unwrap_or(1) * 80_000;
        for (index, is_end) in [false, true, true, true].into_iter().enumerate() {
            let sequence = u16::try_from(self.n_presses * 4 + index).unwrap_or(0);
            let mut packet = vec![0x80, if index == 0 { 0x80 | EVENTS } else { EVENTS }];
            packet.extend(sequence.to_be_bytes());
            packet.extend(timestamp.to_be_bytes());
            packet.extend(0x0005_eed5_u32.to_be_bytes());
            packet.extend([KEY, if is_end { 0x8a } else { 0x0a }, 0x03, 0x20]);
            crate::wire::send(&self.socket, &packet, self.to);
        }
    }
}

/// The demo's menu says one word, waits as long as it may, and says another word for key 5.
fn shorten_menu() {
    let attendants = "/api/v1/tenants/demo/auto-attendants";
    let (_, listed) = organization::request("GET", attendants, None, "");
    let mut attendant = listed["items"][0].clone();
    let path = format!("{attendants}/{}", attendant["id"].as_str().expect("an id"));
    let word = |text: &str| serde_json::json!({ "type": "text", "text": text });
    attendant["default_flow"]["greeting"] = serde_json::Value::Null;
    attendant["default_flow"]["menu"]["prompt"] = word("Go.");
    attendant["wait_seconds"] = 10.into();
    for option in attendant["default_flow"]["menu"]["options"].as_array_mut().expect("the menu has keys") {
        if option["action"]["type"] == "announcement" {
            option["action"]["prompt"] = word("Yes.");
        }
    }
    apps::replace(&path, &attendant);
}
