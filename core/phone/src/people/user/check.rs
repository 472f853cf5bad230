//! Whether a person can be saved, as far as the person alone tells.

use super::{User, aliases};
use crate::limits::{EMAIL_CHARS_MAX, EXTENSION_DIGITS_MAX, NAME_CHARS_MAX, RING_SECS_MAX, RING_SECS_MIN};
use crate::problem::{Code, Problem};

/// All that is wrong with the person's own fields.
pub fn problems(user: &User) -> Vec<Problem> {
    let mut found = Vec::new();
    if user.display_name.trim().is_empty() {
        found.push(Problem::new(Code::NameEmpty, "display_name"));
    }
    if NAME_CHARS_MAX < user.display_name.chars().count() {
        found.push(Problem::new(Code::NameTooLong, "display_name"));
    }
    if !is_extension(&user.extension) {
        found.push(Problem::new(Code::ExtensionMalformed, "extension"));
    }
    if user.email.as_deref().is_some_and(|email| !is_email(email)) {
        found.push(Problem::new(Code::EmailMalformed, "email"));
    }
    for (field, text) in [("department", &user.department), ("office", &user.office)] {
        if text.as_deref().is_some_and(|text| NAME_CHARS_MAX < text.chars().count()) {
            found.push(Problem::new(Code::TextTooLong, field));
        }
    }
    if !(RING_SECS_MIN..=RING_SECS_MAX).contains(&user.ring_secs) {
        found.push(Problem::new(Code::RingOutOfRange, "ring_seconds"));
    }
    aliases::problems(&user.aliases, &mut found);
    found
}

/// Whether it has the form of an extension.
pub fn is_extension(text: &str) -> bool {
    (1..=EXTENSION_DIGITS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Enough to catch a slip of the pen; only a message that arrives proves an address.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let is_plain = |text: &str| !text.contains(|it: char| it == '@' || it.is_whitespace() || it.is_control());
    text.chars().count() <= EMAIL_CHARS_MAX
        && !name.is_empty()
        && is_plain(name)
        && is_plain(domain)
        && !domain.is_empty()
        && !domain.starts_with('.')
        && !domain.ends_with('.')
}
