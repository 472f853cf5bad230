//! The first tables.
//!
//! Portable on purpose: identifiers as UUID, times as 64-bit milliseconds, documents as text.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            tenants(),
            users(),
            numbers(),
            trunks(),
            resource_accounts(),
            documents(),
            prompts(),
            call_records(),
            events(),
            api_tokens(),
            opt_outs(),
            presences(),
        ] {
            manager.create_table(table).await?;
        }
        for (name, table, columns, unique) in INDEXES {
            let mut index = Index::create();
            index.name(*name).table(*table);
            for column in *columns {
                index.col(*column);
            }
            if *unique == Unique::Yes {
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unique {
    No,
    Yes,
}

const INDEXES: &[(&str, &str, &[&str], Unique)] = &[
    ("tenants_by_slug", "tenants", &["slug"], Unique::Yes),
    ("tenants_by_sip_domain", "tenants", &["sip_domain"], Unique::Yes),
    ("users_by_extension", "users", &["tenant", "extension"], Unique::Yes),
    ("numbers_by_number", "numbers", &["number"], Unique::Yes),
    ("api_tokens_by_hash", "api_tokens", &["hash"], Unique::Yes),
    ("trunks_by_name", "trunks", &["tenant", "name"], Unique::Yes),
    ("users_by_display_name", "users", &["tenant", "display_name"], Unique::No),
    ("numbers_by_tenant_number", "numbers", &["tenant", "number"], Unique::No),
    ("documents_by_kind_name", "documents", &["tenant", "kind", "name"], Unique::No),
    ("resource_accounts_by_display_name", "resource_accounts", &["tenant", "display_name"], Unique::No),
    ("call_records_by_started_at", "call_records", &["tenant", "started_at"], Unique::No),
    ("call_records_by_from_number_started_at", "call_records", &["tenant", "from_number", "started_at"], Unique::No),
    ("call_records_by_to_number_started_at", "call_records", &["tenant", "to_number", "started_at"], Unique::No),
    ("call_records_by_result_started_at", "call_records", &["tenant", "result", "started_at"], Unique::No),
    ("events_by_id", "events", &["tenant", "id"], Unique::No),
    ("opt_outs_by_tenant", "opt_outs", &["tenant"], Unique::No),
    ("presences_by_tenant", "presences", &["tenant"], Unique::No),
];

fn tenants() -> TableCreateStatement {
    Table::create()
        .table("tenants")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("slug").string().not_null())
        .col(ColumnDef::new("sip_domain").string().not_null())
        .col(ColumnDef::new("is_default").boolean().not_null())
        .col(ColumnDef::new("document").text().not_null())
        .col(ColumnDef::new("emergency_numbers").text().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .to_owned()
}

fn users() -> TableCreateStatement {
    Table::create()
        .table("users")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("extension").string().not_null())
        .col(ColumnDef::new("display_name").string().not_null())
        .col(ColumnDef::new("document").text().not_null())
        .col(ColumnDef::new("secret").binary().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("users", "tenant").to("tenants", "id"))
        .to_owned()
}

fn numbers() -> TableCreateStatement {
    Table::create()
        .table("numbers")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("number").string().not_null())
        .col(ColumnDef::new("kind").string().not_null())
        .col(ColumnDef::new("assignee_user").uuid())
        .col(ColumnDef::new("assignee_resource_account").uuid())
        .col(ColumnDef::new("trunk").uuid())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("numbers", "tenant").to("tenants", "id"))
        .to_owned()
}

fn trunks() -> TableCreateStatement {
    Table::create()
        .table("trunks")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("name").string().not_null())
        .col(ColumnDef::new("preference").big_integer().not_null())
        .col(ColumnDef::new("document").text().not_null())
        .col(ColumnDef::new("secret").binary())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("trunks", "tenant").to("tenants", "id"))
        .to_owned()
}

fn resource_accounts() -> TableCreateStatement {
    Table::create()
        .table("resource_accounts")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("display_name").string().not_null())
        .col(ColumnDef::new("attendant").uuid())
        .col(ColumnDef::new("queue").uuid())
        .col(ColumnDef::new("priority").big_integer().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("resource_accounts", "tenant").to("tenants", "id"))
        .to_owned()
}

fn documents() -> TableCreateStatement {
    Table::create()
        .table("documents")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("kind").string().not_null())
        .col(ColumnDef::new("name").string().not_null())
        .col(ColumnDef::new("body").text().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("documents", "tenant").to("tenants", "id"))
        .to_owned()
}

fn prompts() -> TableCreateStatement {
    Table::create()
        .table("prompts")
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("key").uuid().not_null())
        .col(ColumnDef::new("kind").string().not_null())
        .col(ColumnDef::new("name").string().not_null())
        .col(ColumnDef::new("language").string().not_null())
        .col(ColumnDef::new("duration_ms").big_integer().not_null())
        .col(ColumnDef::new("size_bytes").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .primary_key(Index::create().col("tenant").col("key"))
        .foreign_key(ForeignKey::create().from("prompts", "tenant").to("tenants", "id"))
        .to_owned()
}

fn call_records() -> TableCreateStatement {
    Table::create()
        .table("call_records")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("direction").string().not_null())
        .col(ColumnDef::new("from_number").string().not_null())
        .col(ColumnDef::new("to_number").string().not_null())
        .col(ColumnDef::new("started_at").big_integer().not_null())
        .col(ColumnDef::new("answered_at").big_integer())
        .col(ColumnDef::new("ended_at").big_integer().not_null())
        .col(ColumnDef::new("talk_seconds").big_integer().not_null())
        .col(ColumnDef::new("result").string().not_null())
        .col(ColumnDef::new("answered_by").string())
        .col(ColumnDef::new("answered_by_user").uuid())
        .col(ColumnDef::new("document").text().not_null())
        .foreign_key(ForeignKey::create().from("call_records", "tenant").to("tenants", "id"))
        .to_owned()
}

fn events() -> TableCreateStatement {
    Table::create()
        .table("events")
        .col(ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key())
        .col(ColumnDef::new("tenant").uuid())
        .col(ColumnDef::new("at").big_integer().not_null())
        .col(ColumnDef::new("actor").string().not_null())
        .col(ColumnDef::new("noun").string().not_null())
        .col(ColumnDef::new("object").string().not_null())
        .col(ColumnDef::new("action").string().not_null())
        .col(ColumnDef::new("before").text())
        .col(ColumnDef::new("after").text())
        .foreign_key(ForeignKey::create().from("events", "tenant").to("tenants", "id"))
        .to_owned()
}

fn api_tokens() -> TableCreateStatement {
    Table::create()
        .table("api_tokens")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid())
        .col(ColumnDef::new("name").string().not_null())
        .col(ColumnDef::new("role").string().not_null())
        .col(ColumnDef::new("hash").binary().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("expires_at").big_integer())
        .col(ColumnDef::new("revoked_at").big_integer())
        .foreign_key(ForeignKey::create().from("api_tokens", "tenant").to("tenants", "id"))
        .to_owned()
}

fn opt_outs() -> TableCreateStatement {
    Table::create()
        .table("opt_outs")
        .col(ColumnDef::new("queue").uuid().not_null())
        .col(ColumnDef::new("agent").uuid().not_null())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("since").big_integer().not_null())
        .primary_key(Index::create().col("queue").col("agent"))
        .foreign_key(ForeignKey::create().from("opt_outs", "tenant").to("tenants", "id"))
        .to_owned()
}

fn presences() -> TableCreateStatement {
    Table::create()
        .table("presences")
        .col(ColumnDef::new("user").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("presence").string().not_null())
        .col(ColumnDef::new("since").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("presences", "tenant").to("tenants", "id"))
        .to_owned()
}
