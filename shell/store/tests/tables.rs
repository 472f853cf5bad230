//! Each table is known where all tables are named.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use store::internals::{Kind, Place, TABLES_OF_TENANT, reader, tables};
use store::{Open, Store};

/// Columns of bytes that hold no secret: hashes.
const PLAIN: [(&str, &str); 8] = [
    ("accounts", "invitation"),
    ("api_tokens", "hash"),
    ("operator_clients", "hash"),
    ("operator_tokens", "hash"),
    ("orders", "request_digest"),
    ("port_documents", "content"),
    ("recovery_codes", "hash"),
    ("sessions", "hash"),
];

#[tokio::test]
async fn every_table_and_column_is_in_a_backup() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", dir.path().join("new.db").display());
    let mut store = Store::open(&Open { url, key_file: dir.path().join("key") }).await.unwrap();
    let query = "SELECT m.name || '.' || c.name AS name, c.type AS type FROM sqlite_master m \
                 JOIN pragma_table_info(m.name) c WHERE m.type = 'table' \
                 AND m.name NOT IN ('seaql_migrations', 'sqlite_sequence')";
    let rows = reader(&mut store).query_all_raw(Statement::from_string(DbBackend::Sqlite, query)).await.unwrap();
    let there: BTreeSet<String> = rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
    let known = tables()
        .into_iter()
        .flat_map(|table| table.column_names().into_iter().map(move |column| format!("{}.{column}", table.name)));
    assert_eq!(there, known.collect(), "name new tables in the list above");
    for row in rows {
        let kind: String = row.try_get("", "type").unwrap();
        let kinds = ["uuid", "boolean", "bigint", "integer", "blob", "varchar", "text"];
        assert!(kinds.iter().any(|known| kind.to_lowercase().starts_with(known)), "{kind} can't be backed up");
    }
}

#[test]
fn each_column_of_bytes_is_known_to_be_a_secret_or_none() {
    for table in tables() {
        for column in &table.columns {
            let name = (table.name, column.name);
            assert_eq!(column.kind == Kind::Bytes, PLAIN.contains(&name), "{name:?}: seal it, or name it as plain");
        }
    }
    let of_tenant: BTreeSet<_> =
        tables().iter().filter(|table| table.place == Place::Tenant).map(|table| table.name).collect();
    assert_eq!(of_tenant, TABLES_OF_TENANT.into());
}

#[tokio::test]
async fn every_table_with_a_tenant_is_known() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", dir.path().join("new.db").display());
    let mut store = Store::open(&Open { url, key_file: dir.path().join("key") }).await.unwrap();
    let query = "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
                 WHERE m.type = 'table' AND c.name = 'tenant'";
    let rows = reader(&mut store).query_all_raw(Statement::from_string(DbBackend::Sqlite, query)).await.unwrap();
    let there: BTreeSet<String> = rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
    assert_eq!(there, TABLES_OF_TENANT.map(str::to_owned).into(), "name new tables in TABLES_OF_TENANT");
}
