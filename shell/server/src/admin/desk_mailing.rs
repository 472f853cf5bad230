//! Tells the security desk of calls for help by mail, at once. Nothing waits for it: the audit and webhooks have it as well.
//! Specification of numbers, 2.8.4

use std::sync::Arc;

use arc_swap::ArcSwap;
use phone::Directory;
use phone::apps::queue::Fact;
use phone::id::TenantId;
use phone::record::emergency::CalledForHelp;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::admin::post::{Letter, Post};
use crate::node::Memory;

/// Writes to those whom emergency policies name.
pub struct DeskMailing {
    pub directory: Arc<ArcSwap<Directory>>,
    pub post: Post,
}

impl DeskMailing {
    /// Runs as long as the switch does.
    pub async fn run(self, mut memories: broadcast::Receiver<Memory>) {
        loop {
            match memories.recv().await {
                Ok(Memory { tenant, fact: Fact::CalledForHelp(call) }) => self.mail(tenant, &call).await,
                Ok(_) => {}
                Err(RecvError::Lagged(n_lost)) => {
                    tracing::warn!(n_lost, "mail was too slow: a security desk may not have been told of a call");
                }
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// One letter to each.
    pub async fn mail(&self, tenant: TenantId, call: &CalledForHelp) {
        let directory = self.directory.load_full();
        let Some(tenant) = directory.tenant(tenant) else { return };
        let (subject, text) = call.letter();
        let letter = Letter { subject, text };
        for address in tenant.desk_addresses(call.notified.iter().map(String::as_str)) {
            self.post.send(&address, &letter, &format!("emergency-{}", call.call)).await;
        }
    }
}
