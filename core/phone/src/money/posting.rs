//! From what a call has cost to what is booked: only what was not booked before.

use std::collections::BTreeMap;

use super::charge::Charge;
use super::funding::Source;
use super::pool::PoolKey;
use crate::amount::Micros;

/// What is to be booked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// All that is taken, what is owed included.
    pub amount: Micros,
    /// What was lent from the first: billed later, or talked to the end without credit.
    pub owed: Micros,
    /// Seconds of pools.
    pub pools: BTreeMap<PoolKey, u64>,
}

/// What a telling adds to the one that was booked last. None if it adds nothing: it is the same, an earlier one, or
/// comes after the last.
pub fn delta(booked: Option<&Charge>, told: &Charge) -> Option<Delta> {
    let is_news = booked.is_none_or(|booked| {
        !booked.finished && (booked.secs < told.secs || (booked.secs == told.secs && told.finished))
    });
    if !is_news {
        return None;
    }
    let before = booked.map(Sums::of).unwrap_or_default();
    let after = Sums::of(told);
    let more = |after: Micros, before: Micros| after.minus(before).max(Micros::ZERO);
    let pools = after.pools.into_iter().map(|(pool, secs)| {
        let known = before.pools.get(&pool).copied().unwrap_or_default();
        (pool, secs.saturating_sub(known))
    });
    let owed = more(after.owed, before.owed);
    Some(Delta {
        amount: more(after.credits, before.credits).plus(owed),
        owed,
        pools: pools.filter(|(_, secs)| 0 < *secs).collect(),
    })
}

#[derive(Default)]
struct Sums {
    credits: Micros,
    owed: Micros,
    pools: BTreeMap<PoolKey, u64>,
}

impl Sums {
    fn of(charge: &Charge) -> Self {
        let mut sums = Self::default();
        for segment in &charge.segments {
            match &segment.source {
                Source::Pool { pool } => {
                    *sums.pools.entry(pool.clone()).or_default() += u64::from(segment.billed_secs);
                }
                Source::Credits => sums.credits = sums.credits.plus(segment.amount),
                Source::Postpaid | Source::Debt => sums.owed = sums.owed.plus(segment.amount),
                Source::Free | Source::NotRated => {}
            }
        }
        sums
    }
}
