//! Numbered migrations; each is applied once, in order, in a transaction of its own.

use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};

mod m0001_first_tables;
mod m0002_people;
mod m0003_licenses;
mod m0004_number_life;

pub(crate) struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first_tables::Migration),
            Box::new(m0002_people::Migration),
            Box::new(m0003_licenses::Migration),
            Box::new(m0004_number_life::Migration),
        ]
    }
}
