//! The meter of one paid leg: which source pays for which seconds. Specification of numbers, 2.5.3.
//!
//! It knows seconds and prices only; how much there is to reserve is told to it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::charge::Segment;
use super::deck::Rate;
use super::funding::Source;
use super::tariff::{Increments, Price, SECS_MAX};
use crate::amount::Micros;
use crate::id::RateDeckId;

/// Seconds that are reserved at once, at least: renewing more often gains nobody anything.
pub const QUOTA_SECS: u32 = 60;
/// A reservation is renewed so long before it ends.
pub const RENEW_SECS: u32 = 10;

/// One leg's.
#[derive(Clone, Debug)]
pub struct Meter {
    /// The row that was found; none where no deck has one.
    pub(super) rate: Option<Rate>,
    pub(super) deck: Option<RateDeckId>,
    /// Sources that have not been begun, in order.
    pub(super) waiting: Vec<Source>,
    parts: Vec<Part>,
    pub(super) answered_at: Option<Timestamp>,
    /// The same by a clock that was set since.
    pub(super) began_at: Option<Timestamp>,
    /// Up to where a telling covers what was reserved.
    told_until: u32,
    /// Nothing more can be reserved, as far as was seen last.
    pub(super) exhausted: bool,
    /// Warnings that were given.
    pub(super) n_warned: usize,
}

/// Consecutive seconds that one source pays for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    source: Source,
    price: Price,
    increments: Increments,
    from: u32,
    /// Up to here it is reserved.
    until: u32,
    reserved: Micros,
}

/// What is reserved of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) source: Source,
    pub(super) secs: u64,
    pub(super) amount: Micros,
}

/// What one more reservation of the current source would be, if all of it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) price: Price,
    pub(super) increments: Increments,
    /// Seconds that the source has paid for so far, counted from where its part began.
    pub(super) so_far: u32,
    /// The same after the reservation.
    pub(super) target: u32,
}

impl Meter {
    pub(super) fn new(rate: Option<Rate>, deck: Option<RateDeckId>, sources: Vec<Source>) -> Self {
        Self {
            rate,
            deck,
            waiting: sources,
            parts: Vec::new(),
            answered_at: None,
            began_at: None,
            told_until: 0,
            exhausted: false,
            n_warned: 0,
        }
    }

    /// Up to which second it is reserved.
    pub fn until(&self) -> u32 {
        self.parts.last().map_or(0, |part| part.until)
    }

    /// The row that prices it.
    pub fn rate(&self) -> Option<&Rate> {
        self.rate.as_ref()
    }

    /// Who pays now, and after that.
    pub(super) fn source(&self) -> Option<&Source> {
        self.parts.last().map(|part| &part.source)
    }

    /// All that is reserved, by source.
    pub(super) fn reserved(&self) -> impl Iterator<Item = Taken> + '_ {
        self.parts.iter().map(|part| Taken {
            source: part.source.clone(),
            secs: u64::from(part.until - part.from),
            amount: part.reserved,
        })
    }

    /// All that is reserved of money.
    pub(super) fn reserved_in_all(&self) -> Micros {
        self.parts.iter().map(|part| part.reserved).sum()
    }

    /// What more a source would have to give. A part that goes on counts its steps from where it began.
    pub(super) fn wanted(&self, source: &Source) -> Wanted {
        let going_on = self.parts.last().filter(|part| part.source == *source);
        let (price, increments) = match going_on {
            Some(part) => (part.price, part.increments),
            None => self.terms(source),
        };
        let so_far = going_on.map_or(0, |part| part.until - part.from);
        let target = match source {
            Source::NotRated | Source::Free => SECS_MAX,
            Source::Pool { .. } | Source::Credits | Source::Postpaid | Source::Debt => {
                let by_quota = increments.end_before(so_far.saturating_add(QUOTA_SECS));
                increments.end_after(so_far).max(by_quota)
            }
        };
        Wanted { price, increments, so_far, target }
    }

    /// Prices and steps of a source. Being connected is paid once, by the first that is paid with money.
    fn terms(&self, source: &Source) -> (Price, Increments) {
        let Some(rate) = self.rate.as_ref().filter(|_| source.is_paid()) else {
            return (Price::default(), Increments::MINUTES);
        };
        let is_first = !self.parts.iter().any(|part| part.source.is_paid());
        let later = Price { per_minute: rate.price.per_minute, ..Price::default() };
        (if is_first { rate.price } else { later }, rate.increments)
    }

    /// A source gave seconds, so many in all since its part began.
    pub(super) fn extend(&mut self, source: Source, wanted: Wanted, target: u32) -> Micros {
        let Wanted { price, increments, so_far, .. } = wanted;
        let amount = price.total(target).minus(price.total(so_far));
        match self.parts.last_mut().filter(|part| part.source == source) {
            Some(part) => {
                part.until = part.from.saturating_add(target);
                part.reserved = part.reserved.plus(amount);
            }
            None => {
                let from = self.until();
                let until = from.saturating_add(target);
                self.parts.push(Part { source, price, increments, from, until, reserved: amount });
            }
        }
        amount
    }

    /// Who pays for what, in order.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// What so many seconds come to: steps that have begun are counted whole.
    pub(super) fn segments(&self, secs: u32) -> Vec<Segment> {
        segments(&self.parts, secs)
    }

    /// Whether a block begins that no telling covers; it does from now on.
    pub(super) fn tells(&mut self, secs: u32) -> bool {
        let is_due = self.told_until <= secs;
        if is_due {
            self.told_until = self.until().max(secs.saturating_add(1));
        }
        is_due
    }

    /// When something is to be done again.
    pub(super) fn next_secs(&self, secs: u32) -> u32 {
        let until = self.until();
        let renew = if self.exhausted { until } else { until.saturating_sub(RENEW_SECS) };
        let tell = Some(self.told_until).filter(|at| secs < *at && *at < until);
        renew.max(secs.saturating_add(1)).min(tell.unwrap_or(u32::MAX))
    }
}

impl Part {
    /// Up to which second since the answer it is reserved.
    pub(super) fn until(&self) -> u32 {
        self.until
    }
}

/// What so many seconds of parts come to: steps that have begun are counted whole.
pub(super) fn segments(parts: &[Part], secs: u32) -> Vec<Segment> {
    let n_parts = parts.len();
    let begun = parts.iter().enumerate().filter(|(_, part)| part.from < secs || part.from == 0);
    let segments = begun.map(|(index, part)| {
        // The last one also has what was talked after all that was reserved.
        let end = if index + 1 == n_parts { secs } else { secs.min(part.until) };
        let actual = end.saturating_sub(part.from);
        let counted = part.increments.billed_secs(actual);
        let billed_secs = match part.source {
            Source::Pool { .. } => counted.min(part.until - part.from),
            Source::Free | Source::NotRated => actual,
            Source::Credits | Source::Postpaid | Source::Debt => counted,
        };
        Segment {
            no: u16::try_from(index + 1).unwrap_or(u16::MAX),
            source: part.source.clone(),
            from_secs: part.from,
            to_secs: part.from + actual,
            billed_secs,
            amount: part.price.total(billed_secs),
        }
    });
    segments.collect()
}
