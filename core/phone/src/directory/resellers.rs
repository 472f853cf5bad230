//! Whether a reseller can be saved, and whether it can be deleted.

use super::profile::is_slug;
use crate::limits::NAME_CHARS_MAX;
use crate::people::Reseller;
use crate::problem::{Code, Problem};
use crate::rule::Broken;

/// Why a reseller is not deleted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} still has {n_tenants} organizations")]
pub struct ResellerInUse {
    /// The reseller.
    pub name: String,
    /// How many it has.
    pub n_tenants: u64,
}

/// What is wrong with a reseller that is about to be saved.
pub fn reseller_problems(reseller: &Reseller) -> Vec<Problem> {
    let name = reseller.name.trim();
    let checks = [
        (is_slug(&reseller.slug), Code::SlugMalformed, "slug"),
        (!name.is_empty(), Code::NameEmpty, "name"),
        (name.chars().count() <= NAME_CHARS_MAX, Code::NameTooLong, "name"),
    ];
    checks.into_iter().filter(|(holds, ..)| !holds).map(|(_, code, field)| Problem::new(code, field)).collect()
}

/// Whether a reseller that has so many organizations may be deleted.
pub fn check_deletion(reseller: &Reseller, n_tenants: u64) -> Result<(), ResellerInUse> {
    if n_tenants == 0 { Ok(()) } else { Err(ResellerInUse { name: reseller.name.clone(), n_tenants }) }
}

impl Broken for ResellerInUse {
    fn code(&self) -> &'static str {
        "reseller.in_use"
    }

    fn fix(&self) -> String {
        "move them to another reseller or to none first, or suspend the reseller".to_owned()
    }

    fn is_conflict(&self) -> bool {
        true
    }
}
