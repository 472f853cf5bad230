//! How policies were given, and with which package.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // What was given before was given by itself, as far as anybody knows.
        let columns = [
            ColumnDef::new("source").string().not_null().default("single").take(),
            ColumnDef::new("package").string().take(),
        ];
        for column in columns {
            let mut altered = Table::alter();
            altered.table("policy_assignments").add_column(column);
            manager.alter_table(altered).await?;
        }
        let mut by_package = Index::create();
        by_package.name("policy_assignments_by_package").table("policy_assignments");
        for column in ["tenant", "package", "at", "id"] {
            by_package.col(column);
        }
        by_package.cond_where(Expr::col("package").is_not_null());
        manager.create_index(by_package).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
