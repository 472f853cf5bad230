//! Policies, and who is given them.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(policies()).await?;
        manager.create_table(assignments()).await?;
        let unique: [(&str, &str, &[&str]); 4] = [
            ("policies_by_name", "policies", &["tenant", "kind", "name_key"]),
            ("policy_assignments_by_user", "policy_assignments", &["user", "kind"]),
            ("policy_assignments_by_group", "policy_assignments", &["group", "kind"]),
            ("policy_assignments_by_number", "policy_assignments", &["number", "kind"]),
        ];
        for (name, table, columns) in unique {
            manager.create_index(index(name, table, columns).unique().to_owned()).await?;
        }
        let ranks: &[&str] = &["tenant", "kind", "rank"];
        manager.create_index(index("policy_assignments_by_rank", "policy_assignments", ranks)).await?;
        let holders: &[&str] = &["policy", "at", "id"];
        manager.create_index(index("policy_assignments_by_policy", "policy_assignments", holders)).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn index(name: &str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

fn policies() -> TableCreateStatement {
    Table::create()
        .table("policies")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("kind").string().not_null())
        .col(ColumnDef::new("name").string().not_null())
        .col(ColumnDef::new("name_key").string().not_null())
        .col(ColumnDef::new("description").text())
        .col(ColumnDef::new("settings").text().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("policies", "tenant").to("tenants", "id"))
        .to_owned()
}

/// Exactly one of user, group and number is there; the assignment ends with it.
fn assignments() -> TableCreateStatement {
    let of = |column: &'static str, table: &'static str| {
        let mut key = ForeignKey::create();
        key.from("policy_assignments", column).to(table, "id").on_delete(ForeignKeyAction::Cascade);
        key
    };
    Table::create()
        .table("policy_assignments")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("kind").string().not_null())
        .col(ColumnDef::new("policy").uuid().not_null())
        .col(ColumnDef::new("user").uuid())
        .col(ColumnDef::new("group").uuid())
        .col(ColumnDef::new("number").uuid())
        .col(ColumnDef::new("rank").big_integer())
        .col(ColumnDef::new("at").big_integer().not_null())
        .col(ColumnDef::new("by").string().not_null())
        .foreign_key(ForeignKey::create().from("policy_assignments", "tenant").to("tenants", "id"))
        .foreign_key(ForeignKey::create().from("policy_assignments", "policy").to("policies", "id"))
        .foreign_key(&mut of("user", "users"))
        .foreign_key(&mut of("group", "groups"))
        .foreign_key(&mut of("number", "numbers"))
        .to_owned()
}
