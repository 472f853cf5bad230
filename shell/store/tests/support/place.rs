//! Where a test keeps its data: a directory, and a database in it or on a server.

use std::sync::OnceLock;

use store::{Open, Store};

use super::postgres::Database;

pub struct Place {
    pub directory: tempfile::TempDir,
    pub database: Option<Database>,
}

impl Place {
    pub fn sqlite() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), database: None }
    }

    /// With the tables in it: making them takes longer than most tests.
    pub fn postgres() -> Self {
        static TEMPLATE: OnceLock<Database> = OnceLock::new();
        // Most tests have a runtime of their own already.
        let template = TEMPLATE.get_or_init(|| std::thread::spawn(with_tables).join().unwrap());
        Self { database: Some(Database::copy_of(template)), ..Self::sqlite() }
    }

    pub fn empty_postgres() -> Self {
        Self { database: Some(Database::create()), ..Self::sqlite() }
    }

    pub fn url(&self) -> String {
        match &self.database {
            Some(database) => database.url(),
            None => format!("sqlite://{}", self.directory.path().join("trunkline.db").display()),
        }
    }

    /// Opens what is there, or makes it.
    pub async fn open(&self) -> Store {
        let key_file = self.directory.path().join("secrets.key");
        Store::open(&Open { url: self.url(), key_file }).await.unwrap()
    }
}

fn with_tables() -> Database {
    let place = Place::empty_postgres();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { place.open().await.close().await.unwrap() });
    place.database.unwrap()
}

/// Makes two tests of each: on SQLite and on PostgreSQL.
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test] async fn $name() { super::$name($crate::place::Place::sqlite()).await; })*
        }
        mod on_postgres {
            $(#[tokio::test] async fn $name() { super::$name($crate::place::Place::postgres()).await; })*
        }
    };
}
