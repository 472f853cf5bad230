//! Facts for reports: what calls did in apps, whose phones rang, what callers pressed, what agents did, and which calls of
//! queues somebody took care of.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [call_segments(), queue_offers(), menu_inputs(), agent_facts(), handled_calls(), retention()] {
            manager.create_table(table).await?;
        }
        let indexes: [(&str, &str, &[&str]); 9] = [
            // A report of all apps of a kind reads this index and not the rows.
            ("call_segments_by_kind", "call_segments", &["tenant", "kind", "started_at", "app"]),
            ("call_segments_by_app", "call_segments", &["tenant", "app", "started_at", "call"]),
            ("queue_offers_by_time", "queue_offers", &["tenant", "started_at", "agent"]),
            ("queue_offers_by_agent", "queue_offers", &["tenant", "agent", "started_at"]),
            ("queue_offers_by_queue", "queue_offers", &["tenant", "queue", "started_at"]),
            ("menu_inputs_by_time", "menu_inputs", &["tenant", "at", "attendant", "input"]),
            ("agent_facts_by_agent", "agent_facts", &["tenant", "agent", "at"]),
            ("agent_facts_by_time", "agent_facts", &["tenant", "at"]),
            ("handled_calls_by_tenant", "handled_calls", &["tenant"]),
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

fn call_segments() -> TableCreateStatement {
    Table::create()
        .table("call_segments")
        .col(ColumnDef::new("call").uuid().not_null())
        .col(ColumnDef::new("position").big_integer().not_null())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("kind").string().not_null())
        .col(ColumnDef::new("app").uuid().not_null())
        .col(ColumnDef::new("started_at").big_integer().not_null())
        .col(ColumnDef::new("lasted_ms").big_integer().not_null())
        .col(ColumnDef::new("result").string().not_null())
        .col(ColumnDef::new("is_outside").boolean().not_null())
        .col(ColumnDef::new("is_first").boolean().not_null())
        .col(ColumnDef::new("agent").uuid())
        .col(ColumnDef::new("talk_ms").big_integer().not_null())
        .col(ColumnDef::new("target_ms").big_integer())
        .col(ColumnDef::new("n_actions").big_integer().not_null())
        .col(ColumnDef::new("n_presented").big_integer().not_null())
        .col(ColumnDef::new("onward").string())
        .col(ColumnDef::new("is_chosen").boolean().not_null())
        .primary_key(Index::create().col("call").col("position"))
        .foreign_key(ForeignKey::create().from("call_segments", "tenant").to("tenants", "id"))
        .to_owned()
}

fn queue_offers() -> TableCreateStatement {
    Table::create()
        .table("queue_offers")
        .col(ColumnDef::new("call").uuid().not_null())
        .col(ColumnDef::new("position").big_integer().not_null())
        .col(ColumnDef::new("number").big_integer().not_null())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("queue").uuid().not_null())
        .col(ColumnDef::new("agent").uuid().not_null())
        .col(ColumnDef::new("started_at").big_integer().not_null())
        .col(ColumnDef::new("rang_ms").big_integer().not_null())
        .col(ColumnDef::new("result").string().not_null())
        .col(ColumnDef::new("talk_ms").big_integer().not_null())
        .primary_key(Index::create().col("call").col("position").col("number"))
        .foreign_key(ForeignKey::create().from("queue_offers", "tenant").to("tenants", "id"))
        .to_owned()
}

fn menu_inputs() -> TableCreateStatement {
    Table::create()
        .table("menu_inputs")
        .col(ColumnDef::new("call").uuid().not_null())
        .col(ColumnDef::new("position").big_integer().not_null())
        .col(ColumnDef::new("number").big_integer().not_null())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("attendant").uuid().not_null())
        // Of the call's coming there, so that it is counted with the call.
        .col(ColumnDef::new("at").big_integer().not_null())
        .col(ColumnDef::new("input").string().not_null())
        .primary_key(Index::create().col("call").col("position").col("number"))
        .foreign_key(ForeignKey::create().from("menu_inputs", "tenant").to("tenants", "id"))
        .to_owned()
}

/// For how many days an organization keeps these; who is not here keeps them as long as everybody does.
fn retention() -> TableCreateStatement {
    Table::create()
        .table("report_retentions")
        .col(ColumnDef::new("tenant").uuid().not_null().primary_key())
        .col(ColumnDef::new("days").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("report_retentions", "tenant").to("tenants", "id"))
        .to_owned()
}

/// A call of a queue that somebody took care of.
fn handled_calls() -> TableCreateStatement {
    Table::create()
        .table("handled_calls")
        .col(ColumnDef::new("call").uuid().not_null())
        .col(ColumnDef::new("queue").uuid().not_null())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("handled_by").string().not_null())
        .col(ColumnDef::new("handled_at").big_integer().not_null())
        .primary_key(Index::create().col("call").col("queue"))
        .foreign_key(ForeignKey::create().from("handled_calls", "tenant").to("tenants", "id"))
        .to_owned()
}

fn agent_facts() -> TableCreateStatement {
    Table::create()
        .table("agent_facts")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("agent").uuid().not_null())
        .col(ColumnDef::new("at").big_integer().not_null())
        .col(ColumnDef::new("news").string().not_null())
        .col(ColumnDef::new("queue").uuid())
        .col(ColumnDef::new("after").string())
        .col(ColumnDef::new("after_queue").uuid())
        .col(ColumnDef::new("after_ms").big_integer())
        .foreign_key(ForeignKey::create().from("agent_facts", "tenant").to("tenants", "id"))
        .to_owned()
}
