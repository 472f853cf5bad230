//! Where numbers are used.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut numbers = Table::alter();
        numbers.table("numbers").add_column(ColumnDef::new("address").uuid());
        manager.alter_table(numbers).await?;
        let mut used = Index::create();
        used.name("numbers_by_address").table("numbers").col("tenant").col("address").col("number");
        let used = used.cond_where(Expr::col("address").is_not_null());
        manager.create_index(used.to_owned()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
