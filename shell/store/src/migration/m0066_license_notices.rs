//! Who is mailed about licenses, and what was told of them.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut watches = Table::create();
        watches.table("license_watches").col(ColumnDef::new("tenant").uuid().not_null().primary_key());
        for column in ["mails", "told"] {
            watches.col(ColumnDef::new(column).text().not_null());
        }
        manager.create_table(watches).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
