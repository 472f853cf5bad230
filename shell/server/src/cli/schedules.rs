//! Opening hours and holidays.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::apps;
use super::client::{Client, ClientError};
use super::nouns::{Shown, find};
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum ScheduleCommand {
    /// List schedules.
    List,
    /// Show a schedule.
    Show {
        /// Name or id.
        schedule: String,
    },
    /// Make a schedule.
    Create {
        name: String,
        #[command(flatten)]
        rule: Rule,
    },
    /// Change a schedule; it stays one of hours or one of dates.
    Change {
        /// Name or id.
        schedule: String,
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        rule: Rule,
    },
    /// Make a schedule of dates from a calendar file (.ics), or give the one of this name these dates.
    Import { name: String, file: std::path::PathBuf },
    /// Delete a schedule that nothing uses.
    Delete {
        /// Name or id.
        schedule: String,
    },
}

/// When it is in effect.
#[derive(Debug, Args)]
pub struct Rule {
    /// Days and hours, as in mon-fri=09:00-17:00; once for each span. A span that ends at 00:00 ends with the day.
    #[arg(long, conflicts_with = "dates")]
    hours: Vec<String>,
    /// In effect outside the hours instead of within: what after hours need.
    #[arg(long, requires = "hours")]
    outside: bool,
    /// From and to, as in 2026-12-24T12:00/2026-12-27T00:00; once for each span.
    #[arg(long)]
    dates: Vec<String>,
    /// A day of each year and its name, once for each: 12-25=Christmas, easter+1=Easter Monday, easter-2=Good Friday,
    /// 11-4thu=Thanksgiving, 5-lastmon=Memorial Day; with hours as in 12-24@14:00-00:00=Christmas Eve.
    #[arg(long, conflicts_with_all = ["dates", "hours"])]
    yearly: Vec<String>,
}

const SCHEDULE: &[Column] =
    &[("Name", "/name"), ("Type", "/rule/type"), ("Outside the hours", "/rule/complement"), ("Id", "/id")];
const SPANS: &[(&str, &str, &[Column])] =
    &[("In effect", "/spans", &[("Day", "/day"), ("From", "/start"), ("To", "/end")])];
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &ScheduleCommand) -> Result<Shown, ClientError> {
    let schedules = format!("{tenant}/schedules");
    let find_schedule = async |name: &str| find(client, &schedules, "schedule", name).await;
    match command {
        ScheduleCommand::List => Ok(Shown::Items(SCHEDULE, client.list(&schedules, &[], usize::MAX).await?)),
        ScheduleCommand::Show { schedule } => Ok(shown(client.get(&find_schedule(schedule).await?).await?)),
        ScheduleCommand::Create { name, rule } => {
            let rule = rule.read()?.unwrap_or_else(|| json!({ "type": "weekly" }));
            let body = json!({ "name": name, "rule": rule });
            Ok(shown(client.write(Method::POST, &schedules, &body).await?))
        }
        ScheduleCommand::Change { schedule, name, rule } => {
            let rule = rule.read()?;
            let path = find_schedule(schedule).await?;
            let changed = apps::change(client, &path, async |body| {
                apps::rename(body, name.as_ref());
                if let Some(rule) = rule {
                    body["rule"] = rule;
                }
                Ok(())
            });
            Ok(shown(changed.await?))
        }
        ScheduleCommand::Import { name, file } => {
            let unreadable = |source| ClientError::Unreadable { path: file.clone(), source };
            let calendar = std::fs::read(file).map_err(unreadable)?;
            let query = [("name", name.clone())];
            Ok(shown(client.send_file(&format!("{schedules}/import"), &query, "text/calendar", calendar).await?))
        }
        ScheduleCommand::Delete { schedule } => {
            client.delete(&find_schedule(schedule).await?).await?;
            Ok(Shown::Words(format!("{schedule} was deleted.")))
        }
    }
}

/// A schedule with its spans in the order of the week, as tables show them.
fn shown(mut schedule: Value) -> Shown {
    let rule = &schedule["rule"];
    let dates = rule["ranges"].as_array().into_iter().flatten().cloned();
    let hours = DAYS.iter().flat_map(|day| {
        let spans = rule[*day].as_array().into_iter().flatten();
        spans.map(move |span| json!({ "day": day, "start": span["start"], "end": span["end"] }))
    });
    let yearly = rule["days"].as_array().into_iter().flatten();
    let yearly = yearly.map(|day| json!({ "day": day["name"], "start": day["start"], "end": day["end"] }));
    schedule["spans"] = dates.chain(hours).chain(yearly).collect();
    Shown::Object(SCHEDULE, schedule, SPANS)
}

impl Rule {
    /// As the API takes it, if one was given.
    pub fn read(&self) -> Result<Option<Value>, ClientError> {
        if !self.dates.is_empty() {
            let spans: Result<Vec<Value>, _> = self.dates.iter().map(|words| span(words)).collect();
            return Ok(Some(json!({ "type": "fixed", "ranges": spans? })));
        }
        if !self.yearly.is_empty() {
            let days: Result<Vec<Value>, _> = self.yearly.iter().map(|words| yearly(words)).collect();
            return Ok(Some(json!({ "type": "yearly", "days": days? })));
        }
        if self.hours.is_empty() {
            return Ok(None);
        }
        let mut days: Map<String, Value> = DAYS.iter().map(|day| ((*day).to_owned(), json!([]))).collect();
        for words in &self.hours {
            let malformed = || ClientError::Malformed {
                what: "span of hours",
                text: words.clone(),
                expected: "mon-fri=09:00-17:00",
            };
            let (named, hours) = words.split_once('=').ok_or_else(malformed)?;
            let (start, end) = hours.split_once('-').ok_or_else(malformed)?;
            for day in days_named(named).ok_or_else(malformed)? {
                if let Some(spans) = days.get_mut(day).and_then(Value::as_array_mut) {
                    spans.push(json!({ "start": time(start), "end": time(end) }));
                }
            }
        }
        days.insert("type".to_owned(), json!("weekly"));
        days.insert("complement".to_owned(), json!(self.outside));
        Ok(Some(Value::Object(days)))
    }
}

/// `mon-fri`, `sat,sun` or `wed`; from a later day to an earlier one goes over the weekend.
fn days_named(words: &str) -> Option<Vec<&'static str>> {
    let index = |word: &str| DAYS.iter().position(|day| 3 <= word.len() && day.starts_with(&word.to_ascii_lowercase()));
    let mut days = Vec::new();
    for part in words.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (index(first.trim())?, index(last.trim())?);
        let n_days = (last + DAYS.len() - first) % DAYS.len() + 1;
        days.extend(DAYS.iter().cycle().skip(first).take(n_days));
    }
    Some(days)
}

/// `12-25=Christmas`, `easter-2=Good Friday`, `11-4thu=Thanksgiving`, with hours after an `@`.
fn yearly(words: &str) -> Result<Value, ClientError> {
    let malformed = || ClientError::Malformed {
        what: "day of each year",
        text: words.to_owned(),
        expected: "12-25=Christmas, easter+1=Easter Monday, 11-4thu=Thanksgiving or 12-24@14:00-00:00=Christmas Eve",
    };
    let (when, name) = words.split_once('=').ok_or_else(malformed)?;
    let (when, hours) = when.split_once('@').map_or((when, None), |(when, hours)| (when, Some(hours)));
    let on = yearly_date(&when.trim().to_ascii_lowercase()).ok_or_else(malformed)?;
    let mut day = json!({ "name": name.trim(), "on": on });
    if let Some(hours) = hours {
        let (start, end) = hours.split_once('-').ok_or_else(malformed)?;
        day["start"] = json!(time(start));
        day["end"] = json!(time(end));
    }
    Ok(day)
}

fn yearly_date(when: &str) -> Option<Value> {
    if let Some(days) = when.strip_prefix("easter") {
        let days: i16 = if days.is_empty() { 0 } else { days.parse().ok()? };
        return Some(json!({ "type": "easter", "days": days }));
    }
    let (month, day) = when.split_once('-')?;
    let month: i8 = month.parse().ok()?;
    if let Ok(day) = day.parse::<i8>() {
        return Some(json!({ "type": "date", "month": month, "day": day }));
    }
    let (nth, weekday) = match day.strip_prefix("last") {
        Some(weekday) => (-1, weekday),
        None => (day.get(..1)?.parse::<i8>().ok()?, day.get(1..)?),
    };
    let weekday = DAYS.iter().find(|name| 3 <= weekday.len() && name.starts_with(weekday))?;
    Some(json!({ "type": "weekday", "month": month, "weekday": weekday, "nth": nth }))
}

fn time(words: &str) -> String {
    let words = words.trim();
    if words.matches(':').count() == 1 { format!("{words}:00") } else { words.to_owned() }
}

fn span(words: &str) -> Result<Value, ClientError> {
    let expected = "2026-12-24T12:00/2026-12-27T00:00";
    let malformed = || ClientError::Malformed { what: "span of dates", text: words.to_owned(), expected };
    let (start, end) = words.split_once('/').ok_or_else(malformed)?;
    Ok(json!({ "start": time(start), "end": time(end) }))
}
