//! Lists in pages: each page begins after the last row of the one before, so that rows added meanwhile move nothing.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Value,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What part of a list is wanted.
#[derive(Clone, Debug)]
pub struct Paging {
    pub limit: u64,
    pub after: Option<Cursor>,
    pub descending: bool,
}

/// A part of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next part begins; none at the end.
    pub next: Option<Cursor>,
}

/// The last row of a page: its sort key, and its id among rows of the same key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub key: CursorKey,
    pub id: Uuid,
}

/// A sort key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CursorKey {
    Integer(i64),
    Text(String),
}

impl<T> Page<T> {
    /// The same page of other things.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

impl From<CursorKey> for Value {
    fn from(key: CursorKey) -> Self {
        match key {
            CursorKey::Integer(value) => value.into(),
            CursorKey::Text(value) => value.into(),
        }
    }
}

/// Orders by `key`, then `id`, and begins after the cursor. One row more than the limit tells whether there are more.
///
/// `key` is never null: SQLite puts null first, PostgreSQL last. Text is sorted as bytes on both.
pub(crate) fn paged<E, C>(select: Select<E>, key: C, id: C, paging: &Paging) -> Select<E>
where
    E: EntityTrait<Column = C>,
    C: ColumnTrait,
{
    let order = if paging.descending { Order::Desc } else { Order::Asc };
    let select = select.order_by(key, order.clone()).order_by(id, order).limit(paging.limit.saturating_add(1));
    let Some(after) = paging.after.clone() else { return select };
    let (not_before, beyond_key, beyond_id) = if paging.descending {
        (key.lte(after.key.clone()), key.lt(after.key), id.lt(after.id))
    } else {
        (key.gte(after.key.clone()), key.gt(after.key), id.gt(after.id))
    };
    // A database finds the place in an index by the first condition alone; of an alternative it would begin at the top.
    select.filter(not_before).filter(Condition::any().add(beyond_key).add(beyond_id))
}

/// The same, but rows that the page does not show are not read: it is found in an index that holds what they are
/// filtered by, and then its rows by their ids.
pub(crate) fn paged_in_index<E, C>(select: Select<E>, key: C, id: C, paging: &Paging) -> Select<E>
where
    E: EntityTrait<Column = C>,
    C: ColumnTrait,
{
    let order = if paging.descending { Order::Desc } else { Order::Asc };
    let ids = paged(select, key, id, paging).select_only().column(id).into_query();
    E::find().filter(id.in_subquery(ids)).order_by(key, order.clone()).order_by(id, order)
}

/// Cuts the row that only told that there are more.
pub(crate) fn page_of<T>(mut rows: Vec<T>, paging: &Paging, cursor: impl Fn(&T) -> Cursor) -> Page<T> {
    let limit = usize::try_from(paging.limit).unwrap_or(usize::MAX);
    let has_more = limit < rows.len();
    rows.truncate(limit);
    let next = if has_more { rows.last().map(cursor) } else { None };
    Page { items: rows, next }
}
