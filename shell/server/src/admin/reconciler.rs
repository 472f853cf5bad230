//! Brings the switch to what the database says.
//!
//! It takes no orders, only nudges: after each change, and now and then by itself, it compares the newest event with
//! the one that it last knew, and if they differ reads everything and hands it to the switch. So the way after a change
//! is the way after a start or a failure.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use phone::Directory;
use store::{EventId, Store, StoreError};
use tokio::sync::Notify;

use crate::error::chain;
use crate::node;
use crate::prompts::Prompts;

/// Catches changes made by another process, such as a restore; one look at an index.
const LOOK_SECS: u64 = 30;
/// After a failed try.
const RETRY_SECS: u64 = 2;

/// Wakes who waits for work.
#[derive(Clone, Debug, Default)]
pub struct Nudge(Arc<Notify>);

/// What is to be kept the same.
pub struct Reconciler {
    pub store: Store,
    pub node: node::Handle,
    pub prompts: Arc<Prompts>,
    pub directory: Arc<ArcSwap<Directory>>,
    /// Whether the switch has music to play to who waits.
    pub has_music: AtomicBool,
}

/// What a snapshot was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    pub event: EventId,
    /// [`Prompts::generation`]
    pub prompts: u64,
}

impl Nudge {
    pub fn nudge(&self) {
        self.0.notify_one();
    }

    /// Waits for the next nudge.
    pub async fn nudged(&self) {
        self.0.notified().await;
    }
}

impl Reconciler {
    /// Renders what a snapshot names and hands both to the switch.
    pub async fn give(&self, directory: Arc<Directory>) -> Result<(), node::Stopped> {
        let library = Arc::new(self.prompts.library(&directory).await);
        let has_music = library.hold_music.is_some();
        self.node.install(directory, library).await?;
        if has_music && !self.has_music.swap(true, Ordering::Relaxed) {
            tracing::info!("hold music is ready");
        }
        Ok(())
    }

    /// Runs until the node stops. `known` is what the switch's first snapshot was made from.
    pub async fn run(self, nudge: Nudge, mut known: Known) {
        let mut pause = LOOK_SECS;
        loop {
            let _ = tokio::time::timeout(Duration::from_secs(pause), nudge.nudged()).await;
            pause = match self.look(known).await {
                Ok(newest) => {
                    known = newest;
                    LOOK_SECS
                }
                Err(Unreconciled::Stopped(_)) => return,
                Err(Unreconciled::Store(error)) => {
                    tracing::warn!(
                        error = chain(&error),
                        "the new settings can't be read; calls go on with the old ones"
                    );
                    RETRY_SECS
                }
            };
        }
    }

    /// Hands a new snapshot over if there is something newer than `known`.
    async fn look(&self, known: Known) -> Result<Known, Unreconciled> {
        let newest = Known { event: self.store.last_event().await?, prompts: self.prompts.generation() };
        if newest != known {
            let directory = Arc::new(self.store.load_directory().await?);
            self.give(directory.clone()).await?;
            self.directory.store(directory);
        }
        Ok(newest)
    }
}

#[derive(Debug, thiserror::Error)]
enum Unreconciled {
    #[error(transparent)]
    Stopped(#[from] node::Stopped),
    #[error(transparent)]
    Store(#[from] StoreError),
}
