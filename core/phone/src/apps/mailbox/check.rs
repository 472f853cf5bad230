//! What can be said of a mailbox's settings without looking at other objects. Specification of voice apps, 1.15.

use std::collections::BTreeSet;

use super::{Personal, Settings};
use crate::apps::prompt;
use crate::limits::{
    MAILBOX_EMAILS_MAX, MAILBOX_GREETINGS_MAX, MAILBOX_GROUPS_MAX, MAILBOX_MEMBERS_MAX, NAME_CHARS_MAX,
};
use crate::people::user::check::{is_email, is_extension};
use crate::problem::{Code, Problem};

/// What is wrong with a shared mailbox.
pub fn problems(settings: &Settings) -> Vec<Problem> {
    let mut found = Vec::new();
    match settings.name.trim().chars().count() {
        0 => found.push(Problem::new(Code::NameEmpty, "name")),
        1..=NAME_CHARS_MAX => {}
        _ => found.push(Problem::new(Code::NameTooLong, "name")),
    }
    if settings.extension.as_ref().is_some_and(|extension| !is_extension(extension)) {
        found.push(Problem::new(Code::ExtensionMalformed, "extension"));
    }
    if let Some(code) = settings.greeting.as_ref().and_then(prompt::problem) {
        found.push(Problem::new(code, "greeting"));
    }
    let ranges = [
        ("max_seconds", settings.max_secs, 15..=900),
        ("min_seconds", settings.min_secs, 0..=60),
        ("silence_seconds", settings.quiet_secs, 0..=60),
        ("retention_days", settings.retention_days, 1..=3_650),
    ];
    for (field, value, range) in ranges {
        if !range.contains(&value) {
            found.push(Problem::new(Code::MailboxOutOfRange, field));
        }
    }
    if settings.members.len() > MAILBOX_MEMBERS_MAX {
        found.push(Problem::new(Code::MailboxListTooLong, "members"));
    }
    if settings.emails.len() > MAILBOX_EMAILS_MAX {
        found.push(Problem::new(Code::MailboxListTooLong, "emails"));
    }
    if let Some(code) = settings.after_hours.as_ref().and_then(|one| prompt::problem(&one.greeting)) {
        found.push(Problem::new(code, "after_hours.greeting"));
    }
    if settings.app_greetings.len() > MAILBOX_GREETINGS_MAX {
        found.push(Problem::new(Code::MailboxListTooLong, "app_greetings"));
    }
    let mut seen = BTreeSet::new();
    for (index, one) in settings.app_greetings.iter().enumerate() {
        if let Some(code) = prompt::problem(&one.greeting) {
            found.push(Problem::new(code, format!("app_greetings[{index}].greeting")));
        }
        if !seen.insert(one.via) {
            found.push(Problem::new(Code::MailboxDuplicate, format!("app_greetings[{index}]")));
        }
    }
    if settings.groups.len() > MAILBOX_GROUPS_MAX {
        found.push(Problem::new(Code::MailboxListTooLong, "groups"));
    }
    let mut seen = BTreeSet::new();
    for (index, one) in settings.groups.iter().enumerate() {
        if !seen.insert(one.group) {
            found.push(Problem::new(Code::MailboxDuplicate, format!("groups[{index}]")));
        }
    }
    let mut seen = BTreeSet::new();
    for (index, member) in settings.members.iter().enumerate() {
        if !seen.insert(member.user) {
            found.push(Problem::new(Code::MailboxDuplicate, format!("members[{index}]")));
        }
    }
    let mut seen = BTreeSet::new();
    for (index, email) in settings.emails.iter().enumerate() {
        if !is_email(email) {
            found.push(Problem::new(Code::EmailMalformed, format!("emails[{index}]")));
        } else if !seen.insert(email.to_lowercase()) {
            found.push(Problem::new(Code::MailboxDuplicate, format!("emails[{index}]")));
        }
    }
    found
}

/// What is wrong with a person's mailbox.
pub fn personal_problems(personal: &Personal) -> Vec<Problem> {
    let code = personal.greeting.as_ref().and_then(prompt::problem);
    code.map(|code| Problem::new(code, "greeting")).into_iter().collect()
}
