//! Whether a schedule can be saved. Specification of voice apps, 1.10.

use std::mem::discriminant;

use jiff::civil::{DateTime, Time};

use super::yearly::Yearly;
use super::{DateTimeRange, Rule, Schedule, TimeRange};
use crate::limits::{DATE_RANGES_MAX, NAME_CHARS_MAX, RANGES_PER_DAY_MAX};
use crate::problem::{Code, Problem};

/// What is wrong with a schedule.
pub fn problems(schedule: &Schedule) -> Vec<Problem> {
    let mut found = Vec::new();
    match schedule.name.chars().count() {
        0 => found.push(Problem::new(Code::NameEmpty, "name")),
        1..=NAME_CHARS_MAX => {}
        _ => found.push(Problem::new(Code::NameTooLong, "name")),
    }
    match &schedule.rule {
        Rule::Fixed { ranges } => fixed(ranges, &mut found),
        Rule::Weekly { days, .. } => weekly(days, &mut found),
        Rule::Yearly { days } => yearly(days, &mut found),
    }
    found
}

/// What is wrong with a change of a schedule's rule.
pub fn change_problems(old: &Rule, new: &Rule) -> Vec<Problem> {
    if discriminant(old) == discriminant(new) {
        return Vec::new();
    }
    vec![Problem::new(Code::ScheduleTypeImmutable, "rule.type")]
}

/// Whether two date ranges share a moment; holidays of one attendant may not.
pub fn overlap(a: &DateTimeRange, b: &DateTimeRange) -> bool {
    a.start < b.end && b.start < a.end
}

fn fixed(ranges: &[DateTimeRange], found: &mut Vec<Problem>) {
    if ranges.len() > DATE_RANGES_MAX {
        found.push(Problem::new(Code::ScheduleTooManyRanges, "rule.ranges"));
    }
    for (index, range) in ranges.iter().enumerate() {
        let field = || format!("rule.ranges[{index}]");
        if range.start >= range.end {
            found.push(Problem::new(Code::RangeOrder, field()));
        }
        if !is_whole_minute(range.start.time()) || !is_whole_minute(range.end.time()) {
            found.push(Problem::new(Code::RangeNotAligned, field()));
        }
    }
    let bounds = ranges.iter().map(|range| (range.start, range.end)).collect();
    if any_overlap(bounds) {
        found.push(Problem::new(Code::ScheduleOverlap, "rule.ranges"));
    }
}

fn yearly(days: &[Yearly], found: &mut Vec<Problem>) {
    if days.len() > DATE_RANGES_MAX {
        found.push(Problem::new(Code::ScheduleTooManyRanges, "rule.days"));
    }
    for (index, day) in days.iter().enumerate() {
        let field = || format!("rule.days[{index}]");
        if !day.on.is_sound() {
            found.push(Problem::new(Code::YearlyMalformed, field()));
        }
        if day.start == day.end && day.end != Time::midnight() {
            found.push(Problem::new(Code::RangeOrder, field()));
        }
        if !is_whole_minute(day.start) || !is_whole_minute(day.end) {
            found.push(Problem::new(Code::RangeNotAligned, field()));
        }
    }
}

fn weekly(days: &[Vec<TimeRange>; 7], found: &mut Vec<Problem>) {
    if days.iter().all(Vec::is_empty) {
        found.push(Problem::new(Code::ScheduleEmptyWeekly, "rule.days"));
    }
    for (weekday, ranges) in days.iter().enumerate() {
        if ranges.len() > RANGES_PER_DAY_MAX {
            found.push(Problem::new(Code::ScheduleTooManyRanges, format!("rule.days[{weekday}]")));
        }
        for (index, range) in ranges.iter().enumerate() {
            let field = || format!("rule.days[{weekday}][{index}]");
            if range.start == range.end && range.end != Time::midnight() {
                found.push(Problem::new(Code::RangeOrder, field()));
            }
            if !is_whole_minute(range.start) || !is_whole_minute(range.end) {
                found.push(Problem::new(Code::RangeNotAligned, field()));
            }
        }
    }
    if week_overlaps(days) {
        found.push(Problem::new(Code::ScheduleOverlap, "rule.days"));
    }
}

/// In minutes of the week, Sunday's late ranges continued on Monday.
fn week_overlaps(days: &[Vec<TimeRange>; 7]) -> bool {
    const DAY: i32 = 24 * 60;
    let minute = |time: Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
    let mut bounds = Vec::new();
    for (weekday, ranges) in (0..).zip(days) {
        for range in ranges {
            let start = weekday * DAY + minute(range.start);
            let next_day = if range.end <= range.start { DAY } else { 0 };
            let end = weekday * DAY + minute(range.end) + next_day;
            bounds.push((start, end.min(7 * DAY)));
            if end > 7 * DAY {
                bounds.push((0, end - 7 * DAY));
            }
        }
    }
    any_overlap(bounds)
}

fn any_overlap<T: Ord + Copy>(mut bounds: Vec<(T, T)>) -> bool {
    bounds.sort_unstable();
    bounds.windows(2).any(|pair| matches!(pair, [(_, end), (start, _)] if start < end))
}

fn is_whole_minute(time: Time) -> bool {
    time.second() == 0 && time.subsec_nanosecond() == 0
}

/// The end of a date range that was written without one: midnight after the day that it begins on.
pub fn end_of_day(start: DateTime) -> Option<DateTime> {
    start.date().tomorrow().ok().map(|date| date.to_datetime(Time::midnight()))
}
