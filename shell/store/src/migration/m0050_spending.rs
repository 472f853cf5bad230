//! What is spent by department, service, site and tag, and how much of minutes was told of.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let spends = Table::create()
            .table("scope_spends")
            .col(ColumnDef::new("tenant").uuid().not_null())
            .col(ColumnDef::new("span").string().not_null())
            .col(ColumnDef::new("scope").string().not_null())
            .col(ColumnDef::new("amount").big_integer().not_null())
            .primary_key(Index::create().col("tenant").col("span").col("scope"))
            .foreign_key(ForeignKey::create().from("scope_spends", "tenant").to("tenants", "id"))
            .to_owned();
        manager.create_table(spends).await?;
        for column in ["told_percent", "updated_at"] {
            let mut new = ColumnDef::new(column);
            new.big_integer().not_null().default(0);
            manager.alter_table(Table::alter().table("pool_usages").add_column(new).to_owned()).await?;
        }
        let mut index = Index::create();
        index.name("pool_usages_by_change").table("pool_usages").col("updated_at");
        manager.create_index(index).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
