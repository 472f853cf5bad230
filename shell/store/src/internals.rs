//! What the tests of this crate look at behind its interface, and nobody else does: they are beside the crate, so that
//! it is compiled once.

use sea_orm::DatabaseConnection;

pub use crate::backup::tables::{Kind, Place, tables};
pub use crate::database::turns::{PASSED_MAX, RECENT, Turns, Urgency, rest};
pub use crate::database::writers::Writers;
pub use crate::database::{Store, without_password};
pub use crate::migration::Migrator;
pub use crate::seal::Seal;
pub use crate::tenants::TABLES_OF_TENANT;
pub use crate::wanted::{NAMED_MAX, Wanted, statements};

/// What reads the database.
pub fn reader(store: &mut Store) -> &mut DatabaseConnection {
    &mut store.reader
}

/// What writes it.
pub fn writer(store: &Store) -> &DatabaseConnection {
    &store.writer
}
