//! For how long facts of reports are kept.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use store::{Actor, Forgotten, Retained, Store, WriteError};

use super::{Access, Refused};
use crate::error::chain;

/// Facts that are kept for a year may be kept some hours longer.
const LOOK_EVERY: Duration = Duration::from_secs(6 * 60 * 60);
/// Between two changes, so that whoever waits for the database goes first.
const PAUSE: Duration = Duration::from_millis(50);
/// At least a month's reports; at most ten years.
const DAYS: std::ops::RangeInclusive<u32> = 28..=3_650;

impl Access {
    /// Says for how long facts are kept. What is older goes within hours.
    pub async fn keep_reports(&self, wanted: Retained) -> Result<(), Refused> {
        if !DAYS.contains(&wanted.days) {
            let words = format!("facts of reports are kept for {} to {} days", DAYS.start(), DAYS.end());
            return Err(Refused::field("days", "report.days_out_of_range", words));
        }
        let mut tx = self.change().await?;
        tx.keep_reports(self.tenant(), wanted).await?;
        Ok(tx.commit().await.map(drop)?)
    }
}

/// Forgets facts that are older than their organization keeps them, as long as the process lives.
pub async fn forget(store: Store) {
    loop {
        if let Err(error) = forget_once(&store, Timestamp::now()).await {
            tracing::warn!(error = chain(&error), "facts of reports that were kept long enough can't be forgotten");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Forgets what is too old as of `now`, some hours' worth at a time.
pub async fn forget_once(store: &Store, now: Timestamp) -> Result<(), WriteError> {
    for (tenant, retained) in store.report_retentions().await? {
        let kept = SignedDuration::from_hours(i64::from(retained.days) * 24);
        let Ok(until) = now.checked_sub(kept) else { continue };
        loop {
            let mut tx = store.begin_background(Actor::System, now).await?;
            let done = tx.forget_facts(tenant, until).await?;
            tx.commit().await?;
            match done {
                Forgotten::All => break,
                Forgotten::Some => tokio::time::sleep(PAUSE).await,
            }
        }
    }
    Ok(())
}
