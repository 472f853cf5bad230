//! For whom, and for how long, spending is counted. Specification of numbers, 5.3.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::pool::Period;
use crate::id::{ResourceAccountId, SiteId, UserId};

/// What spending is counted for. One call counts for several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Scope {
    /// A service: an attendant or a queue behind the number.
    Account(ResourceAccountId),
    Department(String),
    /// The whole organization.
    Everybody,
    Person(UserId),
    Site(SiteId),
    /// A word of the number that the call is made with, or comes to.
    Tag(String),
}

/// A time that spending is added up in, where the organization is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Span {
    Day(Date),
    Ever,
    Month(Period),
}

/// How often counting begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    Day,
    /// Never: what is spent is gone until the limit is raised.
    Ever,
    Month,
}

impl Every {
    /// The span that a time is in.
    pub fn span(self, at: Timestamp, zone: &TimeZone) -> Span {
        match self {
            Self::Day => Span::Day(at.to_zoned(zone.clone()).date()),
            Self::Ever => Span::Ever,
            Self::Month => Span::Month(Period::of(at, zone)),
        }
    }

    /// In words, behind an amount.
    pub fn words(self) -> &'static str {
        match self {
            Self::Day => "a day",
            Self::Ever => "in all",
            Self::Month => "a month",
        }
    }
}

impl Span {
    /// The spans that a time is in, one of each kind.
    pub fn all(at: Timestamp, zone: &TimeZone) -> [Self; 3] {
        [Every::Day, Every::Ever, Every::Month].map(|every| every.span(at, zone))
    }

    /// Reads `2026-11-04`, `2026-11` or `ever`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "ever" => Some(Self::Ever),
            text => Period::parse(text).map(Self::Month).or_else(|| text.parse().ok().map(Self::Day)),
        }
    }
}

impl Scope {
    /// Reads `everybody`, `department:Sales`, `person:ID`, `site:ID`, `account:ID` or `tag:front desk`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "everybody" {
            return Some(Self::Everybody);
        }
        let (kind, name) = text.split_once(':')?;
        let id = || name.parse::<Uuid>().ok();
        match kind {
            "account" => Some(Self::Account(ResourceAccountId(id()?))),
            "department" if !name.is_empty() => Some(Self::Department(name.to_owned())),
            "person" => Some(Self::Person(UserId(id()?))),
            "site" => Some(Self::Site(SiteId(id()?))),
            "tag" if !name.is_empty() => Some(Self::Tag(name.to_owned())),
            _ => None,
        }
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account(id) => write!(f, "account:{id}"),
            Self::Department(name) => write!(f, "department:{name}"),
            Self::Everybody => f.write_str("everybody"),
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Site(id) => write!(f, "site:{id}"),
            Self::Tag(tag) => write!(f, "tag:{tag}"),
        }
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Day(date) => date.fmt(f),
            Self::Ever => f.write_str("ever"),
            Self::Month(period) => period.fmt(f),
        }
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

impl TryFrom<String> for Scope {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("everybody, department:NAME, person:ID, site:ID, account:ID or tag:WORD")
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl TryFrom<String> for Span {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a day, a month or ever")
    }
}
