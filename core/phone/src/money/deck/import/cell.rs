//! What cells of a deck say.

use super::fault::RowFault;
use crate::amount::{Currency, Micros};
use crate::money::deck::{Kind, Rate, Window};
use crate::money::tariff::{Increments, Price};

/// Minutes of a day.
const DAY: u32 = 24 * 60;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const ALL_DAYS: u8 = 0b111_1111;
/// Longest step: an hour.
const INCREMENT_SECS_MAX: u32 = 3_600;

pub(super) fn prefix(text: &str) -> Result<String, RowFault> {
    let digits: String = text.strip_prefix('+').unwrap_or(text).chars().filter(|char| *char != ' ').collect();
    let is_prefix = (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_prefix { Ok(digits) } else { Err(RowFault::NotAPrefix) }
}

/// An amount that is not below nothing.
pub(super) fn amount(text: &str, point: char) -> Result<Micros, RowFault> {
    let plain = text.replace(point, ".");
    let amount = Micros::parse(&plain).map_err(|error| RowFault::NotAnAmount { because: error })?;
    if amount < Micros::ZERO { Err(RowFault::Negative) } else { Ok(amount) }
}

pub(super) fn currency(text: &str, wanted: Currency) -> Result<(), RowFault> {
    match Currency::parse(&text.to_ascii_uppercase()) {
        Ok(currency) if currency == wanted => Ok(()),
        Ok(_) | Err(_) => Err(RowFault::WrongCurrency { wanted }),
    }
}

pub(super) fn country(text: &str) -> Result<String, RowFault> {
    let code = text.to_ascii_uppercase();
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_code { Ok(code) } else { Err(RowFault::NotACountry) }
}

pub(super) fn kind(text: &str) -> Result<Kind, RowFault> {
    let plain = text.to_ascii_lowercase().replace([' ', '-'], "_");
    Kind::parse(&plain).ok_or(RowFault::UnknownKind)
}

pub(super) fn yes_or_no(text: &str) -> Result<bool, RowFault> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" | "y" => Ok(true),
        "no" | "false" | "0" | "n" => Ok(false),
        _ => Err(RowFault::NotYesOrNo),
    }
}

/// `60/6`: the first step and each one after it; `60` for both.
pub(super) fn increments(text: &str) -> Result<Increments, RowFault> {
    let (first, next) = text.split_once('/').unwrap_or((text, text));
    let secs = |text: &str| {
        let secs = text.trim().parse().ok().filter(|secs| (1..=INCREMENT_SECS_MAX).contains(secs));
        secs.ok_or(RowFault::NotIncrements)
    };
    Ok(Increments { first_secs: secs(first)?, next_secs: secs(next)? })
}

/// `mon-fri`, `sat+sun`; all days without a word. Times as `08:00`, whole days without them.
pub(super) fn window(days: Option<&str>, from: Option<&str>, to: Option<&str>) -> Result<Option<Window>, RowFault> {
    if days.is_none() && from.is_none() && to.is_none() {
        return Ok(None);
    }
    let days = days.map_or(Ok(ALL_DAYS), days_of)?;
    let from_minute = from.map_or(Ok(0), minute_of)?;
    let to_minute = to.map_or(Ok(24 * 60), minute_of)?;
    if from_minute == to_minute {
        return Err(RowFault::NotATime);
    }
    Ok(Some(Window { days, from_minute, to_minute }))
}

fn days_of(text: &str) -> Result<u8, RowFault> {
    let day = |name: &str| {
        let name = name.trim().to_ascii_lowercase();
        DAYS.iter().position(|day| name.starts_with(day)).ok_or(RowFault::NotDays)
    };
    let mut days = 0;
    for part in text.split('+') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (day(first)?, day(last)?);
        let n = (last + 7 - first) % 7;
        for offset in 0..=n {
            days |= 1 << ((first + offset) % 7);
        }
    }
    Ok(days)
}

fn minute_of(text: &str) -> Result<u16, RowFault> {
    let (hours, minutes) = text.split_once(':').ok_or(RowFault::NotATime)?;
    let number = |text: &str| text.parse::<u16>().map_err(|_| RowFault::NotATime);
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let is_time = minutes < 60 && (hours < 24 || (hours == 24 && minutes == 0));
    if is_time { Ok(hours * 60 + minutes) } else { Err(RowFault::NotATime) }
}

/// When it holds, as minutes of a week; what goes past the end of the week is told twice.
pub(super) fn minutes_of_week(window: Window) -> impl Iterator<Item = (u32, u32)> {
    let (from, to) = (u32::from(window.from_minute), u32::from(window.to_minute));
    let length = if from < to { to - from } else { DAY - from + to };
    let week = 7 * DAY;
    (0..7_u32).filter(move |day| window.days >> day & 1 == 1).flat_map(move |day| {
        let begin = day * DAY + from;
        let end = begin + length;
        let after = (week < end).then(|| (0, end - week));
        std::iter::once((begin, end.min(week))).chain(after)
    })
}

/// A row as the file has it, in the order of the columns.
pub(super) fn cells(rate: &Rate) -> [String; 16] {
    let per_minute = |price: &Option<Price>| price.map_or(String::new(), |price| price.per_minute.to_string());
    let fee = |price: &Option<Price>| price.map_or(String::new(), |price| price.connection_fee.to_string());
    let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    [
        rate.prefix.clone(),
        rate.destination.clone(),
        rate.country.clone().unwrap_or_default(),
        rate.kind.as_str().to_owned(),
        rate.price.per_minute.to_string(),
        rate.price.connection_fee.to_string(),
        rate.price.minimum.to_string(),
        format!("{}/{}", rate.increments.first_secs, rate.increments.next_secs),
        per_minute(&rate.reseller),
        fee(&rate.reseller),
        per_minute(&rate.cost),
        fee(&rate.cost),
        if rate.blocked { "yes".to_owned() } else { String::new() },
        rate.window.map_or(String::new(), |window| day_names(window.days)),
        rate.window.map_or(String::new(), |window| time(window.from_minute)),
        rate.window.map_or(String::new(), |window| time(window.to_minute)),
    ]
}

fn day_names(days: u8) -> String {
    let names = DAYS.iter().enumerate().filter(|(day, _)| days >> day & 1 == 1).map(|(_, name)| *name);
    names.collect::<Vec<_>>().join("+")
}
