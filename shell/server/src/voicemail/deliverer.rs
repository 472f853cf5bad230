//! Puts messages whose sound is in its place into their mailboxes.

use std::time::Duration;

use jiff::Timestamp;
use store::{Actor, Store, StoreError, WriteError};
use tokio::sync::mpsc::UnboundedReceiver;

use super::files::Files;
use super::recorder::Whole;
use crate::error::chain;

/// How long the database is given between two tries.
const RETRY_SECS: [u64; 4] = [1, 2, 5, 15];

/// Delivers until nothing more comes. The envelope goes last, so that a crash before leads to another try.
pub async fn deliver_all(store: Store, files: Files, mut whole: UnboundedReceiver<Whole>) {
    while let Some(whole) = whole.recv().await {
        let (tenant, message) = (whole.envelope.tenant, whole.envelope.id);
        let mut retries = RETRY_SECS.into_iter();
        let mut pause = 1;
        let is_there = loop {
            match deliver(&store, &whole).await {
                Ok(is_there) => break is_there,
                Err(error) => tracing::warn!(error = chain(&error), %message, "a message waits for the database"),
            }
            pause = retries.next().unwrap_or(pause);
            tokio::time::sleep(Duration::from_secs(pause)).await;
        };
        if !is_there {
            files.remove_sound(tenant, message);
        }
        if let Err(error) = files.remove_envelope(message) {
            tracing::warn!(%error, %message, "the envelope of a message can't be removed");
        }
    }
}

/// False if the organization is gone.
async fn deliver(store: &Store, whole: &Whole) -> Result<bool, StoreError> {
    let mut tx = store.begin(Actor::System, Timestamp::now()).await?;
    let message = whole.envelope.delivered(whole.duration_ms, whole.size_bytes);
    match tx.deliver_message(whole.envelope.tenant, &message).await {
        Ok(_) => {
            tx.commit().await?;
            Ok(true)
        }
        Err(WriteError::Store(error)) => Err(error),
        Err(WriteError::NotFound | WriteError::Stale { .. } | WriteError::Taken { .. }) => Ok(false),
    }
}
