//! Remembers what `phone` decides about: settings, call records, and every change with who made it.
//!
//! [`Store`] reads; [`Tx`] writes. A row and the event that tells of it are written in one transaction, because the
//! methods of [`Tx`] do both. Every method that touches a tenant's row takes the tenant, so that nobody reaches a row
//! of another one by its id. One schema serves SQLite and PostgreSQL; times are milliseconds since 1970 in UTC.

mod accounts;
mod api_tokens;
mod backup;
mod call_facts;
mod call_records;
mod credentials;
mod database;
mod departments;
mod directory;
mod documents;
mod entity;
mod error;
mod events;
mod groups;
mod inventory;
mod license_sources;
mod licensees;
mod licenses;
mod live;
mod migration;
mod number_requests;
mod numbers;
mod openid;
mod operator_consents;
mod operator_credentials;
mod operator_documents;
mod operators;
mod orders;
mod page;
#[cfg(test)]
mod plans;
mod policies;
mod policy_assignments;
mod port_orders;
mod port_outs;
mod porting_pins;
mod prompts;
mod quotas;
mod resellers;
mod resource_accounts;
mod roles;
mod scim;
mod seal;
mod sessions;
mod sign_in_policies;
mod sites;
mod stock;
mod tenants;
mod text;
mod trunks;
mod tx;
mod users;
mod wanted;
mod webhooks;

pub use accounts::AccountRow;
pub use api_tokens::{ApiToken, NewApiToken, Scope, TokenHash};
pub use backup::{BackupError, Conflict, Effect, Extent, Header, TenantName, verify};
pub use call_facts::{CallDuration, CallFact, CallPrice};
pub use call_records::{RecordFilter, RecordSort};
pub use credentials::{Credentials, Totp};
pub use database::{Open, Store};
pub use departments::Department;
pub use documents::{Document, DocumentKind};
pub use error::{OpenError, StoreError, WriteError};
pub use events::{Actor, Event, EventFilter, EventId, Noun};
pub use groups::{GroupProgress, Member};
pub use license_sources::LicenseFailure;
pub use licensees::Licensee;
pub use licenses::LicenseChange;
pub use live::OptOut;
pub use number_requests::RequestsOf;
pub use numbers::NumberFilter;
pub use openid::ClientSecret;
pub use operator_consents::ConsentFilter;
pub use operator_credentials::OperatorClient;
pub use operator_documents::OperatorDocument;
pub use orders::{LineState, OrderLine, RequestKey};
pub use page::{Cursor, CursorKey, Page, Paging};
pub use policies::PolicyKey;
pub use policy_assignments::PolicyHolder;
pub use port_orders::{AccountPin, OrdersOf, PortStep};
pub use port_outs::PortOutFilter;
pub use porting_pins::PinStatus;
pub use prompts::{PromptKind, PromptMeta};
pub use quotas::QuotaBasis;
pub use scim::{ScimKind, ScimName};
pub use sessions::{NewSession, Session};
pub use stock::{StockCount, StockQuery};
pub use tenants::TenantRow;
pub use tx::{Expected, Stored, Tx, Version};
pub use users::{UserChange, UserFilter, UserSort};
pub use webhooks::{Delivery, Fate, Hook, Owner};

/// What this crate's own tests look at; nobody else may.
#[doc(hidden)]
pub mod inside {
    pub use crate::backup::tables::{Kind, Place, tables};
    pub use crate::database::without_password;
    pub use crate::migration::Migrator;
    pub use crate::seal::Seal;
    pub use crate::tenants::TABLES_OF_TENANT;
}
