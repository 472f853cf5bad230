//! Orders and their lines. A part of the lines is answered in the transaction that does what they want, so that after a
//! crash no line is done twice and none is forgotten.

use phone::id::{OrderId, TenantId};
use phone::order::{LineFault, Order, OrderKind, OrderState, Outcome};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use crate::database::Store;
use crate::documents::{from_json, taken, to_json};
use crate::entity::{order, order_line};
use crate::error::{StoreError, WriteError};
use crate::events::{Actor, Noun};
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Tx, timestamp};

/// Lines in one statement, of six values each; SQLite takes at most 32,766.
const LINES_PER_STATEMENT: usize = 500;

/// How a client calls a request that it may send again, and what the request was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    pub key: String,
    /// SHA-256.
    pub digest: Vec<u8>,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderLine {
    /// Where it stands in the file, or its place in the request.
    pub line: u32,
    /// What it wants, as its kind of order writes it; none if it could not be read.
    pub wish: Option<serde_json::Value>,
    /// None as long as it waits.
    pub outcome: Option<Outcome>,
}

/// Which lines are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    Done,
    Failed,
    Waiting,
}

impl Store {
    /// Orders of a tenant of some kinds, in the order of their making.
    pub async fn orders(
        &self,
        tenant: TenantId,
        kinds: &[OrderKind],
        paging: &Paging,
    ) -> Result<Page<Order>, StoreError> {
        let wanted = order::Entity::find()
            .filter(order::Column::Tenant.eq(tenant.0))
            .filter(order::Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())));
        let rows = paged(wanted, order::Column::CreatedAt, order::Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &order::Model| Cursor { key: CursorKey::Integer(row.created_at), id: row.id };
        let page = page_of(rows, paging, cursor);
        Ok(Page { items: page.items.iter().filter_map(stored).collect(), next: page.next })
    }

    /// One order.
    pub async fn order(&self, tenant: TenantId, id: OrderId) -> Result<Option<Order>, StoreError> {
        Ok(find(tenant, id).one(&self.reader).await?.as_ref().and_then(stored))
    }

    /// An order that this actor made, with its tenant.
    pub async fn order_by(&self, actor: &Actor, id: OrderId) -> Result<Option<(TenantId, Order)>, StoreError> {
        let made = order::Entity::find_by_id(id.0).filter(order::Column::CreatedBy.eq(actor.to_string()));
        let row = made.one(&self.reader).await?;
        Ok(row.as_ref().and_then(|row| Some((TenantId(row.tenant), stored(row)?))))
    }

    /// The oldest order of each tenant that is not finished: of one tenant, they are carried out one after the other.
    pub async fn open_orders(&self) -> Result<Vec<(TenantId, Order)>, StoreError> {
        let open = [OrderState::Queued, OrderState::Running].map(OrderState::as_str);
        let rows = order::Entity::find()
            .filter(order::Column::State.is_in(open))
            .order_by_asc(order::Column::CreatedAt)
            .order_by_asc(order::Column::Id)
            .all(&self.reader)
            .await?;
        let mut oldest: Vec<(TenantId, Order)> = Vec::new();
        for row in &rows {
            let tenant = TenantId(row.tenant);
            if let Some(order) = stored(row)
                && oldest.iter().all(|(other, _)| *other != tenant)
            {
                oldest.push((tenant, order));
            }
        }
        Ok(oldest)
    }

    /// Lines of an order, in their order, perhaps of one state only.
    pub async fn order_lines(
        &self,
        id: OrderId,
        state: Option<LineState>,
        paging: &Paging,
    ) -> Result<Page<OrderLine>, StoreError> {
        let mut wanted = order_line::Entity::find().filter(order_line::Column::OrderId.eq(id.0));
        if let Some(state) = state {
            wanted = wanted.filter(order_line::Column::State.eq(state.as_str()));
        }
        let rows = paged(wanted, order_line::Column::Line, order_line::Column::OrderId, paging);
        let rows = rows.all(&self.reader).await?;
        let cursor = |row: &order_line::Model| Cursor { key: CursorKey::Integer(row.line), id: row.order_id };
        let page = page_of(rows, paging, cursor);
        let items = page.items.iter().map(line).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }
}

impl Tx {
    /// One order as of this change.
    pub async fn order(&self, tenant: TenantId, id: OrderId) -> Result<Option<Order>, StoreError> {
        Ok(find(tenant, id).one(&self.db).await?.as_ref().and_then(stored))
    }

    /// The order that a request with this key made, with what that request was.
    pub async fn order_of_request(
        &self,
        tenant: TenantId,
        key: &str,
    ) -> Result<Option<(Order, RequestKey)>, StoreError> {
        let with_key = order::Entity::find().filter(order::Column::Tenant.eq(tenant.0));
        let row = with_key.filter(order::Column::RequestKey.eq(key)).one(&self.db).await?;
        Ok(row.and_then(|row| {
            let digest = row.request_digest.clone().unwrap_or_default();
            Some((stored(&row)?, RequestKey { key: key.to_owned(), digest }))
        }))
    }

    /// Creates an order with its lines.
    pub async fn create_order(
        &mut self,
        tenant: TenantId,
        order: &Order,
        request: Option<&RequestKey>,
        lines: &[OrderLine],
    ) -> Result<(), WriteError> {
        let request_key = request.map(|request| request.key.clone());
        let request_digest = request.map(|request| request.digest.clone());
        let model = order::ActiveModel {
            request_key: Set(request_key),
            request_digest: Set(request_digest),
            ..row(tenant, order)
        };
        model.insert(&self.db).await.map_err(|error| taken(error, "request key"))?;
        self.write_lines(order.id, lines).await?;
        self.note(Change::<Order, _> {
            tenant: Some(tenant),
            noun: Noun::Order,
            object: order.id.to_string(),
            action: "create",
            before: None,
            after: Some(order),
        })
        .await?;
        Ok(())
    }

    /// Changes an order. Its progress is no news, its beginning and its end are.
    pub async fn save_order(&mut self, tenant: TenantId, order: &Order) -> Result<(), WriteError> {
        let before = self.order(tenant, order.id).await?.ok_or(WriteError::NotFound)?;
        row(tenant, order).update(&self.db).await?;
        if before.state != order.state || before.undone_by != order.undone_by {
            self.note(Change {
                tenant: Some(tenant),
                noun: Noun::Order,
                object: order.id.to_string(),
                action: "update",
                before: Some(&before),
                after: Some(order),
            })
            .await?;
        }
        Ok(())
    }

    /// The next lines of an order that nobody worked on.
    pub async fn waiting_lines(&self, id: OrderId, n_max: u64) -> Result<Vec<OrderLine>, StoreError> {
        self.lines(id, LineState::Waiting, Some(n_max)).await
    }

    /// The lines of an order that were carried out.
    pub async fn done_lines(&self, id: OrderId) -> Result<Vec<OrderLine>, StoreError> {
        self.lines(id, LineState::Done, None).await
    }

    /// The lines of an order that failed.
    pub async fn failed_lines(&self, id: OrderId) -> Result<Vec<OrderLine>, StoreError> {
        self.lines(id, LineState::Failed, None).await
    }

    async fn lines(&self, id: OrderId, state: LineState, n_max: Option<u64>) -> Result<Vec<OrderLine>, StoreError> {
        let of_state = order_line::Entity::find()
            .filter(order_line::Column::OrderId.eq(id.0))
            .filter(order_line::Column::State.eq(state.as_str()))
            .order_by_asc(order_line::Column::Line)
            .limit(n_max);
        of_state.all(&self.db).await?.iter().map(line).collect()
    }

    /// Writes lines of an order, over those that are there.
    pub async fn write_lines(&mut self, id: OrderId, lines: &[OrderLine]) -> Result<(), StoreError> {
        let on_conflict = OnConflict::columns([order_line::Column::OrderId, order_line::Column::Line])
            .update_columns([order_line::Column::State, order_line::Column::Result, order_line::Column::Fault])
            .to_owned();
        for part in lines.chunks(LINES_PER_STATEMENT) {
            let rows = part.iter().map(|line| line_row(id, line)).collect::<Result<Vec<_>, _>>()?;
            order_line::Entity::insert_many(rows)
                .on_conflict(on_conflict.clone())
                .exec_without_returning(&self.db)
                .await?;
        }
        Ok(())
    }
}

impl LineState {
    /// Its word in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Waiting => "waiting",
        }
    }
}

impl OrderLine {
    /// How far it is.
    pub fn state(&self) -> LineState {
        match &self.outcome {
            Some(Outcome::Done(_)) => LineState::Done,
            Some(Outcome::Failed(_)) => LineState::Failed,
            None => LineState::Waiting,
        }
    }
}

fn find(tenant: TenantId, id: OrderId) -> sea_orm::Select<order::Entity> {
    order::Entity::find_by_id(id.0).filter(order::Column::Tenant.eq(tenant.0))
}

fn row(tenant: TenantId, order: &Order) -> order::ActiveModel {
    order::ActiveModel {
        id: Set(order.id.0),
        tenant: Set(tenant.0),
        kind: Set(order.kind.as_str().to_owned()),
        state: Set(order.state.as_str().to_owned()),
        dry_run: Set(order.dry_run),
        created_by: Set(order.created_by.clone()),
        created_at: Set(order.created_at.as_millisecond()),
        finished_at: Set(order.finished_at.map(jiff::Timestamp::as_millisecond)),
        n_total: Set(order.n_total.into()),
        n_done: Set(order.n_done.into()),
        n_failed: Set(order.n_failed.into()),
        undoes: Set(order.undoes.map(|id| id.0)),
        undone_by: Set(order.undone_by.map(|id| id.0)),
        ..Default::default()
    }
}

/// An order of a kind that a later version made is not known here.
fn stored(row: &order::Model) -> Option<Order> {
    let count = |n: i64| u32::try_from(n).unwrap_or(0);
    Some(Order {
        id: OrderId(row.id),
        kind: OrderKind::ALL.into_iter().find(|kind| kind.as_str() == row.kind)?,
        state: OrderState::ALL.into_iter().find(|state| state.as_str() == row.state)?,
        dry_run: row.dry_run,
        created_by: row.created_by.clone(),
        created_at: timestamp(row.created_at),
        finished_at: row.finished_at.map(timestamp),
        n_total: count(row.n_total),
        n_done: count(row.n_done),
        n_failed: count(row.n_failed),
        undoes: row.undoes.map(OrderId),
        undone_by: row.undone_by.map(OrderId),
    })
}

fn line_row(id: OrderId, line: &OrderLine) -> Result<order_line::ActiveModel, StoreError> {
    let json = |value: &serde_json::Value| to_json("order line", value);
    let (result, fault) = match &line.outcome {
        Some(Outcome::Done(result)) => (result.as_ref().map(json).transpose()?, None),
        Some(Outcome::Failed(fault)) => (None, Some(to_json("order line", fault)?)),
        None => (None, None),
    };
    Ok(order_line::ActiveModel {
        order_id: Set(id.0),
        line: Set(line.line.into()),
        state: Set(line.state().as_str().to_owned()),
        wish: Set(line.wish.as_ref().map(json).transpose()?),
        result: Set(result),
        fault: Set(fault),
    })
}

fn line(row: &order_line::Model) -> Result<OrderLine, StoreError> {
    let read = |json: &String| from_json::<serde_json::Value>("order line", row.order_id, json);
    let fault = |json: &String| from_json::<LineFault>("order line", row.order_id, json);
    let outcome = match (&row.fault, row.state == LineState::Done.as_str()) {
        (Some(json), _) => Some(Outcome::Failed(fault(json)?)),
        (None, true) => Some(Outcome::Done(row.result.as_ref().map(read).transpose()?)),
        (None, false) => None,
    };
    let wish = row.wish.as_ref().map(read).transpose()?;
    Ok(OrderLine { line: u32::try_from(row.line).unwrap_or(0), wish, outcome })
}
