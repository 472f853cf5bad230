//! Numbers that organizations ask operators for.

use phone::id::{NumberRequestId, OperatorId, TenantId};
use phone::numbers::operator::request::{NumberRequest, RequestState};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{Written, check, from_json, taken, to_json};
use crate::entity::number_request::{ActiveModel, Column, Entity, Model};
use crate::entity::number_request_step;
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::operator_consents::consented;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::port_orders::PortStep;
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

/// Whose requests are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestsOf {
    /// Those of organizations whose consent is not removed.
    Operator(OperatorId),
    Tenant(TenantId),
}

impl Store {
    /// Requests in the order of their making, perhaps of one state only.
    pub async fn number_requests(
        &self,
        of: RequestsOf,
        state: Option<RequestState>,
        paging: &Paging,
    ) -> Result<Page<(TenantId, Stored<NumberRequest>)>, StoreError> {
        let mut wanted = match of {
            RequestsOf::Operator(operator) => {
                let of_operator = Entity::find().filter(Column::Operator.eq(operator.0));
                of_operator.filter(Column::Tenant.in_subquery(consented(operator)))
            }
            RequestsOf::Tenant(tenant) => Entity::find().filter(Column::Tenant.eq(tenant.0)),
        };
        if let Some(state) = state {
            wanted = wanted.filter(Column::State.eq(state.as_str()));
        }
        let rows = paged(wanted, Column::CreatedAt, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Integer(row.created_at), id: row.id };
        let page = page_of(rows, paging, cursor);
        let of = |row: &Model| Ok((TenantId(row.tenant), stored(row)?));
        let items = page.items.iter().map(of).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(Page { items, next: page.next })
    }

    /// One request, with who asks.
    pub async fn number_request(
        &self,
        id: NumberRequestId,
    ) -> Result<Option<(TenantId, Stored<NumberRequest>)>, StoreError> {
        let row = Entity::find_by_id(id.0).one(&self.reader).await?;
        row.as_ref().map(|row| Ok((TenantId(row.tenant), stored(row)?))).transpose()
    }

    /// What happened to a request, the oldest first.
    pub async fn number_request_steps(
        &self,
        tenant: TenantId,
        id: NumberRequestId,
    ) -> Result<Vec<PortStep>, StoreError> {
        let rows = number_request_step::Entity::find()
            .filter(number_request_step::Column::Tenant.eq(tenant.0))
            .filter(number_request_step::Column::NumberRequest.eq(id.0))
            .order_by_asc(number_request_step::Column::At)
            .order_by_asc(number_request_step::Column::Id)
            .all(&self.reader)
            .await?;
        rows.iter().map(|row| from_json("number request step", row.id, &row.document)).collect()
    }
}

impl Tx {
    /// One request of a tenant as of this change.
    pub async fn number_request(
        &self,
        tenant: TenantId,
        id: NumberRequestId,
    ) -> Result<Option<Stored<NumberRequest>>, StoreError> {
        let row = Entity::find_by_id(id.0).filter(Column::Tenant.eq(tenant.0)).one(&self.db).await?;
        row.as_ref().map(stored).transpose()
    }

    /// Creates or changes a request, and notes what happened.
    pub async fn save_number_request(
        &mut self,
        tenant: TenantId,
        request: &NumberRequest,
        step: &PortStep,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let before = self.number_request(tenant, request.id).await?;
        let written = check(before.as_ref(), expected)?;
        let model = ActiveModel {
            id: Set(request.id.0),
            tenant: Set(tenant.0),
            operator: Set(request.operator.0),
            state: Set(request.state.as_str().to_owned()),
            document: Set(to_json("number request", request)?),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "id"))?;
        let step = number_request_step::ActiveModel {
            id: Set(Uuid::now_v7()),
            number_request: Set(request.id.0),
            tenant: Set(tenant.0),
            at: Set(step.at.as_millisecond()),
            document: Set(to_json("number request step", step)?),
        };
        number_request_step::Entity::insert(step).exec_without_returning(&self.db).await?;
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::NumberRequest,
            object: request.id.to_string(),
            action: written.action(),
            before: before.as_ref().map(|before| &before.value),
            after: Some(request),
        })
        .await?;
        Ok(written.version())
    }
}

fn stored(row: &Model) -> Result<Stored<NumberRequest>, StoreError> {
    Ok(Stored {
        value: from_json("number request", row.id, &row.document)?,
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}
