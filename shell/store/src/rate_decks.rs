//! Rate decks: versions that are never changed, each kept as the file that it is.

use jiff::Timestamp;
use phone::id::RateDeckId;
use phone::money::deck::{RateDeck, import};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use crate::database::Store;
use crate::documents::{from_json, taken, to_json};
use crate::entity::{rate_deck, rate_deck_part};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Tx};

/// Bytes of a part: far below what either database takes in one statement.
const PART_BYTES: usize = 512 * 1024;

impl Store {
    /// Versions of decks, by when they became valid.
    pub async fn rate_decks(&self, paging: &Paging) -> Result<Page<RateDeck>, StoreError> {
        use rate_deck::Column;
        let rows = paged(rate_deck::Entity::find(), Column::ValidFrom, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &rate_deck::Model| Cursor { key: CursorKey::Integer(row.valid_from), id: row.id };
        let page = page_of(rows, paging, cursor);
        let items = page.items.iter().map(deck).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// All versions of decks, without their rows.
    pub async fn all_rate_decks(&self) -> Result<Vec<RateDeck>, StoreError> {
        rate_deck::Entity::find().all(&self.reader).await?.iter().map(deck).collect()
    }

    /// One version.
    pub async fn rate_deck(&self, id: RateDeckId) -> Result<Option<RateDeck>, StoreError> {
        rate_deck::Entity::find_by_id(id.0).one(&self.reader).await?.as_ref().map(deck).transpose()
    }

    /// The rows of a version, as [`import::read`] reads them.
    pub async fn rate_deck_file(&self, id: RateDeckId) -> Result<String, StoreError> {
        let parts = rate_deck_part::Entity::find()
            .filter(rate_deck_part::Column::Deck.eq(id.0))
            .order_by_asc(rate_deck_part::Column::Part)
            .all(&self.reader)
            .await?;
        Ok(parts.into_iter().map(|part| part.content).collect())
    }
}

impl Tx {
    /// The newest version of a deck of this name, as of this change.
    pub async fn newest_rate_deck(&self, name: &str) -> Result<Option<RateDeck>, StoreError> {
        let newest = rate_deck::Entity::find()
            .filter(rate_deck::Column::Name.eq(name))
            .order_by_desc(rate_deck::Column::Version)
            .one(&self.db)
            .await?;
        newest.as_ref().map(deck).transpose()
    }

    /// Adds a version.
    pub async fn add_rate_deck(
        &mut self,
        new: &RateDeck,
        rates: &[phone::money::deck::Rate],
    ) -> Result<(), WriteError> {
        let row = rate_deck::ActiveModel {
            id: Set(new.id.0),
            name: Set(new.name.clone()),
            version: Set(new.version.into()),
            valid_from: Set(new.valid_from.as_millisecond()),
            created_at: Set(self.at.as_millisecond()),
            document: Set(to_json("rate deck", new)?),
        };
        rate_deck::Entity::insert(row)
            .exec_without_returning(&self.db)
            .await
            .map_err(|error| taken(error, "version"))?;
        let file = String::from_utf8(import::write(rates)).unwrap_or_default();
        for (part, content) in (0_i64..).zip(parts(&file)) {
            let row =
                rate_deck_part::ActiveModel { deck: Set(new.id.0), part: Set(part), content: Set(content.to_owned()) };
            rate_deck_part::Entity::insert(row).exec_without_returning(&self.db).await?;
        }
        self.note_deck(new, "create").await
    }

    /// Ends a version at a time, because a later one takes its place.
    pub async fn end_rate_deck(&mut self, ended: &RateDeck, at: Timestamp) -> Result<(), WriteError> {
        let ended = RateDeck { valid_to: Some(at), ..ended.clone() };
        rate_deck::Entity::update_many()
            .col_expr(rate_deck::Column::Document, to_json("rate deck", &ended)?.into())
            .filter(rate_deck::Column::Id.eq(ended.id.0))
            .exec(&self.db)
            .await?;
        self.note_deck(&ended, "update").await
    }

    /// Deletes a version.
    pub async fn delete_rate_deck(&mut self, old: &RateDeck) -> Result<(), WriteError> {
        rate_deck_part::Entity::delete_many().filter(rate_deck_part::Column::Deck.eq(old.id.0)).exec(&self.db).await?;
        rate_deck::Entity::delete_by_id(old.id.0).exec(&self.db).await?;
        self.note_deck(old, "delete").await
    }

    async fn note_deck(&mut self, of: &RateDeck, action: &'static str) -> Result<(), WriteError> {
        self.note(Change::<RateDeck, _> {
            tenant: None,
            noun: Noun::RateDeck,
            object: of.id.to_string(),
            action,
            before: None,
            after: Some(of),
        })
        .await?;
        Ok(())
    }
}

fn deck(row: &rate_deck::Model) -> Result<RateDeck, StoreError> {
    from_json("rate deck", row.id, &row.document)
}

/// A text in parts that end where a character does.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = rest.len().min(PART_BYTES);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (part, after) = rest.split_at(end);
        rest = after;
        Some(part)
    })
}
