//! What the ledger tells of an organization: what it has, and how much of its calls is in that.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::amount::Micros;
use crate::id::{TenantId, UserId};
use crate::money::deck::{Direction, RateTable};
use crate::money::fraud::Seen;
use crate::money::pool::{Period, Person, PoolKey};
use crate::money::scope::{Scope, Span};
use crate::money::wallet::Wallet;

/// One organization's, as of one moment of the ledger.
#[derive(Clone, Debug)]
pub struct Account {
    pub tenant: TenantId,
    pub wallet: Wallet,
    /// Where its months begin.
    pub zone: TimeZone,
    /// What can be used of all lots.
    pub credits: Micros,
    /// What is owed, as a positive amount.
    pub owed: Micros,
    /// What the ledger has of charges, all in all.
    pub posted: Spent,
    /// What each pool grants, in seconds.
    pub granted: Arc<BTreeMap<PoolKey, u64>>,
    pub people: Arc<BTreeMap<UserId, Person>>,
    /// Decks that price its calls, in any order; the one that is valid counts.
    pub decks: Vec<Arc<RateTable>>,
    /// Calls of the last day, as far as rules against fraud want them, for who begins without having seen any.
    pub recent: Vec<Seen>,
    /// Until when it may be gone by, by the clock of who is told: afterwards the ledger is away, and what it says is no promise
    /// any more. None where calls go on by what was told last.
    pub good_until: Option<Timestamp>,
}

/// What calls took. Of money everything since the beginning; of pools and people what is of a month that matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    pub credits: Micros,
    pub owed: Micros,
    /// Seconds.
    pub pools: BTreeMap<PoolKey, u64>,
    pub people: BTreeMap<(UserId, Period), Micros>,
    /// Of today and tomorrow, of months that matter, and ever.
    pub scopes: BTreeMap<(Scope, Span), Micros>,
}

impl Account {
    /// The deck that prices calls of a direction at this time: the one that became valid last.
    pub fn deck(&self, direction: Direction, at: Timestamp) -> Option<&Arc<RateTable>> {
        let decks = self.decks.iter().filter(|table| {
            let deck = &table.deck;
            deck.direction == direction && deck.currency == self.wallet.currency && table.is_valid(at)
        });
        decks.max_by_key(|table| (table.deck.valid_from, table.deck.version))
    }
}
