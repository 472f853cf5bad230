//! Money against a plain model, and at the ends of its type; a swap of licenses that loses no number. Specification of
//! numbers, 2.5.3, 2.5.4 and 5.7.
//!
//! The other examples and invariants are proved where their rules are: examples 1 to 5, 11 and 12 with credits, 6 and 8 with
//! quotas, 7 with licenses, 9 with the ledger; invariants 1 and 2 with numbers and the stock, 3 to 6 and 10 with charging,
//! 9 with orders, 11 with group licenses.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use phone::id::{CallId, LotId, RateDeckId, TenantId, UserId};
use phone::money::charge::{Charge, PaidLeg};
use phone::money::charging::{Account, Asked, Charging, Others, Spent};
use phone::money::deck::import::read;
use phone::money::deck::{Direction, RateDeck, RateTable};
use phone::money::funding::Source;
use phone::money::ledger::{Book, Corrupt, EntryKind, NewLot, Occasion, Refusal};
use phone::money::pool::{self, Bucket, Period, Person};
use phone::money::share::{Share, divide};
use phone::money::tariff::{Increments, Price, SECS_MAX};
use phone::money::wallet::Wallet;
use phone::money::{Currency, Micros, lot};
use phone::numbers::number::NumberSource;
use phone::numbers::number::category::Lines;
use phone::numbers::number::lifecycle::Candidate;
use phone::numbers::{E164, Number, NumberKind};
use phone::people::license::{Catalogue, Enforcement, Means, PartNumber, Seats, Swap, change};
use proptest::prelude::*;
use uuid::Uuid;

#[test]
fn example_10_minutes_of_conferences_are_one_pool_and_for_zone_a_only() {
    let people = |country: &str, n: usize| -> Vec<Person> {
        (0..n)
            .map(|_| Person { country: country.to_owned(), plans: vec!["MCOMEETADV".to_owned()], has_credits: true })
            .collect()
    };
    let of_all: Vec<Person> = [people("US", 10), people("GB", 100), people("ZW", 5)].concat();
    assert_eq!(pool::conference_secs(&of_all), 6_900 * 60);
    assert!(["US", "GB", "PR", "TW"].into_iter().all(pool::is_zone_a));
    assert!(!pool::is_zone_a("ZW"));
    let without = Person { country: "US".to_owned(), plans: vec!["MCOPSTN1".to_owned()], has_credits: true };
    assert_eq!(pool::conference_secs(&[without]), 0);
}

/// What the specification says, step by step, for one call after the other: nothing of how it is built.
#[derive(Debug)]
struct Model {
    pool_secs: i64,
    credits: i64,
    per_minute: i64,
    fee: i64,
    steps: (i64, i64),
}

impl Model {
    /// Seconds that are talked, of the pool and in all, and what is paid.
    fn talk(&mut self, wanted: i64) -> Option<(i64, i64, i64)> {
        let (mut secs, mut of_pool, mut paid) = (0, 0, 0);
        // The pool pays each minute that begins, and its last seconds.
        while secs < wanted && 0 < self.pool_secs {
            let step = self.pool_secs.min(60);
            (self.pool_secs, of_pool, secs) = (self.pool_secs - step, of_pool + step, secs + step);
        }
        let price = |counted: i64| if counted == 0 { 0 } else { self.fee + (self.per_minute * counted + 30) / 60 };
        let mut counted = 0;
        while secs < wanted {
            let step = if counted == 0 { self.steps.0 } else { self.steps.1 };
            let more = price(counted + step) - price(counted);
            if self.credits < more {
                break;
            }
            self.credits -= more;
            (counted, secs, paid) = (counted + step, secs + step, paid + more);
        }
        (0 < secs).then_some((of_pool, secs.min(wanted), paid))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Calls one after the other cost what a reading of the specification makes of them, whatever the price and the steps.
    #[test]
    fn calls_cost_what_the_specification_says(
        pool_secs in 0_i64..600,
        credits in 0_i64..500_000,
        per_minute in 1_i64..100_000,
        fee in prop_oneof![Just(0_i64), 1_i64..50_000],
        steps in prop_oneof![Just((60_i64, 60_i64)), Just((30, 6)), Just((1, 1)), Just((60, 1)), Just((7, 11))],
        calls in proptest::collection::vec(1_i64..400, 1..6),
    ) {
        let mut model = Model { pool_secs, credits, per_minute, fee, steps };
        let mut charging = charging(&model);
        for (index, wanted) in (1_u64..).zip(calls) {
            let expected = model.talk(wanted);
            let told = talk(&mut charging, index, u32::try_from(wanted).unwrap());
            let told = told.map(|charge| {
                let pools = charge.segments.iter().filter(|it| matches!(it.source, Source::Pool { .. }));
                let of_pool: i64 = pools.map(|it| i64::from(it.billed_secs)).sum();
                (of_pool, i64::from(charge.secs), charge.amount().0)
            });
            prop_assert_eq!(told, expected, "{:?}", model);
            prop_assert_eq!(charging.credits_left(), Micros(model.credits));
        }
    }

    /// No price overflows, and none is less for a longer call.
    #[test]
    fn no_length_and_no_price_overflow(
        per_minute in prop_oneof![0_i64..=i64::MAX, Just(i64::MAX), Just(Micros::MAX.0)],
        connection_fee in prop_oneof![Just(0_i64), 0_i64..=i64::MAX],
        minimum in prop_oneof![Just(0_i64), 0_i64..=i64::MAX],
        secs in prop_oneof![0_u32..=u32::MAX, Just(SECS_MAX), Just(u32::MAX)],
        funds in any::<i64>(),
        first_secs in 0_u32..=3_600,
        next_secs in 0_u32..=3_600,
    ) {
        let price = Price {
            per_minute: Micros(per_minute), connection_fee: Micros(connection_fee), minimum: Micros(minimum),
        };
        let increments = Increments { first_secs, next_secs };
        let total = price.total(secs);
        prop_assert!(Micros::ZERO <= total);
        prop_assert!(price.total(secs.saturating_sub(1)) <= total);
        prop_assert!(secs <= increments.billed_secs(secs) || increments.billed_secs(secs) == u32::MAX);
        let affordable = price.affordable(increments, 0, Micros(funds));
        // What is promised can be paid, as long as it can be counted.
        prop_assert!(affordable == 0 || price.total(affordable) <= Micros(funds) || affordable == SECS_MAX);
    }

    /// Amounts at both ends of the type: what does not fit is refused or found, and never becomes another amount.
    #[test]
    fn a_ledger_at_the_ends_of_the_type_is_refused_or_right(
        moves in proptest::collection::vec((any::<bool>(), prop_oneof![
            Just(i64::MAX), Just(i64::MIN), Just(Micros::MAX.0), Just(Micros::MAX.0 - 1), Just(1_i64), Just(0_i64), any::<i64>(),
        ]), 1..30),
    ) {
        let mut book = Book::default();
        for (index, (comes_in, amount)) in moves.into_iter().enumerate() {
            let entry = if comes_in {
                let id = LotId(Uuid::from_u128(index as u128));
                let lot = NewLot { id, expires_at: None, amount: Micros(amount), source: lot::Source::Card };
                match book.fund(lot, EntryKind::Purchase, occasion(index)) {
                    Ok(entry) => entry,
                    Err(Refusal::NotPositive) => {
                        prop_assert!(amount <= 0);
                        continue;
                    }
                    Err(Refusal::TooLarge) => continue,
                    Err(other) => return Err(TestCaseError::fail(other.to_string())),
                }
            } else {
                let Some(entry) = book.charge(Micros(amount), Micros::ZERO, occasion(index)) else {
                    prop_assert!(amount <= 0);
                    continue;
                };
                entry
            };
            let before = book.clone();
            match book.apply(&entry) {
                Ok(()) => prop_assert_eq!(book.sum(), Micros::ZERO),
                // Nothing of it is taken.
                Err(Corrupt::BeyondType { .. }) => prop_assert_eq!(&book, &before),
                Err(other) => return Err(TestCaseError::fail(other.to_string())),
            }
        }
    }

    /// Invariant 8: whatever goes and comes in one request, nobody loses a number that the result still entitles them to,
    /// and nobody loses it at once.
    #[test]
    fn a_swap_in_one_request_drops_no_number(
        held in any::<u16>(),
        add in any::<u16>(),
        remove in any::<u16>(),
        of_plan in any::<bool>(),
    ) {
        let (catalogue, over) = (Catalogue::default(), BTreeSet::new());
        let seats = catalogue.plans().iter().map(|plan| (plan.part_number.clone(), Seats { bought: 99, assigned: 0 }));
        let seats: BTreeMap<PartNumber, Seats> = seats.collect();
        let means = Means { catalogue: &catalogue, enforcement: Enforcement::Block, seats: &seats, over: &over };
        let swap = |add, remove| Swap { add: picked(add), remove: picked(remove) };
        let none = BTreeSet::new();
        // What somebody may hold at all.
        let Ok(granted) = change(&none, &swap(held & held.rotate_left(2), 0), "US", &means) else {
            return Ok(());
        };
        let source = if of_plan { NumberSource::CallingPlan } else { NumberSource::DirectRouting };
        let number = Number { source, ..Number::new(E164::parse("+12065550100").unwrap(), NumberKind::User) };
        let unlocks = catalogue.unlocked(&granted.held);
        let lines = Lines::default();
        let person = Candidate { id: user(), display_name: "Alice", country: "US", unlocked: &unlocks, lines };
        let Ok(assigned) = number.assign_to_user(now(), &person, None, None, Enforcement::Block) else { return Ok(()) };
        let Ok(after) = change(&granted.held, &swap(add, remove), "US", &means) else { return Ok(()) };
        let kept = assigned.after_licenses(now(), &catalogue.unlocked(&after.held), Enforcement::Block);
        prop_assert_eq!(kept.assignee, assigned.assignee);
        let again = Candidate { unlocked: &catalogue.unlocked(&after.held), ..person };
        let is_entitled = number.assign_to_user(now(), &again, None, None, Enforcement::Block).is_ok();
        prop_assert_eq!(kept.held_until.is_none(), is_entitled);
    }
}

#[test]
fn a_lifetime_of_usage_that_can_not_be_written_is_found() {
    let mut book = Book::default();
    let owed = book.charge(Micros(i64::MAX), Micros::ZERO, occasion(1)).unwrap();
    book.apply(&owed).unwrap();
    assert_eq!((book.balance(), book.sum()), (Micros(-i64::MAX), Micros::ZERO));
    let more = book.charge(Micros(2), Micros::ZERO, occasion(2)).unwrap();
    assert_eq!(book.apply(&more), Err(Corrupt::BeyondType { seq: 2 }));
    assert_eq!(book.sum(), Micros::ZERO);
}

/// The plans whose bits are set.
fn picked(bits: u16) -> BTreeSet<PartNumber> {
    let catalogue = Catalogue::default();
    let is_picked = |index: usize| bits.checked_shr(index as u32).unwrap_or(0) & 1 == 1;
    let plans = catalogue.plans().iter().enumerate().filter(|(index, _)| is_picked(*index));
    plans.map(|(_, plan)| plan.part_number.clone()).collect()
}

fn charging(model: &Model) -> Charging {
    let person = Person { country: "US".to_owned(), plans: vec!["MCOPSTN5".to_owned()], has_credits: true };
    let people = BTreeMap::from([(user(), person)]);
    let month = Period::of(now(), &TimeZone::UTC);
    let granted = pool::granted(people.iter(), month);
    let mut posted = Spent::default();
    for (key, secs) in &granted {
        assert_eq!(key.bucket, Bucket::Domestic);
        posted.pools.insert(key.clone(), secs - u64::try_from(model.pool_secs).unwrap());
    }
    let (price, fee) = (Micros(model.per_minute), Micros(model.fee));
    let file = format!("prefix,price,connection_fee,increments\n1,{price},{fee},{}/{}\n", model.steps.0, model.steps.1);
    let deck = RateDeck {
        id: RateDeckId(Uuid::from_u128(1)),
        name: "standard".to_owned(),
        version: 1,
        direction: Direction::Outbound,
        currency: Currency::USD,
        valid_from: Timestamp::UNIX_EPOCH,
        valid_to: None,
        time_zone: "UTC".to_owned(),
        n_rates: 1,
    };
    let table = RateTable::new(deck, read(file.as_bytes(), Currency::USD).unwrap().rates);
    Charging::new(Account {
        tenant: TenantId(Uuid::from_u128(1)),
        wallet: Wallet::prepaid(Currency::USD),
        zone: TimeZone::UTC,
        credits: Micros(model.credits),
        owed: Micros::ZERO,
        posted,
        granted: Arc::new(granted),
        people: Arc::new(people),
        decks: vec![Arc::new(table)],
        recent: Vec::new(),
        elsewhere: BTreeMap::new(),
        others: Others::default(),
        good_until: None,
    })
}

/// Talks for so long, or until it is ended; none if it is not placed.
fn talk(charging: &mut Charging, call: u64, wanted: u32) -> Option<Charge> {
    let id = PaidLeg { call: CallId(Uuid::from_u128(call.into())), leg: 1 };
    let number = E164::parse("+12065550123").unwrap();
    let asked = Asked {
        direction: Direction::Outbound,
        user: Some(user()),
        number,
        from: "x".to_owned(),
        to: number.to_string(),
        scopes: Vec::new(),
        at: now(),
    };
    charging.reserve(id, asked).ok()?;
    let mut step = charging.answered(id, now()).unwrap();
    while step.next_secs <= wanted && !step.ends {
        let at = step.next_secs;
        step = charging.elapsed(id, at).unwrap();
        if step.ends {
            return charging.ended(id, at);
        }
    }
    charging.ended(id, wanted)
}

fn occasion(key: usize) -> Occasion {
    Occasion { at: now(), key: key.to_string(), call: None, note: None }
}

fn user() -> UserId {
    UserId(Uuid::from_u128(1))
}

fn now() -> Timestamp {
    "2026-11-04T17:00:00Z".parse().unwrap()
}

#[derive(Clone, Debug)]
enum OfServers {
    /// A server asks for its share anew. What its calls took before it asked the last time is booked by then.
    Tells(usize),
    Spends(usize, i64),
    Books(usize),
    ComesIn(i64),
}

/// One server: what it was told and has not spent, what it spent that is not booked, how much of that is older than its last
/// look, and its row.
#[derive(Clone, Debug, Default)]
struct Server {
    left: i64,
    unbooked: i64,
    old: i64,
    visible: Share,
    told: Share,
}

impl Server {
    fn books(&mut self, amount: i64, booked: &mut i64) {
        self.unbooked -= amount;
        self.old = self.old.min(self.unbooked);
        *booked -= amount;
        self.visible.credits = self.visible.credits.minus(Micros(amount));
        self.told.credits = self.told.credits.minus(Micros(amount));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever servers do with one balance: what all of them may spend is never more than there is.
    #[test]
    fn servers_never_have_more_to_spend_than_there_is(
        balance in 0_i64..1_000,
        moves in proptest::collection::vec(prop_oneof![
            5 => (0_usize..3).prop_map(OfServers::Tells),
            6 => (0_usize..3, 1_i64..400).prop_map(|(server, amount)| OfServers::Spends(server, amount)),
            3 => (0_usize..3).prop_map(OfServers::Books),
            1 => (1_i64..300).prop_map(OfServers::ComesIn),
        ], 1..80),
    ) {
        let mut booked = balance;
        let mut servers: [Server; 3] = Default::default();
        for moved in moves {
            match moved {
                OfServers::Tells(index) => {
                    let old = servers[index].old;
                    servers[index].books(old, &mut booked);
                    let others = servers.iter().enumerate().filter(|(other, _)| *other != index);
                    let others: Vec<Share> = others.map(|(_, server)| server.visible).collect();
                    let whole = Share { credits: Micros(booked), owable: Micros::ZERO };
                    let division = divide(whole, servers[index].told, &others);
                    let server = &mut servers[index];
                    (server.visible, server.told) = (division.written, division.told);
                    // What it spent and was not booked is of what it is told.
                    server.left = division.told.credits.0 - server.unbooked;
                    server.old = server.unbooked;
                }
                OfServers::Spends(index, amount) => {
                    let server = &mut servers[index];
                    let amount = amount.min(server.left.max(0));
                    server.left -= amount;
                    server.unbooked += amount;
                }
                OfServers::Books(index) => {
                    let amount = servers[index].unbooked;
                    servers[index].books(amount, &mut booked);
                }
                OfServers::ComesIn(amount) => booked += amount,
            }
            let promised: i64 = servers.iter().map(|server| server.left.max(0) + server.unbooked).sum();
            prop_assert!(promised <= booked, "{promised} of {booked}: {servers:?}");
        }
    }
}

#[test]
fn a_balance_is_divided_when_who_had_it_gave_way() {
    let credits = |amount: i64| Share { credits: Micros(amount), owable: Micros(amount / 2) };
    let alone = divide(credits(100), Share::default(), &[]);
    assert_eq!(alone.told, credits(100));
    let newcomer = divide(credits(100), Share::default(), &[credits(100)]);
    assert_eq!(newcomer.told, Share::default(), "all of it is with the other");
    let first = divide(credits(100), credits(100), &[newcomer.written]);
    assert_eq!((first.told, first.written), (credits(50), credits(100)), "the others see it one look later");
    assert_eq!(divide(credits(100), Share::default(), &[first.told]).told, credits(50));
}
