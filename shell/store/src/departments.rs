//! Departments: what people's rows say, counted, and said anew for all of them at once.

use phone::id::TenantId;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::database::Store;
use crate::entity::user::{Column, Entity};
use crate::error::StoreError;
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of};
use crate::tx::{Change, Tx};

/// A department with how many people it has.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Department {
    #[sea_orm(from_alias = "department")]
    pub name: String,
    pub n_people: i64,
}

impl Store {
    /// Departments of a tenant by name.
    pub async fn departments(&self, tenant: TenantId, paging: &Paging) -> Result<Page<Department>, StoreError> {
        let mut people = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Department.is_not_null());
        if let Some(Cursor { key: CursorKey::Text(name), .. }) = &paging.after {
            people = people.filter(Column::Department.gt(name));
        }
        let rows = people
            .select_only()
            .column(Column::Department)
            .column_as(Column::Id.count(), "n_people")
            .group_by(Column::Department)
            .order_by_asc(Column::Department)
            .limit(paging.limit.saturating_add(1))
            .into_model::<Department>()
            .all(&self.reader)
            .await?;
        let cursor = |row: &Department| Cursor { key: CursorKey::Text(row.name.clone()), id: Uuid::nil() };
        Ok(page_of(rows, paging, cursor))
    }
}

impl Tx {
    /// How many people a department has, as of this change.
    pub async fn n_people_of_department(&self, tenant: TenantId, name: &str) -> Result<u64, StoreError> {
        let people = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Department.eq(name));
        Ok(people.count(&self.db).await?)
    }

    /// Moves everybody of one department to another, new or not. How many there were. Each of them has it in the
    /// history.
    pub async fn rename_department(&mut self, tenant: TenantId, from: &str, to: &str) -> Result<u64, StoreError> {
        let people = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Department.eq(from));
        let ids: Vec<Uuid> = people.select_only().column(Column::Id).into_tuple().all(&self.db).await?;
        let renaming = Entity::update_many()
            .col_expr(Column::Department, Expr::value(to))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .col_expr(Column::UpdatedAt, Expr::value(self.at.as_millisecond()))
            .filter(Column::Tenant.eq(tenant.0))
            .filter(Column::Department.eq(from));
        let n_people = renaming.exec(&self.db).await?.rows_affected;
        let (before, after) = (json!({ "department": from }), json!({ "department": to }));
        let notes = ids.iter().map(|id| Change {
            tenant: Some(tenant),
            noun: Noun::User,
            object: id.to_string(),
            action: "update",
            before: Some(&before),
            after: Some(&after),
        });
        self.note_all(notes.collect()).await?;
        Ok(n_people)
    }
}
