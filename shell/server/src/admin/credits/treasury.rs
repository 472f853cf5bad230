//! Keeps the switch told of what organizations may spend, and lets credit lapse that nobody used in time.
//!
//! It looks at the event table as the reconciler does: what an event names is read anew and told. What calls take makes no
//! events, because the switch knows it first.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::{SignedDuration, Timestamp};
use phone::Directory;
use phone::directory::Tenant;
use phone::id::TenantId;
use store::{Actor, EventId, Store, StoreError, WriteError};
use tokio::sync::watch;

use super::account::{Decks, account};
use crate::error::chain;
use crate::node::{self, Stopped};
use crate::spool;

/// Months begin, decks become valid, and lots lapse without an event.
const LOOK: Duration = Duration::from_secs(15 * 60);
/// After a failed try.
const RETRY: Duration = Duration::from_secs(2);
/// What of charges is still in the spool is waited for so long: the switch must not spend it again.
const SPOOL_PATIENCE: Duration = Duration::from_secs(20);
const SPOOL_LOOK: Duration = Duration::from_millis(20);
/// Calls that used a lot to its end are booked before it lapses.
const LAPSE_GRACE: SignedDuration = SignedDuration::from_mins(10);

pub struct Treasury {
    pub store: Store,
    pub node: node::Handle,
    pub directory: Arc<ArcSwap<Directory>>,
    pub decks: Decks,
}

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Stopped(#[from] Stopped),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Treasury {
    /// Books what an earlier process left, and tells the switch for the first time; before it takes calls.
    pub async fn begin(&self, spool: &spool::Status) -> Result<EventId, WriteError> {
        let waited = tokio::time::timeout(SPOOL_PATIENCE, async {
            while spool.is_busy() {
                tokio::time::sleep(SPOOL_LOOK).await;
            }
        });
        if waited.await.is_err() {
            tracing::warn!("calls of before are not all booked yet: their charges may be spent twice until they are");
        }
        let now = Timestamp::now();
        let mut tx = self.store.begin(Actor::System, now).await?;
        let n_charges = tx.finish_charges(now).await?;
        tx.commit().await?;
        if 0 < n_charges {
            tracing::info!(n_charges, "calls that ended with an earlier process cost what was told of them last");
        }
        let newest = self.store.last_event().await?;
        if self.tell(None).await.is_err() {
            tracing::warn!("what organizations may spend could not be told: their calls are free until it is");
        }
        Ok(newest)
    }

    /// Runs until the node stops.
    pub async fn run(self, mut known: EventId, mut reached: watch::Receiver<EventId>) {
        let mut pause = LOOK;
        loop {
            let is_time = match tokio::time::timeout(pause, reached.changed()).await {
                Ok(Ok(())) => false,
                // Who reconciles settings has ended, and so has the node.
                Ok(Err(_)) => return,
                Err(_) => true,
            };
            pause = match self.look(&mut known, is_time).await {
                Ok(()) => LOOK,
                Err(Failed::Stopped(_)) => return,
                Err(error) => {
                    tracing::warn!(
                        error = chain(&error),
                        "what organizations may spend can't be read; calls go on with what was told"
                    );
                    RETRY
                }
            };
        }
    }

    async fn look(&self, known: &mut EventId, everything: bool) -> Result<(), Failed> {
        if everything {
            self.lapse(Timestamp::now()).await?;
        }
        let (touched, newest) = self.store.wallet_news(*known).await?;
        match touched {
            _ if everything => self.tell(None).await?,
            None => self.tell(None).await?,
            Some(tenants) if tenants.is_empty() => {}
            Some(tenants) => self.tell(Some(&tenants)).await?,
        }
        *known = newest;
        Ok(())
    }

    /// Tells of these organizations, or of all that have a wallet.
    async fn tell(&self, tenants: Option<&BTreeSet<TenantId>>) -> Result<(), Failed> {
        let directory = self.directory.load_full();
        let with_wallet: BTreeSet<TenantId> =
            self.store.wallets().await?.into_iter().map(|(tenant, _)| tenant).collect();
        let wanted: Vec<Arc<Tenant>> = match tenants {
            Some(tenants) => tenants.iter().filter_map(|id| directory.tenant(*id).cloned()).collect(),
            None => with_wallet.iter().filter_map(|id| directory.tenant(*id).cloned()).collect(),
        };
        for tenant in wanted {
            let account = match with_wallet.contains(&tenant.profile.id) {
                true => account(&self.store, &self.decks, &tenant, Timestamp::now()).await?,
                false => None,
            };
            self.node.account(tenant.profile.id, account.map(Box::new)).await?;
        }
        Ok(())
    }

    /// Books what of lots was not used in time.
    async fn lapse(&self, now: Timestamp) -> Result<(), Failed> {
        let at = now.saturating_sub(LAPSE_GRACE).unwrap_or(now);
        let mut tx = self.store.begin_background(Actor::System, now).await?;
        for tenant in tx.tenants_with_lapsed_lots(at).await? {
            let Some(mut book) = tx.book(tenant).await? else { continue };
            let entries = book.expire(at);
            // They are made of what the book has.
            if entries.iter().all(|entry| book.apply(entry).is_ok()) {
                tx.post(tenant, &book, &entries, "expired").await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }
}
