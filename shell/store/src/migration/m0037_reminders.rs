//! When organizations are reminded of requests for their numbers.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut port_outs = Table::alter();
        port_outs.table("port_outs").add_column(ColumnDef::new("remind_at").big_integer());
        manager.alter_table(port_outs).await?;
        let mut due = Index::create();
        due.name("port_outs_by_reminder").table("port_outs").col("remind_at");
        let due = due.cond_where(Expr::col("remind_at").is_not_null());
        manager.create_index(due.to_owned()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
