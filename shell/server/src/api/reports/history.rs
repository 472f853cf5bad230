//! History of queues, attendants and agents, by intervals.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use jiff::Timestamp;
use phone::directory::Tenant;
use phone::id::{AttendantId, QueueId, UserId};
use phone::numbers::schedule::time_zone;
use phone::reports::interval::Interval;
use serde::{Deserialize, Serialize};
use store::{Page, Paging};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::figures::{AgentFigures, AttendantFigures, QueueFigures};
use super::table;
use crate::admin::Caller;
use crate::admin::delegation::When;
use crate::admin::reports::{Reports, Row, Wanted};
use crate::api::body::{Params, id};
use crate::api::csv_file::CsvFile;
use crate::api::list::{List, PageParams};
use crate::api::problem::{Problem, Refusals};

const SORT: &str = "start";
/// Rows that a file is written from at a time.
const ROWS_AT_ONCE: u64 = 1_000;

/// Which figures.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReportParams {
    /// Rows in a page.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Calls that came from then on; the begin of today if nothing is said.
    #[param(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Calls that came before then; now if nothing is said.
    #[param(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Minutes of an interval: 15, 30, 60 or 1440, a day; a day if nothing is said.
    #[param(default = 1440)]
    pub interval: Option<u32>,
    /// Whose days and hours, such as `Europe/Berlin`; the organization's if nothing is said.
    pub time_zone: Option<String>,
    /// Who abandons a queue sooner is not counted in the abandon rate.
    #[param(default = 0, maximum = 3600)]
    pub short_abandon_seconds: Option<u32>,
    /// Only this queue.
    pub queue: Option<Uuid>,
    /// Only this auto attendant.
    pub attendant: Option<Uuid>,
    /// Only this agent: id or extension.
    pub agent: Option<String>,
}

/// A queue in an interval.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct QueueRow {
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    pub queue: Uuid,
    /// Null if there is no such queue any more.
    pub queue_name: Option<String>,
    #[serde(flatten)]
    pub figures: QueueFigures,
}

/// An auto attendant in an interval.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AttendantRow {
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    pub attendant: Uuid,
    /// Null if there is no such attendant any more.
    pub attendant_name: Option<String>,
    #[serde(flatten)]
    pub figures: AttendantFigures,
}

/// An agent in an interval.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AgentRow {
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    pub agent: Uuid,
    pub extension: Option<String>,
    /// Null if there is no such person any more.
    pub display_name: Option<String>,
    #[serde(flatten)]
    pub figures: AgentFigures,
}

/// Report queues by intervals
#[utoipa::path(get, path = "/tenants/{tenant}/reports/queues", tag = "reports",
    params(("tenant" = String, Path), ReportParams), responses((status = 200, body = List<QueueRow>), Refusals))]
pub async fn queues(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<ReportParams>,
) -> Result<Json<List<QueueRow>>, Problem> {
    let asked = Asked::read(&caller, &tenant, params).await?;
    let paging = asked.paging()?;
    Ok(List::of(asked.queues(&paging).await?, SORT))
}

/// Give figures of queues as a file for a spreadsheet, all rows
#[utoipa::path(get, path = "/tenants/{tenant}/reports/queues/export", tag = "reports",
    params(("tenant" = String, Path), ReportParams),
    responses((status = 200, body = String, content_type = "text/csv"), Refusals))]
pub async fn export_queues(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<ReportParams>,
) -> Result<CsvFile, Problem> {
    let asked = Asked::read(&caller, &tenant, params).await?;
    let mut rows = Vec::new();
    let mut next = Some(first());
    while let Some(paging) = next.take() {
        next = gather(&mut rows, asked.queues(&paging).await?);
    }
    table::write("queues.csv", &rows)
}

/// Report auto attendants by intervals
#[utoipa::path(get, path = "/tenants/{tenant}/reports/attendants", tag = "reports",
    params(("tenant" = String, Path), ReportParams), responses((status = 200, body = List<AttendantRow>), Refusals))]
pub async fn attendants(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<ReportParams>,
) -> Result<Json<List<AttendantRow>>, Problem> {
    let asked = Asked::read(&caller, &tenant, params).await?;
    let paging = asked.paging()?;
    Ok(List::of(asked.attendants(&paging).await?, SORT))
}

/// Give figures of auto attendants as a file for a spreadsheet, all rows
#[utoipa::path(get, path = "/tenants/{tenant}/reports/attendants/export", tag = "reports",
    params(("tenant" = String, Path), ReportParams),
    responses((status = 200, body = String, content_type = "text/csv"), Refusals))]
pub async fn export_attendants(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<ReportParams>,
) -> Result<CsvFile, Problem> {
    let asked = Asked::read(&caller, &tenant, params).await?;
    let mut rows = Vec::new();
    let mut next = Some(first());
    while let Some(paging) = next.take() {
        next = gather(&mut rows, asked.attendants(&paging).await?);
    }
    table::write("attendants.csv", &rows)
}

/// Report agents by intervals; who has no permission sees their own figures
#[utoipa::path(get, path = "/tenants/{tenant}/reports/agents", tag = "reports",
    params(("tenant" = String, Path), ReportParams), responses((status = 200, body = List<AgentRow>), Refusals))]
pub async fn agents(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<ReportParams>,
) -> Result<Json<List<AgentRow>>, Problem> {
    let asked = Asked::read(&caller, &tenant, params).await?;
    let paging = asked.paging()?;
    Ok(List::of(asked.agents(&paging).await?, SORT))
}

/// Give figures of agents as a file for a spreadsheet, all rows
#[utoipa::path(get, path = "/tenants/{tenant}/reports/agents/export", tag = "reports",
    params(("tenant" = String, Path), ReportParams),
    responses((status = 200, body = String, content_type = "text/csv"), Refusals))]
pub async fn export_agents(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<ReportParams>,
) -> Result<CsvFile, Problem> {
    let asked = Asked::read(&caller, &tenant, params).await?;
    let mut rows = Vec::new();
    let mut next = Some(first());
    while let Some(paging) = next.take() {
        next = gather(&mut rows, asked.agents(&paging).await?);
    }
    table::write("agents.csv", &rows)
}

/// The first page of a file.
fn first() -> Paging {
    Paging { limit: ROWS_AT_ONCE, after: None, descending: false }
}

/// Takes a page's rows. Returns the next page, if there is one.
fn gather<R>(rows: &mut Vec<R>, page: Page<R>) -> Option<Paging> {
    rows.extend(page.items);
    page.next.map(|after| Paging { after: Some(after), ..first() })
}

/// A report that may be told.
struct Asked {
    reports: Reports,
    wanted: Wanted,
    params: ReportParams,
    agent: Option<UserId>,
}

impl Asked {
    async fn read(caller: &Caller, tenant: &str, params: ReportParams) -> Result<Self, Problem> {
        let reports = caller.begin_reports(tenant, When::Past).await?;
        let wanted = wanted(&reports, &params).await?;
        let agent = match &params.agent {
            Some(name) => match id(name, "person") {
                // Who is gone is still in reports.
                Ok(agent) => Some(UserId(agent)),
                Err(_) => Some(reports.access().user(name).await?.value.id),
            },
            None => None,
        };
        Ok(Self { reports, wanted, params, agent })
    }

    fn paging(&self) -> Result<Paging, Problem> {
        PageParams { limit: self.params.limit, cursor: self.params.cursor.clone() }.paging(SORT, false)
    }

    async fn queues(&self, paging: &Paging) -> Result<Page<QueueRow>, Problem> {
        let tenant = self.reports.access().snapshot();
        let page = self.reports.queues(&self.wanted, self.params.queue.map(QueueId), paging).await?;
        Ok(page.map(|Row { start, id, figures }| QueueRow {
            start,
            queue: id,
            queue_name: tenant.as_ref().and_then(|it| Some(it.queues.get(&QueueId(id))?.name.clone())),
            figures: (&figures).into(),
        }))
    }

    async fn attendants(&self, paging: &Paging) -> Result<Page<AttendantRow>, Problem> {
        let tenant = self.reports.access().snapshot();
        let page = self.reports.attendants(&self.wanted, self.params.attendant.map(AttendantId), paging).await?;
        Ok(page.map(|Row { start, id, figures }| AttendantRow {
            start,
            attendant: id,
            attendant_name: tenant.as_ref().and_then(|it| Some(it.attendants.get(&AttendantId(id))?.name.clone())),
            figures: (&figures).into(),
        }))
    }

    async fn agents(&self, paging: &Paging) -> Result<Page<AgentRow>, Problem> {
        let tenant = self.reports.access().snapshot();
        let asked = (self.agent, self.params.queue.map(QueueId));
        let page = self.reports.agents(&self.wanted, asked, paging).await?;
        let user = |id| user(tenant.as_deref(), id);
        Ok(page.map(|Row { start, id, figures }| AgentRow {
            start,
            agent: id,
            extension: user(id).map(|user| user.extension.clone()),
            display_name: user(id).map(|user| user.display_name.clone()),
            figures: (&figures).into(),
        }))
    }
}

fn user(tenant: Option<&Tenant>, id: Uuid) -> Option<&phone::people::User> {
    Some(tenant?.users.get(&UserId(id))?.as_ref())
}

async fn wanted(reports: &Reports, params: &ReportParams) -> Result<Wanted, Problem> {
    let malformed = |code, detail: &str| Problem::new(StatusCode::BAD_REQUEST, code, detail);
    let name = match &params.time_zone {
        Some(name) => name.clone(),
        None => reports.access().tenant_row().await?.value.profile.time_zone,
    };
    let zone = time_zone(&name)
        .ok_or_else(|| malformed("unknown_time_zone", "the time zone is not known").with_fix("name one of IANA's"))?;
    let interval = Interval::of_minutes(params.interval.unwrap_or(1_440))
        .ok_or_else(|| malformed("unknown_interval", "an interval is 15, 30, 60 or 1440 minutes"))?;
    let until = params.until.unwrap_or_else(Timestamp::now);
    let since = params.since.unwrap_or_else(|| Interval::Day.begin(&zone, until));
    if until < since {
        return Err(malformed("empty_time", "since is after until"));
    }
    let short_secs = params.short_abandon_seconds.unwrap_or(0);
    if SHORT_SECS_MAX < short_secs {
        return Err(malformed("short_abandon_out_of_range", "short_abandon_seconds is 0 to 3600"));
    }
    Ok(Wanted { span: (since, until), interval, zone, short_secs })
}

/// Longer is nobody's short wait.
const SHORT_SECS_MAX: u32 = 3_600;
