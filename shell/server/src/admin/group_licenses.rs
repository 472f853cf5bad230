//! Licenses that groups give, and the work of giving them.
//!
//! A change of a group only notes whose licenses are to be told again. The work is done in chunks, each one transaction:
//! a few people at once before the answer, more of them beside it, so that other writers never wait for long. What is
//! noted is in the database, so that a crash loses nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use phone::id::{GroupId, TenantId, UserId};
use phone::people::license::sources::settle;
use phone::people::license::{Holder, PartNumber, Plan, Refusal, Seats};
use store::{Actor, Licensee, Store, Tx, WriteError};

use super::licenses::count;
use super::numbers::keep_or_give_back;
use super::reconciler::Nudge;
use super::{Access, Refused};
use crate::error::chain;

/// People in one transaction: a tenth of a second.
const CHUNK: u64 = 200;
/// People who are read at once.
const TOGETHER: usize = 200;
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
        for plan in add.iter().chain(remove) {
            check_plan(plan).map_err(|refusal| Refused::by_rule(&refusal))?;
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

    /// Does a first chunk of the work at once; what is left is done beside.
    pub(super) async fn settle_licenses(&self) -> Result<(), Refused> {
        let n_settled = settle_chunk(self.store(), self.tenant(), Timestamp::now()).await?;
        if 0 < n_settled {
            self.admin.nudge.nudge();
        }
        self.admin.licensing.nudge();
        Ok(())
    }

    /// Tells a person's licenses again within a change.
    pub(super) async fn settle_person(&self, tx: &mut Tx, user: UserId) -> Result<(), Refused> {
        Ok(settle_people(tx, self.tenant(), &[user].into(), Timestamp::now()).await?)
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
    while !waiting.is_empty() {
        for tenant in waiting.clone() {
            match settle_chunk(store, tenant, Timestamp::now()).await {
                Ok(0) => drop(waiting.remove(&tenant)),
                Ok(_) => changed.nudge(),
                Err(error) => {
                    tracing::warn!(%tenant, error = chain(&error), "licenses that groups give can't be told");
                    waiting.remove(&tenant);
                }
            }
        }
    }
    Ok(())
}

/// Tells the licenses of some people again; how many.
async fn settle_chunk(store: &Store, tenant: TenantId, now: Timestamp) -> Result<usize, WriteError> {
    let mut tx = store.begin(Actor::System, now).await?;
    let people = tx.take_backlog(tenant, CHUNK).await?;
    if people.is_empty() {
        return Ok(0);
    }
    let mut work = Work::begin(&tx, tenant, now).await?;
    work.settle(&mut tx, &people).await?;
    work.end(&mut tx).await?;
    tx.commit().await?;
    Ok(people.len())
}

/// Tells the licenses of some people again within a change.
pub(super) async fn settle_people(
    tx: &mut Tx,
    tenant: TenantId,
    people: &BTreeSet<UserId>,
    now: Timestamp,
) -> Result<(), WriteError> {
    let mut work = Work::begin(tx, tenant, now).await?;
    let people: Vec<UserId> = people.iter().copied().collect();
    for some in people.chunks(TOGETHER) {
        work.settle(tx, some).await?;
    }
    work.end(tx).await
}

/// One transaction's work.
struct Work {
    tenant: TenantId,
    now: Timestamp,
    row: store::TenantRow,
    seats: BTreeMap<PartNumber, Seats>,
    has_freed: bool,
}

impl Work {
    async fn begin(tx: &Tx, tenant: TenantId, now: Timestamp) -> Result<Self, WriteError> {
        let row = tx.tenant(tenant).await?.ok_or(WriteError::NotFound)?.value;
        Ok(Self { tenant, now, row, seats: tx.seats(tenant).await?, has_freed: false })
    }

    async fn settle(&mut self, tx: &mut Tx, people: &[UserId]) -> Result<(), WriteError> {
        let mut numbers = tx.numbers_of_people(self.tenant, people).await?;
        for (user, person) in tx.licensees(self.tenant, people).await? {
            let Licensee { country, held, wanted, has_failures } = person;
            let country = country.as_deref().unwrap_or(&self.row.profile.country);
            let enforcement = self.row.license_enforcement;
            let settled = settle(&held, &wanted, country, enforcement, &self.seats);
            if has_failures || !settled.failed.is_empty() {
                tx.save_license_failures(self.tenant, user, &settled.failed).await?;
            }
            if settled.held != held {
                tx.replace_licenses(self.tenant, user, &held, &settled.held).await?;
                let numbers = numbers.remove(&user).unwrap_or_default();
                keep_or_give_back(tx, self.tenant, numbers, &settled.held, enforcement, self.now).await?;
                count(&mut self.seats, &held, &settled.held);
                self.has_freed |= held.difference(&settled.held).next().is_some();
            }
        }
        Ok(())
    }

    /// A seat that one gave back may be what others wait for.
    async fn end(self, tx: &mut Tx) -> Result<(), WriteError> {
        if self.has_freed {
            tx.queue_failed(self.tenant, Some(NO_SEATS)).await?;
        }
        Ok(())
    }
}

/// The code of who waits for a seat.
pub const NO_SEATS: &str = "license.no_seats";

/// Whether a group, which has people only, can give a plan.
fn check_plan(part_number: &PartNumber) -> Result<(), Refusal> {
    let plan = Plan::find(part_number).ok_or_else(|| Refusal::UnknownPlan { plan: part_number.clone() })?;
    if plan.holders.contains(&Holder::User) {
        return Ok(());
    }
    Err(Refusal::NotForPeople { plan: part_number.clone() })
}
