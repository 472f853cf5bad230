//! What of the queues outlives a restart: told to the switch at start, and written down as the switch decides it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use phone::apps::queue::Fact;
use phone::id::TenantId;
use store::{Actor, OptOut, Store, WriteError};
use switch::input::Command;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::error::chain;
use crate::node::{self, Memory};

/// Facts in one change: some milliseconds of writing, for which others wait.
const AT_ONCE_MAX: usize = 200;

/// Tells the switch what was remembered.
pub async fn restore(store: &Store, node: &node::Handle) -> anyhow::Result<()> {
    let mut remembered: BTreeMap<TenantId, Vec<Fact>> = BTreeMap::new();
    for out in store.opt_outs().await? {
        let fact = Fact::OptedOut { queue: out.queue, agent: out.agent };
        remembered.entry(out.tenant).or_default().push(fact);
    }
    for (tenant, agent, reason) in store.pauses().await? {
        remembered.entry(tenant).or_default().push(Fact::Paused { agent, reason: reason.into() });
    }
    for (tenant, callback) in store.waiting_callbacks().await? {
        remembered.entry(tenant).or_default().push(Fact::Callback(callback));
    }
    for (tenant, clock) in store.queue_clocks().await? {
        remembered.entry(tenant).or_default().push(clock);
    }
    let an_hour_ago = Timestamp::now() - SignedDuration::from_hours(1);
    for (tenant, call) in store.emergencies_since(an_hour_ago).await? {
        remembered.entry(tenant).or_default().push(Fact::CalledForHelp(Box::new(call)));
    }
    for (tenant, facts) in remembered {
        node.command(Command::Restore { tenant, facts }).await?;
    }
    Ok(())
}

/// Writes down what the switch decides, as long as the switch runs.
pub async fn keep(store: Store, mut memories: broadcast::Receiver<Memory>) {
    loop {
        let first = match memories.recv().await {
            Ok(memory) => memory,
            Err(RecvError::Lagged(n_lost)) => {
                tracing::warn!(
                    n_lost,
                    "the database was too slow: what queues decided is forgotten with the next restart"
                );
                continue;
            }
            Err(RecvError::Closed) => return,
        };
        let mut memories_now = vec![first];
        while memories_now.len() < AT_ONCE_MAX
            && let Ok(memory) = memories.try_recv()
        {
            memories_now.push(memory);
        }
        if let Err(error) = write(&store, memories_now).await {
            tracing::warn!(error = chain(&error), "what queues decided is forgotten with the next restart");
        }
    }
}

/// In one change, so that a busy hour costs as many as the disk takes.
async fn write(store: &Store, memories: Vec<Memory>) -> Result<(), WriteError> {
    let mut tx = store.begin(Actor::System, Timestamp::now()).await?;
    let mut known: BTreeMap<TenantId, bool> = BTreeMap::new();
    for Memory { tenant, fact } in memories {
        let is_there = match known.get(&tenant) {
            Some(is_there) => *is_there,
            None => tx.tenant(tenant).await?.is_some(),
        };
        known.insert(tenant, is_there);
        // What is of an organization that was deleted a moment ago is of nobody.
        if !is_there {
            continue;
        }
        match fact {
            Fact::Alert(alert) => tx.note_queue_alert(tenant, &alert).await?,
            Fact::AnsweredLast { queue, agent } => tx.keep_turn(tenant, queue, agent).await?,
            Fact::CallEnded { agent, at } => tx.keep_idle(tenant, agent, at).await?,
            Fact::Callback(callback) => tx.keep_callback(tenant, &callback).await?,
            Fact::OptedOut { queue, agent } => tx.opt_out(OptOut { tenant, queue, agent }).await?,
            Fact::Paused { agent, reason } => tx.set_pause(tenant, agent, Some(&reason)).await?,
            Fact::CalledForHelp(call) => tx.note_emergency(tenant, &call).await?,
            Fact::Supervised(session) => tx.note_supervised(tenant, &session).await?,
        }
    }
    tx.commit().await?;
    Ok(())
}
