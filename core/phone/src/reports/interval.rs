//! Intervals of reports, as the clocks on the wall of a time zone have them. Specification of voice apps, 4.1.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// How long an interval is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Interval {
    Quarter,
    HalfHour,
    Hour,
    Day,
}

/// Seconds of what all intervals are put together from: clocks of all time zones differ by whole quarters of an hour.
pub const SLOT_SECS: i64 = 900;

impl Interval {
    /// The interval of so many minutes, if there is one.
    pub fn of_minutes(minutes: u32) -> Option<Self> {
        match minutes {
            15 => Some(Self::Quarter),
            30 => Some(Self::HalfHour),
            60 => Some(Self::Hour),
            1_440 => Some(Self::Day),
            _ => None,
        }
    }

    /// The interval that clocks of a time zone ask for: whole hours, unless its clocks are shifted by less.
    pub fn of_zone(zone: &TimeZone, at: Timestamp) -> Self {
        match zone.to_offset(at).seconds().rem_euclid(3_600) {
            0 => Self::Hour,
            1_800 => Self::HalfHour,
            _ => Self::Quarter,
        }
    }

    /// When the interval began that an instant is in.
    pub fn begin(self, zone: &TimeZone, at: Timestamp) -> Timestamp {
        let secs = match self {
            Self::Quarter => SLOT_SECS,
            Self::HalfHour => 1_800,
            Self::Hour => 3_600,
            Self::Day => {
                return at.to_zoned(zone.clone()).start_of_day().map_or(at, |day| day.timestamp());
            }
        };
        let offset = i64::from(zone.to_offset(at).seconds());
        let local = at.as_second().saturating_add(offset);
        Timestamp::from_second(local - local.rem_euclid(secs) - offset).unwrap_or(at)
    }

    /// When the interval ends that begins then.
    pub fn end(self, zone: &TimeZone, begin: Timestamp) -> Timestamp {
        let secs = match self {
            Self::Quarter => SLOT_SECS,
            Self::HalfHour => 1_800,
            Self::Hour => 3_600,
            Self::Day => {
                let next = begin.to_zoned(zone.clone()).tomorrow().and_then(|day| day.start_of_day());
                return next.map_or(begin, |day| day.timestamp());
            }
        };
        begin.saturating_add(SignedDuration::from_secs(secs)).unwrap_or(begin)
    }
}

/// The part of a time that is in each interval: the interval's begin, and milliseconds. Both ends are instants, the first
/// not after the second.
pub fn parts(
    interval: Interval,
    zone: &TimeZone,
    (since, until): (Timestamp, Timestamp),
    mut each: impl FnMut(Timestamp, u64),
) {
    let mut at = since;
    while at < until {
        let begin = interval.begin(zone, at);
        let end = interval.end(zone, begin).min(until);
        // Clocks that are set back give an interval twice; time goes on all the same.
        let end = if end <= at { until } else { end };
        each(begin, u64::try_from(end.duration_since(at).as_millis()).unwrap_or(0));
        at = end;
    }
}
