//! Servers that share one ledger: its database fails and comes back, clocks are set, and processes are killed at any step of
//! a paid call. Whatever happens, the ledger sums to zero, each second is paid once, and the balance is never below what may
//! be owed by more than a step for each live call.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use phone::id::CallId;
use phone::money::Micros;
use phone::money::charge::{Charge, PaidLeg};
use phone::money::share::{Holding, Share};
use phone::money::wallet::{Mode, OnExhaustion};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use switch::input::Command;
use switch::output::Answer;

use crate::check;
use crate::demo::{self, Wishes};
use crate::network::Faults;
use crate::till::Till;
use crate::world::{Shows, World};

const PHONES: [&str; 4] = ["alice", "bob", "carol", "dan"];
const GERMANY: &str = "+4930123456";
const TOLL_FREE: &str = "+18005550199";
/// What a server was told is a promise for so long.
const LEASE: Duration = Duration::from_secs(90);
const LOOK: Duration = Duration::from_secs(25);
const RETRY: Duration = Duration::from_secs(2);
/// The dearest first step of a call, and how long a step is.
const STEP: Micros = Micros(60_000);
const STEP_SECS: i64 = 60;
/// A telling is on the disk within this.
const UNWRITTEN_SECS: i64 = 1;

/// What happened, for who wants to know that anything did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    pub n_paid: usize,
    pub n_refused: usize,
    pub n_exhausted: usize,
    pub n_kills: usize,
    pub n_outages: usize,
    pub n_jumps: usize,
}

/// What happens to calls while the database is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnOutage {
    Open,
    Closed,
}

struct Servers {
    ledger: Till,
    on_outage: OnOutage,
    /// The database is away.
    is_away: bool,
    servers: Vec<Server>,
    random: ChaCha8Rng,
    n_live_max: i64,
    seen: Seen,
}

/// One process, and what outlives it.
struct Server {
    world: World,
    /// Its row in the database.
    holding: Option<Holding>,
    /// What was booked of its calls.
    booked: Share,
    /// What is written down beside the database and not booked.
    spool: Vec<Charge>,
    /// The furthest that was written down of each leg.
    written: BTreeMap<PaidLeg, Charge>,
    looks_at: Duration,
    /// By how much the clock was set since the switch heard of it.
    unheard: SignedDuration,
}

/// Runs random steps of one or two servers, checks after each, then lets all calls end and checks that all of it is booked.
pub fn run(seed: u64, n_steps: u32) -> Seen {
    let mut servers = Servers::new(seed);
    for _ in 0..n_steps {
        servers.step();
        servers.check();
    }
    servers.end();
    servers.seen
}

impl Servers {
    fn new(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut ledger = Till::default();
        if random.random_range(0..3) == 0 {
            ledger.wallet.mode = Mode::PrepaidThenPostpaid;
            ledger.wallet.credit_limit = Micros(random.random_range(0..400_000));
        }
        if random.random_range(0..3) == 0 {
            ledger.wallet.on_exhaustion = OnExhaustion::HangupNow;
        }
        let n_servers = 1 + seed % 2;
        let server = |index: u64| {
            let wishes = Wishes { paid: true, ..Wishes::default() };
            let world = World::new(&wishes, seed * 1_000 + index * 500, Faults::default(), Shows::Nothing);
            Server {
                world,
                holding: None,
                booked: Share::default(),
                spool: Vec::new(),
                written: BTreeMap::new(),
                looks_at: Duration::ZERO,
                unheard: SignedDuration::ZERO,
            }
        };
        let on_outage = if seed.is_multiple_of(3) { OnOutage::Closed } else { OnOutage::Open };
        let servers = (0..n_servers).map(server).collect();
        let seen = Seen::default();
        let mut all = Self { ledger, on_outage, is_away: false, servers, random, n_live_max: 0, seen };
        all.fund();
        for index in 0..all.servers.len() {
            all.tell(index);
            all.servers[index].world.register(&PHONES);
        }
        all
    }

    fn step(&mut self) {
        let index = self.random.random_range(0..self.servers.len());
        match self.random.random_range(0..24) {
            0..=7 => self.dial(index),
            8 | 9 => self.dial_in(index),
            10..=12 => self.hang_up(index),
            13 | 14 => self.fund(),
            15 => {
                self.is_away = !self.is_away && self.random.random_range(0..3) != 0;
                self.seen.n_outages += usize::from(self.is_away);
            }
            16 => self.set_clocks(),
            17 => self.kill(index),
            _ => {}
        }
        let secs = self.random.random_range(1..25);
        self.run_secs(secs);
        for index in 0..self.servers.len() {
            self.look_after(index);
        }
    }

    // ---- what happens

    fn dial(&mut self, index: usize) {
        let name = PHONES[self.random.random_range(0..PHONES.len())];
        let answers = self.random.random_range(0..5_000);
        let hangs_up = self.random.random_range(1_000..200_000);
        let is_patient = self.random.random_range(0..5) != 0;
        let server = &mut self.servers[index];
        if server.world.is_down() {
            return;
        }
        let carrier = &mut server.world.peer("trunk").manners;
        carrier.answers_after = is_patient.then_some(Duration::from_millis(answers));
        carrier.hangs_up_after = is_patient.then_some(Duration::from_millis(hangs_up));
        server.world.dial(name, GERMANY);
    }

    fn dial_in(&mut self, index: usize) {
        if !self.servers[index].world.is_down() {
            self.servers[index].world.dial("trunk", TOLL_FREE);
        }
    }

    fn hang_up(&mut self, index: usize) {
        let name = PHONES[self.random.random_range(0..PHONES.len())];
        self.servers[index].world.act(name, |peer, now| {
            if !peer.calls.is_empty() {
                peer.hang_up(now);
            }
        });
    }

    /// Something comes in, and whoever shares the ledger is told at once.
    fn fund(&mut self) {
        if self.is_away {
            return;
        }
        let cents = self.random.random_range(1..90_u32);
        self.ledger.fund(&format!("0.{cents:02}"), Timestamp::UNIX_EPOCH);
        for server in &mut self.servers {
            server.looks_at = Duration::ZERO;
        }
    }

    /// The clocks of all machines jump; each switch hears of it when its server looks the next time.
    fn set_clocks(&mut self) {
        let secs = self.random.random_range(-7_200..7_200);
        for server in &mut self.servers {
            server.unheard += SignedDuration::from_secs(secs);
        }
        self.seen.n_jumps += 1;
    }

    /// A process is killed at a step of a call: just after it told of a cost, before that was written down, or at any time.
    fn kill(&mut self, index: usize) {
        if self.servers[index].world.is_down() {
            return;
        }
        if self.random.random_range(0..2) == 0 {
            for _ in 0..60 {
                self.run_secs(1);
                if !self.servers[index].world.till.told.is_empty() {
                    break;
                }
                self.write_down();
            }
        }
        let server = &mut self.servers[index];
        server.check_what_a_kill_loses();
        server.world.till.told.clear();
        server.world.kill();
        self.seen.n_kills += 1;
    }

    // ---- what servers do

    /// A server writes down what was told, books it if it can, and looks at the ledger when it is time.
    fn look_after(&mut self, index: usize) {
        let is_down = self.servers[index].world.is_down();
        let begins = is_down && !self.is_away && self.random.random_range(0..4) == 0;
        if begins {
            self.begin(index);
            return;
        }
        if is_down {
            return;
        }
        let now = self.servers[index].world.elapsed();
        let is_due = self.servers[index].looks_at <= now;
        // Booking and looking go on beside each other.
        let books_first = self.random.random_range(0..2) == 0;
        let books = !self.is_away;
        if books && books_first {
            self.book(index);
        }
        if is_due {
            self.servers[index].hear_of_clock();
            self.servers[index].looks_at = now + if self.is_away { RETRY } else { LOOK };
            if !self.is_away {
                self.tell(index);
            }
        }
        if books && !books_first {
            self.book(index);
        }
    }

    fn write_down(&mut self) {
        for server in &mut self.servers {
            server.write_down();
        }
    }

    /// What is written down is booked. A process that is killed after that books it again.
    fn book(&mut self, index: usize) {
        let server = &mut self.servers[index];
        for charge in &server.spool {
            self.ledger.take(charge.clone());
        }
        let booked = self.ledger.settle();
        if self.random.random_range(0..4) != 0 {
            server.spool.clear();
        }
        server.booked.credits = server.booked.credits.plus(booked.credits);
        server.booked.owable = server.booked.owable.plus(booked.owable);
        if let Some(holding) = &mut server.holding {
            holding.spend(booked);
        }
    }

    /// A server is told what the others leave to it.
    fn tell(&mut self, index: usize) {
        let now = self.servers[index].wall_now();
        let until = now + SignedDuration::try_from(LEASE).unwrap_or_default();
        let mut holding = self.servers[index].holding.unwrap_or_else(|| Holding::new(now));
        holding.renew(now, until);
        let mut others = Vec::new();
        for (other, server) in self.servers.iter_mut().enumerate().filter(|(other, _)| *other != index) {
            if server.holding.is_some_and(|it| it.is_lost(holding.alive_since, now)) {
                assert!(server.world.is_down(), "server {other} was alive");
                server.holding = None;
            }
            others.extend(server.holding.map(|it| it.visible));
        }
        let mut account = self.ledger.account(now);
        let limit = account.wallet.postpaid_limit();
        let whole = Share { credits: account.credits, owable: limit.minus(account.owed) };
        let share = holding.take(now, until, whole, &others);
        let server = &mut self.servers[index];
        server.holding = Some(holding);
        (account.credits, account.owed) = (share.credits, limit.minus(share.owable));
        (account.posted.credits, account.posted.owed) = (server.booked.credits, server.booked.owable);
        let is_promise = self.on_outage == OnOutage::Closed || !others.is_empty();
        server.world.fund(account, is_promise.then_some(LEASE));
    }

    /// Another process begins: what the one before left is booked before it is told anything.
    fn begin(&mut self, index: usize) {
        self.book(index);
        self.servers[index].hear_of_clock();
        self.servers[index].world.begin_process();
        self.tell(index);
        self.servers[index].looks_at = self.servers[index].world.elapsed() + LOOK;
        self.servers[index].world.go_on();
        self.servers[index].world.register(&PHONES);
    }

    fn run_secs(&mut self, secs: u64) {
        self.write_down();
        for server in &mut self.servers {
            server.world.run_secs(secs);
        }
    }

    // ---- what must hold

    fn check(&mut self) {
        self.write_down();
        self.ledger.check();
        let mut n_live = 0;
        for server in &mut self.servers {
            check::always(&server.world);
            n_live += i64::try_from(server.world.statistics().n_paid_legs).unwrap_or(i64::MAX);
        }
        self.n_live_max = self.n_live_max.max(n_live);
        let floor = self.ledger.wallet.postpaid_limit().plus(Micros(STEP.0 * self.n_live_max)).negated();
        let balance = self.ledger.book.balance();
        assert!(floor <= balance, "the balance {balance} is below {floor}");
    }

    /// Everybody hangs up, the database is back, and what is written down is booked.
    fn end(&mut self) {
        self.is_away = false;
        for index in 0..self.servers.len() {
            if self.servers[index].world.is_down() {
                self.begin(index);
            }
            self.servers[index].give_up();
        }
        for _ in 0..24 {
            self.run_secs(25);
            (0..self.servers.len()).for_each(|index| self.look_after(index));
            self.check();
        }
        self.write_down();
        (0..self.servers.len()).for_each(|index| self.book(index));
        self.check();
        let written = self.servers.iter().flat_map(|server| server.written.values());
        let paid: Micros = written.map(Charge::amount).sum();
        let booked = self.ledger.book.total(phone::money::ledger::Total::Usage);
        assert_eq!(booked, paid, "what calls cost is not what is booked");
        for server in &mut self.servers {
            assert_eq!(server.world.statistics().n_paid_legs, 0, "something is reserved for calls that are over");
            server.check_records(&mut self.seen);
        }
    }
}

impl Server {
    fn wall_now(&self) -> Timestamp {
        self.world.wall_now() + self.unheard
    }

    fn hear_of_clock(&mut self) {
        let by = std::mem::take(&mut self.unheard);
        if !by.is_zero() {
            self.world.set_clock(by);
        }
    }

    fn write_down(&mut self) {
        for charge in std::mem::take(&mut self.world.till.told) {
            let before = self.written.insert(charge.id, charge.clone());
            let gets_cheaper = before.is_some_and(|before| before.finished || charge.amount() < before.amount());
            assert!(!gets_cheaper, "told after its end, or less than before: {charge:?}");
            check_segments(&charge);
            self.spool.push(charge);
        }
    }

    /// Of a call that goes on, all but the step that is talked is written down, as far as it was told.
    fn check_what_a_kill_loses(&mut self) {
        let Answer::Calls(calls) = self.world.command(Command::ListCalls { tenant: demo::TENANT }) else { return };
        let now = self.world.wall_now();
        for call in calls.iter().filter(|call| self.is_paid(call.id)) {
            let Some(answered_at) = call.answered_at else { continue };
            let talked = now.duration_since(answered_at).as_secs();
            let covered = self.covered(call.id);
            assert!(
                talked <= covered + STEP_SECS + UNWRITTEN_SECS,
                "{talked}s of {call:?}, of which {covered}s are paid"
            );
        }
    }

    fn is_paid(&self, call: CallId) -> bool {
        self.written.keys().any(|leg| leg.call == call)
    }

    /// Seconds of a call that what is written down pays for.
    fn covered(&self, call: CallId) -> i64 {
        let of_call = self.written.values().filter(|charge| charge.id.call == call);
        of_call.flat_map(|charge| &charge.segments).map(|segment| i64::from(segment.billed_secs)).sum()
    }

    /// Each answered second of a call that was paid for is in what was written down, once, by the record's own count.
    fn check_records(&self, seen: &mut Seen) {
        for record in &self.world.records {
            seen.n_refused += usize::from(matches!(record.status, Some(402 | 480)));
            seen.n_exhausted += usize::from(record.reason.as_deref() == Some("credit exhausted"));
            let is_paid = record.to == GERMANY || record.to == TOLL_FREE;
            let of_trunk = record.legs.iter().filter(|leg| leg.trunk.is_some());
            let talked = of_trunk.filter_map(|leg| Some(leg.ended_at.duration_since(leg.answered_at?).as_secs())).max();
            let Some(talked) = talked.filter(|_| is_paid) else { continue };
            seen.n_paid += 1;
            let Some(charge) = self.written.values().find(|charge| charge.id.call == record.id) else {
                panic!("nobody paid for {record:?}");
            };
            match charge.finished {
                true => assert_eq!(i64::from(charge.secs), talked.max(1), "{charge:?} of {record:?}"),
                // Its process was killed before the end was written down.
                false => assert!(talked <= self.covered(record.id) + STEP_SECS + UNWRITTEN_SECS, "{charge:?}"),
            }
        }
    }

    fn give_up(&mut self) {
        for name in PHONES.into_iter().chain(["trunk"]) {
            self.world.peer(name).manners.answers_after = None;
            for _ in 0..self.world.peer(name).calls.len() {
                self.world.act(name, |peer, now| {
                    if !peer.calls.is_empty() {
                        peer.hang_up(now);
                    }
                });
            }
        }
    }
}

/// Segments follow each other from the answer to the end.
fn check_segments(charge: &Charge) {
    let mut at = 0;
    for segment in &charge.segments {
        assert_eq!(segment.from_secs, at, "seconds nobody paid for, or two did: {charge:?}");
        at = segment.to_secs;
    }
    assert!(charge.secs <= at, "seconds nobody paid for: {charge:?}");
}
