//! Whose turn it is in a queue, and since when agents are idle. Kept for restarts alone: it changes with each call, and
//! nobody is told of it.

use jiff::Timestamp;
use phone::apps::queue::Fact;
use phone::id::{QueueId, TenantId, UserId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::database::Store;
use crate::entity::queue_clock::{ActiveModel, Column, Entity};
use crate::error::{StoreError, WriteError};
use crate::tx::{Tx, timestamp};

impl Store {
    /// All of them, for the switch at start.
    pub async fn queue_clocks(&self) -> Result<Vec<(TenantId, Fact)>, StoreError> {
        let rows = Entity::find().all(&self.reader).await?;
        let fact = |row: crate::entity::queue_clock::Model| {
            let fact = match row.agent {
                Some(agent) => Fact::AnsweredLast { queue: QueueId(row.subject), agent: UserId(agent) },
                None => Fact::CallEnded { agent: UserId(row.subject), at: timestamp(row.at) },
            };
            (TenantId(row.tenant), fact)
        };
        Ok(rows.into_iter().map(fact).collect())
    }
}

impl Tx {
    /// Round robin goes on past this agent.
    pub async fn keep_turn(&mut self, tenant: TenantId, queue: QueueId, agent: UserId) -> Result<(), WriteError> {
        self.keep_clock(tenant, queue.0, Some(agent.0), self.at).await
    }

    /// An agent is idle since then.
    pub async fn keep_idle(&mut self, tenant: TenantId, agent: UserId, since: Timestamp) -> Result<(), WriteError> {
        self.keep_clock(tenant, agent.0, None, since).await
    }

    /// A queue or a person is about to be deleted.
    pub(crate) async fn forget_clock(&mut self, subject: Uuid) -> Result<(), StoreError> {
        Entity::delete_many().filter(Column::Subject.eq(subject)).exec(&self.db).await?;
        Ok(())
    }

    async fn keep_clock(
        &mut self,
        tenant: TenantId,
        subject: Uuid,
        agent: Option<Uuid>,
        at: Timestamp,
    ) -> Result<(), WriteError> {
        let row = ActiveModel {
            subject: Set(subject),
            tenant: Set(tenant.0),
            agent: Set(agent),
            at: Set(at.as_millisecond()),
        };
        let newer = OnConflict::column(Column::Subject).update_columns([Column::Agent, Column::At]).to_owned();
        Entity::insert(row).on_conflict(newer).exec_without_returning(&self.db).await?;
        Ok(())
    }
}
