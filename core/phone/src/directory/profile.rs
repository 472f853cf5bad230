//! Whether an organization can be saved, and whether it can be deleted.

use std::fmt;
use std::net::IpAddr;

use super::people::is_country;
use crate::limits::{BLOCK_DAYS_MAX, DOMAIN_CHARS_MAX, EMERGENCY_NUMBERS_MAX, NAME_CHARS_MAX, SLUG_CHARS_MAX};
use crate::numbers::schedule::time_zone;
use crate::people::pause::Pause;
use crate::people::tenant::Profile;
use crate::problem::{Code, Problem};
use crate::rule::Broken;

/// What an organization still has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    pub n_users: u64,
    pub n_numbers: u64,
    pub n_trunks: u64,
    pub n_resource_accounts: u64,
    /// Attendants, queues and schedules.
    pub n_documents: u64,
}

/// Why an organization is not deleted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeletionRefusal {
    #[error("{slug} still has {contents}")]
    NotEmpty { slug: String, contents: Contents },
    #[error("{given} is not the short name of this organization")]
    OtherName { slug: String, given: String },
}

/// What is wrong with an organization that is about to be saved. `own_emergency` are its emergency numbers beside those
/// of its country.
pub fn profile_problems(profile: &Profile, own_emergency: &[String]) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut check = |holds: bool, code: Code, field: &str| {
        if !holds {
            found.push(Problem::new(code, field));
        }
    };
    check(is_slug(&profile.slug), Code::SlugMalformed, "slug");
    check(!profile.name.trim().is_empty(), Code::NameEmpty, "name");
    check(profile.name.chars().count() <= NAME_CHARS_MAX, Code::NameTooLong, "name");
    check(is_domain(&profile.sip_domain), Code::SipDomainMalformed, "sip_domain");
    check(time_zone(&profile.time_zone).is_some(), Code::TimeZoneUnknown, "time_zone");
    check(is_country(&profile.country), Code::CountryUnknown, "country");
    check(is_language(&profile.language), Code::LanguageMalformed, "language");
    let is_pause = match profile.number_pause {
        Some(Pause::Days(days)) => (1..=BLOCK_DAYS_MAX).contains(&days),
        Some(Pause::Forever) | None => true,
    };
    check(is_pause, Code::BlockDaysOutOfRange, "number_block");
    check(profile.number_mails.are_fine(), Code::MailWords, "number_mails");
    let has_room = own_emergency.len() <= EMERGENCY_NUMBERS_MAX;
    check(has_room, Code::TooManyEmergencyNumbers, "emergency_numbers");
    for (index, number) in own_emergency.iter().enumerate() {
        check(is_short_number(number), Code::EmergencyMalformed, &format!("emergency_numbers[{index}]"));
    }
    found
}

/// Whether an organization may be deleted: if it is empty, or if who asks wrote its short name, and so knows which one
/// goes with all that it has.
pub fn check_deletion(slug: &str, contents: Contents, confirmed: Option<&str>) -> Result<(), DeletionRefusal> {
    match confirmed {
        Some(given) if given != slug => {
            Err(DeletionRefusal::OtherName { slug: slug.to_owned(), given: given.to_owned() })
        }
        None if contents != Contents::default() => Err(DeletionRefusal::NotEmpty { slug: slug.to_owned(), contents }),
        Some(_) | None => Ok(()),
    }
}

/// A label of a domain name that begins with a letter. So it is never an id, which has another form in paths.
pub(super) fn is_slug(text: &str) -> bool {
    is_label(text)
        && text.len() <= SLUG_CHARS_MAX
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && !is_id(text)
}

/// Ids in paths are written as UUIDs: 8-4-4-4-12.
fn is_id(text: &str) -> bool {
    text.parse::<uuid::Uuid>().is_ok()
}

/// An address is no domain: it stands for the default organization.
fn is_domain(text: &str) -> bool {
    text.len() <= DOMAIN_CHARS_MAX && text.split('.').all(is_label) && text.parse::<IpAddr>().is_err()
}

fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// As much of BCP 47 as names a language and perhaps a region.
fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_first = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_further =
        |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    parts.next().is_some_and(is_first) && parts.all(is_further)
}

fn is_short_number(text: &str) -> bool {
    (2..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Broken for DeletionRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotEmpty { .. } => "tenant.not_empty",
            Self::OtherName { .. } => "tenant.other_name",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::NotEmpty { slug, .. } => {
                format!("delete these first, or confirm with the short name {slug} that all of it shall go")
            }
            Self::OtherName { slug, .. } => format!("confirm with {slug}, if that is the one"),
        }
    }

    fn is_conflict(&self) -> bool {
        matches!(self, Self::NotEmpty { .. })
    }
}

impl fmt::Display for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.n_users, "people"),
            (self.n_numbers, "numbers"),
            (self.n_trunks, "trunks"),
            (self.n_resource_accounts, "resource accounts"),
            (self.n_documents, "attendants, queues and schedules"),
        ];
        let there: Vec<String> = parts.iter().filter(|(n, _)| 0 < *n).map(|(n, what)| format!("{n} {what}")).collect();
        f.write_str(&there.join(", "))
    }
}
