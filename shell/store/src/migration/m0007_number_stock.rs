//! Numbers that the platform gives to tenants: the stock, reservations, quotas.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [stock_blocks(), stock_numbers(), number_reservations(), number_quotas()] {
            manager.create_table(table).await?;
        }
        let indexes: [(&str, &[&str]); 4] = [
            ("stock_numbers_by_block", &["block", "state"]),
            ("stock_numbers_by_national", &["country", "kind", "national"]),
            ("stock_numbers_by_reservation", &["reservation"]),
            ("stock_numbers_by_holder", &["holder", "state"]),
        ];
        for (name, columns) in indexes {
            let mut index = Index::create();
            index.name(name).table("stock_numbers");
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

fn stock_blocks() -> TableCreateStatement {
    Table::create()
        .table("stock_blocks")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("carrier").string().not_null())
        .col(ColumnDef::new("country").string().not_null())
        .col(ColumnDef::new("city").string())
        .col(ColumnDef::new("kind").string().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .to_owned()
}

fn stock_numbers() -> TableCreateStatement {
    Table::create()
        .table("stock_numbers")
        .col(ColumnDef::new("number").string().not_null().primary_key())
        .col(ColumnDef::new("block").uuid().not_null())
        .col(ColumnDef::new("country").string().not_null())
        .col(ColumnDef::new("kind").string().not_null())
        .col(ColumnDef::new("national").string().not_null())
        .col(ColumnDef::new("state").string().not_null())
        .col(ColumnDef::new("holder").uuid())
        .col(ColumnDef::new("reservation").uuid())
        .col(ColumnDef::new("until").big_integer())
        .foreign_key(ForeignKey::create().from("stock_numbers", "block").to("stock_blocks", "id"))
        .to_owned()
}

fn number_reservations() -> TableCreateStatement {
    Table::create()
        .table("number_reservations")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("expires_at").big_integer().not_null())
        .col(ColumnDef::new("extended").boolean().not_null())
        .foreign_key(ForeignKey::create().from("number_reservations", "tenant").to("tenants", "id"))
        .to_owned()
}

fn number_quotas() -> TableCreateStatement {
    Table::create()
        .table("number_quotas")
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("kind").string().not_null())
        .col(ColumnDef::new("n_max").big_integer().not_null())
        .primary_key(Index::create().col("tenant").col("kind"))
        .foreign_key(ForeignKey::create().from("number_quotas", "tenant").to("tenants", "id"))
        .to_owned()
}
