//! The API as its callers see it: through a socket, with a store on a real file and a stand-in for the switch.

mod access;
mod apps;
mod areas;
mod browser;
mod callbacks;
mod contract;
mod delegation;
mod explain;
mod flow_tests;
mod groups;
mod isolation;
mod licenses;
mod live;
mod nul;
mod number_import;
mod number_requests;
mod number_stock;
mod numbers;
mod offboarding;
mod openid;
mod operator_calls;
mod operators;
#[path = "../../store/tests/support/own_postgres.rs"]
pub mod own_postgres;
mod policies;
mod port_orders;
mod port_outs;
#[path = "../../store/tests/support/postgres.rs"]
pub mod postgres;
mod reports;
mod resellers;
mod resource_accounts;
mod routing;
mod scim;
mod sessions;
mod settings;
mod setup;
mod sign_in;
mod sites;
mod snapshot;
mod tenants;
mod trunks;
mod user_import;
mod users;
mod voicemail;
mod webhooks;
mod world;
