//! From an agent's hanging up to the next caller's INVITE at the agent's phone, while callers and agents are many.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use phone::people::license::PartNumber;
use store::{Actor, Expected};

use crate::apps;
use crate::histogram::Histogram;
use crate::organization::{self, FIRST_EXTENSION};
use crate::process::sip;
use crate::wire;

const SALES: &str = "+14255550110";
/// The demo carrier's address.
const CALLERS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 5_090);
const PHONES: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 15_091);
const BETWEEN: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(60);

/// Adds so many people who can be agents; their ids.
pub fn seed(directory: &Path, n_agents: usize) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (store, tenant) = organization::open(directory).await;
        let mut tx = store.begin(Actor::System, Timestamp::now()).await.expect("a transaction");
        let mut ids = Vec::new();
        for extension in FIRST_EXTENSION..FIRST_EXTENSION + n_agents {
            let user = organization::user(&extension.to_string());
            tx.save_user(tenant, &user, Expected::Absent).await.expect("a user");
            let licenses = BTreeSet::from(["MCOEV", "MCOPSTN1"].map(|plan| PartNumber(plan.to_owned())));
            tx.save_licenses(tenant, user.id, &licenses).await.expect("a license");
            ids.push(user.id.to_string());
        }
        tx.commit().await.expect("a commit");
        store.close().await.expect("the database closes");
        ids
    })
}

/// All agents talk and as many callers wait; then one agent after the other hangs up.
pub fn print(agents: &[String]) -> bool {
    staff(agents);
    let register = wire::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    for extension in FIRST_EXTENSION..FIRST_EXTENSION + agents.len() {
        organization::register_phone(&register, extension, PHONES);
    }
    let (mut callers, mut phones) = (Callers::new(), Phones::new());
    let sound = SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000));
    for number in 0..2 * agents.len() {
        callers.invite(number, SALES, sound);
        turn(&mut callers, &mut phones, Duration::from_millis(5));
    }
    let begun = Instant::now();
    while (callers.n_up() < 2 * agents.len() || phones.talks.len() < agents.len()) && begun.elapsed() < PATIENCE {
        turn(&mut callers, &mut phones, Duration::from_millis(5));
    }
    println!(
        "agent free to INVITE: {} callers, {} agents talk, the first refusal: {:?}",
        callers.n_up(),
        phones.talks.len(),
        callers.refusal
    );
    for extension in FIRST_EXTENSION..FIRST_EXTENSION + agents.len() {
        phones.hang_up(extension);
        turn(&mut callers, &mut phones, BETWEEN);
    }
    turn(&mut callers, &mut phones, Duration::from_secs(1));
    callers.hang_up_all();
    turn(&mut callers, &mut phones, Duration::from_secs(1));
    let n_free = phones.free_since.len();
    println!("agent free to INVITE: {n_free} agents got no caller, p50 {:.2} ms", phones.delays.quantile_ms(0.5));
    apps::show("agent free to INVITE, p99", phones.delays.quantile_ms(0.99), 20.0) && n_free == 0
}

/// The queue of the demo has these agents, and room.
fn staff(agents: &[String]) {
    let queues = "/api/v1/tenants/demo/call-queues";
    let (_, listed) = organization::request("GET", queues, None, "");
    let known = listed["items"].as_array().expect("queues").iter().find(|queue| queue["name"] == "Sales");
    let mut queue = known.expect("the demo has a queue").clone();
    let path = format!("{queues}/{}", queue["id"].as_str().expect("an id"));
    queue["agents"] = agents.into();
    queue["overflow_threshold"] = (4 * agents.len()).into();
    queue["timeout_seconds"] = 600.into();
    queue["wrap_up_seconds"] = 0.into();
    apps::replace(&path, &queue);
}

/// Lets both sides act for so long.
fn turn(callers: &mut Callers, phones: &mut Phones, length: Duration) {
    let end = Instant::now() + length;
    while Instant::now() < end {
        callers.receive();
        phones.receive();
        std::thread::sleep(Duration::from_micros(100));
    }
}

/// A caller whose call was answered.
#[derive(Clone)]
pub struct Caller {
    to: String,
    contact: String,
    /// Where the system wants sound.
    pub media: Option<SocketAddr>,
}

/// Callers from outside, by number.
pub struct Callers {
    socket: UdpSocket,
    up: BTreeMap<usize, Caller>,
    /// What the first refused call was told.
    pub refusal: Option<String>,
    nonce: u32,
    out: Vec<u8>,
}

impl Callers {
    pub fn new() -> Self {
        let nonce = std::process::id() ^ (crate::calls::now_ns() as u32);
        Self { socket: wire::bind(CALLERS), up: BTreeMap::new(), refusal: None, nonce, out: Vec::new() }
    }

    pub fn n_up(&self) -> usize {
        self.up.len()
    }

    pub fn up(&self, number: usize) -> Option<Caller> {
        self.up.get(&number).cloned()
    }

    /// Once: on the own machine nothing is lost.
    pub fn invite(&mut self, number: usize, called: &str, sound: SocketAddr) {
        let body = wire::description(sound, number);
        let (server, nonce) = (sip(), self.nonce);
        self.out.clear();
        let _ = write!(
            self.out,
            "INVITE sip:{called}@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {CALLERS};rport;branch=z9hG4bK{nonce:x}.{number:x}.i\r\n\
             Max-Forwards: 70\r\nFrom: <sip:+1206{number:07}@{CALLERS}>;tag=a{number:x}\r\nTo: <sip:{called}@{server}>\r\n\
             Call-ID: a-{number:x}-{nonce:x}\r\nCSeq: 1 INVITE\r\nContact: <sip:bench@{CALLERS}>\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        wire::send(&self.socket, &self.out, server);
    }

    pub fn hang_up_all(&mut self) {
        for number in self.up.keys().copied().collect::<Vec<_>>() {
            self.send(number, "BYE", 2);
            self.up.remove(&number);
        }
    }

    fn send(&mut self, number: usize, method: &str, cseq: u32) {
        let Some(Caller { to, contact, .. }) = self.up.get(&number) else { return };
        let nonce = self.nonce;
        self.out.clear();
        let _ = write!(
            self.out,
            "{method} {contact} SIP/2.0\r\nVia: SIP/2.0/UDP {CALLERS};rport;branch=z9hG4bK{nonce:x}.{number:x}.{cseq}{method}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:+1206{number:07}@{CALLERS}>;tag=a{number:x}\r\nTo: {to}\r\n\
             Call-ID: a-{number:x}-{nonce:x}\r\nCSeq: {cseq} {method}\r\nContent-Length: 0\r\n\r\n"
        );
        wire::send(&self.socket, &self.out, sip());
    }

    pub fn receive(&mut self) {
        let mut buffer = [0; 4_096];
        while let Ok((length, _)) = self.socket.recv_from(&mut buffer) {
            let message = &buffer[..length];
            let Some(number) = self.number_of(message) else { continue };
            match (wire::status(message), wire::method(message)) {
                (Some(200..=299), b"INVITE") => {
                    let to = String::from_utf8_lossy(wire::header(message, "To").unwrap_or_default()).into_owned();
                    let contact = wire::contact(message).unwrap_or_default();
                    let media = wire::media_address(message);
                    self.up.insert(number, Caller { to, contact, media });
                    self.send(number, "ACK", 1);
                }
                (Some(300..), b"INVITE") => {
                    let line = message.split(|byte| *byte == b'\r').next().unwrap_or_default();
                    self.refusal.get_or_insert_with(|| String::from_utf8_lossy(line).into_owned());
                }
                (Some(_), _) => {}
                (None, method) => {
                    if method == b"BYE" {
                        self.up.remove(&number);
                    }
                    if !message.starts_with(b"ACK ") {
                        wire::reply(message, "200 OK", "x", "sip:bench@127.0.0.1", "", &mut self.out);
                        wire::send(&self.socket, &self.out, sip());
                    }
                }
            }
        }
    }

    fn number_of(&self, message: &[u8]) -> Option<usize> {
        let value = std::str::from_utf8(wire::header(message, "Call-ID")?).ok()?;
        let (number, nonce) = value.strip_prefix("a-")?.split_once('-')?;
        (u32::from_str_radix(nonce, 16).ok()? == self.nonce).then(|| usize::from_str_radix(number, 16).ok())?
    }
}

/// The agents' phones, which answer at once.
struct Phones {
    socket: UdpSocket,
    /// By extension, what it takes to hang up.
    talks: BTreeMap<usize, Talk>,
    free_since: BTreeMap<usize, Instant>,
    delays: Histogram,
    n_answered: u32,
    out: Vec<u8>,
}

struct Talk {
    call_id: String,
    /// The INVITE's From and To, with our tag.
    from: String,
    to: String,
    contact: String,
}

impl Phones {
    fn new() -> Self {
        Self {
            socket: wire::bind(PHONES),
            talks: BTreeMap::new(),
            free_since: BTreeMap::new(),
            delays: Histogram::new(),
            n_answered: 0,
            out: Vec::new(),
        }
    }

    fn hang_up(&mut self, extension: usize) {
        let Some(Talk { call_id, from, to, contact }) = self.talks.remove(&extension) else { return };
        self.out.clear();
        let _ = write!(
            self.out,
            "BYE {contact} SIP/2.0\r\nVia: SIP/2.0/UDP {PHONES};rport;branch=z9hG4bKb{extension}.{call_id}\r\nMax-Forwards: 70\r\n\
             From: {to}\r\nTo: {from}\r\nCall-ID: {call_id}\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n"
        );
        self.free_since.insert(extension, Instant::now());
        wire::send(&self.socket, &self.out, sip());
    }

    fn receive(&mut self) {
        let mut buffer = [0; 4_096];
        while let Ok((length, from)) = self.socket.recv_from(&mut buffer) {
            let message = &buffer[..length];
            if message.starts_with(b"INVITE ") {
                self.answer(message, from);
            } else if wire::status(message).is_none() && !message.starts_with(b"ACK ") {
                wire::reply(message, "200 OK", "x", "sip:bench@127.0.0.1", "", &mut self.out);
                wire::send(&self.socket, &self.out, from);
            }
        }
    }

    fn answer(&mut self, invite: &[u8], from: SocketAddr) {
        let line = String::from_utf8_lossy(invite.split(|byte| *byte == b'\r').next().unwrap_or_default());
        let extension = line.split("sip:").nth(1).and_then(|rest| rest.split('@').next()?.parse().ok());
        let Some(extension) = extension else { return };
        if let Some(since) = self.free_since.remove(&extension) {
            self.delays.add(since.elapsed());
        }
        self.n_answered += 1;
        let tag = format!("p{:x}", self.n_answered);
        let text = |name: &str| String::from_utf8_lossy(wire::header(invite, name).unwrap_or_default()).into_owned();
        let talk = Talk {
            call_id: text("Call-ID"),
            from: text("From"),
            to: format!("{};tag={tag}", text("To")),
            contact: wire::contact(invite).unwrap_or_default(),
        };
        self.talks.insert(extension, talk);
        let own = format!("sip:{extension}@{PHONES}");
        let body = wire::description(SocketAddr::new(PHONES.ip(), 41_000), extension);
        wire::reply(invite, "200 OK", &tag, &own, &body, &mut self.out);
        wire::send(&self.socket, &self.out, from);
    }
}
