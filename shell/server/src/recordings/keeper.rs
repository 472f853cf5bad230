//! Deletes recordings whose time is over.

use std::time::Duration;

use jiff::Timestamp;
use store::{Actor, Store, StoreError, WriteError};

use super::files::Files;
use crate::error::chain;

/// Retention is a matter of days; a look at an index.
const LOOK: Duration = Duration::from_secs(600);
/// Recordings of one transaction.
const BATCH: u64 = 100;

/// Looks now and then, as long as the process lives.
pub async fn keep(store: Store, files: Files) {
    loop {
        match delete_expired(&store, &files, Timestamp::now()).await {
            Ok(0) => {}
            Ok(n_recordings) => tracing::info!(n_recordings, "recordings were kept long enough and are deleted"),
            Err(error) => tracing::warn!(error = chain(&error), "recordings that were kept long enough stay"),
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Deletes all recordings whose time is over, first the rows and then the sound.
pub async fn delete_expired(store: &Store, files: &Files, now: Timestamp) -> Result<usize, StoreError> {
    let mut n_deleted = 0;
    loop {
        let over = store.expired_recordings(now, BATCH).await?;
        if over.is_empty() {
            return Ok(n_deleted);
        }
        let mut tx = store.begin_background(Actor::System, now).await?;
        for (tenant, recording) in &over {
            match tx.delete_recording(*tenant, *recording).await {
                // Somebody was faster.
                Ok(()) | Err(WriteError::NotFound) => {}
                Err(WriteError::Store(error)) => return Err(error),
                Err(WriteError::Stale { .. } | WriteError::Taken { .. }) => {}
            }
        }
        tx.commit().await?;
        for (tenant, recording) in &over {
            files.remove_sound(*tenant, *recording);
        }
        n_deleted += over.len();
    }
}
