//! What of the queues outlives a restart: told to the switch at start, and written down as the switch decides it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use phone::apps::queue::Fact;
use phone::id::TenantId;
use store::{Actor, OptOut, Store, WriteError};
use switch::input::Command;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::error::chain;
use crate::node::{self, Memory};

/// Tells the switch what was remembered.
pub async fn restore(store: &Store, node: &node::Handle) -> anyhow::Result<()> {
    let mut remembered: BTreeMap<TenantId, Vec<Fact>> = BTreeMap::new();
    for out in store.opt_outs().await? {
        let fact = Fact::OptedOut { queue: out.queue, agent: out.agent };
        remembered.entry(out.tenant).or_default().push(fact);
    }
    for (tenant, facts) in remembered {
        node.command(Command::Restore { tenant, facts }).await?;
    }
    Ok(())
}

/// Writes down what the switch decides, as long as the switch runs.
pub async fn keep(store: Store, mut memories: broadcast::Receiver<Memory>) {
    loop {
        match memories.recv().await {
            Ok(memory) => {
                if let Err(error) = write(&store, memory).await {
                    tracing::warn!(error = chain(&error), "what a queue decided is forgotten with the next restart");
                }
            }
            Err(RecvError::Lagged(n_lost)) => {
                tracing::warn!(
                    n_lost,
                    "the database was too slow: what queues decided is forgotten with the next restart"
                );
            }
            Err(RecvError::Closed) => return,
        }
    }
}

async fn write(store: &Store, memory: Memory) -> Result<(), WriteError> {
    let Memory { tenant, fact } = memory;
    let mut tx = store.begin(Actor::System, Timestamp::now()).await?;
    match fact {
        Fact::OptedOut { queue, agent } => tx.opt_out(OptOut { tenant, queue, agent }).await?,
    }
    tx.commit().await?;
    Ok(())
}
