//! Calls for help, for the audit, webhooks and live views: nothing else is kept of them beside their records.

use phone::id::TenantId;
use phone::record::emergency::CalledForHelp;

use crate::error::WriteError;
use crate::events::Noun;
use crate::tx::{Change, Tx};

impl Tx {
    /// Somebody called for help.
    pub async fn note_emergency(&mut self, tenant: TenantId, call: &CalledForHelp) -> Result<(), WriteError> {
        self.note(Change::<(), _> {
            tenant: Some(tenant),
            noun: Noun::EmergencyCall,
            object: call.call.to_string(),
            action: "create",
            before: None,
            after: Some(call),
        })
        .await?;
        Ok(())
    }
}
