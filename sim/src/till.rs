//! The ledger of the simulated organization: what the switch tells of costs reaches it late, twice or after a kill, and it
//! tells the switch what is left.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use phone::id::{CallId, LotId, RateDeckId, UserId};
use phone::money::charge::{Charge, PaidLeg};
use phone::money::charging::{Account, Others, Spent};
use phone::money::deck::import::read;
use phone::money::deck::{Direction, RateDeck, RateTable};
use phone::money::ledger::{Book, Entry, EntryKind, NewLot, Occasion, Total};
use phone::money::lost::Moment;
use phone::money::lot::Source;
use phone::money::pool::{self, Period, Person};
use phone::money::posting::delta;
use phone::money::scope::Span;
use phone::money::share::Share;
use phone::money::share::parts::Shared;
use phone::money::wallet::Wallet;
use phone::money::{Currency, Micros};
use uuid::Uuid;

use crate::demo;

const OUTBOUND: &str = "prefix,destination,country,price\n1,North America,,0.02\n49,Germany,DE,0.06\n";
const TOLL_FREE: &str = "prefix,destination,price\n1800,Toll-free,0.03\n";

/// One ledger.
#[derive(Debug)]
pub struct Till {
    pub wallet: Wallet,
    /// Everything that was told, in order.
    pub told: Vec<Charge>,
    /// When the process said last that it lives, after all that was told before.
    pub alive: Option<Moment>,
    /// How much of it has reached the ledger.
    n_settled: usize,
    entries: Vec<Entry>,
    pub book: Book,
    charges: BTreeMap<PaidLeg, Charge>,
    spent: Spent,
    decks: Vec<Arc<RateTable>>,
    people: Arc<BTreeMap<UserId, Person>>,
}

/// What was booked at once.
#[derive(Debug, Default)]
pub struct Booked {
    pub share: Share,
    pub parts: BTreeMap<Shared, i64>,
    /// By whom and in which month.
    pub people: BTreeMap<(UserId, Period), Micros>,
}

impl Default for Till {
    fn default() -> Self {
        let deck = |text: &str, direction| {
            let sheet = read(text.as_bytes(), Currency::USD).unwrap_or_else(|why| panic!("the deck is one: {why}"));
            let deck = RateDeck {
                id: RateDeckId(Uuid::from_u128(1)),
                name: "sim".to_owned(),
                version: 1,
                direction,
                currency: Currency::USD,
                valid_from: Timestamp::UNIX_EPOCH,
                valid_to: None,
                time_zone: "UTC".to_owned(),
                n_rates: 0,
            };
            Arc::new(RateTable::new(deck, sheet.rates))
        };
        Self {
            wallet: Wallet::prepaid(Currency::USD),
            told: Vec::new(),
            alive: None,
            n_settled: 0,
            entries: Vec::new(),
            book: Book::default(),
            charges: BTreeMap::new(),
            spent: Spent::default(),
            decks: vec![deck(OUTBOUND, Direction::Outbound), deck(TOLL_FREE, Direction::TollFreeInbound)],
            people: Arc::default(),
        }
    }
}

impl Till {
    /// Gives a person a plan.
    pub fn give(&mut self, index: usize, plan: &str) {
        let person = Person { country: "US".to_owned(), plans: vec![plan.to_owned()], has_credits: false };
        Arc::make_mut(&mut self.people).insert(demo::user_id(index), person);
    }

    /// Of the minutes of this month all but so many seconds are used.
    pub fn use_up(&mut self, left_secs: u64, at: Timestamp) {
        let granted = pool::granted(self.people.iter(), Period::of(at, &TimeZone::UTC));
        self.spent.pools.extend(granted.into_iter().map(|(pool, secs)| (pool, secs.saturating_sub(left_secs))));
    }

    /// What is used of minutes, and spent for whom.
    pub fn spent(&self) -> &Spent {
        &self.spent
    }

    /// Something was paid in.
    pub fn fund(&mut self, amount: &str, at: Timestamp) {
        let amount = Micros::parse(amount).unwrap_or_else(|why| panic!("{amount} is an amount: {why}"));
        let id = LotId(Uuid::from_u128(u128::from(self.book.last_seq()) + 1));
        let lot = NewLot { id, expires_at: None, amount, source: Source::Voucher };
        let occasion = Occasion { at, key: format!("fund:{id}"), call: None, note: None };
        let entry = self.book.fund(lot, EntryKind::Purchase, occasion);
        self.post(entry.unwrap_or_else(|why| panic!("credit comes in: {why}")));
    }

    /// The switch told of costs.
    pub fn take(&mut self, charge: Charge) {
        assert!(charge.segments.iter().all(|it| Micros::ZERO <= it.amount), "a call gives money: {charge:?}");
        self.told.push(charge);
    }

    /// All that was told reaches the ledger, some of it once more. What is booked by that.
    pub fn settle(&mut self) -> Booked {
        let Booked { share: mut booked, mut parts, mut people } = Booked::default();
        for index in self.n_settled.saturating_sub(3)..self.told.len() {
            let Some(charge) = self.told.get(index).cloned() else { continue };
            let Some(delta) = delta(self.charges.get(&charge.id), &charge) else { continue };
            for (pool, secs) in delta.pools {
                *parts.entry(Shared::Pool { pool: pool.clone() }).or_default() +=
                    i64::try_from(secs).unwrap_or(i64::MAX);
                *self.spent.pools.entry(pool).or_default() += secs;
            }
            for scope in charge.counted() {
                for span in Span::all(charge.answered_at, &TimeZone::UTC) {
                    *parts.entry(Shared::Budget { scope: scope.clone(), span }).or_default() += delta.amount.0;
                    let spent = self.spent.scopes.entry((scope.clone(), span)).or_default();
                    *spent = spent.plus(delta.amount);
                }
            }
            if let Some(user) = charge.user {
                let person = (user, Period::of(charge.answered_at, &TimeZone::UTC));
                for people in [&mut people, &mut self.spent.people] {
                    let spent = people.entry(person).or_default();
                    *spent = spent.plus(delta.amount);
                }
            }
            let key = format!("{}:{}:{}:{}", charge.id.call, charge.id.leg, charge.secs, charge.finished);
            let occasion = Occasion { at: charge.answered_at, key, call: Some(charge.id.call), note: None };
            if let Some(entry) = self.book.charge(delta.amount, delta.owed, occasion) {
                self.post(entry);
            }
            booked.credits = booked.credits.plus(delta.amount.minus(delta.owed));
            booked.owable = booked.owable.plus(delta.owed);
            self.charges.insert(charge.id, charge);
        }
        self.spent.credits = self.spent.credits.plus(booked.credits);
        self.spent.owed = self.spent.owed.plus(booked.owable);
        self.n_settled = self.told.len();
        Booked { share: booked, parts, people }
    }

    /// What was booked of a call last, by leg.
    pub fn charges_of(&self, call: CallId) -> impl Iterator<Item = &Charge> {
        self.charges.values().filter(move |charge| charge.id.call == call)
    }

    /// What the switch is told.
    pub fn account(&self, at: Timestamp) -> Account {
        let period = Period::of(at, &TimeZone::UTC);
        Account {
            tenant: demo::TENANT,
            wallet: self.wallet.clone(),
            zone: TimeZone::UTC,
            credits: self.book.usable(at),
            owed: self.book.owed(),
            posted: self.spent.clone(),
            granted: Arc::new(pool::granted(self.people.iter(), period)),
            people: self.people.clone(),
            decks: self.decks.clone(),
            recent: Vec::new(),
            elsewhere: BTreeMap::new(),
            others: Others::default(),
            good_until: None,
        }
    }

    /// What must hold at any moment: the ledger sums to zero and replays.
    pub fn check(&self) {
        assert_eq!(self.book.sum(), Micros::ZERO, "the ledger does not sum to zero");
        let replayed = Book::replay(&self.entries).unwrap_or_else(|why| panic!("the ledger replays: {why}"));
        assert_eq!(replayed, self.book, "a balance is not what its entries come to");
    }

    /// What must hold when every call is over: each was told to its end once, and all of it is booked.
    pub fn check_all_told(&mut self) {
        self.settle();
        self.check();
        let mut last: BTreeMap<PaidLeg, &Charge> = BTreeMap::new();
        for charge in &self.told {
            let before = last.insert(charge.id, charge);
            assert!(before.is_none_or(|before| !before.finished), "told after its end: {charge:?}");
            assert!(before.is_none_or(|before| before.amount() <= charge.amount()), "it got cheaper: {charge:?}");
        }
        for charge in last.values() {
            assert!(charge.finished, "a paid call has no end: {charge:?}");
            let mut at = 0;
            for segment in &charge.segments {
                assert_eq!(segment.from_secs, at, "seconds nobody paid for, or two did: {charge:?}");
                at = segment.to_secs;
            }
            assert_eq!(at, charge.secs, "seconds nobody paid for: {charge:?}");
        }
        let paid: Micros = last.values().map(|charge| charge.amount()).sum();
        assert_eq!(self.book.total(Total::Usage), paid, "what calls cost is not what is booked");
    }

    fn post(&mut self, entry: Entry) {
        self.book.apply(&entry).unwrap_or_else(|why| panic!("an entry follows from those before: {why}"));
        self.entries.push(entry);
    }
}
