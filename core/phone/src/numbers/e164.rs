//! Numbers as people write them and as networks need them. ITU-T E.164.

use serde::{Deserialize, Serialize};

/// An international number, 1 to 15 digits, shown with a leading `+`. Made only by parsing.
///
/// Behind a carrier's number an organization's own exchange may have extensions, which carriers and we tell apart as
/// `+14255550100;ext=123`: a number of its own, of direct routing only. Specification of numbers, 1.0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct E164 {
    value: u64,
    /// 1 and the digits of the extension, which may begin with 0; 0 is none.
    extension: u64,
}

/// An extension: 1 to 10 digits, unique in its tenant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Extension(String);

/// Why a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotANumber {
    #[error("a number in E.164 form begins with + and has 1 to 15 digits")]
    NotE164,
    #[error("an extension has 1 to 10 digits")]
    NotAnExtension,
    #[error("an extension of a number has 1 to 15 digits")]
    NotANumbersExtension,
    #[error("no country has a number of this form")]
    NotPossible,
}

impl E164 {
    /// The lowest that can be written.
    pub(crate) const MIN: Self = Self { value: 1, extension: 0 };

    /// Reads `+` and 1 to 15 digits, the first of them not 0.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        Self::from_digits(text.strip_prefix('+').ok_or(NotANumber::NotE164)?)
    }

    /// Reads the digits alone.
    pub fn from_digits(digits: &str) -> Result<Self, NotANumber> {
        let plausible = (1..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if !plausible {
            return Err(NotANumber::NotE164);
        }
        digits.parse().map(|value| Self { value, extension: 0 }).map_err(|_| NotANumber::NotE164)
    }

    /// Reads what [`Self::parse`] reads, perhaps with `;ext=` and 1 to 15 digits.
    pub fn parse_with_extension(text: &str) -> Result<Self, NotANumber> {
        match split_extension(text) {
            Some((number, extension)) => Self::parse(number)?.with_extension(extension),
            None => Self::parse(text),
        }
    }

    /// The same number with an extension of 1 to 15 digits.
    pub fn with_extension(self, digits: &str) -> Result<Self, NotANumber> {
        let plausible = (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        let extension = format!("1{digits}").parse().ok().filter(|_| plausible);
        extension.map(|extension| Self { extension, ..self }).ok_or(NotANumber::NotANumbersExtension)
    }

    /// Whether it is one of several behind a carrier's number.
    pub fn has_extension(self) -> bool {
        self.extension != 0
    }

    /// The carrier's number.
    pub fn without_extension(self) -> Self {
        Self { extension: 0, ..self }
    }

    /// The digits of the carrier's number, without the `+`.
    pub fn digits(self) -> String {
        self.value.to_string()
    }

    /// Whether its form, `+` included, contains this.
    pub fn contains(self, part: &str) -> bool {
        if self.has_extension() {
            return self.to_string().contains(part);
        }
        let mut text = [b'+'; 16];
        let (mut rest, mut n) = (self.value, 1);
        for digit in text.iter_mut().rev() {
            if rest == 0 {
                break;
            }
            *digit = b'0'.saturating_add(u8::try_from(rest % 10).unwrap_or_default());
            rest /= 10;
            n += 1;
        }
        let text = text.get(text.len().saturating_sub(n)..).unwrap_or_default();
        part.is_empty() || text.windows(part.len()).any(|window| window == part.as_bytes())
    }

    /// How far it is to a later number of the same length; none if it is earlier or differs in length.
    pub fn distance_to(self, last: Self) -> Option<u64> {
        let same_length = self.value.checked_ilog10() == last.value.checked_ilog10();
        last.value.checked_sub(self.value).filter(|_| same_length)
    }

    /// Its digits as one number.
    pub(crate) fn value(self) -> u64 {
        self.value
    }

    /// All carriers' numbers from this one to `last`.
    pub fn up_to(self, last: Self) -> impl Iterator<Item = Self> {
        (self.value..=last.value).map(|value| Self { value, extension: 0 })
    }
}

/// The number and the digits after `;ext=`, in whatever capital letters; none without. RFC 3966 §3
pub fn split_extension(text: &str) -> Option<(&str, &str)> {
    let at = text.find(';')?;
    let (number, parameters) = text.split_at(at);
    let is_name = |name: &str| name.trim().eq_ignore_ascii_case("ext");
    let found = parameters.split(';').filter_map(|it| it.split_once('=')).find(|(name, _)| is_name(name));
    found.map(|(_, digits)| (number, digits.trim()))
}

impl std::fmt::Display for E164 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "+{}", self.value)?;
        match self.extension.to_string().get(1..) {
            Some(digits) if self.has_extension() => write!(f, ";ext={digits}"),
            Some(_) | None => Ok(()),
        }
    }
}

impl std::fmt::Debug for E164 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for E164 {
    type Error = NotANumber;

    fn try_from(text: String) -> Result<Self, NotANumber> {
        Self::parse_with_extension(&text)
    }
}

impl From<E164> for String {
    fn from(number: E164) -> Self {
        number.to_string()
    }
}

impl Extension {
    /// Reads 1 to 10 digits.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        let plausible = (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if plausible { Ok(Self(text.to_owned())) } else { Err(NotANumber::NotAnExtension) }
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Extension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Extension {
    type Error = NotANumber;

    fn try_from(text: String) -> Result<Self, NotANumber> {
        Self::parse(&text)
    }
}

impl From<Extension> for String {
    fn from(extension: Extension) -> Self {
        extension.0
    }
}
