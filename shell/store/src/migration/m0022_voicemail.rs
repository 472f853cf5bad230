//! Messages in mailboxes, and the mails that tell of them.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(messages()).await?;
        manager.create_table(mails()).await?;
        let indexes: [(&str, &str, &[&str]); 5] = [
            ("messages_in_order", "messages", &["tenant", "at", "id", "mailbox", "status"]),
            ("messages_by_mailbox", "messages", &["tenant", "mailbox", "at", "id", "status"]),
            ("messages_by_expiry", "messages", &["expires_at"]),
            ("mails_in_order", "mails", &["tenant", "at", "id", "state"]),
            ("mails_by_due", "mails", &["due_at"]),
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

fn messages() -> TableCreateStatement {
    Table::create()
        .table("messages")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("mailbox_kind").string().not_null())
        .col(ColumnDef::new("mailbox").uuid().not_null())
        .col(ColumnDef::new("call").uuid().not_null())
        .col(ColumnDef::new("from_number").string().not_null())
        .col(ColumnDef::new("from_name").string())
        .col(ColumnDef::new("from_user").uuid())
        .col(ColumnDef::new("to_number").string().not_null())
        .col(ColumnDef::new("at").big_integer().not_null())
        .col(ColumnDef::new("duration_ms").big_integer().not_null())
        .col(ColumnDef::new("size_bytes").big_integer().not_null())
        .col(ColumnDef::new("status").string().not_null())
        .col(ColumnDef::new("claimed_by").string())
        .col(ColumnDef::new("expires_at").big_integer().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("messages", "tenant").to("tenants", "id"))
        .to_owned()
}

fn mails() -> TableCreateStatement {
    let mut of_message = ForeignKey::create();
    of_message.from("mails", "message").to("messages", "id").on_delete(ForeignKeyAction::Cascade);
    Table::create()
        .table("mails")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("message").uuid().not_null())
        .col(ColumnDef::new("to_address").string().not_null())
        .col(ColumnDef::new("state").string().not_null())
        .col(ColumnDef::new("n_tries").big_integer().not_null())
        .col(ColumnDef::new("at").big_integer().not_null())
        // None once nothing is left to do.
        .col(ColumnDef::new("due_at").big_integer())
        .col(ColumnDef::new("error").text())
        .foreign_key(ForeignKey::create().from("mails", "tenant").to("tenants", "id"))
        .foreign_key(&mut of_message)
        .to_owned()
}
