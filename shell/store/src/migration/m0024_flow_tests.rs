//! Tests of call flows, and drafts of attendants and queues.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [flow_tests(), app_drafts()] {
            manager.create_table(table).await?;
        }
        let indexes: [(&str, &str, &[&str]); 3] = [
            ("flow_tests_by_app", "flow_tests", &["tenant", "app", "name", "id"]),
            ("flow_tests_by_name", "flow_tests", &["tenant", "name", "id"]),
            ("app_drafts_by_tenant", "app_drafts", &["tenant"]),
        ];
        for (name, table, columns) in indexes {
            let mut index = Index::create();
            index.name(name).table(table);
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn flow_tests() -> TableCreateStatement {
    Table::create()
        .table("flow_tests")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("app").uuid().not_null())
        .col(ColumnDef::new("name").string().not_null())
        .col(ColumnDef::new("generated").boolean().not_null())
        .col(ColumnDef::new("body").text().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("flow_tests", "tenant").to("tenants", "id"))
        .to_owned()
}

/// One for each app at most, so that it is named by the app.
fn app_drafts() -> TableCreateStatement {
    Table::create()
        .table("app_drafts")
        .col(ColumnDef::new("app").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("base").big_integer().not_null())
        .col(ColumnDef::new("body").text().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("app_drafts", "tenant").to("tenants", "id"))
        .to_owned()
}
