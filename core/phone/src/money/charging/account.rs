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
use crate::money::share::parts::{Part, Shared, Whole};
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
    /// Of what budgets leave for scopes, what is not for who is told: others spent it, or may.
    pub elsewhere: BTreeMap<(Scope, Span), Micros>,
    /// What other servers do that share the ledger.
    pub others: Others,
    /// Until when it may be gone by, by the clock of who is told: afterwards the ledger is away, and what it says is no promise
    /// any more. None where calls go on by what was told last.
    pub good_until: Option<Timestamp>,
}

/// Other servers on the same ledger, as they were seen last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// How many there are that may spend.
    pub n: u32,
    /// What people spent by them.
    pub people: BTreeMap<(UserId, Period), Micros>,
    /// Their calls of the last day, the newest first, as far as rules against fraud want them.
    pub calls: Vec<Seen>,
}

/// What calls took. Of money everything since the beginning; of pools and people what is of a month that matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    pub credits: Micros,
    pub owed: Micros,
    /// Seconds.
    pub pools: BTreeMap<PoolKey, u64>,
    /// What people spent by the server that is told.
    pub people: BTreeMap<(UserId, Period), Micros>,
    /// Of today and tomorrow, of months that matter, and ever.
    pub scopes: BTreeMap<(Scope, Span), Micros>,
}

impl Account {
    /// What servers share besides the balance, with how much there is of it: minutes of plans, and what budgets that hold at
    /// these times leave.
    pub fn wholes(&self, times: &[Timestamp]) -> BTreeMap<Shared, Whole> {
        let pools = self.granted.iter().map(|(pool, granted)| {
            let posted = self.posted.pools.get(pool).copied().unwrap_or_default();
            let [granted, posted] = [*granted, posted].map(|secs| i64::try_from(secs).unwrap_or(i64::MAX));
            (Shared::Pool { pool: pool.clone() }, Whole { left: granted.saturating_sub(posted), posted })
        });
        let mut wholes: BTreeMap<Shared, Whole> = pools.collect();
        for budget in self.wallet.controls.budgets.iter().filter(|budget| budget.blocks || budget.set_apart) {
            for at in times.iter().filter(|at| budget.is_in_force(**at)) {
                let (scope, span) = (budget.scope.clone(), budget.every.span(*at, &self.zone));
                let posted = self.posted.scopes.get(&(scope.clone(), span)).copied().unwrap_or_default();
                let left = budget.limit.minus(posted).0;
                let known = wholes.entry(Shared::Budget { scope, span }).or_insert(Whole { left, posted: posted.0 });
                known.left = known.left.min(left);
            }
        }
        wholes
    }

    /// Leaves of all that is shared one server's part.
    pub fn divide(&mut self, wholes: &BTreeMap<Shared, Whole>, parts: &BTreeMap<Shared, Part>) {
        for (shared, part) in parts {
            let secs = |secs: i64| u64::try_from(secs).unwrap_or_default();
            match shared {
                Shared::Pool { pool } => {
                    Arc::make_mut(&mut self.granted).insert(pool.clone(), secs(part.told.saturating_add(part.posted)));
                    self.posted.pools.insert(pool.clone(), secs(part.posted));
                }
                Shared::Budget { scope, span } => {
                    let Some(Whole { left, posted }) = wholes.get(shared).copied() else { continue };
                    let of_others =
                        Micros(left).plus(Micros(posted)).minus(Micros(part.told)).minus(Micros(part.posted));
                    self.elsewhere.insert((scope.clone(), *span), of_others);
                    self.posted.scopes.insert((scope.clone(), *span), Micros(part.posted));
                }
            }
        }
    }

    /// The deck that prices calls of a direction at this time: the one that became valid last.
    pub fn deck(&self, direction: Direction, at: Timestamp) -> Option<&Arc<RateTable>> {
        let decks = self.decks.iter().filter(|table| {
            let deck = &table.deck;
            deck.direction == direction && deck.currency == self.wallet.currency && table.is_valid(at)
        });
        decks.max_by_key(|table| (table.deck.valid_from, table.deck.version))
    }
}
