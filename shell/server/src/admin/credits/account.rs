//! What the switch is told of an organization's money, read as of one moment.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use phone::directory::Tenant;
use phone::id::{RateDeckId, UserId};
use phone::money::charging::Account;
use phone::money::deck::{RateDeck, RateTable, import};
use phone::money::pool::{self, Period, Person};
use phone::money::wallet::Wallet;
use phone::people::license::{Capability, PartNumber, unlocked};
use store::{Actor, Store, StoreError};

/// Decks that are ready to be asked, by version; shared by all organizations.
#[derive(Clone, Default)]
pub struct Decks(Arc<Mutex<BTreeMap<RateDeckId, Arc<RateTable>>>>);

impl Decks {
    /// A version, read if it is not here yet.
    pub async fn table(&self, store: &Store, deck: &RateDeck) -> Result<Arc<RateTable>, StoreError> {
        let known = self.0.lock().ok().and_then(|decks| decks.get(&deck.id).cloned());
        if let Some(known) = known.filter(|known| known.deck == *deck) {
            return Ok(known);
        }
        let file = store.rate_deck_file(deck.id).await?;
        let (deck, id) = (deck.clone(), deck.id);
        let read = tokio::task::spawn_blocking(move || {
            // It was written from rows that were read.
            let rates = import::read(file.as_bytes(), deck.currency).map(|sheet| sheet.rates).unwrap_or_default();
            Arc::new(RateTable::new(deck, rates))
        });
        let panicked = || serde::de::Error::custom("its reader panicked");
        let corrupt = |_| StoreError::Corrupt { what: "rate deck", id: id.to_string(), source: panicked() };
        let table = read.await.map_err(corrupt)?;
        if let Ok(mut decks) = self.0.lock() {
            decks.insert(id, table.clone());
        }
        Ok(table)
    }

    /// Lets go of versions that are not there any more.
    pub fn retain(&self, there: &[RateDeck]) {
        if let Ok(mut decks) = self.0.lock() {
            decks.retain(|id, _| there.iter().any(|deck| deck.id == *id));
        }
    }
}

/// What an organization may spend now; none if it has no wallet, or one that is switched off.
pub async fn account(
    store: &Store,
    decks: &Decks,
    tenant: &Tenant,
    now: Timestamp,
) -> Result<Option<Account>, StoreError> {
    let id = tenant.profile.id;
    let zone = TimeZone::get(&tenant.profile.time_zone).unwrap_or(TimeZone::UTC);
    let in_a_month = now.to_zoned(zone.clone()).checked_add(1.month()).map_or(now, |later| later.timestamp());
    // The next month begins while calls go on.
    let periods = [Period::of(now, &zone), Period::of(in_a_month, &zone)];
    let tx = store.begin_background(Actor::System, now).await?;
    let figures = tx.credit_figures(id, &periods).await?;
    drop(tx);
    let Some((row, book, posted)) = figures.filter(|(row, _, _)| row.wallet.value.enabled) else { return Ok(None) };
    let wallet = row.wallet.value;
    let people = people(store, tenant).await?;
    let granted = periods.iter().flat_map(|period| pool::granted(people.iter(), *period)).collect();
    let decks = tables(store, decks, &wallet, now).await?;
    Ok(Some(Account {
        tenant: id,
        wallet,
        zone,
        credits: book.usable(now),
        owed: book.owed(),
        posted,
        granted: Arc::new(granted),
        people: Arc::new(people),
        decks,
    }))
}

async fn people(store: &Store, tenant: &Tenant) -> Result<BTreeMap<UserId, Person>, StoreError> {
    let held = store.plans_held(tenant.profile.id).await?;
    let person = |(user, plans): (UserId, Vec<String>)| {
        let country = tenant.users.get(&user).and_then(|user| user.country.clone());
        let country = country.unwrap_or_else(|| tenant.profile.country.clone());
        let parts: Vec<PartNumber> = plans.iter().cloned().map(PartNumber).collect();
        let has_credits = unlocked(&parts).contains(&Capability::CommunicationCredits);
        (user, Person { country, plans, has_credits })
    };
    Ok(held.into_iter().map(person).collect())
}

/// The versions of the wallet's decks that are valid now or will be.
async fn tables(
    store: &Store,
    decks: &Decks,
    wallet: &Wallet,
    now: Timestamp,
) -> Result<Vec<Arc<RateTable>>, StoreError> {
    let there = store.all_rate_decks().await?;
    decks.retain(&there);
    let names = [&wallet.outbound_deck, &wallet.toll_free_deck];
    let is_named = |deck: &&RateDeck| names.iter().any(|name| name.as_ref() == Some(&deck.name));
    let is_over = |deck: &&RateDeck| deck.valid_to.is_some_and(|until| until <= now);
    let mut tables = Vec::new();
    for deck in there.iter().filter(is_named).filter(|deck| !is_over(deck)) {
        tables.push(decks.table(store, deck).await?);
    }
    Ok(tables)
}
