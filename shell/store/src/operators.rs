//! Operators. Who runs the server keeps them; they are no organization's.

use phone::id::OperatorId;
use phone::numbers::operator::consent::Status;
use phone::numbers::operator::{Operator, State};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};

use crate::database::Store;
use crate::documents::{Written, check, from_json, taken, to_json};
use crate::entity::operator::{ActiveModel, Column, Entity, Model};
use crate::entity::operator_consent;
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

impl Store {
    /// Operators in these states, by name.
    pub async fn operators(&self, states: &[State], paging: &Paging) -> Result<Page<Stored<Operator>>, StoreError> {
        let wanted = Entity::find().filter(Column::State.is_in(states.iter().map(|state| state.as_str())));
        let rows = paged(wanted, Column::Name, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Text(row.name.clone()), id: row.id };
        let page = page_of(rows, paging, cursor);
        let items = page.items.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// One operator.
    pub async fn operator(&self, id: OperatorId) -> Result<Option<Stored<Operator>>, StoreError> {
        Entity::find_by_id(id.0).one(&self.reader).await?.as_ref().map(stored).transpose()
    }

    /// All operators, for the directory.
    pub(crate) async fn all_operators(&self) -> Result<Vec<Operator>, StoreError> {
        let rows = Entity::find().all(&self.reader).await?;
        rows.iter().map(|row| Ok(stored(row)?.value)).collect()
    }
}

impl Tx {
    /// One operator as of this change.
    pub async fn operator(&self, id: OperatorId) -> Result<Option<Stored<Operator>>, StoreError> {
        Entity::find_by_id(id.0).one(&self.db).await?.as_ref().map(stored).transpose()
    }

    /// How many organizations have a consent with an operator that is not removed.
    pub async fn n_consents(&self, id: OperatorId) -> Result<u64, StoreError> {
        let open = operator_consent::Column::Status.ne(Status::Removed.as_str());
        let of_operator = operator_consent::Entity::find().filter(operator_consent::Column::Operator.eq(id.0));
        Ok(of_operator.filter(open).count(&self.db).await?)
    }

    /// Creates or changes an operator.
    pub async fn save_operator(&mut self, operator: &Operator, expected: Expected) -> Result<Version, WriteError> {
        let before = self.operator(operator.id).await?;
        let written = check(before.as_ref(), expected)?;
        let model = ActiveModel {
            id: Set(operator.id.0),
            name: Set(operator.name.clone()),
            state: Set(operator.state.as_str().to_owned()),
            document: Set(to_json("operator", operator)?),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "name"))?;
        self.note(Change {
            tenant: None,
            noun: Noun::Operator,
            object: operator.id.to_string(),
            action: written.action(),
            before: before.as_ref().map(|before| &before.value),
            after: Some(operator),
        })
        .await?;
        Ok(written.version())
    }

    /// Deletes an operator with its credentials, trunks and profiles.
    pub async fn delete_operator(&mut self, id: OperatorId, expected: Expected) -> Result<(), WriteError> {
        let Some(before) = self.operator(id).await? else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        Entity::delete_by_id(id.0).exec(&self.db).await?;
        self.note(Change::<_, Operator> {
            tenant: None,
            noun: Noun::Operator,
            object: id.to_string(),
            action: "delete",
            before: Some(&before.value),
            after: None,
        })
        .await?;
        Ok(())
    }
}

fn stored(row: &Model) -> Result<Stored<Operator>, StoreError> {
    Ok(Stored {
        value: from_json("operator", row.id, &row.document)?,
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}
