//! What prices a call, and who may pay for it.

use jiff::Timestamp;

use super::{Asked, Charging};
use crate::id::RateDeckId;
use crate::money::deck::{Direction, Rate};
use crate::money::funding::{Refusal, Source};
use crate::money::meter::Meter;
use crate::money::pool::{self, Bucket};
use crate::money::wallet::{Coverage, Mode, Unrated};
use crate::numbers::Country;

/// A row, the deck that has it, and sources in order.
pub(super) struct Terms {
    pub(super) rate: Option<Rate>,
    pub(super) deck: Option<RateDeckId>,
    pub(super) sources: Vec<Source>,
}

impl Terms {
    pub(super) fn meter(self) -> Meter {
        Meter::new(self.rate, self.deck, self.sources)
    }
}

impl Charging {
    /// The row of a call and who may pay for it; or why nobody may, with the row if there is one.
    pub(super) fn terms(&self, asked: &Asked, at: Timestamp) -> Result<Terms, (Option<Rate>, Refusal)> {
        let wallet = &self.account.wallet;
        let table = self.account.deck(asked.direction, at);
        let rate = table.and_then(|table| table.find(asked.number, at)).cloned();
        let deck = table.filter(|_| rate.is_some()).map(|table| table.deck.id);
        if wallet.frozen {
            return Err((rate, Refusal::Frozen));
        }
        if let Some(known) = &rate {
            let per_minute = known.price.per_minute;
            if known.blocked {
                let destination = known.destination.clone();
                return Err((rate, Refusal::Blocked { destination }));
            }
            if wallet.per_minute_max.is_some_and(|max| max < per_minute) {
                return Err((rate, Refusal::TooExpensive { per_minute }));
            }
        }
        let mut sources = self.pools(asked, rate.as_ref(), at);
        let more = match (&rate, table, wallet.unrated) {
            (Some(rate), _, _) if rate.price.is_free() => Ok(vec![Source::Free]),
            (Some(_), _, _) if self.is_covered(asked) => Ok(match wallet.mode {
                Mode::Prepaid => vec![Source::Credits],
                Mode::PrepaidThenPostpaid | Mode::Postpaid => vec![Source::Credits, Source::Postpaid],
            }),
            (Some(_), _, _) => Err(Refusal::NoFunding),
            (None, Some(_), _) => Err(Refusal::NoRate { number: asked.number.to_string() }),
            (None, None, Unrated::Refused) => Err(Refusal::NoDeck),
            (None, None, Unrated::Free) => Ok(vec![Source::NotRated]),
        };
        match more {
            Ok(more) => sources.extend(more),
            Err(refusal) if sources.is_empty() => return Err((rate, refusal)),
            // The minutes of a plan last as long as they do.
            Err(_) => {}
        }
        Ok(Terms { rate, deck, sources })
    }

    /// Pools of the person that have anything left when the call begins.
    fn pools(&self, asked: &Asked, rate: Option<&Rate>, at: Timestamp) -> Vec<Source> {
        let person = asked.user.and_then(|user| Some((user, self.account.people.get(&user)?)));
        let (Direction::Outbound, Some((user, person))) = (asked.direction, person) else { return Vec::new() };
        let country = rate.and_then(|rate| rate.country.clone());
        let country = country.or_else(|| Country::of(asked.number).map(Country::code)).unwrap_or_default();
        let is_domestic = pool::is_domestic(&person.country, &country);
        let bucket = if is_domestic { Bucket::Domestic } else { Bucket::International };
        let pools = pool::pools_of(user, person, bucket, self.period(at));
        pools.into_iter().filter(|pool| 0 < self.pool_left(pool)).map(|pool| Source::Pool { pool }).collect()
    }

    fn is_covered(&self, asked: &Asked) -> bool {
        let person = asked.user.and_then(|user| self.account.people.get(&user));
        match (self.account.wallet.coverage, person) {
            (Coverage::Everybody, _) | (Coverage::Licensed, None) => true,
            (Coverage::Licensed, Some(person)) => person.has_credits,
        }
    }
}
