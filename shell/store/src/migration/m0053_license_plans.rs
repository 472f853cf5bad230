//! License plans that were made or changed, and for how long seats were bought.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut plans = Table::create();
        plans.table("license_plans").col(ColumnDef::new("id").text().not_null().primary_key());
        plans.col(ColumnDef::new("document").text().not_null());
        for column in ["version", "created_at", "updated_at"] {
            plans.col(ColumnDef::new(column).big_integer().not_null());
        }
        manager.create_table(plans).await?;
        let columns = [
            ColumnDef::new("term").text().take(),
            ColumnDef::new("first_end").big_integer().take(),
            ColumnDef::new("renewal").text().take(),
        ];
        // SQLite adds one column at a time.
        for column in columns {
            let mut subscriptions = Table::alter();
            subscriptions.table("subscriptions").add_column(column);
            manager.alter_table(subscriptions).await?;
        }
        let mut ends = Index::create();
        ends.name("subscriptions_by_end").table("subscriptions").col("first_end");
        manager.create_index(ends).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
