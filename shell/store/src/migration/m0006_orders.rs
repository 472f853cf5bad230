//! Orders: work on many lines, carried out in the background.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(orders()).await?;
        manager.create_table(order_lines()).await?;
        let indexes: [(&str, &str, &[&str]); 3] = [
            ("orders_by_created_at", "orders", &["tenant", "created_at"]),
            ("orders_by_state", "orders", &["state", "created_at"]),
            ("order_lines_by_state", "order_lines", &["order_id", "state", "line"]),
        ];
        for (name, table, columns) in indexes {
            let mut index = Index::create();
            index.name(name).table(table);
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        let mut by_key = Index::create();
        by_key.name("orders_by_request_key").table("orders").col("tenant").col("request_key").unique();
        manager.create_index(by_key).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn orders() -> TableCreateStatement {
    Table::create()
        .table("orders")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("kind").string().not_null())
        .col(ColumnDef::new("state").string().not_null())
        .col(ColumnDef::new("dry_run").boolean().not_null())
        .col(ColumnDef::new("created_by").string().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("finished_at").big_integer())
        .col(ColumnDef::new("n_total").big_integer().not_null())
        .col(ColumnDef::new("n_done").big_integer().not_null())
        .col(ColumnDef::new("n_failed").big_integer().not_null())
        .col(ColumnDef::new("undoes").uuid())
        .col(ColumnDef::new("undone_by").uuid())
        .col(ColumnDef::new("request_key").string())
        .col(ColumnDef::new("request_digest").blob())
        .foreign_key(ForeignKey::create().from("orders", "tenant").to("tenants", "id"))
        .to_owned()
}

fn order_lines() -> TableCreateStatement {
    Table::create()
        .table("order_lines")
        .col(ColumnDef::new("order_id").uuid().not_null())
        .col(ColumnDef::new("line").big_integer().not_null())
        .col(ColumnDef::new("state").string().not_null())
        .col(ColumnDef::new("wish").text())
        .col(ColumnDef::new("result").text())
        .col(ColumnDef::new("fault").text())
        .primary_key(Index::create().col("order_id").col("line"))
        .foreign_key(
            ForeignKey::create()
                .from("order_lines", "order_id")
                .to("orders", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
