//! Payments, recharges, invoices and calls that are rated again.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use phone::id::{CallId, LotId, RateDeckId, TenantId};
use phone::money::charge::{Charge, PaidLeg, Segment};
use phone::money::deck::import::read;
use phone::money::deck::{Direction, RateDeck, RateTable};
use phone::money::funding::Source;
use phone::money::invoice::{Billing, Head, Party, Refusal, Sums, Tax};
use phone::money::ledger::{Book, Entry, EntryKind, NewLot, Occasion, Total};
use phone::money::lot;
use phone::money::payment::back::{self, Why};
use phone::money::payment::{
    self, AutoRecharge, Kind, Payment, State, Told, Verdict, check_amount, from_minor, to_minor,
};
use phone::money::pool::{Bucket, Period, PoolKey};
use phone::money::rerating::compare;
use phone::money::{Currency, Micros};
use proptest::prelude::*;
use uuid::Uuid;

proptest! {
    /// Whatever is told of a payment in whatever order: it is booked at most once, and if it was ever paid in its currency
    /// before it was paid in another, exactly once.
    #[test]
    fn a_payment_is_booked_at_most_once(told in proptest::collection::vec((any::<bool>(), any::<bool>()), 0..12)) {
        let mut payment = payment(Kind::Card, State::Pending, 0);
        let mut n_booked = 0;
        let mut was_paid = false;
        for (is_paid, is_right) in told {
            let currency = if is_right { Currency::USD } else { Currency::parse("EUR").unwrap() };
            let told = match is_paid {
                true => Told::Succeeded { amount: Micros::units(20), currency },
                false => Told::Failed { error: "no".to_owned() },
            };
            was_paid |= is_paid && is_right;
            if let Verdict::Book { amount } = payment.take(now(), &told) {
                n_booked += 1;
                prop_assert_eq!(amount, Micros::units(20));
            }
        }
        prop_assert_eq!(n_booked, usize::from(was_paid));
        prop_assert_eq!(payment.state == State::Succeeded, was_paid);
    }

    /// Whatever is told of money that goes back, in whatever order, and of the payment itself somewhere among it: all of it is
    /// booked once, never more than came in, and the ledger replays.
    #[test]
    fn what_goes_back_is_booked_once(
        told in proptest::collection::vec((0_u8..8, 1_i32..30, 0_u8..3), 1..14),
        paid_after in 0_usize..14,
        spent in 0_i32..30,
    ) {
        let mut payment = payment(Kind::Card, State::Pending, 0);
        let (mut book, mut entries) = (Book::default(), Vec::new());
        let (mut refunded, mut disputes, mut failed) = (0, BTreeMap::new(), BTreeMap::new());
        for (index, (what, amount, dispute)) in told.iter().chain(&told).enumerate() {
            if index == paid_after.min(told.len()) {
                let paid = Told::Succeeded { amount: Micros::units(20), currency: Currency::USD };
                let verdict = payment.take(now(), &paid);
                prop_assert_eq!(verdict, Verdict::Book { amount: Micros::units(20) });
                let fund = book.fund(lot(), EntryKind::Purchase, occasion(0)).unwrap();
                post(&mut book, &mut entries, fund);
                let used = book.charge(Micros::units(spent), Micros::ZERO, occasion(1_000));
                post(&mut book, &mut entries, used);
            }
            let (units, currency, name) = (Micros::units(*amount), Currency::USD, format!("dp_{dispute}"));
            let word = match what {
                0 | 1 => back::Told::Refunded { amount: units, currency },
                2 | 3 => back::Told::Withdrawn { dispute: name.clone(), amount: units, currency },
                4 => back::Told::Reinstated { dispute: name.clone(), amount: units, currency },
                5 | 6 => back::Told::Failed { refund: name.clone(), amount: units, currency },
                _ => back::Told::Refunded { amount: units, currency: Currency::parse("EUR").unwrap() },
            };
            match what {
                0 | 1 => refunded = refunded.max(*amount),
                2 | 3 => _ = disputes.entry(name).or_insert((*amount, true)),
                4 => disputes.entry(name).or_insert((*amount, false)).1 = false,
                5 | 6 => _ = failed.entry(name).or_insert(*amount),
                _ => {}
            }
            payment.take_back(now(), &word);
            for correction in payment.corrections() {
                let occasion = occasion(u64::from(correction.no));
                let entry = match correction.why {
                    Why::Refund | Why::Chargeback => book.reverse(correction.amount, Some(lot().id), occasion),
                    Why::Reinstatement | Why::RefundFailed => {
                        let id = LotId(Uuid::from_u128(100 + u128::from(correction.no)));
                        book.fund(NewLot { id, amount: correction.amount, ..lot() }, EntryKind::Reversal, occasion)
                    }
                };
                post(&mut book, &mut entries, Some(entry.unwrap()));
            }
            prop_assert!(payment.corrections().is_empty(), "nothing is booked twice");
            prop_assert!(Micros::ZERO <= payment.left());
        }
        let open: i32 = disputes.values().filter(|(_, is_open)| *is_open).map(|(amount, _)| amount).sum();
        let came_again = failed.values().sum::<i32>().min(refunded);
        let left = Micros::units((20 - refunded - open + came_again).max(0));
        prop_assert_eq!(payment.left(), left);
        prop_assert_eq!((book.sum(), book.total(Total::Funding)), (Micros::ZERO, left.negated()));
        prop_assert_eq!(book.balance(), left.minus(Micros::units(spent)));
        prop_assert_eq!(Book::replay(&entries).unwrap(), book);
    }

    /// Coins of a provider are the same amount, and nothing is lost between.
    #[test]
    fn coins_are_the_amount(amount in any::<i64>(), code in prop_oneof![Just("USD"), Just("JPY"), Just("KWD")]) {
        let currency = Currency::parse(code).unwrap();
        if let Ok(coins) = to_minor(Micros(amount), currency) {
            prop_assert_eq!(from_minor(coins, currency), Some(Micros(amount)));
        }
    }

    /// Lines of an invoice are whole coins and add up; each is less than a coin from what was spent; what is due is what
    /// credit did not pay, with its tax.
    #[test]
    fn an_invoice_adds_up(
        calls in proptest::collection::vec((0_u8..5, 1_i64..5_000_000, any::<bool>()), 1..60),
        basis_points in 0_u32..=10_000,
    ) {
        let mut sums = Sums::default();
        let mut exact: BTreeMap<String, i64> = BTreeMap::new();
        let (mut of_credit, mut all) = (0, 0);
        for (destination, amount, is_credit) in calls {
            let source = if is_credit { Source::Credits } else { Source::Postpaid };
            let words = format!("Place {destination}");
            sums.add(&charge(&words, 60, vec![(source, 0, 60, amount)]));
            *exact.entry(words).or_default() += amount;
            all += amount;
            of_credit += if is_credit { amount } else { 0 };
        }
        let taxes = vec![Tax { name: "VAT".to_owned(), basis_points }];
        let invoice = sums.invoice(head(), &Billing { taxes, ..billing() }).unwrap();
        prop_assert_eq!(invoice.sum(), to_cents(all));
        for line in &invoice.lines {
            prop_assert_eq!(line.amount.0 % 10_000, 0);
            prop_assert!((line.amount.0 - exact[&line.words]).abs() < 10_000, "{} of {}", line.amount, exact[&line.words]);
        }
        prop_assert_eq!(invoice.paid_from_credit, to_cents(of_credit).min(invoice.sum()));
        prop_assert_eq!(invoice.net, invoice.sum().minus(invoice.paid_from_credit));
        prop_assert_eq!(invoice.gross, invoice.net.plus(invoice.taxes[0].amount));
        prop_assert_eq!(invoice.taxes[0].amount.0 % 10_000, 0);
    }
}

#[test]
fn a_recharge_is_due_once_and_within_its_month() {
    let recharge = AutoRecharge {
        enabled: true,
        trigger: Micros::units(10),
        amount: Micros::units(40),
        monthly_cap: Micros::units(100),
    };
    let due = |balance, past: &[Payment]| recharge.is_due(now(), Micros::units(balance), past, Timestamp::UNIX_EPOCH);
    assert!(due(9, &[]) && !due(10, &[]));
    let of = |state, minutes| payment(Kind::AutoRecharge, state, minutes);
    assert!(!due(9, &[of(State::Pending, 1)]), "one is on its way");
    assert!(due(9, &[of(State::Pending, 25 * 60)]), "nobody hears of it any more");
    assert!(due(9, &[of(State::Succeeded, 1)]));
    assert!(!due(9, &[of(State::Succeeded, 1), of(State::Succeeded, 2)]), "a third is beyond the cap");
    // What failed is tried again after 15 minutes, 2 hours and a day, and then not.
    let failed = |minutes: &[i64]| minutes.iter().map(|minutes| of(State::Failed, *minutes)).collect::<Vec<_>>();
    assert!(!due(9, &failed(&[14])) && due(9, &failed(&[15])));
    assert!(!due(9, &failed(&[119, 140])) && due(9, &failed(&[120, 140])));
    assert!(due(9, &failed(&[24 * 60, 1_600, 1_700])));
    let four = failed(&[10_000, 11_000, 12_000, 13_000]);
    assert!(!due(9, &four) && AutoRecharge::is_paused(&four));
    let with_card = [vec![payment(Kind::Card, State::Failed, 1)], failed(&[15])].concat();
    assert!(due(9, &with_card), "what somebody paid by hand does not count");
    assert!(!AutoRecharge { enabled: false, ..recharge.clone() }.is_due(now(), Micros::ZERO, &[], now()));
    for (trigger, amount, cap) in [(50, 40, 100), (-1, 40, 100), (10, 40, 30)] {
        let [trigger, amount, monthly_cap] = [trigger, amount, cap].map(Micros::units);
        let crooked = AutoRecharge { enabled: true, trigger, amount, monthly_cap };
        assert_eq!(crooked.check(), Err(payment::Refusal::Recharge));
    }
    assert_eq!(check_amount(Micros(999_999)), Err(payment::Refusal::OutOfRange));
}

#[test]
fn an_invoice_needs_parties_and_something_to_say() {
    assert_eq!(Sums::default().invoice(head(), &billing()), Err(Refusal::Nothing));
    let spent = || {
        let mut sums = Sums::default();
        sums.add(&charge("Germany", 60, vec![(Source::Postpaid, 0, 60, 30_000)]));
        sums
    };
    assert_eq!(spent().invoice(head(), &Billing::default()), Err(Refusal::NoParties));
    let too_much = Billing { taxes: vec![Tax { name: "VAT".to_owned(), basis_points: 10_001 }], ..billing() };
    assert_eq!(spent().invoice(head(), &too_much), Err(Refusal::Tax));
    let percents = [1_900, 775, 750, 0].map(|basis_points| Tax { name: String::new(), basis_points }.percent());
    assert_eq!(percents, ["19", "7.75", "7.5", "0"]);
    let invoice = spent().invoice(head(), &billing()).unwrap();
    assert_eq!((invoice.number().as_str(), invoice.gross), ("2026-000042", Micros(30_000)));
}

#[test]
fn another_deck_prices_what_was_paid_with_money() {
    let pool = PoolKey {
        plan: "MCOPSTN1".to_owned(),
        group: "US".to_owned(),
        bucket: Bucket::Domestic,
        period: Period::parse("2026-11").unwrap(),
        holder: None,
    };
    let table = table("prefix,price,connection_fee,increments,blocked\n49,0.06,0.01,1/1,\n44,,,,yes\n");
    let charges = [
        // 90 seconds of a plan, then 30 of money: 0.01 + 0.03 by the second.
        charge(
            "Germany",
            120,
            vec![(Source::Pool { pool: pool.clone() }, 0, 90, 0), (Source::Credits, 90, 120, 20_000)],
        ),
        charge("Germany", 60, vec![(Source::Pool { pool }, 0, 60, 0)]),
        Charge { to: "+442079460000".to_owned(), ..charge("UK", 60, vec![(Source::Credits, 0, 60, 20_000)]) },
        Charge { to: "+33123456789".to_owned(), ..charge("France", 60, vec![(Source::Credits, 0, 60, 20_000)]) },
    ];
    let mut sums = BTreeMap::new();
    compare(&charges, &table, &mut sums);
    let germany = &sums["Germany"];
    assert_eq!(
        (germany.n_calls, germany.n_unpriced, germany.before, germany.after),
        (2, 0, Micros(20_000), Micros(40_000))
    );
    assert_eq!(germany.more(), Micros(20_000));
    assert_eq!((sums["UK"].n_unpriced, sums["France"].n_unpriced, sums["UK"].after), (1, 1, Micros::ZERO));
}

fn to_cents(micros: i64) -> Micros {
    Micros((micros + 5_000).div_euclid(10_000) * 10_000)
}

fn head() -> Head {
    Head {
        id: Uuid::from_u128(1),
        seq: 42,
        issued_at: now(),
        days: ("2026-10-01".parse().unwrap(), "2026-10-31".parse().unwrap()),
        times: ("2026-10-01T00:00:00Z".parse().unwrap(), "2026-11-01T00:00:00Z".parse().unwrap()),
        currency: Currency::USD,
    }
}

fn billing() -> Billing {
    let party = |name: &str| Party { name: name.to_owned(), ..Party::default() };
    Billing { monthly: false, seller: party("Telephone Inc."), buyer: party("Demo Inc."), taxes: Vec::new() }
}

fn lot() -> NewLot {
    let id = LotId(Uuid::from_u128(1));
    NewLot { id, expires_at: None, amount: Micros::units(20), source: lot::Source::Card }
}

fn occasion(no: u64) -> Occasion {
    Occasion { at: now(), key: no.to_string(), call: None, note: None }
}

fn post(book: &mut Book, entries: &mut Vec<Entry>, entry: impl Into<Option<Entry>>) {
    if let Some(entry) = entry.into() {
        book.apply(&entry).unwrap();
        entries.push(entry);
    }
}

fn payment(kind: Kind, state: State, minutes_ago: i64) -> Payment {
    let at = now() - SignedDuration::from_mins(minutes_ago);
    Payment { state, ..Payment::asked(Uuid::from_u128(1), kind, Micros::units(40), Currency::USD, at) }
}

fn charge(destination: &str, secs: u32, segments: Vec<(Source, u32, u32, i64)>) -> Charge {
    let segments = (1..).zip(segments).map(|(no, (source, from_secs, to_secs, amount))| Segment {
        no,
        source,
        from_secs,
        to_secs,
        billed_secs: to_secs - from_secs,
        amount: Micros(amount),
    });
    Charge {
        id: PaidLeg { call: CallId(Uuid::from_u128(1)), leg: 1 },
        tenant: TenantId(Uuid::from_u128(1)),
        direction: Direction::Outbound,
        user: None,
        from: "x".to_owned(),
        to: "+4930123456".to_owned(),
        destination: Some(destination.to_owned()),
        country: None,
        currency: Currency::USD,
        deck: None,
        prefix: None,
        kind: None,
        per_minute: None,
        connection_fee: None,
        answered_at: now(),
        secs,
        segments: segments.collect(),
        scopes: Vec::new(),
        cost: None,
        reseller: None,
        finished: true,
        ahead: None,
    }
}

fn table(text: &str) -> RateTable {
    let deck = RateDeck {
        id: RateDeckId(Uuid::from_u128(1)),
        name: "other".to_owned(),
        version: 1,
        direction: Direction::Outbound,
        currency: Currency::USD,
        valid_from: Timestamp::UNIX_EPOCH,
        valid_to: None,
        time_zone: "UTC".to_owned(),
        n_rates: 2,
    };
    RateTable::new(deck, read(text.as_bytes(), Currency::USD).unwrap().rates)
}

fn now() -> Timestamp {
    "2026-11-04T17:00:00Z".parse().unwrap()
}
