//! Policies: what people may do and how their calls are treated, by named sets of settings that are assigned to people,
//! groups and numbers. Specification of calling, 4.
//!
//! A type has its settings; a policy is one set of them with a name; each type has one without, the organization's own,
//! which is for everybody who has no other. No policy is asked about a call to emergency services.

pub mod assignment;
pub mod call;
pub mod callback;
pub mod calling;
pub mod device;
pub mod dial_out;
pub mod effective;
pub mod emergency;
pub mod fixed;
pub mod followed;
pub mod in_force;
pub mod lock;
pub mod outside;
pub mod package;
pub mod policy;
pub mod routing;
pub mod types;
pub mod voice_apps;

pub use assignment::PolicyRefusal;
pub use effective::{Candidate, effective};
pub use in_force::{CallingPolicies, Holder, InForce, OutsidePolicies};
pub use lock::{Lock, LockLevel, Locks};
pub use package::Package;
pub use policy::Policy;
pub use types::{PolicyType, Settings};
