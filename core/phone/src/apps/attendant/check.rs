//! What can be said of an attendant's settings without looking at other objects. Specification of voice apps, 1.4–1.8.

use std::collections::BTreeSet;

use super::{Action, CallFlow, DirectorySearch, Key, Settings, voice};
use crate::apps::hours;
use crate::apps::prompt;
use crate::limits::{NAME_CHARS_MAX, PHRASE_CHARS_MAX, PHRASES_MAX, SCOPE_GROUPS_MAX};
use crate::numbers::schedule::time_zone;
use crate::problem::{Code, Problem};

/// What is wrong with these settings.
pub fn problems(settings: &Settings) -> Vec<Problem> {
    let mut found = Vec::new();
    match settings.name.chars().count() {
        0 => found.push(Problem::new(Code::NameEmpty, "name")),
        1..=NAME_CHARS_MAX => {}
        _ => found.push(Problem::new(Code::NameTooLong, "name")),
    }
    if time_zone(&settings.time_zone).is_none() {
        found.push(Problem::new(Code::TimeZoneUnknown, "time_zone"));
    }
    if !(2..=20).contains(&settings.wait_secs) {
        found.push(Problem::new(Code::WaitOutOfRange, "wait_secs"));
    }
    if settings.direct_digits.is_some_and(|n_digits| !(2..=DIRECT_DIGITS_MAX).contains(&n_digits)) {
        found.push(Problem::new(Code::DirectDigits, "direct_digits"));
    }
    for (field, groups) in [
        ("inclusion_scope", settings.dial_scope.included.as_ref()),
        ("exclusion_scope", Some(&settings.dial_scope.excluded)),
    ] {
        if groups.is_some_and(|groups| groups.len() > SCOPE_GROUPS_MAX) {
            found.push(Problem::new(Code::TooManyScopeGroups, format!("{field}.groups")));
        }
    }
    flow(&settings.default_flow, "default_flow", settings, &mut found);
    associations(settings, &mut found);
    found
}

/// As long as an extension may be.
const DIRECT_DIGITS_MAX: u8 = 10;

fn associations(settings: &Settings, found: &mut Vec<Problem>) {
    hours::check(&settings.times(), "associations", found);
    for (index, association) in settings.associations.iter().enumerate() {
        flow(&association.flow, &format!("associations[{index}].flow"), settings, found);
    }
}

fn flow(flow: &CallFlow, field: &str, settings: &Settings, found: &mut Vec<Problem>) {
    let language = settings.language.as_str();
    prompt::check(flow.greeting.as_ref(), language, || format!("{field}.greeting"), found);
    let menu = &flow.menu;
    prompt::check(menu.prompt.as_ref(), language, || format!("{field}.menu.prompt"), found);
    if menu.options.is_empty() && menu.directory_search == DirectorySearch::None {
        found.push(Problem::new(Code::MenuEmpty, format!("{field}.menu")));
    }
    let mut keys = BTreeSet::new();
    for (index, option) in menu.options.iter().enumerate() {
        let field = format!("{field}.menu.options[{index}]");
        if option.phrases.len() > PHRASES_MAX {
            found.push(Problem::new(Code::TooManyPhrases, format!("{field}.phrases")));
        }
        for (index, phrase) in option.phrases.iter().enumerate() {
            let words = voice::plain(phrase.text().unwrap_or_default());
            if words.is_empty() || PHRASE_CHARS_MAX < words.chars().count() {
                found.push(Problem::new(Code::PhraseLength, format!("{field}.phrases[{index}]")));
            }
        }
        match option.key {
            Key::Automatic if menu.options.len() > 1 => {
                found.push(Problem::new(Code::AutomaticNotAlone, format!("{field}.key")));
            }
            Key::Automatic | Key::Digit('0'..='9' | '*' | '#') => {}
            Key::Digit(_) => found.push(Problem::new(Code::KeyUnknown, format!("{field}.key"))),
        }
        if !keys.insert(option.key) {
            found.push(Problem::new(Code::DuplicateKey, format!("{field}.key")));
        }
        match &option.action {
            Action::Announcement { prompt } => {
                prompt::check(Some(prompt), language, || format!("{field}.action.prompt"), found);
            }
            Action::Operator if settings.operator.is_none() => {
                found.push(Problem::new(Code::OperatorMissing, format!("{field}.action")));
            }
            Action::Disconnect | Action::Operator | Action::SearchDirectory { .. } | Action::Transfer { .. } => {}
        }
    }
}
