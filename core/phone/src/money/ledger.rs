//! The ledger of one organization: double entry, and nothing in it is ever changed. Design 6, specification of numbers 1.7.2.
//!
//! An entry moves money between accounts, so that its postings sum to zero. [`Book`] is what the entries come to: it is
//! made by replaying them and by nothing else. A mistake is mended by another entry.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::lot::{Lot, Source};
use crate::amount::Micros;
use crate::id::{CallId, LotId};
use crate::rule::Broken;

/// Between what money moves. What the organization has is positive, what it owes negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "account", content = "id")]
pub enum Account {
    /// Who runs the server gave or took it.
    Adjustments,
    /// Credit that lapsed.
    Expired,
    /// What was paid in, from wherever.
    Funding,
    /// Credit that was bought and is not used.
    Lot(LotId),
    /// What is used and not paid yet.
    Owed,
    /// What calls took.
    Usage,
}

/// One side of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    #[serde(flatten)]
    pub account: Account,
    pub amount: Micros,
}

/// Why money moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    Adjustment,
    /// A call, or a part of one.
    Charge,
    Expiry,
    Grant,
    Purchase,
    /// Credit for a call that was charged before.
    Refund,
    /// A payment goes back to who paid, or comes again.
    Reversal,
}

/// One movement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Counts the entries of an organization, from 1.
    pub seq: u64,
    pub at: Timestamp,
    pub kind: EntryKind,
    /// Names the reason: what comes twice with one key is one movement.
    pub key: String,
    pub postings: Vec<Posting>,
    /// The lot that begins with this entry.
    pub lot: Option<NewLot>,
    /// The call that took it.
    pub call: Option<CallId>,
    /// What the organization has after it; below nothing where it owes.
    pub balance_after: Micros,
    /// In words, for the statement.
    pub note: Option<String>,
}

/// Credit that an entry brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewLot {
    pub id: LotId,
    pub expires_at: Option<Timestamp>,
    pub amount: Micros,
    pub source: Source,
}

/// What the entries of an organization come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    /// In the order in which they are used: as they were bought.
    lots: Vec<Lot>,
    totals: BTreeMap<Total, Micros>,
    last_seq: u64,
}

/// Accounts that are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Total {
    Adjustments,
    Expired,
    Funding,
    Owed,
    Usage,
}

/// Why money does not move.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the amount is not more than nothing")]
    NotPositive,
    #[error("the balance would be beyond what can be written")]
    TooLarge,
    #[error("the balance would be {after}")]
    BelowZero { after: Micros },
}

/// An entry that does not follow from those before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Corrupt {
    #[error("entry {seq} does not sum to zero")]
    Unbalanced { seq: u64 },
    #[error("entry {seq} follows entry {after}")]
    OutOfOrder { seq: u64, after: u64 },
    #[error("entry {seq} takes more from a lot than is left, or from one that is not there")]
    Lot { seq: u64 },
    #[error("entry {seq} says that the balance is {said}; it is {is}")]
    Balance { seq: u64, said: Micros, is: Micros },
    #[error("entry {seq} brings an account beyond what can be written")]
    BeyondType { seq: u64 },
}

/// What is told of a movement besides its amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    pub at: Timestamp,
    pub key: String,
    pub call: Option<CallId>,
    pub note: Option<String>,
}

impl Book {
    /// What entries come to, from the first.
    pub fn replay<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<Self, Corrupt> {
        let mut book = Self::default();
        for entry in entries {
            book.apply(entry)?;
        }
        Ok(book)
    }

    /// A book as it was kept: its lots as they were bought, what every account comes to, and how many entries it has.
    pub fn kept(lots: Vec<Lot>, totals: BTreeMap<Total, Micros>, last_seq: u64) -> Self {
        Self { lots, totals, last_seq }
    }

    /// Takes one entry more.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Corrupt> {
        let seq = entry.seq;
        if seq != self.last_seq + 1 {
            return Err(Corrupt::OutOfOrder { seq, after: self.last_seq });
        }
        if entry.postings.iter().map(|posting| i128::from(posting.amount.0)).sum::<i128>() != 0 {
            return Err(Corrupt::Unbalanced { seq });
        }
        // Before anything is taken, so that what does not fit changes nothing.
        let fits = |posting: &Posting| match total_of(posting.account) {
            Ok(total) => self.total(total).checked_add(posting.amount).is_some(),
            Err(_) => true,
        };
        if !entry.postings.iter().all(fits) {
            return Err(Corrupt::BeyondType { seq });
        }
        if let Some(NewLot { id, expires_at, amount, source }) = entry.lot {
            let lot = Lot { id, bought_at: entry.at, expires_at, amount, remaining: Micros::ZERO, source };
            self.lots.push(lot);
        }
        for posting in &entry.postings {
            match total_of(posting.account) {
                Ok(total) => {
                    let known = self.totals.entry(total).or_default();
                    *known = known.plus(posting.amount);
                }
                Err(id) => {
                    let lot = self.lots.iter_mut().rfind(|lot| lot.id == id).ok_or(Corrupt::Lot { seq })?;
                    lot.remaining = lot.remaining.plus(posting.amount);
                    if lot.remaining < Micros::ZERO || lot.amount < lot.remaining {
                        return Err(Corrupt::Lot { seq });
                    }
                }
            }
        }
        self.last_seq = seq;
        let is = self.balance();
        if is != entry.balance_after {
            return Err(Corrupt::Balance { seq, said: entry.balance_after, is });
        }
        Ok(())
    }

    /// What the organization has: its lots, less what it owes.
    pub fn balance(&self) -> Micros {
        self.credits().plus(self.total(Total::Owed))
    }

    /// What is left of all lots.
    pub fn credits(&self) -> Micros {
        self.lots.iter().map(|lot| lot.remaining).sum()
    }

    /// What can be used at this time: lots that have lapsed are no credit any more, booked or not.
    pub fn usable(&self, at: Timestamp) -> Micros {
        self.lots.iter().filter(|lot| lot.is_usable(at)).map(|lot| lot.remaining).sum()
    }

    /// How much is owed, as a positive amount.
    pub fn owed(&self) -> Micros {
        self.total(Total::Owed).negated()
    }

    /// What an account comes to.
    pub fn total(&self, total: Total) -> Micros {
        self.totals.get(&total).copied().unwrap_or_default()
    }

    /// Its lots, as they were bought.
    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    /// How many entries it has.
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// Every account added up; zero, always.
    pub fn sum(&self) -> Micros {
        self.credits().plus(self.totals.values().copied().sum())
    }

    /// Credit comes in. What is owed is paid first; the rest is a lot.
    pub fn fund(&self, lot: NewLot, kind: EntryKind, occasion: Occasion) -> Result<Entry, Refusal> {
        if !lot.amount.is_positive() {
            return Err(Refusal::NotPositive);
        }
        if Micros::MAX < self.balance().plus(lot.amount) {
            return Err(Refusal::TooLarge);
        }
        let paid = self.owed().max(Micros::ZERO).min(lot.amount);
        let from = match kind {
            EntryKind::Refund => Account::Usage,
            EntryKind::Adjustment | EntryKind::Grant => Account::Adjustments,
            EntryKind::Purchase | EntryKind::Charge | EntryKind::Expiry | EntryKind::Reversal => Account::Funding,
        };
        let postings =
            [(from, lot.amount.negated()), (Account::Owed, paid), (Account::Lot(lot.id), lot.amount.minus(paid))];
        Ok(self.entry(kind, &postings, Some(lot), occasion))
    }

    /// A call takes an amount: from the oldest lot that has any left, then from the next; what no lot can pay is owed.
    /// `owed` of it is owed from the first, because it was lent. None if nothing is taken.
    pub fn charge(&self, amount: Micros, owed: Micros, occasion: Occasion) -> Option<Entry> {
        self.take(amount, owed, Account::Usage, EntryKind::Charge, occasion)
    }

    /// Who runs the server takes credit away. Only what is there can be taken.
    pub fn take_away(&self, amount: Micros, occasion: Occasion) -> Result<Entry, Refusal> {
        let after = self.balance().minus(amount);
        if after < Micros::ZERO {
            return Err(Refusal::BelowZero { after });
        }
        let entry = self.take(amount, Micros::ZERO, Account::Adjustments, EntryKind::Adjustment, occasion);
        entry.ok_or(Refusal::NotPositive)
    }

    /// A payment goes back to who paid: what its own lot has left, then the others; what is used already is owed.
    pub fn reverse(&self, amount: Micros, lot: Option<LotId>, occasion: Occasion) -> Result<Entry, Refusal> {
        if !amount.is_positive() {
            return Err(Refusal::NotPositive);
        }
        let own = self.lots.iter().filter(|it| Some(it.id) == lot && it.remaining.is_positive());
        let others = self.lots.iter().filter(|it| Some(it.id) != lot && it.is_usable(occasion.at));
        let (mut postings, left) = drawn(own.chain(others), amount);
        postings.extend([(Account::Owed, left.negated()), (Account::Funding, amount)]);
        Ok(self.entry(EntryKind::Reversal, &postings, None, occasion))
    }

    /// Lots that lapsed by this time and have something left: one entry for each.
    pub fn expire(&self, at: Timestamp) -> Vec<Entry> {
        let mut after = self.clone();
        let lapsed = self.lots.iter().filter(|lot| lot.remaining.is_positive() && !lot.is_usable(at));
        let mut entries = Vec::new();
        for lot in lapsed {
            let occasion = Occasion { at, key: format!("expiry:{}", lot.id), call: None, note: None };
            let postings = [(Account::Lot(lot.id), lot.remaining.negated()), (Account::Expired, lot.remaining)];
            let entry = after.entry(EntryKind::Expiry, &postings, None, occasion);
            // It is made of what the lot has.
            if after.apply(&entry).is_ok() {
                entries.push(entry);
            }
        }
        entries
    }

    fn take(&self, amount: Micros, owed: Micros, to: Account, kind: EntryKind, occasion: Occasion) -> Option<Entry> {
        if !amount.is_positive() {
            return None;
        }
        let owed = owed.max(Micros::ZERO).min(amount);
        let usable = self.lots.iter().filter(|lot| lot.is_usable(occasion.at));
        let (mut postings, left) = drawn(usable, amount.minus(owed));
        postings.extend([(Account::Owed, left.plus(owed).negated()), (to, amount)]);
        Some(self.entry(kind, &postings, None, occasion))
    }

    fn entry(&self, kind: EntryKind, postings: &[(Account, Micros)], lot: Option<NewLot>, occasion: Occasion) -> Entry {
        let Occasion { at, key, call, note } = occasion;
        let moved = postings.iter().filter(|(_, amount)| *amount != Micros::ZERO);
        let postings: Vec<Posting> =
            moved.map(|(account, amount)| Posting { account: *account, amount: *amount }).collect();
        let has = postings.iter().filter(|posting| matches!(posting.account, Account::Lot(_) | Account::Owed));
        let change: Micros = has.map(|posting| posting.amount).sum();
        let balance_after = self.balance().plus(change);
        Entry { seq: self.last_seq + 1, at, kind, key, postings, lot, call, balance_after, note }
    }
}

/// What lots give of an amount, one after the other, and what of it none has.
fn drawn<'a>(lots: impl Iterator<Item = &'a Lot>, amount: Micros) -> (Vec<(Account, Micros)>, Micros) {
    let mut left = amount;
    let postings = lots.map(|lot| {
        let part = lot.remaining.min(left);
        left = left.minus(part);
        (Account::Lot(lot.id), part.negated())
    });
    (postings.collect(), left)
}

/// An account that is added up, or the lot that it is.
fn total_of(account: Account) -> Result<Total, LotId> {
    match account {
        Account::Adjustments => Ok(Total::Adjustments),
        Account::Expired => Ok(Total::Expired),
        Account::Funding => Ok(Total::Funding),
        Account::Lot(id) => Err(id),
        Account::Owed => Ok(Total::Owed),
        Account::Usage => Ok(Total::Usage),
    }
}

impl EntryKind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Adjustment, Self::Charge, Self::Expiry, Self::Grant, Self::Purchase, Self::Refund, Self::Reversal];

    /// The stable name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Adjustment => "adjustment",
            Self::Charge => "charge",
            Self::Expiry => "expiry",
            Self::Grant => "grant",
            Self::Purchase => "purchase",
            Self::Refund => "refund",
            Self::Reversal => "reversal",
        }
    }

    /// Reads the stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotPositive => "credits.not_positive",
            Self::TooLarge => "credits.too_large",
            Self::BelowZero { .. } => "credits.below_zero",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::NotPositive => "give an amount of more than 0.00".to_owned(),
            Self::TooLarge => format!("a balance is at most {}", Micros::MAX),
            Self::BelowZero { .. } => "take away at most what is there".to_owned(),
        }
    }

    fn is_conflict(&self) -> bool {
        matches!(self, Self::BelowZero { .. } | Self::TooLarge)
    }
}
