//! Who may do what: roles, and several of them for one key.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [roles(), role_assignments()] {
            manager.create_table(table).await?;
        }
        let indexes: [(&str, &str, &[&str]); 3] = [
            ("role_assignments_by_api_key", "role_assignments", &["api_key"]),
            ("role_assignments_by_custom_role", "role_assignments", &["custom_role"]),
            ("api_tokens_by_tenant", "api_tokens", &["tenant", "name"]),
        ];
        for (name, table, columns) in indexes {
            manager.create_index(index(name, table, columns)).await?;
        }
        manager.create_index(index("roles_by_name", "roles", &["tenant", "name"]).unique().to_owned()).await?;
        manager.exec_stmt(roles_of_keys()).await?;
        manager.alter_table(Table::alter().table("api_tokens").drop_column("role").to_owned()).await?;
        let last_used_at = ColumnDef::new("last_used_at").big_integer().to_owned();
        manager.alter_table(Table::alter().table("api_tokens").add_column(last_used_at).to_owned()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Each key had one role over all that it opens.
fn roles_of_keys() -> InsertStatement {
    let keys =
        Query::select().columns(["id", "tenant", "id", "role"]).expr(Expr::val("tenant")).from("api_tokens").to_owned();
    let mut insert = Query::insert();
    insert.into_table("role_assignments").columns(["id", "tenant", "api_key", "role", "scope"]);
    // As many columns as values: it can't fail.
    let _ = insert.select_from(keys);
    insert
}

fn index(name: &str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

fn roles() -> TableCreateStatement {
    Table::create()
        .table("roles")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("name").string().not_null())
        .col(ColumnDef::new("description").string())
        .col(ColumnDef::new("permissions").text().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("roles", "tenant").to("tenants", "id"))
        .to_owned()
}

fn role_assignments() -> TableCreateStatement {
    Table::create()
        .table("role_assignments")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid())
        .col(ColumnDef::new("api_key").uuid().not_null())
        .col(ColumnDef::new("role").string())
        .col(ColumnDef::new("custom_role").uuid())
        .col(ColumnDef::new("scope").string().not_null())
        .col(ColumnDef::new("object").uuid())
        .col(ColumnDef::new("first").string())
        .col(ColumnDef::new("last").string())
        .foreign_key(ForeignKey::create().from("role_assignments", "tenant").to("tenants", "id"))
        .foreign_key(
            ForeignKey::create()
                .from("role_assignments", "api_key")
                .to("api_tokens", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(ForeignKey::create().from("role_assignments", "custom_role").to("roles", "id"))
        .to_owned()
}
