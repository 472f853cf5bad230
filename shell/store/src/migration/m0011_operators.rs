//! Operators, what organizations agreed with them, and whose numbers are theirs.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [operators(), operator_clients(), operator_tokens(), operator_documents(), operator_consents()] {
            manager.create_table(table).await?;
        }
        let columns = [
            ColumnDef::new("operator").uuid().take(),
            ColumnDef::new("calling_profile").uuid().take(),
            ColumnDef::new("may_change_location").boolean().take(),
        ];
        // SQLite adds one column at a time.
        for column in columns {
            let mut numbers = Table::alter();
            numbers.table("numbers").add_column(column);
            manager.alter_table(numbers).await?;
        }
        let indexes: [(&str, &str, &[&str]); 6] = [
            ("operator_clients_by_operator", "operator_clients", &["operator"]),
            ("operator_tokens_by_client", "operator_tokens", &["client"]),
            ("operator_tokens_by_expiry", "operator_tokens", &["expires_at"]),
            ("operator_documents_by_name", "operator_documents", &["operator", "kind", "name"]),
            ("operator_consents_by_operator", "operator_consents", &["operator", "updated_at"]),
            ("numbers_by_operator", "numbers", &["operator", "tenant", "number"]),
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

/// A table of objects with a version: its name, and its columns between id and version.
fn versioned(name: &'static str, columns: impl IntoIterator<Item = ColumnDef>) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name).col(ColumnDef::new("id").uuid().not_null().primary_key());
    for column in columns {
        table.col(column);
    }
    for column in ["version", "created_at", "updated_at"] {
        table.col(ColumnDef::new(column).big_integer().not_null());
    }
    table
}

fn uuid(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().take()
}

fn word(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).string().not_null().take()
}

fn document() -> ColumnDef {
    ColumnDef::new("document").text().not_null().take()
}

fn of_operator(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, "operator").to("operators", "id").on_delete(ForeignKeyAction::Cascade).to_owned()
}

fn of_tenant(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, "tenant").to("tenants", "id").to_owned()
}

fn operators() -> TableCreateStatement {
    let name = ColumnDef::new("name").string().not_null().unique_key().take();
    versioned("operators", [name, word("state"), document()])
}

fn operator_clients() -> TableCreateStatement {
    Table::create()
        .table("operator_clients")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(uuid("operator"))
        .col(word("name"))
        .col(ColumnDef::new("hash").blob().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("revoked_at").big_integer())
        .foreign_key(&mut of_operator("operator_clients"))
        .to_owned()
}

fn operator_tokens() -> TableCreateStatement {
    Table::create()
        .table("operator_tokens")
        .col(ColumnDef::new("hash").blob().not_null().primary_key())
        .col(uuid("operator"))
        .col(uuid("client"))
        .col(ColumnDef::new("expires_at").big_integer().not_null())
        .foreign_key(&mut of_operator("operator_tokens"))
        .to_owned()
}

fn operator_documents() -> TableCreateStatement {
    versioned("operator_documents", [uuid("operator"), word("kind"), word("name"), document()])
        .foreign_key(&mut of_operator("operator_documents"))
        .to_owned()
}

fn operator_consents() -> TableCreateStatement {
    let mut unique = Index::create();
    unique.name("operator_consents_of_both").col("tenant").col("operator").unique();
    let columns = [uuid("tenant"), uuid("operator"), word("status"), word("relationship"), document()];
    versioned("operator_consents", columns)
        .index(&mut unique)
        .foreign_key(&mut of_operator("operator_consents"))
        .foreign_key(&mut of_tenant("operator_consents"))
        .to_owned()
}
