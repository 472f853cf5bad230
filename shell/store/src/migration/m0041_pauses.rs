//! Why agents take no calls for a while.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut presences = Table::alter();
        presences.table("presences").add_column(ColumnDef::new("pause").string());
        manager.alter_table(presences).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
