//! Groups of people, and licenses that groups give.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// All licenses so far were given directly.
const COPY: &str = "INSERT INTO direct_licenses (user, plan, tenant) SELECT user, plan, tenant FROM licenses";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [groups(), members(), group_licenses(), direct_licenses(), license_failures(), license_backlog()] {
            manager.create_table(table).await?;
        }
        let indexes: [(&str, &str, &[&str]); 5] = [
            ("groups_by_name", "groups", &["tenant", "name"]),
            ("group_members_by_user", "group_members", &["user"]),
            ("license_failures_by_group", "license_failures", &["group"]),
            ("license_failures_by_code", "license_failures", &["tenant", "code"]),
            ("license_backlog_by_tenant", "license_backlog", &["tenant", "user"]),
        ];
        for (name, table, columns) in indexes {
            let mut index = Index::create();
            index.name(name).table(table);
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        // "user" is a word of its own in PostgreSQL, where there is nothing to copy.
        let backend = manager.get_database_backend();
        if backend == sea_orm_migration::sea_orm::DbBackend::Sqlite {
            manager.get_connection().execute_unprepared(COPY).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn groups() -> TableCreateStatement {
    Table::create()
        .table("groups")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("name").string().not_null())
        .col(ColumnDef::new("description").string())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("groups", "tenant").to("tenants", "id"))
        .to_owned()
}

fn members() -> TableCreateStatement {
    Table::create()
        .table("group_members")
        .col(ColumnDef::new("group").uuid().not_null())
        .col(ColumnDef::new("user").uuid().not_null())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .primary_key(Index::create().col("group").col("user"))
        .foreign_key(ForeignKey::create().from("group_members", "tenant").to("tenants", "id"))
        .foreign_key(ForeignKey::create().from("group_members", "group").to("groups", "id"))
        .foreign_key(ForeignKey::create().from("group_members", "user").to("users", "id"))
        .to_owned()
}

fn group_licenses() -> TableCreateStatement {
    Table::create()
        .table("group_licenses")
        .col(ColumnDef::new("group").uuid().not_null())
        .col(ColumnDef::new("plan").string().not_null())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .primary_key(Index::create().col("group").col("plan"))
        .foreign_key(ForeignKey::create().from("group_licenses", "tenant").to("tenants", "id"))
        .foreign_key(ForeignKey::create().from("group_licenses", "group").to("groups", "id"))
        .to_owned()
}

fn direct_licenses() -> TableCreateStatement {
    Table::create()
        .table("direct_licenses")
        .col(ColumnDef::new("user").uuid().not_null())
        .col(ColumnDef::new("plan").string().not_null())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .primary_key(Index::create().col("user").col("plan"))
        .foreign_key(ForeignKey::create().from("direct_licenses", "tenant").to("tenants", "id"))
        .foreign_key(ForeignKey::create().from("direct_licenses", "user").to("users", "id"))
        .to_owned()
}

fn license_failures() -> TableCreateStatement {
    Table::create()
        .table("license_failures")
        .col(ColumnDef::new("user").uuid().not_null())
        .col(ColumnDef::new("group").uuid().not_null())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("code").string().not_null())
        .col(ColumnDef::new("message").string().not_null())
        .col(ColumnDef::new("fix").string().not_null())
        .primary_key(Index::create().col("user").col("group"))
        .foreign_key(ForeignKey::create().from("license_failures", "tenant").to("tenants", "id"))
        .foreign_key(ForeignKey::create().from("license_failures", "user").to("users", "id"))
        .to_owned()
}

fn license_backlog() -> TableCreateStatement {
    Table::create()
        .table("license_backlog")
        .col(ColumnDef::new("user").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .foreign_key(ForeignKey::create().from("license_backlog", "tenant").to("tenants", "id"))
        .foreign_key(ForeignKey::create().from("license_backlog", "user").to("users", "id"))
        .to_owned()
}
