//! Papers that are attached to orders to other carriers.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let of_order = ForeignKey::create()
            .from("port_documents", "port_order")
            .to("port_orders", "id")
            .on_delete(ForeignKeyAction::Cascade)
            .to_owned();
        let documents = Table::create()
            .table("port_documents")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("port_order").uuid().not_null())
            .col(ColumnDef::new("tenant").uuid().not_null())
            .col(ColumnDef::new("content").blob().not_null())
            .foreign_key(&mut of_order.clone())
            .to_owned();
        manager.create_table(documents).await?;
        let mut by_order = Index::create();
        by_order.name("port_documents_by_order").table("port_documents").col("port_order");
        manager.create_index(by_order.to_owned()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
