//! People sign in: accounts, their sessions and recovery codes, and what is asked of them. Roles are held by accounts, too.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [accounts(), sessions(), recovery_codes(), sign_in_policies(), role_assignments()] {
            manager.create_table(table).await?;
        }
        // A column that may be empty can't be made of one that may not, on SQLite: the table is made anew.
        manager.exec_stmt(held_roles()).await?;
        manager.drop_table(Table::drop().table("role_assignments").to_owned()).await?;
        manager.rename_table(Table::rename().table("role_assignments_of_all", "role_assignments").to_owned()).await?;
        let indexes: [(&str, &str, &[&str]); 10] = [
            ("accounts_by_email", "accounts", &["email_key"]),
            ("accounts_by_tenant", "accounts", &["tenant", "email_key"]),
            ("accounts_by_person", "accounts", &["person"]),
            ("accounts_by_invitation", "accounts", &["invitation"]),
            ("sessions_by_account", "sessions", &["account", "last_seen_at"]),
            ("sessions_by_last_seen", "sessions", &["last_seen_at"]),
            ("recovery_codes_by_account", "recovery_codes", &["account"]),
            ("role_assignments_by_api_key", "role_assignments", &["api_key"]),
            ("role_assignments_by_account", "role_assignments", &["account"]),
            ("role_assignments_by_custom_role", "role_assignments", &["custom_role"]),
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

const HELD: [&str; 9] = ["id", "tenant", "api_key", "role", "custom_role", "scope", "object", "first", "last"];

fn held_roles() -> InsertStatement {
    let all = Query::select().columns(HELD).from("role_assignments").to_owned();
    let mut insert = Query::insert();
    insert.into_table("role_assignments_of_all").columns(HELD);
    // As many columns as values: it can't fail.
    let _ = insert.select_from(all);
    insert
}

fn accounts() -> TableCreateStatement {
    Table::create()
        .table("accounts")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid())
        .col(ColumnDef::new("person").uuid())
        .col(ColumnDef::new("email").string().not_null())
        .col(ColumnDef::new("email_key").string().not_null())
        .col(ColumnDef::new("name").string().not_null())
        .col(ColumnDef::new("enabled").boolean().not_null())
        .col(ColumnDef::new("password").string())
        .col(ColumnDef::new("totp").blob())
        .col(ColumnDef::new("totp_confirmed").boolean().not_null())
        .col(ColumnDef::new("totp_step").big_integer())
        .col(ColumnDef::new("invitation").blob())
        .col(ColumnDef::new("invited_until").big_integer())
        .col(ColumnDef::new("last_signed_in_at").big_integer())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("accounts", "tenant").to("tenants", "id"))
        .foreign_key(ForeignKey::create().from("accounts", "person").to("users", "id"))
        .to_owned()
}

fn sessions() -> TableCreateStatement {
    Table::create()
        .table("sessions")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("account").uuid().not_null())
        .col(ColumnDef::new("tenant").uuid())
        .col(ColumnDef::new("hash").blob().not_null().unique_key())
        .col(ColumnDef::new("stage").string().not_null())
        .col(ColumnDef::new("address").string().not_null())
        .col(ColumnDef::new("device").string().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("last_seen_at").big_integer().not_null())
        .foreign_key(&mut of_account("sessions"))
        .to_owned()
}

fn recovery_codes() -> TableCreateStatement {
    Table::create()
        .table("recovery_codes")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("account").uuid().not_null())
        .col(ColumnDef::new("tenant").uuid())
        .col(ColumnDef::new("hash").blob().not_null())
        .foreign_key(&mut of_account("recovery_codes"))
        .to_owned()
}

/// Its row's id is that of whose it is, or nobody's for the server's own.
fn sign_in_policies() -> TableCreateStatement {
    Table::create()
        .table("sign_in_policies")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid())
        .col(ColumnDef::new("document").text().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("sign_in_policies", "tenant").to("tenants", "id"))
        .to_owned()
}

fn role_assignments() -> TableCreateStatement {
    let table = "role_assignments_of_all";
    Table::create()
        .table(table)
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid())
        .col(ColumnDef::new("api_key").uuid())
        .col(ColumnDef::new("account").uuid())
        .col(ColumnDef::new("role").string())
        .col(ColumnDef::new("custom_role").uuid())
        .col(ColumnDef::new("scope").string().not_null())
        .col(ColumnDef::new("object").uuid())
        .col(ColumnDef::new("first").string())
        .col(ColumnDef::new("last").string())
        .foreign_key(ForeignKey::create().from(table, "tenant").to("tenants", "id"))
        .foreign_key(
            ForeignKey::create().from(table, "api_key").to("api_tokens", "id").on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(&mut of_account(table))
        .foreign_key(ForeignKey::create().from(table, "custom_role").to("roles", "id"))
        .to_owned()
}

fn of_account(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, "account").to("accounts", "id").on_delete(ForeignKeyAction::Cascade).to_owned()
}
