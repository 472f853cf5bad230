//! What only PostgreSQL needs: a lock that makes its many writers one, and text that is sorted as bytes.

use std::time::Duration;

use sea_orm::sea_query::{Func, Query};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement};
use sea_orm_migration::MigratorTrait as _;

use super::Access;
use crate::error::OpenError;
use crate::migration::Migrator;

/// Names the lock of who writes, and that of who brings the tables up to date, in a database that others may use, too.
const TURN: i64 = 0x7472_756e_6b00_0001;
/// The oldest version that its makers still mended when this was written is 13.
const VERSION_MIN: i64 = 130_000;
/// A request waits this long for a connection; a server that is away is soon told to who asks.
const CONNECT_SECS: u64 = 5;
/// The same for who waits for others of the process, who may wait for the server.
pub(super) const PATIENCE: Duration = Duration::from_secs(CONNECT_SECS);
/// Waiting for the turn of another process ends then, as waiting for a connection of our own does.
const TURN_MILLIS: &str = "30000";
/// Who began to write and then says nothing, such as a machine that lost its network, keeps others waiting no longer.
const SILENCE_MILLIS: &str = "60000";

pub(super) fn options(url: &str, access: Access) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(access.n_connections_max())
        .min_connections(1)
        .connect_timeout(Duration::from_secs(CONNECT_SECS))
        .acquire_timeout(Duration::from_secs(CONNECT_SECS))
        // The server may have gone and come back: a connection is tried before it is used.
        .test_before_acquire(true)
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(move |postgres| {
            postgres.application_name("trunkline").options([
                // Each statement sees what was committed before it: with a snapshot of the whole transaction, taken
                // before the lock is had, who waited would decide on what is no longer so.
                ("default_transaction_isolation", "read committed"),
                ("default_transaction_read_only", if access == Access::Read { "on" } else { "off" }),
                ("lock_timeout", TURN_MILLIS),
                ("idle_in_transaction_session_timeout", SILENCE_MILLIS),
            ])
        });
    options
}

/// Why a server is not trusted, and what to do about it; none if that is not what went wrong.
pub(super) fn distrust(error: &DbErr) -> Option<(&'static str, &'static str)> {
    let mut words = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        words.push_str(&cause.to_string());
        source = cause.source();
    }
    // The libraries between here and there keep nothing but words.
    let says = |part: &str| words.contains(part);
    if says("not valid for name") || says("NotValidForName") {
        return Some((
            "its server's certificate is for another name",
            "name the server in --database as its certificate does, or give it a certificate for that name",
        ));
    }
    if says("invalid peer certificate") {
        return Some((
            "no authority that is known vouches for its server's certificate, or it has expired",
            "name the file with the certificate of its authority: ?sslmode=verify-full&sslrootcert=FILE",
        ));
    }
    says("server does not support TLS").then_some((
        "its server does not speak TLS, which sslmode asks for",
        "set ssl = on with a certificate in the server's postgresql.conf",
    ))
}

/// Waits until nobody else writes. The lock ends with the transaction, after others see what it did.
pub(super) async fn wait_for_turn(db: &DatabaseTransaction) -> Result<(), DbErr> {
    let lock = Query::select().expr(Func::cust("pg_advisory_xact_lock").arg(TURN)).to_owned();
    db.execute(&lock).await?;
    Ok(())
}

/// The next event comes after the last that is there.
pub(super) async fn number_events_on(db: &DatabaseTransaction) -> Result<(), DbErr> {
    let statement = "SELECT setval(pg_get_serial_sequence('events', 'id'), COALESCE(MAX(id), 1), MAX(id) IS NOT NULL) \
                     FROM events";
    db.execute_unprepared(statement).await.map(drop)
}

/// Refuses a database that would behave otherwise than SQLite, then makes and changes tables, one process at a time.
pub(super) async fn bring_up_to_date(db: &DatabaseConnection, url: &str) -> Result<(), OpenError> {
    judge(db, url).await?;
    // The pool has one connection, so all of this is one session, which the lock belongs to.
    run(db, &format!("SELECT pg_advisory_lock({TURN})")).await.map_err(OpenError::Migration)?;
    let outcome = match Migrator::up(db, None).await {
        Ok(()) => sort_text_as_bytes(db).await,
        Err(error) => Err(error),
    };
    run(db, &format!("SELECT pg_advisory_unlock({TURN})")).await.map_err(OpenError::Migration)?;
    outcome.map_err(OpenError::Migration)
}

async fn judge(db: &DatabaseConnection, url: &str) -> Result<(), OpenError> {
    let facts = "SELECT current_setting('server_version_num')::bigint AS version, \
                 current_setting('server_version') AS version_name, \
                 current_setting('server_encoding') AS encoding, \
                 current_user::text AS user_name, current_database()::text AS database_name, \
                 current_schema()::text AS schema_name, \
                 COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create";
    let failed = |source| OpenError::Database { url: url.to_owned(), source };
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, facts)).await.map_err(failed)?;
    let row = row.ok_or_else(|| failed(DbErr::RecordNotFound("the server's version".to_owned())))?;
    let text = |column| row.try_get::<Option<String>>("", column).map(Option::unwrap_or_default).map_err(failed);
    let unfit = |what, fix| Err(OpenError::Unfit { url: url.to_owned(), what, fix });
    if row.try_get::<i64>("", "version").map_err(failed)? < VERSION_MIN {
        let what = format!("its server is PostgreSQL {}", text("version_name")?);
        return unfit(what, "use PostgreSQL 13 or later".to_owned());
    }
    if text("encoding")? != "UTF8" {
        let what = format!("its text is encoded as {}", text("encoding")?);
        return unfit(what, "create another database: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0".to_owned());
    }
    if !row.try_get::<bool>("", "may_create").map_err(failed)? {
        let (user, database, schema) = (text("user_name")?, text("database_name")?, text("schema_name")?);
        let schema = if schema.is_empty() { "public".to_owned() } else { schema };
        let what = format!("{user} may not create tables in the schema {schema}");
        let fix = format!(
            "as its owner, run: ALTER DATABASE \"{database}\" OWNER TO \"{user}\"; \
             GRANT USAGE, CREATE ON SCHEMA \"{schema}\" TO \"{user}\""
        );
        return unfit(what, fix);
    }
    Ok(())
}

/// Lists must have the order that their cursors have, whatever language the database was made for; SQLite sorts bytes.
///
/// A later migration can't forget it: every column of text is looked at after each.
async fn sort_text_as_bytes(db: &DatabaseConnection) -> Result<(), DbErr> {
    let others = "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns \
                  WHERE table_schema = current_schema() AND data_type IN ('character varying', 'text') \
                  AND collation_name IS DISTINCT FROM 'C' AND table_name <> 'seaql_migrations'";
    for row in db.query_all_raw(Statement::from_string(DbBackend::Postgres, others)).await? {
        let text = |column| row.try_get::<String>("", column);
        let (table, column, kind) = (text("table_name")?, text("column_name")?, text("data_type")?);
        run(db, &format!("ALTER TABLE \"{table}\" ALTER COLUMN \"{column}\" TYPE {kind} COLLATE \"C\"")).await?;
    }
    Ok(())
}

async fn run(db: &DatabaseConnection, statement: &str) -> Result<(), DbErr> {
    db.execute_unprepared(statement).await.map(drop)
}
