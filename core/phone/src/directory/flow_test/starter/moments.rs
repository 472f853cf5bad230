//! The moments at which an attendant's flow may change, or a queue opens or closes.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::apps::hours::Time;
use crate::directory::Tenant;
use crate::numbers::schedule::{Rule, Schedule, TimeRange, time_zone};

/// Holidays of one schedule that are looked at: those of some years.
const HOLIDAYS_MAX: usize = 30;
/// Changes of the clock that are looked at: the next to summer and to winter.
const CLOCK_CHANGES_MAX: usize = 2;
/// How far ahead a flow is looked for, in quarters of an hour: two weeks.
const QUARTERS_MAX: u16 = 14 * 24 * 4;

/// A moment worth a test.
pub(super) struct Moment {
    pub(super) at: Timestamp,
    pub(super) name: String,
}

/// The minutes before and at each bound of an app's schedules, after `from`.
pub(super) fn of(zone: &str, times: &[Time], tenant: &Tenant, from: Timestamp) -> Vec<Moment> {
    let zone = time_zone(zone).unwrap_or(TimeZone::UTC);
    let today = from.to_zoned(zone.clone()).date();
    let mut moments = Vec::new();
    for time in times.iter().filter(|time| time.enabled) {
        let Some(schedule) = tenant.schedules.get(&time.schedule) else { continue };
        match &schedule.rule {
            rule @ (Rule::Fixed { .. } | Rule::Yearly { .. }) => {
                let ranges = rule.dates(today.year()..=today.year().saturating_add(1));
                let coming = ranges.iter().filter(|range| range.end.date() >= today);
                for range in coming.take(HOLIDAYS_MAX) {
                    bounds(&mut moments, schedule, range.start, range.end, &zone);
                }
            }
            Rule::Weekly { days, .. } => {
                for date in next_week(today).into_iter().chain(clock_changes(&zone, from)) {
                    let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
                    for range in &days[weekday] {
                        if let Some((start, end)) = on(*range, date) {
                            bounds(&mut moments, schedule, start, end, &zone);
                        }
                    }
                }
            }
        }
    }
    moments
}

/// The first moment at which something holds: soon, or one of those.
pub(super) fn first(moments: &[Moment], from: Timestamp, holds: impl Fn(Timestamp) -> bool) -> Option<Timestamp> {
    let quarter = |number: u16| from.checked_add(Span::new().minutes(i64::from(number) * 15)).ok();
    let mut ahead = (0..QUARTERS_MAX).filter_map(quarter);
    ahead.find(|at| holds(*at)).or_else(|| moments.iter().map(|moment| moment.at).find(|at| holds(*at)))
}

fn bounds(moments: &mut Vec<Moment>, schedule: &Schedule, start: DateTime, end: DateTime, zone: &TimeZone) {
    for (bound, what) in [(start, "begins"), (end, "ends")] {
        let Ok(zoned) = bound.to_zoned(zone.clone()) else { continue };
        let at = zoned.timestamp();
        let Ok(before) = at.checked_sub(Span::new().minutes(1)) else { continue };
        let when = bound.strftime("%a %-d %b %Y %H:%M");
        moments.push(Moment { at: before, name: format!("the minute before {} {what} ({when})", schedule.name) });
        moments.push(Moment { at, name: format!("the minute {} {what} ({when})", schedule.name) });
    }
}

fn on(range: TimeRange, date: Date) -> Option<(DateTime, DateTime)> {
    let last = if range.end <= range.start { date.tomorrow().ok()? } else { date };
    Some((date.to_datetime(range.start), last.to_datetime(range.end)))
}

fn next_week(today: Date) -> Vec<Date> {
    (1..=7).filter_map(|days| today.checked_add(Span::new().days(days)).ok()).collect()
}

/// The days on which clocks change next, and those after: a night's hours may end there.
fn clock_changes(zone: &TimeZone, from: Timestamp) -> Vec<Date> {
    let changes = zone.following(from).take(CLOCK_CHANGES_MAX);
    let days = changes.map(|change| zone.to_datetime(change.timestamp()).date());
    days.flat_map(|day| [Some(day), day.tomorrow().ok()]).flatten().collect()
}
