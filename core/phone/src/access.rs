//! Who may do what, and how people prove who they are: permissions, the roles that hold them, and grants of roles over a part of an organization.
//! Accounts, passwords, second factors and sessions. Specification of numbers, 2.1, and of calling, 4.8.
//!
//! [`Grants::may`] is the one place where this is decided.

pub mod account;
pub mod attempts;
pub mod grant;
pub mod openid;
pub mod password;
pub mod permission;
pub mod phone_credentials;
pub mod role;
pub mod session;
pub mod totp;

pub use account::{Account, SignInPolicy};
pub use grant::{Assignment, Grant, Grants, Missing, Object, Scope};
pub use permission::{Action, Area, Permission, Permissions};
pub use role::{BuiltIn, CustomRole, RoleRef};
