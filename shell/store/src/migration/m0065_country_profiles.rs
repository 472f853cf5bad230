//! Files of countries that were loaded.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut profiles = Table::create();
        profiles.table("country_profiles").col(ColumnDef::new("id").text().not_null().primary_key());
        profiles.col(ColumnDef::new("file").text().not_null());
        for column in ["version", "created_at", "updated_at"] {
            profiles.col(ColumnDef::new(column).big_integer().not_null());
        }
        manager.create_table(profiles).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
