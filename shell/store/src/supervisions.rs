//! Supervisors in calls, for the audit: nothing else is kept of them.

use phone::apps::supervision::{Mode, Session};
use phone::id::{CallId, TenantId, UserId};
use serde_json::json;

use crate::error::WriteError;
use crate::events::Noun;
use crate::tx::{Change, Tx};

impl Tx {
    /// Somebody lets a supervisor into a call, or do something else there.
    pub async fn note_supervision(
        &mut self,
        tenant: TenantId,
        call: CallId,
        supervisor: UserId,
        agent: Option<UserId>,
        mode: Mode,
    ) -> Result<(), WriteError> {
        let after = json!({ "supervisor": supervisor, "agent": agent, "mode": mode });
        self.note(Change::<(), _> {
            tenant: Some(tenant),
            noun: Noun::Supervision,
            object: call.to_string(),
            action: "ask",
            before: None,
            after: Some(&after),
        })
        .await?;
        Ok(())
    }

    /// A supervisor's part in a call is over.
    pub async fn note_supervised(&mut self, tenant: TenantId, session: &Session) -> Result<(), WriteError> {
        self.note(Change::<(), _> {
            tenant: Some(tenant),
            noun: Noun::Supervision,
            object: session.call.to_string(),
            action: "end",
            before: None,
            after: Some(session),
        })
        .await?;
        Ok(())
    }
}
