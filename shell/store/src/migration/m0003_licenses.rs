//! Licenses: seats that an organization bought, and who holds one.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut enforcement = Table::alter();
        enforcement
            .table("tenants")
            .add_column(ColumnDef::new("license_enforcement").string().not_null().default("warn"));
        manager.alter_table(enforcement).await?;
        manager.create_table(subscriptions()).await?;
        manager.create_table(licenses()).await?;
        let mut by_plan = Index::create();
        by_plan.name("licenses_by_plan").table("licenses").col("tenant").col("plan");
        manager.create_index(by_plan).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn subscriptions() -> TableCreateStatement {
    Table::create()
        .table("subscriptions")
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("plan").string().not_null())
        .col(ColumnDef::new("seats").big_integer().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .primary_key(Index::create().col("tenant").col("plan"))
        .foreign_key(ForeignKey::create().from("subscriptions", "tenant").to("tenants", "id"))
        .to_owned()
}

fn licenses() -> TableCreateStatement {
    Table::create()
        .table("licenses")
        .col(ColumnDef::new("user").uuid().not_null())
        .col(ColumnDef::new("plan").string().not_null())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("assigned_at").big_integer().not_null())
        .primary_key(Index::create().col("user").col("plan"))
        .foreign_key(ForeignKey::create().from("licenses", "tenant").to("tenants", "id"))
        .foreign_key(ForeignKey::create().from("licenses", "user").to("users", "id"))
        .to_owned()
}
