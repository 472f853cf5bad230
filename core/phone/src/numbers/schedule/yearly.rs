//! Holidays that come each year. Specification of voice apps, 1.10.

use jiff::Span;
use jiff::civil::{Date, Time, Weekday};
use serde::{Deserialize, Serialize};

use super::{DateTimeRange, TimeRange};

/// Days before and after Easter that holidays are on: from before Lent to after Corpus Christi.
pub const EASTER_DAYS_MAX: i16 = 100;

/// A day, or hours of a day, that comes each year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Yearly {
    pub name: String,
    pub on: YearlyDate,
    pub start: Time,
    /// Midnight is the day's end.
    pub end: Time,
}

/// Which day of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum YearlyDate {
    Date {
        month: i8,
        day: i8,
    },
    /// Days after Easter Sunday, or before it if negative.
    Easter {
        days: i16,
    },
    /// The first to fifth weekday of a month, or the last with -1. Weekdays are 0 for Monday to 6 for Sunday.
    Weekday {
        month: i8,
        weekday: i8,
        nth: i8,
    },
}

impl Yearly {
    /// When it is in a year; none if that year has no such day.
    pub fn in_year(&self, year: i16) -> Option<DateTimeRange> {
        let date = self.on.in_year(year)?;
        TimeRange { start: self.start, end: self.end }.on(date)
    }
}

impl YearlyDate {
    /// The day in a year; none if that year has no such day.
    pub fn in_year(self, year: i16) -> Option<Date> {
        match self {
            Self::Date { month, day } => Date::new(year, month, day).ok(),
            Self::Easter { days } => easter(year)?.checked_add(Span::new().days(days)).ok(),
            Self::Weekday { month, weekday, nth } => {
                let weekday = Weekday::from_monday_zero_offset(weekday).ok()?;
                Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()
            }
        }
    }

    /// Whether there is such a day in any year.
    pub fn is_sound(self) -> bool {
        match self {
            Self::Date { month, day } => Date::new(2024, month, day).is_ok(),
            Self::Easter { days } => days.abs() <= EASTER_DAYS_MAX,
            Self::Weekday { month, weekday, nth } => {
                (1..=12).contains(&month) && (0..=6).contains(&weekday) && (nth == -1 || (1..=5).contains(&nth))
            }
        }
    }
}

/// Easter Sunday of the Gregorian calendar, by the anonymous algorithm that was first printed in 1876.
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(n / 31).ok()?, i8::try_from(n % 31 + 1).ok()?).ok()
}
