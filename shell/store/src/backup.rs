//! Backups: all that the database keeps, or what one organization has, in one file that either database takes back.
//!
//! A backup is one snapshot, made while the server runs. Secrets are sealed anew with a key of the backup's own, which is
//! in it: whoever has the file can read them, and the key of the server stays where it is.

mod format;
mod restore;
pub(crate) mod tables;

use std::collections::BTreeSet;
use std::io::{self, BufRead, Write};

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use phone::id::{PromptKey, TenantId};
use sea_orm::{
    AccessMode, ColumnTrait as _, DatabaseTransaction, DbBackend, EntityTrait as _, IsolationLevel, QueryFilter as _,
    StreamTrait as _, TransactionTrait as _,
};
use sea_orm_migration::MigratorTrait as _;
use serde::{Deserialize, Serialize};

use self::format::{Part, Reader, Writer};
pub use self::restore::{Conflict, Effect};
use self::tables::tables;
use crate::database::Store;
use crate::entity::{prompt, tenant};
use crate::error::StoreError;
use crate::migration::Migrator;
use crate::seal::Seal;
use crate::wanted::of_tenant;

/// The version of the format.
const FORMAT: u32 = 1;

/// The first line of a backup.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    pub trunkline_backup: u32,
    /// The version of the program that made it.
    pub program: String,
    /// The migrations that its tables have gone through.
    pub schema: Vec<String>,
    pub made_at: Timestamp,
    /// The only organization in it; none if it has everything.
    pub tenant: Option<TenantName>,
    /// Opens the secrets in it.
    key: String,
}

/// An organization in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantName {
    pub id: TenantId,
    pub slug: String,
}

/// How much is in a backup, or was taken from one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Extent {
    pub n_rows: u64,
    pub n_prompts: u64,
}

/// A backup was not made or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("this file is no backup of Trunkline")]
    Stranger,
    #[error("the backup is damaged or not whole: {what}")]
    Damaged { what: String },
    #[error("the backup was made by version {program}, whose tables this version does not know")]
    Newer { program: String },
    #[error("the backup was made by version {program}, whose tables have changed since")]
    Older { program: String },
    #[error("there is no organization {slug} here")]
    NoSuchTenant { slug: String },
    #[error("{0}")]
    Conflict(Conflict),
    #[error("could not read or write the backup")]
    File(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BackupError {
    /// Stable: for programs to decide by.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Stranger => "backup.stranger",
            Self::Damaged { .. } => "backup.damaged",
            Self::Newer { .. } => "backup.newer",
            Self::Older { .. } => "backup.older",
            Self::NoSuchTenant { .. } => "backup.no_such_tenant",
            Self::Conflict(conflict) => conflict.code(),
            Self::File(_) => "backup.file",
            Self::Store(_) => "backup.database",
        }
    }

    /// What to do about it.
    pub fn fix(&self) -> String {
        match self {
            Self::Stranger => "give a file that `trunkline backup` made".to_owned(),
            Self::Damaged { .. } => "use another copy of it; nothing was changed".to_owned(),
            Self::Newer { program } => format!("restore it with version {program} or later"),
            Self::Older { program } => {
                format!("restore it with version {program} into an empty database, then start this version on that")
            }
            Self::NoSuchTenant { .. } => "give the short name of one that is there".to_owned(),
            Self::Conflict(conflict) => conflict.fix(),
            Self::File(_) => "give a path that can be read or written, with room for it".to_owned(),
            Self::Store(_) => "see what `trunkline check` says of the database".to_owned(),
        }
    }
}

impl From<sea_orm::DbErr> for BackupError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(error.into())
    }
}

/// Where the sound of a prompt lies; none if it is not there.
pub type PromptSource<'a> = &'a dyn Fn(PromptKey) -> io::Result<Option<Vec<u8>>>;

impl Store {
    /// Writes everything, or what one organization has, as it is at one moment.
    pub async fn back_up<W: Write>(
        &self,
        out: W,
        slug: Option<&str>,
        program: &str,
        made_at: Timestamp,
        prompts: PromptSource<'_>,
        progress: &mut dyn FnMut(&str, u64),
    ) -> Result<(Option<TenantName>, Extent), BackupError> {
        let db = self.snapshot().await?;
        let tenant = match slug {
            Some(slug) => Some(named(&db, slug).await?),
            None => None,
        };
        let (key, seal) = Seal::fresh().ok_or_else(|| io::Error::other("no random numbers from the system"))?;
        let header = Header {
            trunkline_backup: FORMAT,
            program: program.to_owned(),
            schema: schema(),
            made_at,
            tenant: tenant.clone(),
            key: format::hex(&key),
        };
        let mut writer = Writer::begin(out, &header)?;
        let seals = tables::Seals { from: &self.seal, to: &seal };
        for table in tables() {
            let Some(rows) = table.select(tenant.as_ref().map(|tenant| tenant.id)) else { continue };
            writer.table(table.name, &table.column_names())?;
            let mut n_rows = 0;
            let mut stream = db.stream(&rows).await?;
            while let Some(row) = stream.try_next().await? {
                writer.row(&table.cells(&row, &seals)?)?;
                n_rows += 1;
                progress(table.name, n_rows);
            }
        }
        // The same sound may be a prompt of several organizations.
        let of = of_tenant(prompt::Column::Tenant, tenant.as_ref().map(|tenant| tenant.id));
        let rows = prompt::Entity::find().filter(of).all(&db).await?;
        let keys: BTreeSet<_> = rows.into_iter().map(|row| row.key).collect();
        // A disk may take longer than PostgreSQL lets a transaction say nothing.
        db.rollback().await?;
        for key in keys {
            if let Some(bytes) = prompts(PromptKey(key))? {
                writer.prompt(key, &bytes)?;
                progress("prompts", writer.extent().n_prompts);
            }
        }
        Ok((tenant, writer.finish()?))
    }

    /// Rows of one moment, whatever is written meanwhile.
    pub(crate) async fn snapshot(&self) -> Result<DatabaseTransaction, StoreError> {
        // SQLite gives a reader one snapshot from its first statement on, without being asked.
        let level = match self.reader.get_database_backend() {
            DbBackend::Postgres => Some(IsolationLevel::RepeatableRead),
            _ => None,
        };
        let access = level.map(|_| AccessMode::ReadOnly);
        Ok(self.reader.begin_with_config(level, access).await?)
    }
}

/// Reads a whole backup and compares it with its checksum.
pub fn verify(file: impl BufRead) -> Result<(Header, Extent), BackupError> {
    let (header, mut reader) = Reader::begin(file)?;
    check_version(&header)?;
    while let Some(part) = reader.next()? {
        match part {
            Part::Table { .. } | Part::Row(_) | Part::Prompt { .. } => {}
        }
    }
    Ok((header, reader.extent()))
}

fn check_version(header: &Header) -> Result<(), BackupError> {
    let (ours, program) = (schema(), header.program.clone());
    if header.trunkline_backup != FORMAT || header.schema.iter().any(|theirs| !ours.contains(theirs)) {
        return Err(BackupError::Newer { program });
    }
    if header.schema != ours {
        return Err(BackupError::Older { program });
    }
    Ok(())
}

fn schema() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

async fn named(db: &DatabaseTransaction, slug: &str) -> Result<TenantName, BackupError> {
    let wanted = match slug.parse() {
        Ok(id) => tenant::Entity::find_by_id::<uuid::Uuid>(id),
        Err(_) => tenant::Entity::find().filter(tenant::Column::Slug.eq(slug)),
    };
    let row = wanted.one(db).await?.ok_or_else(|| BackupError::NoSuchTenant { slug: slug.to_owned() })?;
    Ok(TenantName { id: TenantId(row.id), slug: row.slug })
}
