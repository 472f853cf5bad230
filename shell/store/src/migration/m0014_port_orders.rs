//! Numbers that come from other carriers.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [port_orders(), port_numbers(), port_steps()] {
            manager.create_table(table).await?;
        }
        let indexes: [(&str, &str, &[&str]); 5] = [
            ("port_orders_by_tenant", "port_orders", &["tenant", "created_at"]),
            ("port_orders_by_state", "port_orders", &["state", "created_at"]),
            ("port_numbers_by_number", "port_numbers", &["number"]),
            ("port_numbers_by_tenant", "port_numbers", &["tenant", "state"]),
            ("port_steps_by_order", "port_steps", &["port_order", "at"]),
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

fn port_orders() -> TableCreateStatement {
    Table::create()
        .table("port_orders")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("name").string().not_null())
        .col(ColumnDef::new("state").string().not_null())
        .col(ColumnDef::new("document").text().not_null())
        .col(ColumnDef::new("secret").blob())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("port_orders", "tenant").to("tenants", "id"))
        .to_owned()
}

fn port_numbers() -> TableCreateStatement {
    Table::create()
        .table("port_numbers")
        .col(ColumnDef::new("port_order").uuid().not_null())
        .col(ColumnDef::new("number").string().not_null())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("state").string().not_null())
        .primary_key(Index::create().col("port_order").col("number"))
        .foreign_key(&mut of_order("port_numbers"))
        .to_owned()
}

fn port_steps() -> TableCreateStatement {
    Table::create()
        .table("port_steps")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("port_order").uuid().not_null())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("at").big_integer().not_null())
        .col(ColumnDef::new("document").text().not_null())
        .foreign_key(&mut of_order("port_steps"))
        .to_owned()
}

fn of_order(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, "port_order")
        .to("port_orders", "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}
