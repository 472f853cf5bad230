//! Since when a server was heard of without a gap, and whose calls charges are of.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut shares = Table::alter();
        shares.table("credit_shares").add_column(ColumnDef::new("alive_since").big_integer().not_null().default(0));
        manager.alter_table(shares).await?;
        let mut charges = Table::alter();
        charges.table("call_charges").add_column(ColumnDef::new("node").uuid());
        manager.alter_table(charges).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
