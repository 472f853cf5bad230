//! Tests of call flows.

use phone::directory::flow_test::FlowTest;
use phone::id::{FlowTestId, TenantId};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{Written, check, from_json, taken, to_json};
use crate::entity::flow_test::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

const WHAT: &str = "flow_test";

impl Store {
    /// Tests by name: of one app, or of all.
    pub async fn flow_tests(
        &self,
        tenant: TenantId,
        app: Option<Uuid>,
        paging: &Paging,
    ) -> Result<Page<Stored<FlowTest>>, StoreError> {
        let rows = paged(wanted(tenant, app), Column::Name, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Text(row.name.clone()), id: row.id };
        let page = page_of(rows, paging, cursor);
        let items = page.items.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// All tests of an app, or of all apps, by name.
    pub async fn all_flow_tests(&self, tenant: TenantId, app: Option<Uuid>) -> Result<Vec<FlowTest>, StoreError> {
        let by_name = wanted(tenant, app).order_by_asc(Column::Name).order_by_asc(Column::Id);
        let rows = by_name.all(&self.reader).await?;
        rows.iter().map(|row| Ok(stored(row)?.value)).collect()
    }

    /// One test.
    pub async fn flow_test(&self, tenant: TenantId, id: FlowTestId) -> Result<Option<Stored<FlowTest>>, StoreError> {
        find(tenant, id).one(&self.reader).await?.as_ref().map(stored).transpose()
    }
}

impl Tx {
    /// How many tests an app has that somebody wrote, as of this change.
    pub async fn n_flow_tests(&self, tenant: TenantId, app: Uuid) -> Result<u64, StoreError> {
        Ok(wanted(tenant, Some(app)).filter(Column::Generated.eq(false)).count(&self.db).await?)
    }

    /// Creates or changes a test.
    pub async fn save_flow_test(
        &mut self,
        tenant: TenantId,
        app: Uuid,
        test: &FlowTest,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let before = find(tenant, test.id).one(&self.db).await?.as_ref().map(stored).transpose()?;
        let written = check(before.as_ref(), expected)?;
        let model = ActiveModel {
            id: Set(test.id.0),
            tenant: Set(tenant.0),
            app: Set(app),
            name: Set(test.name.clone()),
            generated: Set(test.generated),
            body: Set(to_json(WHAT, test)?),
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
            tenant: Some(tenant),
            noun: Noun::FlowTest,
            object: test.id.to_string(),
            action: written.action(),
            before: before.as_ref().map(|before| &before.value),
            after: Some(test),
        })
        .await?;
        Ok(written.version())
    }

    /// Deletes a test.
    pub async fn delete_flow_test(
        &mut self,
        tenant: TenantId,
        id: FlowTestId,
        expected: Expected,
    ) -> Result<(), WriteError> {
        let before = find(tenant, id).one(&self.db).await?.as_ref().map(stored).transpose()?;
        let Some(before) = before else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        Entity::delete_by_id(id.0).exec(&self.db).await?;
        self.note(deleted(tenant, &before.value)).await?;
        Ok(())
    }

    /// Deletes the tests of an app: those of its starter set, or all.
    pub async fn delete_flow_tests(
        &mut self,
        tenant: TenantId,
        app: Uuid,
        only_generated: bool,
    ) -> Result<(), StoreError> {
        let mut of_app = wanted(tenant, Some(app));
        let mut delete = Entity::delete_many().filter(Column::Tenant.eq(tenant.0)).filter(Column::App.eq(app));
        if only_generated {
            of_app = of_app.filter(Column::Generated.eq(true));
            delete = delete.filter(Column::Generated.eq(true));
        }
        let rows = of_app.all(&self.db).await?;
        let gone = rows.iter().map(|row| Ok(stored(row)?.value)).collect::<Result<Vec<_>, StoreError>>()?;
        delete.exec(&self.db).await?;
        self.note_all(gone.iter().map(|test| deleted(tenant, test)).collect()).await
    }

    /// Creates many tests of an app at once.
    pub async fn add_flow_tests(&mut self, tenant: TenantId, app: Uuid, tests: &[FlowTest]) -> Result<(), StoreError> {
        let row = |test: &FlowTest| {
            Ok(ActiveModel {
                id: Set(test.id.0),
                tenant: Set(tenant.0),
                app: Set(app),
                name: Set(test.name.clone()),
                generated: Set(test.generated),
                body: Set(to_json(WHAT, test)?),
                version: Set(1),
                created_at: Set(self.at.as_millisecond()),
                updated_at: Set(self.at.as_millisecond()),
            })
        };
        let rows = tests.iter().map(row).collect::<Result<Vec<_>, StoreError>>()?;
        for part in rows.chunks(ROWS_PER_STATEMENT) {
            Entity::insert_many(part.to_vec()).exec(&self.db).await?;
        }
        self.note_all(tests.iter().map(|test| made(tenant, test)).collect()).await
    }
}

/// Rows in one statement, of nine values each; SQLite takes at most 32,766.
const ROWS_PER_STATEMENT: usize = 500;

fn made(tenant: TenantId, test: &FlowTest) -> Change<'_, FlowTest, FlowTest> {
    Change {
        tenant: Some(tenant),
        noun: Noun::FlowTest,
        object: test.id.to_string(),
        action: "create",
        before: None,
        after: Some(test),
    }
}

fn deleted(tenant: TenantId, test: &FlowTest) -> Change<'_, FlowTest, FlowTest> {
    Change {
        tenant: Some(tenant),
        noun: Noun::FlowTest,
        object: test.id.to_string(),
        action: "delete",
        before: Some(test),
        after: None,
    }
}

fn wanted(tenant: TenantId, app: Option<Uuid>) -> sea_orm::Select<Entity> {
    let of_tenant = Entity::find().filter(Column::Tenant.eq(tenant.0));
    match app {
        Some(app) => of_tenant.filter(Column::App.eq(app)),
        None => of_tenant,
    }
}

fn find(tenant: TenantId, id: FlowTestId) -> sea_orm::Select<Entity> {
    Entity::find_by_id(id.0).filter(Column::Tenant.eq(tenant.0))
}

fn stored(row: &Model) -> Result<Stored<FlowTest>, StoreError> {
    Ok(Stored {
        value: from_json(WHAT, row.id, &row.body)?,
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}
