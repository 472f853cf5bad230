//! Calls for help, for the audit, webhooks and live views: nothing else is kept of them beside their records.

use jiff::Timestamp;
use phone::id::TenantId;
use phone::record::emergency::CalledForHelp;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde::Deserialize as _;

use crate::database::Store;
use crate::entity::event;
use crate::error::{StoreError, WriteError};
use crate::events::{Event, EventId, Noun};
use crate::tx::{Change, Tx};

/// Events among which calls for help of the last hour are looked for, the newest: more than an hour of a busy server has.
const EVENTS_LOOKED_AT: EventId = 100_000;

impl Store {
    /// Calls for help since a moment, oldest first: who is called back is known after a restart, too.
    pub async fn emergencies_since(&self, since: Timestamp) -> Result<Vec<(TenantId, CalledForHelp)>, StoreError> {
        let newest = self.last_event().await?;
        let rows = event::Entity::find()
            .filter(event::Column::Id.gt(newest.saturating_sub(EVENTS_LOOKED_AT)))
            .filter(event::Column::Noun.eq(Noun::EmergencyCall.as_str()))
            .filter(event::Column::At.gte(since.as_millisecond()))
            .order_by_asc(event::Column::Id)
            .all(&self.reader)
            .await?;
        let events = rows.into_iter().map(Event::from);
        Ok(events.filter_map(|event| Some((event.tenant?, CalledForHelp::deserialize(event.after?).ok()?))).collect())
    }
}

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
