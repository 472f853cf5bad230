//! All tests of this crate in one program: each program more takes seconds to build.

mod access;
mod attendant;
mod categories;
mod check;
mod group_licenses;
mod isolation;
mod license;
mod number_import;
mod numbers;
mod operators;
mod order;
mod people_import;
mod policies;
mod port_orders;
mod port_outs;
mod profile;
mod queue;
mod queue_model;
mod record;
mod routing;
mod schedule;
mod setup;
mod sheet;
mod snapshots;
mod stock;
mod webhooks;
