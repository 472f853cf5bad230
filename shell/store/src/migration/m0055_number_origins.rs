//! What carriers say of numbers, since when people have them, who gave back what rests in the stock, and lists by whose
//! numbers they are and where they stand.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

const INDEXES: [(&str, &[&str], Option<&str>); 3] = [
    ("numbers_by_source", &["tenant", "source", "number", "id"], None),
    ("numbers_held", &["tenant", "number", "id"], Some("held_until")),
    ("numbers_blocked", &["tenant", "number", "id"], Some("blocked_until")),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ("numbers", ColumnDef::new("country").string().take()),
            ("numbers", ColumnDef::new("city").string().take()),
            ("numbers", ColumnDef::new("region").string().take()),
            ("numbers", ColumnDef::new("sms").boolean().not_null().default(false).take()),
            ("numbers", ColumnDef::new("assigned_at").big_integer().take()),
            ("stock_blocks", ColumnDef::new("region").string().take()),
            ("stock_blocks", ColumnDef::new("sms").boolean().not_null().default(false).take()),
            ("stock_numbers", ColumnDef::new("former").uuid().take()),
        ];
        for (table, column) in columns {
            let mut altered = Table::alter();
            altered.table(table).add_column(column);
            manager.alter_table(altered).await?;
        }
        for column in ["country", "city"] {
            manager.execute(from_stock(column)).await?;
        }
        for (name, columns, there) in INDEXES {
            let mut index = Index::create();
            index.name(name).table("numbers");
            for column in columns {
                index.col(*column);
            }
            if let Some(there) = there {
                index.cond_where(Expr::col(there).is_not_null());
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// What the stock says of the numbers that came from it.
fn from_stock(column: &'static str) -> UpdateStatement {
    let said = Query::select()
        .column(("stock_blocks", column))
        .from("stock_numbers")
        .inner_join("stock_blocks", Expr::col(("stock_blocks", "id")).equals(("stock_numbers", "block")))
        .and_where(Expr::col(("stock_numbers", "number")).equals(("numbers", "number")))
        .to_owned();
    let bought = Expr::col("source").eq("calling_plan");
    Query::update().table("numbers").value(column, SimpleExpr::from(said)).and_where(bought).to_owned()
}
