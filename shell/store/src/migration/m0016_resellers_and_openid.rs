//! Resellers, and the organizations, accounts and keys that are theirs. People sign in with OpenID Connect.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [resellers(), openid_providers()] {
            manager.create_table(table).await?;
        }
        for table in ["tenants", "accounts", "api_tokens"] {
            let reseller = ColumnDef::new("reseller").uuid().to_owned();
            manager.alter_table(Table::alter().table(table).add_column(reseller).to_owned()).await?;
        }
        let names =
            [ColumnDef::new("openid_issuer").string().to_owned(), ColumnDef::new("openid_subject").string().to_owned()];
        for column in names.into_iter().chain([ColumnDef::new("openid_follows").boolean().to_owned()]) {
            manager.alter_table(Table::alter().table("accounts").add_column(column).to_owned()).await?;
        }
        let indexes: [(&str, &str, &[&str]); 4] = [
            ("accounts_by_openid", "accounts", &["openid_subject", "openid_issuer"]),
            ("tenants_by_reseller", "tenants", &["reseller", "slug"]),
            ("accounts_by_reseller", "accounts", &["reseller", "email_key"]),
            ("api_tokens_by_reseller", "api_tokens", &["reseller", "name"]),
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

fn resellers() -> TableCreateStatement {
    Table::create()
        .table("resellers")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("slug").string().not_null().unique_key())
        .col(ColumnDef::new("document").text().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .to_owned()
}

/// Its row's id is that of whose it is, or nobody's for the server's own.
fn openid_providers() -> TableCreateStatement {
    Table::create()
        .table("openid_providers")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid())
        .col(ColumnDef::new("document").text().not_null())
        .col(ColumnDef::new("secret").blob())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("openid_providers", "tenant").to("tenants", "id"))
        .to_owned()
}
