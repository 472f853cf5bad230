//! Money: reserving where calls are switched, booking durably, finding a price among a million prefixes, and reading the
//! statement of an organization with many entries.
//!
//! `TRUNKLINE_BENCH_POSTGRES=postgres://…` names an empty database of PostgreSQL that is measured as well.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use phone::id::{CallId, LotId, RateDeckId, TenantId, UserId};
use phone::money::charge::{Charge, PaidLeg, Segment};
use phone::money::charging::{Account, Asked, Charging, Spent};
use phone::money::deck::{Direction, Kind, Rate, RateDeck, RateTable};
use phone::money::funding::Source;
use phone::money::ledger::{Book, EntryKind, NewLot, Occasion};
use phone::money::tariff::{Increments, Price};
use phone::money::wallet::Wallet;
use phone::money::{Currency, Micros, lot};
use phone::numbers::E164;
use store::{Actor, Expected, LedgerFilter, Open, Paging, Store};
use uuid::Uuid;

use crate::histogram::Histogram;
use crate::licensing::tenant;

/// Rows of a deck that is asked.
const N_PREFIXES: u64 = 1_000_000;
/// As the spool hands them over.
const PER_BATCH: usize = 500;
/// Settling goes on for so long.
const SETTLES_FOR: Duration = Duration::from_secs(10);
/// A spool waits for one batch before it hands over the next.
const WANTED_SQLITE: f64 = 5_000.0;
const WANTED_POSTGRES: f64 = 2_000.0;
const WANTED_LOOKUP_NS: f64 = 500.0;
const WANTED_RESERVE_MS: f64 = 5.0;
const WANTED_PAGE_MS: f64 = 50.0;
const WANTED_BALANCE_MS: f64 = 1.0;
/// Each page is asked for so often.
const N_TIMES: usize = 200;

/// Measures with so many entries in the ledger. Passes when all is quick enough.
pub fn print(n_entries: usize) -> bool {
    let table = table();
    let mut passed = lookups(&table);
    passed &= reserving(table);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let sqlite = format!("sqlite://{}", directory.path().join("money.db").display());
    passed &= runtime.block_on(database("SQLite", sqlite, directory.path(), WANTED_SQLITE, n_entries));
    if let Ok(postgres) = std::env::var("TRUNKLINE_BENCH_POSTGRES") {
        passed &= runtime.block_on(database("PostgreSQL", postgres, directory.path(), WANTED_POSTGRES, n_entries));
    }
    passed
}

fn verdict(passed: bool) -> &'static str {
    if passed { "ok" } else { "not passed" }
}

fn table() -> Arc<RateTable> {
    let begun = Instant::now();
    let rate = |prefix: u64| Rate {
        // Two to eight digits, without a gap and nested.
        prefix: (10 + prefix * 89).to_string(),
        destination: "Somewhere".to_owned(),
        country: None,
        kind: Kind::Fixed,
        increments: Increments::MINUTES,
        price: Price { per_minute: Micros(20_000), ..Price::default() },
        reseller: None,
        cost: None,
        blocked: false,
        window: None,
    };
    let deck = RateDeck {
        id: RateDeckId(Uuid::from_u128(1)),
        name: "bench".to_owned(),
        version: 1,
        direction: Direction::Outbound,
        currency: Currency::USD,
        valid_from: Timestamp::UNIX_EPOCH,
        valid_to: None,
        time_zone: "UTC".to_owned(),
        n_rates: u32::try_from(N_PREFIXES).unwrap_or(u32::MAX),
    };
    let table = Arc::new(RateTable::new(deck, (0..N_PREFIXES).map(rate).collect()));
    println!("money: {N_PREFIXES} prefixes are ready after {:.1} s", begun.elapsed().as_secs_f64());
    table
}

/// Numbers that come one after the other as nobody expects.
fn numbers(n: usize) -> Vec<E164> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        E164::from_digits(&format!("{:011}", 10_000_000_000 + (state >> 16) % 89_000_000_000)).expect("eleven digits")
    };
    std::iter::repeat_with(next).take(n).collect()
}

fn lookups(table: &RateTable) -> bool {
    let numbers = numbers(1_000_000);
    let at = Timestamp::now();
    let begun = Instant::now();
    let n_found = numbers.iter().filter(|number| table.find(**number, at).is_some()).count();
    let ns = begun.elapsed().as_secs_f64() * 1e9 / numbers.len() as f64;
    let passed = ns < WANTED_LOOKUP_NS && 0 < n_found;
    println!("  a price among them {ns:>8.0} ns ({n_found} found)  {}", verdict(passed));
    passed
}

fn reserving(table: Arc<RateTable>) -> bool {
    let mut charging = Charging::new(Account {
        tenant: TenantId(Uuid::from_u128(1)),
        wallet: Wallet::prepaid(Currency::USD),
        zone: TimeZone::UTC,
        credits: Micros::units(1_000_000),
        owed: Micros::ZERO,
        posted: Spent::default(),
        granted: Arc::default(),
        people: Arc::default(),
        decks: vec![table],
        recent: Vec::new(),
        elsewhere: Default::default(),
        others: Default::default(),
        good_until: None,
    });
    let mut delays = Histogram::new();
    let begun = Instant::now();
    let numbers = numbers(200_000);
    for (index, number) in (0_u128..).zip(&numbers) {
        let id = PaidLeg { call: CallId(Uuid::from_u128(index)), leg: 1 };
        let asked = Asked {
            direction: Direction::Outbound,
            user: Some(UserId(Uuid::from_u128(7))),
            number: *number,
            from: "+14255550101".to_owned(),
            to: number.to_string(),
            scopes: Vec::new(),
            at: Timestamp::now(),
        };
        let one = Instant::now();
        // A thousand calls are alive at any time.
        let _ = charging.reserve(id, asked);
        delays.add(one.elapsed());
        if let Some(before) = index.checked_sub(1_000) {
            let before = PaidLeg { call: CallId(Uuid::from_u128(before)), leg: 1 };
            charging.answered(before, Timestamp::now());
            charging.ended(before, 61);
        }
    }
    let per_second = numbers.len() as f64 / begun.elapsed().as_secs_f64();
    let p99 = delays.quantile_ms(0.99);
    let passed = p99 < WANTED_RESERVE_MS;
    println!("  reserve, answer and end {per_second:>8.0}/s, reserving p99 {p99:.3} ms  {}", verdict(passed));
    passed
}

async fn database(name: &str, url: String, keys: &std::path::Path, wanted: f64, n_entries: usize) -> bool {
    let store = Store::open(&Open { url, key_file: keys.join("secrets.key") }).await.expect("the database opens");
    let tenant = funded(&store).await;
    let mut delays = Histogram::new();
    let mut n_settled = 0_usize;
    let begun = Instant::now();
    while begun.elapsed() < SETTLES_FOR {
        let batch = charges(tenant, n_settled, PER_BATCH);
        let one = Instant::now();
        store.insert_told(&[], &[], &batch).await.expect("charges are booked");
        delays.add(one.elapsed());
        n_settled += batch.len();
    }
    let per_second = n_settled as f64 / begun.elapsed().as_secs_f64();
    let mut passed = wanted <= per_second;
    println!(
        "  {name}: {per_second:.0} calls/s booked durably in batches of {PER_BATCH}, a batch p99 {:.0} ms (wanted {wanted:.0}/s)  {}",
        delays.quantile_ms(0.99),
        verdict(passed)
    );
    let begun = Instant::now();
    while n_settled < n_entries {
        let batch = charges(tenant, n_settled, 5_000.min(n_entries - n_settled));
        store.insert_told(&[], &[], &batch).await.expect("charges are booked");
        n_settled += batch.len();
    }
    println!("  {name}: {n_settled} entries after {:.0} s more", begun.elapsed().as_secs_f64());
    let mut pages = Histogram::new();
    let mut balances = Histogram::new();
    let paging = Paging { limit: 100, after: None, descending: true };
    for _ in 0..N_TIMES {
        let one = Instant::now();
        let page = store.ledger(tenant, &LedgerFilter::default(), &paging).await.expect("a page");
        pages.add(one.elapsed());
        assert_eq!(page.items.len(), 100);
        let one = Instant::now();
        let row = store.wallet(tenant).await.expect("the wallet").expect("there is one");
        balances.add(one.elapsed());
        assert!(row.balance.is_positive());
    }
    for (what, delays, wanted) in [("first page", &pages, WANTED_PAGE_MS), ("balance", &balances, WANTED_BALANCE_MS)] {
        let (p50, p99) = (delays.quantile_ms(0.5), delays.quantile_ms(0.99));
        let is_quick = p99 < wanted;
        println!("  {name}: {what} p50 {p50:.2} ms, p99 {p99:.2} ms (wanted {wanted} ms)  {}", verdict(is_quick));
        passed &= is_quick;
    }
    // What was measured is right as well: all of it replays, as far as there is time for it.
    if n_settled <= 200_000 {
        let entries = store.ledger_after(tenant, 0, 1_000_000).await.expect("the ledger");
        let book = Book::replay(&entries).expect("the ledger replays");
        let row = store.wallet(tenant).await.expect("the wallet").expect("there is one");
        assert_eq!((book.sum(), book.balance()), (Micros::ZERO, row.balance));
    }
    store.close().await.expect("the database closes");
    passed
}

async fn funded(store: &Store) -> TenantId {
    let row = tenant(&format!("bench-{}", Uuid::now_v7().simple()));
    let id = row.profile.id;
    let mut tx = store.begin(Actor::System, Timestamp::now()).await.expect("a change");
    tx.save_tenant(&row, Expected::Absent).await.expect("an organization");
    tx.save_wallet(id, &Wallet::prepaid(Currency::USD), Expected::Absent).await.expect("a wallet");
    let mut book = tx.book(id).await.expect("a book").expect("there is one");
    let amount = Micros::units(10_000_000);
    let lot = NewLot { id: LotId(Uuid::now_v7()), expires_at: None, amount, source: lot::Source::Grant };
    let occasion = Occasion { at: tx.at(), key: "bench".to_owned(), call: None, note: None };
    let entry = book.fund(lot, EntryKind::Purchase, occasion).expect("credit");
    book.apply(&entry).expect("an entry");
    tx.post(id, &book, &[entry], "funded").await.expect("it is booked");
    tx.commit().await.expect("it is kept");
    id
}

/// Calls that ended, one entry each.
fn charges(tenant: TenantId, from: usize, n: usize) -> Vec<Charge> {
    let now = Timestamp::now();
    let charge = |index: usize| Charge {
        id: PaidLeg { call: CallId(Uuid::now_v7()), leg: 1 },
        tenant,
        direction: Direction::Outbound,
        user: Some(UserId(Uuid::from_u128((index % 100) as u128))),
        from: "+14255550101".to_owned(),
        to: "+4930123456".to_owned(),
        destination: Some(format!("Destination {}", index % 50)),
        country: Some("DE".to_owned()),
        currency: Currency::USD,
        deck: None,
        prefix: Some("49".to_owned()),
        kind: Some(Kind::Fixed),
        per_minute: Some(Micros(20_000)),
        connection_fee: None,
        answered_at: now - SignedDuration::from_secs(61),
        secs: 61,
        segments: vec![Segment {
            no: 1,
            source: Source::Credits,
            from_secs: 0,
            to_secs: 61,
            billed_secs: 120,
            amount: Micros(40_000),
        }],
        scopes: vec![phone::money::scope::Scope::Department(format!("Department {}", index % 10))],
        cost: None,
        reseller: None,
        finished: true,
        ahead: None,
    };
    (from..from + n).map(charge).collect()
}
