//! Opening hours and holidays in a time zone. Specification of voice apps, 1.10.

use jiff::civil::{DateTime, Time};
use serde::{Deserialize, Serialize};

use crate::id::ScheduleId;

/// A schedule that attendants share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    pub id: ScheduleId,
    pub name: String,
    pub rule: Rule,
}

/// Weekly hours, or single spans of dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Rule {
    /// In effect within any of the ranges; never when there is none.
    Fixed { ranges: Vec<DateTimeRange> },
    /// In effect within the ranges of each weekday (Monday first), or outside all of them with `complement`.
    Weekly { days: [Vec<TimeRange>; 7], complement: bool },
}

/// From `start` up to but not including `end`; an end of midnight means the day's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeRange {
    pub start: Time,
    pub end: Time,
}

/// From `start` up to but not including `end`, in local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateTimeRange {
    pub start: DateTime,
    pub end: DateTime,
}
