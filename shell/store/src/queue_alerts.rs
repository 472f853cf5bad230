//! Thresholds of queues that were reached, and when that was over: for the audit, the event stream and webhooks.

use phone::apps::queue::alert::Alert;
use phone::id::TenantId;

use crate::error::WriteError;
use crate::events::Noun;
use crate::tx::{Change, Tx};

impl Tx {
    /// Notes that a threshold was reached, or that it is over.
    pub async fn note_queue_alert(&mut self, tenant: TenantId, alert: &Alert) -> Result<(), WriteError> {
        self.note(Change::<(), _> {
            tenant: Some(tenant),
            noun: Noun::QueueAlert,
            object: alert.queue.to_string(),
            action: if alert.is_raised { "raise" } else { "clear" },
            before: None,
            after: Some(alert),
        })
        .await?;
        Ok(())
    }
}
