//! What people spend is counted for each server, so that each knows what of a limit the others took. What was spent before is of
//! none of them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        const BEFORE: &str = "person_spends_before";
        manager.rename_table(Table::rename().table("person_spends", BEFORE).to_owned()).await?;
        let spends = Table::create()
            .table("person_spends")
            .col(ColumnDef::new("tenant").uuid().not_null())
            .col(ColumnDef::new("period").string().not_null())
            .col(ColumnDef::new("user").uuid().not_null())
            .col(ColumnDef::new("node").uuid().not_null())
            .col(ColumnDef::new("amount").big_integer().not_null())
            .primary_key(Index::create().col("tenant").col("period").col("user").col("node"))
            .foreign_key(ForeignKey::create().from("person_spends", "tenant").to("tenants", "id"))
            .to_owned();
        manager.create_table(spends).await?;
        let nobody = match manager.get_database_backend() {
            DbBackend::Postgres => "'00000000-0000-0000-0000-000000000000'::uuid",
            _ => "x'00000000000000000000000000000000'",
        };
        let copy = format!(
            "INSERT INTO person_spends (tenant, period, \"user\", node, amount) \
             SELECT tenant, period, \"user\", {nobody}, amount FROM {BEFORE}"
        );
        manager.get_connection().execute_unprepared(&copy).await?;
        manager.drop_table(Table::drop().table(BEFORE).to_owned()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
