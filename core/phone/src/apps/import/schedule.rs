//! Opening hours and holidays of an export.

use jiff::civil::{Date, DateTime, Time};
use serde_json::Value;

use super::fields::{Fields, NoteKind};
use crate::numbers::schedule::{DateTimeRange, Rule, TimeRange};

const DAYS: [&str; 7] =
    ["MondayHours", "TuesdayHours", "WednesdayHours", "ThursdayHours", "FridayHours", "SaturdayHours", "SundayHours"];

/// The rule of a schedule; none, with a note, if it has none.
pub(super) fn read(fields: &mut Fields) -> Option<Rule> {
    let weekly = fields.inner("WeeklyRecurrentSchedule").map(weekly);
    let fixed = fields.inner("FixedSchedule").map(fixed);
    let rule = match (weekly, fixed) {
        (Some((rule, inner)), _) | (None, Some((rule, inner))) => {
            fields.join(inner);
            rule
        }
        (None, None) => None,
    };
    fields.end(&["Id", "Type", "AssociatedConfigurationIds", "AssociatedConfigurationId"]);
    if rule.is_none() {
        fields.left_out("", "has no hours and no dates, and is not made");
    }
    rule
}

fn weekly(mut fields: Fields) -> (Option<Rule>, Fields) {
    let mut days: [Vec<TimeRange>; 7] = Default::default();
    for (day, name) in days.iter_mut().zip(DAYS) {
        for (index, item) in fields.list(name).into_iter().enumerate() {
            match time_range(&item) {
                Some(range) => day.push(range),
                None => fields.left_out(&format!("{name}[{index}]"), "is no range of times"),
            }
        }
    }
    let complement = fields.yes("ComplementEnabled").unwrap_or(false);
    // The same as text.
    fields.end(&DAYS.map(|day| ["Display", day].concat()).each_ref().map(String::as_str));
    let is_empty = days.iter().all(Vec::is_empty);
    ((!is_empty).then_some(Rule::Weekly { days, complement }), fields)
}

fn fixed(mut fields: Fields) -> (Option<Rule>, Fields) {
    let mut ranges = Vec::new();
    for (index, item) in fields.list("DateTimeRanges").into_iter().enumerate() {
        let field = format!("DateTimeRanges[{index}]");
        let (start, end) = (item.get("Start"), item.get("End"));
        let is_zoned = [start, end].iter().flatten().any(|bound| bound.as_str().is_some_and(is_instant));
        let start = start.and_then(date_time);
        match (start, end.and_then(date_time).or_else(|| start.and_then(next_midnight))) {
            (Some(start), Some(end)) => ranges.push(DateTimeRange { start, end }),
            _ => fields.left_out(&field, "is no range of dates"),
        }
        if is_zoned {
            let words =
                "is written as an instant, and is read as if the exporting machine's clock were UTC: check the hours";
            fields.note(NoteKind::Changed, &field, words);
        }
    }
    fields.end(&["DisplayDateTimeRanges"]);
    (Some(Rule::Fixed { ranges }), fields)
}

fn time_range(item: &Value) -> Option<TimeRange> {
    if let Some(text) = item.as_str() {
        // As PowerShell prints a range: 09:00:00-17:00:00.
        let (start, end) = text.rsplit_once('-')?;
        return Some(TimeRange { start: clock(start)?, end: clock(end)? });
    }
    Some(TimeRange { start: span(item.get("Start")?)?, end: span(item.get("End")?)? })
}

/// A span of time since midnight, as text or in its parts; a whole day is midnight again.
fn span(value: &Value) -> Option<Time> {
    match value {
        Value::String(text) => clock(text),
        Value::Object(parts) => {
            let part = |name: &str| parts.get(name).and_then(Value::as_i64).unwrap_or(0);
            let in_day = part("Days") < 1 || (part("Days") == 1 && part("Hours") == 0 && part("Minutes") == 0);
            let (hour, minute) = (i8::try_from(part("Hours")).ok()?, i8::try_from(part("Minutes")).ok()?);
            Time::new(hour, minute, 0, 0).ok().filter(|_| in_day)
        }
        Value::Array(_) | Value::Bool(_) | Value::Null | Value::Number(_) => None,
    }
}

/// `09:00`, `09:00:00`, or `1.00:00:00` for the day's end.
fn clock(text: &str) -> Option<Time> {
    let text = text.trim();
    if matches!(text, "1.00:00:00" | "1.00:00" | "24:00" | "24:00:00") {
        return Some(Time::midnight());
    }
    let mut parts = text.splitn(3, ':').map(|part| part.parse::<i8>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    Time::new(hour, minute, 0, 0).ok()
}

/// A local time: ISO 8601 without a zone, `d/m/yyyy H:mm`, or what older PowerShell makes of it.
fn date_time(value: &Value) -> Option<DateTime> {
    let text = match value {
        Value::String(text) => text.trim(),
        Value::Object(parts) => parts.get("DateTime").or_else(|| parts.get("value"))?.as_str()?.trim(),
        Value::Array(_) | Value::Bool(_) | Value::Null | Value::Number(_) => return None,
    };
    if let Some(millis) = text.strip_prefix("/Date(").and_then(|rest| rest.split([')', '+']).next()) {
        let at = jiff::Timestamp::from_millisecond(millis.parse().ok()?).ok()?;
        return Some(jiff::tz::TimeZone::UTC.to_datetime(at));
    }
    if let Ok(at) = text.trim_end_matches('Z').parse::<DateTime>() {
        return Some(at);
    }
    let (date, time) = text.split_once(' ').map_or((text, "0:00"), |(date, time)| (date, time));
    let mut parts = date.splitn(3, '/').map(|part| part.parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some(date.to_datetime(clock(time)?))
}

fn is_instant(text: &str) -> bool {
    text.starts_with("/Date(") || text.ends_with('Z')
}

/// Where a range ends that names no end. Specification 1.10.
fn next_midnight(start: DateTime) -> Option<DateTime> {
    start.date().tomorrow().ok().map(|day| day.to_datetime(Time::midnight()))
}
