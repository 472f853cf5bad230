//! Registrations with digest: REGISTER, 401, REGISTER with the answer, 200; each for another user.

use std::collections::VecDeque;
use std::io::Write as _;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use md5::{Digest as _, Md5};

use crate::histogram::Histogram;
use crate::wire;

/// What kind of load.
pub struct Plan {
    pub phone: SocketAddr,
    pub server: SocketAddr,
    pub realm: String,
    pub password: String,
    /// Extensions from this one on.
    pub first_user: usize,
    pub n_users: usize,
    pub per_second: f64,
    pub length: Duration,
}

/// What came of it.
pub struct Outcome {
    pub n_done: usize,
    pub n_failed: usize,
    pub delay: Histogram,
}

struct Attempt {
    begun: Instant,
    done: bool,
}

/// Runs a plan to its end.
pub fn run(plan: &Plan) -> Outcome {
    let socket = wire::bind(plan.phone);
    let mut load = Load {
        plan,
        socket,
        attempts: Vec::new(),
        timers: VecDeque::new(),
        nonce: std::process::id(),
        out: Vec::with_capacity(1_024),
        outcome: Outcome { n_done: 0, n_failed: 0, delay: Histogram::new() },
    };
    let start = Instant::now();
    let total = (plan.per_second * plan.length.as_secs_f64()) as usize;
    let limit = plan.length + Duration::from_secs(10);
    loop {
        let now = Instant::now();
        let due = ((now.duration_since(start).as_secs_f64() * plan.per_second) as usize).min(total);
        let mut burst = 0;
        while load.attempts.len() < due && burst < 32 {
            let attempt = load.attempts.len();
            load.attempts.push(Attempt { begun: now, done: false });
            load.timers.push_back((now + Duration::from_millis(500), attempt));
            load.send(attempt, 1, None);
            burst += 1;
        }
        let busy = load.receive();
        load.retransmit(now);
        let over = load.attempts.len() == total && load.outcome.n_done + load.outcome.n_failed == total;
        if over || now.duration_since(start) > limit {
            load.outcome.n_failed = total - load.outcome.n_done;
            return load.outcome;
        }
        if !busy {
            std::thread::yield_now();
        }
    }
}

struct Load<'a> {
    plan: &'a Plan,
    socket: UdpSocket,
    attempts: Vec<Attempt>,
    timers: VecDeque<(Instant, usize)>,
    nonce: u32,
    out: Vec<u8>,
    outcome: Outcome,
}

impl Load<'_> {
    fn send(&mut self, attempt: usize, cseq: u32, challenge: Option<&[u8]>) {
        let user = self.plan.first_user + attempt % self.plan.n_users;
        let (phone, realm, nonce) = (self.plan.phone, &self.plan.realm, self.nonce);
        self.out.clear();
        let _ = write!(
            self.out,
            "REGISTER sip:{realm} SIP/2.0\r\nVia: SIP/2.0/UDP {phone};rport;branch=z9hG4bK{nonce:x}.{attempt:x}.{cseq}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{user}@{realm}>;tag=r{attempt:x}\r\nTo: <sip:{user}@{realm}>\r\n\
             Call-ID: r-{attempt:x}-{nonce:x}\r\nCSeq: {cseq} REGISTER\r\nContact: <sip:{user}@{phone}>\r\nExpires: 600\r\n"
        );
        if let Some(line) = challenge.and_then(|message| authorization(message, user, realm, &self.plan.password)) {
            self.out.extend_from_slice(line.as_bytes());
        }
        self.out.extend_from_slice(b"Content-Length: 0\r\n\r\n");
        wire::send(&self.socket, &self.out, self.plan.server);
    }

    fn receive(&mut self) -> bool {
        let mut buffer = [0_u8; 4_096];
        let mut busy = false;
        for _ in 0..64 {
            let Ok((length, _)) = self.socket.recv_from(&mut buffer) else { break };
            busy = true;
            let message = &buffer[..length];
            let (Some(attempt), Some(status)) = (self.attempt_of(message), wire::status(message)) else { continue };
            let first = wire::header(message, "CSeq").is_some_and(|value| value.starts_with(b"1 "));
            match status {
                401 if first => self.send(attempt, 2, Some(message)),
                200 if !self.attempts[attempt].done => {
                    self.attempts[attempt].done = true;
                    self.outcome.n_done += 1;
                    self.outcome.delay.add(self.attempts[attempt].begun.elapsed());
                }
                _ => {}
            }
        }
        busy
    }

    /// Begins again with what got no answer.
    fn retransmit(&mut self, now: Instant) {
        while self.timers.front().is_some_and(|(due, _)| *due <= now) {
            let Some((_, attempt)) = self.timers.pop_front() else { return };
            if !self.attempts[attempt].done && now.duration_since(self.attempts[attempt].begun) < Duration::from_secs(4)
            {
                self.send(attempt, 1, None);
                self.timers.push_back((now + Duration::from_millis(500), attempt));
            }
        }
    }

    fn attempt_of(&self, message: &[u8]) -> Option<usize> {
        let value = std::str::from_utf8(wire::header(message, "Call-ID")?).ok()?;
        let (attempt, nonce) = value.strip_prefix("r-")?.split_once('-')?;
        let attempt = usize::from_str_radix(attempt, 16).ok()?;
        (u32::from_str_radix(nonce, 16).ok()? == self.nonce && attempt < self.attempts.len()).then_some(attempt)
    }
}

/// The Authorization line that answers the MD5 challenge of a 401 to REGISTER.
pub fn authorization(challenge: &[u8], user: usize, realm: &str, password: &str) -> Option<String> {
    let nonce = server_nonce(challenge)?;
    let response = answer(user, realm, password, nonce);
    Some(format!(
        "Authorization: Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"sip:{realm}\", \
         response=\"{response}\", algorithm=MD5, cnonce=\"0a4f113b\", qop=auth, nc=00000001\r\n"
    ))
}

/// The nonce of the MD5 challenge.
fn server_nonce(message: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(message).ok()?;
    let challenges = text.lines().filter(|line| line.starts_with("WWW-Authenticate:"));
    let md5 = challenges.filter(|line| !line.contains("SHA-256")).last()?;
    md5.split("nonce=\"").nth(1)?.split('"').next()
}

fn answer(user: usize, realm: &str, password: &str, nonce: &str) -> String {
    let ha1 = hex(format!("{user}:{realm}:{password}"));
    let ha2 = hex(format!("REGISTER:sip:{realm}"));
    hex(format!("{ha1}:{nonce}:00000001:0a4f113b:auth:{ha2}"))
}

fn hex(text: String) -> String {
    let mut out = String::with_capacity(32);
    for byte in Md5::digest(text) {
        out.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        out.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
    }
    out
}
