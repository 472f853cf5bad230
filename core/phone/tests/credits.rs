//! What calls cost and who pays: the worked examples of the specification of numbers, 2.5.4, and what is around them.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use phone::id::{CallId, RateDeckId, TenantId, UserId};
use phone::money::charge::{Charge, PaidLeg};
use phone::money::charging::{Account, Asked, Charging, Others, Spent, Step};
use phone::money::deck::import::read;
use phone::money::deck::{Direction, RateDeck, RateTable};
use phone::money::funding::{Refusal, Source};
use phone::money::pool::{self, Bucket, Period, Person, PoolKey};
use phone::money::posting::delta;
use phone::money::wallet::{Coverage, Dual, Mode, OnExhaustion, State, Unrated, Wallet};
use phone::money::{Currency, Micros};
use phone::numbers::E164;
use phone::rule::Broken as _;
use uuid::Uuid;

const SEATTLE: &str = "+12065550123";
const BERLIN: &str = "+4930123456";
const TOLL_FREE: &str = "+18005550199";

#[test]
fn example_1_the_last_seconds_of_a_pool_are_used_or_not() {
    for (use_partial, segments, cost, pool_left) in [
        (true, [("pool", 0, 90, 90), ("credits", 90, 310, 240)], "0.08", 0),
        (false, [("pool", 0, 60, 60), ("credits", 60, 310, 300)], "0.10", 30),
    ] {
        let mut world = World::new("1.00", &["MCOPSTN5"]);
        world.account.wallet.pools.use_partial = use_partial;
        world.used(Bucket::Domestic, 120 * 60 - 90);
        let mut charging = world.charging();
        let charge = talk(&mut charging, SEATTLE, 310).unwrap();
        assert_eq!(told(&charge), segments);
        assert_eq!(charge.amount().to_string(), cost);
        assert_eq!(charging.pool_left(&world.pool(Bucket::Domestic)), pool_left);
        assert_eq!(charging.credits_left(), micros("1.00").minus(micros(cost)));
    }
}

#[test]
fn example_2_a_call_ends_when_the_next_minute_is_not_there() {
    let world = World::new("0.05", &["MCOPSTN5"]);
    let mut charging = world.charging();
    let charge = talk(&mut charging, BERLIN, 600).unwrap();
    assert_eq!((charge.secs, charge.amount().to_string().as_str()), (60, "0.03"));
    assert_eq!(told(&charge), [("credits", 0, 60, 60)]);
    assert_eq!(charging.credits_left(), micros("0.02"));
    // And the next one is not placed.
    assert_eq!(charging.reserve(leg(2), to(BERLIN)), Err(Refusal::NoCredit));
}

#[test]
fn example_3_without_the_license_of_credits_nobody_pays_beyond_a_plan() {
    let mut world = World::new("10.00", &["MCOPSTN5"]);
    world.account.wallet.coverage = Coverage::Licensed;
    let mut charging = world.charging();
    assert_eq!(charging.reserve(leg(1), to(BERLIN)), Err(Refusal::NoFunding));
    assert_eq!(Refusal::NoFunding.sip_status(), 402);
    assert!(charging.reserve(leg(1), to(SEATTLE)).is_ok());
    let mut world = World::new("10.00", &["MCOPSTN5", "MCOPSTNPP"]);
    world.account.wallet.coverage = Coverage::Licensed;
    assert_eq!(world.charging().reserve(leg(1), to(BERLIN)), Ok(Source::Credits));
}

#[test]
fn example_4_being_connected_is_paid_once() {
    let mut world = World::new("10", &["MCOPSTN_PAYG_1"]);
    world.deck("prefix,price,connection_fee\n49,0.013,0.05\n");
    let mut charging = world.charging();
    assert_eq!(talk(&mut charging, BERLIN, 61).unwrap().amount(), micros("0.076"));
    assert_eq!(charging.credits_left(), micros("9.924"));
}

#[test]
fn example_5_a_spend_limit_stops_what_is_paid_and_not_what_a_plan_has() {
    let mut world = World::new("10", &["MCOPSTN5"]);
    world.account.wallet.person_limit = Some(micros("5.00"));
    world.account.posted.people.insert((user(), month()), micros("4.99"));
    let mut charging = world.charging();
    let refused = Err(Refusal::SpendLimitReached { limit: micros("5.00") });
    assert_eq!(charging.reserve(leg(1), to(BERLIN)), refused);
    assert!(matches!(charging.reserve(leg(2), to(SEATTLE)), Ok(Source::Pool { .. })));
    // What a call of the same person has reserved counts as well.
    let mut world = World::new("10", &[]);
    world.account.wallet.person_limit = Some(micros("0.05"));
    let mut charging = world.charging();
    assert_eq!(charging.reserve(leg(1), to(BERLIN)), Ok(Source::Credits));
    assert!(charging.reserve(leg(2), to(BERLIN)).is_err());
    charging.void(leg(1));
    assert_eq!(charging.reserve(leg(3), to(BERLIN)), Ok(Source::Credits));
}

#[test]
fn example_11_calls_to_a_toll_free_number_need_something_left() {
    let world = World::new("0.05", &[]);
    let mut charging = world.charging();
    for n in 1..=3 {
        charging.reserve(leg(n), toll_free()).unwrap();
    }
    // The third took what was left, and a part of its minute more: one step for each live call at most.
    assert_eq!(charging.credits_left(), micros("-0.01"));
    assert_eq!(charging.takes_toll_free(), Err(Refusal::NoCredit));
    assert_eq!(charging.reserve(leg(4), toll_free()), Err(Refusal::NoCredit));
    let step = charging.answered(leg(1), now()).unwrap();
    assert_eq!(step.warn_secs, Some(60));
    let step = charging.elapsed(leg(1), 60).unwrap();
    assert!(step.ends);
}

#[test]
fn example_12_canada_is_abroad_for_people_and_at_home_for_minutes() {
    // That people are not let abroad is told by their policy; their minutes would pay.
    assert!(pool::is_domestic("US", "CA"));
    assert!(!pool::is_domestic("GB", "FR"));
    let world = World::new("0", &["MCOPSTN1"]);
    assert!(matches!(world.charging().reserve(leg(1), to("+14165550123")), Ok(Source::Pool { .. })));
}

#[test]
fn pools_add_up_by_plan_and_country() {
    let person = |country: &str, plans: &[&str]| Person {
        country: country.to_owned(),
        plans: plans.iter().map(|plan| (*plan).to_owned()).collect(),
        has_credits: false,
    };
    let id = |n: u128| UserId(Uuid::from_u128(n));
    let people: BTreeMap<UserId, Person> = [
        (id(1), person("US", &["MCOPSTN1"])),
        (id(2), person("PR", &["MCOPSTN1"])),
        (id(3), person("GB", &["MCOPSTN1"])),
        (id(4), person("GB", &["MCOPSTN2"])),
        (id(5), person("US", &["MCOPSTN8"])),
        (id(6), person("US", &["MCOEV", "MCOPSTN_PAYG_1"])),
    ]
    .into();
    let told: Vec<_> = pool::granted(&people, month())
        .into_iter()
        .map(|(key, secs)| (key.plan, key.group, key.bucket, key.holder.is_some(), secs / 60))
        .collect();
    let row = |plan: &str, group: &str, bucket, own, minutes| (plan.to_owned(), group.to_owned(), bucket, own, minutes);
    assert_eq!(
        told,
        [
            row("MCOPSTN1", "GB", Bucket::Domestic, false, 1_200),
            row("MCOPSTN1", "US", Bucket::Domestic, false, 6_000),
            row("MCOPSTN2", "GB", Bucket::Domestic, false, 1_200),
            row("MCOPSTN2", "GB", Bucket::International, false, 600),
            row("MCOPSTN8", "US", Bucket::Domestic, true, 120),
        ]
    );
}

#[test]
fn one_used_up_closes_both_if_the_wallet_says_so() {
    let mut world = World::new("0", &["MCOPSTN2"]);
    world.used(Bucket::International, 600 * 60);
    assert!(world.charging().reserve(leg(1), to(SEATTLE)).is_ok());
    world.account.wallet.pools.dual = Dual::FirstReached;
    assert_eq!(world.charging().reserve(leg(1), to(SEATTLE)), Err(Refusal::NoCredit));
}

#[test]
fn who_talks_is_warned_a_minute_and_a_quarter_of_one_before_the_end() {
    let mut charging = World::new("0.10", &[]).charging();
    charging.reserve(leg(1), to(BERLIN)).unwrap();
    assert_eq!(warnings(&mut charging, 180), [(120, 60), (165, 15), (180, 0)]);
    // Money that comes in while the call goes on pays for it.
    let mut world = World::new("0.03", &[]);
    let mut charging = world.charging();
    charging.reserve(leg(1), to(BERLIN)).unwrap();
    assert_eq!(charging.answered(leg(1), now()).unwrap().warn_secs, Some(60));
    world.account.credits = micros("1.00");
    charging.update(world.account.clone());
    let step = charging.elapsed(leg(1), 55).unwrap();
    assert_eq!((step.ends, step.warn_secs), (false, None));
    // And without a warning, if that is wanted.
    let mut world = World::new("0.03", &[]);
    world.account.wallet.on_exhaustion = OnExhaustion::HangupNow;
    let mut charging = world.charging();
    charging.reserve(leg(1), to(BERLIN)).unwrap();
    assert_eq!(warnings(&mut charging, 180), [(60, 0)]);
}

#[test]
fn a_call_may_go_on_to_its_end_and_be_owed() {
    let mut world = World::new("0.03", &[]);
    world.account.wallet.on_exhaustion = OnExhaustion::FinishCall { secs_max: 600, debt_max: micros("0.06") };
    let mut charging = world.charging();
    let charge = talk(&mut charging, BERLIN, 1_000).unwrap();
    assert_eq!(told(&charge), [("credits", 0, 60, 60), ("debt", 60, 180, 120)]);
    assert_eq!((charge.amount(), charging.credits_left()), (micros("0.09"), Micros::ZERO));
    // Nobody begins a call with debts.
    assert_eq!(charging.reserve(leg(2), to(BERLIN)), Err(Refusal::NoCredit));
}

#[test]
fn credits_come_before_what_is_billed_later() {
    let mut world = World::new("0.03", &[]);
    world.account.wallet.mode = Mode::PrepaidThenPostpaid;
    world.account.wallet.credit_limit = micros("0.06");
    let mut charging = world.charging();
    let charge = talk(&mut charging, BERLIN, 1_000).unwrap();
    assert_eq!(told(&charge), [("credits", 0, 60, 60), ("postpaid", 60, 180, 120)]);
    assert_eq!(charging.reserve(leg(2), to(BERLIN)), Err(Refusal::NoCredit));
    assert_eq!(world.account.wallet.state(micros("-0.06")), State::Empty);
    assert_eq!(world.account.wallet.state(micros("-0.05")), State::Active);
}

#[test]
fn the_price_of_the_answer_counts_and_stays() {
    let mut world = World::new("10", &[]);
    // The deck is in New York: it is cheaper from six in the evening on.
    world.deck("prefix,price,days,from_time,to_time\n49,0.03,,,\n49,0.01,mon-fri,18:00,24:00\n");
    let mut charging = world.charging();
    let asked = Asked { at: at("2026-11-04T22:59:50Z"), ..to(BERLIN) };
    charging.reserve(leg(1), asked).unwrap();
    charging.answered(leg(1), at("2026-11-04T23:00:05Z")).unwrap();
    assert_eq!(charging.ended(leg(1), 60).unwrap().amount(), micros("0.01"));
    // It was six hours before midnight when it was answered: that it goes on past it changes nothing.
    charging.reserve(leg(2), Asked { at: at("2026-11-05T04:59:00Z"), ..to(BERLIN) }).unwrap();
    charging.answered(leg(2), at("2026-11-05T04:59:30Z")).unwrap();
    for secs in (50..600).step_by(50) {
        charging.elapsed(leg(2), secs).unwrap();
    }
    assert_eq!(charging.ended(leg(2), 600).unwrap().amount(), micros("0.10"));
}

#[test]
fn what_has_no_price_is_free_and_marked_or_refused() {
    let mut world = World::new("10", &[]);
    world.account.decks.clear();
    let mut charging = world.charging();
    let charge = talk(&mut charging, BERLIN, 4_000).unwrap();
    assert!(charge.is_unrated());
    assert_eq!((charge.amount(), charge.secs), (Micros::ZERO, 4_000));
    world.account.wallet.unrated = Unrated::Refused;
    assert_eq!(world.charging().reserve(leg(1), to(BERLIN)), Err(Refusal::NoDeck));
    // A deck that does not know a number does not sell it.
    let mut world = World::new("10", &[]);
    world.deck("prefix,price,blocked,destination\n44,0.01,,\n900,,yes,Premium\n33,0,,\n");
    let refused = Err(Refusal::NoRate { number: BERLIN.to_owned() });
    assert_eq!(world.charging().reserve(leg(1), to(BERLIN)), refused);
    let blocked = Err(Refusal::Blocked { destination: "Premium".to_owned() });
    assert_eq!(world.charging().reserve(leg(1), to("+900123456")), blocked);
    assert_eq!(world.charging().reserve(leg(1), to("+33123456789")), Ok(Source::Free));
    world.account.wallet.per_minute_max = Some(micros("0.005"));
    let too_much = Err(Refusal::TooExpensive { per_minute: micros("0.01") });
    assert_eq!(world.charging().reserve(leg(1), to("+441212345678")), too_much);
    world.account.wallet.frozen = true;
    assert_eq!(world.charging().reserve(leg(1), to("+441212345678")), Err(Refusal::Frozen));
    assert_eq!(world.charging().takes_toll_free(), Err(Refusal::Frozen));
}

#[test]
fn a_part_of_the_balance_is_kept_for_toll_free_numbers() {
    let mut world = World::new("1.00", &[]);
    world.account.wallet.toll_free_reserve = micros("0.98");
    let mut charging = world.charging();
    assert_eq!(charging.reserve(leg(1), to(BERLIN)), Err(Refusal::NoCredit));
    assert_eq!(charging.reserve(leg(1), toll_free()), Ok(Source::Credits));
}

#[test]
fn a_quote_says_what_it_costs_and_who_pays_and_reserves_nothing() {
    let world = World::new("1.00", &["MCOPSTN5"]);
    let charging = world.charging();
    let quote = charging.quote(&to(SEATTLE));
    assert_eq!(quote.rate.unwrap().price.per_minute, micros("0.02"));
    assert_eq!(quote.sources, [Source::Pool { pool: world.pool(Bucket::Domestic) }, Source::Credits]);
    assert!(matches!(quote.verdict, Ok(Source::Pool { .. })));
    assert_eq!(charging.credits_left(), micros("1.00"));
    let refusal = World::new("0", &[]).charging().quote(&to(BERLIN)).verdict.unwrap_err();
    assert_eq!(
        (refusal.code(), refusal.to_string().as_str()),
        ("credits.no_credit", "the organization has no credit left")
    );
}

#[test]
fn a_call_that_nobody_answers_costs_nothing() {
    let mut charging = World::new("0.03", &[]).charging();
    charging.reserve(leg(1), to(BERLIN)).unwrap();
    assert_eq!(charging.credits_left(), Micros::ZERO);
    assert_eq!(charging.ended(leg(1), 0), None);
    assert_eq!((charging.credits_left(), charging.n_live()), (micros("0.03"), 0));
}

#[test]
fn what_is_told_while_it_goes_on_is_never_more_than_was_begun() {
    let mut charging = World::new("1.00", &[]).charging();
    charging.reserve(leg(1), to(BERLIN)).unwrap();
    let mut tellings: Vec<Charge> = charging.answered(leg(1), now()).unwrap().charge.into_iter().collect();
    let mut secs = 0;
    while secs < 150 {
        secs += 1;
        tellings.extend(charging.elapsed(leg(1), secs).unwrap().charge);
    }
    let seen: Vec<_> = tellings.iter().map(|it| (it.secs, it.amount().to_string(), it.finished)).collect();
    let row = |secs, amount: &str| (secs, amount.to_owned(), false);
    assert_eq!(seen, [row(0, "0.03"), row(60, "0.03"), row(120, "0.06")]);
    // Booked once, however often and in whatever order it is told.
    let last = charging.ended(leg(1), 150).unwrap();
    let booked = delta(None, &tellings[1]).unwrap();
    assert_eq!(booked.amount, micros("0.03"));
    assert_eq!(delta(Some(&tellings[1]), &tellings[1]), None);
    assert_eq!(delta(Some(&tellings[1]), &tellings[0]), None);
    assert_eq!(delta(Some(&tellings[1]), &last).unwrap().amount, micros("0.06"));
    assert_eq!(delta(Some(&last), &last), None);
    assert_eq!(delta(Some(&last), &tellings[2]), None);
}

// ---- helpers

struct World {
    account: Account,
}

impl World {
    /// An organization in New York with one person in the United States.
    fn new(credits: &str, plans: &[&str]) -> Self {
        let person = Person {
            country: "US".to_owned(),
            plans: plans.iter().map(|plan| (*plan).to_owned()).collect(),
            has_credits: plans.contains(&"MCOPSTNPP"),
        };
        let people: BTreeMap<UserId, Person> = [(user(), person)].into();
        let granted = pool::granted(&people, month());
        let account = Account {
            tenant: TenantId(Uuid::from_u128(1)),
            wallet: Wallet::prepaid(Currency::USD),
            zone: TimeZone::get("America/New_York").unwrap(),
            credits: micros(credits),
            owed: Micros::ZERO,
            posted: Spent::default(),
            granted: Arc::new(granted),
            people: Arc::new(people),
            decks: Vec::new(),
            recent: Vec::new(),
            elsewhere: BTreeMap::new(),
            others: Others::default(),
            good_until: None,
        };
        let mut world = Self { account };
        world.deck("prefix,destination,country,price\n1,North America,,0.02\n49,Germany,DE,0.03\n");
        world.add_deck("prefix,destination,price\n1800,Toll-free,0.02\n", Direction::TollFreeInbound);
        world
    }

    fn deck(&mut self, text: &str) {
        self.account.decks.retain(|table| table.deck.direction != Direction::Outbound);
        self.add_deck(text, Direction::Outbound);
    }

    fn add_deck(&mut self, text: &str, direction: Direction) {
        let sheet = read(text.as_bytes(), Currency::USD).unwrap();
        assert_eq!(sheet.n_faults, 0, "{:?}", sheet.faults);
        let deck = RateDeck {
            id: RateDeckId(Uuid::from_u128(1)),
            name: "standard".to_owned(),
            version: 1,
            direction,
            currency: Currency::USD,
            valid_from: Timestamp::UNIX_EPOCH,
            valid_to: None,
            time_zone: "America/New_York".to_owned(),
            n_rates: 0,
        };
        self.account.decks.push(Arc::new(RateTable::new(deck, sheet.rates)));
    }

    fn pool(&self, bucket: Bucket) -> PoolKey {
        self.account.granted.keys().find(|pool| pool.bucket == bucket).unwrap().clone()
    }

    fn used(&mut self, bucket: Bucket, secs: u64) {
        let pool = self.pool(bucket);
        self.account.posted.pools.insert(pool, secs);
    }

    fn charging(&self) -> Charging {
        Charging::new(self.account.clone())
    }
}

/// Places a call and talks for so long, or until it is ended.
fn talk(charging: &mut Charging, number: &str, secs: u32) -> Option<Charge> {
    charging.reserve(leg(1), to(number)).unwrap();
    let Step { mut next_secs, mut ends, .. } = charging.answered(leg(1), now()).unwrap();
    let mut at = 0;
    while !ends && next_secs < secs {
        at = next_secs;
        Step { next_secs, ends, .. } = charging.elapsed(leg(1), at).unwrap();
        assert!(ends || at < next_secs);
    }
    charging.ended(leg(1), if ends { at } else { secs })
}

/// When the one who talks is warned, and of how many seconds; the end is told with 0.
fn warnings(charging: &mut Charging, until: u32) -> Vec<(u32, u32)> {
    let mut step = charging.answered(leg(1), now()).unwrap();
    let mut told: Vec<_> = step.warn_secs.map(|secs| (0, secs)).into_iter().collect();
    while step.next_secs <= until {
        let at = step.next_secs;
        step = charging.elapsed(leg(1), at).unwrap();
        told.extend(step.warn_secs.map(|secs| (at, secs)));
        if step.ends {
            told.push((at, 0));
            break;
        }
    }
    told
}

fn told(charge: &Charge) -> Vec<(&'static str, u32, u32, u32)> {
    let word = |source: &Source| match source {
        Source::Pool { .. } => "pool",
        Source::Credits => "credits",
        Source::Postpaid => "postpaid",
        Source::Debt => "debt",
        Source::Free => "free",
        Source::NotRated => "not rated",
    };
    charge.segments.iter().map(|it| (word(&it.source), it.from_secs, it.to_secs, it.billed_secs)).collect()
}

fn leg(n: u64) -> PaidLeg {
    PaidLeg { call: CallId(Uuid::from_u128(n.into())), leg: 1 }
}

fn to(number: &str) -> Asked {
    Asked {
        direction: Direction::Outbound,
        user: Some(user()),
        number: E164::parse(number).unwrap(),
        from: "+14255550101".to_owned(),
        to: number.to_owned(),
        scopes: Vec::new(),
        at: now(),
    }
}

fn toll_free() -> Asked {
    let number = E164::parse(TOLL_FREE).unwrap();
    Asked { direction: Direction::TollFreeInbound, user: None, number, to: TOLL_FREE.to_owned(), ..to(SEATTLE) }
}

fn user() -> UserId {
    UserId(Uuid::from_u128(7))
}

fn month() -> Period {
    Period::of(now(), &TimeZone::get("America/New_York").unwrap())
}

fn now() -> Timestamp {
    at("2026-11-04T17:00:00Z")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn micros(text: &str) -> Micros {
    Micros::parse(text).unwrap()
}
