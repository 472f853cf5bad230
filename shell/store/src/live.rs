//! Live state that outlives a restart: who takes no calls of which queue, and what people say of their availability.

use std::collections::BTreeMap;

use phone::id::{QueueId, TenantId, UserId};
use phone::people::Presence;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;

use crate::database::Store;
use crate::documents::{from_json, to_json};
use crate::entity::{opt_out, presence};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::tx::{Change, Tx};
use crate::wanted::Wanted;

/// An agent who takes no calls of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptOut {
    pub tenant: TenantId,
    pub queue: QueueId,
    pub agent: UserId,
}

impl Store {
    /// All opt-outs of all tenants, for the switch at start.
    pub async fn opt_outs(&self) -> Result<Vec<OptOut>, StoreError> {
        let rows = opt_out::Entity::find().all(&self.reader).await?;
        let opt_out = |row: opt_out::Model| OptOut {
            tenant: TenantId(row.tenant),
            queue: QueueId(row.queue),
            agent: UserId(row.agent),
        };
        Ok(rows.into_iter().map(opt_out).collect())
    }

    /// Agents of all tenants who pause, and why, for the switch at start.
    pub async fn pauses(&self) -> Result<Vec<(TenantId, UserId, String)>, StoreError> {
        let rows = presence::Entity::find().filter(presence::Column::Pause.is_not_null()).all(&self.reader).await?;
        let pause = |row: presence::Model| Some((TenantId(row.tenant), UserId(row.user), row.pause?));
        Ok(rows.into_iter().filter_map(pause).collect())
    }

    /// What people said of their presence; who said nothing is not here.
    pub async fn presences(&self, wanted: Wanted<'_>) -> Result<BTreeMap<UserId, Presence>, StoreError> {
        let mut presences = BTreeMap::new();
        for wanted in wanted.conditions(presence::Column::Tenant, presence::Column::User) {
            for row in presence::Entity::find().filter(wanted).all(&self.reader).await? {
                presences.insert(UserId(row.user), from_json("presence", row.user, &row.presence)?);
            }
        }
        Ok(presences)
    }
}

impl Tx {
    /// An agent takes no calls of a queue from now on.
    pub async fn opt_out(&mut self, opt_out: OptOut) -> Result<(), WriteError> {
        let row = opt_out::ActiveModel {
            queue: Set(opt_out.queue.0),
            agent: Set(opt_out.agent.0),
            tenant: Set(opt_out.tenant.0),
            since: Set(self.at.as_millisecond()),
        };
        let same = OnConflict::columns([opt_out::Column::Queue, opt_out::Column::Agent]).do_nothing().to_owned();
        let n_rows = opt_out::Entity::insert(row).on_conflict(same).exec_without_returning(&self.db).await?;
        if 0 < n_rows { self.note_opt(opt_out, "opt_out").await } else { Ok(()) }
    }

    /// An agent takes calls of a queue again.
    pub async fn opt_in(&mut self, opt_out: OptOut) -> Result<(), WriteError> {
        let gone = opt_out::Entity::delete_by_id((opt_out.queue.0, opt_out.agent.0))
            .filter(opt_out::Column::Tenant.eq(opt_out.tenant.0))
            .exec(&self.db)
            .await?;
        if 0 < gone.rows_affected { self.note_opt(opt_out, "opt_in").await } else { Ok(()) }
    }

    /// Nobody is opted out of a queue that is about to be deleted. The deletion is the change that the audit tells.
    pub async fn forget_opt_outs(&mut self, tenant: TenantId, queue: QueueId) -> Result<(), WriteError> {
        opt_out::Entity::delete_many()
            .filter(opt_out::Column::Tenant.eq(tenant.0))
            .filter(opt_out::Column::Queue.eq(queue.0))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// A person says something else of their availability. The user must be one of the tenant.
    pub async fn set_presence(&mut self, tenant: TenantId, user: UserId, said: Presence) -> Result<(), WriteError> {
        let known = crate::entity::user::Entity::find_by_id(user.0)
            .filter(crate::entity::user::Column::Tenant.eq(tenant.0))
            .one(&self.db)
            .await?;
        if known.is_none() {
            return Err(WriteError::NotFound);
        }
        let before = presence::Entity::find_by_id(user.0).one(&self.db).await?;
        let before: Presence = match before {
            Some(row) => from_json("presence", user.0, &row.presence)?,
            None => Presence::default(),
        };
        let row = presence::ActiveModel {
            user: Set(user.0),
            tenant: Set(tenant.0),
            presence: Set(to_json("presence", &said)?),
            since: Set(self.at.as_millisecond()),
            // Not changed where there is one.
            pause: Set(None),
        };
        let newer = OnConflict::column(presence::Column::User)
            .update_columns([presence::Column::Presence, presence::Column::Since])
            .to_owned();
        presence::Entity::insert(row).on_conflict(newer).exec_without_returning(&self.db).await?;
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::Presence,
            object: user.to_string(),
            action: "update",
            before: Some(&before),
            after: Some(&said),
        })
        .await?;
        Ok(())
    }

    /// An agent takes no calls of any queue for a reason, or takes them again. The user must be one of the tenant.
    pub async fn set_pause(&mut self, tenant: TenantId, agent: UserId, pause: Option<&str>) -> Result<(), WriteError> {
        let known = crate::entity::user::Entity::find_by_id(agent.0)
            .filter(crate::entity::user::Column::Tenant.eq(tenant.0))
            .one(&self.db)
            .await?;
        if known.is_none() {
            return Err(WriteError::NotFound);
        }
        let before = presence::Entity::find_by_id(agent.0).one(&self.db).await?.and_then(|row| row.pause);
        if before.as_deref() == pause {
            return Ok(());
        }
        let row = presence::ActiveModel {
            user: Set(agent.0),
            tenant: Set(tenant.0),
            presence: Set(to_json("presence", &Presence::default())?),
            since: Set(self.at.as_millisecond()),
            pause: Set(pause.map(str::to_owned)),
        };
        let newer = OnConflict::column(presence::Column::User).update_column(presence::Column::Pause).to_owned();
        presence::Entity::insert(row).on_conflict(newer).exec_without_returning(&self.db).await?;
        let (was, is) =
            (before.map(|reason| json!({ "reason": reason })), pause.map(|reason| json!({ "reason": reason })));
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::QueueAgent,
            object: agent.to_string(),
            action: if pause.is_some() { "pause" } else { "resume" },
            before: was.as_ref(),
            after: is.as_ref(),
        })
        .await?;
        Ok(())
    }

    async fn note_opt(&mut self, opt_out: OptOut, action: &'static str) -> Result<(), WriteError> {
        let after = json!({ "queue": opt_out.queue, "agent": opt_out.agent });
        self.note(Change::<(), _> {
            tenant: Some(opt_out.tenant),
            noun: Noun::QueueAgent,
            object: opt_out.queue.to_string(),
            action,
            before: None,
            after: Some(&after),
        })
        .await?;
        Ok(())
    }
}
