//! Opening the database: one connection that writes, several that read.

mod postgres;
pub(crate) mod turns;
pub(crate) mod writers;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{Connection as _, SqliteConnection};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};
use sea_orm_migration::MigratorTrait as _;

pub(crate) use self::turns::Urgency;
pub(crate) use self::writers::Turn;
use self::writers::Writers;
use uuid::Uuid;

use crate::error::{OpenError, StoreError};
use crate::migration::Migrator;
use crate::seal::Seal;

/// Enough for the pages and reports of a few people at once; each connection costs a thread and a page cache, or a
/// process of the database server.
const READERS_MAX: u32 = 4;
/// A writer waits this long for another process, such as a backup; inside the process writers queue for their turn.
const BUSY_SECS: u64 = 10;
/// A writer waits this long for others of the process.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the data is.
#[derive(Clone, Debug)]
pub struct Open {
    /// `sqlite://path`, whose file is created if it is not there, or `postgres://user@host/database`.
    pub url: String,
    /// The key that seals secrets; created if it is not there.
    pub key_file: PathBuf,
}

/// Everything that outlives the process. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    /// Changes are made one after the other, on both databases: a pool of one, whose transactions begin as writers.
    pub(crate) writer: DatabaseConnection,
    pub(crate) reader: DatabaseConnection,
    pub(crate) seal: Arc<Seal>,
    writers: Writers,
    n_statements: Arc<AtomicU64>,
    /// Names this process among those on the database.
    node: Uuid,
}

impl Store {
    /// Names this process among those on the database.
    pub fn node(&self) -> Uuid {
        self.node
    }

    /// The same under the name of an earlier process, whose place it takes.
    pub fn named(self, node: Uuid) -> Self {
        Self { node, ..self }
    }

    /// Opens the database and brings its tables up to date.
    pub async fn open(open: &Open) -> Result<Self, OpenError> {
        // Both spellings mean the same to PostgreSQL.
        let url = open.url.replacen("postgresql://", "postgres://", 1);
        let shown = without_password(&url);
        let options = if url.starts_with("sqlite:") {
            sqlite_options
        } else if url.starts_with("postgres:") {
            postgres::options
        } else {
            return Err(OpenError::UnknownUrl { url: shown });
        };
        let seal = Arc::new(Seal::open(&open.key_file)?);
        let database = |source| not_opened(&shown, source);
        let mut writer = Database::connect(options(&url, Access::Write)).await.map_err(database)?;
        let patience = match writer.get_database_backend() {
            DbBackend::Postgres => {
                postgres::bring_up_to_date(&writer, &shown).await?;
                postgres::PATIENCE
            }
            _ => {
                Migrator::up(&writer, None).await.map_err(OpenError::Migration)?;
                PATIENCE
            }
        };
        let n_statements = Arc::new(AtomicU64::new(0));
        let counted = n_statements.clone();
        writer.set_metric_callback(move |_| _ = counted.fetch_add(1, Ordering::Relaxed));
        let reader = Database::connect(options(&url, Access::Read)).await.map_err(database)?;
        Ok(Self { writer, reader, seal, writers: Writers::new(patience), n_statements, node: Uuid::now_v7() })
    }

    /// Begins to write. Other writers wait, those of other processes among them; readers don't.
    ///
    /// What is read here stays so until the end of the transaction, and events get their ids in the order in which
    /// readers come to see them.
    pub(crate) async fn begin_writing(&self, urgency: Urgency) -> Result<(DatabaseTransaction, Turn), DbErr> {
        let turn = self.writers.turn(urgency).await?;
        // A deferred transaction that reads first would fail with SQLITE_BUSY_SNAPSHOT, whatever the busy timeout.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let db = self.writer.begin_with_options(options).await?;
        if db.get_database_backend() == DbBackend::Postgres {
            postgres::wait_for_turn(&db).await?;
        }
        Ok((db, turn))
    }

    /// How many statements changes were made of since the store was opened; what only reads does not count.
    pub fn n_statements_of_writers(&self) -> u64 {
        self.n_statements.load(Ordering::Relaxed)
    }

    /// Whether the database answers now.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.reader.ping().await?)
    }

    /// The name of the database's make.
    pub fn make(&self) -> &'static str {
        match self.reader.get_database_backend() {
            DbBackend::Postgres => "PostgreSQL",
            _ => "SQLite",
        }
    }

    /// Closes all connections; what was committed is on the disk.
    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }
}

/// A server that can't be reached, or one that is not trusted, with what to do about it.
fn not_opened(url: &str, source: DbErr) -> OpenError {
    match postgres::distrust(&source) {
        Some((what, fix)) => OpenError::Unfit { url: url.to_owned(), what: what.to_owned(), fix: fix.to_owned() },
        None => OpenError::Database { url: url.to_owned(), source },
    }
}

/// Lets events go on after those that were written with their ids.
pub(crate) async fn number_events_on(db: &DatabaseTransaction) -> Result<(), DbErr> {
    // SQLite remembers the greatest id that was ever written.
    match db.get_database_backend() {
        DbBackend::Postgres => postgres::number_events_on(db).await,
        _ => Ok(()),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

impl Access {
    fn n_connections_max(self) -> u32 {
        match self {
            Self::Read => READERS_MAX,
            Self::Write => 1,
        }
    }
}

fn sqlite_options(url: &str, access: Access) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(access.n_connections_max())
        .min_connections(1)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .create_if_missing(access == Access::Write)
                .journal_mode(SqliteJournalMode::Wal)
                // With WAL a power cut can lose the last commits under NORMAL, but what a caller was told is saved must be.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(BUSY_SECS))
                .pragma("query_only", if access == Access::Read { "ON" } else { "OFF" })
        });
    if access == Access::Write {
        options.map_sqlx_sqlite_pool_opts(|pool| {
            pool.before_acquire(|connection, _| Box::pin(std::future::ready(Ok(is_between_changes(connection)))))
        });
    }
    options
}

/// Whether the change before has ended. After an error such as a full disk SQLite ends a change itself, and the library,
/// which does not hear of that, takes the next ones for parts of it: they would be told as saved, seen by nobody, and
/// lost with the process. Such a connection is closed, and another opened.
fn is_between_changes(connection: &SqliteConnection) -> bool {
    !connection.is_in_transaction()
}

/// An URL without what is between its scheme and its host, and without a parameter that is a password.
pub fn without_password(url: &str) -> String {
    let url = match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => format!("{}://…{}", &url[..scheme], &url[at..]),
        (Some(_) | None, Some(_) | None) => url.to_owned(),
    };
    let Some((address, parameters)) = url.split_once('?') else { return url };
    let shown = parameters.split('&').filter(|parameter| !parameter.starts_with("password="));
    format!("{address}?{}", shown.collect::<Vec<_>>().join("&"))
}
