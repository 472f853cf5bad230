//! Remembers what `phone` decides about: settings, call records, and every change with who made it.
//!
//! [`Store`] reads; [`Tx`] writes. A row and the event that tells of it are written in one transaction, because the
//! methods of [`Tx`] do both. Every method that touches a tenant's row takes the tenant, so that nobody reaches a row
//! of another one by its id. One schema serves SQLite and PostgreSQL; times are milliseconds since 1970 in UTC.

mod api_tokens;
mod backup;
mod call_records;
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
mod numbers;
mod operator_consents;
mod operator_credentials;
mod operator_documents;
mod operators;
mod orders;
mod page;
mod policies;
mod policy_assignments;
mod port_orders;
mod prompts;
mod quotas;
mod resource_accounts;
mod roles;
mod scim;
mod seal;
mod sites;
mod stock;
mod tenants;
mod text;
mod trunks;
mod tx;
mod users;
mod wanted;

pub use api_tokens::{ApiToken, NewApiToken, Scope, TokenHash};
pub use backup::{BackupError, Conflict, Effect, Extent, Header, TenantName, verify};
pub use call_records::{RecordFilter, RecordSort};
pub use database::{Open, Store};
pub use departments::Department;
pub use documents::{Document, DocumentKind};
pub use error::{OpenError, StoreError, WriteError};
pub use events::{Actor, Event, EventFilter, EventId, Noun};
pub use groups::{GroupProgress, Member};
pub use license_sources::LicenseFailure;
pub use licensees::Licensee;
pub use live::OptOut;
pub use numbers::NumberFilter;
pub use operator_consents::ConsentFilter;
pub use operator_credentials::OperatorClient;
pub use operator_documents::OperatorDocument;
pub use orders::{LineState, OrderLine, RequestKey};
pub use page::{Cursor, CursorKey, Page, Paging};
pub use policies::PolicyKey;
pub use policy_assignments::PolicyHolder;
pub use port_orders::{AccountPin, PortStep};
pub use prompts::{PromptKind, PromptMeta};
pub use quotas::QuotaBasis;
pub use scim::{ScimKind, ScimName};
pub use stock::{StockCount, StockQuery};
pub use tenants::TenantRow;
pub use tx::{Expected, Stored, Tx, Version};
pub use users::{UserFilter, UserSort};
