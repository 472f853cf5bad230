//! Trunks and calling profiles of operators: small settings, kept as one versioned document each.

use phone::id::OperatorId;
use phone::numbers::Trunk;
use phone::numbers::operator::CallingProfile;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{Written, check, from_json, taken, to_json};
use crate::entity::operator_document::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

/// A value of `phone` that an operator keeps here.
pub trait OperatorDocument: Serialize + DeserializeOwned + Send + Sync {
    /// Its word in rows.
    const KIND: &'static str;
    const NOUN: Noun;
    fn id(&self) -> Uuid;
    fn name(&self) -> &str;
}

impl OperatorDocument for CallingProfile {
    const KIND: &'static str = "calling_profile";
    const NOUN: Noun = Noun::CallingProfile;

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// An operator proves itself by its addresses alone: such a trunk has no credentials.
impl OperatorDocument for Trunk {
    const KIND: &'static str = "trunk";
    const NOUN: Noun = Noun::OperatorTrunk;

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Store {
    /// Documents of one kind of an operator, by name.
    pub async fn operator_documents<D: OperatorDocument>(
        &self,
        operator: OperatorId,
        paging: &Paging,
    ) -> Result<Page<Stored<D>>, StoreError> {
        let rows = paged(of_kind::<D>(operator), Column::Name, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Text(row.name.clone()), id: row.id };
        let page = page_of(rows, paging, cursor);
        let items = page.items.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// All documents of one kind of an operator.
    pub async fn documents_of_operator<D: OperatorDocument>(&self, operator: OperatorId) -> Result<Vec<D>, StoreError> {
        let rows = of_kind::<D>(operator).all(&self.reader).await?;
        rows.iter().map(|row| from_json(D::KIND, row.id, &row.document)).collect()
    }

    /// One document.
    pub async fn operator_document<D: OperatorDocument>(
        &self,
        operator: OperatorId,
        id: Uuid,
    ) -> Result<Option<Stored<D>>, StoreError> {
        of_kind::<D>(operator).filter(Column::Id.eq(id)).one(&self.reader).await?.as_ref().map(stored).transpose()
    }

    /// All documents of one kind of all operators, for the directory.
    pub(crate) async fn all_operator_documents<D: OperatorDocument>(&self) -> Result<Vec<(OperatorId, D)>, StoreError> {
        let rows = Entity::find().filter(Column::Kind.eq(D::KIND)).all(&self.reader).await?;
        rows.iter().map(|row| Ok((OperatorId(row.operator), from_json(D::KIND, row.id, &row.document)?))).collect()
    }
}

impl Tx {
    /// All documents of one kind of an operator, as of this change.
    pub async fn operator_documents<D: OperatorDocument>(&self, operator: OperatorId) -> Result<Vec<D>, StoreError> {
        let rows = of_kind::<D>(operator).all(&self.db).await?;
        rows.iter().map(|row| from_json(D::KIND, row.id, &row.document)).collect()
    }

    /// All documents of one kind of all operators, as of this change.
    pub async fn documents_of_operators<D: OperatorDocument>(&self) -> Result<Vec<(OperatorId, D)>, StoreError> {
        let rows = Entity::find().filter(Column::Kind.eq(D::KIND)).all(&self.db).await?;
        rows.iter().map(|row| Ok((OperatorId(row.operator), from_json(D::KIND, row.id, &row.document)?))).collect()
    }

    /// Creates or changes a document.
    pub async fn save_operator_document<D: OperatorDocument>(
        &mut self,
        operator: OperatorId,
        document: &D,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let before: Option<Stored<D>> = find::<D>(self, operator, document.id()).await?;
        let written = check(before.as_ref(), expected)?;
        let model = ActiveModel {
            id: Set(document.id()),
            operator: Set(operator.0),
            kind: Set(D::KIND.to_owned()),
            name: Set(document.name().to_owned()),
            document: Set(to_json(D::KIND, document)?),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "id"))?;
        self.note(Change {
            tenant: None,
            noun: D::NOUN,
            object: document.id().to_string(),
            action: written.action(),
            before: before.as_ref().map(|before| &before.value),
            after: Some(document),
        })
        .await?;
        Ok(written.version())
    }

    /// Deletes a document.
    pub async fn delete_operator_document<D: OperatorDocument>(
        &mut self,
        operator: OperatorId,
        id: Uuid,
        expected: Expected,
    ) -> Result<(), WriteError> {
        let Some(before) = find::<D>(self, operator, id).await? else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        Entity::delete_by_id(id).exec(&self.db).await?;
        self.note(Change::<D, D> {
            tenant: None,
            noun: D::NOUN,
            object: id.to_string(),
            action: "delete",
            before: Some(&before.value),
            after: None,
        })
        .await?;
        Ok(())
    }
}

async fn find<D: OperatorDocument>(tx: &Tx, operator: OperatorId, id: Uuid) -> Result<Option<Stored<D>>, StoreError> {
    of_kind::<D>(operator).filter(Column::Id.eq(id)).one(&tx.db).await?.as_ref().map(stored).transpose()
}

fn of_kind<D: OperatorDocument>(operator: OperatorId) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::Operator.eq(operator.0)).filter(Column::Kind.eq(D::KIND))
}

fn stored<D: OperatorDocument>(row: &Model) -> Result<Stored<D>, StoreError> {
    Ok(Stored {
        value: from_json(D::KIND, row.id, &row.document)?,
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}
