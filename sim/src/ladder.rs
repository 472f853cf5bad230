//! What was seen, as lines that a test compares with a ladder.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use media::{LegId, Order, Reach, Sound};
use phone::record::{CallRecord, CallResult, EndedBy, Step};
use sip::Message;
use sip::message::name::HeaderName;

use crate::demo;

/// Everything seen so far.
#[derive(Debug, Default)]
pub struct Ladder {
    lines: Vec<(Duration, Line)>,
    /// Ports of legs, and who was told them.
    ports: BTreeMap<u16, LegId>,
    names: BTreeMap<LegId, &'static str>,
    seen: BTreeMap<Vec<u8>, ()>,
}

#[derive(Debug)]
enum Line {
    Media(Order),
    Text(String),
}

impl Ladder {
    /// Notes a message, but not its repetitions.
    pub fn note_message(&mut self, at: Duration, from: &str, to: &'static str, bytes: &bytes::Bytes) {
        if to != "us" {
            self.learn_port(to, bytes);
        }
        let key = [from.as_bytes(), to.as_bytes(), bytes].concat();
        if self.seen.insert(key, ()).is_some() {
            return;
        }
        let unread = || if media::stun::is_stun(bytes) { "STUN".to_owned() } else { "garbage".to_owned() };
        let what = Message::parse(bytes.clone()).map_or_else(|_| unread(), |message| describe(&message));
        self.lines.push((at, Line::Text(format!("{from} -> {to} {what}"))));
    }

    /// Notes an order to a media thread, if a ladder shows its kind.
    pub fn note_order(&mut self, at: Duration, order: &Order) {
        match order {
            Order::Open { leg, grant, .. } => {
                self.ports.insert(grant.rtp_port, *leg);
            }
            Order::Bridge { .. }
            | Order::Echo { .. }
            | Order::Mix { .. }
            | Order::Move { .. }
            | Order::Play { .. }
            | Order::Listen { .. }
            | Order::Record { .. }
            | Order::RecordBoth { .. }
            | Order::SendDigit { .. }
            | Order::StopRecording { .. } => {
                self.lines.push((at, Line::Media(order.clone())));
            }
            Order::Unbridge { .. } | Order::Stop { .. } => self.lines.push((at, Line::Media(order.clone()))),
            Order::Close { .. } | Order::Expect { .. } | Order::SetSession { .. } | Order::WantPorts { .. } => {}
        }
    }

    pub fn note_text(&mut self, at: Duration, text: String) {
        self.lines.push((at, Line::Text(text)));
    }

    pub fn note_record(&mut self, at: Duration, record: &CallRecord) {
        let mut text = format!("record {} {}", result(record.result), record.from);
        let _ = write!(text, " -> {}", record.to);
        if let Some(by) = &record.answered_by {
            let _ = write!(text, " by {by} talked {}s", record.talk_seconds);
        }
        if let Some(status) = record.status {
            let _ = write!(text, " status {status}");
        }
        let _ = write!(text, " ended by {}", ended_by(record.ended_by));
        for step in &record.path {
            match &step.step {
                Step::Attendant { keys, result, spoken, .. } => {
                    let keys = if keys.is_empty() { "-" } else { keys };
                    let _ = write!(text, ", attendant {keys} {result}");
                    for words in spoken {
                        let _ = write!(text, " \"{words}\"");
                    }
                }
                Step::Mailbox { name, result, seconds } => {
                    let _ = write!(text, ", mailbox {name} {result} {seconds}s");
                }
                Step::Queue { result, wait_seconds, offers, .. } => {
                    let _ = write!(text, ", queue {result} {wait_seconds}s {offers} offers");
                }
                // The ladder has it where it began.
                Step::Recorded { .. } => {}
                Step::Supervised { by, mode, result, seconds } => {
                    let _ = write!(text, ", supervised by {by} {mode} {result} {seconds}s");
                }
                Step::Transferred { to, attended } => {
                    let how = if *attended { "attended" } else { "blind" };
                    let _ = write!(text, ", transferred {how} {to}");
                }
            }
        }
        self.note_text(at, text);
    }

    /// Compares with what a test expects; blanks do not matter. Panics with both sides where they part.
    ///
    /// `0.000 challenged bob 103` stands for an INVITE of bob to 103 that has to prove who he is, to our 100.
    pub fn expect(&self, expected: &str) {
        let seen: Vec<String> = self.render();
        let lines = expected.lines().map(normalize).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let expected: Vec<String> = lines.flat_map(written_out).collect();
        if seen == expected {
            return;
        }
        let mut report = String::from("the ladder differs (= same, - expected, + seen)\n");
        let n_same = seen.iter().zip(&expected).take_while(|(seen, expected)| seen == expected).count();
        for line in &seen[..n_same] {
            let _ = writeln!(report, "  = {line}");
        }
        for line in expected.iter().skip(n_same) {
            let _ = writeln!(report, "  - {line}");
        }
        for line in seen.iter().skip(n_same) {
            let _ = writeln!(report, "  + {line}");
        }
        panic!("{report}");
    }

    /// The lines, normalized.
    pub fn render(&self) -> Vec<String> {
        self.lines.iter().map(|(at, line)| format!("{:.3} {}", at.as_secs_f64(), self.line(line))).collect()
    }

    /// Another process names its legs anew.
    pub fn forget_legs(&mut self) {
        self.ports.clear();
        self.names.clear();
    }

    /// Forgets what was seen; what comes is compared alone.
    pub fn clear(&mut self) {
        self.lines.clear();
        self.seen.clear();
    }

    fn line(&self, line: &Line) -> String {
        match line {
            Line::Text(text) => text.clone(),
            Line::Media(order) => match order {
                Order::Bridge { a, b } => format!("bridge {} {}", self.name(*a), self.name(*b)),
                Order::Echo { leg } => format!("echo {}", self.name(*leg)),
                Order::Mix { a, b, by, reach } => {
                    let heard = match reach {
                        Reach::Neither => "neither",
                        Reach::First => "first",
                        Reach::Both => "both",
                    };
                    format!("mix {} {} by {} reach {heard}", self.name(*a), self.name(*b), self.name(*by))
                }
                Order::Move { leg, .. } => format!("move {}", self.name(*leg)),
                Order::Play { leg, list, .. } => {
                    let sounds: Vec<&str> = list.items.iter().map(sound).collect();
                    format!("play {} {}", self.name(*leg), sounds.join(" "))
                }
                Order::Listen { leg, .. } => format!("listen {}", self.name(*leg)),
                Order::Record { leg, .. } => format!("record {}", self.name(*leg)),
                Order::RecordBoth { leg, others, .. } => {
                    let others: Vec<&str> = others.iter().flatten().map(|other| self.name(*other)).collect();
                    format!("record-both {} {}", self.name(*leg), others.join(" "))
                }
                Order::StopRecording { leg } => format!("stop-recording {}", self.name(*leg)),
                Order::SendDigit { leg, digit, .. } => {
                    format!("send-digit {} {}", self.name(*leg), char::from(digit.name()))
                }
                Order::Stop { leg } => format!("stop {}", self.name(*leg)),
                Order::Unbridge { leg } => format!("unbridge {}", self.name(*leg)),
                Order::Close { .. }
                | Order::Expect { .. }
                | Order::Open { .. }
                | Order::SetSession { .. }
                | Order::WantPorts { .. } => String::new(),
            },
        }
    }

    fn name(&self, leg: LegId) -> &'static str {
        self.names.get(&leg).copied().unwrap_or("nobody")
    }

    /// Whom the leg belongs to shows in the port that the peer is told.
    fn learn_port(&mut self, to: &'static str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let port = text.lines().find_map(|line| line.strip_prefix("m=audio ")?.split(' ').next()?.parse().ok());
        if let Some(leg) = port.and_then(|port: u16| self.ports.get(&port)) {
            self.names.insert(*leg, to);
        }
    }

    /// The leg whose port this peer was told last.
    pub fn leg_of(&self, name: &str) -> Option<LegId> {
        self.names.iter().rev().find(|(_, known)| **known == name).map(|(leg, _)| *leg)
    }
}

fn describe(message: &Message) -> String {
    let (mut text, head) = match message {
        Message::Request(request) => {
            let user = request.parsed_uri().user().map(str::to_owned);
            let user = user.filter(|_| request.method().as_str() == "INVITE");
            let mut text = request.method().as_str().to_owned();
            if let Some(user) = user {
                let _ = write!(text, " {user}");
            }
            (text, &**request)
        }
        Message::Response(response) => (format!("{} {}", response.status().0, response.cseq().method), &**response),
    };
    if head.content_type().is_some_and(|kind| kind.starts_with("application/sdp")) {
        let body = String::from_utf8_lossy(head.body());
        let held = ["a=sendonly", "a=inactive", "a=recvonly"].into_iter().find(|held| body.contains(held));
        text.push_str(" sdp");
        if let Some(held) = held {
            text.push(' ');
            text.push_str(held.trim_start_matches("a="));
        }
    }
    if head.content_type().is_some_and(|kind| kind.starts_with("message/sipfrag")) {
        let body = String::from_utf8_lossy(head.body());
        let status = body.split(' ').nth(1).unwrap_or("?").trim().to_owned();
        let _ = write!(text, " {status}");
    }
    if head.content_type().is_some_and(|kind| kind.starts_with("application/simple-message-summary")) {
        let body = String::from_utf8_lossy(head.body());
        let counts = body.split("Voice-Message: ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or("?");
        let state = head.header(HeaderName::SubscriptionState).and_then(|state| state.split(';').next()).unwrap_or("?");
        let _ = write!(text, " {state} {counts}");
    }
    if let Some(digit) = head.content_type().and_then(|kind| media::dtmf::from_info(kind, head.body())) {
        let _ = write!(text, " {}", char::from(digit.name()));
    }
    if let Some(reason) = head.header(HeaderName::Reason) {
        let words = reason.split_once("text=").map_or(reason, |(_, words)| words).trim_matches('"');
        let _ = write!(text, " ({words})");
    }
    text
}

fn sound(sound: &Sound) -> &'static str {
    match sound {
        Sound::Prompt(prompt) => demo::prompt_name(prompt.duration_ms()),
        Sound::Silence(_) => "silence",
        Sound::Tone(tone) => match tone.kind {
            media::tone::ToneKind::Beep => "beep",
            media::tone::ToneKind::Busy => "busy",
            media::tone::ToneKind::Congestion => "congestion",
            media::tone::ToneKind::Dial => "dial-tone",
            media::tone::ToneKind::Reference => "test-tone",
            media::tone::ToneKind::RingBack => "ring-back",
            media::tone::ToneKind::SpecialInformation => "special",
        },
    }
}

fn result(result: CallResult) -> &'static str {
    match result {
        CallResult::Abandoned => "abandoned",
        CallResult::Answered => "answered",
        CallResult::Busy => "busy",
        CallResult::Failed => "failed",
        CallResult::NoAnswer => "no-answer",
        CallResult::Refused => "refused",
        CallResult::Treated => "treated",
        CallResult::Voicemail => "voicemail",
    }
}

fn ended_by(by: EndedBy) -> &'static str {
    match by {
        EndedBy::Administrator => "administrator",
        EndedBy::Callee => "callee",
        EndedBy::Caller => "caller",
        EndedBy::System => "system",
    }
}

fn written_out(line: String) -> Vec<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let [at, "challenged", who, number] = words[..] else { return vec![line] };
    vec![
        format!("{at} {who} -> us INVITE {number} sdp"),
        format!("{at} us -> {who} 401 INVITE"),
        format!("{at} {who} -> us ACK"),
        format!("{at} {who} -> us INVITE {number} sdp"),
        format!("{at} us -> {who} 100 INVITE"),
    ]
}

fn normalize(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
