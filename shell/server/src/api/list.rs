//! Lists: pages, cursors, order.

use axum::Json;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use store::{Cursor, CursorKey, Page, Paging};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::problem::Problem;

const LIMIT_DEFAULT: u64 = 100;
/// A page that a person or a script can still hold, and that costs the database little.
const LIMIT_MAX: u64 = 1_000;

/// A page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct List<T> {
    pub items: Vec<T>,
    /// Give it as `cursor` to get the next page; null at the end.
    pub next_cursor: Option<String>,
}

/// Which page.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageParams {
    /// Items in a page.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// An order: a field's name, with `-` before it for descending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort<K> {
    pub key: K,
    pub descending: bool,
}

/// A cursor as it travels: bound to the order that it was made for.
#[derive(Serialize, Deserialize)]
struct Travelling {
    sort: String,
    after: Cursor,
}

impl PageParams {
    /// As the store takes it. `sort` names the order: a cursor of another order is refused.
    pub fn paging(&self, sort: &str, descending: bool) -> Result<Paging, Problem> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            let detail = format!("limit is 1 to {LIMIT_MAX}");
            return Err(Problem::new(StatusCode::BAD_REQUEST, "limit_out_of_range", detail));
        }
        let after = self.cursor.as_deref().map(|cursor| read_cursor(cursor, sort)).transpose()?;
        Ok(Paging { limit, after, descending })
    }
}

impl<T> List<T> {
    pub fn of(page: Page<T>, sort: &str) -> Json<Self> {
        let next_cursor = page.next.map(|after| write_cursor(Travelling { sort: sort.to_owned(), after }));
        Json(Self { items: page.items, next_cursor })
    }

    /// A page of what is at hand, each item with the text that it is sorted by.
    pub fn part(all: impl Iterator<Item = (String, T)>, paging: &Paging, sort: &str) -> Json<Self> {
        let after = match &paging.after {
            Some(Cursor { key: CursorKey::Text(text), .. }) => Some(text),
            Some(Cursor { key: CursorKey::Integer(_), .. }) | None => None,
        };
        let mut rest: Vec<(String, T)> = all.filter(|(key, _)| after.is_none_or(|after| after < key)).collect();
        rest.sort_by(|(one, _), (other, _)| one.cmp(other));
        let limit = usize::try_from(paging.limit).unwrap_or(usize::MAX);
        let has_more = limit < rest.len();
        rest.truncate(limit);
        let last = rest.last().filter(|_| has_more).map(|(key, _)| CursorKey::Text(key.clone()));
        let next = last.map(|key| Cursor { key, id: Uuid::nil() });
        Self::of(Page { items: rest.into_iter().map(|(_, item)| item).collect(), next }, sort)
    }

    /// All there is.
    pub fn whole(items: Vec<T>) -> Json<Self> {
        Json(Self { items, next_cursor: None })
    }
}

/// Reads `?sort=` against the names that the list knows; the first is the default.
pub fn sort<K: Copy>(given: Option<&str>, default_descending: bool, known: &[(&str, K)]) -> Result<Sort<K>, Problem> {
    let unknown = || {
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        let detail = format!("sort is one of {}, with - before it for descending", names.join(", "));
        Problem::new(StatusCode::BAD_REQUEST, "unknown_sort", detail)
    };
    let Some(given) = given else {
        let (_, key) = known.first().ok_or_else(unknown)?;
        return Ok(Sort { key: *key, descending: default_descending });
    };
    let (name, descending) = given.strip_prefix('-').map_or((given, false), |name| (name, true));
    let (_, key) = known.iter().find(|(known, _)| *known == name).ok_or_else(unknown)?;
    Ok(Sort { key: *key, descending })
}

fn write_cursor(cursor: Travelling) -> String {
    let json = serde_json::to_vec(&cursor).unwrap_or_default();
    json.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_cursor(text: &str, sort: &str) -> Result<Cursor, Problem> {
    let malformed = || {
        let detail = "the cursor is not one of this list in this order";
        Problem::new(StatusCode::BAD_REQUEST, "malformed_cursor", detail).with_fix("begin without a cursor")
    };
    let digits: Option<Vec<u8>> = text.bytes().map(|byte| char::from(byte).to_digit(16)?.try_into().ok()).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0).ok_or_else(malformed)?;
    let bytes: Vec<u8> =
        digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    let cursor: Travelling = serde_json::from_slice(&bytes).map_err(|_| malformed())?;
    if cursor.sort == sort { Ok(cursor.after) } else { Err(malformed()) }
}
