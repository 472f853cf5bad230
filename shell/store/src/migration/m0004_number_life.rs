//! The life of a number: whose it is, how long it is given to nobody, how long it is kept for who lost the license.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ColumnDef::new("source").string().not_null().default("direct_routing").take(),
            ColumnDef::new("blocked_until").big_integer().take(),
            ColumnDef::new("held_until").big_integer().take(),
        ];
        // SQLite adds one column at a time.
        for column in columns {
            let mut numbers = Table::alter();
            numbers.table("numbers").add_column(column);
            manager.alter_table(numbers).await?;
        }
        for (name, columns) in
            [("numbers_by_assignee_user", &["tenant", "assignee_user"][..]), ("numbers_by_held_until", &["held_until"])]
        {
            let mut index = Index::create();
            index.name(name).table("numbers");
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
