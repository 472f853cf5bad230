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
use phone::money::wallet::{OnOutage, Wallet};
use store::{Actor, EventId, Store, StoreError, WriteError};
use tokio::sync::watch;

use super::account::{Decks, LEASE, leased};
use crate::error::chain;
use crate::node::{self, Stopped};
use crate::spool;

/// Months begin, decks become valid, and lots lapse without an event.
const EVERYTHING: Duration = Duration::from_secs(15 * 60);
/// A share is taken anew well before it is the others'.
const LOOK: Duration = Duration::from_secs(25);
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
    /// Organizations of which the switch was told what holds for a time only.
    pub divided: tokio::sync::Mutex<BTreeSet<TenantId>>,
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
        if waited.await.is_ok() {
            self.close_lost(spool).await?;
        } else {
            // What is on its way has their ends: they are closed at the next start.
            tracing::warn!("calls of before are not all booked yet: their charges may be spent twice until they are");
        }
        let newest = self.store.last_event().await?;
        if self.tell(None).await.is_err() {
            tracing::warn!("what organizations may spend could not be told: their calls are free until it is");
        }
        Ok(newest)
    }

    /// Calls that ended with an earlier process: nobody will tell of their ends.
    async fn close_lost(&self, spool: &spool::Status) -> Result<(), WriteError> {
        let now = Timestamp::now();
        let mut tx = self.store.begin(Actor::System, now).await?;
        let n_carried = match spool.left_alive() {
            Some(alive) => tx.carry_charges(alive).await?,
            None => 0,
        };
        let n_charges = tx.finish_charges(now).await?;
        tx.commit().await?;
        if 0 < n_charges || 0 < n_carried {
            tracing::info!(
                n_charges,
                n_carried,
                "calls that ended with an earlier process cost what they had when it said last that it lives"
            );
        }
        Ok(())
    }

    /// Runs until the node stops.
    pub async fn run(self, mut known: EventId, mut reached: watch::Receiver<EventId>) {
        let mut pause = LOOK;
        let mut all_at = tokio::time::Instant::now() + EVERYTHING;
        loop {
            let is_time = match tokio::time::timeout(pause, reached.changed()).await {
                Ok(Ok(())) => false,
                // Who reconciles settings has ended, and so has the node.
                Ok(Err(_)) => return,
                Err(_) => true,
            };
            let is_all = is_time && all_at <= tokio::time::Instant::now();
            if is_all {
                all_at = tokio::time::Instant::now() + EVERYTHING;
            }
            let looked = match (is_time, is_all) {
                (true, false) => self.renew(Timestamp::now()).await,
                (_, everything) => self.look(&mut known, everything).await,
            };
            pause = match looked {
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

    /// Keeps what this server may spend its own, and tells the switch anew where it is divided, or is no promise without.
    async fn renew(&self, now: Timestamp) -> Result<(), Failed> {
        let until = now.saturating_add(LEASE).unwrap_or(now);
        let mut tx = self.store.begin_background(Actor::System, now).await?;
        let mut told = tx.renew_shares(self.store.node(), until).await?;
        tx.commit().await?;
        let is_closed = |wallet: &Wallet| wallet.controls.on_outage == OnOutage::Closed;
        let wallets = self.store.wallets().await?;
        told.extend(wallets.iter().filter(|(_, row)| is_closed(&row.wallet.value)).map(|(tenant, _)| *tenant));
        // One that was divided and is not any more has all of it again.
        let was: BTreeSet<TenantId> = std::mem::take(&mut *self.divided.lock().await);
        let all: BTreeSet<TenantId> = told.union(&was).copied().collect();
        *self.divided.lock().await = told;
        if all.is_empty() { Ok(()) } else { self.tell(Some(&all)).await }
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
            let now = Timestamp::now();
            let leased = match with_wallet.contains(&tenant.profile.id) {
                true => leased(&self.store, &self.decks, &tenant, now).await?,
                false => None,
            };
            let (account, good_until) = leased.map_or((None, None), |it| (Some(it.account), it.good_until));
            self.node.account(tenant.profile.id, account, good_until).await?;
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
