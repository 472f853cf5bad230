use sea_orm_migration::MigratorTrait as _;
use sea_orm_migration::sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement};

use store::internals::Migrator;

/// A database of the first version, with one row of each table that later versions changed.
const FIRST: [&str; 6] = [
    "INSERT INTO tenants VALUES (x'01', 'demo', 'demo.test', 1, '{}', '[]', 1, 0, 0)",
    "INSERT INTO api_tokens VALUES (x'05', x'01', 'ann', 'viewer', x'00', 0, NULL, NULL)",
    "INSERT INTO users VALUES (x'00000000000000000000000000000002', x'01', '101', 'Alice', \
     '{\"department\":\"Sales\",\"enabled\":false,\"email\":\"Al@demo.test\"}', x'00', 1, 0, 0)",
    "INSERT INTO numbers VALUES (x'03', x'01', '+14255550101', 'user', x'00000000000000000000000000000002', NULL, NULL, 1, 0, 0), \
     (x'04', x'01', '+14255550102', 'user', x'00000000000000000000000000000002', NULL, NULL, 1, 0, 0)",
    "INSERT INTO trunks VALUES (x'05', x'01', 'carrier', 0, '{}', NULL, 1, 0, 0)",
    "INSERT INTO documents VALUES (x'06', x'01', 'queue', 'Sales', '{}', 1, 0, 0)",
];

#[tokio::test]
async fn a_database_of_the_first_version_keeps_what_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", dir.path().join("old.db").display());
    let db = Database::connect(url).await.unwrap();
    Migrator::up(&db, Some(1)).await.unwrap();
    for row in FIRST {
        db.execute_unprepared(row).await.unwrap();
    }
    Migrator::up(&db, Some(2)).await.unwrap();
    db.execute_unprepared("INSERT INTO licenses VALUES (x'00000000000000000000000000000002', 'MCOEV', x'01', 0)")
        .await
        .unwrap();
    Migrator::up(&db, None).await.unwrap();
    let one =
        async |query: &str| db.query_one_raw(Statement::from_string(DbBackend::Sqlite, query)).await.unwrap().unwrap();
    let held = one("SELECT role, scope FROM role_assignments WHERE api_key = x'05' AND account IS NULL").await;
    assert_eq!(held.try_get::<String>("", "role").unwrap(), "viewer", "what a key could do it can do");
    let user = one("SELECT department, enabled, email_key, name_key FROM users").await;
    assert_eq!(user.try_get::<String>("", "email_key").unwrap(), "al@demo.test");
    assert_eq!(user.try_get::<String>("", "name_key").unwrap(), "alice");
    assert_eq!(user.try_get::<String>("", "department").unwrap(), "Sales");
    assert!(!user.try_get::<bool>("", "enabled").unwrap());
    let tenant = one("SELECT license_enforcement FROM tenants").await;
    assert_eq!(tenant.try_get::<String>("", "license_enforcement").unwrap(), "warn");
    let direct =
        one("SELECT plan FROM direct_licenses WHERE user = x'00000000000000000000000000000002' AND tenant = x'01'")
            .await;
    assert_eq!(direct.try_get::<String>("", "plan").unwrap(), "MCOEV", "what was given so far was given directly");
    let number = one("SELECT source, blocked_until, held_until, category FROM numbers WHERE id = x'03'").await;
    assert_eq!(number.try_get::<String>("", "category").unwrap(), "primary", "the one that calls showed");
    let second = one("SELECT category FROM numbers WHERE id = x'04'").await;
    assert_eq!(second.try_get::<String>("", "category").unwrap(), "alternate");
    assert_eq!(number.try_get::<String>("", "source").unwrap(), "direct_routing");
    assert_eq!(number.try_get::<Option<i64>>("", "blocked_until").unwrap(), None);
    assert_eq!(number.try_get::<Option<i64>>("", "held_until").unwrap(), None);
    let trunk = one("SELECT preference FROM trunks").await;
    assert_eq!(trunk.try_get::<i64>("", "preference").unwrap(), 1, "places are shown and begin at 1");
    let queue = one("SELECT place, name_key FROM documents").await;
    assert_eq!(queue.try_get::<i64>("", "place").unwrap(), 0);
}
