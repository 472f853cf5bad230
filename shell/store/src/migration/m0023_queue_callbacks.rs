//! Callers who are to be called back, whose turn it is in queues, and since when agents are idle.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("queue_callbacks")
                    .col(ColumnDef::new("id").uuid().not_null().primary_key())
                    .col(ColumnDef::new("tenant").uuid().not_null())
                    .col(ColumnDef::new("queue").uuid().not_null())
                    .col(ColumnDef::new("state").string().not_null())
                    .col(ColumnDef::new("asked_at").big_integer().not_null())
                    .col(ColumnDef::new("document").text().not_null())
                    .col(ColumnDef::new("updated_at").big_integer().not_null())
                    .foreign_key(ForeignKey::create().from("queue_callbacks", "tenant").to("tenants", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("queue_clocks")
                    .col(ColumnDef::new("subject").uuid().not_null().primary_key())
                    .col(ColumnDef::new("tenant").uuid().not_null())
                    .col(ColumnDef::new("agent").uuid())
                    .col(ColumnDef::new("at").big_integer().not_null())
                    .foreign_key(ForeignKey::create().from("queue_clocks", "tenant").to("tenants", "id"))
                    .to_owned(),
            )
            .await?;
        let indexes: [(&str, &str, &[&str]); 3] = [
            ("queue_callbacks_by_queue", "queue_callbacks", &["tenant", "queue", "asked_at", "id"]),
            ("queue_callbacks_by_state", "queue_callbacks", &["state", "tenant"]),
            ("queue_clocks_by_tenant", "queue_clocks", &["tenant"]),
        ];
        for (name, table, columns) in indexes {
            let mut index = Index::create();
            index.name(name).table(table);
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
