//! Seats that an organization bought of a plan, and until when. Specification of numbers, 1.1.1.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::offer::{Offer, OfferKind, Price, Term};
use crate::amount::Micros;

/// What was bought of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub seats: u32,
    /// For how long; none is until somebody changes it.
    pub commitment: Option<Commitment>,
}

/// For how long seats were bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment {
    pub term: Term,
    /// The end of the first term.
    pub first_end: Timestamp,
    pub renewal: Renewal,
}

/// What comes after the end of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Renewal {
    /// Nothing: its licenses unlock nothing more where licenses are enforced.
    Ends,
    /// Another term.
    Renews,
}

impl Subscription {
    /// Seats until somebody changes them.
    pub fn open(seats: u32) -> Self {
        Self { seats, commitment: None }
    }

    /// Seats as they are bought on these terms. A trial ends by itself; what is sold goes on term by term.
    pub fn bought(seats: u32, offer: &Offer, now: Timestamp) -> Self {
        let term = offer.term;
        let commitment = match (offer.kind, offer.trial_days) {
            (OfferKind::Free, _) => None,
            (OfferKind::Trial, days) => {
                let days = SignedDuration::from_hours(24 * i64::from(days.unwrap_or_default()));
                let first_end = now.saturating_add(days).unwrap_or(Timestamp::MAX);
                Some(Commitment { term, first_end, renewal: Renewal::Ends })
            }
            (OfferKind::AddOn | OfferKind::Paid, _) => {
                Some(Commitment { term, first_end: months_after(now, term.months()), renewal: Renewal::Renews })
            }
        };
        Self { seats, commitment }
    }

    /// So many seats instead: on the same terms, or as bought anew where those are over.
    pub fn with_seats(&self, seats: u32, offer: &Offer, now: Timestamp) -> Self {
        if self.is_over(now) { Self::bought(seats, offer, now) } else { Self { seats, ..self.clone() } }
    }

    /// The same with another end, or another way to go on. What was bought until somebody changes it gets a term by either.
    pub fn with_end(&self, end: Option<Timestamp>, renewal: Option<Renewal>, offer: &Offer, now: Timestamp) -> Self {
        let Some(Commitment { term, first_end, renewal: before }) = self.commitment else {
            if end.is_none() && renewal.is_none() {
                return self.clone();
            }
            let term = offer.term;
            let first_end = end.unwrap_or_else(|| months_after(now, term.months()));
            let commitment = Commitment { term, first_end, renewal: renewal.unwrap_or(Renewal::Ends) };
            return Self { commitment: Some(commitment), ..self.clone() };
        };
        let commitment = Commitment { term, first_end: end.unwrap_or(first_end), renewal: renewal.unwrap_or(before) };
        Self { commitment: Some(commitment), ..self.clone() }
    }

    /// Whether its time is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.commitment.is_some_and(|commitment| commitment.is_over(now))
    }

    /// What all seats cost in a month.
    pub fn monthly(&self, price: Price) -> Price {
        let amount = Micros(price.amount.0.saturating_mul(i64::from(self.seats)));
        Price { amount, ..price }
    }
}

impl Commitment {
    /// The end of the term that it is in.
    pub fn end(&self, now: Timestamp) -> Timestamp {
        if self.renewal == Renewal::Ends || now < self.first_end {
            return self.first_end;
        }
        // Terms are at least as long as their shortest months, so that this is never behind by more than a few.
        let days = now.duration_since(self.first_end).as_hours() / 24;
        let n_terms = days / (31 * self.term.months());
        (n_terms..)
            .take(TERMS_TRIED)
            .map(|n| months_after(self.first_end, n.saturating_mul(self.term.months())))
            .find(|end| now < *end)
            .unwrap_or(Timestamp::MAX)
    }

    /// Whether it is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.renewal == Renewal::Ends && self.first_end <= now
    }
}

impl Renewal {
    /// Its word in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ends => "ends",
            Self::Renews => "renews",
        }
    }

    /// The one of this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Ends, Self::Renews].into_iter().find(|renewal| renewal.as_str() == word)
    }
}

/// Counted by months of 31 days, a century is short of some twenty months.
const TERMS_TRIED: usize = 64;

/// The same day so many months later, or the last one of a shorter month.
fn months_after(at: Timestamp, months: i64) -> Timestamp {
    let later = at.to_zoned(TimeZone::UTC).checked_add(months.months());
    later.map_or(Timestamp::MAX, |later| later.timestamp())
}
