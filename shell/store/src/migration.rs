//! Numbered migrations; each is applied once, in order, in a transaction of its own.

use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};

mod m0001_first_tables;
mod m0002_people;
mod m0003_licenses;
mod m0004_number_life;
mod m0005_groups;
mod m0006_orders;
mod m0007_number_stock;
mod m0009_access;
mod m0010_policies;
mod m0011_operators;
mod m0012_sites_and_lines;
mod m0013_emails;
mod m0014_port_orders;
mod m0015_accounts;
mod m0016_resellers_and_openid;
mod m0017_routing;
mod m0019_port_outs;
mod m0020_webhooks;
mod m0021_lists;
mod m0022_voicemail;
mod m0023_queue_callbacks;
mod m0024_flow_tests;
mod m0025_call_recordings;
mod m0026_reports;
mod m0027_mailbox_pins;
mod m0028_quick_lists;
mod m0029_credits;
mod m0035_transcripts;
mod m0036_civic_addresses;
mod m0037_reminders;
mod m0041_pauses;
mod m0050_spending;
mod m0051_payments;
mod m0052_credit_shares;
mod m0053_license_plans;
mod m0055_number_origins;
mod m0056_port_documents;
mod m0059_alive_servers;
mod m0060_credit_parts;
mod m0061_person_spends_of_servers;
mod m0063_policy_packages;
mod m0065_country_profiles;
mod m0066_license_notices;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first_tables::Migration),
            Box::new(m0002_people::Migration),
            Box::new(m0003_licenses::Migration),
            Box::new(m0004_number_life::Migration),
            Box::new(m0005_groups::Migration),
            Box::new(m0006_orders::Migration),
            Box::new(m0007_number_stock::Migration),
            Box::new(m0009_access::Migration),
            Box::new(m0010_policies::Migration),
            Box::new(m0011_operators::Migration),
            Box::new(m0012_sites_and_lines::Migration),
            Box::new(m0013_emails::Migration),
            Box::new(m0014_port_orders::Migration),
            Box::new(m0015_accounts::Migration),
            Box::new(m0016_resellers_and_openid::Migration),
            Box::new(m0017_routing::Migration),
            Box::new(m0019_port_outs::Migration),
            Box::new(m0020_webhooks::Migration),
            Box::new(m0021_lists::Migration),
            Box::new(m0022_voicemail::Migration),
            Box::new(m0023_queue_callbacks::Migration),
            Box::new(m0024_flow_tests::Migration),
            Box::new(m0025_call_recordings::Migration),
            Box::new(m0026_reports::Migration),
            Box::new(m0027_mailbox_pins::Migration),
            Box::new(m0028_quick_lists::Migration),
            Box::new(m0029_credits::Migration),
            Box::new(m0035_transcripts::Migration),
            Box::new(m0036_civic_addresses::Migration),
            Box::new(m0037_reminders::Migration),
            Box::new(m0041_pauses::Migration),
            Box::new(m0050_spending::Migration),
            Box::new(m0051_payments::Migration),
            Box::new(m0052_credit_shares::Migration),
            Box::new(m0053_license_plans::Migration),
            Box::new(m0055_number_origins::Migration),
            Box::new(m0056_port_documents::Migration),
            Box::new(m0059_alive_servers::Migration),
            Box::new(m0060_credit_parts::Migration),
            Box::new(m0061_person_spends_of_servers::Migration),
            Box::new(m0063_policy_packages::Migration),
            Box::new(m0065_country_profiles::Migration),
            Box::new(m0066_license_notices::Migration),
        ]
    }
}
