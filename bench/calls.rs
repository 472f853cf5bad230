//! Calls through the system: an outside caller at one address, a phone that answers at another.

use std::collections::VecDeque;
use std::io::Write as _;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::histogram::Histogram;
use crate::rtp::Streams;
use crate::wire;

/// RFC 3261 timer A.
const RETRANSMIT: [Duration; 6] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(16),
];

/// What kind of load.
pub struct Plan {
    pub caller: SocketAddr,
    pub answerer: SocketAddr,
    pub server: SocketAddr,
    /// User parts of what is called, one after the other.
    pub called: Vec<String>,
    pub n_calls: usize,
    pub per_second: f64,
    /// None hangs up as soon as the call is up; otherwise calls stay until `window` after the last is up.
    pub window: Option<Duration>,
    /// Whether both sides (or, where the system itself answers, the caller) send and count sound.
    pub sound: Sound,
}

/// Which sound there is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sound {
    /// Only descriptions.
    None,
    /// The system plays, the caller counts.
    Prompt,
    /// Both sides send and count.
    TwoWay,
}

impl Plan {
    fn called(&self, call: usize) -> &str {
        &self.called[call % self.called.len()]
    }
}

/// What came of it.
pub struct Outcome {
    pub n_up: usize,
    pub n_failed: usize,
    /// What the first refused call was told.
    pub refusal: Option<String>,
    pub n_retransmitted: usize,
    pub setup: Histogram,
    pub sound: Option<crate::rtp::Figures>,
    /// CPU seconds of the system in the window, per second, and its resident memory then, in KiB.
    pub cpu: f64,
    pub memory_kib: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    Inviting,
    Up,
    Ending,
    Done,
    Failed,
}

struct Call {
    stage: Stage,
    sent_at: Instant,
    to: Vec<u8>,
    contact: String,
}

struct Timer {
    due: Instant,
    call: usize,
    stage: Stage,
    attempt: usize,
}

/// Runs a plan to its end. `sample` reads the system's CPU seconds and memory.
pub fn run(plan: &Plan, sample: &dyn Fn() -> (f64, u64)) -> Outcome {
    let now = Instant::now();
    let mut load = Load {
        plan,
        caller: wire::bind(plan.caller),
        answerer: (plan.sound != Sound::Prompt).then(|| wire::bind(plan.answerer)),
        calls: (0..plan.n_calls)
            .map(|_| Call { stage: Stage::Waiting, sent_at: now, to: Vec::new(), contact: String::new() })
            .collect(),
        timers: (0..RETRANSMIT.len()).map(|_| VecDeque::new()).collect(),
        streams: (plan.sound != Sound::None).then(|| Streams::new(plan.n_calls, plan.sound == Sound::TwoWay)),
        nonce: std::process::id() ^ (now_ns() as u32),
        out: Vec::with_capacity(2_048),
        n_open: 0,
        n_answered: 0,
        outcome: Outcome {
            n_up: 0,
            n_failed: 0,
            refusal: None,
            n_retransmitted: 0,
            setup: Histogram::new(),
            sound: None,
            cpu: 0.0,
            memory_kib: 0,
        },
    };
    load.drive(sample);
    load.outcome
}

/// Nanoseconds of a clock that only goes forward.
pub fn now_ns() -> u64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

struct Load<'a> {
    plan: &'a Plan,
    caller: UdpSocket,
    answerer: Option<UdpSocket>,
    calls: Vec<Call>,
    /// One line for each retransmission interval: each is in order of time.
    timers: Vec<VecDeque<Timer>>,
    streams: Option<Streams>,
    nonce: u32,
    out: Vec<u8>,
    /// Calls begun and not over.
    n_open: usize,
    n_answered: usize,
    outcome: Outcome,
}

impl Load<'_> {
    fn drive(&mut self, sample: &dyn Fn() -> (f64, u64)) {
        let start = Instant::now();
        let mut n_begun = 0;
        let mut window: Option<(Instant, f64)> = None;
        let mut hanging_up = self.plan.window.is_none();
        let limit = Duration::from_secs_f64(self.plan.n_calls as f64 / self.plan.per_second)
            + Duration::from_secs(45)
            + self.plan.window.unwrap_or_default();
        loop {
            let now = Instant::now();
            let due = (now.duration_since(start).as_secs_f64() * self.plan.per_second) as usize;
            let mut burst = 0;
            while n_begun < due.min(self.plan.n_calls) && burst < 32 {
                self.invite(n_begun);
                n_begun += 1;
                burst += 1;
            }
            let busy = self.receive() | self.advance(now);
            if let Some(streams) = &mut self.streams {
                streams.advance();
            }
            let settled = n_begun == self.plan.n_calls && self.outcome.n_up + self.outcome.n_failed == n_begun;
            match (self.plan.window, window) {
                (Some(_), None) if settled => {
                    window = Some((now, sample().0));
                    self.streams.as_mut().into_iter().for_each(Streams::begin_window);
                }
                (Some(length), Some((begun, cpu))) if !hanging_up && now.duration_since(begun) >= length => {
                    let (cpu_end, memory_kib) = sample();
                    self.outcome.cpu = (cpu_end - cpu) / now.duration_since(begun).as_secs_f64();
                    self.outcome.memory_kib = memory_kib;
                    self.outcome.sound = self.streams.as_mut().map(Streams::end_window);
                    hanging_up = true;
                    n_begun = self.plan.n_calls;
                    self.hang_up_all();
                }
                _ => {}
            }
            let over = hanging_up && n_begun == self.plan.n_calls && self.n_open == 0;
            if over || now.duration_since(start) > limit {
                self.outcome.n_failed +=
                    self.calls.iter().filter(|call| call.stage != Stage::Done && call.stage != Stage::Failed).count();
                return;
            }
            if !busy && self.streams.is_none() {
                std::thread::yield_now();
            }
        }
    }

    fn invite(&mut self, call: usize) {
        self.calls[call].stage = Stage::Inviting;
        self.calls[call].sent_at = Instant::now();
        self.n_open += 1;
        self.send_invite(call);
        self.set_timer(call, Stage::Inviting, 0);
    }

    fn send_invite(&mut self, call: usize) {
        let media = self
            .streams
            .as_ref()
            .map_or(SocketAddr::new(self.plan.caller.ip(), 40_000), |streams| streams.caller_address(call));
        let body = wire::description(media, call);
        let (plan, nonce) = (self.plan, self.nonce);
        let (caller, server, called) = (plan.caller, plan.server, plan.called(call));
        self.out.clear();
        let _ = write!(
            self.out,
            "INVITE sip:{called}@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {caller};rport;branch=z9hG4bK{nonce:x}.{call:x}.i\r\n\
             Max-Forwards: 70\r\nFrom: <sip:+12065550111@{caller}>;tag=a{call:x}\r\nTo: <sip:{called}@{server}>\r\n\
             Call-ID: b-{call:x}-{nonce:x}\r\nCSeq: 1 INVITE\r\nContact: <sip:bench@{caller}>\r\n\
             Allow: INVITE, ACK, BYE, CANCEL, OPTIONS\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        wire::send(&self.caller, &self.out, server);
    }

    /// ACK or BYE.
    fn send_in_dialog(&mut self, call: usize, method: &str, cseq: u32, branch: &str) {
        let (caller, server, nonce) = (self.plan.caller, self.plan.server, self.nonce);
        let state = &self.calls[call];
        self.out.clear();
        let _ = write!(
            self.out,
            "{method} {} SIP/2.0\r\nVia: SIP/2.0/UDP {caller};rport;branch=z9hG4bK{nonce:x}.{call:x}.{branch}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:+12065550111@{caller}>;tag=a{call:x}\r\nTo: ",
            state.contact
        );
        self.out.extend_from_slice(&state.to);
        let _ =
            write!(self.out, "\r\nCall-ID: b-{call:x}-{nonce:x}\r\nCSeq: {cseq} {method}\r\nContent-Length: 0\r\n\r\n");
        wire::send(&self.caller, &self.out, server);
    }

    fn set_timer(&mut self, call: usize, stage: Stage, attempt: usize) {
        if let Some(line) = self.timers.get_mut(attempt) {
            line.push_back(Timer { due: Instant::now() + RETRANSMIT[attempt], call, stage, attempt });
        }
    }

    /// Retransmits what is due; true if there was any.
    fn advance(&mut self, now: Instant) -> bool {
        let mut busy = false;
        for line in 0..self.timers.len() {
            while self.timers[line].front().is_some_and(|timer| timer.due <= now) {
                let Some(timer) = self.timers[line].pop_front() else { break };
                if self.calls[timer.call].stage != timer.stage {
                    continue;
                }
                busy = true;
                self.outcome.n_retransmitted += 1;
                match timer.stage {
                    Stage::Inviting => self.send_invite(timer.call),
                    Stage::Ending => self.send_in_dialog(timer.call, "BYE", 2, "b"),
                    Stage::Waiting | Stage::Up | Stage::Done | Stage::Failed => {}
                }
                if timer.attempt + 1 < RETRANSMIT.len() {
                    self.set_timer(timer.call, timer.stage, timer.attempt + 1);
                } else {
                    self.fail(timer.call);
                }
            }
        }
        busy
    }

    fn fail(&mut self, call: usize) {
        if !matches!(self.calls[call].stage, Stage::Done | Stage::Failed) {
            self.calls[call].stage = Stage::Failed;
            self.outcome.n_failed += 1;
            self.n_open -= 1;
        }
    }

    fn receive(&mut self) -> bool {
        let mut busy = false;
        let mut buffer = [0_u8; 4_096];
        for _ in 0..64 {
            let Ok((length, _)) = self.caller.recv_from(&mut buffer) else { break };
            self.handle_at_caller(&buffer[..length]);
            busy = true;
        }
        for _ in 0..64 {
            let Some(Ok((length, from))) = self.answerer.as_ref().map(|socket| socket.recv_from(&mut buffer)) else {
                break;
            };
            self.handle_at_answerer(&buffer[..length], from);
            busy = true;
        }
        busy
    }

    fn handle_at_caller(&mut self, message: &[u8]) {
        let Some(call) = self.call_of(message) else { return };
        let Some(status) = wire::status(message) else {
            return self.handle_request_at_caller(message, call);
        };
        match (wire::method(message), status) {
            (b"INVITE", 100..=199) => {}
            (b"INVITE", 200..=299) => self.handle_answer(message, call),
            (b"INVITE", _) => {
                self.calls[call].to = wire::header(message, "To").unwrap_or(b"").to_vec();
                self.calls[call].contact = format!("sip:{}@{}", self.plan.called(call), self.plan.server);
                self.send_in_dialog(call, "ACK", 1, "i");
                self.outcome.refusal.get_or_insert_with(|| {
                    let line = message.split(|byte| *byte == b'\r').next().unwrap_or_default();
                    let reason = wire::header(message, "Reason").unwrap_or_default();
                    format!("{} {}", String::from_utf8_lossy(line), String::from_utf8_lossy(reason))
                });
                self.fail(call);
            }
            (b"BYE", 200..) if self.calls[call].stage == Stage::Ending => {
                self.calls[call].stage = Stage::Done;
                self.n_open -= 1;
            }
            _ => {}
        }
    }

    fn handle_answer(&mut self, message: &[u8], call: usize) {
        let first = self.calls[call].stage == Stage::Inviting;
        if first {
            let state = &mut self.calls[call];
            state.stage = Stage::Up;
            state.to = wire::header(message, "To").unwrap_or(b"").to_vec();
            state.contact = wire::contact(message).unwrap_or_default();
            self.outcome.setup.add(state.sent_at.elapsed());
            self.outcome.n_up += 1;
            if let (Some(streams), Some(address)) = (&mut self.streams, wire::media_address(message)) {
                streams.open_caller(call, address);
            }
        }
        self.send_in_dialog(call, "ACK", 1, "k");
        if first && self.plan.window.is_none() {
            self.hang_up(call);
        }
    }

    fn handle_request_at_caller(&mut self, message: &[u8], call: usize) {
        wire::reply(message, "200 OK", "x", "sip:bench@127.0.0.1", "", &mut self.out);
        let out = std::mem::take(&mut self.out);
        wire::send(&self.caller, &out, self.plan.server);
        self.out = out;
        if message.starts_with(b"BYE ") {
            self.fail(call);
        }
    }

    fn hang_up(&mut self, call: usize) {
        self.calls[call].stage = Stage::Ending;
        self.send_in_dialog(call, "BYE", 2, "b");
        self.set_timer(call, Stage::Ending, 0);
    }

    fn hang_up_all(&mut self) {
        for call in 0..self.calls.len() {
            if self.calls[call].stage == Stage::Up {
                self.hang_up(call);
                if call % 16 == 0 {
                    self.receive();
                }
            }
        }
    }

    fn handle_at_answerer(&mut self, message: &[u8], from: SocketAddr) {
        let Some(answerer) = &self.answerer else { return };
        let contact = format!("sip:bench@{}", self.plan.answerer);
        if message.starts_with(b"INVITE ") {
            let media = self.streams.as_mut().map_or(SocketAddr::new(self.plan.answerer.ip(), 41_000), |streams| {
                let leg = self.n_answered % self.plan.n_calls;
                streams.open_answerer(leg, wire::media_address(message))
            });
            let body = wire::description(media, self.n_answered);
            let tag = format!("s{:x}", self.n_answered);
            self.n_answered += 1;
            wire::reply(message, "180 Ringing", &tag, &contact, "", &mut self.out);
            wire::send(answerer, &self.out, from);
            wire::reply(message, "200 OK", &tag, &contact, &body, &mut self.out);
            wire::send(answerer, &self.out, from);
        } else if wire::status(message).is_none() && !message.starts_with(b"ACK ") {
            wire::reply(message, "200 OK", "x", &contact, "", &mut self.out);
            wire::send(answerer, &self.out, from);
        }
    }

    /// Which of our calls a message belongs to, by its Call-ID.
    fn call_of(&self, message: &[u8]) -> Option<usize> {
        let value = std::str::from_utf8(wire::header(message, "Call-ID")?).ok()?;
        let (call, nonce) = value.strip_prefix("b-")?.split_once('-')?;
        let call = usize::from_str_radix(call, 16).ok()?;
        (u32::from_str_radix(nonce, 16).ok()? == self.nonce && call < self.calls.len()).then_some(call)
    }
}
