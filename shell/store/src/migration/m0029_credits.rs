//! Credits: wallets, lots, the ledger, what calls cost, what of plans and limits is used, rate decks and vouchers.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            wallets(),
            credit_lots(),
            ledger_entries(),
            call_charges(),
            pool_usages(),
            person_spends(),
            rate_decks(),
            rate_deck_parts(),
            credit_vouchers(),
        ] {
            manager.create_table(table).await?;
        }
        for (name, table, columns, is_unique) in INDEXES {
            let mut index = Index::create();
            index.name(name).table(table);
            for column in columns {
                index.col(*column);
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

const INDEXES: [(&str, &str, &[&str], bool); 11] = [
    ("credit_lots_by_purchase", "credit_lots", &["tenant", "bought_at", "id"], false),
    ("credit_lots_left", "credit_lots", &["tenant", "is_used_up", "seq"], false),
    ("ledger_entries_by_seq", "ledger_entries", &["tenant", "seq"], true),
    ("ledger_entries_by_key", "ledger_entries", &["tenant", "key"], true),
    ("ledger_entries_by_kind", "ledger_entries", &["tenant", "kind", "seq", "id"], false),
    ("ledger_entries_by_call", "ledger_entries", &["tenant", "call", "seq", "id"], false),
    ("call_charges_by_answer", "call_charges", &["tenant", "answered_at", "call"], false),
    ("call_charges_by_user", "call_charges", &["tenant", "user", "answered_at", "call"], false),
    ("call_charges_unfinished", "call_charges", &["is_finished", "updated_at"], false),
    ("credit_vouchers_by_time", "credit_vouchers", &["created_at", "id"], false),
    ("rate_decks_by_name", "rate_decks", &["name", "version"], true),
];

fn of_tenant(name: &'static str) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name).foreign_key(ForeignKey::create().from(name, "tenant").to("tenants", "id"));
    table
}

fn number(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.big_integer().not_null();
    column
}

fn wallets() -> TableCreateStatement {
    let mut table = of_tenant("wallets");
    table
        .col(ColumnDef::new("tenant").uuid().not_null().primary_key())
        .col(ColumnDef::new("document").text().not_null());
    for column in [
        "last_seq",
        "balance",
        "owed",
        "funding",
        "usage",
        "lapsed",
        "adjustments",
        "posted_credits",
        "posted_owed",
        "version",
        "created_at",
        "updated_at",
    ] {
        table.col(number(column));
    }
    table
}

fn credit_lots() -> TableCreateStatement {
    of_tenant("credit_lots")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(number("seq"))
        .col(number("bought_at"))
        .col(ColumnDef::new("expires_at").big_integer())
        .col(number("amount"))
        .col(number("remaining"))
        .col(ColumnDef::new("is_used_up").boolean().not_null())
        .col(ColumnDef::new("source").string().not_null())
        .to_owned()
}

fn ledger_entries() -> TableCreateStatement {
    of_tenant("ledger_entries")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(number("seq"))
        .col(number("at"))
        .col(ColumnDef::new("kind").string().not_null())
        .col(ColumnDef::new("key").string().not_null())
        .col(ColumnDef::new("call").uuid())
        .col(ColumnDef::new("actor").string().not_null())
        .col(ColumnDef::new("document").text().not_null())
        .to_owned()
}

fn call_charges() -> TableCreateStatement {
    of_tenant("call_charges")
        .col(ColumnDef::new("call").uuid().not_null())
        .col(number("leg"))
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("direction").string().not_null())
        .col(ColumnDef::new("user").uuid())
        .col(ColumnDef::new("from_number").string().not_null())
        .col(ColumnDef::new("to_number").string().not_null())
        .col(ColumnDef::new("destination").string())
        .col(number("answered_at"))
        .col(number("secs"))
        .col(number("amount"))
        .col(ColumnDef::new("cost").big_integer())
        .col(ColumnDef::new("reseller").big_integer())
        .col(ColumnDef::new("is_finished").boolean().not_null())
        .col(number("updated_at"))
        .col(ColumnDef::new("document").text().not_null())
        .primary_key(Index::create().col("call").col("leg"))
        .to_owned()
}

fn pool_usages() -> TableCreateStatement {
    of_tenant("pool_usages")
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("period").string().not_null())
        .col(ColumnDef::new("pool").string().not_null())
        .col(number("used_secs"))
        .primary_key(Index::create().col("tenant").col("period").col("pool"))
        .to_owned()
}

fn person_spends() -> TableCreateStatement {
    of_tenant("person_spends")
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("period").string().not_null())
        .col(ColumnDef::new("user").uuid().not_null())
        .col(number("amount"))
        .primary_key(Index::create().col("tenant").col("period").col("user"))
        .to_owned()
}

fn rate_decks() -> TableCreateStatement {
    Table::create()
        .table("rate_decks")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("name").string().not_null())
        .col(number("version"))
        .col(number("valid_from"))
        .col(number("created_at"))
        .col(ColumnDef::new("document").text().not_null())
        .to_owned()
}

/// Rows of a deck as a file, in parts that a statement carries.
fn rate_deck_parts() -> TableCreateStatement {
    Table::create()
        .table("rate_deck_parts")
        .col(ColumnDef::new("deck").uuid().not_null())
        .col(number("part"))
        .col(ColumnDef::new("content").text().not_null())
        .primary_key(Index::create().col("deck").col("part"))
        .foreign_key(ForeignKey::create().from("rate_deck_parts", "deck").to("rate_decks", "id"))
        .to_owned()
}

/// Named by what their codes hash to.
fn credit_vouchers() -> TableCreateStatement {
    Table::create()
        .table("credit_vouchers")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("hash").string().not_null().unique_key())
        .col(ColumnDef::new("hint").string().not_null())
        .col(ColumnDef::new("currency").string().not_null())
        .col(number("amount"))
        .col(ColumnDef::new("expires_at").big_integer())
        .col(ColumnDef::new("redeemed_by").uuid())
        .col(ColumnDef::new("redeemed_at").big_integer())
        .col(number("created_at"))
        .to_owned()
}
