//! Telephone numbers: E.164, extensions, what is assigned to whom, schedules for opening hours, trunks.

pub mod civic_address;
pub mod country;
pub mod country_profile;
pub mod e164;
pub mod import;
pub mod number;
pub mod operator;
pub mod pattern;
pub mod port;
pub mod port_out;
pub mod quota;
pub mod routing;
pub mod schedule;
pub mod stir;
pub mod stock;
pub mod trunk;
pub mod upload;

pub use country::Country;
pub use country_profile::{CountryProfile, CountryProfiles};
pub use e164::{E164, Extension};
pub use number::{Assignee, Number, NumberKind};
pub use trunk::Trunk;
