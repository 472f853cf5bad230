//! Consents of organizations to operators.

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::id::{OperatorId, TenantId};
use phone::numbers::operator::Operator;
use phone::numbers::operator::consent::{Consent, Status};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{Written, check, from_json, taken, to_json};
use crate::entity::operator;
use crate::entity::operator_consent::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};
use crate::wanted::of_tenant;

/// Which consents are wanted.
#[derive(Clone, Debug, Default)]
pub struct ConsentFilter {
    pub status: Option<Status>,
    pub updated_since: Option<Timestamp>,
}

impl Store {
    /// Consents to an operator, the one that was changed first first.
    pub async fn consents_of_operator(
        &self,
        operator: OperatorId,
        filter: &ConsentFilter,
        paging: &Paging,
    ) -> Result<Page<Stored<Consent>>, StoreError> {
        let mut wanted = Condition::all().add(Column::Operator.eq(operator.0));
        if let Some(status) = filter.status {
            wanted = wanted.add(Column::Status.eq(status.as_str()));
        }
        if let Some(since) = filter.updated_since {
            wanted = wanted.add(Column::UpdatedAt.gte(since.as_millisecond()));
        }
        let rows = paged(Entity::find().filter(wanted), Column::UpdatedAt, Column::Id, paging).all(&self.reader);
        let cursor = |row: &Model| Cursor { key: CursorKey::Integer(row.updated_at), id: row.id };
        let page = page_of(rows.await?, paging, cursor);
        let items = page.items.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// Consents of an organization with the operators.
    pub async fn consents_of_tenant(&self, tenant: TenantId) -> Result<Vec<(Stored<Consent>, Operator)>, StoreError> {
        let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).all(&self.reader).await?;
        let ids = rows.iter().map(|row| row.operator);
        let operators = operator::Entity::find().filter(operator::Column::Id.is_in(ids)).all(&self.reader).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            if let Some(of) = operators.iter().find(|operator| operator.id == row.operator) {
                found.push((stored(row)?, from_json("operator", of.id, &of.document)?));
            }
        }
        Ok(found)
    }

    /// One consent.
    pub async fn consent(&self, tenant: TenantId, operator: OperatorId) -> Result<Option<Stored<Consent>>, StoreError> {
        find(tenant, operator).one(&self.reader).await?.as_ref().map(stored).transpose()
    }

    /// Consents of all tenants, or of one, that are not removed, for the directory.
    pub(crate) async fn open_consents(&self, of: Option<TenantId>) -> Result<Vec<Consent>, StoreError> {
        let open = Entity::find().filter(Column::Status.ne(Status::Removed.as_str()));
        let rows = open.filter(of_tenant(Column::Tenant, of)).all(&self.reader).await?;
        rows.iter().map(|row| Ok(stored(row)?.value)).collect()
    }

    /// The organizations that consented to an operator and did not remove that.
    pub async fn tenants_that_consented(&self, operator: OperatorId) -> Result<Vec<TenantId>, StoreError> {
        let pairs = self.borrowers(&BTreeSet::from([operator])).await?;
        Ok(pairs.into_iter().map(|(tenant, _)| tenant).collect())
    }

    /// Who has a consent to one of these operators that is not removed, with the operator.
    pub(crate) async fn borrowers(
        &self,
        operators: &BTreeSet<OperatorId>,
    ) -> Result<Vec<(TenantId, OperatorId)>, StoreError> {
        let open = Entity::find().filter(Column::Status.ne(Status::Removed.as_str()));
        let of_operators = open.filter(Column::Operator.is_in(operators.iter().map(|operator| operator.0)));
        let pairs = of_operators.select_only().columns([Column::Tenant, Column::Operator]);
        let pairs: Vec<(Uuid, Uuid)> = pairs.into_tuple().all(&self.reader).await?;
        Ok(pairs.into_iter().map(|(tenant, operator)| (TenantId(tenant), OperatorId(operator))).collect())
    }
}

impl Tx {
    /// One consent as of this change.
    pub async fn consent(&self, tenant: TenantId, operator: OperatorId) -> Result<Option<Stored<Consent>>, StoreError> {
        find(tenant, operator).one(&self.db).await?.as_ref().map(stored).transpose()
    }

    /// Creates or changes a consent.
    pub async fn save_consent(&mut self, consent: &Consent, expected: Expected) -> Result<Version, WriteError> {
        let row = find(consent.tenant, consent.operator).one(&self.db).await?;
        let before = row.as_ref().map(stored).transpose()?;
        let written = check(before.as_ref(), expected)?;
        let model = ActiveModel {
            id: Set(row.map_or_else(Uuid::now_v7, |row| row.id)),
            tenant: Set(consent.tenant.0),
            operator: Set(consent.operator.0),
            status: Set(consent.status.as_str().to_owned()),
            relationship: Set(consent.relationship.as_str().to_owned()),
            document: Set(to_json("consent", consent)?),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "operator"))?;
        self.note(Change {
            tenant: Some(consent.tenant),
            noun: Noun::OperatorConsent,
            object: consent.operator.to_string(),
            action: written.action(),
            before: before.as_ref().map(|before| &before.value),
            after: Some(consent),
        })
        .await?;
        Ok(written.version())
    }
}

/// The organizations that consented to an operator and did not remove that.
pub(crate) fn consented(operator: OperatorId) -> SelectStatement {
    Entity::find()
        .filter(Column::Operator.eq(operator.0))
        .filter(Column::Status.ne(Status::Removed.as_str()))
        .select_only()
        .column(Column::Tenant)
        .into_query()
}

fn find(tenant: TenantId, operator: OperatorId) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Operator.eq(operator.0))
}

fn stored(row: &Model) -> Result<Stored<Consent>, StoreError> {
    Ok(Stored {
        value: from_json("consent", row.id, &row.document)?,
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}
