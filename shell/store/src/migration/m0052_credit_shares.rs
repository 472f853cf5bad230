//! What of balances each server on the database may spend.

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
        let shares = Table::create()
            .table("credit_shares")
            .col(ColumnDef::new("tenant").uuid().not_null())
            .col(ColumnDef::new("node").uuid().not_null())
            .col(number("alive_until"))
            .col(number("credits"))
            .col(number("owable"))
            .col(number("told_credits"))
            .col(number("told_owable"))
            .col(number("lowered_at"))
            .col(number("posted_credits"))
            .col(number("posted_owed"))
            .primary_key(Index::create().col("tenant").col("node"))
            .foreign_key(ForeignKey::create().from("credit_shares", "tenant").to("tenants", "id"))
            .to_owned();
        manager.create_table(shares).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
