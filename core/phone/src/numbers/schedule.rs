//! Opening hours and holidays in a time zone. Specification of voice apps, 1.10.

pub mod calendar;
pub mod check;
mod windows_zones;
pub mod yearly;

use std::cmp::Reverse;
use std::ops::RangeInclusive;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

pub use self::windows_zones::{iana_name, names as windows_names};
use self::yearly::Yearly;
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
    /// In effect on days that come each year.
    Yearly { days: Vec<Yearly> },
}

/// From `start` up to but not including `end`; an end of midnight means the day's end, an end before the start a time
/// on the next day.
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

/// The zone of an IANA name, from the rules that the program carries and not from the machine's.
pub fn time_zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

impl Schedule {
    /// Whether the schedule is in effect at an instant.
    ///
    /// Bounds are local times. One that the clock skips in spring moves forward to the first moment that exists; of two
    /// in autumn that read alike, a range begins at the first and ends at the second.
    pub fn is_in_effect(&self, at: Timestamp, zone: &TimeZone) -> bool {
        match &self.rule {
            Rule::Fixed { .. } | Rule::Yearly { .. } => self.began(at, zone).is_some(),
            Rule::Weekly { days, complement } => within_week(days, at, zone) != *complement,
        }
    }

    /// When the date range began that is in effect, the latest if there are several; none for weekly hours.
    pub fn began(&self, at: Timestamp, zone: &TimeZone) -> Option<DateTime> {
        match &self.rule {
            Rule::Fixed { ranges } => {
                ranges.iter().filter(|range| range.contains(at, zone)).map(|range| range.start).max()
            }
            Rule::Weekly { .. } => None,
            Rule::Yearly { .. } => {
                let year = zone.to_datetime(at).year();
                let near = year.saturating_sub(1)..=year.saturating_add(1);
                let ranges = self.rule.dates(near);
                ranges.into_iter().filter(|range| range.contains(at, zone)).map(|range| range.start).max()
            }
        }
    }
}

/// Of the schedules in effect, the one that began last; then by name. Specification 2.3.
pub fn latest<'a>(
    schedules: impl Iterator<Item = &'a Schedule>,
    at: Timestamp,
    zone: &TimeZone,
) -> Option<&'a Schedule> {
    let in_effect = schedules.filter(|schedule| schedule.is_in_effect(at, zone));
    in_effect.min_by_key(|schedule| (Reverse(schedule.began(at, zone)), schedule.name.as_str()))
}

impl Rule {
    /// Spans of dates: all of them, or those that begin in these years where they come each year; none of weekly hours.
    pub fn dates(&self, years: RangeInclusive<i16>) -> Vec<DateTimeRange> {
        match self {
            Self::Fixed { ranges } => ranges.clone(),
            Self::Weekly { .. } => Vec::new(),
            Self::Yearly { days } => {
                years.flat_map(|year| days.iter().filter_map(move |day| day.in_year(year))).collect()
            }
        }
    }

    /// The same rule with ranges across midnight split in two, each on its own day.
    pub fn split_at_midnight(self) -> Self {
        let Self::Weekly { days, complement } = self else { return self };
        let mut split: [Vec<TimeRange>; 7] = Default::default();
        for (weekday, ranges) in days.into_iter().enumerate() {
            for range in ranges {
                if range.crosses_midnight() {
                    let evening = TimeRange { start: range.start, end: Time::midnight() };
                    let morning = TimeRange { start: Time::midnight(), end: range.end };
                    split[weekday].push(evening);
                    split[(weekday + 1) % 7].push(morning);
                } else {
                    split[weekday].push(range);
                }
            }
        }
        for ranges in &mut split {
            ranges.sort_by_key(|range| range.start);
        }
        Self::Weekly { days: split, complement }
    }
}

impl TimeRange {
    /// Whether it ends on the day after it begins, and not just with the day.
    pub fn crosses_midnight(self) -> bool {
        self.end <= self.start && self.end != Time::midnight()
    }

    fn on(self, date: Date) -> Option<DateTimeRange> {
        let last = if self.end <= self.start { date.tomorrow().ok()? } else { date };
        Some(DateTimeRange { start: date.to_datetime(self.start), end: last.to_datetime(self.end) })
    }
}

impl DateTimeRange {
    /// Whether an instant lies in the range, by the rule of [`Schedule::is_in_effect`].
    pub fn contains(self, at: Timestamp, zone: &TimeZone) -> bool {
        // No clock was ever moved by more than a day, so most ranges need no look at the zone's rules.
        let local = zone.to_datetime(at);
        let margin = Span::new().hours(25);
        let near = |bound: DateTime| (bound.saturating_sub(margin), bound.saturating_add(margin));
        let (start_from, start_to) = near(self.start);
        let (end_from, end_to) = near(self.end);
        if local < start_from || local >= end_to {
            return false;
        }
        if local >= start_to && local < end_from {
            return true;
        }
        let started = earliest(self.start, zone).is_some_and(|start| start <= at);
        started && latest_instant(self.end, zone).is_some_and(|end| at < end)
    }
}

/// Monday first. The days around are looked at as well: a range may cross midnight, and so may the clock.
fn within_week(days: &[Vec<TimeRange>; 7], at: Timestamp, zone: &TimeZone) -> bool {
    let today = zone.to_datetime(at).date();
    let around = [today.yesterday().ok(), Some(today), today.tomorrow().ok()];
    around.into_iter().flatten().any(|date| {
        let ranges = &days[usize::from(monday_based(date.weekday()))];
        ranges.iter().filter_map(|range| range.on(date)).any(|range| range.contains(at, zone))
    })
}

/// 0 for Monday to 6 for Sunday.
fn monday_based(weekday: Weekday) -> u8 {
    weekday.to_monday_zero_offset().unsigned_abs()
}

/// The first instant at which the clock shows this time, or the first after it where it is skipped.
fn earliest(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
            offset.to_timestamp(local).ok()
        }
        AmbiguousOffset::Gap { before, .. } => end_of_gap(before.to_timestamp(local).ok()?, zone),
    }
}

/// The last instant at which the clock shows this time, or the first after it where it is skipped.
fn latest_instant(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { after: offset, .. } => {
            offset.to_timestamp(local).ok()
        }
        AmbiguousOffset::Gap { before, .. } => end_of_gap(before.to_timestamp(local).ok()?, zone),
    }
}

/// When the clock was moved forward, given a skipped time read with the offset from before: not long before that.
fn end_of_gap(read_as_before: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let just_after = read_as_before.checked_add(Span::new().nanoseconds(1)).ok()?;
    zone.preceding(just_after).next().map(|transition| transition.timestamp())
}
