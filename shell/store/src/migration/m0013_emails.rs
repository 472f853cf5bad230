//! People are found by their e-mail address, too.

use sea_orm_migration::prelude::*;
use uuid::Uuid;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut users = Table::alter();
        users.table("users").add_column(ColumnDef::new("email_key").string());
        manager.alter_table(users).await?;
        let index = Index::create().name("users_by_email").table("users").col("tenant").col("email_key").to_owned();
        manager.create_index(index).await?;
        // It is in each document already: what is there is copied out of it.
        let all = Query::select().columns(["id", "document"]).from("users").to_owned();
        for row in manager.get_connection().query_all(&all).await? {
            let (id, document): (Uuid, String) = (row.try_get("", "id")?, row.try_get("", "document")?);
            let document: serde_json::Value = serde_json::from_str(&document).unwrap_or_default();
            let Some(email) = document["email"].as_str() else { continue };
            let key = Query::update()
                .table("users")
                .value("email_key", email.to_lowercase())
                .and_where(Expr::col("id").eq(id))
                .to_owned();
            manager.execute(key).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
