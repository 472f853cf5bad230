//! People: tenants, users and what they may do, presence.

pub mod group;
pub mod import;
pub mod license;
pub mod notice;
pub mod number_mails;
pub mod pause;
pub mod presence;
pub mod reseller;
pub mod site;
pub mod tenant;
pub mod user;

pub use group::Group;
pub use presence::Presence;
pub use reseller::Reseller;
pub use site::Site;
pub use user::User;
