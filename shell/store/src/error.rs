//! What can go wrong, one enum for each kind of operation.

use std::path::PathBuf;

use sea_orm::{DbErr, RuntimeErr};

/// The database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("could not open the database {url}")]
    Database { url: String, source: DbErr },
    #[error("could not bring the database's tables up to date")]
    Migration(#[source] DbErr),
    #[error("could not read or create the key file {}", path.display())]
    KeyFile { path: PathBuf, source: std::io::Error },
    #[error("the key file {} must hold 32 bytes; restore it from a backup, secrets can't be read without it", path.display())]
    KeyFileDamaged { path: PathBuf },
    /// A database that would not do what is asked of it.
    #[error("the database {url} can't be used: {what}; {fix}")]
    Unfit { url: String, what: String, fix: String },
    #[error(
        "{url} is not a database URL that this version can open; use sqlite://path or postgres://user@host/database"
    )]
    UnknownUrl { url: String },
}

/// A read or a write failed for reasons outside the request.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database failed")]
    Database(#[from] DbErr),
    #[error("could not read the stored {what} {id}")]
    Corrupt { what: &'static str, id: String, source: serde_json::Error },
    #[error("could not write the {what} as JSON")]
    Unwritable { what: &'static str, source: serde_json::Error },
    #[error("the secret of {what} {id} can't be opened with this key file")]
    Sealed { what: &'static str, id: String },
}

impl StoreError {
    /// Whether the database is away, busy or ending, so that the same may work in a moment.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Database(error) => is_passing(error),
            Self::Corrupt { .. } | Self::Unwritable { .. } | Self::Sealed { .. } => false,
        }
    }
}

fn is_passing(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        // A store is made of connections that were had once.
        return matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_));
    };
    match &**cause {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(said) => said.code().is_some_and(|code| {
            // Of PostgreSQL: connection exceptions, too few resources, operator intervention, somebody else's turn, a
            // transaction that said nothing for too long. Of SQLite: SQLITE_BUSY.
            ["08", "53", "57P"].iter().any(|class| code.starts_with(class)) || ["55P03", "25P03", "5"].contains(&&*code)
        }),
        _ => false,
    }
}

/// A write was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("there is no such object in this tenant")]
    NotFound,
    #[error("it was changed since it was read; it is at version {current} now")]
    Stale { current: i64 },
    /// Another object holds this value already.
    #[error("{field} is taken")]
    Taken { field: &'static str },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl WriteError {
    /// As [`StoreError::is_passing`] has it.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Store(error) => error.is_passing(),
            Self::NotFound | Self::Stale { .. } | Self::Taken { .. } => false,
        }
    }
}

impl From<DbErr> for WriteError {
    fn from(error: DbErr) -> Self {
        Self::Store(StoreError::Database(error))
    }
}
