//! One setting of a policy or a trunk: what it is called, what it does, and which values it takes.
//!
//! A value that can be read is right by itself: ranges and lengths are part of its type, and so is what is said of a
//! value that can't be read.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::bounded::{Few, Text, Whole};
use crate::id::{DialPlanId, PromptKey, ResourceAccountId, SiteId, TranslationRuleId, TrunkId};
use crate::numbers::E164;

/// What is known of a setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    pub form: Form,
    /// Reads a value and says why it can't.
    pub(crate) read: fn(&Value) -> Result<(), String>,
}

/// Which values a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Choice(&'static [&'static str]),
    /// Objects, in words.
    Entries {
        of: &'static str,
        n_max: usize,
    },
    HttpsUrl,
    /// The tag of a language.
    Language,
    /// A moment in time.
    Moment,
    Number,
    /// One of these, or null.
    Optional(&'static Form),
    /// The id of something else.
    Reference(&'static str),
    Text {
        chars_max: usize,
    },
    Texts {
        n_max: usize,
    },
    Whole {
        min: u32,
        max: u32,
    },
    Wholes {
        min: u32,
        max: u32,
        n_max: usize,
    },
    YesNo,
}

/// What is wrong with one setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingFault {
    /// A path from the object: `settings.park_timeout_seconds`.
    pub field: String,
    pub code: &'static str,
    pub message: String,
}

/// What settings are of, in words and codes.
pub(crate) struct Kin {
    /// Such as `a calling policy`.
    pub(crate) what: String,
    pub(crate) unknown: &'static str,
    pub(crate) malformed: &'static str,
}

/// What a setting may be of.
pub trait Formed {
    /// How its values are written.
    const FORM: Form;
}

/// An address that begins with `https://`, shorter than 1,024 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct HttpsUrl(String);

/// The tag of a language, such as `en-US`. BCP 47
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct LanguageTag(String);

/// Specification of calling, 6: shorter than this.
const URL_CHARS_MAX: usize = 1_024;
/// What BCP 47 recommends to leave room for. RFC 5646 4.4.1
const TAG_CHARS_MAX: usize = 35;

impl<'de> Deserialize<'de> for HttpsUrl {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let url = String::deserialize(from)?;
        let host = url.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
        let is_plain = url.chars().all(|char| char.is_ascii_graphic());
        let fits = url.len() < URL_CHARS_MAX && is_plain && host.is_some_and(|host| !host.is_empty());
        fits.then_some(Self(url)).ok_or_else(|| serde::de::Error::custom("no https address"))
    }
}

impl<'de> Deserialize<'de> for LanguageTag {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let tag = String::deserialize(from)?;
        let is_part =
            |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let begins_well = tag
            .split('-')
            .next()
            .is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase()));
        let fits = tag.len() <= TAG_CHARS_MAX && begins_well && tag.split('-').all(is_part);
        fits.then_some(Self(tag)).ok_or_else(|| serde::de::Error::custom("no tag of a language"))
    }
}

impl Formed for bool {
    const FORM: Form = Form::YesNo;
}

impl<const MIN: u32, const MAX: u32> Formed for Whole<MIN, MAX> {
    const FORM: Form = Form::Whole { min: MIN, max: MAX };
}

impl<const MAX: usize> Formed for Text<MAX> {
    const FORM: Form = Form::Text { chars_max: MAX };
}

impl<const N: usize, const MAX: usize> Formed for Few<Text<N>, MAX> {
    const FORM: Form = Form::Texts { n_max: MAX };
}

impl Formed for HttpsUrl {
    const FORM: Form = Form::HttpsUrl;
}

impl Formed for LanguageTag {
    const FORM: Form = Form::Language;
}

impl Formed for E164 {
    const FORM: Form = Form::Number;
}

impl Formed for ResourceAccountId {
    const FORM: Form = Form::Reference("resource account");
}

impl Formed for DialPlanId {
    const FORM: Form = Form::Reference("dial plan");
}

impl Formed for SiteId {
    const FORM: Form = Form::Reference("site");
}

impl Formed for TrunkId {
    const FORM: Form = Form::Reference("trunk");
}

impl<const MAX: usize> Formed for Few<TranslationRuleId, MAX> {
    const FORM: Form = Form::Entries { of: "the id of a translation rule", n_max: MAX };
}

impl<const MIN: u32, const MAX: u32, const N: usize> Formed for Few<Whole<MIN, MAX>, N> {
    const FORM: Form = Form::Wholes { min: MIN, max: MAX, n_max: N };
}

impl Formed for jiff::Timestamp {
    const FORM: Form = Form::Moment;
}

impl Formed for PromptKey {
    const FORM: Form = Form::Reference("audio file");
}

impl<T: Formed> Formed for Option<T> {
    const FORM: Form = Form::Optional(&T::FORM);
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Choice(words) => write!(f, "one of {}", words.join(", ")),
            Self::Entries { of, n_max } => write!(f, "a list of at most {n_max}, each {of}"),
            Self::HttpsUrl => {
                write!(f, "an address that begins with https://, shorter than {URL_CHARS_MAX} characters")
            }
            Self::Language => f.write_str("a language such as en-US"),
            Self::Moment => f.write_str("a moment such as 2026-11-28T22:00:00Z"),
            Self::Number => f.write_str("a number such as +14255550100"),
            Self::Optional(form) => write!(f, "{form}, or null"),
            Self::Reference(what) => write!(f, "the id of a {what}"),
            Self::Text { chars_max } => write!(f, "a text of at most {chars_max} characters"),
            Self::Texts { n_max } => write!(f, "a list of at most {n_max} texts"),
            Self::Whole { min, max } => write!(f, "a whole number from {min} to {max}"),
            Self::Wholes { min, max, n_max } => {
                write!(f, "a list of at most {n_max} whole numbers from {min} to {max}")
            }
            Self::YesNo => f.write_str("true or false"),
        }
    }
}

/// Settings with some of them changed. `first` is what each is before anybody changes it: a setting that is null and may
/// not be is that again.
pub(crate) fn merged(
    known: &[Setting],
    first: &Value,
    mut now: Value,
    wanted: &Map<String, Value>,
    kin: &Kin,
) -> Result<Value, Vec<SettingFault>> {
    let mut faults = Vec::new();
    for (name, wanted) in wanted {
        let Some(setting) = known.iter().find(|setting| setting.name == name) else {
            faults.push(unknown(known, name, kin));
            continue;
        };
        let back = wanted.is_null() && !matches!(setting.form, Form::Optional(_));
        let wanted = if back { first.get(name).cloned().unwrap_or_default() } else { wanted.clone() };
        if let Err(reason) = (setting.read)(&wanted) {
            faults.push(setting.malformed(&reason, kin));
        }
        if let Some(object) = now.as_object_mut() {
            object.insert(name.clone(), wanted);
        }
    }
    if faults.is_empty() { Ok(now) } else { Err(faults) }
}

fn unknown(known: &[Setting], name: &str, kin: &Kin) -> SettingFault {
    let close = known.iter().find(|setting| setting.name.contains(name) || name.contains(setting.name));
    let hint = close.map(|setting| format!("; did you mean {}?", setting.name)).unwrap_or_default();
    let message = format!("{} has no setting {name}{hint}", kin.what);
    SettingFault { field: format!("settings.{name}"), code: kin.unknown, message }
}

impl Setting {
    fn malformed(&self, reason: &str, kin: &Kin) -> SettingFault {
        let message = match self.form {
            // What is inside of a list is told by who could not read it.
            Form::Entries { .. } => format!("{} is {}: {reason}", self.name, self.form),
            Form::Choice(_)
            | Form::HttpsUrl
            | Form::Language
            | Form::Moment
            | Form::Number
            | Form::Optional(_)
            | Form::Reference(_)
            | Form::Text { .. }
            | Form::Texts { .. }
            | Form::Whole { .. }
            | Form::Wholes { .. }
            | Form::YesNo => format!("{} is {}", self.name, self.form),
        };
        SettingFault { field: format!("settings.{}", self.name), code: kin.malformed, message }
    }
}

/// A setting that is one of some words.
macro_rules! choices {
    ($($(#[doc = $doc:literal])+ $name:ident: $first:ident $first_word:literal $(, $other:ident $word:literal)*;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[allow(missing_docs, reason = "each is one of the words that the specification names")]
        pub enum $name {
            #[serde(rename = $first_word)]
            $first,
            $(#[serde(rename = $word)] $other,)*
        }

        impl $crate::setting::Formed for $name {
            const FORM: $crate::setting::Form =
                $crate::setting::Form::Choice(&[$first_word $(, $word)*]);
        }
    )+};
}

/// The settings of one type with their defaults: the value, and what is known of each.
macro_rules! settings {
    ($(#[doc = $about:literal])+ $name:ident {
        $($(#[doc = $doc:literal])+ $field:ident: $type:ty = $default:expr;)+
    }) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $field: $type,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        impl $name {
            /// What is known of each setting, in the order of the specification.
            pub const SETTINGS: &[$crate::setting::Setting] = &[$(
                $crate::setting::Setting {
                    name: stringify!($field),
                    about: concat!($($doc),+).trim_ascii(),
                    form: <$type as $crate::setting::Formed>::FORM,
                    read: |value| match <$type as serde::Deserialize>::deserialize(value) {
                        Ok(_) => Ok(()),
                        Err(error) => Err(error.to_string()),
                    },
                },
            )+];
        }
    };
}

pub(crate) use {choices, settings};
