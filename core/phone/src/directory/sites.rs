//! Whether a site can be saved.

use super::people::is_country;
use crate::limits::NAME_CHARS_MAX;
use crate::numbers::schedule::time_zone;
use crate::people::Site;
use crate::problem::{Code, Problem};

/// What is wrong with a site that is about to be saved among `others`.
pub fn site_problems(site: &Site, others: &[Site]) -> Vec<Problem> {
    let mut found = Vec::new();
    let name = site.name.trim();
    if name.is_empty() {
        found.push(Problem::new(Code::NameEmpty, "name"));
    }
    if NAME_CHARS_MAX < name.chars().count() {
        found.push(Problem::new(Code::NameTooLong, "name"));
    }
    if others.iter().any(|other| other.id != site.id && other.name.to_lowercase() == name.to_lowercase()) {
        found.push(Problem::new(Code::NameTaken, "name"));
    }
    if site.country.as_deref().is_some_and(|country| !is_country(country)) {
        found.push(Problem::new(Code::CountryUnknown, "country"));
    }
    if site.time_zone.as_deref().is_some_and(|zone| time_zone(zone).is_none()) {
        found.push(Problem::new(Code::TimeZoneUnknown, "time_zone"));
    }
    if site.emergency_location.as_deref().is_some_and(|text| NAME_CHARS_MAX < text.chars().count()) {
        found.push(Problem::new(Code::TextTooLong, "emergency_location"));
    }
    found
}
