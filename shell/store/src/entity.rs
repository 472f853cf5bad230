//! The tables, one file each.

pub(crate) mod api_token;
pub(crate) mod call_record;
pub(crate) mod direct_license;
pub(crate) mod document;
pub(crate) mod event;
pub(crate) mod group;
pub(crate) mod group_license;
pub(crate) mod group_member;
pub(crate) mod license;
pub(crate) mod license_backlog;
pub(crate) mod license_failure;
pub(crate) mod number;
pub(crate) mod number_quota;
pub(crate) mod number_reservation;
pub(crate) mod opt_out;
pub(crate) mod order;
pub(crate) mod order_line;
pub(crate) mod presence;
pub(crate) mod prompt;
pub(crate) mod resource_account;
pub(crate) mod stock_block;
pub(crate) mod stock_number;
pub(crate) mod subscription;
pub(crate) mod tenant;
pub(crate) mod trunk;
pub(crate) mod user;
