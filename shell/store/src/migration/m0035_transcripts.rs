//! What messages say in writing.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ColumnDef::new("transcript_state").string().not_null().default("not_wanted").to_owned(),
            ColumnDef::new("transcript_language").string().to_owned(),
            ColumnDef::new("transcript").text().to_owned(),
        ];
        // SQLite adds one column at a time.
        for mut column in columns {
            let mut messages = Table::alter();
            messages.table("messages").add_column(&mut column);
            manager.alter_table(messages).await?;
        }
        let mut awaited = Index::create();
        awaited.name("messages_by_transcript").table("messages").col("transcript_state").col("at");
        let awaited = awaited.cond_where(Expr::col("transcript_state").eq("awaited"));
        manager.create_index(awaited.to_owned()).await?;
        // A mailbox releases the mails of one message.
        let mut mails = Index::create();
        mails.name("mails_by_message").table("mails").col("message");
        manager.create_index(mails).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
