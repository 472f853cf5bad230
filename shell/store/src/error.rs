//! What can go wrong, one enum for each kind of operation.

use std::path::PathBuf;

use sea_orm::DbErr;

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
    #[error("{url} is not a database URL that this version can open; use sqlite://path")]
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

impl From<DbErr> for WriteError {
    fn from(error: DbErr) -> Self {
        Self::Store(StoreError::Database(error))
    }
}
