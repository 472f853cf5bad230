//! What the live calls of one organization have reserved, and what is left for the next.
//!
//! What an organization may spend is told by the ledger; from then on reserving is a matter of this value alone, so that
//! no call waits for a database. What calls spend goes back to the ledger as charges. Since each telling of the ledger
//! says how much of the charges it knows, nothing counts twice and nothing is forgotten, whatever is still on its way.

pub mod account;
mod bounds;
mod held;
mod renewing;
mod terms;

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

pub use self::account::{Account, Others, Spent};
use self::held::Held;
use super::charge::{Charge, PaidLeg};
use super::deck::{Direction, Rate};
use super::fraud::Seen;
use super::funding::{Refusal, Source};
use super::lost::Ahead;
use super::meter::Meter;
use super::pool::{Period, PoolKey};
use super::scope::Scope;
use super::wallet::Dual;
use crate::amount::Micros;
use crate::id::UserId;
use crate::numbers::E164;

/// One organization's.
#[derive(Debug)]
pub struct Charging {
    account: Account,
    /// What the ledger knew of charges when this began, or when a month or a person came into sight.
    base: Spent,
    /// What calls took since.
    spent: Spent,
    held: Held,
    meters: BTreeMap<PaidLeg, (Asked, Meter)>,
    /// Calls of the last day, for rules against fraud.
    recent: VecDeque<(Option<PaidLeg>, Seen)>,
}

/// A call that costs something, as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub direction: Direction,
    /// Whose call it is; nobody's where an attendant or a queue takes it.
    pub user: Option<UserId>,
    /// The number that prices it: the one called, or the toll-free one.
    pub number: E164,
    pub from: String,
    pub to: String,
    /// What it counts for besides the person and the whole organization.
    pub scopes: Vec<Scope>,
    /// When it was asked for.
    pub at: Timestamp,
}

/// What happens to a leg that is paid for.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// To be told to the ledger.
    pub charge: Option<Charge>,
    /// Who talks is to hear that the call ends in so many seconds.
    pub warn_secs: Option<u32>,
    /// Nothing is left.
    pub ends: bool,
    /// Seconds since the answer at which to look again.
    pub next_secs: u32,
}

/// What a call would cost, and who would pay.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    pub rate: Option<Rate>,
    /// In order.
    pub sources: Vec<Source>,
    /// Who pays the first seconds, or why nobody does.
    pub verdict: Result<Source, Refusal>,
}

impl Charging {
    /// Begins with what the ledger says; it knows of no live call.
    pub fn new(account: Account) -> Self {
        let base = account.posted.clone();
        let recent = account.recent.iter().cloned().map(|seen| (None, seen)).collect();
        let (spent, held, meters) = (Spent::default(), Held::default(), BTreeMap::new());
        Self { account, base, spent, held, meters, recent }
    }

    /// What the ledger says now. Calls go on under it.
    pub fn update(&mut self, account: Account) {
        if self.recent.is_empty() {
            self.recent.extend(account.recent.iter().cloned().map(|seen| (None, seen)));
        }
        self.account = account;
    }

    /// The clock was set by so much: what was told lasts as long as it would have.
    pub fn set_clock(&mut self, by: SignedDuration) {
        let later = |at: Timestamp| at.saturating_add(by).unwrap_or(at);
        self.account.good_until = self.account.good_until.map(later);
        for (_, meter) in self.meters.values_mut() {
            meter.began_at = meter.began_at.map(later);
        }
    }

    /// What was told last.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// How many legs are paid for at the moment.
    pub fn n_live(&self) -> usize {
        self.meters.len()
    }

    /// What of the credits is neither spent nor reserved.
    pub fn credits_left(&self) -> Micros {
        let ever = self.account.credits.plus(self.account.posted.credits).minus(self.base.credits);
        ever.minus(self.spent.credits).minus(self.credits_reserved())
    }

    /// What live calls have reserved of credits.
    pub fn credits_reserved(&self) -> Micros {
        self.held.amount(&Source::Credits)
    }

    /// What may still be owed, neither owed nor reserved.
    pub fn postpaid_left(&self) -> Micros {
        let account = &self.account;
        let ever = account.wallet.postpaid_limit().minus(account.owed).plus(account.posted.owed).minus(self.base.owed);
        let held = self.held.amount(&Source::Postpaid).plus(self.held.amount(&Source::Debt));
        ever.minus(self.spent.owed).minus(held)
    }

    /// The same, after what credits were overdrawn by, which becomes owed when the ledger hears of it.
    fn may_be_owed(&self) -> Micros {
        self.postpaid_left().plus(self.credits_left().min(Micros::ZERO))
    }

    /// Whether a call to a toll-free number may be taken: there is something left, or may be owed.
    pub fn takes_toll_free(&self) -> Result<(), Refusal> {
        if self.account.wallet.frozen {
            return Err(Refusal::Frozen);
        }
        let left = self.credits_left().is_positive() || self.may_be_owed().is_positive();
        if left { Ok(()) } else { Err(Refusal::NoCredit) }
    }

    /// What a call would cost, who would pay, and whether it would be placed. Nothing is reserved.
    pub fn quote(&self, asked: &Asked) -> Quote {
        match self.terms(asked, asked.at) {
            Ok(terms) => {
                let (rate, sources) = (terms.rate.clone(), terms.sources.clone());
                let judged = self.judge(asked, rate.as_ref());
                let verdict = judged.and_then(|()| self.first(asked, &mut terms.meter()));
                Quote { rate, sources, verdict }
            }
            Err((rate, refusal)) => Quote { rate, sources: Vec::new(), verdict: Err(refusal) },
        }
    }

    /// Reserves the first block of a call before it is placed or taken; who pays it.
    pub fn reserve(&mut self, id: PaidLeg, asked: Asked) -> Result<Source, Refusal> {
        let mut meter = self.terms(&asked, asked.at).map_err(|(_, refusal)| refusal)?.meter();
        self.judge(&asked, meter.rate())?;
        let source = self.first(&asked, &mut meter)?;
        self.see(id, &asked, meter.rate().cloned().as_ref());
        self.put(id, asked, meter);
        Ok(source)
    }

    /// It is not placed, or nobody answered: what was reserved is free again.
    pub fn void(&mut self, id: PaidLeg) {
        self.pick(id);
    }

    /// It is answered: from now on it is paid, at the price of this moment. None if it is not paid for.
    pub fn answered(&mut self, id: PaidLeg, at: Timestamp) -> Option<Step> {
        let (asked, mut meter) = self.pick(id)?;
        if let Ok(terms) = self.terms(&asked, at)
            && terms.rate != meter.rate
        {
            let mut anew = terms.meter();
            // What can't be paid at the new price goes on at the one that was promised.
            if self.first(&asked, &mut anew).is_ok() {
                meter = anew;
            }
        }
        (meter.answered_at, meter.began_at) = (Some(at), Some(at));
        self.put(id, asked, meter);
        self.elapsed(id, 0)
    }

    /// It ended so many whole seconds after the answer. None if it was never answered, or is not paid for.
    pub fn ended(&mut self, id: PaidLeg, secs: u32) -> Option<Charge> {
        let (asked, meter) = self.pick(id)?;
        // A call that was answered has begun its first second.
        let charge = self.charge(id, &asked, &meter, secs.max(1), true)?;
        self.book(&asked, &charge);
        Some(charge)
    }

    fn put(&mut self, id: PaidLeg, asked: Asked, meter: Meter) {
        self.held.add(&asked, &meter);
        // What was posted of a month before its first call was seen is not of this value's calls.
        for taken in meter.reserved() {
            if let Source::Pool { pool } = taken.source {
                let posted = self.account.posted.pools.get(&pool).copied().unwrap_or_default();
                self.base.pools.entry(pool).or_insert(posted);
            }
        }
        if let Some(user) = asked.user {
            let person = (user, self.period(asked.at));
            let posted = self.account.posted.people.get(&person).copied().unwrap_or_default();
            self.base.people.entry(person).or_insert(posted);
        }
        for key in self.budget_keys(&asked) {
            let posted = self.account.posted.scopes.get(&key).copied().unwrap_or_default();
            self.base.scopes.entry(key).or_insert(posted);
        }
        self.meters.insert(id, (asked, meter));
    }

    fn pick(&mut self, id: PaidLeg) -> Option<(Asked, Meter)> {
        let (asked, meter) = self.meters.remove(&id)?;
        self.held.remove(&asked, &meter);
        debug_assert!(
            !self.meters.is_empty() || self.held.is_empty(),
            "something is reserved for no call: {:?}",
            self.held
        );
        Some((asked, meter))
    }

    fn book(&mut self, asked: &Asked, charge: &Charge) {
        let mut paid = Micros::ZERO;
        for segment in &charge.segments {
            match &segment.source {
                Source::Pool { pool } => {
                    *self.spent.pools.entry(pool.clone()).or_default() += u64::from(segment.billed_secs);
                }
                Source::Credits => self.spent.credits = self.spent.credits.plus(segment.amount),
                Source::Postpaid | Source::Debt => self.spent.owed = self.spent.owed.plus(segment.amount),
                Source::Free | Source::NotRated => {}
            }
            paid = paid.plus(segment.amount);
        }
        for key in self.budget_keys(asked) {
            let known = self.spent.scopes.entry(key).or_default();
            *known = known.plus(paid);
        }
        self.see_cost(charge.id, paid);
        if let Some(user) = charge.user {
            let known = self.spent.people.entry((user, self.period(asked.at))).or_default();
            *known = known.plus(paid);
        }
    }

    fn charge(&self, id: PaidLeg, asked: &Asked, meter: &Meter, secs: u32, finished: bool) -> Option<Charge> {
        let answered_at = meter.answered_at?;
        let rate = meter.rate.as_ref();
        let billed_secs = rate.map_or(0, |rate| rate.increments.billed_secs(secs));
        Some(Charge {
            id,
            tenant: self.account.tenant,
            direction: asked.direction,
            user: asked.user,
            from: asked.from.clone(),
            to: asked.to.clone(),
            destination: rate.map(|rate| rate.destination.clone()),
            country: rate.and_then(|rate| rate.country.clone()),
            currency: self.account.wallet.currency,
            deck: meter.deck,
            prefix: rate.map(|rate| rate.prefix.clone()),
            kind: rate.map(|rate| rate.kind),
            per_minute: rate.map(|rate| rate.price.per_minute),
            connection_fee: rate.map(|rate| rate.price.connection_fee),
            answered_at,
            secs,
            segments: meter.segments(secs.max(1)),
            scopes: asked.scopes.clone(),
            cost: rate.and_then(|rate| rate.cost).map(|price| price.total(billed_secs)),
            reseller: rate.and_then(|rate| rate.reseller).map(|price| price.total(billed_secs)),
            finished,
            ahead: (!finished).then(|| Ahead::of(meter)),
        })
    }

    fn period(&self, at: Timestamp) -> Period {
        Period::of(at, &self.account.zone)
    }

    /// Seconds of a pool that are neither used nor reserved.
    pub fn pool_left(&self, pool: &PoolKey) -> u64 {
        let own = self.pool_left_alone(pool);
        let sibling = PoolKey { bucket: pool.bucket.other(), ..pool.clone() };
        let closes_both = self.account.wallet.pools.dual == Dual::FirstReached;
        let is_closed =
            closes_both && self.account.granted.contains_key(&sibling) && self.pool_left_alone(&sibling) == 0;
        if is_closed { 0 } else { own }
    }

    fn pool_left_alone(&self, pool: &PoolKey) -> u64 {
        let granted = self.account.granted.get(pool).copied().unwrap_or_default();
        let posted = self.account.posted.pools.get(pool).copied().unwrap_or_default();
        let before = self.base.pools.get(pool).copied().unwrap_or(posted);
        let since = self.spent.pools.get(pool).copied().unwrap_or_default();
        let held = self.held.secs(&Source::Pool { pool: pool.clone() });
        granted.saturating_sub(before).saturating_sub(since).saturating_sub(held)
    }

    /// What a person may still spend in a month; none without a limit.
    fn person_left(&self, asked: &Asked) -> Option<Micros> {
        let limit = self.account.wallet.person_limit?;
        let user = asked.user?;
        let person = (user, self.period(asked.at));
        let posted = self.account.posted.people.get(&person).copied().unwrap_or_default();
        let before = self.base.people.get(&person).copied().unwrap_or(posted);
        let since = self.spent.people.get(&person).copied().unwrap_or_default();
        let own = before.plus(since).plus(self.held.of_person(user));
        let others = &self.account.others;
        let elsewhere = others.people.get(&person).copied().unwrap_or_default();
        // What is left is divided until the others are seen again: they may take their part of it meanwhile.
        let left = limit.minus(elsewhere).minus(posted);
        let part = Micros(left.0.div_euclid(i64::from(others.n).saturating_add(1)));
        Some(posted.plus(part).minus(own))
    }
}
