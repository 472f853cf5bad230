//! Numbers that other carriers ask for, and what happened to them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use phone::id::{OperatorId, PortOutId, TenantId};
use phone::numbers::port_out::{OutState, PortOut, Requester};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{Written, check, from_json, taken, to_json};
use crate::entity::port_out::{ActiveModel, Column, Entity, Model};
use crate::entity::port_out_step;
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::port_orders::PortStep;
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

/// Requests that ran out are worked on in parts of this many.
const OVERDUE_PART: u64 = 100;

/// Which requests are wanted.
#[derive(Clone, Debug, Default)]
pub struct PortOutFilter {
    pub tenant: Option<TenantId>,
    pub operator: Option<OperatorId>,
    pub state: Option<OutState>,
}

impl Store {
    /// Requests in the order of their making.
    pub async fn port_outs(
        &self,
        filter: &PortOutFilter,
        paging: &Paging,
    ) -> Result<Page<(TenantId, Stored<PortOut>)>, StoreError> {
        let mut wanted = Entity::find();
        if let Some(tenant) = filter.tenant {
            wanted = wanted.filter(Column::Tenant.eq(tenant.0));
        }
        if let Some(operator) = filter.operator {
            wanted = wanted.filter(Column::Operator.eq(operator.0));
        }
        if let Some(state) = filter.state {
            wanted = wanted.filter(Column::State.eq(state.as_str()));
        }
        let rows = paged(wanted, Column::CreatedAt, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Integer(row.created_at), id: row.id };
        let page = page_of(rows, paging, cursor);
        let of = |row: &Model| Ok((TenantId(row.tenant), stored(row)?));
        let items = page.items.iter().map(of).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(Page { items, next: page.next })
    }

    /// One request, with whose numbers it is about.
    pub async fn port_out(&self, id: PortOutId) -> Result<Option<(TenantId, Stored<PortOut>)>, StoreError> {
        let row = Entity::find_by_id(id.0).one(&self.reader).await?;
        row.as_ref().map(|row| Ok((TenantId(row.tenant), stored(row)?))).transpose()
    }

    /// What happened to a request, the oldest first.
    pub async fn port_out_steps(&self, tenant: TenantId, id: PortOutId) -> Result<Vec<PortStep>, StoreError> {
        let rows = port_out_step::Entity::find()
            .filter(port_out_step::Column::Tenant.eq(tenant.0))
            .filter(port_out_step::Column::PortOut.eq(id.0))
            .order_by_asc(port_out_step::Column::At)
            .order_by_asc(port_out_step::Column::Id)
            .all(&self.reader)
            .await?;
        rows.iter().map(|row| from_json("port-out step", row.id, &row.document)).collect()
    }

    /// Requests of which their organizations are to be reminded.
    pub async fn forgotten_port_outs(&self, now: Timestamp) -> Result<Vec<(TenantId, PortOutId)>, StoreError> {
        let due = Entity::find().filter(Column::RemindAt.lte(now.as_millisecond())).order_by_asc(Column::RemindAt);
        let ids = due.select_only().columns([Column::Tenant, Column::Id]).limit(OVERDUE_PART);
        let ids: Vec<(Uuid, Uuid)> = ids.into_tuple().all(&self.reader).await?;
        Ok(ids.into_iter().map(|(tenant, id)| (TenantId(tenant), PortOutId(id))).collect())
    }

    /// Requests whose time to answer is over and that wait for an answer.
    pub async fn overdue_port_outs(&self, now: Timestamp) -> Result<Vec<(TenantId, PortOutId)>, StoreError> {
        let waiting = Entity::find().filter(Column::State.eq(OutState::Pending.as_str()));
        let overdue = waiting.filter(Column::AnswerBy.lte(now.as_millisecond())).order_by_asc(Column::AnswerBy);
        let ids = overdue.select_only().columns([Column::Tenant, Column::Id]).limit(OVERDUE_PART);
        let ids: Vec<(Uuid, Uuid)> = ids.into_tuple().all(&self.reader).await?;
        Ok(ids.into_iter().map(|(tenant, id)| (TenantId(tenant), PortOutId(id))).collect())
    }
}

impl Tx {
    /// One request of a tenant as of this change.
    pub async fn port_out(&self, tenant: TenantId, id: PortOutId) -> Result<Option<Stored<PortOut>>, StoreError> {
        find(tenant, id).one(&self.db).await?.as_ref().map(stored).transpose()
    }

    /// Creates or changes a request, and notes what happened.
    pub async fn save_port_out(
        &mut self,
        tenant: TenantId,
        request: &PortOut,
        step: &PortStep,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let before = self.port_out(tenant, request.id).await?;
        let written = check(before.as_ref(), expected)?;
        let operator = match request.requested_by {
            Requester::Operator(operator) => Some(operator.0),
            Requester::Platform => None,
        };
        let reminder = request.remind_at.filter(|_| request.state() == OutState::Pending);
        let is_reminder =
            before.as_ref().is_some_and(|it| it.value.remind_at.is_some() && it.value.state() == request.state())
                && request.remind_at.is_none();
        let model = ActiveModel {
            id: Set(request.id.0),
            tenant: Set(tenant.0),
            operator: Set(operator),
            state: Set(request.state().as_str().to_owned()),
            answer_by: Set(request.answer_by.as_millisecond()),
            remind_at: Set(reminder.map(Timestamp::as_millisecond)),
            document: Set(to_json("port-out", request)?),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "id"))?;
        let step = port_out_step::ActiveModel {
            id: Set(Uuid::now_v7()),
            port_out: Set(request.id.0),
            tenant: Set(tenant.0),
            at: Set(step.at.as_millisecond()),
            document: Set(to_json("port-out step", step)?),
        };
        port_out_step::Entity::insert(step).exec_without_returning(&self.db).await?;
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::PortOut,
            object: request.id.to_string(),
            action: if is_reminder { "remind" } else { written.action() },
            before: before.as_ref().map(|before| summary(&before.value)).as_ref(),
            after: Some(&summary(request)),
        })
        .await?;
        Ok(written.version())
    }
}

/// What the audit keeps: its timeline has the numbers.
fn summary(request: &PortOut) -> Value {
    let mut n_numbers: BTreeMap<&str, u32> = BTreeMap::new();
    for number in request.numbers.values() {
        let count = n_numbers.entry(number.state.as_str()).or_default();
        *count = count.saturating_add(1);
    }
    json!({
        "state": request.state(), "wanted": request.wanted, "numbers": n_numbers, "answer_by": request.answer_by,
        "requested_by": request.requested_by,
    })
}

fn find(tenant: TenantId, id: PortOutId) -> sea_orm::Select<Entity> {
    Entity::find_by_id(id.0).filter(Column::Tenant.eq(tenant.0))
}

fn stored(row: &Model) -> Result<Stored<PortOut>, StoreError> {
    Ok(Stored {
        value: from_json("port-out", row.id, &row.document)?,
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}
