//! The ledger sums to zero, whatever happens, and replaying it gives what it came to.
#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::Timestamp;
use phone::id::LotId;
use phone::money::Micros;
use phone::money::ledger::{Book, Corrupt, Entry, EntryKind, NewLot, Occasion, Refusal, Total};
use phone::money::lot::Source;
use proptest::prelude::*;
use uuid::Uuid;

#[test]
fn lots_are_used_as_they_were_bought() {
    // Specification of numbers, 2.5.4, example 9.
    let mut history = History::default();
    history.fund(1, "100", "2026-01-10T00:00:00Z", Some("2027-01-10T00:00:00Z"));
    history.fund(2, "50", "2026-06-01T00:00:00Z", Some("2027-06-01T00:00:00Z"));
    history.charge("120", "2026-12-01T00:00:00Z");
    let left: Vec<_> = history.book.lots().iter().map(|lot| (lot.remaining, lot.expires_at)).collect();
    assert_eq!(left[0].0, Micros::ZERO);
    assert_eq!(left[1], (Micros::units(30), Some(at("2027-06-01T00:00:00Z"))));
    assert_eq!(history.book.balance(), Micros::units(30));
    assert_eq!(history.book.total(Total::Usage), Micros::units(120));
}

#[test]
fn a_lot_that_lapsed_pays_nothing_and_is_booked_once() {
    let mut history = History::default();
    history.fund(1, "10", "2026-01-01T00:00:00Z", Some("2026-02-01T00:00:00Z"));
    history.fund(2, "5", "2026-01-15T00:00:00Z", None);
    assert_eq!(history.book.usable(at("2026-01-31T23:59:59Z")), Micros::units(15));
    assert_eq!(history.book.usable(at("2026-02-01T00:00:00Z")), Micros::units(5));
    history.charge("2", "2026-02-01T00:00:00Z");
    assert_eq!(history.book.lots()[0].remaining, Micros::units(10));
    for entry in history.book.expire(at("2026-02-01T00:00:00Z")) {
        history.take(entry);
    }
    assert_eq!((history.book.balance(), history.book.total(Total::Expired)), (Micros::units(3), Micros::units(10)));
    assert!(history.book.expire(at("2026-02-02T00:00:00Z")).is_empty());
}

#[test]
fn what_no_lot_pays_is_owed_and_paid_first() {
    let mut history = History::default();
    history.fund(1, "1", "2026-01-01T00:00:00Z", None);
    history.charge("1.50", "2026-01-02T00:00:00Z");
    assert_eq!((history.book.balance(), history.book.owed()), (Micros(-500_000), Micros(500_000)));
    history.fund(2, "0.20", "2026-01-03T00:00:00Z", None);
    assert_eq!((history.book.balance(), history.book.credits()), (Micros(-300_000), Micros::ZERO));
    history.fund(3, "5", "2026-01-04T00:00:00Z", None);
    assert_eq!((history.book.owed(), history.book.credits()), (Micros::ZERO, Micros(4_700_000)));
    // What is billed later is owed although there is credit.
    let lent = history.book.charge(Micros::units(3), Micros::units(2), occasion("2026-01-05T00:00:00Z")).unwrap();
    history.take(lent);
    assert_eq!((history.book.owed(), history.book.credits()), (Micros::units(2), Micros(3_700_000)));
}

#[test]
fn what_can_not_be_is_refused() {
    let mut history = History::default();
    let lot = |amount| NewLot { id: LotId(Uuid::from_u128(9)), expires_at: None, amount, source: Source::Voucher };
    let when = || occasion("2026-01-01T00:00:00Z");
    let fund = |book: &Book, amount| book.fund(lot(amount), EntryKind::Purchase, when());
    assert_eq!(fund(&history.book, Micros::ZERO), Err(Refusal::NotPositive));
    assert_eq!(fund(&history.book, Micros(-1)), Err(Refusal::NotPositive));
    assert_eq!(fund(&history.book, Micros(i64::MAX)), Err(Refusal::TooLarge));
    history.fund(1, "1", "2026-01-01T00:00:00Z", None);
    assert_eq!(fund(&history.book, Micros::MAX), Err(Refusal::TooLarge));
    let after = Micros(-1_000_000);
    assert_eq!(history.book.take_away(Micros::units(2), when()), Err(Refusal::BelowZero { after }));
    assert_eq!(history.book.take_away(Micros::ZERO, when()), Err(Refusal::NotPositive));
    assert_eq!(history.book.charge(Micros::ZERO, Micros::ZERO, when()), None);
    let taken = history.book.take_away(Micros::units(1), when()).unwrap();
    history.take(taken);
    assert_eq!(history.book.balance(), Micros::ZERO);
}

#[test]
fn entries_that_were_changed_are_found() {
    let mut history = History::default();
    history.fund(1, "10", "2026-01-01T00:00:00Z", None);
    history.charge("1", "2026-01-02T00:00:00Z");
    let tampered = |change: fn(&mut Vec<Entry>)| {
        let mut entries = history.entries.clone();
        change(&mut entries);
        Book::replay(&entries).unwrap_err()
    };
    assert_eq!(tampered(|all| all[1].postings[0].amount = Micros(-1)), Corrupt::Unbalanced { seq: 2 });
    assert_eq!(tampered(|all| drop(all.remove(0))), Corrupt::OutOfOrder { seq: 2, after: 0 });
    assert!(matches!(tampered(|all| all[1].balance_after = Micros(3)), Corrupt::Balance { seq: 2, .. }));
    assert_eq!(tampered(|all| all[0].lot = None), Corrupt::Lot { seq: 1 });
}

#[derive(Clone, Debug)]
enum Move {
    Fund { amount: i64, days: Option<i64>, kind: usize },
    Charge { amount: i64, owed: i64 },
    TakeAway { amount: i64 },
    Expire,
}

fn a_move() -> impl Strategy<Value = (i64, Move)> {
    let days = proptest::option::of(1_i64..60);
    let moved = prop_oneof![
        3 => (1_i64..50_000_000, days, 0_usize..4).prop_map(|(amount, days, kind)| Move::Fund { amount, days, kind }),
        6 => (0_i64..9_000_000, 0_i64..3_000_000).prop_map(|(amount, owed)| Move::Charge { amount, owed }),
        1 => (0_i64..20_000_000).prop_map(|amount| Move::TakeAway { amount }),
        1 => Just(Move::Expire),
    ];
    (0_i64..20, moved)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Specification of numbers, 5.7: invariants 3 and 6.
    #[test]
    fn every_history_sums_to_zero_and_replays(moves in proptest::collection::vec(a_move(), 0..80)) {
        let mut history = History::default();
        let mut now = at("2026-01-01T00:00:00Z");
        for (index, (days, moved)) in moves.into_iter().enumerate() {
            now += jiff::SignedDuration::from_hours(days * 24);
            let when = Occasion { at: now, key: index.to_string(), call: None, note: None };
            let book = &history.book;
            let entries = match moved {
                Move::Fund { amount, days, kind } => {
                    let kinds = [EntryKind::Purchase, EntryKind::Grant, EntryKind::Refund, EntryKind::Adjustment];
                    let expires_at = days.map(|days| now + jiff::SignedDuration::from_hours(days * 24));
                    let id = LotId(Uuid::from_u128(index as u128));
                    let lot = NewLot { id, expires_at, amount: Micros(amount), source: Source::Card };
                    vec![book.fund(lot, kinds[kind], when).unwrap()]
                }
                Move::Charge { amount, owed } => {
                    let charged = book.charge(Micros(amount), Micros(owed), when);
                    if let Some(entry) = &charged {
                        // Nobody owes while there is credit that could have paid.
                        let after = book.balance().minus(Micros(amount));
                        prop_assert_eq!(entry.balance_after, after);
                    }
                    charged.into_iter().collect()
                }
                Move::TakeAway { amount } => book.take_away(Micros(amount), when).into_iter().collect(),
                Move::Expire => book.expire(now),
            };
            for entry in entries {
                history.take(entry);
            }
            prop_assert_eq!(history.book.sum(), Micros::ZERO);
            prop_assert!(history.book.lots().iter().all(|lot| Micros::ZERO <= lot.remaining && lot.remaining <= lot.amount));
            prop_assert_eq!(history.book.credits().minus(history.book.owed()), history.book.balance());
        }
        prop_assert_eq!(Book::replay(&history.entries).unwrap(), history.book);
    }
}

#[derive(Default)]
struct History {
    entries: Vec<Entry>,
    book: Book,
}

impl History {
    fn take(&mut self, entry: Entry) {
        self.book.apply(&entry).unwrap();
        self.entries.push(entry);
    }

    fn fund(&mut self, id: u128, amount: &str, when: &str, expires: Option<&str>) {
        let lot = NewLot {
            id: LotId(Uuid::from_u128(id)),
            expires_at: expires.map(at),
            amount: Micros::parse(amount).unwrap(),
            source: Source::Voucher,
        };
        self.take(self.book.fund(lot, EntryKind::Purchase, occasion(when)).unwrap());
    }

    fn charge(&mut self, amount: &str, when: &str) {
        let amount = Micros::parse(amount).unwrap();
        self.take(self.book.charge(amount, Micros::ZERO, occasion(when)).unwrap());
    }
}

fn occasion(when: &str) -> Occasion {
    Occasion { at: at(when), key: when.to_owned(), call: None, note: None }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
