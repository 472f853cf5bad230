//! Webhooks with what was sent to them, and what operators say of calls.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [webhooks(), webhook_deliveries(), call_facts()] {
            manager.create_table(table).await?;
        }
        let indexes: [(&str, &str, &[&str]); 4] = [
            ("webhooks_by_tenant", "webhooks", &["tenant", "name"]),
            ("webhooks_by_operator", "webhooks", &["operator", "name"]),
            ("webhook_deliveries_by_webhook", "webhook_deliveries", &["webhook", "at"]),
            ("call_facts_by_tenant", "call_facts", &["tenant"]),
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

fn webhooks() -> TableCreateStatement {
    let mut of_operator = ForeignKey::create();
    of_operator.from("webhooks", "operator").to("operators", "id").on_delete(ForeignKeyAction::Cascade);
    Table::create()
        .table("webhooks")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid())
        .col(ColumnDef::new("operator").uuid())
        .col(ColumnDef::new("name").string().not_null())
        .col(ColumnDef::new("enabled").boolean().not_null())
        .col(ColumnDef::new("document").text().not_null())
        .col(ColumnDef::new("secret").blob().not_null())
        .col(ColumnDef::new("told").big_integer().not_null())
        .col(ColumnDef::new("n_failed").big_integer().not_null())
        .col(ColumnDef::new("failing_since").big_integer())
        .col(ColumnDef::new("next_at").big_integer())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("webhooks", "tenant").to("tenants", "id"))
        .foreign_key(&mut of_operator)
        .to_owned()
}

fn webhook_deliveries() -> TableCreateStatement {
    let mut of_webhook = ForeignKey::create();
    of_webhook.from("webhook_deliveries", "webhook").to("webhooks", "id").on_delete(ForeignKeyAction::Cascade);
    Table::create()
        .table("webhook_deliveries")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("webhook").uuid().not_null())
        .col(ColumnDef::new("tenant").uuid())
        .col(ColumnDef::new("event").big_integer().not_null())
        .col(ColumnDef::new("kind").string().not_null())
        .col(ColumnDef::new("at").big_integer().not_null())
        .col(ColumnDef::new("status").big_integer())
        .col(ColumnDef::new("error").string())
        .col(ColumnDef::new("millis").big_integer().not_null())
        .foreign_key(&mut of_webhook)
        .to_owned()
}

fn call_facts() -> TableCreateStatement {
    Table::create()
        .table("call_facts")
        .col(ColumnDef::new("call").uuid().not_null())
        .col(ColumnDef::new("operator").uuid().not_null())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("duration_seconds").big_integer())
        .col(ColumnDef::new("answered_at").big_integer())
        .col(ColumnDef::new("price_micros").big_integer())
        .col(ColumnDef::new("currency").string())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .primary_key(Index::create().col("call").col("operator"))
        .foreign_key(ForeignKey::create().from("call_facts", "tenant").to("tenants", "id"))
        .to_owned()
}
