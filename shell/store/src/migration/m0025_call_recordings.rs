//! Recordings of calls.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(call_recordings()).await?;
        let indexes: [(&str, &[&str]); 4] = [
            ("call_recordings_in_order", &["tenant", "at", "id", "queue", "agent"]),
            ("call_recordings_by_queue", &["tenant", "queue", "at", "id"]),
            ("call_recordings_by_call", &["tenant", "call", "at", "id"]),
            ("call_recordings_by_expiry", &["expires_at"]),
        ];
        for (name, columns) in indexes {
            let mut index = Index::create();
            index.name(name).table("call_recordings");
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

fn call_recordings() -> TableCreateStatement {
    Table::create()
        .table("call_recordings")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("call").uuid().not_null())
        .col(ColumnDef::new("queue").uuid().not_null())
        .col(ColumnDef::new("agent").uuid())
        .col(ColumnDef::new("from_number").string().not_null())
        .col(ColumnDef::new("to_number").string().not_null())
        .col(ColumnDef::new("at").big_integer().not_null())
        .col(ColumnDef::new("duration_ms").big_integer().not_null())
        .col(ColumnDef::new("size_bytes").big_integer().not_null())
        .col(ColumnDef::new("expires_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("call_recordings", "tenant").to("tenants", "id"))
        .to_owned()
}
