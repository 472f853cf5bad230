//! Who may do what: permissions, the roles that hold them, and grants of roles over a part of an organization.
//! Specification of numbers, 2.1, and of calling, 4.8.
//!
//! [`Grants::may`] is the one place where this is decided.

pub mod grant;
pub mod permission;
pub mod role;

pub use grant::{Assignment, Grant, Grants, Missing, Object, Scope};
pub use permission::{Action, Area, Permission, Permissions};
pub use role::{BuiltIn, CustomRole, RoleRef};
