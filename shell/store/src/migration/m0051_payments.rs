//! Payments, and invoices.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [payments(), invoices()] {
            manager.create_table(table).await?;
        }
        for (name, table, columns, is_unique) in [
            ("payments_by_time", "payments", ["tenant", "at", "id"], false),
            ("invoices_by_time", "invoices", ["tenant", "issued_at", "id"], false),
        ] {
            let mut index = Index::create();
            index.name(name).table(table);
            for column in columns {
                index.col(column);
            }
            if is_unique {
                index.unique();
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn of_tenant(name: &'static str) -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table(name)
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .foreign_key(ForeignKey::create().from(name, "tenant").to("tenants", "id"));
    table
}

fn payments() -> TableCreateStatement {
    of_tenant("payments")
        .col(ColumnDef::new("at").big_integer().not_null())
        .col(ColumnDef::new("document").text().not_null())
        .to_owned()
}

/// Numbers count on without a gap within the server.
fn invoices() -> TableCreateStatement {
    of_tenant("invoices")
        .col(ColumnDef::new("seq").big_integer().not_null().unique_key())
        .col(ColumnDef::new("issued_at").big_integer().not_null())
        .col(ColumnDef::new("document").text().not_null())
        .to_owned()
}
