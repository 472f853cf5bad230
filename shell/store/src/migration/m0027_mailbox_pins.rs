//! PINs with which messages are heard by phone.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(mailbox_pins()).await?;
        let mut index = Index::create();
        index.name("mailbox_pins_by_tenant").table("mailbox_pins").col("tenant");
        manager.create_index(index).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Named by the person or the shared mailbox.
fn mailbox_pins() -> TableCreateStatement {
    Table::create()
        .table("mailbox_pins")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("secret").blob().not_null())
        .col(ColumnDef::new("set_by").string().not_null())
        .col(ColumnDef::new("set_at").big_integer().not_null())
        .col(ColumnDef::new("n_wrong").big_integer().not_null())
        .col(ColumnDef::new("locked_until").big_integer())
        .foreign_key(ForeignKey::create().from("mailbox_pins", "tenant").to("tenants", "id"))
        .to_owned()
}
