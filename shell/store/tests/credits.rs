//! The ledger on real databases: what is told of calls is booked once, lots go in their order, and all replays.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use phone::id::{CallId, LotId, RateDeckId, TenantId, UserId};
use phone::money::budget::Budget;
use phone::money::charge::{Charge, PaidLeg, Segment};
use phone::money::deck::import::read;
use phone::money::deck::{Direction, RateDeck};
use phone::money::funding::Source;
use phone::money::invoice::{Billing, Head, Party, Sums};
use phone::money::ledger::{Book, EntryKind, NewLot, Occasion};
use phone::money::lost::Moment;
use phone::money::payment::{self, Payment, Told};
use phone::money::pool::{Bucket, Period, PoolKey};
use phone::money::scope::{Every, Scope, Span};
use phone::money::share::Share;
use phone::money::share::parts::{Shared, Whole};
use phone::money::wallet::Wallet;
use phone::money::{Currency, Micros, lot};
use store::{Actor, ChargeFilter, EventFilter, Expected, LedgerFilter, OfServer, Paging, Store};
use uuid::Uuid;

use crate::people::{add_tenant, at};
use crate::place::Place;

on_both_databases![
    a_ledger_is_kept_and_proved,
    what_is_told_of_calls_is_booked_once,
    what_is_spent_is_counted_for_whom_and_told,
    two_servers_divide_a_balance,
    two_servers_divide_minutes_and_budgets,
    two_servers_know_what_people_spend_by_the_other,
    payments_and_invoices_are_kept,
    a_charge_without_its_end_is_finished_after_a_crash,
    a_charge_without_its_end_is_carried_to_where_its_process_was_lost,
    a_deck_is_read_back_as_it_was,
    a_voucher_is_known_by_its_code_alone,
    a_deleted_organization_takes_its_money_with_it,
];

async fn a_ledger_is_kept_and_proved(place: Place) {
    let store = place.open().await;
    let tenant = funded(&store, &["10.00", "5.00"]).await;
    store.insert_told(&[], &[], &[charge(tenant, 1, 60, 12_000_000, true)]).await.unwrap();
    let lots = store.lots(tenant, &all()).await.unwrap().items;
    assert_eq!(lots.iter().map(|lot| lot.remaining).collect::<Vec<_>>(), [Micros::ZERO, Micros::units(3)]);
    assert_eq!(store.lots_left(tenant).await.unwrap().len(), 1);
    // More than there is: the rest is owed, and paid by what comes in next.
    store.insert_told(&[], &[], &[charge(tenant, 2, 60, 4_000_000, true)]).await.unwrap();
    let row = store.wallet(tenant).await.unwrap().unwrap();
    assert_eq!((row.balance, row.owed), (Micros::units(-1), Micros::units(1)));
    fund(&store, tenant, 9, "3.00").await;
    let row = store.wallet(tenant).await.unwrap().unwrap();
    assert_eq!((row.balance, row.owed, row.posted_credits), (Micros::units(2), Micros::ZERO, Micros::units(16)));
    prove(&store, tenant).await;
    let of_wallet = EventFilter { noun: Some("wallet".to_owned()), ..Default::default() };
    let told = store.events(tenant, &of_wallet, &all()).await.unwrap().items;
    let told: Vec<_> = told.into_iter().map(|event| event.action).collect();
    assert_eq!(told, ["create", "funded", "funded", "empty", "funded"]);
}

async fn what_is_told_of_calls_is_booked_once(place: Place) {
    let store = place.open().await;
    let tenant = funded(&store, &["1.00"]).await;
    let told = [
        charge(tenant, 1, 0, 30_000, false),
        charge(tenant, 1, 60, 30_000, false),
        charge(tenant, 2, 30, 20_000, true),
        charge(tenant, 1, 120, 60_000, true),
    ];
    for part in [&told[..1], &told[..], &told[1..], &told[3..]] {
        store.insert_told(&[], &[], part).await.unwrap();
    }
    assert_eq!(store.wallet(tenant).await.unwrap().unwrap().balance, Micros::parse("0.92").unwrap());
    let charges = store.charges(tenant, &Default::default(), &all()).await.unwrap().items;
    assert_eq!(charges.len(), 2);
    let tx = store.begin(Actor::System, at(0)).await.unwrap();
    let (_, _, figures) = tx.credit_figures(tenant, &[month()], &[Span::Month(month())]).await.unwrap().unwrap();
    let spent = figures.spent;
    assert_eq!(spent.credits, Micros::parse("0.08").unwrap());
    assert_eq!(spent.pools.values().copied().collect::<Vec<_>>(), [240]);
    assert_eq!(spent.people.get(&(user(), month())), Some(&Micros::parse("0.08").unwrap()));
    drop(tx);
    prove(&store, tenant).await;
}

async fn what_is_spent_is_counted_for_whom_and_told(place: Place) {
    let store = place.open().await;
    let tenant = funded(&store, &["1.00"]).await;
    let sales = Scope::Department("Sales".to_owned());
    let mut wallet = Wallet::prepaid(Currency::USD);
    wallet.controls.budgets = vec![Budget {
        name: "Sales".to_owned(),
        scope: sales.clone(),
        limit: Micros(100_000),
        every: Every::Month,
        blocks: true,
        set_apart: false,
        until: None,
        by_seller: false,
    }];
    let mut tx = store.begin(Actor::System, at(0)).await.unwrap();
    tx.save_wallet(tenant, &wallet, Expected::Any).await.unwrap();
    tx.commit().await.unwrap();
    let told = [charge(tenant, 1, 60, 30_000, false), charge(tenant, 1, 120, 60_000, true)];
    for part in [&told[..1], &told[..], &told[1..]] {
        store.insert_told(&[], &[], part).await.unwrap();
    }
    let tx = store.begin(Actor::System, at(0)).await.unwrap();
    let spans = [Span::Month(month()), Span::Ever];
    let (_, _, figures) = tx.credit_figures(tenant, &[month()], &spans).await.unwrap().unwrap();
    let spent = figures.spent;
    for scope in [sales, Scope::Everybody, Scope::Person(user())] {
        for span in spans {
            assert_eq!(spent.scopes.get(&(scope.clone(), span)), Some(&Micros(60_000)), "{scope} {span}");
        }
    }
    assert_eq!(spent.scopes.len(), 6);
    drop(tx);
    let of_wallet = EventFilter { noun: Some("wallet".to_owned()), ..Default::default() };
    let events = store.events(tenant, &of_wallet, &all()).await.unwrap().items;
    let told: Vec<_> = events.iter().filter(|event| event.action == "budget_reached").collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].after.as_ref().unwrap()["percent"], 50);
}

async fn two_servers_divide_a_balance(place: Place) {
    let (one, other) = (place.open().await, place.open().await);
    let tenant = funded(&one, &["1.00"]).await;
    let whole = async |store: &Store| {
        let credits = store.lots_left(tenant).await.unwrap().iter().map(|lot| lot.remaining).sum();
        Share { credits, owable: Micros::ZERO }
    };
    let take = async |store: &Store, secs: i64| {
        let mut tx = store.begin(Actor::System, at(secs)).await.unwrap();
        let taken = tx.take_share(tenant, store.node(), whole(store).await, at(secs + 90)).await.unwrap();
        tx.commit().await.unwrap();
        (taken.share.credits, taken.is_divided())
    };
    let cents = |cents: i64| Micros(cents * 10_000);
    assert_eq!(take(&one, 0).await, (cents(100), false));
    assert_eq!(take(&other, 1).await, (cents(0), true), "the other has all of it");
    assert_eq!(take(&one, 25).await, (cents(50), true));
    // Its calls may have taken more before it was told of less: they are booked first.
    one.insert_told(&[], &[], &[charge(tenant, 1, 60, 800_000, true)]).await.unwrap();
    assert_eq!(take(&other, 26).await.0, cents(0));
    assert_eq!(take(&one, 50).await.0, cents(10));
    assert_eq!(take(&other, 51).await.0, cents(10));
    other.insert_told(&[], &[], &[charge(tenant, 2, 60, 40_000, true)]).await.unwrap();
    assert_eq!((take(&one, 75).await.0, take(&other, 76).await.0), (cents(8), cents(6)));
    let mut tx = other.begin(Actor::System, at(100)).await.unwrap();
    assert_eq!(tx.renew_shares(other.node(), at(190)).await.unwrap().len(), 1);
    tx.commit().await.unwrap();
    // One that is not heard of may have taken what is not booked. It leaves its part when that would be known.
    let mut taken = Vec::new();
    for secs in (170..1_200).step_by(80) {
        taken.push(take(&other, secs).await);
    }
    assert_eq!((taken[0], taken.last().copied()), ((cents(6), true), Some((cents(16), false))));
    // One that was cut off itself can't tell who else was.
    one.insert_told(&[], &[], &[charge(tenant, 3, 60, 10_000, true)]).await.unwrap();
    assert_eq!(take(&one, 2_000).await, (cents(0), true));
    assert_eq!((take(&other, 4_000).await.1, take(&other, 4_080).await.1), (true, true));
    prove(&one, tenant).await;
}

async fn two_servers_divide_minutes_and_budgets(place: Place) {
    let (one, other) = (place.open().await, place.open().await);
    let tenant = funded(&one, &["1.00"]).await;
    let minutes = Shared::Pool { pool: pool() };
    let sales = Shared::Budget { scope: Scope::Department("Sales".to_owned()), span: Span::Ever };
    // There are 640 seconds and 1,000 millionths, of which so much is booked.
    let take = async |store: &Store, secs: i64, booked: (i64, i64)| {
        let mut tx = store.begin(Actor::System, at(secs)).await.unwrap();
        let share = Share { credits: Micros::units(1), owable: Micros::ZERO };
        let taken = tx.take_share(tenant, store.node(), share, at(secs + 90)).await.unwrap();
        let whole = |all: i64, posted| Whole { left: all - posted, posted };
        let wholes = [(minutes.clone(), whole(640, booked.0)), (sales.clone(), whole(1_000, booked.1))].into();
        let parts = tx.take_parts(tenant, store.node(), taken.alive_since, &taken.others, &wholes).await.unwrap();
        tx.commit().await.unwrap();
        [&minutes, &sales].map(|shared| (parts[shared].told, parts[shared].posted))
    };
    assert_eq!(take(&one, 0, (40, 0)).await, [(600, 40), (1_000, 0)]);
    assert_eq!(take(&other, 10, (40, 0)).await, [(0, 40), (0, 0)], "all of it is with the other");
    assert_eq!(take(&one, 25, (40, 0)).await, [(300, 40), (500, 0)]);
    // 120 seconds of the plan and 100 of the budget are booked of its calls.
    one.insert_told(&[], &[], &[charge(tenant, 1, 60, 100, true)]).await.unwrap();
    assert_eq!(take(&one, 50, (160, 100)).await, [(240, 160), (450, 100)]);
    assert_eq!(take(&other, 60, (160, 100)).await, [(240, 40), (450, 0)], "it has what the other left");
    assert_eq!(take(&one, 80, (160, 100)).await, [(240, 160), (450, 100)]);
}

async fn two_servers_know_what_people_spend_by_the_other(place: Place) {
    let one = place.open().await;
    let other = place.open().await;
    let tenant = funded(&one, &["1.00"]).await;
    one.insert_told(&[], &[], &[charge(tenant, 1, 60, 30_000, true)]).await.unwrap();
    other.insert_told(&[], &[], &[charge(tenant, 2, 60, 40_000, true)]).await.unwrap();
    other.insert_told(&[], &[], &[charge(tenant, 3, 60, 5_000, true)]).await.unwrap();
    for (store, own, elsewhere) in [(&one, 30_000, 45_000), (&other, 45_000, 30_000)] {
        let tx = store.begin(Actor::System, at(0)).await.unwrap();
        let (_, _, figures) = tx.credit_figures(tenant, &[month()], &[]).await.unwrap().unwrap();
        drop(tx);
        let of_person = |people: &BTreeMap<_, Micros>| people.get(&(user(), month())).copied();
        assert_eq!(of_person(&figures.spent.people), Some(Micros(own)));
        assert_eq!(of_person(&figures.elsewhere), Some(Micros(elsewhere)));
        let calls = async |of| {
            let filter = ChargeFilter { of: Some(of), ..Default::default() };
            let mut calls = store.charges(tenant, &filter, &all()).await.unwrap().items;
            calls.sort_by_key(|charge| charge.id);
            calls.iter().map(|charge| charge.id.call.0.as_u128()).collect::<Vec<_>>()
        };
        let (mine, theirs) = (calls(OfServer::Own(store.node())).await, calls(OfServer::Others(store.node())).await);
        let wanted = if own == 30_000 { (vec![1], vec![2, 3]) } else { (vec![2, 3], vec![1]) };
        assert_eq!((mine, theirs), wanted);
    }
}

async fn payments_and_invoices_are_kept(place: Place) {
    let store = place.open().await;
    let tenant = funded(&store, &[]).await;
    let asked = Payment::asked(Uuid::from_u128(5), payment::Kind::Card, Micros::units(5), Currency::USD, at(0));
    let mut payment = Payment { reference: Some("cs_1".to_owned()), ..asked };
    let billing = Billing {
        seller: Party { name: "S".to_owned(), ..Default::default() },
        buyer: Party { name: "B".to_owned(), ..Default::default() },
        ..Default::default()
    };
    let mut tx = store.begin(Actor::System, at(0)).await.unwrap();
    tx.save_payment(tenant, &payment, "payment_asked").await.unwrap();
    payment.take(at(1), &Told::Succeeded { amount: payment.amount, currency: payment.currency });
    tx.save_payment(tenant, &payment, "payment_received").await.unwrap();
    assert_eq!(tx.payments(tenant, 10).await.unwrap(), std::slice::from_ref(&payment));
    let mut invoices = Vec::new();
    for seq in 1..=2 {
        assert_eq!(tx.next_invoice().await.unwrap(), seq);
        let mut sums = Sums::default();
        sums.add(&charge(tenant, 1, 60, 30_000, true));
        let head = Head {
            id: Uuid::from_u128(seq.into()),
            seq,
            issued_at: at(i64::try_from(seq).unwrap()),
            days: ("2026-10-01".parse().unwrap(), "2026-10-31".parse().unwrap()),
            times: (at(0), at(1)),
            currency: Currency::USD,
        };
        invoices.push(sums.invoice(head, &billing).unwrap());
        tx.add_invoice(tenant, &invoices[invoices.len() - 1]).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(store.payment(payment.id).await.unwrap(), Some((tenant, payment.clone())));
    assert_eq!(store.payments(tenant, &all()).await.unwrap().items, [payment]);
    assert_eq!(store.invoices(tenant, &all()).await.unwrap().items, invoices);
    assert_eq!(store.invoice(tenant, invoices[0].id).await.unwrap().as_ref(), invoices.first());
    let stranger = TenantId(Uuid::from_u128(99));
    assert_eq!(store.invoice(stranger, invoices[0].id).await.unwrap(), None);
}

async fn a_charge_without_its_end_is_finished_after_a_crash(place: Place) {
    let store = place.open().await;
    let tenant = funded(&store, &["1.00"]).await;
    store.insert_told(&[], &[], &[charge(tenant, 1, 60, 30_000, false)]).await.unwrap();
    let finish = async |store: &Store| {
        let mut tx = store.begin(Actor::System, at(0)).await.unwrap();
        let n_charges = tx.finish_charges(at(100_000_000)).await.unwrap();
        tx.commit().await.unwrap();
        n_charges
    };
    // The calls of a server go on while another one begins.
    assert_eq!(finish(&place.open().await).await, 0);
    assert_eq!((finish(&store).await, finish(&store).await), (1, 0));
    // What comes after the end is not believed.
    store.insert_told(&[], &[], &[charge(tenant, 1, 120, 60_000, true)]).await.unwrap();
    assert_eq!(store.wallet(tenant).await.unwrap().unwrap().balance, Micros::parse("0.97").unwrap());
    prove(&store, tenant).await;
}

async fn a_charge_without_its_end_is_carried_to_where_its_process_was_lost(place: Place) {
    let store = place.open().await;
    let tenant = funded(&store, &["1.00"]).await;
    let going_on = |call| {
        let ahead = serde_json::json!({
            "answered": { "process": at(0), "ns": 0 },
            "parts": [{
                "source": { "type": "credits" },
                "price": { "per_minute": 30_000, "connection_fee": 0, "minimum": 0 },
                "increments": { "first_secs": 60, "next_secs": 60 },
                "from": 0,
                "until": 120,
                "reserved": 60_000,
            }],
            "increments": { "first_secs": 60, "next_secs": 60 },
            "cost": { "per_minute": 10_000, "connection_fee": 0 },
            "reseller": null,
        });
        Charge { ahead: serde_json::from_value(ahead).unwrap(), ..charge(tenant, call, 60, 30_000, false) }
    };
    store.insert_told(&[], &[], &[going_on(1)]).await.unwrap();
    let carry = async |store: &Store, process: i64| {
        let mut tx = store.begin(Actor::System, at(0)).await.unwrap();
        let alive = Moment { process: at(process), ns: 90_500_000_000 };
        let n_charges = tx.carry_charges(alive).await.unwrap();
        tx.commit().await.unwrap();
        n_charges
    };
    // Neither another server's calls nor those of another process.
    assert_eq!((carry(&place.open().await, 0).await, carry(&store, 1).await), (0, 0));
    assert_eq!((carry(&store, 0).await, carry(&store, 0).await), (1, 0));
    let booked = store.charges(tenant, &Default::default(), &all()).await.unwrap().items;
    let known = (booked[0].secs, booked[0].finished, booked[0].amount(), booked[0].cost);
    assert_eq!(known, (90, true, Micros(60_000), Some(Micros(20_000))));
    assert_eq!(store.wallet(tenant).await.unwrap().unwrap().balance, Micros::parse("0.94").unwrap());
    // Its end, if it comes in spite of all, changes nothing.
    store.insert_told(&[], &[], &[charge(tenant, 1, 180, 90_000, true)]).await.unwrap();
    assert_eq!(store.wallet(tenant).await.unwrap().unwrap().balance, Micros::parse("0.94").unwrap());
    prove(&store, tenant).await;
}

async fn a_deck_is_read_back_as_it_was(place: Place) {
    let store = place.open().await;
    // More than one part, with letters that take more than one byte at their borders.
    let rows: String =
        (100..20_100).map(|prefix| format!("{prefix},Düsseldorf und Umgebung {prefix},0.01\n")).collect();
    let rates = read(format!("prefix,destination,price\n{rows}").as_bytes(), Currency::USD).unwrap().rates;
    let deck = |version| RateDeck {
        id: RateDeckId(Uuid::from_u128(version)),
        name: "retail".to_owned(),
        version: u32::try_from(version).unwrap(),
        direction: Direction::Outbound,
        currency: Currency::USD,
        valid_from: at(i64::try_from(version).unwrap()),
        valid_to: None,
        time_zone: "UTC".to_owned(),
        n_rates: 20_000,
    };
    let mut tx = store.begin(Actor::System, at(0)).await.unwrap();
    tx.add_rate_deck(&deck(1), &rates).await.unwrap();
    tx.end_rate_deck(&deck(1), at(2)).await.unwrap();
    tx.add_rate_deck(&deck(2), &rates[..5]).await.unwrap();
    assert_eq!(tx.newest_rate_deck("retail").await.unwrap(), Some(deck(2)));
    tx.commit().await.unwrap();
    let file = store.rate_deck_file(deck(1).id).await.unwrap();
    assert_eq!(read(file.as_bytes(), Currency::USD).unwrap().rates, rates);
    assert_eq!(store.rate_deck(deck(1).id).await.unwrap().unwrap().valid_to, Some(at(2)));
    let mut tx = store.begin(Actor::System, at(0)).await.unwrap();
    tx.delete_rate_deck(&deck(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.all_rate_decks().await.unwrap(), [deck(2)]);
    assert_eq!(store.rate_decks(&all()).await.unwrap().items, [deck(2)]);
}

async fn a_voucher_is_known_by_its_code_alone(place: Place) {
    let store = place.open().await;
    let tenant = funded(&store, &[]).await;
    let mut tx = store.begin(Actor::System, at(0)).await.unwrap();
    let made = tx.add_voucher("ABCD-EFGH", (Currency::USD, Micros::units(5)), None).await.unwrap();
    assert_eq!(tx.voucher("abcd efgh").await.unwrap(), Some(made.clone()));
    assert_eq!(tx.voucher("ABCD-EFGX").await.unwrap(), None);
    tx.redeem_voucher(&made, tenant).await.unwrap();
    tx.commit().await.unwrap();
    let shown = store.vouchers(&all()).await.unwrap().items;
    assert_eq!((shown[0].redeemed_by, shown[0].hint.as_str()), (Some(tenant), "EFGH"));
    let told = store.events_of_platform(&EventFilter::default(), &all()).await.unwrap().items;
    assert!(told.iter().all(|event| !format!("{event:?}").contains("ABCD-EFGH")));
}

async fn a_deleted_organization_takes_its_money_with_it(place: Place) {
    let store = place.open().await;
    let tenant = funded(&store, &["1.00"]).await;
    store.insert_told(&[], &[], &[charge(tenant, 1, 60, 30_000, false)]).await.unwrap();
    let mut tx = store.begin(Actor::System, at(0)).await.unwrap();
    tx.delete_tenant(tenant, Expected::Any).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.wallet(tenant).await.unwrap(), None);
    store.insert_told(&[], &[], &[charge(tenant, 1, 120, 60_000, true)]).await.unwrap();
    assert!(store.charges(tenant, &Default::default(), &all()).await.unwrap().items.is_empty());
}

async fn funded(store: &Store, amounts: &[&str]) -> TenantId {
    let tenant = add_tenant(store, "demo").await;
    let mut tx = store.begin(Actor::System, at(0)).await.unwrap();
    tx.save_wallet(tenant, &Wallet::prepaid(Currency::USD), Expected::Absent).await.unwrap();
    tx.commit().await.unwrap();
    for (index, amount) in (1..).zip(amounts) {
        fund(store, tenant, index, amount).await;
    }
    tenant
}

async fn fund(store: &Store, tenant: TenantId, index: u128, amount: &str) {
    let mut tx = store.begin(Actor::System, at(i64::try_from(index).unwrap())).await.unwrap();
    let mut book = tx.book(tenant).await.unwrap().unwrap();
    let lot = NewLot {
        id: LotId(Uuid::from_u128(index)),
        expires_at: None,
        amount: Micros::parse(amount).unwrap(),
        source: lot::Source::Voucher,
    };
    let occasion = Occasion { at: tx.at(), key: index.to_string(), call: None, note: None };
    let entry = book.fund(lot, EntryKind::Purchase, occasion).unwrap();
    book.apply(&entry).unwrap();
    tx.post(tenant, &book, &[entry], "funded").await.unwrap();
    tx.commit().await.unwrap();
}

/// Replays the whole ledger and compares it with what is kept.
async fn prove(store: &Store, tenant: TenantId) {
    let entries = store.ledger_after(tenant, 0, 1_000).await.unwrap();
    let book = Book::replay(&entries).unwrap();
    assert_eq!(book.sum(), Micros::ZERO);
    let row = store.wallet(tenant).await.unwrap().unwrap();
    assert_eq!((row.balance, row.owed), (book.balance(), book.owed()));
    let left: Vec<_> = book.lots().iter().filter(|lot| lot.remaining.is_positive()).cloned().collect();
    assert_eq!(store.lots_left(tenant).await.unwrap(), left);
    let listed = store.ledger(tenant, &LedgerFilter::default(), &all()).await.unwrap().items;
    assert_eq!(listed.into_iter().map(|row| row.entry).collect::<Vec<_>>(), entries);
}

/// A call of two parts: a minute or two of a plan, and then credits.
fn charge(tenant: TenantId, call: u128, secs: u32, amount: i64, finished: bool) -> Charge {
    let pool = pool();
    let segment = |no, source, amount| Segment {
        no,
        source,
        from_secs: 0,
        to_secs: secs,
        billed_secs: 120,
        amount: Micros(amount),
    };
    Charge {
        id: PaidLeg { call: CallId(Uuid::from_u128(call)), leg: 1 },
        tenant,
        direction: Direction::Outbound,
        user: Some(user()),
        from: "+14255550101".to_owned(),
        to: "+4930123456".to_owned(),
        destination: None,
        country: None,
        currency: Currency::USD,
        deck: None,
        prefix: None,
        kind: None,
        per_minute: None,
        connection_fee: None,
        answered_at: at(0),
        secs,
        segments: vec![segment(1, Source::Pool { pool }, 0), segment(2, Source::Credits, amount)],
        scopes: vec![Scope::Department("Sales".to_owned())],
        cost: None,
        reseller: Some(Micros(1)),
        finished,
        ahead: None,
    }
}

fn pool() -> PoolKey {
    PoolKey {
        plan: "MCOPSTN1".to_owned(),
        group: "US".to_owned(),
        bucket: Bucket::Domestic,
        period: month(),
        holder: None,
    }
}

fn user() -> UserId {
    UserId(Uuid::from_u128(7))
}

fn month() -> Period {
    Period::of(at(0), &jiff::tz::TimeZone::get("America/New_York").unwrap())
}

fn all() -> Paging {
    Paging { limit: 100, after: None, descending: false }
}
