//! The server is killed again and again under paid calls, and what its ledger has in the end is compared with what the
//! carrier counted: no second is paid twice, and a kill loses at most what was talked since the server said last that it lives.
//!
//! `TRUNKLINE_BENCH_RATE` says how many calls begin in a second, 200 without.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use phone::id::{LotId, RateDeckId};
use phone::money::charge::Charge;
use phone::money::deck::{Direction, RateDeck, import};
use phone::money::ledger::{Book, EntryKind, NewLot, Occasion, Total};
use phone::money::{Currency, Micros, lot};
use store::{Actor, Expected, Paging};
use uuid::Uuid;

use crate::organization;
use crate::process::{Started, sip};
use crate::wire;

/// The demo carrier's address, and the number that it brings paid calls to.
const CARRIER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 5_090);
const CALLED: &str = "+18005550199";
/// Each second is counted, so that the carrier's count is the ledger's.
const DECK: &str = "prefix,destination,price,increments\n1800,Toll-free,0.06,1/1\n";
const FUNDS: Micros = Micros::units(1_000_000);
/// Between two kills, and how long calls last, in milliseconds.
const LIVES_MS: std::ops::Range<u64> = 1_000..6_000;
const TALKS_MS: std::ops::Range<u64> = 100..8_000;
/// The carrier sees an answer or an end a moment later or earlier than the server.
const APART_SECS: f64 = 1.5;
/// A server says each second that it lives, and a moment later that is written down: what a kill loses of a call that went on,
/// or that ended so shortly before the kill that its end was not written down yet.
const UNKNOWN_SECS: f64 = 1.25;
/// The end of a call is written down within this, with what is waited for on a machine that has more to do.
const UNWRITTEN: Duration = Duration::from_millis(100);

/// Kills the server so often. Passes when the ledger is right.
pub fn print(n_kills: usize) -> bool {
    let rate = std::env::var("TRUNKLINE_BENCH_RATE").ok().and_then(|text| text.parse().ok()).unwrap_or(200.0);
    let directory = tempfile::tempdir().expect("a temporary directory");
    organization::seed_small(directory.path());
    fund(directory.path());
    let mut carrier = Carrier::new(rate);
    let mut slowest = Duration::ZERO;
    let begun = Instant::now();
    for _ in 0..n_kills {
        let server = Started::server_beside(directory.path());
        slowest = slowest.max(server.start_up);
        carrier.call_for(LIVES_MS);
        drop(server);
        carrier.lose_all();
    }
    let server = Started::server_beside(directory.path());
    carrier.call_for(LIVES_MS);
    carrier.hang_up_all();
    server.end();
    println!(
        "{n_kills} kills in {:.0} s at {rate:.0} calls/s: {} calls, {} answered, {} cut, the slowest start {:.1} s",
        begun.elapsed().as_secs_f64(),
        carrier.calls.len(),
        carrier.calls.iter().filter(|call| call.answered_at.is_some()).count(),
        carrier.calls.iter().filter(|call| call.answered_at.is_some() && call.is_cut).count(),
        slowest.as_secs_f64()
    );
    compare(&carrier.calls, directory.path())
}

/// Gives the demo so much that nothing runs out, and the price of a second.
fn fund(directory: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (store, tenant) = organization::open(directory).await;
        let mut tx = store.begin(Actor::System, Timestamp::now()).await.expect("a change");
        let rates = import::read(DECK.as_bytes(), Currency::USD).expect("a deck").rates;
        let deck = RateDeck {
            id: RateDeckId(Uuid::now_v7()),
            name: "kills".to_owned(),
            version: 1,
            direction: Direction::TollFreeInbound,
            currency: Currency::USD,
            valid_from: Timestamp::UNIX_EPOCH,
            valid_to: None,
            time_zone: "UTC".to_owned(),
            n_rates: 1,
        };
        tx.add_rate_deck(&deck, &rates).await.expect("a deck");
        let row = tx.wallet(tenant).await.expect("a wallet").expect("the demo has one");
        let mut wallet = row.wallet.value;
        wallet.toll_free_deck = Some(deck.name);
        tx.save_wallet(tenant, &wallet, Expected::Any).await.expect("a wallet");
        let mut book = tx.book(tenant).await.expect("a book").expect("there is one");
        let lot = NewLot { id: LotId(Uuid::now_v7()), expires_at: None, amount: FUNDS, source: lot::Source::Grant };
        let occasion = Occasion { at: tx.at(), key: "kills".to_owned(), call: None, note: None };
        let entry = book.fund(lot, EntryKind::Grant, occasion).expect("credit");
        book.apply(&entry).expect("an entry");
        tx.post(tenant, &book, &[entry], "funded").await.expect("it is booked");
        tx.commit().await.expect("it is kept");
        store.close().await.expect("the database closes");
    });
}

/// What the carrier knows of a call.
struct Call {
    answered_at: Option<Instant>,
    ended_at: Option<Instant>,
    hangs_up_at: Instant,
    /// The server was killed before it had heard of the end.
    is_cut: bool,
    /// It was killed so shortly after the end that it may not have written that down.
    is_unknown: bool,
    to: Vec<u8>,
    contact: String,
}

impl Call {
    fn secs(&self) -> Option<f64> {
        Some(self.ended_at?.saturating_duration_since(self.answered_at?).as_secs_f64())
    }
}

/// The carrier: begins calls, hangs up, and counts.
struct Carrier {
    socket: UdpSocket,
    rate: f64,
    calls: Vec<Call>,
    /// Calls before these are over.
    first_open: usize,
    dice: u64,
    out: Vec<u8>,
}

impl Carrier {
    fn new(rate: f64) -> Self {
        let dice = 0x9e37_79b9_7f4a_7c15;
        Self { socket: wire::bind(CARRIER), rate, calls: Vec::new(), first_open: 0, dice, out: Vec::new() }
    }

    fn roll(&mut self, range: std::ops::Range<u64>) -> Duration {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis(range.start + (self.dice >> 33) % (range.end - range.start))
    }

    fn call_for(&mut self, lives_ms: std::ops::Range<u64>) {
        let (begun, span, n_before) = (Instant::now(), self.roll(lives_ms), self.calls.len());
        while begun.elapsed() < span {
            let due = n_before + (begun.elapsed().as_secs_f64() * self.rate) as usize;
            if self.calls.len() < due {
                self.invite();
            }
            self.turn();
        }
    }

    /// Hears what comes, and hangs up where it is time.
    fn turn(&mut self) {
        self.receive();
        let now = Instant::now();
        for index in self.first_open..self.calls.len() {
            let call = &self.calls[index];
            if call.answered_at.is_some() && call.ended_at.is_none() && call.hangs_up_at <= now {
                self.hang_up(index);
            }
        }
        std::thread::sleep(Duration::from_micros(200));
    }

    fn hang_up_all(&mut self) {
        for index in self.first_open..self.calls.len() {
            if self.calls[index].answered_at.is_some() && self.calls[index].ended_at.is_none() {
                self.hang_up(index);
            }
        }
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(2) {
            self.turn();
        }
    }

    /// The server was killed: whatever goes on ends now.
    fn lose_all(&mut self) {
        self.receive();
        let now = Instant::now();
        for call in &mut self.calls[self.first_open..] {
            let ended_at = *call.ended_at.get_or_insert(now);
            call.is_unknown = now.saturating_duration_since(ended_at) < UNWRITTEN;
        }
        self.first_open = self.calls.len();
    }

    fn invite(&mut self) {
        let hangs_up_at = Instant::now() + self.roll(TALKS_MS);
        let (index, body) = (self.calls.len(), wire::description(SocketAddr::new(CARRIER.ip(), 40_000), 1));
        let (server, length) = (sip(), body.len());
        self.calls.push(Call {
            answered_at: None,
            ended_at: None,
            hangs_up_at,
            is_cut: true,
            is_unknown: false,
            to: Vec::new(),
            contact: String::new(),
        });
        self.out.clear();
        let _ = write!(
            self.out,
            "INVITE sip:{CALLED}@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {CARRIER};rport;branch=z9hG4bKk{index}.i\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{}@{CARRIER}>;tag=k{index}\r\nTo: <sip:{CALLED}@{server}>\r\nCall-ID: kill-{index}\r\n\
             CSeq: 1 INVITE\r\nContact: <sip:carrier@{CARRIER}>\r\nContent-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{body}",
            number(index)
        );
        wire::send(&self.socket, &self.out, server);
    }

    fn hang_up(&mut self, index: usize) {
        self.calls[index].ended_at = Some(Instant::now());
        self.send_in_dialog(index, "BYE", 2);
    }

    fn send_in_dialog(&mut self, index: usize, method: &str, cseq: u32) {
        let call = &self.calls[index];
        self.out.clear();
        let _ = write!(
            self.out,
            "{method} {} SIP/2.0\r\nVia: SIP/2.0/UDP {CARRIER};rport;branch=z9hG4bKk{index}.{cseq}{method}\r\nMax-Forwards: 70\r\n\
             From: <sip:{}@{CARRIER}>;tag=k{index}\r\nTo: ",
            call.contact,
            number(index)
        );
        self.out.extend_from_slice(&call.to);
        let _ = write!(self.out, "\r\nCall-ID: kill-{index}\r\nCSeq: {cseq} {method}\r\nContent-Length: 0\r\n\r\n");
        wire::send(&self.socket, &self.out, sip());
    }

    fn receive(&mut self) {
        let mut buffer = [0_u8; 4_096];
        while let Ok((length, _)) = self.socket.recv_from(&mut buffer) {
            self.handle(&buffer[..length]);
        }
    }

    fn handle(&mut self, message: &[u8]) {
        let id = wire::header(message, "Call-ID").and_then(|value| std::str::from_utf8(value).ok());
        let index = id.and_then(|id| id.strip_prefix("kill-")).and_then(|digits| digits.parse::<usize>().ok());
        let Some(index) = index.filter(|index| *index < self.calls.len()) else { return };
        match (wire::status(message), wire::method(message)) {
            (Some(200..=299), b"INVITE") => {
                let call = &mut self.calls[index];
                if call.answered_at.is_none() && call.ended_at.is_none() {
                    call.answered_at = Some(Instant::now());
                    call.to = wire::header(message, "To").unwrap_or_default().to_vec();
                    call.contact = wire::contact(message).unwrap_or_default();
                }
                self.send_in_dialog(index, "ACK", 1);
            }
            (Some(200..), b"BYE") => self.calls[index].is_cut = false,
            (None, b"BYE") => {
                let call = &mut self.calls[index];
                call.ended_at.get_or_insert_with(Instant::now);
                call.is_cut = false;
                let mut out = std::mem::take(&mut self.out);
                wire::reply(message, "200 OK", "x", "sip:carrier@127.0.0.1", "", &mut out);
                wire::send(&self.socket, &out, sip());
                self.out = out;
            }
            _ => {}
        }
    }
}

/// Who calls: each call by another number, by which the ledger knows it.
fn number(index: usize) -> String {
    format!("+1206{:07}", 5_000_000 + index)
}

/// What the carrier counted beside what was booked.
fn compare(calls: &[Call], directory: &Path) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (charges, book, balance) = runtime.block_on(read(directory));
    let mut of_number: BTreeMap<String, Vec<&Charge>> = BTreeMap::new();
    for charge in &charges {
        of_number.entry(charge.from.clone()).or_default().push(charge);
    }
    let mut faults = Vec::new();
    let (mut counted, mut booked, mut lost, mut most) = (0.0, 0.0, 0.0, 0.0_f64);
    for (index, call) in calls.iter().enumerate() {
        let of_call = of_number.remove(&number(index)).unwrap_or_default();
        let billed = of_call.iter().flat_map(|charge| &charge.segments).map(|segment| segment.billed_secs).sum::<u32>();
        let (secs, billed) = (call.secs().unwrap_or(0.0), f64::from(billed));
        (counted, booked) = (counted + secs, booked + billed);
        let ends_unknown = call.is_cut || call.is_unknown;
        let lacks = secs - billed;
        most = if ends_unknown { lacks.max(most) } else { most };
        lost += lacks.max(0.0).min(if ends_unknown { secs } else { 0.0 });
        let may_lack = if ends_unknown { UNKNOWN_SECS + APART_SECS } else { APART_SECS };
        // An answer that never came here was cut in its first second.
        let is_right = of_call.len() <= 1 && billed <= (secs + APART_SECS).max(1.0) && secs - billed <= may_lack;
        if !is_right {
            faults.push(format!("{}: the carrier counted {secs:.1} s, the ledger {billed} s", number(index)));
        }
    }
    faults.extend(of_number.keys().map(|from| format!("{from}: paid, and nobody called")));
    let paid: Micros = charges.iter().map(Charge::amount).sum();
    if (book.sum(), book.total(Total::Usage), book.balance()) != (Micros::ZERO, paid, balance) {
        faults.push(format!("the ledger sums to {}, has {} of {paid}", book.sum(), book.total(Total::Usage)));
    }
    println!(
        "  the carrier counted {counted:.0} s, the ledger has {booked:.0} s; kills lost {lost:.0} s, {most:.1} s at most of one call"
    );
    faults.iter().take(10).for_each(|fault| println!("  {fault}"));
    println!("  {} calls are wrong  {}", faults.len(), if faults.is_empty() { "ok" } else { "not passed" });
    faults.is_empty()
}

async fn read(directory: &Path) -> (Vec<Charge>, Book, Micros) {
    let (store, tenant) = organization::open(directory).await;
    let mut paging = Paging { limit: 1_000, after: None, descending: false };
    let mut charges = Vec::new();
    loop {
        let page = store.charges(tenant, &Default::default(), &paging).await.expect("charges");
        charges.extend(page.items);
        match page.next {
            Some(next) => paging.after = Some(next),
            None => break,
        }
    }
    let entries = store.ledger_after(tenant, 0, u64::MAX >> 1).await.expect("the ledger");
    let book = Book::replay(&entries).expect("the ledger replays");
    let balance = store.wallet(tenant).await.expect("a wallet").expect("there is one").balance;
    store.close().await.expect("the database closes");
    (charges, book, balance)
}
