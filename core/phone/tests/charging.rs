//! Whatever calls do, every second is paid once and by somebody who had it. Specification of numbers, 5.7: invariants 3 to 6
//! and 10.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use phone::id::{CallId, LotId, RateDeckId, TenantId, UserId};
use phone::money::charge::{Charge, PaidLeg};
use phone::money::charging::{Account, Asked, Charging, Others, Spent};
use phone::money::deck::import::read;
use phone::money::deck::{Direction, RateDeck, RateTable};
use phone::money::funding::Source;
use phone::money::ledger::{Book, Entry, EntryKind, NewLot, Occasion};
use phone::money::lot;
use phone::money::pool::{self, Period, Person};
use phone::money::posting::delta;
use phone::money::wallet::{Mode, Wallet};
use phone::money::{Currency, Micros};
use phone::numbers::E164;
use proptest::prelude::*;
use uuid::Uuid;

/// What may happen. Calls are by number; what does not fit their state is passed over.
#[derive(Clone, Debug)]
enum Move {
    Ask {
        call: u64,
        user: u8,
        abroad: bool,
    },
    AskTollFree {
        call: u64,
    },
    Answer {
        call: u64,
    },
    Wait {
        secs: u8,
    },
    HangUp {
        call: u64,
    },
    GiveUp {
        call: u64,
    },
    Fund {
        amount: u32,
    },
    /// Some of what was told reaches the ledger, again or not.
    Settle {
        n: u8,
        twice: bool,
    },
    /// The ledger tells the switch what it has.
    Tell,
    /// The process is killed; another begins after the spool is read.
    Kill,
}

fn a_move() -> impl Strategy<Value = Move> {
    let call = || 0_u64..6;
    prop_oneof![
        4 => (call(), 0_u8..2, any::<bool>()).prop_map(|(call, user, abroad)| Move::Ask { call, user, abroad }),
        2 => call().prop_map(|call| Move::AskTollFree { call }),
        5 => call().prop_map(|call| Move::Answer { call }),
        8 => (1_u8..100).prop_map(|secs| Move::Wait { secs }),
        3 => call().prop_map(|call| Move::HangUp { call }),
        1 => call().prop_map(|call| Move::GiveUp { call }),
        1 => (1_u32..200_000).prop_map(|amount| Move::Fund { amount }),
        4 => (1_u8..9, any::<bool>()).prop_map(|(n, twice)| Move::Settle { n, twice }),
        3 => Just(Move::Tell),
        1 => Just(Move::Kill),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_second_is_paid_once(
        credits in 0_u32..400_000,
        limit in prop_oneof![Just(0_u32), 0_u32..200_000],
        minutes_left in 0_u64..400,
        per_second in any::<bool>(),
        moves in proptest::collection::vec(a_move(), 1..120),
    ) {
        let mut world = World::new(credits, limit, minutes_left, per_second);
        for moved in moves {
            world.make(moved);
            world.check()?;
        }
        world.finish();
        world.check()?;
        world.check_all_is_booked()?;
    }
}

#[test]
fn a_toll_free_call_takes_one_step_on_trust_and_not_one_of_each_source() {
    let mut world = World::new(1, 1, 0, false);
    for moved in [Move::AskTollFree { call: 0 }, Move::Answer { call: 0 }, Move::Wait { secs: 100 }] {
        world.make(moved);
        world.check().unwrap();
    }
    assert!(world.live.is_empty(), "it ended with its minute");
    let paid: Vec<_> = world.told.values().map(Charge::amount).collect();
    assert_eq!(paid, [Micros(25_000)]);
}

struct World {
    wallet: Wallet,
    decks: Vec<Arc<RateTable>>,
    people: Arc<BTreeMap<UserId, Person>>,
    used_before: u64,
    charging: Charging,
    /// Calls that are asked for, with the seconds since their answer if they talk.
    live: BTreeMap<u64, Talking>,
    n_calls: u64,
    /// What was told and has not reached the ledger.
    spool: Vec<Charge>,
    ledger: Ledger,
    /// What each call came to, as it was told last.
    told: BTreeMap<PaidLeg, Charge>,
    /// What the largest step of a deck costs.
    step: Micros,
    n_live_max: usize,
}

struct Talking {
    id: PaidLeg,
    secs: Option<u32>,
    next: u32,
    /// It was cut when nothing was left.
    is_over: bool,
}

#[derive(Default)]
struct Ledger {
    entries: Vec<Entry>,
    book: Book,
    charges: BTreeMap<PaidLeg, Charge>,
    spent: Spent,
}

impl World {
    fn new(credits: u32, limit: u32, minutes_left: u64, per_second: bool) -> Self {
        let plans = |n: u8| if n == 0 { vec!["MCOPSTN5".to_owned()] } else { Vec::new() };
        let person = |n| Person { country: "US".to_owned(), plans: plans(n), has_credits: true };
        let people: BTreeMap<_, _> = (0..2).map(|n| (user(n), person(n))).collect();
        let mut wallet = Wallet::prepaid(Currency::USD);
        if 0 < limit {
            wallet.mode = Mode::PrepaidThenPostpaid;
            wallet.credit_limit = Micros(limit.into());
        }
        let steps = if per_second { "1/1" } else { "60/60" };
        let outbound = format!("prefix,price,connection_fee,increments\n1,0.02,0.001,{steps}\n49,0.03,0.005,{steps}\n");
        let toll_free = format!("prefix,price,increments\n1800,0.025,{steps}\n");
        let decks = vec![
            Arc::new(deck(&outbound, Direction::Outbound)),
            Arc::new(deck(&toll_free, Direction::TollFreeInbound)),
        ];
        let mut ledger = Ledger::default();
        if 0 < credits {
            ledger.fund(0, credits);
        }
        let used_before = 7_200_u64.saturating_sub(minutes_left);
        let people = Arc::new(people);
        for key in pool::granted(people.iter(), month()).into_keys() {
            ledger.spent.pools.insert(key, used_before);
        }
        let account = account(&wallet, &decks, &people, &ledger);
        Self {
            wallet,
            decks,
            people,
            used_before,
            charging: Charging::new(account),
            live: BTreeMap::new(),
            n_calls: 0,
            spool: Vec::new(),
            ledger,
            told: BTreeMap::new(),
            step: Micros(35_000),
            n_live_max: 0,
        }
    }

    fn make(&mut self, moved: Move) {
        match moved {
            Move::Ask { call, user: n, abroad } => {
                let number = if abroad { "+4930123456" } else { "+12065550123" };
                self.ask(call, Some(user(n)), number, Direction::Outbound);
            }
            Move::AskTollFree { call } => self.ask(call, None, "+18005550199", Direction::TollFreeInbound),
            Move::Answer { call } => {
                let Some(talking) = self.live.get_mut(&call).filter(|it| it.secs.is_none()) else { return };
                let step = self.charging.answered(talking.id, now()).unwrap();
                (talking.secs, talking.next, talking.is_over) = (Some(0), step.next_secs, step.ends);
                self.tell(step.charge);
            }
            Move::Wait { secs } => (0..secs).for_each(|_| self.second()),
            Move::HangUp { call } => self.hang_up(call),
            Move::GiveUp { call } => {
                if self.live.get(&call).is_some_and(|it| it.secs.is_none())
                    && let Some(talking) = self.live.remove(&call)
                {
                    self.charging.void(talking.id);
                }
            }
            Move::Fund { amount } => self.ledger.fund(u128::from(self.ledger.book.last_seq()) + 1, amount),
            Move::Settle { n, twice } => self.settle(usize::from(n), twice),
            Move::Tell => self.charging.update(account(&self.wallet, &self.decks, &self.people, &self.ledger)),
            Move::Kill => self.kill(),
        }
    }

    fn ask(&mut self, call: u64, user: Option<UserId>, number: &str, direction: Direction) {
        if self.live.contains_key(&call) {
            return;
        }
        self.n_calls += 1;
        let id = PaidLeg { call: CallId(Uuid::from_u128(self.n_calls.into())), leg: 1 };
        let number = E164::parse(number).unwrap();
        let asked = Asked {
            direction,
            user,
            number,
            from: "x".to_owned(),
            to: number.to_string(),
            scopes: Vec::new(),
            at: now(),
        };
        if self.charging.reserve(id, asked).is_ok() {
            self.live.insert(call, Talking { id, secs: None, next: 0, is_over: false });
            self.n_live_max = self.n_live_max.max(self.live.len());
        }
    }

    fn second(&mut self) {
        let mut tellings = Vec::new();
        for talking in self.live.values_mut() {
            let Some(secs) = talking.secs.filter(|_| !talking.is_over) else { continue };
            talking.secs = Some(secs + 1);
            if talking.next <= secs + 1 {
                let step = self.charging.elapsed(talking.id, secs + 1).unwrap();
                (talking.next, talking.is_over) = (step.next_secs, step.ends);
                tellings.push(step.charge);
            }
        }
        tellings.into_iter().for_each(|charge| self.tell(charge));
        let over: Vec<u64> = self.live.iter().filter(|(_, it)| it.is_over).map(|(call, _)| *call).collect();
        over.into_iter().for_each(|call| self.hang_up(call));
    }

    fn hang_up(&mut self, call: u64) {
        let Some(talking) = self.live.remove(&call) else { return };
        let charge = self.charging.ended(talking.id, talking.secs.unwrap_or(0));
        assert_eq!(charge.is_some(), talking.secs.is_some());
        if let (Some(charge), Some(secs)) = (&charge, talking.secs) {
            assert_eq!(charge.secs, secs.max(1));
            assert_consecutive(charge);
        }
        self.tell(charge);
    }

    fn tell(&mut self, charge: Option<Charge>) {
        let Some(charge) = charge else { return };
        self.told.insert(charge.id, charge.clone());
        self.spool.push(charge);
    }

    fn settle(&mut self, n: usize, twice: bool) {
        let n = n.min(self.spool.len());
        for charge in self.spool.iter().take(n) {
            self.ledger.settle(charge);
            if twice {
                self.ledger.settle(charge);
            }
        }
        self.spool.drain(..n);
    }

    /// What was told is on the disk; what was not is lost, which is less than a step for each call.
    fn kill(&mut self) {
        self.live.clear();
        self.settle(usize::MAX, true);
        self.charging = Charging::new(account(&self.wallet, &self.decks, &self.people, &self.ledger));
    }

    fn finish(&mut self) {
        let calls: Vec<u64> = self.live.keys().copied().collect();
        calls.into_iter().for_each(|call| self.hang_up(call));
        self.settle(usize::MAX, false);
        self.charging.update(account(&self.wallet, &self.decks, &self.people, &self.ledger));
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let book = &self.ledger.book;
        prop_assert_eq!(book.sum(), Micros::ZERO);
        let replayed = Book::replay(&self.ledger.entries).unwrap();
        prop_assert_eq!(&replayed, book);
        // Never below nothing, or the limit, by more than a step for each live call.
        let slack = Micros(self.step.0 * i64::try_from(self.n_live_max).unwrap());
        let floor = self.wallet.postpaid_limit().plus(slack).negated();
        prop_assert!(floor <= book.balance(), "{} below {floor}", book.balance());
        prop_assert!(floor <= self.charging.credits_left().plus(self.charging.postpaid_left()));
        for (pool, used) in &self.ledger.spent.pools {
            prop_assert!(*used <= 7_200, "{pool:?}");
        }
        Ok(())
    }

    fn check_all_is_booked(&self) -> Result<(), TestCaseError> {
        let paid: Micros = self.told.values().map(Charge::amount).sum();
        let usage = self.ledger.book.total(phone::money::ledger::Total::Usage);
        prop_assert_eq!(usage, paid);
        let of_pools = |charge: &Charge| {
            let pools = charge.segments.iter().filter(|it| matches!(it.source, Source::Pool { .. }));
            pools.map(|it| u64::from(it.billed_secs)).sum::<u64>()
        };
        let seconds: u64 = self.told.values().map(of_pools).sum();
        prop_assert_eq!(self.ledger.spent.pools.values().map(|used| used - self.used_before).sum::<u64>(), seconds);
        prop_assert_eq!(self.charging.n_live(), 0);
        prop_assert_eq!(self.charging.credits_reserved(), Micros::ZERO);
        // What the switch believes is what the ledger has.
        let owed = self.ledger.book.owed();
        let left = self.charging.credits_left().plus(self.charging.postpaid_left());
        prop_assert_eq!(left, self.ledger.book.credits().minus(owed).plus(self.wallet.postpaid_limit()));
        Ok(())
    }
}

impl Ledger {
    fn take(&mut self, entry: Entry) {
        self.book.apply(&entry).unwrap();
        self.entries.push(entry);
    }

    fn fund(&mut self, id: u128, amount: u32) {
        let id = LotId(Uuid::from_u128(id));
        let lot = NewLot { id, expires_at: None, amount: Micros(amount.into()), source: lot::Source::Voucher };
        self.take(self.book.fund(lot, EntryKind::Purchase, occasion(id.to_string())).unwrap());
    }

    fn settle(&mut self, charge: &Charge) {
        let Some(delta) = delta(self.charges.get(&charge.id), charge) else { return };
        for (pool, secs) in delta.pools {
            *self.spent.pools.entry(pool).or_default() += secs;
        }
        let occasion = occasion(format!("{}:{}:{}", charge.id.call, charge.secs, charge.finished));
        if let Some(entry) = self.book.charge(delta.amount, delta.owed, occasion) {
            self.take(entry);
        }
        self.spent.credits = self.spent.credits.plus(delta.amount.minus(delta.owed));
        self.spent.owed = self.spent.owed.plus(delta.owed);
        self.charges.insert(charge.id, charge.clone());
    }
}

/// Segments follow each other from the answer to the end, and each has at least its seconds.
fn assert_consecutive(charge: &Charge) {
    let mut at = 0;
    for segment in &charge.segments {
        assert_eq!(segment.from_secs, at);
        assert!(segment.to_secs - segment.from_secs <= segment.billed_secs);
        at = segment.to_secs;
    }
    assert_eq!(at, charge.secs);
}

fn account(
    wallet: &Wallet,
    decks: &[Arc<RateTable>],
    people: &Arc<BTreeMap<UserId, Person>>,
    ledger: &Ledger,
) -> Account {
    Account {
        tenant: TenantId(Uuid::from_u128(1)),
        wallet: wallet.clone(),
        zone: TimeZone::UTC,
        credits: ledger.book.usable(now()),
        owed: ledger.book.owed(),
        posted: ledger.spent.clone(),
        granted: Arc::new(pool::granted(people.iter(), month())),
        people: people.clone(),
        decks: decks.to_vec(),
        recent: Vec::new(),
        elsewhere: BTreeMap::new(),
        others: Others::default(),
        good_until: None,
    }
}

fn deck(text: &str, direction: Direction) -> RateTable {
    let deck = RateDeck {
        id: RateDeckId(Uuid::from_u128(1)),
        name: "standard".to_owned(),
        version: 1,
        direction,
        currency: Currency::USD,
        valid_from: Timestamp::UNIX_EPOCH,
        valid_to: None,
        time_zone: "UTC".to_owned(),
        n_rates: 0,
    };
    RateTable::new(deck, read(text.as_bytes(), Currency::USD).unwrap().rates)
}

fn occasion(key: String) -> Occasion {
    Occasion { at: now(), key, call: None, note: None }
}

fn user(n: u8) -> UserId {
    UserId(Uuid::from_u128(u128::from(n) + 1))
}

fn month() -> Period {
    Period::of(now(), &TimeZone::UTC)
}

fn now() -> Timestamp {
    "2026-11-04T17:00:00Z".parse().unwrap()
}
