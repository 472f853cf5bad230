//! Writing: rows and the events that tell of them, together or not at all.

use jiff::Timestamp;
use phone::id::TenantId;
use sea_orm::{ActiveModelTrait as _, ActiveValue, DatabaseTransaction, EntityTrait as _};
use serde::Serialize;

use crate::database::{Store, Turn, Urgency};
use crate::entity::event;
use crate::error::StoreError;
use crate::events::{Actor, EventId, Noun};
use crate::seal::Seal;

/// Events in one statement, of eight values each; SQLite takes at most 32,766.
const EVENTS_PER_STATEMENT: usize = 500;

/// The version of a stored object; grows by one with each change.
pub type Version = i64;

/// An object with what the store knows of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored<T> {
    pub value: T,
    pub version: Version,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What the writer believes is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing: this creates it.
    Absent,
    /// Whatever version.
    Any,
    /// This version and no other.
    Version(Version),
}

/// One change in the making. Dropped without [`Tx::commit`], nothing happened.
///
/// After an error of the database, a broken uniqueness rule among them, it can only be dropped.
pub struct Tx {
    pub(crate) db: DatabaseTransaction,
    pub(crate) seal: std::sync::Arc<Seal>,
    pub(crate) at: Timestamp,
    pub(crate) actor: Actor,
    /// The process that makes it.
    pub(crate) node: uuid::Uuid,
    last_event: EventId,
    /// Given on after the database is done with the change.
    _turn: Turn,
}

impl Store {
    /// Begins a change. Other changes wait for it, readers don't.
    pub async fn begin(&self, actor: Actor, at: Timestamp) -> Result<Tx, StoreError> {
        self.begin_as(Urgency::Foreground, actor, at).await
    }

    /// Begins a change that nobody waits for: one part of much work, that is done in a few milliseconds. Changes that
    /// somebody waits for go first, and after each part they have time to.
    pub async fn begin_background(&self, actor: Actor, at: Timestamp) -> Result<Tx, StoreError> {
        self.begin_as(Urgency::Background, actor, at).await
    }

    async fn begin_as(&self, urgency: Urgency, actor: Actor, at: Timestamp) -> Result<Tx, StoreError> {
        let (db, turn) = self.begin_writing(urgency).await?;
        Ok(Tx { db, seal: self.seal.clone(), at, actor, node: self.node(), last_event: 0, _turn: turn })
    }
}

impl Tx {
    /// When the change is made.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Makes the change; the id of its last event, 0 if there was nothing to change.
    pub async fn commit(self) -> Result<EventId, StoreError> {
        self.db.commit().await?;
        Ok(self.last_event)
    }

    /// Notes a change of a row; called by every method that writes one. Neither `before` nor `after` may hold a secret.
    pub(crate) async fn note<B: Serialize, A: Serialize>(
        &mut self,
        change: Change<'_, B, A>,
    ) -> Result<(), StoreError> {
        self.last_event = self.event_row(change)?.insert(&self.db).await?.id;
        Ok(())
    }

    /// Notes many changes at once.
    pub(crate) async fn note_all<B: Serialize, A: Serialize>(
        &mut self,
        changes: Vec<Change<'_, B, A>>,
    ) -> Result<(), StoreError> {
        let rows = changes.into_iter().map(|change| self.event_row(change)).collect::<Result<Vec<_>, _>>()?;
        for part in rows.chunks(EVENTS_PER_STATEMENT) {
            self.last_event = event::Entity::insert_many(part.to_vec())
                .exec(&self.db)
                .await?
                .last_insert_id
                .unwrap_or(self.last_event);
        }
        Ok(())
    }

    fn event_row<B: Serialize, A: Serialize>(
        &self,
        change: Change<'_, B, A>,
    ) -> Result<event::ActiveModel, StoreError> {
        let noun = change.noun.as_str();
        Ok(event::ActiveModel {
            id: ActiveValue::NotSet,
            tenant: ActiveValue::Set(change.tenant.map(|tenant| tenant.0)),
            at: ActiveValue::Set(self.at.as_millisecond()),
            actor: ActiveValue::Set(self.actor.to_string()),
            noun: ActiveValue::Set(noun.to_owned()),
            object: ActiveValue::Set(change.object),
            action: ActiveValue::Set(change.action.to_owned()),
            before: ActiveValue::Set(json_text(noun, change.before)?),
            after: ActiveValue::Set(json_text(noun, change.after)?),
        })
    }
}

/// What is noted of one change.
pub(crate) struct Change<'a, B, A> {
    pub(crate) tenant: Option<TenantId>,
    pub(crate) noun: Noun,
    pub(crate) object: String,
    pub(crate) action: &'static str,
    pub(crate) before: Option<&'a B>,
    pub(crate) after: Option<&'a A>,
}

fn json_text<T: Serialize>(what: &'static str, value: Option<&T>) -> Result<Option<String>, StoreError> {
    value.map(serde_json::to_string).transpose().map_err(|source| StoreError::Unwritable { what, source })
}

/// A stored time; what is out of range can't have been written by us and becomes the epoch.
pub(crate) fn timestamp(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}
