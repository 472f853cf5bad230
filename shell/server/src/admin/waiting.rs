//! How many people of groups wait for their licenses: counted no more often than counting is worth.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use phone::id::{GroupId, TenantId};
use store::{GroupProgress, Store, StoreError};

use super::{Access, Refused};

/// A count holds so many times as long as it took. Counting fifty thousand who wait takes longer than licensing some of
/// them, and a page that shows how far it is asks again and again.
const HOLDS: u32 = 20;

/// What was counted and still holds.
#[derive(Default)]
pub struct Waiting(Mutex<BTreeMap<TenantId, Arc<Counts>>>);

/// Of one organization. Whoever counts holds it, so that no older count follows a newer one.
type Counts = tokio::sync::Mutex<BTreeMap<GroupId, Count>>;

struct Count {
    until: Instant,
    progress: GroupProgress,
}

impl Access {
    /// How far the licenses of some groups are.
    pub async fn progress_of_groups(&self, groups: &[GroupId]) -> Result<BTreeMap<GroupId, GroupProgress>, Refused> {
        Ok(self.admin.waiting.of(self.store(), self.tenant(), groups).await?)
    }
}

impl Waiting {
    /// How far some groups are. It goes back only where somebody is to be given something anew: what was counted before
    /// that does not hold.
    pub async fn of(
        &self,
        store: &Store,
        tenant: TenantId,
        groups: &[GroupId],
    ) -> Result<BTreeMap<GroupId, GroupProgress>, StoreError> {
        let counts = self.of_tenant(tenant);
        let mut counts = counts.lock().await;
        let begun = Instant::now();
        // That nobody waits any more is told at once.
        if store.has_license_backlog(tenant).await? {
            counts.retain(|_, count| begun < count.until);
        } else {
            counts.clear();
        }
        // So is that somebody waits again: who joins, and what a group gives, make another version of it.
        let versions =
            if counts.is_empty() { BTreeMap::new() } else { store.versions_of_groups(tenant, groups).await? };
        let known = |group: &GroupId| {
            let count = counts.get(group)?;
            (versions.get(group) == Some(&count.progress.version)).then_some((*group, count.progress))
        };
        let mut progress: BTreeMap<GroupId, GroupProgress> = groups.iter().filter_map(known).collect();
        let unknown: Vec<GroupId> = groups.iter().filter(|group| !progress.contains_key(group)).copied().collect();
        if unknown.is_empty() {
            return Ok(progress);
        }
        let counted = store.progress_of_groups(tenant, &unknown).await?;
        let now = Instant::now();
        let until = now + (now - begun).saturating_mul(HOLDS).min(Duration::from_secs(1));
        let busy = counted.iter().filter(|(_, progress)| 0 < progress.n_waiting);
        counts.extend(busy.map(|(group, progress)| (*group, Count { until, progress: *progress })));
        progress.extend(counted);
        Ok(progress)
    }

    fn of_tenant(&self, tenant: TenantId) -> Arc<Counts> {
        // Nothing in it is half done when its holder panics.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(tenant).or_default().clone()
    }
}
