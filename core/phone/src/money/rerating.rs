//! What calls of the past would have cost by another deck. Nothing changes by it. Specification of numbers, 2.5.

use std::collections::BTreeMap;

use super::charge::Charge;
use super::deck::RateTable;
use super::funding::Source;
use crate::amount::Micros;
use crate::numbers::E164;

/// Calls added up, as they were rated and as they would be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    pub n_calls: u64,
    /// Calls that the other deck has no price for, or blocks; their old price is in neither sum.
    pub n_unpriced: u64,
    pub before: Micros,
    pub after: Micros,
}

impl Difference {
    /// How much more the other deck would have taken.
    pub fn more(&self) -> Micros {
        self.after.minus(self.before)
    }
}

/// What the seconds of a call that were paid with money would cost by another deck; none if it has no price for them.
pub fn rerated(charge: &Charge, table: &RateTable) -> Option<Micros> {
    let number = E164::parse(&charge.to).ok()?;
    let rate = table.find(number, charge.answered_at).filter(|rate| !rate.blocked)?;
    let is_money = |source: &Source| match source {
        Source::Credits | Source::Postpaid | Source::Debt | Source::Free | Source::NotRated => true,
        Source::Pool { .. } => false,
    };
    let paid = charge.segments.iter().filter(|segment| is_money(&segment.source));
    let mut segments = paid.map(|segment| segment.to_secs.saturating_sub(segment.from_secs)).peekable();
    segments.peek()?;
    // Money is money, whoever gave it: its seconds are one run, counted in steps from where it began.
    let secs = segments.fold(0, u32::saturating_add);
    Some(rate.price.total(rate.increments.billed_secs(secs)))
}

/// Adds up calls by destination.
pub fn compare<'a>(
    charges: impl IntoIterator<Item = &'a Charge>,
    table: &RateTable,
    sums: &mut BTreeMap<String, Difference>,
) {
    for charge in charges {
        let is_of_pools = charge.segments.iter().all(|segment| matches!(segment.source, Source::Pool { .. }));
        let words = charge.destination.clone().unwrap_or_default();
        let sum = sums.entry(words).or_default();
        sum.n_calls = sum.n_calls.saturating_add(1);
        match rerated(charge, table) {
            Some(after) => {
                sum.before = sum.before.plus(charge.amount());
                sum.after = sum.after.plus(after);
            }
            // A plan pays whatever the price is.
            None if is_of_pools => {}
            None => sum.n_unpriced = sum.n_unpriced.saturating_add(1),
        }
    }
}
