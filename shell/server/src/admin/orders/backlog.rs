//! Carries orders out, part by part, and each part in changes of a few milliseconds. The lines of a change and their
//! outcomes are one: whatever ends the process, the next one goes on where the last change ended.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use phone::id::{OrderId, TenantId};
use phone::order::{LineFault, Outcome};
use store::{Actor, OrderLine, Store, StoreError, Tx, WriteError};

use super::answer;
use crate::admin::pace::Pace;
use crate::admin::reconciler::Nudge;
use crate::error::chain;

/// Lines of one part: orders of other organizations wait for it some tens of milliseconds.
const LINES_PER_PART: u64 = 500;
/// A part that fails this often is given up, so that an order always ends.
pub const TRIES_MAX: u32 = 3;
/// After a part that failed.
const RETRY: Duration = Duration::from_secs(2);
/// Catches orders that another process left.
const LOOK: Duration = Duration::from_secs(30);

/// What carries orders out.
#[derive(Clone)]
pub struct Backlog {
    pub store: Store,
    /// Tells that settings changed.
    pub changed: Nudge,
}

/// A part could not be worked on.
#[derive(Debug, thiserror::Error)]
enum Unworked {
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("a part of an order panicked")]
    Panicked,
}

impl Unworked {
    fn is_passing(&self) -> bool {
        match self {
            Self::Write(error) => error.is_passing(),
            Self::Panicked => false,
        }
    }
}

impl Backlog {
    /// Carries out what there is and what comes, until the process ends.
    pub async fn run(self, wake: Nudge) {
        let mut tries = BTreeMap::new();
        loop {
            let pause = match self.round(&mut tries).await {
                Ok(0) => LOOK,
                Ok(_) if tries.is_empty() => continue,
                Ok(_) => RETRY,
                Err(error) => {
                    tracing::warn!(error = chain(&error), "orders can't be read; they wait");
                    RETRY
                }
            };
            // A new order is begun at once even while another one waits to be tried again.
            let _ = tokio::time::timeout(pause, wake.nudged()).await;
        }
    }

    /// Works on a part of each organization's oldest order, so that a short one never waits for another's long one.
    /// Returns how many there were.
    pub async fn round(&self, tries: &mut BTreeMap<OrderId, u32>) -> Result<usize, StoreError> {
        let open = self.store.open_orders().await?;
        for (tenant, order) in &open {
            let (tenant, order) = (*tenant, order.id);
            let n_tries = tries.get(&order).copied().unwrap_or(0);
            let part = if n_tries < TRIES_MAX { Part::Work } else { Part::GiveUp };
            let worked = self.clone();
            let task = tokio::spawn(async move { worked.part(tenant, order, part).await });
            match task.await.map_err(|_| Unworked::Panicked).and_then(|done| Ok(done?)) {
                Ok(()) => {
                    tries.remove(&order);
                }
                Err(error) => {
                    tracing::warn!(%order, n_tries, error = chain(&error), "a part of an order failed");
                    // What the order is not to blame for is no reason to give it up.
                    tries.insert(order, n_tries.saturating_add(u32::from(!error.is_passing())));
                }
            }
            self.changed.nudge();
        }
        Ok(open.len())
    }

    async fn part(&self, tenant: TenantId, order: OrderId, part: Part) -> Result<(), WriteError> {
        let Some(known) = self.store.order(tenant, order).await? else { return Ok(()) };
        let by = Actor::parse(&known.created_by);
        let (mut n_left, mut pace) = (LINES_PER_PART, Pace::LINES);
        while 0 < n_left {
            let n = match part {
                Part::GiveUp => n_left,
                Part::Work => pace.n().min(n_left),
            };
            let tx = self.store.begin_background(by.clone(), Timestamp::now()).await?;
            let begun = Instant::now();
            let n_answered = answer_some(tx, tenant, order, part, n).await?;
            pace.took(n_answered, begun.elapsed());
            n_left = if n_answered < n { 0 } else { n_left - n };
        }
        Ok(())
    }
}

/// Answers the next lines of an order; how many.
async fn answer_some(mut tx: Tx, tenant: TenantId, order: OrderId, part: Part, n: u64) -> Result<u64, WriteError> {
    let Some(known) = tx.order(tenant, order).await?.filter(|order| !order.is_finished()) else { return Ok(0) };
    let mut lines = tx.waiting_lines(order, n).await?;
    let now = tx.at();
    match part {
        Part::Work => answer(&mut tx, tenant, &known, &mut lines, now).await?,
        Part::GiveUp => give_up(&mut lines),
    }
    tx.write_lines(order, &lines).await?;
    let after = known.after(now, lines.iter().filter_map(|line| line.outcome.as_ref()));
    tx.save_order(tenant, &after).await?;
    tx.commit().await?;
    Ok(u64::try_from(lines.len()).unwrap_or(u64::MAX))
}

#[derive(Clone, Copy)]
enum Part {
    GiveUp,
    Work,
}

fn give_up(lines: &mut [OrderLine]) {
    for line in lines {
        line.outcome = Some(Outcome::Failed(LineFault {
            column: None,
            code: "order.line_given_up".to_owned(),
            message: "something went wrong in the server, several times".to_owned(),
            fix: "look into the server's log and send this line again".to_owned(),
        }));
    }
}
