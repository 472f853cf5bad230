//! People are found by department and by whether their account is enabled; history is found by its object.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DbBackend, Statement};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// Both are in the document already: what is there is copied out of it.
const COPY: &str = "UPDATE users SET department = json_extract(document, '$.department'), \
                    enabled = json_extract(document, '$.enabled')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut department = Table::alter();
        department.table("users").add_column(ColumnDef::new("department").string());
        manager.alter_table(department).await?;
        let mut enabled = Table::alter();
        enabled.table("users").add_column(ColumnDef::new("enabled").boolean().not_null().default(true));
        manager.alter_table(enabled).await?;
        let backend = manager.get_database_backend();
        // Only SQLite databases are older than this.
        if backend == DbBackend::Sqlite {
            manager.get_connection().execute_raw(Statement::from_string(backend, COPY)).await?;
        }
        let indexes: [(&str, &str, &[&str]); 2] = [
            ("users_by_department", "users", &["tenant", "department"]),
            ("events_by_object", "events", &["tenant", "noun", "object", "id"]),
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
