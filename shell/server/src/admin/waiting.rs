//! How many people of groups wait for their licenses: counted no more often than counting is worth.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use phone::id::{GroupId, TenantId};
use store::{GroupProgress, Store, StoreError};

use super::{Access, Refused};

/// A count holds so many times as long as it took. Counting fifty thousand who wait takes longer than licensing some of
/// them, and a page that shows how far it is asks again and again.
const HOLDS: u32 = 20;

/// What was counted and still holds.
#[derive(Default)]
pub struct Waiting(Mutex<BTreeMap<(TenantId, Vec<GroupId>), Count>>);

struct Count {
    until: Instant,
    n_waiting: BTreeMap<GroupId, u64>,
}

impl Access {
    /// How far the licenses of some groups are.
    pub async fn progress_of_groups(&self, groups: &[GroupId]) -> Result<BTreeMap<GroupId, GroupProgress>, Refused> {
        let n_waiting = self.admin.waiting.of(self.store(), self.tenant(), groups).await?;
        Ok(self.store().progress_of_groups(self.tenant(), groups, &n_waiting).await?)
    }
}

impl Waiting {
    async fn of(
        &self,
        store: &Store,
        tenant: TenantId,
        groups: &[GroupId],
    ) -> Result<BTreeMap<GroupId, u64>, StoreError> {
        let key = (tenant, groups.to_vec());
        // That nobody waits any more is told at once.
        if !store.has_license_backlog(tenant).await? {
            self.counts().remove(&key);
            return Ok(BTreeMap::new());
        }
        let begun = Instant::now();
        let known = self.counts().get(&key).filter(|count| begun < count.until).map(|count| count.n_waiting.clone());
        if let Some(known) = known {
            return Ok(known);
        }
        let n_waiting = store.waiting_of_groups(tenant, groups).await?;
        // So is that somebody waits again, which only a count of some can't hide.
        if n_waiting.len() == groups.len() {
            let now = Instant::now();
            let holds = (now - begun).saturating_mul(HOLDS).min(Duration::from_secs(1));
            let mut counts = self.counts();
            counts.retain(|_, count| now < count.until);
            counts.insert(key, Count { until: now + holds, n_waiting: n_waiting.clone() });
        }
        Ok(n_waiting)
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, BTreeMap<(TenantId, Vec<GroupId>), Count>> {
        // Nothing in it is half done when its holder panics.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
