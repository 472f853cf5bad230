//! What of minutes of plans and of budgets each server on the database may use.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let number = |name: &'static str| {
            let mut column = ColumnDef::new(name);
            column.big_integer().not_null();
            column
        };
        let parts = Table::create()
            .table("credit_parts")
            .col(ColumnDef::new("tenant").uuid().not_null())
            .col(ColumnDef::new("node").uuid().not_null())
            .col(ColumnDef::new("part").text().not_null())
            .col(number("visible"))
            .col(number("told"))
            .col(number("lowered_at"))
            .col(number("posted"))
            .primary_key(Index::create().col("tenant").col("node").col("part"))
            .foreign_key(ForeignKey::create().from("credit_parts", "tenant").to("tenants", "id"))
            .to_owned();
        manager.create_table(parts).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
