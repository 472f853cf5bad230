//! Opening hours and holidays.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use jiff::civil::{DateTime, Time};
use phone::id::ScheduleId;
use phone::numbers::schedule::yearly::{Yearly, YearlyDate as PhoneDate};
use phone::numbers::schedule::{DateTimeRange, Rule, Schedule as PhoneSchedule, TimeRange};
use serde::{Deserialize, Serialize};
use store::Expected;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, id, id_or_none, if_match};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Caller, Permission, Refused};

const SORT: &str = "name";

/// Hours of the week, or spans of dates, in the time zone of who uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Only shown.
    #[serde(default)]
    pub id: Uuid,
    pub name: String,
    pub rule: ScheduleRule,
}

/// When it is in effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
pub enum ScheduleRule {
    /// Within any of the spans.
    Fixed { ranges: Vec<DateSpan> },
    /// Within the hours of each weekday, or outside all of them with `complement`.
    Weekly {
        #[serde(default)]
        monday: Vec<Hours>,
        #[serde(default)]
        tuesday: Vec<Hours>,
        #[serde(default)]
        wednesday: Vec<Hours>,
        #[serde(default)]
        thursday: Vec<Hours>,
        #[serde(default)]
        friday: Vec<Hours>,
        #[serde(default)]
        saturday: Vec<Hours>,
        #[serde(default)]
        sunday: Vec<Hours>,
        #[serde(default)]
        complement: bool,
    },
    /// On days that come each year.
    Yearly { days: Vec<YearlyDay> },
}

/// A day that comes each year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct YearlyDay {
    pub name: String,
    pub on: YearlyDate,
    #[serde(default = "Time::midnight")]
    #[schema(value_type = String, example = "00:00:00")]
    pub start: Time,
    /// `00:00` is the day's end.
    #[serde(default = "Time::midnight")]
    #[schema(value_type = String, example = "00:00:00")]
    pub end: Time,
}

/// Which day of each year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
pub enum YearlyDate {
    Date {
        month: i8,
        day: i8,
    },
    /// Days after Easter Sunday, or before it if negative.
    Easter {
        days: i16,
    },
    /// The first to fifth weekday of a month, or the last with -1.
    Weekday {
        month: i8,
        weekday: Weekday,
        nth: i8,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// A schedule of a calendar file.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportedSchedule {
    #[serde(flatten)]
    pub schedule: Schedule,
    /// Events that were left out: they come again in a way that is not yearly, or have no time.
    pub skipped: Vec<String>,
}

/// Of what a calendar file makes a schedule.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CalendarParams {
    /// The schedule's name; one of dates with this name gets these dates instead of its own.
    pub name: Option<String>,
}

/// From `start` up to `end`; an end of `00:00` is the day's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    #[schema(value_type = String, example = "09:00:00")]
    pub start: Time,
    #[schema(value_type = String, example = "17:30:00")]
    pub end: Time,
}

/// From `start` up to `end`, in local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DateSpan {
    #[schema(value_type = String, example = "2026-12-24T12:00:00")]
    pub start: DateTime,
    #[schema(value_type = String, example = "2026-12-27T00:00:00")]
    pub end: DateTime,
}

/// List schedules
#[utoipa::path(get, path = "/tenants/{tenant}/schedules", tag = "schedules",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<Schedule>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<Schedule>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(SORT, false)?;
    let page = access.store().documents::<PhoneSchedule>(access.tenant(), &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|schedule| Schedule::from(&schedule.value)), SORT))
}

/// Create a schedule
#[utoipa::path(post, path = "/tenants/{tenant}/schedules", tag = "schedules", params(("tenant" = String, Path)),
    request_body = Schedule, responses((status = 201, body = Schedule), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<Schedule>,
) -> Result<Created<Schedule>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let schedule = wanted.read(ScheduleId(Uuid::now_v7()));
    let version = access.save_schedule(&schedule, Expected::Absent).await?;
    let location = format!("/tenants/{}/schedules/{}", access.tenant(), schedule.id);
    Ok(Created { value: Schedule::from(&schedule), version, location })
}

/// Make a schedule of dates from a calendar file (RFC 5545), or give one these dates; times are told in the organization's zone
#[utoipa::path(post, path = "/tenants/{tenant}/schedules/import", tag = "schedules",
    params(("tenant" = String, Path), CalendarParams),
    request_body(content = String, content_type = "text/calendar"),
    responses((status = 200, body = ImportedSchedule), Refusals, WriteRefusals))]
pub async fn import(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<CalendarParams>,
    file: Bytes,
) -> Result<Json<ImportedSchedule>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let (schedule, skipped) = access.import_schedule(params.name.as_deref(), &file).await?;
    Ok(Json(ImportedSchedule { schedule: (&schedule).into(), skipped }))
}

/// Show a schedule
#[utoipa::path(get, path = "/tenants/{tenant}/schedules/{schedule}", tag = "schedules",
    params(("tenant" = String, Path), ("schedule" = Uuid, Path)),
    responses((status = 200, body = Schedule), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, schedule)): Path<(String, String)>,
) -> Result<Versioned<Schedule>, Problem> {
    let schedule = ScheduleId(id_or_none(&schedule));
    let access = caller.begin_schedule(&tenant, Permission::View, schedule).await?;
    let found = access.schedule(schedule).await?;
    Ok(Versioned { value: (&found.value).into(), version: found.version })
}

/// Change a schedule
#[utoipa::path(put, path = "/tenants/{tenant}/schedules/{schedule}", tag = "schedules",
    params(("tenant" = String, Path), ("schedule" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = Schedule, responses((status = 200, body = Schedule), Refusals, WriteRefusals))]
pub async fn replace(
    caller: Caller,
    Path((tenant, schedule)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<Schedule>,
) -> Result<Versioned<Schedule>, Problem> {
    let id = ScheduleId(id_or_none(&schedule));
    let access = caller.begin_schedule(&tenant, Permission::Configure, id).await?;
    let expected = if_match(&headers)?;
    access.schedule(id).await?;
    let schedule = wanted.read(id);
    let version = access.save_schedule(&schedule, expected).await?;
    Ok(Versioned { value: (&schedule).into(), version })
}

/// Delete a schedule that nothing uses
#[utoipa::path(delete, path = "/tenants/{tenant}/schedules/{schedule}", tag = "schedules",
    params(("tenant" = String, Path), ("schedule" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, schedule)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = ScheduleId(id(&schedule, "schedule")?);
    access.delete_schedule(id, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Schedule {
    fn read(self, id: ScheduleId) -> PhoneSchedule {
        let hours = |hours: Vec<Hours>| {
            hours.into_iter().map(|Hours { start, end }| TimeRange { start, end }).collect::<Vec<_>>()
        };
        let rule = match self.rule {
            ScheduleRule::Fixed { ranges } => Rule::Fixed {
                ranges: ranges.into_iter().map(|DateSpan { start, end }| DateTimeRange { start, end }).collect(),
            },
            ScheduleRule::Yearly { days } => Rule::Yearly { days: days.into_iter().map(Yearly::from).collect() },
            ScheduleRule::Weekly { monday, tuesday, wednesday, thursday, friday, saturday, sunday, complement } => {
                Rule::Weekly {
                    days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday].map(hours),
                    complement,
                }
            }
        };
        PhoneSchedule { id, name: self.name, rule }
    }
}

impl From<&PhoneSchedule> for Schedule {
    fn from(schedule: &PhoneSchedule) -> Self {
        let hours = |ranges: &Vec<TimeRange>| {
            ranges.iter().map(|range| Hours { start: range.start, end: range.end }).collect::<Vec<_>>()
        };
        let rule = match &schedule.rule {
            Rule::Fixed { ranges } => ScheduleRule::Fixed {
                ranges: ranges.iter().map(|range| DateSpan { start: range.start, end: range.end }).collect(),
            },
            Rule::Yearly { days } => ScheduleRule::Yearly { days: days.iter().map(YearlyDay::from).collect() },
            Rule::Weekly { days, complement } => {
                let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = days.each_ref().map(hours);
                ScheduleRule::Weekly {
                    monday,
                    tuesday,
                    wednesday,
                    thursday,
                    friday,
                    saturday,
                    sunday,
                    complement: *complement,
                }
            }
        };
        Self { id: schedule.id.0, name: schedule.name.clone(), rule }
    }
}

impl Weekday {
    const ALL: [Self; 7] =
        [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];

    /// 0 for Monday to 6 for Sunday.
    fn number(self) -> i8 {
        let place = Self::ALL.iter().position(|day| *day == self);
        place.and_then(|place| i8::try_from(place).ok()).unwrap_or(0)
    }

    fn of(number: i8) -> Self {
        let place = usize::try_from(number).unwrap_or(0);
        Self::ALL.get(place).copied().unwrap_or(Self::Monday)
    }
}

impl From<YearlyDay> for Yearly {
    fn from(day: YearlyDay) -> Self {
        let on = match day.on {
            YearlyDate::Date { month, day } => PhoneDate::Date { month, day },
            YearlyDate::Easter { days } => PhoneDate::Easter { days },
            YearlyDate::Weekday { month, weekday, nth } => PhoneDate::Weekday { month, weekday: weekday.number(), nth },
        };
        Self { name: day.name, on, start: day.start, end: day.end }
    }
}

impl From<&Yearly> for YearlyDay {
    fn from(day: &Yearly) -> Self {
        let on = match day.on {
            PhoneDate::Date { month, day } => YearlyDate::Date { month, day },
            PhoneDate::Easter { days } => YearlyDate::Easter { days },
            PhoneDate::Weekday { month, weekday, nth } => {
                YearlyDate::Weekday { month, weekday: Weekday::of(weekday), nth }
            }
        };
        Self { name: day.name.clone(), on, start: day.start, end: day.end }
    }
}
