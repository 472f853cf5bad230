//! Servers that share one ledger: its database fails and comes back, clocks are set, and processes are killed at any step of
//! a paid call. Whatever happens, the ledger sums to zero, each second is paid once, and the balance is never below what may
//! be owed by more than a step for each live call.

mod server;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use phone::money::Micros;
use phone::money::budget::Budget;
use phone::money::charge::Charge;
use phone::money::charging::Account;
use phone::money::scope::{Every, Scope, Span};
use phone::money::share::parts::{Part, Shared, Whole};
use phone::money::share::{Holding, Share};
use phone::money::wallet::{Mode, OnExhaustion};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use self::server::Server;
use crate::check;
use crate::till::Till;

const PHONES: [&str; 4] = ["alice", "bob", "carol", "dan"];
const GERMANY: &str = "+4930123456";
/// A call within the minutes of a plan.
const AMERICA: &str = "+12125551234";
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
/// A process says so often that it lives.
const ALIVE_SECS: i64 = 1;

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
        if random.random_range(0..3) == 0 {
            ledger.wallet.person_limit = Some(Micros(random.random_range(100_000..900_000)));
        }
        let began = Timestamp::from_second(1_772_463_600).unwrap_or_default();
        ledger.give(1, "MCOPSTN5");
        ledger.use_up(random.random_range(0..900), began);
        let everybody = Budget {
            name: "everybody".to_owned(),
            scope: Scope::Everybody,
            limit: Micros(random.random_range(500_000..6_000_000)),
            every: Every::Ever,
            blocks: true,
            set_apart: false,
            until: None,
            by_seller: false,
        };
        ledger.wallet.controls.budgets.push(everybody);
        let n_servers = 1 + seed % 2;
        let server = |index: u64| Server::new(seed * 1_000 + index * 500);
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
        let number = if self.random.random_range(0..3) == 0 { AMERICA } else { GERMANY };
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
        server.world.dial(name, number);
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
        server.kill();
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
        server.booked.credits = server.booked.credits.plus(booked.share.credits);
        server.booked.owable = server.booked.owable.plus(booked.share.owable);
        if let Some(holding) = &mut server.holding {
            holding.spend(booked.share);
        }
        for (person, amount) in booked.people {
            let spent = server.people.entry(person).or_default();
            *spent = spent.plus(amount);
        }
        for (shared, amount) in booked.parts {
            server.parts.entry(shared).and_modify(|part| part.spend(amount));
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
                (server.holding, server.parts) = (None, BTreeMap::new());
            }
            others.extend(server.holding.map(|it| it.visible));
        }
        let mut account = self.ledger.account(now);
        let limit = account.wallet.postpaid_limit();
        let whole = Share { credits: account.credits, owable: limit.minus(account.owed) };
        let share = holding.take(now, until, whole, &others);
        self.servers[index].holding = Some(holding);
        let booked = self.servers[index].booked;
        (account.credits, account.owed) = (share.credits, limit.minus(share.owable));
        (account.posted.credits, account.posted.owed) = (booked.credits, booked.owable);
        self.tell_of_people(index, &mut account, others.len());
        let wholes = account.wholes(&[now, now + SignedDuration::from_hours(24)]);
        self.divide(index, &wholes, now, holding.alive_since);
        account.divide(&wholes, &self.servers[index].parts);
        let is_promise = self.on_outage == OnOutage::Closed || !others.is_empty();
        self.servers[index].world.fund(account, is_promise.then_some(LEASE));
    }

    /// A server is told what people spent by it and by the others.
    fn tell_of_people(&self, index: usize, account: &mut Account, n_others: usize) {
        account.posted.people = self.servers[index].people.clone();
        account.others.n = u32::try_from(n_others).unwrap_or(u32::MAX);
        for (_, other) in self.servers.iter().enumerate().filter(|(other, _)| *other != index) {
            for (person, amount) in &other.people {
                let spent = account.others.people.entry(*person).or_default();
                *spent = spent.plus(*amount);
            }
        }
    }

    /// A server takes its parts of what is shared besides the balance.
    fn divide(&mut self, index: usize, wholes: &BTreeMap<Shared, Whole>, now: Timestamp, alive_since: Timestamp) {
        let mut parts = std::mem::take(&mut self.servers[index].parts);
        parts.retain(|shared, _| wholes.contains_key(shared));
        for (shared, whole) in wholes {
            let others = self.servers.iter().enumerate().filter(|(other, it)| *other != index && it.holding.is_some());
            let visible: Vec<i64> = others.map(|(_, it)| it.parts.get(shared).map_or(0, |part| part.visible)).collect();
            let part = parts.entry(shared.clone()).or_insert_with(|| Part::new(*whole));
            part.take(now, alive_since, *whole, &visible);
        }
        self.servers[index].parts = parts;
    }

    /// Another process begins: what the one before left is booked before it is told anything.
    fn begin(&mut self, index: usize) {
        self.book(index);
        self.servers[index].carry();
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
        self.check_promises();
        let floor = self.ledger.wallet.postpaid_limit().plus(Micros(STEP.0 * self.n_live_max)).negated();
        let balance = self.ledger.book.balance();
        assert!(floor <= balance, "the balance {balance} is below {floor}");
        let spent = self.ledger.spent();
        assert!(spent.pools.values().all(|secs| *secs <= 7_200), "more minutes are used than there are: {spent:?}");
        if let Some(limit) = self.ledger.wallet.person_limit {
            // Two servers may each take a half of what is left before they see each other.
            let halves = if self.servers.len() == 1 { 2 } else { 3 };
            let most = Micros(limit.0 / 2 * halves + STEP.0 * self.n_live_max);
            assert!(
                spent.people.values().all(|spent| *spent <= most),
                "of {limit} more is spent than {most}: {spent:?}"
            );
        }
        let of_all = spent.scopes.get(&(Scope::Everybody, Span::Ever)).copied().unwrap_or_default();
        let limit = self.ledger.wallet.controls.budgets[0].limit.plus(Micros(STEP.0 * self.n_live_max));
        assert!(of_all <= limit, "{of_all} are spent of a budget of {limit}");
    }

    /// What servers may spend and is not booked is never more than there is: of the balance, of minutes, and of budgets.
    fn check_promises(&self) {
        let now = self.servers[0].wall_now();
        let holdings = self.servers.iter().filter_map(|server| server.holding);
        let promised: Micros = holdings.map(|holding| holding.visible.credits.max(Micros::ZERO)).sum();
        // A call to a toll-free number is taken while anything at all is left, and may cost a step.
        let steps = Micros(STEP.0 * self.n_live_max);
        let there = self.ledger.book.usable(now).max(Micros::ZERO).plus(steps);
        assert!(promised <= there, "{promised} of {there} are promised");
        for (shared, whole) in self.ledger.account(now).wholes(&[now]) {
            let parts = self.servers.iter().filter_map(|server| server.parts.get(&shared));
            let promised: i64 = parts.map(|part| part.visible.max(0)).sum();
            let there = match &shared {
                Shared::Pool { .. } => whole.left.max(0),
                Shared::Budget { .. } => whole.left.max(0) + steps.0,
            };
            assert!(promised <= there, "{promised} of {there} are promised of {shared:?}");
        }
    }

    /// When all is booked and told, a server has what there is, so that a call is paid if there is anything to pay it with.
    fn check_that_money_is_good(&mut self) {
        self.ledger.fund("0.06", Timestamp::UNIX_EPOCH);
        let server = &mut self.servers[0];
        server.world.fund(self.ledger.account(server.world.wall_now()), None);
        let budget = &self.ledger.wallet.controls.budgets[0];
        let spent = self.ledger.spent().scopes.get(&(Scope::Everybody, Span::Ever)).copied().unwrap_or_default();
        let of_person = self.ledger.wallet.person_limit.is_none();
        let there = self.ledger.book.usable(server.world.wall_now()).min(budget.limit.minus(spent));
        if of_person && STEP <= there {
            let carrier = &mut server.world.peer("trunk").manners;
            (carrier.answers_after, carrier.hangs_up_after) = (Some(Duration::ZERO), Some(Duration::from_secs(5)));
            server.world.register(&PHONES);
            server.world.dial(PHONES[1], GERMANY);
            server.world.run_secs(20);
            let talked = server.world.records.last().map(|record| record.talk_seconds);
            assert_eq!(talked, Some(5), "a call is not paid for while {there} are left");
        }
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
        if self.servers.len() == 1 {
            self.check_that_money_is_good();
        }
    }
}
