//! Callers by the dozen without a process for each: they call, send and hear sound, and hang up. It does not use the
//! product's parser, so that a fault there can't hide in both.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::digest;
use crate::flow::{Flow, Flowing};
use crate::server::SIP;
use crate::wait;

/// RFC 3261 T1.
const RETRANSMIT: Duration = Duration::from_millis(500);

/// Who calls.
#[derive(Clone, Copy)]
pub enum Caller {
    /// The outside world, at the demo carrier's address.
    Outside,
    /// A demo user's phone, which proves its password.
    Phone(&'static str),
}

/// One SIP address with its calls.
pub struct Crowd {
    socket: UdpSocket,
    address: SocketAddr,
    caller: Caller,
    n_begun: u32,
    /// Calls that are up.
    pub calls: Vec<Call>,
    /// Set-ups and hang-ups that get no answer for so long have failed.
    pub patience: Duration,
    /// Calls that the other side ended.
    pub n_ended_by_others: usize,
}

/// A call that was answered.
pub struct Call {
    id: String,
    /// The number that it came from, different for each call from outside.
    pub from: String,
    to: String,
    contact: String,
    cseq: u32,
    pub flow: Flow,
    /// How often the other side offered anew, and the CSeq of the last offer: repetitions are none.
    pub n_reoffers: usize,
    offered: String,
}

impl Crowd {
    pub fn at(caller: Caller) -> Self {
        Self::numbered_from(caller, 0)
    }

    /// Callers whose numbers are counted from another start.
    pub fn numbered_from(caller: Caller, n_begun: u32) -> Self {
        match caller {
            Caller::Outside => Self::bound(caller, ("127.0.0.1", 5_090), n_begun),
            Caller::Phone(_) => Self::bound(caller, ("127.0.0.1", 0), n_begun),
        }
    }

    /// A demo user's phone at another address of this machine.
    pub fn phone_at(user: &'static str, ip: &str) -> Self {
        Self::bound(Caller::Phone(user), (ip, 0), 0)
    }

    fn bound(caller: Caller, address: (&str, u16), n_begun: u32) -> Self {
        let socket = wait::until("the callers' address is free", || UdpSocket::bind(address).ok());
        let _ = socket2::SockRef::from(&socket).set_recv_buffer_size(4 << 20);
        let address = socket.local_addr().unwrap();
        Self { socket, address, caller, n_begun, calls: Vec::new(), patience: wait::PATIENCE, n_ended_by_others: 0 }
    }

    /// Calls and waits for the answer; how long that took, or the refusal.
    pub fn call(&mut self, called: &str) -> Result<Duration, String> {
        self.n_begun += 1;
        let n = self.n_begun;
        let (begun, flow) = (Instant::now(), Flow::open());
        let from = match self.caller {
            Caller::Outside => format!("+12065{n:06}"),
            Caller::Phone(user) => user.to_owned(),
        };
        let mut call = Call {
            id: format!("c{n}-{}-{}", self.address.port(), std::process::id()),
            from,
            to: format!("<sip:{called}@{SIP}>"),
            contact: format!("sip:{called}@{SIP}"),
            cseq: 1,
            flow,
            n_reoffers: 0,
            offered: String::new(),
        };
        let mut answer = self.ask("INVITE", &call, "")?;
        if status(&answer) == 401 {
            self.send(&self.request("ACK", &call, "", Some(&answer)));
            let Caller::Phone(user) = self.caller else { return Err(answer) };
            let line = digest::authorization(&answer, user, crate::server::PASSWORD, "INVITE", &call.contact);
            call.cseq += 1;
            answer = self.ask("INVITE", &call, &line.ok_or("no MD5 challenge")?)?;
        }
        if !(200..300).contains(&status(&answer)) {
            self.send(&self.request("ACK", &call, "", Some(&answer)));
            return Err(answer);
        }
        call.to = header(&answer, "To").unwrap_or_default().to_owned();
        call.contact = between(header(&answer, "Contact").unwrap_or_default(), '<', '>').to_owned();
        self.send(&self.request("ACK", &call, "", None));
        call.flow.connect(&answer);
        self.calls.push(call);
        Ok(begun.elapsed())
    }

    /// Presses keys on the newest call, one after the other, each in a message of its own.
    pub fn press(&mut self, keys: &str) -> Result<(), String> {
        let mut call = self.calls.pop().ok_or("no call is up")?;
        for key in keys.chars() {
            call.cseq += 1;
            let answer = self.ask("INFO", &call, &format!("Signal={key}\r\nDuration=160\r\n"))?;
            if status(&answer) != 200 {
                return Err(answer);
            }
        }
        self.calls.push(call);
        Ok(())
    }

    /// Presses a key on the newest call now and again, until the other side ends the call.
    pub fn press_until_let_go(&mut self, key: &str) {
        let give_up_at = Instant::now() + self.patience;
        // Between the question and the answer the call may be over.
        while !self.calls.is_empty() && self.press(key).is_ok() {
            assert!(Instant::now() < give_up_at, "the caller was not let go after {key}");
            let again_at = Instant::now() + Duration::from_secs(5);
            while !self.calls.is_empty() && Instant::now() < again_at {
                self.answer_what_came();
            }
        }
    }

    /// Hangs the oldest call up and waits for the answer.
    pub fn hang_up(&mut self) -> Result<Call, String> {
        let mut call = self.calls.remove(0);
        call.cseq += 1;
        let answer = self.ask("BYE", &call, "")?;
        if status(&answer) == 200 { Ok(call) } else { Err(answer) }
    }

    /// Lets sound flow on all calls that are up.
    pub fn talk(&self) -> Flowing {
        Flowing::start(self.calls.iter().map(|call| call.flow.share()).collect())
    }

    /// Registers a phone at this address; the final status.
    pub fn register(&mut self, password: &str) -> Result<u16, String> {
        let Caller::Phone(user) = self.caller else { return Err("the outside world does not register".to_owned()) };
        self.n_begun += 1;
        let mut call = Call {
            id: format!("r{}-{}-{}", self.n_begun, self.address.port(), std::process::id()),
            from: user.to_owned(),
            to: format!("<sip:{user}@demo.test>"),
            contact: "sip:demo.test".to_owned(),
            cseq: 1,
            flow: Flow::open(),
            n_reoffers: 0,
            offered: String::new(),
        };
        let answer = self.ask("REGISTER", &call, "")?;
        let Some(line) = digest::authorization(&answer, user, password, "REGISTER", &call.contact) else {
            return Ok(status(&answer));
        };
        call.cseq += 1;
        Ok(status(&self.ask("REGISTER", &call, &line)?))
    }

    /// Answers what the other side sends, until it is so.
    pub fn serve_until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let give_up_at = Instant::now() + self.patience;
        while !is_so(self) {
            assert!(Instant::now() < give_up_at, "in time: {what}");
            let _ = self.next_response(Instant::now() + Duration::from_millis(100));
        }
    }

    /// Answers what the other side has sent so far.
    pub fn answer_what_came(&mut self) {
        let _ = self.next_response(Instant::now() + Duration::from_millis(20));
    }

    /// Sends a request again and again until its final response is here.
    fn ask(&mut self, method: &str, call: &Call, more: &str) -> Result<String, String> {
        let request = self.request(method, call, more, None);
        let cseq = format!("{} {method}", call.cseq);
        let give_up_at = Instant::now() + self.patience;
        let mut send_at = Instant::now();
        let mut is_provisional = false;
        while Instant::now() < give_up_at {
            if send_at <= Instant::now() {
                if !is_provisional {
                    self.send(&request);
                }
                send_at = Instant::now() + RETRANSMIT;
            }
            let Some(response) = self.next_response(send_at.min(give_up_at)) else { continue };
            if header(&response, "Call-ID") != Some(&call.id) || header(&response, "CSeq") != Some(&cseq) {
                continue;
            }
            is_provisional = status(&response) < 200;
            if !is_provisional {
                return Ok(response);
            }
        }
        Err(format!("no answer to {method}"))
    }

    /// The next response; requests that come before it are answered.
    fn next_response(&mut self, deadline: Instant) -> Option<String> {
        let mut buffer = [0; 4_096];
        loop {
            let left = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
            self.socket.set_read_timeout(Some(left)).unwrap();
            let Ok((n_bytes, _)) = self.socket.recv_from(&mut buffer) else { continue };
            let message = String::from_utf8_lossy(&buffer[..n_bytes]).into_owned();
            if message.starts_with("SIP/2.0 ") {
                return Some(message);
            }
            if message.starts_with("ACK ") {
                continue;
            }
            if message.starts_with("BYE ")
                && let Some(at) = self.calls.iter().position(|call| header(&message, "Call-ID") == Some(&call.id))
            {
                self.calls.remove(at);
                self.n_ended_by_others += 1;
            }
            let known = self.calls.iter_mut().find(|call| header(&message, "Call-ID") == Some(&call.id));
            if let Some(call) = known.filter(|_| message.starts_with("INVITE ")) {
                let cseq = header(&message, "CSeq").unwrap_or_default();
                call.flow.connect(&message);
                call.n_reoffers += usize::from(call.offered != cseq);
                cseq.clone_into(&mut call.offered);
            }
            self.send(&self.answer_to(&message));
        }
    }

    /// What a request gets: the outside world takes calls, phones are busy.
    fn answer_to(&self, request: &str) -> String {
        let copied = request
            .lines()
            .filter(|line| ["Via:", "From:", "To:", "Call-ID:", "CSeq:"].iter().any(|name| line.starts_with(name)));
        let lines: String = copied.map(|line| format!("{line}\r\n")).collect();
        if !request.starts_with("INVITE ") {
            return format!("SIP/2.0 200 OK\r\n{lines}Content-Length: 0\r\n\r\n");
        }
        let lines = tagged(&lines);
        if matches!(self.caller, Caller::Phone(_)) {
            return format!("SIP/2.0 486 Busy Here\r\n{lines}Content-Length: 0\r\n\r\n");
        }
        let known = self.calls.iter().find(|call| header(request, "Call-ID") == Some(&call.id));
        if known.is_none() && header(request, "To").is_some_and(|to| to.contains(";tag=")) {
            return format!("SIP/2.0 481 No Such Call\r\n{lines}Content-Length: 0\r\n\r\n");
        }
        let body = known.map_or_else(|| Flow::open().description(), |call| call.flow.description());
        let address = self.address;
        format!(
            "SIP/2.0 200 OK\r\n{lines}Contact: <sip:{address}>\r\nContent-Type: application/sdp\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    /// A request of a call. The ACK to a refusal belongs to the INVITE's transaction and takes the refusal's To.
    fn request(&self, method: &str, call: &Call, more: &str, refusal: Option<&str>) -> String {
        let branch_of = if method == "ACK" && refusal.is_some() { "INVITE" } else { method };
        let to = refusal.and_then(|refusal| header(refusal, "To")).unwrap_or(&call.to);
        let Call { id, from, contact, cseq, .. } = call;
        let address = self.address;
        // Keys are the only body that is not a description.
        let (more, body, kind) = match method {
            "INVITE" => (more, call.flow.description(), "Content-Type: application/sdp\r\n"),
            "INFO" => ("", more.to_owned(), "Content-Type: application/dtmf-relay\r\n"),
            _ => (more, String::new(), ""),
        };
        format!(
            "{method} {contact} SIP/2.0\r\nVia: SIP/2.0/UDP {address};rport;branch=z9hG4bK{branch_of}{cseq}.{id}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{from}@demo.test>;tag=f{id}\r\nTo: {to}\r\nCall-ID: {id}\r\n\
             CSeq: {cseq} {method}\r\nContact: <sip:{from}@{address}>\r\n{more}{kind}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    fn send(&self, message: &str) {
        // A server that was killed refuses datagrams; the retransmission reaches its successor.
        let _ = self.socket.send_to(message.as_bytes(), SIP);
    }
}

/// The answer's lines, with a tag on To.
fn tagged(lines: &str) -> String {
    let is_new = |line: &str| line.starts_with("To:") && !line.contains(";tag=");
    let with_tag = |line: &str| if is_new(line) { format!("{line};tag=called\r\n") } else { format!("{line}\r\n") };
    lines.lines().map(with_tag).collect()
}

pub fn status(response: &str) -> u16 {
    response.get(8..11).and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

pub fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    message.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

fn between(text: &str, open: char, close: char) -> &str {
    let inside = text.split_once(open).map_or(text, |(_, rest)| rest);
    inside.split_once(close).map_or(inside, |(inside, _)| inside)
}
