//! Licenses that groups give, and the work of giving them.
//!
//! A change of a group only notes whose licenses are to be told again. The work is done in chunks, each one transaction
//! of a few milliseconds: a few people before the answer, more of them beside it, where other writers go first. What is
//! noted is in the database, so that a crash loses nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use phone::id::{GroupId, TenantId, UserId};
use phone::people::license::sources::settle;
use phone::people::license::{Catalogue, Enforcement, Holder, PartNumber, Refusal, Seats};
use store::{Actor, EventId, LicenseChange, Licensee, Licensing, Store, Tx, WriteError};

use super::licenses::count;
use super::numbers::kept_or_given_back;
use super::pace::Pace;
use super::reconciler::Nudge;
use super::{Access, Refused};
use crate::error::chain;

/// People who have theirs before the answer: some hundredths of a second.
const N_FIRST: u64 = 200;
/// People who are read at once.
const TOGETHER: usize = 200;
/// The switch hears of the work this often: reading what is new, it would otherwise do little else.
const TELL: Duration = Duration::from_millis(250);
/// What was noted by another process, or left by one that ended.
const LOOK: Duration = Duration::from_secs(60);

impl Access {
    /// Lets a group give plans and cease to give others.
    pub async fn change_group_licenses(
        &self,
        group: GroupId,
        add: BTreeSet<PartNumber>,
        remove: &BTreeSet<PartNumber>,
    ) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        self.group_in(&tx, group).await?;
        let catalogue = tx.catalogue().await?;
        for plan in add.iter().chain(remove) {
            check_plan(plan, &catalogue).map_err(|refusal| Refused::by_rule(&refusal))?;
        }
        let before = tx.plans_of_group(self.tenant(), group).await?;
        let after: BTreeSet<PartNumber> = before.difference(remove).cloned().chain(add).collect();
        if after != before {
            tx.save_group_plans(self.tenant(), group, &after).await?;
            tx.queue_members(self.tenant(), group).await?;
        }
        self.settle(tx).await?;
        self.settle_licenses().await
    }

    /// Tries again for all members of a group.
    pub async fn reprocess_group(&self, group: GroupId) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        self.group_in(&tx, group).await?;
        tx.queue_members(self.tenant(), group).await?;
        self.settle(tx).await?;
        self.settle_licenses().await
    }

    /// Does the first of the work at once; what is left is done beside.
    pub(super) async fn settle_licenses(&self) -> Result<(), Refused> {
        let (mut n_left, mut pace, mut known) = (N_FIRST, Pace::LICENSES, None);
        while 0 < n_left {
            let n = pace.n().min(n_left);
            let tx = self.store().begin(Actor::System, Timestamp::now()).await?;
            let n_settled = settle_chunk(tx, self.tenant(), n, &mut pace, &mut known).await?;
            n_left = if n_settled < n { 0 } else { n_left - n };
            if 0 < n_settled {
                self.admin.nudge.nudge();
            }
        }
        self.admin.licensing.nudge();
        Ok(())
    }

    /// Tells a person's licenses again within a change.
    pub(super) async fn settle_person(&self, tx: &mut Tx, user: UserId) -> Result<(), Refused> {
        Ok(settle_people(tx, self.tenant(), &[user].into()).await?)
    }
}

/// Does the work as it is noted, until the process ends.
pub async fn work(store: Store, noted: Nudge, changed: Nudge) {
    loop {
        match settle_all(&store, &changed).await {
            Ok(()) => {}
            Err(error) => tracing::warn!(error = chain(&error), "whose licenses are to be told can't be read"),
        }
        let _ = tokio::time::timeout(LOOK, noted.nudged()).await;
    }
}

/// A chunk of each organization in turn: none waits for all of a big one, or for one of which something can't be read.
async fn settle_all(store: &Store, changed: &Nudge) -> Result<(), WriteError> {
    let mut waiting = store.tenants_with_backlog().await?;
    let (mut pace, mut known, mut told_at) = (Pace::LICENSES, BTreeMap::new(), Instant::now());
    while !waiting.is_empty() {
        for tenant in waiting.clone() {
            let known = known.entry(tenant).or_default();
            match settle_beside(store, tenant, &mut pace, known).await {
                Ok(0) => {
                    waiting.remove(&tenant);
                    changed.nudge();
                }
                Ok(_) if told_at.elapsed() < TELL => {}
                Ok(_) => {
                    told_at = Instant::now();
                    changed.nudge();
                }
                Err(error) => {
                    tracing::warn!(%tenant, error = chain(&error), "licenses that groups give can't be told");
                    waiting.remove(&tenant);
                    changed.nudge();
                }
            }
        }
    }
    Ok(())
}

async fn settle_beside(
    store: &Store,
    tenant: TenantId,
    pace: &mut Pace,
    known: &mut Option<Ledger>,
) -> Result<usize, WriteError> {
    let tx = store.begin_background(Actor::System, Timestamp::now()).await?;
    let n_settled = settle_chunk(tx, tenant, pace.n(), pace, known).await?;
    Ok(usize::try_from(n_settled).unwrap_or(usize::MAX))
}

/// Tells the licenses of some people again; how many.
async fn settle_chunk(
    mut tx: Tx,
    tenant: TenantId,
    n: u64,
    pace: &mut Pace,
    known: &mut Option<Ledger>,
) -> Result<u64, WriteError> {
    let begun = Instant::now();
    let people = tx.take_backlog(tenant, n).await?;
    if people.is_empty() {
        return Ok(0);
    }
    let mut work = Work::begin(&tx, tenant, known.take()).await?;
    work.settle(&mut tx, &people).await?;
    let seats = work.end(&mut tx).await?;
    // What was counted holds as long as no later event speaks of seats.
    *known = match tx.commit().await? {
        0 => None,
        event => seats.map(|seats| Ledger { seats, event }),
    };
    let n_settled = u64::try_from(people.len()).unwrap_or(u64::MAX);
    pace.took(n_settled, begun.elapsed());
    Ok(n_settled)
}

/// Tells the licenses of some people again within a change.
pub(super) async fn settle_people(tx: &mut Tx, tenant: TenantId, people: &BTreeSet<UserId>) -> Result<(), WriteError> {
    let mut work = Work::begin(tx, tenant, None).await?;
    let people: Vec<UserId> = people.iter().copied().collect();
    for some in people.chunks(TOGETHER) {
        work.settle(tx, some).await?;
    }
    work.end(tx).await.map(drop)
}

/// What was counted as of an event: counting a hundred thousand licenses takes longer than giving some.
struct Ledger {
    seats: BTreeMap<PartNumber, Seats>,
    event: EventId,
}

/// One transaction's work.
struct Work {
    tenant: TenantId,
    row: store::TenantRow,
    /// Seats are counted only where licenses are enforced.
    licensing: Licensing,
    has_freed: bool,
}

impl Work {
    async fn begin(tx: &Tx, tenant: TenantId, known: Option<Ledger>) -> Result<Self, WriteError> {
        let row = tx.tenant(tenant).await?.ok_or(WriteError::NotFound)?.value;
        let enforcement = row.license_enforcement;
        let seats = match (enforcement, known) {
            (Enforcement::Off | Enforcement::Warn, _) => BTreeMap::new(),
            (Enforcement::Block, Some(Ledger { seats, event })) if !tx.has_news_of_seats(tenant, event).await? => seats,
            (Enforcement::Block, _) => tx.seats(tenant).await?,
        };
        let (catalogue, over) = (tx.catalogue().await?, tx.plans_over(tenant).await?);
        Ok(Self { tenant, row, licensing: Licensing { catalogue, enforcement, seats, over }, has_freed: false })
    }

    async fn settle(&mut self, tx: &mut Tx, people: &[UserId]) -> Result<(), WriteError> {
        if people.is_empty() {
            return Ok(());
        }
        let mut numbers = tx.numbers_of_people(self.tenant, people).await?;
        let (mut failed, mut licenses, mut kept) = (BTreeMap::new(), Vec::new(), Vec::new());
        let (enforcement, now) = (self.row.license_enforcement, tx.at());
        for (user, person) in tx.licensees(self.tenant, people).await? {
            let Licensee { country, held, wanted, has_failures, .. } = person;
            let country = country.as_deref().unwrap_or(&self.row.profile.country);
            let settled = settle(&held, &wanted, country, &self.licensing.means());
            if settled.held != held {
                let numbers = numbers.remove(&user).unwrap_or_default();
                let unlocked = self.licensing.catalogue.unlocked(&settled.held);
                kept.extend(kept_or_given_back(numbers, unlocked, enforcement, now));
                count(&mut self.licensing.seats, &held, &settled.held);
                self.has_freed |= held.difference(&settled.held).next().is_some();
                licenses.push(LicenseChange { user, before: held, after: settled.held });
            }
            if has_failures || !settled.failed.is_empty() {
                failed.insert(user, settled.failed);
            }
        }
        tx.save_license_failures(self.tenant, &failed).await?;
        tx.replace_licenses(self.tenant, &licenses).await?;
        tx.save_number_changes(self.tenant, &kept.iter().collect::<Vec<_>>()).await
    }

    /// A seat that one gave back may be what others wait for.
    async fn end(self, tx: &mut Tx) -> Result<Option<BTreeMap<PartNumber, Seats>>, WriteError> {
        if self.has_freed {
            tx.queue_failed(self.tenant, Some(NO_SEATS)).await?;
        }
        Ok(match self.licensing.enforcement {
            Enforcement::Off | Enforcement::Warn => None,
            Enforcement::Block => Some(self.licensing.seats),
        })
    }
}

/// Lets people who hold what is over hold it no longer, where licenses are enforced, and notes whose licenses are to be
/// told again. How many organizations have any.
pub async fn end_what_is_over(store: &Store, now: Timestamp) -> Result<usize, WriteError> {
    let mut n_tenants = 0;
    for (tenant, plans) in store.all_plans_over(now).await? {
        let mut tx = store.begin(Actor::System, now).await?;
        let enforcement = tx.tenant(tenant).await?.map(|row| row.value.license_enforcement).unwrap_or_default();
        if enforcement == Enforcement::Block && tx.is_any_held(tenant, &plans).await? {
            tx.queue_of_plans(tenant, &plans).await?;
            tx.commit().await?;
            n_tenants += 1;
        }
    }
    Ok(n_tenants)
}

/// The code of who waits for a seat.
pub const NO_SEATS: &str = "license.no_seats";

/// Whether a group, which has people only, can give a plan.
fn check_plan(part_number: &PartNumber, catalogue: &Catalogue) -> Result<(), Refusal> {
    let plan = catalogue.find(part_number).ok_or_else(|| Refusal::UnknownPlan { plan: part_number.clone() })?;
    if plan.grant.holders.contains(&Holder::User) {
        return Ok(());
    }
    Err(Refusal::NotForPeople { plan: part_number.clone() })
}
