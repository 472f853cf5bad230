//! Lists recordings whose sound is in its place.

use std::time::Duration;

use jiff::Timestamp;
use store::{Actor, Store, StoreError, WriteError};
use tokio::sync::mpsc::UnboundedReceiver;

use super::files::Files;
use super::recorder::Whole;
use crate::error::chain;

/// How long the database is given between two tries.
const RETRY_SECS: [u64; 4] = [1, 2, 5, 15];

/// Writes the rows of recordings.
pub struct Filer {
    pub store: Store,
    pub files: Files,
}

impl Filer {
    /// Works until nothing more comes. The envelope goes last, so that a crash before leads to another try.
    pub async fn run(self, mut whole: UnboundedReceiver<Whole>) {
        while let Some(whole) = whole.recv().await {
            let (tenant, recording) = (whole.envelope.tenant, whole.envelope.id);
            let mut retries = RETRY_SECS.into_iter();
            let mut pause = 1;
            let is_there = loop {
                match self.file(&whole).await {
                    Ok(is_there) => break is_there,
                    Err(error) => {
                        tracing::warn!(error = chain(&error), %recording, "a recording waits for the database")
                    }
                }
                pause = retries.next().unwrap_or(pause);
                tokio::time::sleep(Duration::from_secs(pause)).await;
            };
            if !is_there {
                self.files.remove_sound(tenant, recording);
            }
            if let Err(error) = self.files.remove_envelope(recording) {
                tracing::warn!(%error, %recording, "the envelope of a recording can't be removed");
            }
        }
    }

    /// False if the organization is gone.
    async fn file(&self, whole: &Whole) -> Result<bool, StoreError> {
        match self.try_file(whole).await {
            Ok(()) => Ok(true),
            Err(WriteError::Store(error)) => Err(error),
            Err(WriteError::NotFound | WriteError::Stale { .. } | WriteError::Taken { .. }) => Ok(false),
        }
    }

    async fn try_file(&self, whole: &Whole) -> Result<(), WriteError> {
        let mut tx = self.store.begin(Actor::System, Timestamp::now()).await?;
        let kept = whole.envelope.kept(whole.duration_ms, whole.size_bytes);
        tx.keep_recording(whole.envelope.tenant, &kept).await?;
        tx.commit().await?;
        Ok(())
    }
}
