//! Opening hours minute by minute, on the days when clocks change. Specification of voice apps, 1.10.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, Timestamp};
use phone::id::ScheduleId;
use phone::numbers::schedule::calendar::{NoCalendar, read_calendar};
use phone::numbers::schedule::check::{change_problems, problems};
use phone::numbers::schedule::yearly::{Yearly, YearlyDate};
use phone::numbers::schedule::{DateTimeRange, Rule, Schedule, TimeRange, latest, time_zone};
use phone::problem::Code;
use proptest::prelude::*;
use uuid::Uuid;

/// Zone, day, hours and the spans in UTC in which they are in effect that day.
const CASES: &[(&str, &str, &str, &[&str])] = &[
    // An ordinary day.
    ("Europe/Berlin", "2026-07-01", "09:00-17:00", &["2026-07-01T07:00/2026-07-01T15:00"]),
    // 02:00 becomes 03:00: what is skipped moves to the first moment that exists.
    ("Europe/Berlin", "2026-03-29", "01:00-02:30", &["2026-03-29T00:00/2026-03-29T01:00"]),
    ("Europe/Berlin", "2026-03-29", "02:30-04:00", &["2026-03-29T01:00/2026-03-29T02:00"]),
    ("Europe/Berlin", "2026-03-29", "02:00-03:00", &[]),
    ("Europe/Berlin", "2026-03-29", "00:00-00:00", &["2026-03-28T23:00/2026-03-29T22:00"]),
    // 03:00 becomes 02:00: of two that read alike, the first begins and the second ends.
    ("Europe/Berlin", "2026-10-25", "01:00-02:30", &["2026-10-24T23:00/2026-10-25T01:30"]),
    ("Europe/Berlin", "2026-10-25", "02:30-04:00", &["2026-10-25T00:30/2026-10-25T03:00"]),
    ("Europe/Berlin", "2026-10-25", "02:15-02:45", &["2026-10-25T00:15/2026-10-25T01:45"]),
    ("Europe/Berlin", "2026-10-25", "00:00-00:00", &["2026-10-24T22:00/2026-10-25T23:00"]),
    ("America/New_York", "2026-03-08", "02:30-09:00", &["2026-03-08T07:00/2026-03-08T13:00"]),
    ("America/New_York", "2026-11-01", "01:30-09:00", &["2026-11-01T05:30/2026-11-01T14:00"]),
    // Half an hour, from 02:00 to 02:30 in October and back in April.
    ("Australia/Lord_Howe", "2026-10-04", "02:15-03:00", &["2026-10-03T15:30/2026-10-03T16:00"]),
    ("Australia/Lord_Howe", "2026-04-05", "01:45-03:00", &["2026-04-04T14:45/2026-04-04T16:30"]),
    // Two hours, from 01:00 UTC on: 01:00 becomes 03:00, and 03:00 becomes 01:00.
    ("Antarctica/Troll", "2026-03-29", "02:00-04:00", &["2026-03-29T01:00/2026-03-29T02:00"]),
    ("Antarctica/Troll", "2026-10-25", "01:00-02:00", &["2026-10-24T23:00/2026-10-25T02:00"]),
    // Back for Ramadan on 15 February, forward after it on 22 March.
    ("Africa/Casablanca", "2026-02-15", "02:00-04:00", &["2026-02-15T01:00/2026-02-15T04:00"]),
    ("Africa/Casablanca", "2026-03-22", "02:30-05:00", &["2026-03-22T02:00/2026-03-22T04:00"]),
    // At midnight: the day begins at 01:00, and another has its last hour twice.
    ("Africa/Cairo", "2026-04-24", "00:00-09:00", &["2026-04-23T22:00/2026-04-24T06:00"]),
    ("Africa/Cairo", "2026-10-29", "22:00-00:00", &["2026-10-29T19:00/2026-10-29T22:00"]),
    // A range across midnight belongs to the day that it begins on.
    ("Europe/Berlin", "2026-07-01", "22:00-02:00", &["2026-07-01T20:00/2026-07-02T00:00"]),
    ("Europe/Berlin", "2026-10-24", "22:00-02:30", &["2026-10-24T20:00/2026-10-25T01:30"]),
];

#[test]
fn hours_hold_to_the_minute_on_the_days_when_clocks_change() {
    for (zone_name, day, hours, expected) in CASES {
        let zone = time_zone(zone_name).unwrap();
        let date: Date = day.parse().unwrap();
        let schedule = weekly_on(date, &[range(hours)], false);
        let closed = weekly_on(date, &[range(hours)], true);
        let spans: Vec<(Timestamp, Timestamp)> = expected.iter().map(|span| utc_span(span)).collect();
        let mut at = zone.to_timestamp(date.to_datetime(Time::midnight())).unwrap() - Span::new().hours(6);
        for _ in 0..36 * 60 {
            let is_open = spans.iter().any(|(start, end)| *start <= at && at < *end);
            assert_eq!(schedule.is_in_effect(at, &zone), is_open, "{zone_name} {day} {hours} at {at}");
            assert_eq!(closed.is_in_effect(at, &zone), !is_open, "{zone_name} {day} {hours} at {at}, complement");
            at += Span::new().minutes(1);
        }
    }
}

#[test]
fn ranges_across_midnight_are_the_same_when_split() {
    let zone = time_zone("Europe/Berlin").unwrap();
    let sunday: Date = "2026-07-05".parse().unwrap();
    let whole = weekly_on(sunday, &[range("20:00-03:00")], false);
    let split = Schedule { rule: whole.rule.clone().split_at_midnight(), ..whole.clone() };
    let Rule::Weekly { days, .. } = &split.rule else { panic!("still weekly") };
    assert_eq!(days[6], [range("20:00-00:00")]);
    assert_eq!(days[0], [range("00:00-03:00")]);
    let mut at: Timestamp = "2026-07-05T00:00:00Z".parse().unwrap();
    for _ in 0..48 * 60 {
        assert_eq!(whole.is_in_effect(at, &zone), split.is_in_effect(at, &zone), "{at}");
        at += Span::new().minutes(1);
    }
}

#[test]
fn a_day_that_a_country_skipped_is_never_in_effect() {
    let zone = time_zone("Pacific/Apia").unwrap();
    let skipped = fixed("skipped", &["2011-12-30T00:00/2011-12-31T00:00"]);
    let around = fixed("around", &["2011-12-29T12:00/2011-12-31T12:00"]);
    let mut at: Timestamp = "2011-12-29T00:00:00Z".parse().unwrap();
    let mut n_minutes = 0;
    for _ in 0..96 * 60 {
        assert!(!skipped.is_in_effect(at, &zone), "{at}");
        n_minutes += i32::from(around.is_in_effect(at, &zone));
        at += Span::new().minutes(1);
    }
    assert_eq!(n_minutes, 24 * 60);
}

#[test]
fn a_fixed_schedule_without_ranges_is_never_in_effect() {
    let zone = time_zone("UTC").unwrap();
    assert!(!fixed("never", &[]).is_in_effect("2026-01-01T00:00:00Z".parse().unwrap(), &zone));
}

#[test]
fn of_two_in_effect_the_later_start_wins_then_the_name() {
    let zone = time_zone("UTC").unwrap();
    let week = fixed("week", &["2026-12-21T00:00/2026-12-28T00:00"]);
    let day = fixed("day", &["2026-12-25T00:00/2026-12-26T00:00"]);
    let also = fixed("also", &["2026-12-25T00:00/2026-12-26T00:00"]);
    let name = |at: &str| {
        let at = at.parse().unwrap();
        latest([&week, &day, &also].into_iter(), at, &zone).map(|schedule| schedule.name.clone())
    };
    assert_eq!(name("2026-12-24T12:00:00Z").as_deref(), Some("week"));
    assert_eq!(name("2026-12-25T12:00:00Z").as_deref(), Some("also"));
    assert_eq!(name("2026-12-28T00:00:00Z"), None);
}

#[test]
fn holidays_come_each_year_on_their_day() {
    let day = |on| Yearly { name: "H".to_owned(), on, start: Time::midnight(), end: Time::midnight() };
    let date = |on: YearlyDate, year| on.in_year(year).map(|date| date.to_string());
    for (on, year, expected) in [
        (YearlyDate::Date { month: 12, day: 25 }, 2026, Some("2026-12-25")),
        (YearlyDate::Date { month: 2, day: 29 }, 2026, None),
        (YearlyDate::Date { month: 2, day: 29 }, 2028, Some("2028-02-29")),
        (YearlyDate::Easter { days: 0 }, 2024, Some("2024-03-31")),
        (YearlyDate::Easter { days: 0 }, 2025, Some("2025-04-20")),
        (YearlyDate::Easter { days: 0 }, 2038, Some("2038-04-25")),
        (YearlyDate::Easter { days: -2 }, 2026, Some("2026-04-03")),
        (YearlyDate::Easter { days: 49 }, 2026, Some("2026-05-24")),
        (YearlyDate::Weekday { month: 11, weekday: 3, nth: 4 }, 2026, Some("2026-11-26")),
        (YearlyDate::Weekday { month: 5, weekday: 0, nth: -1 }, 2026, Some("2026-05-25")),
        (YearlyDate::Weekday { month: 2, weekday: 0, nth: 5 }, 2026, None),
    ] {
        assert_eq!(date(on, year).as_deref(), expected, "{on:?} in {year}");
    }
    let eve = Yearly { start: "14:00".parse().unwrap(), ..day(YearlyDate::Date { month: 12, day: 31 }) };
    let yearly = Schedule { rule: Rule::Yearly { days: vec![eve] }, ..fixed("eve", &[]) };
    let zone = time_zone("Europe/Berlin").unwrap();
    let is_on = |at: &str| yearly.is_in_effect(at.parse().unwrap(), &zone);
    assert!(!is_on("2026-12-31T12:59:59Z") && is_on("2026-12-31T13:00:00Z"));
    assert!(is_on("2030-12-31T22:59:59Z") && !is_on("2030-12-31T23:00:00Z"));
    let broken = |on| problems(&Schedule { rule: Rule::Yearly { days: vec![day(on)] }, ..fixed("x", &[]) });
    assert_eq!(broken(YearlyDate::Date { month: 4, day: 31 })[0].code, Code::YearlyMalformed);
    assert_eq!(broken(YearlyDate::Weekday { month: 4, weekday: 7, nth: 1 })[0].code, Code::YearlyMalformed);
    assert_eq!(broken(YearlyDate::Easter { days: 300 })[0].code, Code::YearlyMalformed);
    assert!(broken(YearlyDate::Date { month: 2, day: 29 }).is_empty());
}

#[test]
fn a_calendar_file_is_read_as_dates() {
    let file = "\u{feff}BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Christ\r\n mas\r\n\
        DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nSUMMARY:Boxing\r\nDTSTART;VALUE=DATE:20261226\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nSUMMARY:Labour\r\nDTSTART;VALUE=DATE:20260501\r\nRRULE:FREQ=YEARLY;COUNT=2\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nSUMMARY:Party\r\nDTSTART:20260710T120030Z\r\nDTEND:20260710T160000Z\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nSUMMARY:Lunch\r\nDTSTART:20260101T120000\r\nRRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nSUMMARY:Off\r\nDTSTART;VALUE=DATE:20260601\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\n\
        END:VCALENDAR\r\n";
    let zone = time_zone("Europe/Berlin").unwrap();
    let calendar = read_calendar(file, &zone).unwrap();
    let told: Vec<_> = calendar.ranges.iter().map(|range| format!("{}/{}", range.start, range.end)).collect();
    assert_eq!(
        told,
        [
            "2026-05-01T00:00:00/2026-05-02T00:00:00",
            "2026-07-10T14:00:00/2026-07-10T18:00:00",
            "2026-12-25T00:00:00/2026-12-27T00:00:00",
            "2027-05-01T00:00:00/2027-05-02T00:00:00",
        ]
    );
    assert_eq!(calendar.skipped, ["Lunch"]);
    for nonsense in ["", "hello", "BEGIN:VEVENT"] {
        assert_eq!(read_calendar(nonsense, &zone), Err(NoCalendar::Malformed), "{nonsense}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_calendar_or_not(text in ".{0,400}",
        start in "[0-9TZ]{0,16}",
        rule in "[A-Z0-9=;,]{0,40}") {
        let zone = time_zone("Europe/Berlin").unwrap();
        let _ = read_calendar(&text, &zone);
        let event = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:{start}\nRRULE:FREQ=YEARLY;{rule}\nEND:VEVENT");
        if let Ok(calendar) = read_calendar(&event, &zone) {
            let schedule = Schedule { rule: Rule::Fixed { ranges: calendar.ranges }, ..fixed("x", &[]) };
            prop_assert!(problems(&schedule).is_empty());
        }
    }
}

#[test]
fn broken_schedules_are_named_by_code() {
    let codes = |rule: Rule| -> Vec<Code> {
        let schedule = Schedule { id: ScheduleId(Uuid::nil()), name: "hours".to_owned(), rule };
        problems(&schedule).into_iter().map(|problem| problem.code).collect()
    };
    let monday = |ranges: &[TimeRange]| weekly_on("2026-07-06".parse().unwrap(), ranges, false).rule;
    assert_eq!(codes(monday(&[])), [Code::ScheduleEmptyWeekly]);
    assert_eq!(codes(monday(&[range("09:00-09:00")])), [Code::RangeOrder]);
    assert_eq!(codes(monday(&[range("09:00:30-10:00")])), [Code::RangeNotAligned]);
    assert_eq!(codes(monday(&[range("09:00-12:00"), range("11:59-13:00")])), [Code::ScheduleOverlap]);
    assert_eq!(codes(monday(&[range("09:00-12:00"), range("12:00-00:00")])), []);
    let mut late = monday(&[range("00:00-01:00")]);
    let Rule::Weekly { days, .. } = &mut late else { panic!("weekly") };
    days[6].push(range("22:00-02:00"));
    assert_eq!(codes(late), [Code::ScheduleOverlap], "Sunday night runs into Monday");

    assert_eq!(codes(fixed("f", &["2026-12-26T00:00/2026-12-25T00:00"]).rule), [Code::RangeOrder]);
    assert_eq!(
        codes(fixed("f", &["2026-12-24T00:00/2026-12-26T00:00", "2026-12-25T00:00/2026-12-27T00:00"]).rule),
        [Code::ScheduleOverlap]
    );
    let many: Vec<String> =
        (0..1_001).map(|year| format!("{:04}-01-01T00:00/{:04}-01-02T00:00", 2000 + year, 2000 + year)).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(codes(fixed("f", &many).rule), [Code::ScheduleTooManyRanges]);
    let change = change_problems(&fixed("f", &[]).rule, &monday(&[]));
    assert_eq!(change[0].code, Code::ScheduleTypeImmutable);
}

fn range(text: &str) -> TimeRange {
    let (start, end) = text.split_once('-').unwrap();
    TimeRange { start: start.parse().unwrap(), end: end.parse().unwrap() }
}

fn utc_span(text: &str) -> (Timestamp, Timestamp) {
    let (start, end) = text.split_once('/').unwrap();
    (format!("{start}:00Z").parse().unwrap(), format!("{end}:00Z").parse().unwrap())
}

fn weekly_on(date: Date, ranges: &[TimeRange], complement: bool) -> Schedule {
    let mut days: [Vec<TimeRange>; 7] = Default::default();
    let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap();
    days[weekday] = ranges.to_vec();
    Schedule { id: ScheduleId(Uuid::nil()), name: "hours".to_owned(), rule: Rule::Weekly { days, complement } }
}

fn fixed(name: &str, ranges: &[&str]) -> Schedule {
    let range = |text: &&str| -> DateTimeRange {
        let (start, end) = text.split_once('/').unwrap();
        let read = |text: &str| -> DateTime { text.parse().unwrap() };
        DateTimeRange { start: read(start), end: read(end) }
    };
    let ranges = ranges.iter().map(range).collect();
    Schedule { id: ScheduleId(Uuid::nil()), name: name.to_owned(), rule: Rule::Fixed { ranges } }
}
