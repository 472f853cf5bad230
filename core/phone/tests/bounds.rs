//! Budgets, limits and rules against fraud: what they stop, what they say, and that nothing gets past them.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use phone::id::{CallId, RateDeckId, TenantId, UserId};
use phone::money::budget::{self, Budget, level};
use phone::money::charge::{Charge, PaidLeg};
use phone::money::charging::{Account, Asked, Charging, Others, Spent};
use phone::money::deck::import::read;
use phone::money::deck::{Direction, Kind, RateDeck, RateTable};
use phone::money::fraud::{Calls, Per, Rule, Seen, Velocity};
use phone::money::funding::Refusal;
use phone::money::pool::{Period, Seconds};
use phone::money::scope::{Every, Scope, Span};
use phone::money::wallet::Wallet;
use phone::money::{Currency, Micros, warning};
use phone::numbers::E164;
use phone::rule::Broken as _;
use proptest::prelude::*;
use uuid::Uuid;

const BERLIN: &str = "+4930123456";
const PREMIUM: &str = "+49900123456";

#[test]
fn a_budget_stops_its_own_and_nobody_else() {
    let mut wallet = Wallet::prepaid(Currency::USD);
    wallet.controls.budgets = vec![of(Scope::Department("Sales".to_owned()), "0.05", Every::Month)];
    let mut charging = charging(wallet, "10.00", Spent::default());
    let sales = |number: &str| Asked { scopes: vec![Scope::Department("Sales".to_owned())], ..to(1, number) };
    assert_eq!(talk(&mut charging, 1, sales(BERLIN), 200).unwrap().secs, 60, "0.05 pays one minute of 0.03");
    let refusal = charging.quote(&sales(BERLIN)).verdict.unwrap_err();
    assert_eq!(refusal.to_string(), "the budget b of 0.05 a month is used up");
    assert_eq!((refusal.code(), refusal.sip_status()), ("credits.budget_reached", 402));
    assert!(talk(&mut charging, 2, to(1, BERLIN), 200).is_some(), "the same person for another department");
    // The next month begins anew.
    let next = Asked { at: "2026-12-01T00:00:00Z".parse().unwrap(), ..sales(BERLIN) };
    assert!(charging.quote(&next).verdict.is_ok());
    let standing = charging.standings(now()).remove(0);
    assert_eq!((standing.spent, standing.left(), standing.percent()), (micros("0.03"), micros("0.02"), 60));
}

#[test]
fn what_was_spent_before_counts_and_a_budget_that_only_tells_stops_nothing() {
    let scope = || Scope::Person(user(1));
    let mut spent = Spent::default();
    let day = Every::Day.span(now(), &TimeZone::UTC);
    spent.scopes.insert((scope(), day), micros("0.99"));
    let mut wallet = Wallet::prepaid(Currency::USD);
    wallet.controls.budgets = vec![of(scope(), "1.00", Every::Day)];
    let limited = charging(wallet.clone(), "10.00", spent.clone());
    assert!(matches!(limited.quote(&to(1, BERLIN)).verdict, Err(Refusal::BudgetReached { .. })));
    assert!(limited.quote(&to(2, BERLIN)).verdict.is_ok());
    wallet.controls.budgets[0].blocks = false;
    assert!(charging(wallet.clone(), "10.00", spent.clone()).quote(&to(1, BERLIN)).verdict.is_ok());
    // One that has ended holds no more.
    wallet.controls.budgets = vec![Budget { until: Some(now()), ..of(scope(), "1.00", Every::Day) }];
    assert!(charging(wallet, "10.00", spent).quote(&to(1, BERLIN)).verdict.is_ok());
}

#[test]
fn what_is_set_apart_is_spent_by_nobody_else() {
    let mut wallet = Wallet::prepaid(Currency::USD);
    let labs = Scope::Department("Labs".to_owned());
    wallet.controls.budgets = vec![Budget { set_apart: true, ..of(labs.clone(), "0.08", Every::Ever) }];
    let mut charging = charging(wallet, "0.10", Spent::default());
    assert_eq!(charging.quote(&to(1, BERLIN)).verdict, Err(Refusal::NoCredit), "0.02 is for everybody");
    let of_labs = || Asked { scopes: vec![labs.clone()], ..to(1, BERLIN) };
    assert_eq!(talk(&mut charging, 1, of_labs(), 60).unwrap().amount(), micros("0.03"));
    assert_eq!(charging.quote(&to(1, BERLIN)).verdict, Err(Refusal::NoCredit), "0.05 of 0.07 is theirs");
    assert_eq!(talk(&mut charging, 2, of_labs(), 60).unwrap().amount(), micros("0.03"));
    assert!(matches!(charging.quote(&of_labs()).verdict, Err(Refusal::BudgetReached { .. })));
}

#[test]
fn no_call_costs_more_than_one_may() {
    let mut wallet = Wallet::prepaid(Currency::USD);
    wallet.controls.per_call_max = Some(micros("0.07"));
    let mut limited = charging(wallet.clone(), "10.00", Spent::default());
    let charge = talk(&mut limited, 1, to(1, BERLIN), 600).unwrap();
    assert_eq!((charge.secs, charge.amount()), (120, micros("0.06")));
    wallet.controls.per_call_max = Some(micros("0.01"));
    let refusal = charging(wallet, "10.00", Spent::default()).quote(&to(1, BERLIN)).verdict.unwrap_err();
    assert_eq!(refusal.code(), "credits.too_expensive");
}

#[test]
fn a_rule_names_what_it_stops_and_lets_others_through() {
    let premium = Calls { kinds: BTreeSet::from([Kind::Premium]), ..Calls::default() };
    let rule = Rule { enabled: true, ..rule("no premium", premium, None) };
    let mut wallet = Wallet::prepaid(Currency::USD);
    wallet.controls.fraud_rules = vec![rule.clone()];
    let stopped = charging(wallet.clone(), "10.00", Spent::default());
    let refusal = stopped.quote(&to(1, PREMIUM)).verdict.unwrap_err();
    assert_eq!(refusal.to_string(), "the rule no premium stops it, because calls to premium are stopped");
    assert_eq!((refusal.code(), refusal.sip_status()), ("credits.fraud_rule", 403));
    assert!(stopped.quote(&to(1, BERLIN)).verdict.is_ok());
    // Taken back, or not meant for this person: it is as if it was not there.
    for change in [Rule { enabled: false, ..rule.clone() }, Rule { exempt: BTreeSet::from([user(1)]), ..rule }] {
        wallet.controls.fraud_rules = vec![change];
        assert!(charging(wallet.clone(), "10.00", Spent::default()).quote(&to(1, PREMIUM)).verdict.is_ok());
    }
}

#[test]
fn too_many_calls_in_an_hour_are_stopped_until_it_has_passed() {
    let velocity = Velocity { per: Per::Person, secs: 3_600, calls_max: Some(3), amount_max: None };
    let mut wallet = Wallet::prepaid(Currency::USD);
    wallet.controls.fraud_rules = vec![Rule { enabled: true, ..rule("fast", Calls::default(), Some(velocity)) }];
    let mut charging = charging(wallet, "10.00", Spent::default());
    let later = |secs: i64| now() + SignedDuration::from_secs(secs);
    for call in 1..=3 {
        let asked = Asked { at: later(i64::try_from(call).unwrap()), ..to(1, BERLIN) };
        charging.reserve(leg(call), asked).unwrap();
        charging.void(leg(call));
    }
    let refusal = charging.reserve(leg(4), Asked { at: later(10), ..to(1, BERLIN) }).unwrap_err();
    assert_eq!(refusal.to_string(), "the rule fast stops it, because 3 such calls in 3600 seconds are at most 3");
    assert!(charging.quote(&Asked { at: later(10), ..to(2, BERLIN) }).verdict.is_ok());
    assert!(charging.quote(&Asked { at: later(3_602), ..to(1, BERLIN) }).verdict.is_ok());
}

#[test]
fn what_live_calls_have_reserved_counts_for_how_much_is_too_much() {
    let velocity = Velocity { per: Per::Organization, secs: 3_600, calls_max: None, amount_max: Some(micros("0.06")) };
    let mut wallet = Wallet::prepaid(Currency::USD);
    wallet.controls.fraud_rules = vec![Rule { enabled: true, ..rule("dear", Calls::default(), Some(velocity)) }];
    let mut charging = charging(wallet, "10.00", Spent::default());
    charging.reserve(leg(1), to(1, BERLIN)).unwrap();
    charging.reserve(leg(2), to(2, BERLIN)).unwrap();
    assert!(matches!(charging.reserve(leg(3), to(3, BERLIN)), Err(Refusal::Fraud { .. })));
    charging.void(leg(2));
    assert!(charging.reserve(leg(3), to(3, BERLIN)).is_ok(), "what was not spent does not count");
}

#[test]
fn what_people_do_by_other_servers_counts() {
    let mut wallet = Wallet::prepaid(Currency::USD);
    wallet.person_limit = Some(micros("0.12"));
    let velocity = Velocity { per: Per::Person, secs: 3_600, calls_max: Some(3), amount_max: None };
    let one = charging(wallet.clone(), "10.00", Spent::default());
    // Of what is left beside the other's 0.06 each has a half until they see each other again: one minute.
    let person = (user(1), Period::of(now(), &TimeZone::UTC));
    let others = Others { n: 1, people: BTreeMap::from([(person, micros("0.06"))]), calls: Vec::new() };
    let mut divided = Charging::new(Account { others, ..one.account().clone() });
    assert_eq!(talk(&mut divided, 1, to(1, BERLIN), 200).unwrap().secs, 60);
    let refused = Err(Refusal::SpendLimitReached { limit: micros("0.12") });
    assert_eq!(divided.quote(&to(1, BERLIN)).verdict, refused);
    assert!(divided.quote(&to(2, BERLIN)).verdict.is_ok());
    // The other is gone, and what it took stays taken.
    let mut account = divided.account().clone();
    account.others.n = 0;
    account.posted.people.insert(person, micros("0.03"));
    divided.update(account);
    assert_eq!(talk(&mut divided, 2, to(1, BERLIN), 200).unwrap().secs, 60);
    assert_eq!(divided.quote(&to(1, BERLIN)).verdict, refused);

    // Calls of both are counted in the order of their times.
    wallet.person_limit = None;
    wallet.controls.fraud_rules = vec![Rule { enabled: true, ..rule("fast", Calls::default(), Some(velocity)) }];
    let mut fast = charging(wallet, "10.00", Spent::default());
    let asked = |secs: i64| Asked { at: now() + SignedDuration::from_secs(secs), ..to(1, BERLIN) };
    fast.reserve(leg(1), asked(10)).unwrap();
    let mut account = fast.account().clone();
    let elsewhere = |secs: i64, who| Seen {
        user: Some(user(who)),
        ..Seen::asked(now() + SignedDuration::from_secs(secs), None, E164::parse(BERLIN).unwrap(), None)
    };
    account.others.calls = vec![elsewhere(30, 2), elsewhere(20, 1), elsewhere(-3_590, 1)];
    fast.update(account);
    assert_eq!(fast.quote(&asked(5)).verdict.unwrap_err().code(), "credits.fraud_rule");
    // An hour after the first of them two are left.
    assert!(fast.quote(&asked(40)).verdict.is_ok());
}

proptest! {
    /// Two servers see each other's bookings late: a person never spends more than the limit and a half of it.
    #[test]
    fn a_limit_holds_by_two_servers(steps in proptest::collection::vec((0_u8..3, 0_usize..2, 1_u32..400), 1..60)) {
        let limit = micros("0.60");
        let mut wallet = Wallet::prepaid(Currency::USD);
        wallet.person_limit = Some(limit);
        let others = || Others { n: 1, ..Others::default() };
        let new = || Charging::new(Account { others: others(), ..charging(wallet.clone(), "10.00", Spent::default()).account().clone() });
        let mut servers = [new(), new()];
        let person = (user(1), Period::of(now(), &TimeZone::UTC));
        let mut booked = [Micros::ZERO; 2];
        for (index, (what, server, secs)) in steps.into_iter().enumerate() {
            if what == 0 {
                let mut account = servers[server].account().clone();
                account.posted.people.insert(person, booked[server]);
                account.others.people.insert(person, booked[1 - server]);
                servers[server].update(account);
                continue;
            }
            if let Some(charge) = talk(&mut servers[server], u64::try_from(index).unwrap(), to(1, BERLIN), secs) {
                booked[server] = booked[server].plus(charge.amount());
            }
            prop_assert!(booked[0].plus(booked[1]) <= Micros(limit.0 / 2 * 3), "{booked:?} of {limit}");
        }
    }
}

#[test]
fn a_trial_refuses_what_the_rule_would_have() {
    let velocity = Velocity { per: Per::Person, secs: 600, calls_max: Some(2), amount_max: None };
    let rule = rule("fast", Calls::default(), Some(velocity));
    let seen = |secs, who| Seen {
        at: now() + SignedDuration::from_secs(secs),
        user: Some(user(who)),
        number: E164::parse(BERLIN).unwrap(),
        country: None,
        kind: Kind::Fixed,
        per_minute: micros("0.03"),
        amount: micros("1.00"),
    };
    let calls = [seen(0, 1), seen(1, 1), seen(2, 2), seen(3, 1), seen(4, 1), seen(700, 1)];
    let trial = rule.trial(&calls, 1);
    assert_eq!((trial.n_calls, trial.n_refused, trial.saved), (6, 2, Micros::units(2)));
    assert_eq!(trial.refused.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [3]);
}

#[test]
fn what_makes_no_sense_is_refused_with_a_code() {
    let plain = || of(Scope::Everybody, "1.00", Every::Day);
    for (budget, code) in [
        (Budget { name: String::new(), ..plain() }, "credits.name_malformed"),
        (Budget { name: "a/b".to_owned(), ..plain() }, "credits.name_malformed"),
        (Budget { limit: Micros::ZERO, ..plain() }, "credits.not_positive"),
    ] {
        let refusal = budget.check().unwrap_err();
        assert_eq!(refusal.code(), code);
        assert!(!refusal.fix().is_empty());
    }
    let fast = |secs, calls_max| Velocity { per: Per::Person, secs, calls_max, amount_max: None };
    for (velocity, refusal) in [
        (None, budget::Refusal::MatchesAll),
        (Some(fast(3_600, None)), budget::Refusal::MatchesAll),
        (Some(fast(59, Some(1))), budget::Refusal::Window),
        (Some(fast(86_401, Some(1))), budget::Refusal::Window),
    ] {
        assert_eq!(rule("r", Calls::default(), velocity).check(), Err(refusal));
    }
    for text in ["everybody", "department:Sales: North", "tag:front desk", "ever", "2026-11", "2026-11-04"] {
        let read = Scope::parse(text).map(|it| it.to_string()).or_else(|| Span::parse(text).map(|it| it.to_string()));
        assert_eq!(read.as_deref(), Some(text));
    }
    assert_eq!((Scope::parse("department:"), Scope::parse("person:101"), Span::parse("2026-13")), (None, None, None));
}

#[test]
fn what_comes_near_its_end_is_told_with_when_it_ends() {
    assert_eq!(
        [0, 49, 50, 94, 95, 100, 900].map(level),
        [None, None, Some(50), Some(80), Some(95), Some(100), Some(100)]
    );
    let at = |text: &str| -> Timestamp { text.parse().unwrap() };
    let month = (at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z"));
    let runs_out = |used| warning::pool_runs_out(Seconds { granted: 1_000, used }, month, at("2026-11-11T00:00:00Z"));
    assert_eq!(runs_out(500), Some(at("2026-11-21T00:00:00Z")), "ten days took half");
    assert_eq!((runs_out(0), runs_out(100)), (None, None), "they last");
    assert_eq!(runs_out(1_000), Some(at("2026-11-11T00:00:00Z")));
    let soon = warning::of_balance(micros("6.99"), micros("14.00"), month.0, at("2026-11-15T00:00:00Z")).unwrap();
    assert_eq!(soon.code, "credits.balance_runs_out");
    assert_eq!(warning::of_balance(micros("8.00"), micros("14.00"), month.0, at("2026-11-15T00:00:00Z")), None);
    // Amounts at the end of their type come to no answer rather than to a wrong one.
    assert_eq!(warning::runs_out(i128::MAX, 1, month.0, month.1), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Whatever calls do at the same time, no budget that stops calls is ever exceeded.
    #[test]
    fn no_budget_is_exceeded(
        limit in 1_i64..300_000,
        every in prop_oneof![Just(Every::Day), Just(Every::Ever), Just(Every::Month)],
        calls in proptest::collection::vec((1_u32..300, 0_u8..3, any::<bool>()), 1..12),
    ) {
        let tag = || Scope::Tag("front".to_owned());
        let mut wallet = Wallet::prepaid(Currency::USD);
        let budget = Budget { limit: Micros(limit), ..of(tag(), "1.00", every) };
        wallet.controls.budgets = vec![budget];
        let mut charging = charging(wallet, "1.00", Spent::default());
        let mut live = BTreeMap::new();
        let mut spent = Micros::ZERO;
        for (index, (secs, who, is_tagged)) in (1_u64..).zip(calls) {
            let scopes = if is_tagged { vec![tag()] } else { Vec::new() };
            if charging.reserve(leg(index), Asked { scopes, ..to(who, BERLIN) }).is_ok() {
                let step = charging.answered(leg(index), now()).unwrap();
                live.insert(index, (secs, step, is_tagged));
            }
            prop_assert!(charging.standings(now())[0].spent <= Micros(limit));
        }
        for second in 1..=300 {
            let mut over = Vec::new();
            for (index, (secs, step, is_tagged)) in &mut live {
                if step.next_secs <= second {
                    *step = charging.elapsed(leg(*index), second).unwrap();
                }
                if step.ends || *secs <= second {
                    over.push((*index, *is_tagged));
                }
            }
            for (index, is_tagged) in over {
                live.remove(&index);
                let charge = charging.ended(leg(index), second).unwrap();
                if is_tagged {
                    spent = spent.plus(charge.amount());
                }
            }
            prop_assert!(charging.standings(now())[0].spent <= Micros(limit));
        }
        prop_assert!(live.is_empty() && spent <= Micros(limit));
        prop_assert_eq!(charging.standings(now())[0].spent, spent);
    }
}

fn of(scope: Scope, limit: &str, every: Every) -> Budget {
    Budget {
        name: "b".to_owned(),
        scope,
        limit: micros(limit),
        every,
        blocks: true,
        set_apart: false,
        until: None,
        by_seller: false,
    }
}

fn rule(name: &str, calls: Calls, velocity: Option<Velocity>) -> Rule {
    Rule { name: name.to_owned(), enabled: false, calls, velocity, exempt: BTreeSet::new(), by_seller: false }
}

fn charging(wallet: Wallet, credits: &str, posted: Spent) -> Charging {
    let deck = RateDeck {
        id: RateDeckId(Uuid::from_u128(1)),
        name: "standard".to_owned(),
        version: 1,
        direction: Direction::Outbound,
        currency: Currency::USD,
        valid_from: Timestamp::UNIX_EPOCH,
        valid_to: None,
        time_zone: "UTC".to_owned(),
        n_rates: 2,
    };
    let file = "prefix,destination,country,kind,price\n49,Germany,DE,fixed,0.03\n49900,Premium,DE,premium,1.00\n";
    let table = RateTable::new(deck, read(file.as_bytes(), Currency::USD).unwrap().rates);
    Charging::new(Account {
        tenant: TenantId(Uuid::from_u128(1)),
        wallet,
        zone: TimeZone::UTC,
        credits: micros(credits),
        owed: Micros::ZERO,
        posted,
        granted: Arc::default(),
        people: Arc::default(),
        decks: vec![Arc::new(table)],
        recent: Vec::new(),
        elsewhere: BTreeMap::new(),
        others: Others::default(),
        good_until: None,
    })
}

/// Talks for so long, or until it is ended; none if it is not placed.
fn talk(charging: &mut Charging, call: u64, asked: Asked, wanted: u32) -> Option<Charge> {
    charging.reserve(leg(call), asked).ok()?;
    let mut step = charging.answered(leg(call), now()).unwrap();
    while step.next_secs <= wanted {
        let at = step.next_secs;
        step = charging.elapsed(leg(call), at).unwrap();
        if step.ends {
            return charging.ended(leg(call), at);
        }
    }
    charging.ended(leg(call), wanted)
}

fn to(who: u8, number: &str) -> Asked {
    Asked {
        direction: Direction::Outbound,
        user: Some(user(who)),
        number: E164::parse(number).unwrap(),
        from: "x".to_owned(),
        to: number.to_owned(),
        scopes: Vec::new(),
        at: now(),
    }
}

fn leg(call: u64) -> PaidLeg {
    PaidLeg { call: CallId(Uuid::from_u128(call.into())), leg: 1 }
}

fn user(n: u8) -> UserId {
    UserId(Uuid::from_u128(n.into()))
}

fn micros(text: &str) -> Micros {
    Micros::parse(text).unwrap()
}

fn now() -> Timestamp {
    "2026-11-04T17:00:00Z".parse().unwrap()
}

#[test]
fn what_is_no_promise_any_more_is_not_spent() {
    let later = |secs: i64| now() + SignedDuration::from_secs(secs);
    let with = |good_until| {
        let mut charging = charging(Wallet::prepaid(Currency::USD), "10.00", Spent::default());
        let account = Account { good_until, ..charging.account().clone() };
        charging.update(account);
        charging
    };
    let mut open = with(None);
    assert_eq!(talk(&mut open, 1, to(1, BERLIN), 600).unwrap().secs, 600);
    let mut closed = with(Some(later(150)));
    let refusal = closed.quote(&Asked { at: later(151), ..to(1, BERLIN) }).verdict.unwrap_err();
    assert_eq!((refusal.code(), refusal.sip_status()), ("credits.ledger_away", 402));
    // A call that goes on is ended in order: with the last block that began in time.
    assert_eq!(talk(&mut closed, 2, to(1, BERLIN), 600).unwrap().secs, 180);
    // The ledger is back in time: it goes on.
    closed.reserve(leg(3), to(1, BERLIN)).unwrap();
    let mut step = closed.answered(leg(3), now()).unwrap();
    while step.next_secs < 140 {
        step = closed.elapsed(leg(3), step.next_secs).unwrap();
    }
    let account = Account { good_until: Some(later(900)), ..closed.account().clone() };
    closed.update(account);
    for _ in 0..10 {
        step = closed.elapsed(leg(3), step.next_secs).unwrap();
    }
    assert!(!step.ends && 240 < step.next_secs);
}
