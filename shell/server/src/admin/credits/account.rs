//! What the switch is told of an organization's money, read as of one moment.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use phone::directory::Tenant;
use phone::id::{RateDeckId, TenantId, UserId};
use phone::limits::FRAUD_CALLS_MAX;
use phone::money::charge::Charge;
use phone::money::charging::{Account, Others};
use phone::money::deck::{Direction, RateDeck, RateTable, import};
use phone::money::fraud::{self, Seen};
use phone::money::pool::{self, Period, Person};
use phone::money::scope::Span;
use phone::money::share::Share;
use phone::money::wallet::{OnOutage, Wallet};
use phone::numbers::E164;
use phone::people::license::{Capability, PartNumber};
use store::{Actor, ChargeFilter, Figures, OfServer, Paging, Store, StoreError, WriteError};

/// What a server may spend is the others' so long after it was heard of last.
pub const LEASE: SignedDuration = SignedDuration::from_secs(90);

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
    let (periods, spans) = counted(&times_ahead(now, &zone), &zone);
    let tx = store.begin_background(Actor::System, now).await?;
    let figures = tx.credit_figures(id, &periods, &spans).await?;
    drop(tx);
    let figures = figures.filter(|(row, _, _)| row.wallet.value.enabled);
    let Some((row, book, Figures { spent: posted, elsewhere: posted_elsewhere })) = figures else { return Ok(None) };
    let wallet = row.wallet.value;
    let people = people(store, tenant).await?;
    let granted = periods.iter().flat_map(|period| pool::granted(people.iter(), *period)).collect();
    let decks = tables(store, decks, &wallet, now).await?;
    let looks_back = wallet.controls.fraud_rules.iter().any(|rule| rule.enabled && rule.velocity.is_some());
    let (recent, calls) = match looks_back {
        true => {
            let since = now.saturating_sub(SignedDuration::from_secs(fraud::SECS_MAX.into())).unwrap_or(now);
            let of_day = |of| seen(store, id, (since, now), of, FRAUD_CALLS_MAX);
            let mut own = of_day(Some(OfServer::Own(store.node()))).await?;
            own.reverse();
            (own, of_day(Some(OfServer::Others(store.node()))).await?)
        }
        false => (Vec::new(), Vec::new()),
    };
    let others = Others { n: 0, people: posted_elsewhere, calls };
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
        recent,
        elsewhere: BTreeMap::new(),
        others,
        good_until: None,
    }))
}

/// Now, tomorrow and in a month: the next day and the next month begin while calls go on.
fn times_ahead(now: Timestamp, zone: &TimeZone) -> [Timestamp; 3] {
    let tomorrow = now.saturating_add(SignedDuration::from_hours(24)).unwrap_or(now);
    [now, tomorrow, now.to_zoned(zone.clone()).checked_add(1.month()).map_or(now, |later| later.timestamp())]
}

/// Months whose minutes, and spans whose spending, matter at these times.
fn counted(times: &[Timestamp], zone: &TimeZone) -> (Vec<Period>, Vec<Span>) {
    let periods: BTreeSet<Period> = times.iter().map(|at| Period::of(*at, zone)).collect();
    let spans: BTreeSet<Span> = times.iter().flat_map(|at| Span::all(*at, zone)).collect();
    (periods.into_iter().collect(), spans.into_iter().collect())
}

/// Calls out of a time as rules against fraud see them, the newest first, so many at most. A price for a minute is what
/// the call's own deck has.
pub async fn seen(
    store: &Store,
    tenant: TenantId,
    (since, until): (Timestamp, Timestamp),
    of: Option<OfServer>,
    n_max: usize,
) -> Result<Vec<Seen>, StoreError> {
    let filter = ChargeFilter {
        direction: Some(Direction::Outbound),
        since: Some(since),
        until: Some(until),
        of,
        ..Default::default()
    };
    let mut paging = Paging { limit: 1_000, after: None, descending: true };
    let mut seen = Vec::new();
    loop {
        let page = store.charges(tenant, &filter, &paging).await?;
        let read = |charge: Charge| {
            let number = E164::parse(&charge.to).ok()?;
            let amount = charge.amount();
            let (kind, per_minute) = (charge.kind.unwrap_or_default(), charge.per_minute.unwrap_or_default());
            let Charge { answered_at: at, user, country, .. } = charge;
            Some(Seen { at, user, number, country, kind, per_minute, amount })
        };
        seen.extend(page.items.into_iter().filter_map(read));
        match page.next {
            Some(next) if seen.len() < n_max => paging.after = Some(next),
            Some(_) | None => break,
        }
    }
    seen.truncate(n_max);
    Ok(seen)
}

async fn people(store: &Store, tenant: &Tenant) -> Result<BTreeMap<UserId, Person>, StoreError> {
    let (held, catalogue) = (store.plans_held(tenant.profile.id).await?, store.catalogue().await?);
    let person = |(user, plans): (UserId, Vec<String>)| {
        let country = tenant.users.get(&user).and_then(|user| user.country.clone());
        let country = country.unwrap_or_else(|| tenant.profile.country.clone());
        let parts: Vec<PartNumber> = plans.iter().cloned().map(PartNumber).collect();
        let has_credits = catalogue.unlocked(&parts).contains(&Capability::CommunicationCredits);
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

/// What this server may spend of an organization's money.
pub struct Leased {
    pub account: Box<Account>,
    /// Until when the others leave it to this server, or the organization wants calls to go by it.
    pub good_until: Option<Instant>,
}

/// What this server may spend of an organization's money, which the others leave to it until a time.
pub async fn leased(
    store: &Store,
    decks: &Decks,
    tenant: &Tenant,
    now: Timestamp,
) -> Result<Option<Leased>, WriteError> {
    // Clocks may be set while this goes on; what is promised is measured by one that is not.
    let lapses_at = Instant::now() + LEASE.unsigned_abs();
    let Some(mut account) = account(store, decks, tenant, now).await? else { return Ok(None) };
    let until = now.saturating_add(LEASE).unwrap_or(now);
    let id = tenant.profile.id;
    let mut tx = store.begin_background(Actor::System, now).await?;
    // Read again where nothing is booked in between: what is divided is what there is.
    let times = times_ahead(now, &account.zone);
    let (periods, spans) = counted(&times, &account.zone);
    let Some((row, book, figures)) = tx.credit_figures(id, &periods, &spans).await? else { return Ok(None) };
    (account.posted, account.others.people) = (figures.spent, figures.elsewhere);
    let limit = row.wallet.value.postpaid_limit();
    let whole = Share { credits: book.usable(now), owable: limit.minus(book.owed()) };
    let taken = tx.take_share(id, store.node(), whole, until).await?;
    let wholes = account.wholes(&times);
    account.others.n = u32::try_from(taken.others.len()).unwrap_or(u32::MAX);
    let parts = tx.take_parts(id, store.node(), taken.alive_since, &taken.others, &wholes).await?;
    tx.commit().await?;
    account.divide(&wholes, &parts);
    account.credits = taken.share.credits;
    account.owed = limit.minus(taken.share.owable);
    account.posted.credits = taken.posted_credits;
    account.posted.owed = taken.posted_owed;
    let is_closed = account.wallet.controls.on_outage == OnOutage::Closed;
    let good_until = (is_closed || taken.is_divided()).then_some(lapses_at);
    Ok(Some(Leased { account: Box::new(account), good_until }))
}
