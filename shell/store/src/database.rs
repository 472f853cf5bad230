//! Opening the database: one connection that writes, several that read.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};
use sea_orm_migration::MigratorTrait as _;

use crate::error::OpenError;
use crate::migration::Migrator;
use crate::seal::Seal;

/// Enough for the pages and reports of a few people at once; each connection costs a thread and a page cache.
const READERS_MAX: u32 = 4;
/// A writer waits this long for another process, such as a backup; inside the process writers queue for the pool.
const BUSY_SECS: u64 = 10;

/// Where the data is.
#[derive(Clone, Debug)]
pub struct Open {
    /// `sqlite://path`; the file is created if it is not there.
    pub url: String,
    /// The key that seals secrets; created if it is not there.
    pub key_file: PathBuf,
}

/// Everything that outlives the process. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    /// SQLite lets one connection write at a time: a pool of one, whose transactions begin at once as writers. A
    /// deferred one that reads first would fail with SQLITE_BUSY_SNAPSHOT, whatever the busy timeout.
    pub(crate) writer: DatabaseConnection,
    pub(crate) reader: DatabaseConnection,
    pub(crate) seal: Arc<Seal>,
}

impl Store {
    /// Opens the database and brings its tables up to date.
    pub async fn open(open: &Open) -> Result<Self, OpenError> {
        if !open.url.starts_with("sqlite:") {
            return Err(OpenError::UnknownUrl { url: without_password(&open.url) });
        }
        let seal = Arc::new(Seal::open(&open.key_file)?);
        let database = |source| OpenError::Database { url: open.url.clone(), source };
        let writer = Database::connect(options(&open.url, Access::Write)).await.map_err(database)?;
        Migrator::up(&writer, None).await.map_err(OpenError::Migration)?;
        let reader = Database::connect(options(&open.url, Access::Read)).await.map_err(database)?;
        Ok(Self { writer, reader, seal })
    }

    /// Closes all connections; what was committed is on the disk.
    pub async fn close(self) -> Result<(), sea_orm::DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

fn options(url: &str, access: Access) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(if access == Access::Write { 1 } else { READERS_MAX })
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
    options
}

fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => format!("{}://…{}", &url[..scheme], &url[at..]),
        (Some(_) | None, Some(_) | None) => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_url_is_shown_without_its_password() {
        assert_eq!(super::without_password("mysql://me:secret@host/db"), "mysql://…@host/db");
        assert_eq!(super::without_password("mysql://host/db"), "mysql://host/db");
    }
}
