//! A place where an organization works. People and numbers may belong to one. Specification of numbers, 5.3.

use serde::{Deserialize, Serialize};

use crate::id::SiteId;
use crate::limits::LACKS_SHOWN_MAX;
use crate::rule::Broken;

/// A place where an organization works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    pub id: SiteId,
    pub name: String,
    /// ISO 3166 alpha-2, upper case; none means the organization's country.
    pub country: Option<String>,
    /// Of the IANA database; none means the organization's.
    pub time_zone: Option<String>,
    /// What emergency services are told where nothing better is known.
    pub emergency_location: Option<String>,
}

/// Who and what belongs to a site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Belongings {
    pub n_people: u64,
    pub n_numbers: u64,
    /// The first of the people, then of the numbers, as an administrator knows them.
    pub first: Vec<String>,
}

/// Why a site is not deleted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{n_people} people and {n_numbers} numbers belong to {name}: {first}")]
pub struct InUse {
    pub name: String,
    pub n_people: u64,
    pub n_numbers: u64,
    pub first: String,
}

/// Whether a site may be deleted: only if nobody and no number belongs to it.
pub fn check_deletion(site: &Site, belongings: &Belongings) -> Result<(), InUse> {
    let Belongings { n_people, n_numbers, first } = belongings;
    let n_all = n_people.saturating_add(*n_numbers);
    if n_all == 0 {
        return Ok(());
    }
    let shown: Vec<&str> = first.iter().take(LACKS_SHOWN_MAX).map(String::as_str).collect();
    let more = n_all.saturating_sub(u64::try_from(shown.len()).unwrap_or(u64::MAX));
    let first = match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    };
    Err(InUse { name: site.name.clone(), n_people: *n_people, n_numbers: *n_numbers, first })
}

impl Broken for InUse {
    fn code(&self) -> &'static str {
        "site.in_use"
    }

    fn fix(&self) -> String {
        "let them belong to another site, or to none, first".to_owned()
    }

    fn is_conflict(&self) -> bool {
        true
    }
}
