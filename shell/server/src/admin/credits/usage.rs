//! What was spent by whom, where to, and what it would have been by another deck.

use std::collections::BTreeMap;

use jiff::Timestamp;
use phone::money::Micros;
use phone::money::charge::Charge;
use phone::money::rerating::{Difference, compare};
use phone::money::scope::Scope;
use store::{ChargeFilter, Paging, Usage};

use crate::admin::{Access, Caller, Refused};

/// Calls that one report looks at; more are a matter for the database.
const CALLS_MAX: usize = 500_000;

/// What usage is added up by that stands in the call alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByScope {
    Account,
    Department,
    Site,
    Tag,
}

impl Access {
    /// Calls of a time, page after page, the oldest first.
    pub async fn each_charge(
        &self,
        (since, until): (Timestamp, Timestamp),
        mut take: impl FnMut(Vec<Charge>) + Send,
    ) -> Result<(), Refused> {
        let filter = ChargeFilter { since: Some(since), until: Some(until), ..Default::default() };
        let mut paging = Paging { limit: 1_000, after: None, descending: false };
        let mut n_calls = 0;
        loop {
            let page = self.store().charges(self.tenant(), &filter, &paging).await?;
            n_calls += page.items.len();
            take(page.items);
            match page.next {
                Some(_) if CALLS_MAX <= n_calls => {
                    let words = format!("there are more than {CALLS_MAX} calls: ask for a shorter time");
                    return Err(Refused::field("since", "credits.too_many_calls", words));
                }
                Some(next) => paging.after = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// What calls cost, added up by department, site, service or tag, the dearest first. A call with two tags counts for
    /// both.
    pub async fn usage_by_scope(&self, by: ByScope, times: (Timestamp, Timestamp)) -> Result<Vec<Usage>, Refused> {
        let key = move |scope: &Scope| match (by, scope) {
            (ByScope::Account, Scope::Account(id)) => Some(id.to_string()),
            (ByScope::Department, Scope::Department(name)) => Some(name.clone()),
            (ByScope::Site, Scope::Site(id)) => Some(id.to_string()),
            (ByScope::Tag, Scope::Tag(tag)) => Some(tag.clone()),
            _ => None,
        };
        let mut sums: BTreeMap<Option<String>, Usage> = BTreeMap::new();
        self.each_charge(times, |charges| {
            for charge in charges {
                let mut keys: Vec<Option<String>> = charge.scopes.iter().filter_map(key).map(Some).collect();
                if keys.is_empty() {
                    keys.push(None);
                }
                for key in keys {
                    let zero = || Usage { key: key.clone(), n_calls: 0, secs: 0, amount: Micros::ZERO, cost: None };
                    let sum = sums.entry(key.clone()).or_insert_with(zero);
                    sum.n_calls += 1;
                    sum.secs += u64::from(charge.secs);
                    sum.amount = sum.amount.plus(charge.amount());
                    if let Some(cost) = charge.cost {
                        sum.cost = Some(sum.cost.unwrap_or_default().plus(cost));
                    }
                }
            }
        })
        .await?;
        let mut usage: Vec<Usage> = sums.into_values().collect();
        usage.sort_by(|a, b| (b.amount, &a.key).cmp(&(a.amount, &b.key)));
        Ok(usage)
    }

    /// What the calls of a time would have cost by another deck, by destination. Nothing changes.
    pub async fn rerate(
        &self,
        caller: &Caller,
        deck: &str,
        times: (Timestamp, Timestamp),
    ) -> Result<BTreeMap<String, Difference>, Refused> {
        let table = caller.rate_table(deck).await?;
        let currency = self.wallet().await?.map(|row| row.wallet.value.currency);
        if currency.is_some_and(|currency| currency != table.deck.currency) {
            let words = format!("the deck is in {}", table.deck.currency);
            return Err(Refused::field("deck", "rate_deck.does_not_fit", words));
        }
        let mut sums = BTreeMap::new();
        self.each_charge(times, |charges| {
            let fits = charges.iter().filter(|charge| charge.direction == table.deck.direction);
            compare(fits, &table, &mut sums);
        })
        .await?;
        Ok(sums)
    }
}
