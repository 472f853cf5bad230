//! Holidays from a calendar file. RFC 5545.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::{DateTimeRange, time_zone};
use crate::limits::DATE_RANGES_MAX;

/// Years that an event without an end comes again.
const YEARS_MAX: i16 = 10;

/// What a calendar says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// In order, those that touch or overlap as one.
    pub ranges: Vec<DateTimeRange>,
    /// Events that were left out, by name: they come again in a way that is not yearly, or have no time.
    pub skipped: Vec<String>,
}

/// This is no calendar that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCalendar {
    #[error("this is no calendar: it begins with BEGIN:VCALENDAR")]
    Malformed,
    #[error("a schedule has at most {DATE_RANGES_MAX} date ranges")]
    TooMany,
}

/// An event as it is read.
#[derive(Default)]
struct Event {
    name: String,
    start: Option<Moment>,
    end: Option<Moment>,
    days: Option<i64>,
    rule: Option<String>,
    is_cancelled: bool,
}

#[derive(Clone, Copy)]
enum Moment {
    Day(Date),
    At(DateTime),
}

/// Reads a calendar file. Times are told in `zone`; an event of whole days is whole days everywhere.
pub fn read_calendar(text: &str, zone: &TimeZone) -> Result<Calendar, NoCalendar> {
    let mut lines = unfolded(text).into_iter().filter(|line| !line.trim().is_empty()).peekable();
    let is_calendar = lines.peek().is_some_and(|line| line.trim().eq_ignore_ascii_case("BEGIN:VCALENDAR"));
    if !is_calendar {
        return Err(NoCalendar::Malformed);
    }
    let mut calendar = Calendar::default();
    let mut event: Option<Event> = None;
    for line in lines {
        let Some((head, value)) = line.split_once(':') else { continue };
        let mut params = head.split(';');
        let name = params.next().unwrap_or_default().to_ascii_uppercase();
        match (name.as_str(), value.trim(), &mut event) {
            ("BEGIN", "VEVENT", _) => event = Some(Event::default()),
            ("END", "VEVENT", _) => {
                if let Some(event) = event.take() {
                    calendar.add(&event);
                }
            }
            (_, _, None) => {}
            ("SUMMARY", value, Some(event)) => value.clone_into(&mut event.name),
            ("DTSTART", value, Some(event)) => event.start = moment(value, params, zone),
            ("DTEND", value, Some(event)) => event.end = moment(value, params, zone),
            ("DURATION", value, Some(event)) => event.days = days(value),
            ("RRULE", value, Some(event)) => event.rule = Some(value.to_ascii_uppercase()),
            ("STATUS", value, Some(event)) => event.is_cancelled = value.eq_ignore_ascii_case("CANCELLED"),
            (_, _, Some(_)) => {}
        }
        if DATE_RANGES_MAX < calendar.ranges.len() {
            return Err(NoCalendar::TooMany);
        }
    }
    calendar.merge();
    Ok(calendar)
}

impl Calendar {
    fn add(&mut self, event: &Event) {
        if event.is_cancelled {
            return;
        }
        let Some(first) = event.range() else { return self.skipped.push(event.name.clone()) };
        let Some(rule) = &event.rule else { return self.ranges.push(first) };
        match again(rule) {
            Some(again) => self.ranges.extend(again.of(first)),
            None => self.skipped.push(event.name.clone()),
        }
    }

    fn merge(&mut self) {
        self.ranges.sort_by_key(|range| (range.start, range.end));
        let mut merged: Vec<DateTimeRange> = Vec::with_capacity(self.ranges.len());
        for range in self.ranges.drain(..) {
            match merged.last_mut().filter(|last| range.start <= last.end) {
                Some(last) => last.end = last.end.max(range.end),
                None => merged.push(range),
            }
        }
        self.ranges = merged;
    }
}

impl Event {
    fn range(&self) -> Option<DateTimeRange> {
        let at = |moment: Moment| match moment {
            Moment::Day(date) => date.to_datetime(Time::midnight()),
            Moment::At(at) => at,
        };
        let start = self.start?;
        let end = match (self.end, self.days) {
            (Some(end), _) => at(end),
            (None, Some(days)) => at(start).checked_add(Span::new().try_days(days).ok()?).ok()?,
            // Without an end it lasts for the day.
            (None, None) => at(start).date().tomorrow().ok()?.to_datetime(Time::midnight()),
        };
        // Seconds say nothing of opening hours, and schedules know none.
        let whole = |at: DateTime| at.with().second(0).subsec_nanosecond(0).build().ok();
        let (start, end) = (whole(at(start))?, whole(end)?);
        (start < end).then_some(DateTimeRange { start, end })
    }
}

/// How an event comes again each year.
struct Again {
    interval: i16,
    n_times: i16,
    until: Option<Date>,
}

impl Again {
    fn of(&self, first: DateTimeRange) -> Vec<DateTimeRange> {
        let later = |time: i16| {
            let years = Span::new().try_years(time.checked_mul(self.interval)?).ok()?;
            let start = first.start.checked_add(years).ok()?;
            let end = first.end.checked_add(years).ok()?;
            // 29 February has none in most years, and is not its neighbour.
            let is_same_day = start.day() == first.start.day();
            let is_due = self.until.is_none_or(|until| start.date() <= until);
            (is_same_day && is_due).then_some(DateTimeRange { start, end })
        };
        (0..self.n_times.min(YEARS_MAX)).filter_map(later).collect()
    }
}

/// Reads a rule; none if it is not simply yearly.
fn again(rule: &str) -> Option<Again> {
    let mut again = Again { interval: 1, n_times: YEARS_MAX, until: None };
    let mut is_yearly = false;
    for part in rule.split(';') {
        match part.split_once('=')? {
            ("FREQ", "YEARLY") => is_yearly = true,
            ("INTERVAL", value) => again.interval = value.parse().ok().filter(|years| *years >= 1)?,
            ("COUNT", value) => again.n_times = value.parse().ok()?,
            ("UNTIL", value) => again.until = Some(date(value.get(..8)?)?),
            ("WKST", _) => {}
            // The day that the event begins on says the same, or the event is one that moves.
            ("BYMONTH" | "BYMONTHDAY", value) if !value.contains(',') => {}
            _ => return None,
        }
    }
    is_yearly.then_some(again)
}

fn moment<'a>(value: &str, mut params: impl Iterator<Item = &'a str>, zone: &TimeZone) -> Option<Moment> {
    let day = date(value.get(..8)?)?;
    let Some(time) = value.get(8..).and_then(|rest| rest.strip_prefix('T')) else { return Some(Moment::Day(day)) };
    let (time, is_utc) = time.strip_suffix('Z').map_or((time, false), |time| (time, true));
    let part = |at: usize| time.get(at..at + 2)?.parse::<i8>().ok();
    let at = day.to_datetime(Time::new(part(0)?, part(2)?, part(4).unwrap_or(0), 0).ok()?);
    let named = params.find_map(|param| param.strip_prefix("TZID=").map(|name| name.trim_matches('"')));
    let from = if is_utc { Some(TimeZone::UTC) } else { named.and_then(time_zone) };
    let local = |from: TimeZone| -> Option<DateTime> {
        let at: Timestamp = at.to_zoned(from).ok()?.timestamp();
        Some(zone.to_datetime(at))
    };
    Some(Moment::At(from.map_or(Some(at), local)?))
}

fn date(text: &str) -> Option<Date> {
    let is_digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let part = |from: usize, to: usize| text.get(from..to).filter(|_| is_digits);
    Date::new(part(0, 4)?.parse().ok()?, part(4, 6)?.parse().ok()?, part(6, 8)?.parse().ok()?).ok()
}

/// Whole days or weeks; other lengths are not written for holidays.
fn days(text: &str) -> Option<i64> {
    let text = text.strip_prefix('P')?;
    let n_days = match (text.strip_suffix('D'), text.strip_suffix('W')) {
        (Some(days), _) => days.parse::<i64>().ok()?,
        (None, Some(weeks)) => weeks.parse::<i64>().ok()?.checked_mul(7)?,
        (None, None) => return None,
    };
    (1..=366).contains(&n_days).then_some(n_days)
}

/// Lines, where one that begins with a blank goes on with the one before. RFC 5545 3.1
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.trim_start_matches('\u{feff}').lines() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(last)) => last.push_str(more),
            (_, _) => lines.push(line.to_owned()),
        }
    }
    lines
}
